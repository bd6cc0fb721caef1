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

    /// A service binding (RFC 9460 §2.2) of type HTTPS.
    public static func service(
      _ owner: String, priority: Int = 1, target: [UInt8] = [0], parameters: [(key: Int, value: [UInt8])] = []
    ) -> Record {
      var bytes: [UInt8] = []
      bytes.appendUInt16(priority)
      bytes += target
      for parameter in parameters {
        bytes.appendUInt16(parameter.key)
        bytes.appendPart16(parameter.value)
      }
      return Record(owner: owner, type: 65, timeToLive: 300, data: .bytes(bytes))
    }

    /// EDNS (RFC 6891 §6.1.2).
    ///
    /// - Parameter upperCode: upper bits of the response code.
    public static func options(_ options: [(code: Int, value: [UInt8])], upperCode: UInt8 = 0) -> Record {
      var bytes: [UInt8] = []
      for option in options {
        bytes.appendUInt16(option.code)
        bytes.appendPart16(option.value)
      }
      return Record(
        owner: "", type: 41, recordClass: 1_232, timeToLive: UInt32(upperCode) << 24, data: .bytes(bytes))
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
  public var authorities: [Record] = []
  public var additional: [Record] = []
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

  /// With an Extended DNS Error (RFC 8914).
  public func failing(_ code: Int) -> DNSBuilder {
    var builder = self
    builder.additional = [.options([(15, [UInt8(code >> 8), UInt8(code & 0xff)] + Array("text".utf8))])]
    return builder
  }

  /// The message after its length, as over TCP (RFC 1035 §4.2.2).
  public var streamed: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendPart16(message)
    return bytes
  }

  /// An ECHConfigList (RFC 9849 §4) with one configuration for each public name.
  public static func encryptedHelloList(_ publicNames: [String], version: Int = 0xfe0d) -> [UInt8] {
    var list: [UInt8] = []
    for name in publicNames {
      var contents: [UInt8] = [7, 0, 0x20]
      contents.appendPart16(Array(repeating: 0x11, count: 32))
      contents.appendPart16([0, 1, 0, 1])
      contents.append(0)
      contents.append(UInt8(name.utf8.count))
      contents += Array(name.utf8) + [0, 0]
      list.appendUInt16(version)
      list.appendPart16(contents)
    }
    var result: [UInt8] = []
    result.appendPart16(list)
    return result
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
    bytes.appendUInt16(authorities.count)
    bytes.appendUInt16(additional.count)
    for question in questions {
      append(question.name, to: &bytes, &known)
      bytes.appendUInt16(Int(question.type))
      bytes.appendUInt16(1)
    }
    for record in answers + authorities + additional {
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
