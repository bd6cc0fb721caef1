/// TLS protocol version as on the wire.
public struct TLSVersion: RawRepresentable, Sendable, Hashable, Comparable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let tls10 = TLSVersion(rawValue: 0x0301)
  public static let tls11 = TLSVersion(rawValue: 0x0302)
  public static let tls12 = TLSVersion(rawValue: 0x0303)
  public static let tls13 = TLSVersion(rawValue: 0x0304)

  public static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

/// TLS extension number (IANA TLS ExtensionType Values).
struct TLSExtensionType: RawRepresentable, Hashable {
  var rawValue: UInt16
  static let serverName = TLSExtensionType(rawValue: 0)
  static let applicationProtocols = TLSExtensionType(rawValue: 16)
  static let supportedVersions = TLSExtensionType(rawValue: 43)
  static let encryptedClientHello = TLSExtensionType(rawValue: 0xfe0d)
}

/// What naming needs of a ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).
public struct ClientHello: Sendable, Equatable {
  /// First host name of the `server_name` extension (RFC 6066 §3), as sent; nil where there is none.
  public var serverName: String?
  /// Highest version offered.
  public var highestVersion: TLSVersion
  /// Application protocols in the order offered (RFC 7301).
  public var applicationProtocols: [String]
  /// An outer `encrypted_client_hello` extension is there (RFC 9849 §5); it may be GREASE.
  public var offersECH: Bool
  /// The message was cut (snapshot or loss): what stands here was before the cut.
  public var isCut: Bool

  /// No client sends more; bounds the work for a hostile one.
  static let maximumExtensions = 128
  static let maximumProtocols = 16

  public init(
    serverName: String?, highestVersion: TLSVersion, applicationProtocols: [String], offersECH: Bool, isCut: Bool
  ) {
    self.serverName = serverName
    self.highestVersion = highestVersion
    self.applicationProtocols = applicationProtocols
    self.offersECH = offersECH
    self.isCut = isCut
  }

  /// Reads the body of a ClientHello handshake message, without its four-byte header.
  ///
  /// - Parameter isCut: the bytes end before the message does; what can be read is read (lax).
  /// - Throws: for broken messages; for cut ones only where not even the version is there.
  public init(_ body: RawSpan, isCut: Bool = false) throws(WireError) {
    var reader = ByteReader(body, isCapturedShort: isCut)
    let version = TLSVersion(rawValue: try reader.readUInt16(.tlsVersion))
    guard version.rawValue >> 8 == 3 else { throw .badValue(.tlsVersion) }
    self.init(serverName: nil, highestVersion: version, applicationProtocols: [], offersECH: false, isCut: isCut)
    do throws(WireError) {
      try readFields(&reader)
    } catch .capturedShort where isCut {
      return
    }
  }

  private mutating func readFields(_ reader: inout ByteReader) throws(WireError) {
    try reader.skip(32, .tlsRandom)
    let sessionLength = Int(try reader.readUInt8(.tlsSessionID))
    guard sessionLength <= 32 else { throw .badLength(.tlsSessionID) }
    try reader.skip(sessionLength, .tlsSessionID)
    try reader.skip(Int(try reader.readUInt16(.tlsCipherSuites)), .tlsCipherSuites)
    try reader.skip(Int(try reader.readUInt8(.tlsCompressionMethods)), .tlsCompressionMethods)
    // Before TLS 1.3 a hello may end here (RFC 5246 §7.4.1.2).
    if reader.isAtEnd && !isCut { return }
    let length = Int(try reader.readUInt16(.tlsExtensions))
    if !isCut && length > reader.remaining { throw .badLength(.tlsExtensions) }
    var extensions = reader.readPartOrRest(length)
    var count = 0
    while !extensions.isAtEnd || extensions.isCapturedShort {
      guard count < ClientHello.maximumExtensions else { throw .tooMany(.tlsExtensions) }
      count += 1
      let type = TLSExtensionType(rawValue: try extensions.readUInt16(.tlsExtensions))
      let length = Int(try extensions.readUInt16(.tlsExtensions))
      if !extensions.isCapturedShort && length > extensions.remaining { throw .badLength(.tlsExtensions) }
      var content = extensions.readPartOrRest(length)
      switch type {
      case .serverName: try readServerName(&content)
      case .applicationProtocols: try readApplicationProtocols(&content)
      case .supportedVersions: try readSupportedVersions(&content)
      case .encryptedClientHello:
        // RFC 9849 §5: type 0 is the outer form, type 1 the inner.
        if !content.isAtEnd, try content.readUInt8(.tlsExtensions) == 0 { offersECH = true }
      default: break
      }
    }
  }

  private mutating func readServerName(_ content: inout ByteReader) throws(WireError) {
    // An empty extension is a server's answer; some clients send it all the same.
    if content.isAtEnd && !content.isCapturedShort { return }
    let listLength = Int(try content.readUInt16(.tlsServerName))
    if !content.isCapturedShort && listLength > content.remaining { throw .badLength(.tlsServerName) }
    var list = content.readPartOrRest(listLength)
    while !list.isAtEnd || list.isCapturedShort {
      let type = try list.readUInt8(.tlsServerName)
      let length = Int(try list.readUInt16(.tlsServerName))
      let name = try list.readBytes(length, .tlsServerName)
      if type == 0, serverName == nil, length > 0 { serverName = name.latin1Text() }
    }
  }

  private mutating func readApplicationProtocols(_ content: inout ByteReader) throws(WireError) {
    let listLength = Int(try content.readUInt16(.tlsProtocolNames))
    if !content.isCapturedShort && listLength > content.remaining { throw .badLength(.tlsProtocolNames) }
    var list = content.readPartOrRest(listLength)
    while !list.isAtEnd {
      let length = Int(try list.readUInt8(.tlsProtocolNames))
      let name = try list.readBytes(length, .tlsProtocolNames)
      if applicationProtocols.count < ClientHello.maximumProtocols { applicationProtocols.append(name.latin1Text()) }
    }
  }

  private mutating func readSupportedVersions(_ content: inout ByteReader) throws(WireError) {
    let listLength = Int(try content.readUInt8(.tlsSupportedVersions))
    if !content.isCapturedShort && listLength > content.remaining { throw .badLength(.tlsSupportedVersions) }
    var list = content.readPartOrRest(listLength)
    while list.remaining >= 2 {
      let version = TLSVersion(rawValue: try list.readUInt16(.tlsSupportedVersions))
      // GREASE values (RFC 8701) and drafts have other high bytes.
      if version.rawValue >> 8 == 3, version > highestVersion { highestVersion = version }
    }
  }
}

/// What naming needs of a ServerHello: the version both sides settled on (RFC 8446 §4.1.3, §4.2.1).
public struct ServerHello: Sendable, Equatable {
  public var version: TLSVersion

  /// Reads the body of a ServerHello handshake message, without its four-byte header.
  public init(_ body: RawSpan) throws(WireError) {
    var reader = ByteReader(body)
    version = TLSVersion(rawValue: try reader.readUInt16(.tlsVersion))
    guard version.rawValue >> 8 == 3 else { throw .badValue(.tlsVersion) }
    try reader.skip(32, .tlsRandom)
    try reader.skip(Int(try reader.readUInt8(.tlsSessionID)), .tlsSessionID)
    try reader.skip(3, .tlsCipherSuites)
    if reader.isAtEnd { return }
    var extensions = try reader.readPart(Int(try reader.readUInt16(.tlsExtensions)), .tlsExtensions)
    var count = 0
    while !extensions.isAtEnd {
      guard count < ClientHello.maximumExtensions else { throw .tooMany(.tlsExtensions) }
      count += 1
      let type = TLSExtensionType(rawValue: try extensions.readUInt16(.tlsExtensions))
      var content = try extensions.readPart(Int(try extensions.readUInt16(.tlsExtensions)), .tlsExtensions)
      if type == .supportedVersions { version = TLSVersion(rawValue: try content.readUInt16(.tlsSupportedVersions)) }
    }
  }
}

/// The first handshake message of one direction of a TLS stream, however many records carry it.
public enum TLSOpening: Sendable, Equatable {
  case clientHello(ClientHello)
  case serverHello(ServerHello)
  /// TLS, but the direction does not begin with a hello (an alert, or a stream whose beginning was missed).
  case other
  case notTLS
  case broken(WireError)
  /// Too little yet; nothing changes before the stream holds this many bytes.
  case needsMore(Int)
}

extension TLSOpening {
  /// RFC 8446 §5.1: at most 2^14 bytes in a plaintext record.
  static let maximumRecord = 16_384
  /// A hello longer than this is not waited for. The largest seen in the wild, with two post-quantum shares, stay under 5 KiB.
  public static let maximumHello = 32_768

  /// Reads the beginning of a stream.
  ///
  /// - Parameter isComplete: no more bytes will come; a hello that was cut is read as far as it goes.
  /// - Complexity: linear in the length of `stream`.
  public init(_ stream: RawSpan, isComplete: Bool = false) {
    guard stream.byteCount >= 1 else {
      self = .needsMore(6)
      return
    }
    // RFC 8446 §5.1: content type 22 handshake, 21 alert; version 0x03xx; length.
    guard stream.byte(0) == 22 || stream.byte(0) == 21 else {
      self = .notTLS
      return
    }
    guard stream.byteCount >= 6 else {
      let isPossible = stream.byteCount < 2 || stream.byte(1) == 3
      self = isPossible && !isComplete ? .needsMore(6) : .notTLS
      return
    }
    let recordLength = Int(stream.uint16(3))
    guard stream.byte(1) == 3, stream.byte(2) <= 4, recordLength > 0, recordLength <= TLSOpening.maximumRecord else {
      self = .notTLS
      return
    }
    guard stream.byte(0) == 22 else {
      self = .other
      return
    }
    self = TLSOpening.readHandshake(stream, isComplete: isComplete)
  }

  private static func readHandshake(_ stream: RawSpan, isComplete: Bool) -> TLSOpening {
    let firstLength = Int(stream.uint16(3))
    // The message header itself may be split over records: collect it first.
    if firstLength >= 4 && stream.byteCount >= 9 {
      let messageLength = Int(stream.byte(6)) << 16 | Int(stream.uint16(7))
      if messageLength + 4 <= firstLength, stream.byteCount >= 9 + messageLength {
        return read(type: stream.byte(5), body: stream.extracting(9..<9 + messageLength), isCut: false)
      }
    }
    var message: [UInt8] = []
    var offset = 0
    var needed = Int.max
    var end = false
    while message.count < needed && !end {
      guard stream.byteCount >= offset + 5 else {
        if !isComplete { return .needsMore(offset + 5) }
        break
      }
      let length = Int(stream.uint16(offset + 3))
      guard stream.byte(offset) == 22, stream.byte(offset + 1) == 3, length > 0, length <= maximumRecord else {
        if message.isEmpty { return .notTLS }
        return .broken(.badValue(.tlsRecordHeader))
      }
      let available = min(length, stream.byteCount - offset - 5)
      let part = stream.extracting(offset + 5..<offset + 5 + available)
      message.append(contentsOf: part.copyBytes())
      if needed == Int.max && message.count >= 4 {
        needed = 4 + (Int(message[1]) << 16 | Int(message[2]) << 8 | Int(message[3]))
        guard message[0] == 1 || message[0] == 2 else { return .other }
        guard needed <= maximumHello else { return .broken(.badLength(.tlsHandshakeHeader)) }
      }
      if message.count >= needed { break }
      if available < length {
        if !isComplete {
          // The message cannot end before the bytes that are missing of it in this record, or the record's end.
          let wanted = needed == Int.max ? 1 : min(needed - message.count, length - available)
          return .needsMore(stream.byteCount + wanted)
        }
        end = true
      }
      offset += 5 + length
    }
    guard message.count >= 4 else { return .notTLS }
    let isCut = message.count < needed
    let stop = min(message.count, needed)
    return read(type: message[0], body: message.span.bytes.extracting(4..<max(stop, 4)), isCut: isCut)
  }

  private static func read(type: UInt8, body: RawSpan, isCut: Bool) -> TLSOpening {
    // RFC 8446 §4: 1 client_hello, 2 server_hello.
    do throws(WireError) {
      switch type {
      case 1: return .clientHello(try ClientHello(body, isCut: isCut))
      case 2: return .serverHello(try ServerHello(body))
      default: return .other
      }
    } catch {
      return .broken(error)
    }
  }
}
