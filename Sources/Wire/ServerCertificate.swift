import Model

/// The names in a server's certificate (RFC 5280 §4.1), as far as naming a destination needs them.
public struct ServerCertificate: Sendable, Equatable {
  /// The first `dNSName` entries of the subject alternative names (§4.2.1.6), as sent, including wildcards; at most
  /// `textLimit`.
  public var dnsNames: [String]
  /// Number of all such entries, counted up to `maximumNames`.
  public var nameCount: Int
  /// Last common name of the subject, as sent.
  public var commonName: String?

  /// Most names that are counted. Shared certificates of large hosting companies have up to some hundred; so many say
  /// nothing about one flow.
  public static let maximumNames = 256
  static let maximumExtensions = 64
  static let maximumNameParts = 64

  public init(dnsNames: [String], commonName: String?) {
    self.dnsNames = dnsNames
    nameCount = dnsNames.count
    self.commonName = commonName
  }

  /// The name that represents the certificate: the first alternative name or, if there is none, a common name that can
  /// be a host name (RFC 6125 §6.4.4). It may be a wildcard.
  public var hostName: String? {
    if let first = dnsNames.first { return first }
    guard let commonName, commonName.utf8.count <= 253, commonName.contains(".") else { return nil }
    let isHost = commonName.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-._*".utf8.contains($0) }
    let isAddress = commonName.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0.isASCIIDigit }
    return isHost && !isAddress ? commonName : nil
  }

  /// Reads one certificate in DER.
  ///
  /// - Parameter textLimit: how many alternative names are kept as text, at least 1; the others are only counted.
  public init(_ certificate: RawSpan, textLimit: Int = ServerCertificate.maximumNames) throws(WireError) {
    self.init(dnsNames: [], commonName: nil)
    var outer = ByteReader(certificate)
    var whole = try outer.readElement(.sequence)
    var signed = try whole.readElement(.sequence)
    // RFC 5280 §4.1: [0] version, serial number, signature, issuer, validity, subject, key, [1], [2], [3] extensions.
    var element = try signed.readElement()
    if element.tag == .version { element = try signed.readElement() }
    guard element.tag == .integer else { throw .badValue(.tlsCertificate) }
    _ = try signed.readElement(.sequence)
    _ = try signed.readElement(.sequence)
    _ = try signed.readElement(.sequence)
    var subject = try signed.readElement(.sequence)
    try readSubject(&subject)
    _ = try signed.readElement(.sequence)
    while !signed.isAtEnd {
      var field = try signed.readElement()
      guard field.tag == .extensions else { continue }
      var list = try field.content.readElement(.sequence)
      try readExtensions(&list, textLimit: textLimit)
      return
    }
  }

  private mutating func readSubject(_ subject: inout ByteReader) throws(WireError) {
    var count = 0
    while !subject.isAtEnd {
      var relative = try subject.readElement(.set)
      while !relative.isAtEnd {
        guard count < ServerCertificate.maximumNameParts else { throw .tooMany(.tlsCertificate) }
        count += 1
        var attribute = try relative.readElement(.sequence)
        var type = try attribute.readElement(.objectIdentifier)
        // id-at-commonName, 2.5.4.3 (RFC 5280 appendix A.1).
        guard type.remaining == 3, try type.readUInt24(.tlsCertificate) == 0x55_0403 else { continue }
        var value = try attribute.readElement()
        switch value.tag {
        case .utf8String, .printableString, .teletexString, .ia5String:
          commonName = value.content.readRest().hostName()
        default: break
        }
      }
    }
  }

  private mutating func readExtensions(_ list: inout ByteReader, textLimit: Int) throws(WireError) {
    var count = 0
    while !list.isAtEnd {
      guard count < ServerCertificate.maximumExtensions else { throw .tooMany(.tlsCertificate) }
      count += 1
      var one = try list.readElement(.sequence)
      var identifier = try one.readElement(.objectIdentifier)
      // id-ce-subjectAltName, 2.5.29.17 (RFC 5280 §4.2.1.6).
      guard identifier.remaining == 3, try identifier.readUInt24(.tlsCertificate) == 0x55_1d11 else { continue }
      var value = try one.readElement()
      if value.tag == .boolean { value = try one.readElement() }
      guard value.tag == .octetString else { throw .badValue(.tlsCertificate) }
      var names = try value.content.readElement(.sequence)
      while !names.isAtEnd, nameCount < ServerCertificate.maximumNames {
        if dnsNames.count == textLimit { nameCount += names.skipShortNames(ServerCertificate.maximumNames - nameCount) }
        guard !names.isAtEnd, nameCount < ServerCertificate.maximumNames else { break }
        var name = try names.readElement()
        let bytes = name.content.readRest()
        guard name.tag == .dnsName, (1...RawSpan.longestHostName).contains(bytes.byteCount) else { continue }
        nameCount += 1
        if dnsNames.count < textLimit { dnsNames.append(bytes.latin1Text()) }
      }
      return
    }
  }
}

/// First byte of a DER element (X.690 §8.1.2), as far as certificates need it.
package struct DERTag: RawRepresentable, Equatable {
  package var rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  static let boolean = DERTag(rawValue: 0x01)
  static let integer = DERTag(rawValue: 0x02)
  static let octetString = DERTag(rawValue: 0x04)
  static let objectIdentifier = DERTag(rawValue: 0x06)
  static let utf8String = DERTag(rawValue: 0x0c)
  static let printableString = DERTag(rawValue: 0x13)
  static let teletexString = DERTag(rawValue: 0x14)
  static let ia5String = DERTag(rawValue: 0x16)
  package static let sequence = DERTag(rawValue: 0x30)
  static let set = DERTag(rawValue: 0x31)
  /// `[2]` of GeneralName.
  static let dnsName = DERTag(rawValue: 0x82)
  /// `[0]` and `[3]` of TBSCertificate.
  static let version = DERTag(rawValue: 0xa0)
  static let extensions = DERTag(rawValue: 0xa3)
}

private struct DERElement: ~Escapable {
  var tag: DERTag
  var content: ByteReader

  @_lifetime(copy content)
  init(tag: DERTag, content: ByteReader) {
    self.tag = tag
    self.content = content
  }
}

extension ByteReader {
  /// X.690 §8.1.3, §10.1: the length in one byte, or in up to three bytes behind their number. DER has no indefinite
  /// form.
  @_lifetime(copy self)
  fileprivate mutating func readElement() throws(WireError) -> DERElement {
    let tag = try readUInt8(.tlsCertificate)
    guard tag & 0x1f != 0x1f else { throw .unsupported(.tlsCertificate) }
    var length = Int(try readUInt8(.tlsCertificate))
    switch length {
    case 0...0x7f: break
    case 0x81: length = Int(try readUInt8(.tlsCertificate))
    case 0x82: length = Int(try readUInt16(.tlsCertificate))
    case 0x83: length = try readUInt24(.tlsCertificate)
    default: throw .badLength(.tlsCertificate)
    }
    return DERElement(tag: DERTag(rawValue: tag), content: try readPart(length, .tlsCertificate))
  }

  /// Skips `dNSName` entries, up to the first that is empty, longer than 127 bytes or cut, or that is another kind of
  /// name.
  ///
  /// - Returns: how many were skipped, at most `limit`.
  fileprivate mutating func skipShortNames(_ limit: Int) -> Int {
    let rest = unread
    var count = 0
    var place = 0
    while count < limit, place + 2 <= rest.byteCount, rest.byte(place) == DERTag.dnsName.rawValue {
      let length = Int(rest.byte(place + 1))
      guard (1...0x7f).contains(length), place + 2 + length <= rest.byteCount else { break }
      place += 2 + length
      count += 1
    }
    advance(by: place)
    return count
  }

  @_lifetime(copy self)
  fileprivate mutating func readElement(_ tag: DERTag) throws(WireError) -> ByteReader {
    let element = try readElement()
    guard element.tag == tag else { throw .badValue(.tlsCertificate) }
    return element.content
  }
}

/// The result of reading a server's certificate from a stream that begins with a ServerHello of TLS 1.2 or older, in
/// which it is not encrypted (RFC 5246 §7.4.2).
public enum TLSCertificateReading: Sendable, Equatable {
  case certificate(ServerCertificate)
  /// The server sends none, or its flight cannot be read further.
  case none
  case broken(WireError)
  /// Too little yet; nothing changes before the stream holds this many bytes.
  case needsMore(Int)

  /// Most bytes of the stream that are waited for: enough for the ServerHello and the first certificate of the chain,
  /// which alone is read.
  public static let maximumFlight = 32_768

  /// - Parameters:
  ///   - isComplete: no more bytes will come.
  ///   - textLimit: how many alternative names are kept as text.
  /// - Complexity: linear in the length of `stream`.
  public init(_ stream: RawSpan, isComplete: Bool = false, textLimit: Int = ServerCertificate.maximumNames) {
    let flight = Flight(stream)
    let messages = flight.messages.span.bytes
    var offset = 0
    while messages.byteCount >= offset + 4 {
      let type = messages.byte(offset)
      let length = Int(messages.byte(offset + 1)) << 16 | Int(messages.uint16(offset + 2))
      // RFC 5246 §7.4: server_hello 2, certificate 11. Only the ServerHello precedes the certificate.
      if type == 11 {
        self = TLSCertificateReading.readChain(
          messages, at: offset + 4, length: length, flight, isComplete, textLimit: textLimit)
        return
      }
      guard type == 2 else {
        self = .none
        return
      }
      offset += 4 + length
    }
    self = flight.wait(for: offset + 4, isComplete)
  }

  private static func readChain(
    _ messages: RawSpan, at start: Int, length: Int, _ flight: Flight, _ isComplete: Bool, textLimit: Int
  ) -> TLSCertificateReading {
    // Length of the chain 3, length of the first certificate 3.
    guard length >= 6 else { return .none }
    guard messages.byteCount >= start + 6 else { return flight.wait(for: start + 6, isComplete) }
    let first = Int(messages.byte(start + 3)) << 16 | Int(messages.uint16(start + 4))
    guard first + 6 <= length else { return .broken(.badLength(.tlsCertificate)) }
    let end = start + 6 + first
    guard messages.byteCount >= end else { return flight.wait(for: end, isComplete) }
    do throws(WireError) {
      return .certificate(try ServerCertificate(messages.extracting(start + 6..<end), textLimit: textLimit))
    } catch {
      return .broken(error)
    }
  }

  /// The handshake messages at the beginning of a stream, without the headers of their records.
  private struct Flight {
    var messages: [UInt8] = []
    var streamLength: Int
    /// A record of another kind, or no record, follows: no more messages will come.
    var hasEnded = false

    init(_ stream: RawSpan) {
      streamLength = stream.byteCount
      var offset = 0
      while stream.byteCount >= offset + 5 {
        let length = Int(stream.uint16(offset + 3))
        guard stream.byte(offset) == 22, stream.byte(offset + 1) == 3, length > 0, length <= TLSOpening.maximumRecord
        else {
          hasEnded = true
          return
        }
        let available = min(length, stream.byteCount - offset - 5)
        stream.extracting(offset + 5..<offset + 5 + available).withUnsafeBytes { messages.append(contentsOf: $0) }
        offset += 5 + length
      }
    }

    /// `needsMore` with the length that the stream must reach at least, so that the messages can hold `count` bytes.
    func wait(for count: Int, _ isComplete: Bool) -> TLSCertificateReading {
      let needed = streamLength + count - messages.count
      guard !hasEnded, !isComplete, needed <= TLSCertificateReading.maximumFlight else { return .none }
      return .needsMore(needed)
    }
  }
}
