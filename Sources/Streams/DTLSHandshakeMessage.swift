import Wire

/// One handshake message of one side, reassembled from the fragments in its datagrams (RFC 6347 §4.2.3).
///
/// After a HelloVerifyRequest the client sends its hello again, with a cookie and a higher message number; the
/// reassembly then starts over.
public struct DTLSHandshakeMessage: Sendable {
  public enum Kind: UInt8, Sendable {
    case clientHello = 1
    /// In DTLS 1.2 and older, in which it is not encrypted.
    case certificate = 11
  }

  private let kind: Kind
  private var stream = RangeBuffer(limit: DTLSHandshakeMessage.limit)
  private var number: UInt16?
  private var length = 0

  /// Longest message in bytes, as for TLS over TCP.
  private static let limit = TLSOpening.maximumHello

  public init(_ kind: Kind) { self.kind = kind }

  /// Adds the fragments of the message that a datagram contains.
  public mutating func take(_ datagram: RawSpan) throws(WireError) {
    var reader = ByteReader(datagram)
    var count = 0
    while reader.remaining >= DTLSDatagram.recordHeader {
      let type = try reader.readUInt8(.dtlsRecordHeader)
      try reader.skip(2, .dtlsRecordHeader)
      let epoch = try reader.readUInt16(.dtlsRecordHeader)
      try reader.skip(6, .dtlsRecordHeader)
      var record = reader.readPartOrRest(Int(try reader.readUInt16(.dtlsRecordHeader)))
      // Records of later epochs are encrypted.
      guard type == TLSContentType.handshake, epoch == 0 else { continue }
      while record.remaining >= DTLSDatagram.handshakeHeader {
        guard count < DTLSDatagram.maximumFragments else { throw .tooMany(.dtlsRecordHeader) }
        count += 1
        try takeFragment(&record)
      }
    }
  }

  private mutating func takeFragment(_ record: inout ByteReader) throws(WireError) {
    let type = try record.readUInt8(.tlsHandshakeHeader)
    let whole = try record.readUInt24(.tlsHandshakeHeader)
    let number = try record.readUInt16(.tlsHandshakeHeader)
    let offset = try record.readUInt24(.tlsHandshakeHeader)
    let size = try record.readUInt24(.tlsHandshakeHeader)
    guard offset + size <= whole else { throw .badLength(.tlsHandshakeHeader) }
    var fragment = record.readPartOrRest(size)
    guard type == kind.rawValue else { return }
    // Of a long chain of certificates only the beginning is needed and kept.
    guard kind == .certificate || whole <= DTLSHandshakeMessage.limit else { throw .badLength(.tlsHandshakeHeader) }
    if self.number != number || length != whole {
      self.number = number
      length = whole
      stream = RangeBuffer(limit: DTLSHandshakeMessage.limit)
    }
    stream.insert(fragment.readRest(), at: offset)
  }

  /// The ClientHello; nil if more fragments are needed.
  ///
  /// - Parameter isComplete: no more fragments will come; the bytes in front of the first gap are read.
  public func clientHello(isComplete: Bool = false) throws(WireError) -> ClientHello? {
    let known = min(stream.prefixLength, length)
    let isWhole = length > 0 && known == length
    guard isWhole || isComplete && known > 0 else { return nil }
    return try ClientHello(stream.prefix(known).span.bytes, isCut: !isWhole, isDatagram: true)
  }

  /// The server's own certificate, the first of its chain (RFC 5246 §7.4.2); nil if more fragments are needed or the
  /// chain is empty.
  ///
  /// - Parameter textLimit: how many alternative names are kept as text.
  public func certificate(textLimit: Int = ServerCertificate.maximumNames) throws(WireError) -> ServerCertificate? {
    guard stream.prefixLength >= 6 else { return nil }
    // Length of the chain 3, length of its first certificate 3.
    let lengths = stream.prefix(6)
    let first = Int(lengths.span.bytes.uint32(2) & 0xff_ffff)
    guard first + 6 <= length else { throw .badLength(.tlsCertificate) }
    guard stream.prefixLength >= 6 + first else { return nil }
    let bytes = stream.prefix(6 + first)
    return try ServerCertificate(bytes.span.bytes.extracting(6..<bytes.count), textLimit: textLimit)
  }

  /// Memory of the fragments that are kept, in bytes.
  package var allocatedBytes: Int { stream.allocatedBytes }
}
