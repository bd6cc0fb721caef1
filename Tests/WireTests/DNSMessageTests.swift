import Model
import TestSupport
import Testing
@testable import Wire

private func read(_ bytes: [UInt8], isCapturedShort: Bool = false) throws -> DNSMessage {
  try DNSMessage(bytes.span.bytes, isCapturedShort: isCapturedShort)
}

private let address = IPAddress(v4: 0xc000_0207)
private let address6 = IPAddress(high: 0x2001_0db8_0000_0000, low: 7)

@Suite("DNS messages are read")
struct DNSMessageTests {
  @Test("a question keeps its case and type")
  func question() throws {
    let message = try read(DNSBuilder.query("V10.Events.data.microsoft.com", type: 28, identifier: 0xbeef).message)
    #expect(
      message
        == DNSMessage(
          identifier: 0xbeef, isResponse: false, isTruncated: false, responseCode: .noError,
          questions: [.init(name: "V10.Events.data.microsoft.com", type: 28)], addresses: [], aliases: []))
  }

  @Test("an answer gives the addresses at the end of the chain of aliases", arguments: [true, false])
  func answer(compresses: Bool) throws {
    var builder = DNSBuilder.query("telemetry.example.com").answered([
      .alias("Telemetry.example.com", of: "telemetry.trafficmanager.example"),
      .alias("telemetry.trafficmanager.example", of: "edge.cloud.example.com"),
      .address("edge.cloud.example.com", address, timeToLive: 60),
      .address("EDGE.cloud.example.com", address6, timeToLive: 61),
    ])
    builder.compresses = compresses
    let message = try read(builder.message)
    #expect(message.isResponse)
    #expect(
      message.addresses
        == [.init(address: address, timeToLive: 60), .init(address: address6, timeToLive: 61)])
    #expect(message.aliases == ["telemetry.trafficmanager.example", "edge.cloud.example.com"])
  }

  @Test("compression makes the message smaller")
  func compression() {
    var builder = DNSBuilder.query("telemetry.example.com").answered([.address("telemetry.example.com", address)])
    let compressed = builder.message.count
    builder.compresses = false
    #expect(compressed == 12 + 27 + 2 + 14)
    #expect(builder.message.count == 12 + 27 + 23 + 14)
  }

  @Test("records of other owners, classes and types give no address")
  func foreignRecords() throws {
    var chaos = DNSBuilder.Record.address("a.example", address)
    chaos.recordClass = 3
    let message = try read(
      DNSBuilder.query("a.example").answered([
        .address("b.example", address), chaos, .other("a.example", type: 16, [3, 0x61, 0x62, 0x63]),
        .address("a.example", address6),
      ]).message)
    #expect(message.addresses.map(\.address) == [address6])
  }

  @Test(
    "response codes are read",
    arguments: [(UInt8(3), DNSMessage.ResponseCode.nameError), (5, .refused), (0, .noError)])
  func responseCodes(code: UInt8, expected: DNSMessage.ResponseCode) throws {
    #expect(try read(DNSBuilder.query("a.example").answered(responseCode: code).message).responseCode == expected)
  }

  @Test("the root is the empty name")
  func root() throws {
    #expect(try read(DNSBuilder.query("").message).questions == [.init(name: "", type: 1)])
  }

  @Test("bytes beyond ASCII are kept one by one")
  func latin1() throws {
    #expect(try read(DNSBuilder.query("m\u{fc}nchen.example").message).questions[0].name == "m\u{fc}nchen.example")
  }

  @Test("a query cut by the snapshot length is short at every length, one cut by its sender is truncated")
  func cutQuery() {
    let bytes = DNSBuilder.query("settings-win.data.microsoft.com").message
    for length in 0..<bytes.count {
      let field: WireField = length < 12 ? .dnsHeader : length < bytes.count - 4 ? .dnsName : .dnsQuestion
      let cut = Array(bytes.prefix(length))
      #expect(throws: WireError.capturedShort(field)) { try read(cut, isCapturedShort: true) }
      #expect(throws: WireError.truncated(field)) { try read(cut) }
    }
  }

  @Test("an answer cut by the snapshot length gives the records before the cut")
  func cutAnswer() throws {
    let builder = DNSBuilder.query("a.example").answered([
      .address("a.example", address, timeToLive: 1), .address("a.example", address6, timeToLive: 2),
    ])
    let bytes = builder.message
    let questionEnd = 12 + 11 + 4
    let firstEnd = questionEnd + 16
    for length in questionEnd..<bytes.count {
      let cut = Array(bytes.prefix(length))
      let message = try read(cut, isCapturedShort: true)
      #expect(message.addresses.map(\.address) == (length < firstEnd ? [] : [address]))
      #expect(throws: WireError.self) { try read(cut) }
    }
    for length in 0..<questionEnd {
      #expect(throws: WireError.self) { try read(Array(bytes.prefix(length)), isCapturedShort: true) }
    }
  }

  @Test("an answer that its sender truncated (TC) gives its records")
  func truncationFlag() throws {
    var builder = DNSBuilder.query("a.example").answered([.address("a.example", address)])
    builder.isTruncated = true
    let message = try read(Array(builder.message.dropLast(3)))
    #expect(message.isTruncated)
    #expect(message.addresses.isEmpty)
    #expect(message.questions == [.init(name: "a.example", type: 1)])
  }

  /// Header with counts, then `rest`.
  private func raw(questions: Int, answers: Int = 0, isResponse: Bool = true, _ rest: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0, 1, isResponse ? 0x80 : 0, 0]
    bytes.appendUInt16(questions)
    bytes.appendUInt16(answers)
    bytes.appendUInt32(0)
    return bytes + rest
  }

  @Test("pointers that lead to themselves, forward or in a circle are refused")
  func pointers() {
    // To itself, forward, to the name's own beginning, to the middle of the name it ends.
    let loops: [[UInt8]] = [
      [0xc0, 12, 0, 1, 0, 1], [0xc0, 18, 0, 1, 0, 1, 1, 0x61, 0], [1, 0x61, 0xc0, 12, 0, 1, 0, 1],
      [1, 0x61, 0xc0, 13, 0, 1, 0, 1], [0xff, 0xff, 0, 1, 0, 1],
    ]
    for rest in loops { #expect(throws: WireError.badValue(.dnsName)) { try read(raw(questions: 1, rest)) } }
    // Two names that point at each other: the second points back, the first forward.
    #expect(throws: WireError.badValue(.dnsName)) {
      try read(raw(questions: 2, [1, 0x61, 0xc0, 20, 0, 1, 0, 1, 1, 0x62, 0xc0, 12, 0, 1, 0, 1]))
    }
  }

  @Test("a chain of pointers that always point backwards is followed")
  func pointerChain() throws {
    // b.a, then d -> b.a, then a pointer to d.b.a.
    let rest: [UInt8] =
      [1, 0x62, 1, 0x61, 0, 0, 1, 0, 1] + [1, 0x64, 0xc0, 12, 0, 1, 0, 1] + [0xc0, 21, 0, 1, 0, 1]
    #expect(try read(raw(questions: 3, rest)).questions.map(\.name) == ["b.a", "d.b.a", "d.b.a"])
  }

  @Test(
    "the number of pointers followed in a message is bounded by its length, however many records share a chain")
  func pointerLimit() throws {
    func message(pointers: Int, records: Int = 1) -> [UInt8] {
      // Question a; a record of the root with pointers as data, each to the one before; not a question, whose name
      // would end at the first.
      var bytes: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, UInt8(1 + records), 0, 0, 0, 0, 1, 0x61, 0, 0, 1, 0, 1]
      bytes += [0, 0, 16, 0, 1, 0, 0, 0, 0]
      var chain: [UInt8] = []
      var last = 12
      for _ in 1..<pointers {
        let here = bytes.count + 2 + chain.count
        chain.appendUInt16(0xc000 | last)
        last = here
      }
      bytes.appendPart16(chain)
      for _ in 0..<records {
        bytes.appendUInt16(0xc000 | last)
        bytes += [0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1]
      }
      return bytes
    }
    // 344 and 346 bytes: 64 and a quarter of the length are 150.
    #expect(try read(message(pointers: 150)).addresses == [.init(address: IPAddress(v4: 0xc000_0201), timeToLive: 9)])
    #expect(throws: WireError.tooMany(.dnsName)) { try read(message(pointers: 151)) }
    #expect(try read(message(pointers: 20, records: 5)).addresses.count == 5)
    #expect(throws: WireError.tooMany(.dnsName)) { try read(message(pointers: 20, records: 6)) }
  }

  @Test("a pointer into the header is read there, or refused; it never loops")
  func pointerIntoHeader() throws {
    // Byte 2 of the header is 0x80: neither label nor pointer.
    #expect(throws: WireError.badValue(.dnsName)) { try read(raw(questions: 1, [0xc0, 2, 0, 1, 0, 1])) }
    // Bytes 8 to 11 are zero: the root.
    #expect(try read(raw(questions: 1, [0xc0, 8, 0, 1, 0, 1])).questions[0].name == "")
  }

  @Test("reserved label types are refused", arguments: [UInt8(0x40), 0x80, 0xbf])
  func labelTypes(first: UInt8) {
    #expect(throws: WireError.badValue(.dnsName)) { try read(raw(questions: 1, [first, 0, 0, 1, 0, 1])) }
  }

  @Test("a name of 253 characters is read, a longer one is refused")
  func longNames() throws {
    let label = String(repeating: "x", count: 63)
    let longest = [label, label, label, String(repeating: "y", count: 61)].joined(separator: ".")
    #expect(longest.utf8.count == 253)
    #expect(try read(DNSBuilder.query(longest).message).questions[0].name == longest)
    #expect(throws: WireError.badLength(.dnsName)) { try read(DNSBuilder.query(longest + "y").message) }
    // Longer only through its pointer.
    let first = [UInt8](repeating: 0x78, count: 63)
    let name = ([63] + first) + ([63] + first) + ([63] + first) + [0]
    let second = [63] + first + [0xc0, 12]
    #expect(throws: WireError.badLength(.dnsName)) {
      try read(raw(questions: 2, name + [0, 1, 0, 1] + second + [0, 1, 0, 1]))
    }
  }

  @Test("hostile counts are refused before any work")
  func counts() {
    #expect(throws: WireError.tooMany(.dnsQuestion)) { try read(raw(questions: 129, [])) }
    #expect(throws: WireError.tooMany(.dnsQuestion)) { try read(raw(questions: 65_535, [])) }
    #expect(throws: WireError.tooMany(.dnsRecord)) { try read(raw(questions: 1, answers: 513, [])) }
    #expect(throws: WireError.truncated(.dnsName)) { try read(raw(questions: 16, [])) }
    #expect(throws: WireError.truncated(.dnsName)) { try read(raw(questions: 1, answers: 512, [0, 0, 1, 0, 1])) }
  }

  @Test("thirty-two aliases are followed, more are refused")
  func aliasLimit() throws {
    func chain(_ count: Int) -> [UInt8] {
      DNSBuilder.query("n0.example").answered(
        (0..<count).map { .alias("n\($0).example", of: "n\($0 + 1).example") } + [
          .address("n\(count).example", address)
        ]
      ).message
    }
    #expect(try read(chain(32)).addresses.map(\.address) == [address])
    #expect(throws: WireError.tooMany(.dnsRecord)) { try read(chain(33)) }
  }

  @Test("false lengths of records are named")
  func recordLengths() {
    func message(_ record: DNSBuilder.Record) -> [UInt8] {
      DNSBuilder.query("a.example").answered([record]).message
    }
    #expect(throws: WireError.badLength(.dnsRecord)) { try read(message(.other("a.example", type: 1, [1, 2, 3]))) }
    #expect(throws: WireError.badLength(.dnsRecord)) {
      try read(message(.other("a.example", type: 1, [1, 2, 3, 4, 5])))
    }
    #expect(throws: WireError.badLength(.dnsRecord)) {
      try read(message(.other("a.example", type: 28, Array(repeating: 0, count: 15))))
    }
    var beyond = message(.address("a.example", address))
    beyond.setUInt16(5, at: beyond.count - 6)
    #expect(throws: WireError.truncated(.dnsRecord)) { try read(beyond) }
    // An alias whose name leaves its record.
    #expect(throws: WireError.truncated(.dnsName)) {
      try read(
        DNSBuilder.query("a.example").answered([
          .other("a.example", type: 5, [5, 0x61]), .address("a.example", address),
        ]).message)
    }
  }
}
