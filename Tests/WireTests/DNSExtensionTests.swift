import Model
import TestSupport
import Testing

@testable import Wire

private let name = "telemetry.example.com"

private func read(_ builder: DNSBuilder) throws -> DNSMessage { try DNSMessage(builder.message.span.bytes) }

private func certain(_ bytes: [UInt8]) -> Bool { DNSMessage.isCertainlyQuery(bytes.span.bytes) }

@Suite("DNS messages contain more than addresses, and malformed queries are read as far as possible")
struct DNSExtensionTests {
  @Test("a query truncated anywhere gives its whole questions, and the field that is missing")
  func cutQuery() throws {
    var builder = DNSBuilder.query(name)
    builder.questions.append(("second.example", 28))
    builder.compresses = false
    let bytes = builder.message
    let firstEnd = 12 + name.utf8.count + 2 + 4
    for length in 0..<bytes.count {
      let prefix = Array(bytes.prefix(length))
      guard length >= firstEnd else {
        #expect(throws: WireError.self) { try DNSMessage(prefix.span.bytes) }
        continue
      }
      let message = try DNSMessage(prefix.span.bytes)
      #expect(message.questions == [.init(name: name, type: 1)])
      #expect(message.fault != nil)
      #expect(try DNSMessage(prefix.span.bytes, isCapturedShort: true).questions.count == 1)
    }
    let whole = try DNSMessage(bytes.span.bytes)
    #expect(whole.questions.map(\.name) == [name, "second.example"])
    #expect(whole.fault == nil)
  }

  @Test("a query with false counts gives its question", arguments: [4, 6, 8, 10])
  func lyingCounts(offset: Int) throws {
    var bytes = DNSBuilder.query(name).message
    bytes.setUInt16(0xffff, at: offset)
    let message = try DNSMessage(bytes.span.bytes)
    #expect(message.questions == [.init(name: name, type: 1)])
    // Of a query only the questions are read.
    #expect((message.fault == nil) == (offset != 4))
  }

  @Test("no more than 128 questions of a query are read")
  func manyQuestions() throws {
    var builder = DNSBuilder()
    builder.questions = (0..<200).map { ("n\($0).example", 12) }
    let message = try read(builder)
    #expect(message.questions.count == 128)
    #expect(message.fault == .tooMany(.dnsQuestion))
  }

  @Test("nothing is learned from a response with malformed questions")
  func brokenResponse() {
    var bytes = DNSBuilder.query(name).answered([.address(name, IPAddress(v4: 1))]).message
    bytes.setUInt16(3, at: 4)
    #expect(throws: WireError.self) { try DNSMessage(bytes.span.bytes) }
  }

  // MARK: EDNS

  @Test("Extended DNS Errors and the upper bits of the response code are read")
  func extendedErrors() throws {
    var builder = DNSBuilder.query(name).answered(responseCode: 3).failing(15)
    builder.authorities = [.other("example.com", type: 6, Array(repeating: 0, count: 22))]
    var message = try read(builder)
    #expect(message.extendedErrors == [.blocked])
    #expect(message.extendedErrors.map(\.isBlocking) == [true])
    #expect(message.responseCode == .nameError)
    builder.additional = [
      .address("ns.example.com", IPAddress(v4: 9)),
      .options([(3, [1]), (15, [0, 4]), (15, [0]), (15, [0, 18])], upperCode: 1),
    ]
    message = try read(builder)
    #expect(message.extendedErrors.map(\.rawValue) == [4, 18])
    #expect(message.responseCode.rawValue == 0x13)
    // A root name of another type is not EDNS, nor is EDNS among the authorities.
    builder.additional = [.other("", type: 2, [0, 15, 0, 2, 0, 15])]
    #expect(try read(builder).extendedErrors.isEmpty)
    builder.additional = []
    builder.authorities = [.options([(15, [0, 15])])]
    #expect(try read(builder).extendedErrors.isEmpty)
  }

  @Test("malformed bytes after the answers do not affect them")
  func brokenAdditional() throws {
    let address = IPAddress(v4: 0xc633_6407)
    let builder = DNSBuilder.query(name).answered([.address(name, address)]).failing(17)
    let bytes = builder.message
    let answersEnd = DNSBuilder.query(name).answered([.address(name, address)]).message.count
    for length in answersEnd..<bytes.count {
      let message = try DNSMessage(Array(bytes.prefix(length)).span.bytes)
      #expect(message.addresses.map(\.address) == [address])
    }
    #expect(try DNSMessage(bytes.span.bytes).extendedErrors == [.filtered])
  }

  // MARK: Service bindings

  private func service(_ records: [DNSBuilder.Record]) throws -> DNSMessage {
    try read(DNSBuilder.query(name, type: 65).answered(records))
  }

  @Test("hints of a service binding are addresses of the name asked for")
  func hints() throws {
    let six: [UInt8] = [0x20, 1, 0x0d, 0xb8] + Array(repeating: 0, count: 11) + [7]
    let message = try service([
      .service(
        name, target: [3, 0x63, 0x64, 0x6e, 0],
        parameters: [(1, [2, 0x68, 0x32]), (4, [198, 51, 100, 7, 198, 51, 100, 8]), (6, six)])
    ])
    #expect(message.addresses.map { "\($0.address)" } == ["198.51.100.7", "198.51.100.8", "2001:db8::7"])
    #expect(message.addresses.map(\.timeToLive) == [300, 300, 300])
    #expect(message.aliases.isEmpty)
    #expect(message.ech == nil)
  }

  @Test("alias mode is followed, as a CNAME is")
  func aliasMode() throws {
    let message = try service([
      .service(name, priority: 0, target: [1, 0x61, 0]), .address("a", IPAddress(v4: 5)),
      .address("b", IPAddress(v4: 6)),
    ])
    #expect(message.aliases == ["a"])
    #expect(message.addresses.map(\.address) == [IPAddress(v4: 5)])
    #expect(try service([.service(name, priority: 0)]).aliases.isEmpty)
  }

  @Test("the ech parameter shows that names can be hidden, and behind which public name")
  func encryptedHello() throws {
    func offer(_ value: [UInt8]) throws -> DNSMessage.EncryptedHelloConfigurations? {
      try service([.service(name, parameters: [(5, value)])]).ech
    }
    let list = DNSBuilder.encryptedHelloList(["public.example", "other.example"])
    #expect(try offer(list) == .init(publicNames: ["public.example", "other.example"], timeToLive: 300))
    // Offered also if the list is malformed or of another version.
    #expect(try offer(DNSBuilder.encryptedHelloList(["x.example"], version: 0xfe0a))?.publicNames == [])
    for length in 0..<list.count {
      let names = try #require(try offer(Array(list.prefix(length)))).publicNames
      #expect(names.isEmpty)
    }
    #expect(try offer(DNSBuilder.encryptedHelloList((0..<20).map { "p\($0).example" }))?.publicNames.count == 8)
  }

  @Test("malformed service bindings are refused")
  func brokenServices() {
    let faults: [(DNSBuilder.Record, WireError)] = [
      (.service(name, parameters: [(4, [1, 2, 3])]), .badLength(.dnsRecord)),
      (.service(name, parameters: [(4, [])]), .badLength(.dnsRecord)),
      (.service(name, parameters: [(6, [1, 2, 3, 4])]), .badLength(.dnsRecord)),
      (.service(name, parameters: [(5, []), (4, [1, 2, 3, 4])]), .badValue(.dnsRecord)),
      (.service(name, parameters: [(1, []), (1, [])]), .badValue(.dnsRecord)),
      (.other(name, type: 65, [0, 1, 0, 0, 4, 0, 9, 1]), .truncated(.dnsRecord)),
      (.other(name, type: 65, [0]), .truncated(.dnsRecord)),
    ]
    for (record, fault) in faults { #expect(throws: fault) { try service([record]) } }
  }

  // MARK: Other ports

  @Test("a query is recognised unmistakably, with and without EDNS")
  func certainQueries() {
    var builder = DNSBuilder.query(name, type: 28)
    builder.compresses = false
    #expect(certain(builder.message))
    builder.additional = [.options([])]
    #expect(certain(builder.message))
    builder.additional = [.options([(10, Array(repeating: 1, count: 8))])]
    #expect(certain(builder.message))
    #expect(certain(DNSBuilder.query("_sip._udp.example.com", type: 33).message))
  }

  @Test("anything less certain is not")
  func uncertainQueries() {
    var builder = DNSBuilder.query(name)
    builder.additional = [.options([(10, [1, 2, 3, 4])])]
    let bytes = builder.message
    for length in 0..<bytes.count { #expect(!certain(Array(bytes.prefix(length)))) }
    #expect(!certain(bytes + [0]))
    #expect(!certain(DNSBuilder.query(name).answered().message))
    #expect(!certain(DNSBuilder.query("localhost").message))
    #expect(!certain(DNSBuilder.query("").message))
    #expect(!certain(DNSBuilder.query("a b.example").message))
    #expect(!certain(DNSBuilder.query(name, type: 0).message))
    #expect(!certain(DNSBuilder.query(name, type: 999).message))
    for offset in 2..<12 where offset != 2 && offset != 3 {
      var changed = DNSBuilder.query(name).message
      changed[offset] ^= 0x40
      #expect(!certain(changed), "byte \(offset)")
    }
    // Class CHAOS, and a compressed name.
    var chaos = DNSBuilder.query(name).message
    chaos[chaos.count - 1] = 3
    #expect(!certain(chaos))
    #expect(!certain([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0x61, 0xc0, 12, 0, 1, 0, 1, 0]))
  }

  @Test("noise is not a query, and never traps")
  func noise() {
    var chance = SeededGenerator(seed: 31)
    var extended = DNSBuilder.query(name).answered([
      .service(name, parameters: [(5, DNSBuilder.encryptedHelloList([name]))])
    ])
    extended.additional = [.options([(15, [0, 15])])]
    let message = extended.message
    var found = 0
    for _ in 0..<40_000 {
      let bytes = chance.bytes(Int.random(in: 0...80, using: &chance))
      if certain(bytes) { found += 1 }
      _ = try? DNSMessage(chance.mutation(of: message).span.bytes)
    }
    #expect(found == 0)
  }
}
