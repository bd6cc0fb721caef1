import Model

/// A DNS message as far as naming needs it (RFC 1035 §4): the question, and the addresses that answer it.
public struct DNSMessage: Sendable, Equatable {
  public struct Question: Sendable, Equatable {
    /// As sent, case kept, without the final dot; the root is the empty text.
    public var name: String
    /// 1 A, 28 AAAA, 65 HTTPS, …
    public var type: UInt16
  }

  public struct Address: Sendable, Equatable {
    public var address: IPAddress
    /// Seconds.
    public var timeToLive: UInt32
  }

  /// RFC 1035 §4.1.1.
  public struct ResponseCode: RawRepresentable, Sendable, Hashable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let noError = ResponseCode(rawValue: 0)
    public static let nameError = ResponseCode(rawValue: 3)
    public static let refused = ResponseCode(rawValue: 5)
  }

  public var identifier: UInt16
  public var isResponse: Bool
  /// Cut by the sender (TC): the rest comes over TCP.
  public var isTruncated: Bool
  public var responseCode: ResponseCode
  public var questions: [Question]
  /// Addresses that the chain of aliases from the first question leads to.
  public var addresses: [Address]
  /// Aliases on the way from the asked name, in order.
  public var aliases: [String]

  /// A message with more questions is no resolver's; RFC 9619 allows one.
  static let maximumQuestions = 16
  /// Well above what fits in one UDP answer; bounds the work for a hostile one.
  static let maximumRecords = 512
  static let maximumAliases = 32
  /// A name has at most 127 labels, and no sender needs a pointer without one. Each record may lead through the same chain of pointers,
  /// so without this bound a message of 64 KiB would cost millions of steps.
  static let maximumPointers = 127

  public init(
    identifier: UInt16, isResponse: Bool, isTruncated: Bool, responseCode: ResponseCode, questions: [Question],
    addresses: [Address], aliases: [String]
  ) {
    self.identifier = identifier
    self.isResponse = isResponse
    self.isTruncated = isTruncated
    self.responseCode = responseCode
    self.questions = questions
    self.addresses = addresses
    self.aliases = aliases
  }
}

extension DNSMessage {
  /// Reads a whole message. A message cut by the snapshot throws `capturedShort`, unless all questions and the answers so far could be read.
  public init(_ message: RawSpan, isCapturedShort: Bool = false) throws(WireError) {
    var reader = ByteReader(message, isCapturedShort: isCapturedShort)
    // RFC 1035 §4.1.1: identifier, flags, counts of questions, answers, authorities, additional records.
    identifier = try reader.readUInt16(.dnsHeader)
    let flags = try reader.readUInt16(.dnsHeader)
    isResponse = flags & 0x8000 != 0
    isTruncated = flags & 0x0200 != 0
    responseCode = ResponseCode(rawValue: UInt8(flags & 0x000f))
    let questionCount = Int(try reader.readUInt16(.dnsHeader))
    let answerCount = Int(try reader.readUInt16(.dnsHeader))
    try reader.skip(4, .dnsHeader)
    guard questionCount <= DNSMessage.maximumQuestions else { throw .tooMany(.dnsQuestion) }
    guard answerCount <= DNSMessage.maximumRecords else { throw .tooMany(.dnsRecord) }
    questions = []
    addresses = []
    aliases = []
    for _ in 0..<questionCount {
      let name = try DNSMessage.readName(&reader, in: message)
      let type = try reader.readUInt16(.dnsQuestion)
      // The high bit of the class is mDNS's unicast wish (RFC 6762 §5.4).
      try reader.skip(2, .dnsQuestion)
      questions.append(Question(name: name, type: type))
    }
    guard isResponse, let asked = questions.first, answerCount > 0 else { return }
    do throws(WireError) {
      try readAnswers(answerCount, &reader, in: message, asked: asked.name)
    } catch .capturedShort {
      return
    } catch .truncated where isTruncated {
      return
    }
  }

  private mutating func readAnswers(
    _ count: Int, _ reader: inout ByteReader, in message: RawSpan, asked: String
  ) throws(WireError) {
    var current = asked
    for _ in 0..<count {
      // RFC 1035 §4.1.3: name, type 2, class 2, TTL 4, data length 2, data.
      let owner = try DNSMessage.readName(&reader, in: message)
      let type = try reader.readUInt16(.dnsRecord)
      let recordClass = try reader.readUInt16(.dnsRecord)
      let timeToLive = try reader.readUInt32(.dnsRecord)
      let length = Int(try reader.readUInt16(.dnsRecord))
      let start = reader.position
      try reader.skip(length, .dnsRecord)
      guard recordClass & 0x7fff == 1, owner.equalsIgnoringASCIICase(current) else { continue }
      switch type {
      case 1:
        guard length == 4 else { throw .badLength(.dnsRecord) }
        addresses.append(Address(address: IPAddress(v4: message.uint32(start)), timeToLive: timeToLive))
      case 28:
        guard length == 16 else { throw .badLength(.dnsRecord) }
        addresses.append(
          Address(
            address: IPAddress(high: message.uint64(start), low: message.uint64(start + 8)), timeToLive: timeToLive))
      case 5:
        guard aliases.count < DNSMessage.maximumAliases else { throw .tooMany(.dnsRecord) }
        var target = ByteReader(message.extracting(0..<start + length))
        try target.skip(start, .dnsRecord)
        current = try DNSMessage.readName(&target, in: message)
        aliases.append(current)
      default:
        continue
      }
    }
  }

  /// Reads a name (RFC 1035 §4.1.4) and leaves the reader behind it.
  ///
  /// Each pointer must lead to before the place where the part that holds it began, so no byte is read twice and a loop cannot be built.
  static func readName(_ reader: inout ByteReader, in message: RawSpan) throws(WireError) -> String {
    var buffer = NameBuffer()
    let limit = reader.position
    while true {
      let length = try reader.readUInt8(.dnsName)
      if length == 0 { return buffer.text() }
      if length & 0xc0 == 0xc0 {
        let target = Int(length & 0x3f) << 8 | Int(try reader.readUInt8(.dnsName))
        try readPart(at: target, before: limit, in: message, into: &buffer)
        return buffer.text()
      }
      guard length & 0xc0 == 0 else { throw .badValue(.dnsName) }
      let label = try reader.readBytes(Int(length), .dnsName)
      try buffer.append(label)
    }
  }

  private static func readPart(
    at start: Int, before limit: Int, in message: RawSpan, into buffer: inout NameBuffer
  ) throws(WireError) {
    var start = start
    var limit = limit
    for _ in 0..<maximumPointers {
      guard start < limit else { throw .badValue(.dnsName) }
      var reader = ByteReader(message.extracting(0..<limit))
      try reader.skip(start, .dnsName)
      var next: Int?
      while next == nil {
        let length = try reader.readUInt8(.dnsName)
        if length == 0 { return }
        if length & 0xc0 == 0xc0 {
          next = Int(length & 0x3f) << 8 | Int(try reader.readUInt8(.dnsName))
        } else {
          guard length & 0xc0 == 0 else { throw .badValue(.dnsName) }
          try buffer.append(try reader.readBytes(Int(length), .dnsName))
        }
      }
      limit = start
      start = next ?? 0
    }
    throw .tooMany(.dnsName)
  }
}

/// Collects the labels of a name; at most 255 bytes on the wire (RFC 1035 §3.1), which are 253 of text.
private struct NameBuffer {
  private var bytes: [UInt8] = []
  private var isASCII = true

  mutating func append(_ label: RawSpan) throws(WireError) {
    let dot = bytes.isEmpty ? 0 : 1
    guard bytes.count + dot + label.byteCount <= 253 else { throw .badLength(.dnsName) }
    if bytes.isEmpty { bytes.reserveCapacity(64) } else { bytes.append(0x2e) }
    for index in 0..<label.byteCount {
      let byte = label.byte(index)
      if byte >= 0x80 { isASCII = false }
      bytes.append(byte)
    }
  }

  func text() -> String {
    if isASCII { return String(decoding: bytes, as: UTF8.self) }
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(Unicode.Scalar(byte)) }
    return String(text)
  }
}

extension String {
  /// DNS compares names without regard to ASCII case (RFC 4343).
  package func equalsIgnoringASCIICase(_ other: String) -> Bool {
    if self == other { return true }
    guard utf8.count == other.utf8.count else { return false }
    return zip(utf8, other.utf8).allSatisfy { left, right in
      left == right || (left | 0x20 == right | 0x20 && (0x61...0x7a).contains(left | 0x20))
    }
  }
}
