/// TLS protocol version as on the wire.
public struct TLSVersion: RawRepresentable, Sendable, Hashable, Comparable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let tls10 = TLSVersion(rawValue: 0x0301)
  public static let tls11 = TLSVersion(rawValue: 0x0302)
  public static let tls12 = TLSVersion(rawValue: 0x0303)
  public static let tls13 = TLSVersion(rawValue: 0x0304)

  public static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }

  /// Drafts of TLS 1.3 (0x7fNN) count as TLS 1.3, and versions of DTLS as the version of TLS on which they are based
  /// (RFC 4347 §1, RFC 6347 §1, RFC 9147 §1); all others are unchanged.
  init(onWire value: UInt16) {
    switch value {
    case 0x7f00...0x7fff, 0xfefc: self = .tls13
    case 0xfefd: self = .tls12
    case 0xfeff: self = .tls11
    default: self.init(rawValue: value)
    }
  }

  /// SSL 3.0 or any version of TLS; false for SSL 2.0, GREASE (RFC 8701) and undefined values.
  var isKnown: Bool { rawValue >> 8 == 3 }
}

/// TLS extension number (IANA TLS ExtensionType Values).
struct TLSExtensionType: RawRepresentable, Hashable {
  var rawValue: UInt16
  static let serverName = TLSExtensionType(rawValue: 0)
  static let applicationProtocols = TLSExtensionType(rawValue: 16)
  static let sessionTicket = TLSExtensionType(rawValue: 35)
  static let preSharedKey = TLSExtensionType(rawValue: 41)
  static let supportedVersions = TLSExtensionType(rawValue: 43)
  static let encryptedClientHello = TLSExtensionType(rawValue: 0xfe0d)
}

/// Content types of records (RFC 8446 §5.1), the same in DTLS.
package enum TLSContentType {
  package static let alert: UInt8 = 21
  package static let handshake: UInt8 = 22
}

/// Types of handshake messages (RFC 8446 §4), the same in DTLS.
package enum TLSHandshakeType {
  package static let clientHello: UInt8 = 1
  package static let serverHello: UInt8 = 2
  package static let certificate: UInt8 = 11
}

/// The unencrypted fields of the outer `encrypted_client_hello` extension (RFC 9849 §5). It may be GREASE (§6.2), which
/// looks the same.
public struct EncryptedClientHelloExtension: Sendable, Equatable {
  /// Chosen by the server's operator and published in DNS; any byte in GREASE.
  public var configurationID: UInt8 = 0
  /// 0 in a second hello after HelloRetryRequest.
  public var encapsulatedKeyLength = 0
  public var payloadLength = 0

  public init() {}

  public init(configurationID: UInt8, encapsulatedKeyLength: Int, payloadLength: Int) {
    self.configurationID = configurationID
    self.encapsulatedKeyLength = encapsulatedKeyLength
    self.payloadLength = payloadLength
  }

  /// Whether the lengths allow an encrypted ClientHello: the shortest key of HPKE (RFC 9180 §7.1) has 32 bytes, the tag
  /// of each of its ciphers 16, and a ClientHello at least 41. A genuine extension is plausible; a plausible one may
  /// still be GREASE.
  public var isPlausible: Bool { encapsulatedKeyLength >= 32 && payloadLength >= 41 + 16 }

  /// - Parameter content: the content of the extension behind its first byte, which is the type outer or inner.
  fileprivate init(_ content: inout ByteReader) {
    // A malformed extension counts as an implausible one: the other extensions stay valid.
    do throws(WireError) {
      try content.skip(4, .tlsExtensions)
      configurationID = try content.readUInt8(.tlsExtensions)
      let keyLength = Int(try content.readUInt16(.tlsExtensions))
      try content.skip(keyLength, .tlsExtensions)
      encapsulatedKeyLength = keyLength
      let length = Int(try content.readUInt16(.tlsExtensions))
      try content.skip(length, .tlsExtensions)
      payloadLength = length
    } catch {}
  }
}

/// What naming needs of a ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2).
public struct ClientHello: Sendable, Equatable {
  /// First host name of the `server_name` extension (RFC 6066 §3), as sent; nil if there is none.
  public var serverName: String?
  /// The server name is longer than any host name. It is not kept.
  public var hasOverlongName = false
  /// Highest version offered.
  public var highestVersion: TLSVersion
  /// Application protocol that is offered first (RFC 7301 §3.1).
  public var applicationProtocol: String?
  /// Nil if there is no outer `encrypted_client_hello` extension.
  public var ech: EncryptedClientHelloExtension?
  /// The client presents what the server gave it earlier: a session ticket (RFC 5077), a pre-shared key (RFC 8446
  /// §4.2.11) or, before TLS 1.3, a session ID. It links this connection to an earlier one. The value is not kept.
  public var offersResumption: Bool
  /// The message was cut by the snapshot length or by loss: fields behind the cut are missing.
  public var isCut: Bool

  /// Most extensions: no client sends so many. Bounds the work for a hostile one.
  static let maximumExtensions = 128

  public init(
    serverName: String?, highestVersion: TLSVersion, applicationProtocol: String? = nil,
    ech: EncryptedClientHelloExtension? = nil, offersResumption: Bool = false, isCut: Bool = false
  ) {
    self.serverName = serverName
    self.highestVersion = highestVersion
    self.applicationProtocol = applicationProtocol
    self.ech = ech
    self.offersResumption = offersResumption
    self.isCut = isCut
  }

  /// Reads the body of a ClientHello handshake message, without its header.
  ///
  /// - Parameters:
  ///   - isCut: the bytes end before the message does; it is read as far as it is there.
  ///   - isDatagram: the hello is one of DTLS and contains a cookie (RFC 6347 §4.2.1).
  /// - Throws: for malformed messages; for cut ones only if even the version is missing.
  public init(_ body: RawSpan, isCut: Bool = false, isDatagram: Bool = false) throws(WireError) {
    var reader = ByteReader(body, isCapturedShort: isCut)
    let version = TLSVersion(onWire: try reader.readUInt16(.tlsVersion))
    guard version.isKnown else { throw .badValue(.tlsVersion) }
    self.init(serverName: nil, highestVersion: version, isCut: isCut)
    do throws(WireError) {
      try readFields(&reader, isDatagram: isDatagram)
    } catch .capturedShort where isCut {
      // Only the extensions, which are missing, show whether the session ID has a meaning.
      offersResumption = false
    }
  }

  private mutating func readFields(_ reader: inout ByteReader, isDatagram: Bool) throws(WireError) {
    try reader.skip(32, .tlsRandom)
    let sessionLength = Int(try reader.readUInt8(.tlsSessionID))
    guard sessionLength <= 32 else { throw .badLength(.tlsSessionID) }
    try reader.skip(sessionLength, .tlsSessionID)
    // RFC 8446 §4.1.2: in TLS 1.3 the session ID is random. If that version is offered, this is undone below.
    offersResumption = sessionLength > 0
    if isDatagram { try reader.skip(Int(try reader.readUInt8(.tlsSessionID)), .tlsSessionID) }
    try reader.skip(Int(try reader.readUInt16(.tlsCipherSuites)), .tlsCipherSuites)
    try reader.skip(Int(try reader.readUInt8(.tlsCompressionMethods)), .tlsCompressionMethods)
    // Before TLS 1.3 a hello may end here (RFC 5246 §7.4.1.2).
    if reader.isAtEnd && !isCut { return }
    let length = Int(try reader.readUInt16(.tlsExtensions))
    if !isCut && length > reader.remaining { throw .badLength(.tlsExtensions) }
    var extensions = reader.readPartOrRest(length)
    var count = 0
    var hasTicket = false
    defer { if highestVersion >= .tls13 { offersResumption = hasTicket } }
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
        if !content.isAtEnd, try content.readUInt8(.tlsExtensions) == 0 {
          ech = EncryptedClientHelloExtension(&content)
        }
      case .sessionTicket, .preSharedKey:
        // An empty ticket only asks for one (RFC 5077 §3.2).
        if length > 0 {
          hasTicket = true
          offersResumption = true
        }
      default: break
      }
    }
  }

  private mutating func readServerName(_ content: inout ByteReader) throws(WireError) {
    // Only servers should send an empty extension, but some clients do so too.
    if content.isAtEnd && !content.isCapturedShort { return }
    let listLength = Int(try content.readUInt16(.tlsServerName))
    if !content.isCapturedShort && listLength > content.remaining { throw .badLength(.tlsServerName) }
    var list = content.readPartOrRest(listLength)
    while !list.isAtEnd || list.isCapturedShort {
      let type = try list.readUInt8(.tlsServerName)
      let length = Int(try list.readUInt16(.tlsServerName))
      let name = try list.readBytes(length, .tlsServerName)
      guard type == 0, serverName == nil, length > 0 else { continue }
      serverName = name.hostName()
      if serverName == nil { hasOverlongName = true }
    }
  }

  private mutating func readApplicationProtocols(_ content: inout ByteReader) throws(WireError) {
    let listLength = Int(try content.readUInt16(.tlsProtocolNames))
    if !content.isCapturedShort && listLength > content.remaining { throw .badLength(.tlsProtocolNames) }
    var list = content.readPartOrRest(listLength)
    while !list.isAtEnd {
      let length = Int(try list.readUInt8(.tlsProtocolNames))
      let name = try list.readBytes(length, .tlsProtocolNames)
      if applicationProtocol == nil { applicationProtocol = name.latin1Text() }
    }
  }

  private mutating func readSupportedVersions(_ content: inout ByteReader) throws(WireError) {
    let listLength = Int(try content.readUInt8(.tlsSupportedVersions))
    if !content.isCapturedShort && listLength > content.remaining { throw .badLength(.tlsSupportedVersions) }
    var list = content.readPartOrRest(listLength)
    while list.remaining >= 2 {
      let version = TLSVersion(onWire: try list.readUInt16(.tlsSupportedVersions))
      if version.isKnown, version > highestVersion { highestVersion = version }
    }
  }
}

/// What naming needs of a ServerHello: the version that the server chose (RFC 8446 §4.1.3, §4.2.1).
public struct ServerHello: Sendable, Equatable {
  public var version: TLSVersion

  /// Reads the body of a ServerHello handshake message, without its four-byte header.
  public init(_ body: RawSpan) throws(WireError) {
    var reader = ByteReader(body)
    let value = try reader.readUInt16(.tlsVersion)
    version = TLSVersion(onWire: value)
    guard version.isKnown else { throw .badValue(.tlsVersion) }
    // Drafts of TLS 1.3 before the 22nd state their version here, and have no session ID.
    if value >> 8 == 0x7f { return }
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
      if type == .supportedVersions { version = TLSVersion(onWire: try content.readUInt16(.tlsSupportedVersions)) }
    }
  }
}

/// How far the records at the beginning of a stream have been read, if the end of their message is still missing.
public struct TLSRecordWalk: Sendable, Equatable {
  /// Bytes of the stream in whole records.
  public var offset = 0
  /// Bytes of the message in those records, without record headers.
  public var content = 0

  public init(offset: Int = 0, content: Int = 0) {
    self.offset = offset
    self.content = content
  }
}

/// The first handshake message of one direction of a TLS stream, however many records carry it.
public enum TLSOpening: Sendable, Equatable {
  case clientHello(ClientHello)
  case serverHello(ServerHello)
  /// TLS, but the stream does not begin with a hello (an alert, or the beginning was not captured).
  case other
  case notTLS
  case broken(WireError)
  /// Too little yet; nothing changes before the stream holds this many bytes.
  case needsMore(Int)
}

extension TLSOpening {
  /// RFC 8446 §5.1: at most 2^14 bytes in a plaintext record.
  static let maximumRecord = 16_384
  /// Longest hello that is waited for, in bytes. The largest in use, with two post-quantum key shares, are below 5 KiB.
  public static let maximumHello = 32_768

  /// Reads the beginning of a stream.
  ///
  /// - Parameter isComplete: no more bytes will come; a hello that was cut is read as far as it is there.
  /// - Complexity: linear in the length of `stream`.
  public init(_ stream: RawSpan, isComplete: Bool = false) {
    var walk = TLSRecordWalk()
    self.init(stream, resuming: &walk, isComplete: isComplete)
  }

  /// Reads the beginning of a stream after earlier calls have returned `needsMore`.
  ///
  /// - Parameter walk: how far earlier calls have read; changed only if the result is `needsMore`.
  /// - Complexity: linear in the records behind `walk`, and once in the length of the hello.
  public init(_ stream: RawSpan, resuming walk: inout TLSRecordWalk, isComplete: Bool = false) {
    guard stream.byteCount >= 1 else {
      self = .needsMore(6)
      return
    }
    if stream.byte(0) & 0xfe == 0x80 {
      self = TLSOpening.readCompatible(stream, isComplete: isComplete)
      return
    }
    // RFC 8446 §5.1: content type 1, version 2, which begins with 3, length 2.
    guard stream.byte(0) == TLSContentType.handshake || stream.byte(0) == TLSContentType.alert else {
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
    guard stream.byte(0) == TLSContentType.handshake else {
      self = .other
      return
    }
    self = TLSOpening.readHandshake(stream, resuming: &walk, isComplete: isComplete)
  }

  /// A ClientHello in the format of SSL 2.0, for servers that might support nothing newer (RFC 5246 §E.2): length 15
  /// bits, message type 1, version 2, lengths of cipher specifications, session ID and challenge 2 each. It has no
  /// server name.
  private static func readCompatible(_ stream: RawSpan, isComplete: Bool) -> TLSOpening {
    let length = stream.byteCount
    if length >= 3 && stream.byte(2) != 1 { return .notTLS }
    if length >= 4 && stream.byte(3) != 3 && stream.byte(3) != 0 { return .notTLS }
    guard length >= 11 else { return isComplete ? .notTLS : .needsMore(11) }
    let version = TLSVersion(rawValue: stream.uint16(3))
    guard version >= TLSVersion(rawValue: 0x0300) && version <= .tls13 || version.rawValue == 2 else { return .notTLS }
    let ciphers = Int(stream.uint16(5))
    let session = Int(stream.uint16(7))
    let challenge = Int(stream.uint16(9))
    guard ciphers > 0, ciphers % 3 == 0, session == 0 || session == 16, (16...32).contains(challenge),
      Int(stream.uint16(0) & 0x7fff) == 9 + ciphers + session + challenge
    else { return .notTLS }
    return .clientHello(
      ClientHello(serverName: nil, highestVersion: version, offersResumption: session > 0))
  }

  private static func readHandshake(
    _ stream: RawSpan, resuming walk: inout TLSRecordWalk, isComplete: Bool
  ) -> TLSOpening {
    let firstLength = Int(stream.uint16(3))
    // Usually the whole message is in the first record. Otherwise even its header may be split over records, and is
    // collected first.
    if firstLength >= 4 && stream.byteCount >= 9 {
      let messageLength = Int(stream.byte(6)) << 16 | Int(stream.uint16(7))
      if messageLength + 4 <= firstLength, stream.byteCount >= 9 + messageLength {
        return read(type: stream.byte(5), body: stream.extracting(9..<9 + messageLength), isCut: false)
      }
    }
    // The records are copied only when the whole message is there: with records of one byte, copying at each call would
    // dominate the cost.
    var count = 0
    var header: UInt32 = 0
    var offset = 0
    // Of the message with its header; nil until the header is there.
    var length: Int?
    func missing() -> Int { length.map { $0 - count } ?? 1 }
    while length.map({ count < $0 }) ?? true {
      guard stream.byteCount >= offset + 5 else {
        // At least the missing bytes of the message must arrive, however small the records are. So the number of calls
        // stays low.
        if !isComplete {
          walk = TLSRecordWalk(offset: offset, content: count)
          return .needsMore(offset + 5 + missing())
        }
        break
      }
      let recordLength = Int(stream.uint16(offset + 3))
      guard stream.uint16(offset) == UInt16(TLSContentType.handshake) << 8 | 3, recordLength > 0,
        recordLength <= maximumRecord
      else {
        return count == 0 ? .notTLS : .broken(.badValue(.tlsRecordHeader))
      }
      let available = min(recordLength, stream.byteCount - offset - 5)
      if length == nil {
        for index in 0..<min(available, 4 - count) { header = header << 8 | UInt32(stream.byte(offset + 5 + index)) }
      }
      count += available
      if length == nil, count >= 4 {
        let type = UInt8(header >> 24)
        guard type == TLSHandshakeType.clientHello || type == TLSHandshakeType.serverHello else { return .other }
        let stated = 4 + Int(header & 0xff_ffff)
        guard stated <= maximumHello else { return .broken(.badLength(.tlsHandshakeHeader)) }
        length = stated
      }
      if let length, count >= length { break }
      if available < recordLength {
        guard isComplete else {
          walk = TLSRecordWalk(offset: offset, content: count - available)
          return .needsMore(stream.byteCount + missing())
        }
        break
      }
      offset += 5 + recordLength
      // The first records, with the header of the message, are read again; the records behind them, up to `walk`, are
      // skipped.
      if length != nil, walk.offset > offset { (offset, count) = (walk.offset, walk.content) }
    }
    guard let length else { return .notTLS }
    let message = content(of: stream, atMost: min(count, length))
    return read(
      type: UInt8(header >> 24), body: message.span.bytes.extracting(4..<message.count), isCut: count < length)
  }

  /// The first `limit` bytes of the contents of the records, as far as they are there.
  private static func content(of stream: RawSpan, atMost limit: Int) -> [UInt8] {
    // Safe: the array has room for `limit` bytes, and each step initialises at most `limit - filled`.
    Array(unsafeUninitializedCapacity: limit) { content, filled in
      var offset = 0
      while filled < limit, stream.byteCount > offset + 5 {
        let length = Int(stream.uint16(offset + 3))
        let count = min(length, stream.byteCount - offset - 5, limit - filled)
        if count == 1 {
          content.initializeElement(at: filled, to: stream.byte(offset + 5))
        } else {
          stream.extracting(offset + 5..<offset + 5 + count).withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(content)[filled..<filled + count])
              .copyMemory(from: bytes)
          }
        }
        filled += count
        offset += 5 + length
      }
    }
  }

  private static func read(type: UInt8, body: RawSpan, isCut: Bool) -> TLSOpening {
    do throws(WireError) {
      switch type {
      case TLSHandshakeType.clientHello: return .clientHello(try ClientHello(body, isCut: isCut))
      case TLSHandshakeType.serverHello: return .serverHello(try ServerHello(body))
      default: return .other
      }
    } catch {
      return .broken(error)
    }
  }
}
