import Model

/// Makes DNS messages (RFC 1035 §4), with or without name compression.
public struct DNSBuilder: Sendable {
  public struct Record: Sendable {
    public var owner: String
    public var type: UInt16
    public var recordClass: UInt16 = 1
    public var timeToLive: UInt32
    public var data: Data

    public enum Data: Sendable {
      case bytes([UInt8])
      case name(String)
    }

    public static func address(_ owner: String, _ address: IPAddress, timeToLive: UInt32 = 300) -> Record {
      var bytes: [UInt8] = []
      if address.isIPv4 {
        bytes.appendUInt32(address.v4)
      } else {
        bytes.appendUInt64(address.high)
        bytes.appendUInt64(address.low)
      }
      return Record(owner: owner, type: address.isIPv4 ? 1 : 28, timeToLive: timeToLive, data: .bytes(bytes))
    }

    public static func alias(_ owner: String, of target: String, timeToLive: UInt32 = 300) -> Record {
      Record(owner: owner, type: 5, timeToLive: timeToLive, data: .name(target))
    }

    public static func other(_ owner: String, type: UInt16, _ bytes: [UInt8]) -> Record {
      Record(owner: owner, type: type, timeToLive: 300, data: .bytes(bytes))
    }
  }

  public var identifier: UInt16 = 0x1234
  public var isResponse = false
  public var isTruncated = false
  public var responseCode: UInt8 = 0
  public var questions: [(name: String, type: UInt16)] = []
  public var answers: [Record] = []
  public var compresses = true

  public init() {}

  /// - Parameter type: 1 A, 28 AAAA, 65 HTTPS.
  public static func query(_ name: String, type: UInt16 = 1, identifier: UInt16 = 0x1234) -> DNSBuilder {
    var builder = DNSBuilder()
    builder.identifier = identifier
    builder.questions = [(name, type)]
    return builder
  }

  /// The response to this query.
  public func answered(_ answers: [Record] = [], responseCode: UInt8 = 0) -> DNSBuilder {
    var builder = self
    builder.isResponse = true
    builder.answers = answers
    builder.responseCode = responseCode
    return builder
  }

  /// The message's bytes.
  public var message: [UInt8] {
    var bytes: [UInt8] = []
    var known: [String: Int] = [:]
    bytes.appendUInt16(Int(identifier))
    // QR, TC, RD, RA, RCODE.
    bytes.appendUInt16(
      (isResponse ? 0x8080 : 0) | (isTruncated ? 0x0200 : 0) | 0x0100 | Int(responseCode & 0x0f))
    bytes.appendUInt16(questions.count)
    bytes.appendUInt16(answers.count)
    bytes.appendUInt32(0)
    for question in questions {
      append(question.name, to: &bytes, &known)
      bytes.appendUInt16(Int(question.type))
      bytes.appendUInt16(1)
    }
    for record in answers {
      append(record.owner, to: &bytes, &known)
      bytes.appendUInt16(Int(record.type))
      bytes.appendUInt16(Int(record.recordClass))
      bytes.appendUInt32(record.timeToLive)
      bytes.appendUInt16(0)
      let start = bytes.count
      switch record.data {
      case .bytes(let data): bytes.append(contentsOf: data)
      case .name(let name): append(name, to: &bytes, &known)
      }
      bytes.setUInt16(bytes.count - start, at: start - 2)
    }
    return bytes
  }

  private func append(_ name: String, to bytes: inout [UInt8], _ known: inout [String: Int]) {
    var rest = name[...]
    while !rest.isEmpty {
      if compresses, let offset = known[String(rest)] {
        bytes.appendUInt16(0xc000 | offset)
        return
      }
      if bytes.count < 0x4000, known[String(rest)] == nil { known[String(rest)] = bytes.count }
      let label = rest.prefix { $0 != "." }
      bytes.append(UInt8(label.unicodeScalars.count))
      bytes.append(contentsOf: label.unicodeScalars.map { UInt8($0.value) })
      rest = rest.dropFirst(label.count + 1)
    }
    bytes.append(0)
  }
}
