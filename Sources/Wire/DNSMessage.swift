import Model

/// A DNS message as far as naming needs it (RFC 1035 §4): the question, and the addresses that answer it.
///
/// The names share one buffer, so that a value which is reused for one message after another allocates nothing.
public struct DNSMessage: Sendable, Equatable {
  public struct Question: Sendable, Equatable {
    /// As sent, case kept, without the final dot; the root is the empty text.
    public var name: String
    /// 1 A, 28 AAAA, 65 HTTPS, …
    public var type: UInt16
  }

  /// A name, as a range of the message's name buffer.
  package struct Name: Sendable, Equatable {
    var start: Int
    var length: Int
    /// Offset of the name in the message, and the number of compression pointers that were followed to read it.
    var offset = 0
    var pointers = 0

    package static func == (left: Name, right: Name) -> Bool {
      left.start == right.start && left.length == right.length
    }
  }

  /// A question whose name has not been converted to a string.
  package struct AskedName: Sendable, Equatable {
    package var name: Name
    package var type: UInt16
  }

  public struct Address: Sendable, Equatable {
    public var address: IPAddress
    /// Seconds.
    public var timeToLive: UInt32
  }

  /// RCODE (RFC 1035 §4.1.1), extended by the upper eight bits of an EDNS record if there is one (RFC 6891 §6.1.3).
  public struct ResponseCode: RawRepresentable, Sendable, Hashable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let noError = ResponseCode(rawValue: 0)
    public static let nameError = ResponseCode(rawValue: 3)
    public static let refused = ResponseCode(rawValue: 5)
  }

  /// Info code of an Extended DNS Error (RFC 8914 §4).
  public struct ExtendedError: RawRepresentable, Sendable, Hashable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let forgedAnswer = ExtendedError(rawValue: 4)
    public static let blocked = ExtendedError(rawValue: 15)
    public static let censored = ExtendedError(rawValue: 16)
    public static let filtered = ExtendedError(rawValue: 17)

    /// The resolver, or whoever runs it, withheld the true answer on purpose.
    public var isBlocking: Bool {
      [ExtendedError.forgedAnswer, .blocked, .censored, .filtered].contains(self)
    }
  }

  public var identifier: UInt16
  public var isResponse: Bool
  /// Cut by the sender (flag TC): the client asks again over TCP.
  public var isTruncated: Bool
  public var responseCode: ResponseCode
  /// The questions, as texts.
  public var questions: [Question] { asked.map { Question(name: text(of: $0.name), type: $0.type) } }
  package private(set) var asked: [AskedName] = []
  /// Addresses to which the chain of aliases from the first question leads, including hints of service bindings (RFC
  /// 9460 §7.3).
  public var addresses: [Address]
  /// Aliases of the queried name in the order in which they are followed, including targets of service bindings in
  /// AliasMode.
  public var aliases: [String] { aliasNames.map { text(of: $0) } }
  package internal(set) var aliasNames: [Name] = []
  var nameBytes: [UInt8] = []
  public var extendedErrors: [ExtendedError] = []
  /// The configurations for Encrypted ClientHello that service bindings of the queried name publish; nil if there are
  /// none.
  public var ech: EncryptedHelloConfigurations?
  /// Why a query could be read in part only: it is malformed behind its first questions, or its question count is
  /// false.
  public var fault: WireError?

  /// The list of configurations in the `ech` parameter of a service binding (RFC 9848 §3; `ECHConfigList`, RFC 9849
  /// §4).
  public struct EncryptedHelloConfigurations: Sendable, Equatable {
    /// Names that the outer ClientHello shows in the clear (`public_name`).
    public var publicNames: [String]
    /// Seconds.
    public var timeToLive: UInt32
  }

  /// Most questions that are read. mDNS asks many at once (RFC 6762 §5.3), other clients one (RFC 9619).
  public static let maximumQuestions = 128
  /// Far more than fit into a UDP answer; bounds the work for a hostile one.
  static let maximumRecords = 512
  static let maximumAliases = 32
  /// Real answers contain one or two public names; bounds the cost of hundreds of records full of them.
  static let maximumPublicNames = 32
  /// Most compression pointers that are followed in a message. Senders need one or two for each name, and a record has
  /// at least twelve bytes. Every record may point into the same chain of pointers, so without a bound for the whole
  /// message one of 1,500 bytes would cost ten thousand steps, and one of 64 KiB millions.
  private static func maximumPointers(in message: RawSpan) -> Int { 64 + message.byteCount / 4 }

  public init(
    identifier: UInt16, isResponse: Bool, isTruncated: Bool, responseCode: ResponseCode, questions: [Question],
    addresses: [Address], aliases: [String]
  ) {
    self.identifier = identifier
    self.isResponse = isResponse
    self.isTruncated = isTruncated
    self.responseCode = responseCode
    self.addresses = addresses
    for question in questions { asked.append(AskedName(name: keep(question.name), type: question.type)) }
    for alias in aliases { aliasNames.append(keep(alias)) }
  }

  private mutating func keep(_ text: String) -> Name {
    let start = nameBytes.count
    nameBytes.append(contentsOf: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    return Name(start: start, length: nameBytes.count - start)
  }

  /// An empty message, to be filled by `read`.
  public init() {
    self.init(
      identifier: 0, isResponse: false, isTruncated: false, responseCode: .noError, questions: [], addresses: [],
      aliases: [])
  }

  /// The bytes of a name as sent, labels separated by dots, without the final dot.
  @_lifetime(borrow self)
  package func bytes(of name: Name) -> RawSpan {
    nameBytes.span.bytes.extracting(name.start..<name.start + name.length)
  }

  package func text(of name: Name) -> String { bytes(of: name).latin1Text() }
}

extension DNSMessage {
  /// Reads a whole message: a query laxly, a response strictly.
  ///
  /// - Parameter questionLimit: how many questions of a query are read, so that a caller who needs one does not pay for
  ///   a hundred.
  ///
  /// A query counts as one if its first question can be read; `fault` states what is malformed behind it. Addresses are
  /// learned from a response, so malformed answers throw. A message cut by the snapshot length throws `capturedShort`,
  /// unless its questions and at least part of its answers could be read.
  public init(
    _ message: RawSpan, isCapturedShort: Bool = false, questionLimit: Int = DNSMessage.maximumQuestions
  ) throws(WireError) {
    self.init()
    try read(message, isCapturedShort: isCapturedShort, questionLimit: questionLimit)
  }

  /// Like `init`, but replaces the contents of this value. After an error the contents are unspecified.
  public mutating func read(
    _ message: RawSpan, isCapturedShort: Bool = false, questionLimit: Int = DNSMessage.maximumQuestions
  ) throws(WireError) {
    asked.removeAll(keepingCapacity: true)
    addresses.removeAll(keepingCapacity: true)
    aliasNames.removeAll(keepingCapacity: true)
    nameBytes.removeAll(keepingCapacity: true)
    extendedErrors.removeAll(keepingCapacity: true)
    ech = nil
    fault = nil
    var reader = ByteReader(message, isCapturedShort: isCapturedShort)
    var pointers = DNSMessage.maximumPointers(in: message)
    // RFC 1035 §4.1.1: identifier, flags, counts of questions, answers, authorities, additional records.
    identifier = try reader.readUInt16(.dnsHeader)
    let flags = try reader.readUInt16(.dnsHeader)
    isResponse = flags & 0x8000 != 0
    isTruncated = flags & 0x0200 != 0
    responseCode = ResponseCode(rawValue: flags & 0x000f)
    let questionCount = Int(try reader.readUInt16(.dnsHeader))
    let answerCount = Int(try reader.readUInt16(.dnsHeader))
    let authorityCount = Int(try reader.readUInt16(.dnsHeader))
    let additionalCount = Int(try reader.readUInt16(.dnsHeader))
    guard isResponse else {
      try readQuestions(ofQuery: questionCount, upTo: questionLimit, &reader, in: message, &pointers)
      return
    }
    guard questionCount <= DNSMessage.maximumQuestions else { throw .tooMany(.dnsQuestion) }
    guard answerCount <= DNSMessage.maximumRecords else { throw .tooMany(.dnsRecord) }
    for _ in 0..<questionCount { try readQuestion(&reader, in: message, &pointers) }
    guard let asked = asked.first else { return }
    do throws(WireError) {
      try readAnswers(answerCount, &reader, in: message, &pointers, asked: asked.name)
    } catch .capturedShort {
      return
    } catch .truncated where isTruncated {
      return
    }
    // The answers stay valid if the additional section is malformed.
    try? readAdditional(
      after: min(authorityCount, DNSMessage.maximumRecords), min(additionalCount, DNSMessage.maximumRecords), &reader,
      in: message, &pointers)
  }

  private mutating func readQuestions(
    ofQuery count: Int, upTo limit: Int, _ reader: inout ByteReader, in message: RawSpan, _ pointers: inout Int
  ) throws(WireError) {
    for _ in 0..<min(count, DNSMessage.maximumQuestions) {
      if asked.count == limit { return }
      do throws(WireError) {
        try readQuestion(&reader, in: message, &pointers)
      } catch {
        if asked.isEmpty { throw error }
        fault = error
        return
      }
    }
    if count > DNSMessage.maximumQuestions { fault = .tooMany(.dnsQuestion) }
  }

  private mutating func readQuestion(_ reader: inout ByteReader, in message: RawSpan, _ pointers: inout Int)
    throws(WireError)
  {
    let name = try readName(&reader, in: message, &pointers)
    let type = try reader.readUInt16(.dnsQuestion)
    // The class is not read; in mDNS its high bit asks for a unicast response (RFC 6762 §5.4).
    try reader.skip(2, .dnsQuestion)
    asked.append(AskedName(name: name, type: type))
  }

  private mutating func readAnswers(
    _ count: Int, _ reader: inout ByteReader, in message: RawSpan, _ pointers: inout Int, asked: Name
  ) throws(WireError) {
    var current = asked
    for _ in 0..<count {
      // RFC 1035 §4.1.3: name, type 2, class 2, TTL 4, data length 2, data.
      let isSought = try readOwner(&reader, in: message, &pointers, sought: current)
      let type = try reader.readUInt16(.dnsRecord)
      let recordClass = try reader.readUInt16(.dnsRecord)
      let timeToLive = try reader.readUInt32(.dnsRecord)
      let length = Int(try reader.readUInt16(.dnsRecord))
      let start = reader.position
      try reader.skip(length, .dnsRecord)
      guard recordClass & 0x7fff == 1, isSought else { continue }
      switch type {
      case DNSRecordType.a:
        guard length == 4 else { throw .badLength(.dnsRecord) }
        addresses.append(Address(address: IPAddress(v4: message.uint32(start)), timeToLive: timeToLive))
      case DNSRecordType.aaaa:
        guard length == 16 else { throw .badLength(.dnsRecord) }
        addresses.append(Address(address: message.address(start), timeToLive: timeToLive))
      case DNSRecordType.cname:
        // A DNAME needs no reading: the server adds the CNAME that it synthesises from it (RFC 6672 §3.1).
        current = try readAlias(at: start, length, in: message, &pointers)
      case DNSRecordType.svcb, DNSRecordType.https:
        if let target = try readServiceBinding(at: start, length, timeToLive, in: message, &pointers) {
          current = target
        }
      default:
        continue
      }
    }
  }

  /// Reads the owner name of a record.
  ///
  /// - Returns: whether it is the name `sought`. Most records point to that name instead of repeating it, so it need
  ///   not be read again; the pointers count as if it were.
  private mutating func readOwner(
    _ reader: inout ByteReader, in message: RawSpan, _ pointers: inout Int, sought: Name
  ) throws(WireError) -> Bool {
    if reader.remaining >= 2, sought.offset < 0x4000, Int(reader.peekUInt16()) == 0xc000 | sought.offset {
      guard pointers > sought.pointers else { throw .tooMany(.dnsName) }
      pointers -= 1 + sought.pointers
      try reader.skip(2, .dnsName)
      return true
    }
    let owner = try readName(&reader, in: message, &pointers)
    defer { drop(owner) }
    return areSame(owner, sought)
  }

  private mutating func readAlias(
    at start: Int, _ length: Int, in message: RawSpan, _ pointers: inout Int
  ) throws(WireError) -> Name {
    guard aliasNames.count < DNSMessage.maximumAliases else { throw .tooMany(.dnsRecord) }
    var target = ByteReader(message.extracting(0..<start + length))
    try target.skip(start, .dnsRecord)
    let name = try readName(&target, in: message, &pointers)
    aliasNames.append(name)
    return name
  }

  /// Looks for the EDNS record (RFC 6891 §6.1.2) behind the answers.
  private mutating func readAdditional(
    after authorities: Int, _ count: Int, _ reader: inout ByteReader, in message: RawSpan, _ pointers: inout Int
  ) throws(WireError) {
    for index in 0..<authorities + count {
      let owner = try readName(&reader, in: message, &pointers)
      drop(owner)
      let type = try reader.readUInt16(.dnsRecord)
      try reader.skip(2, .dnsRecord)
      let flags = try reader.readUInt32(.dnsRecord)
      var data = try reader.readPart(Int(try reader.readUInt16(.dnsRecord)), .dnsRecord)
      guard index >= authorities, type == DNSRecordType.opt, owner.length == 0 else { continue }
      responseCode.rawValue |= UInt16(flags >> 24) << 4
      while !data.isAtEnd {
        let code = try data.readUInt16(.dnsRecord)
        let value = try data.readBytes(Int(try data.readUInt16(.dnsRecord)), .dnsRecord)
        // Extended DNS error, option 15 (RFC 8914 §2): info code 2, then free text, which is not kept.
        if code == 15, value.byteCount >= 2, extendedErrors.count < DNSMessage.maximumExtendedErrors {
          extendedErrors.append(ExtendedError(rawValue: value.uint16(0)))
        }
      }
      return
    }
  }

  private static let maximumExtendedErrors = 16
}

extension RawSpan {
  /// The 16 bytes at `offset` as an IPv6 address; the caller has checked that they are there.
  func address(_ offset: Int) -> IPAddress { IPAddress(high: uint64(offset), low: uint64(offset + 8)) }
}
