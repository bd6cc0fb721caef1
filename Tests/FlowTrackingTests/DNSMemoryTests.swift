import Model
import TestSupport
import Testing
import Wire

@testable import FlowTracking

@Suite("The DNS memory is bounded")
struct DNSMemoryTests {
  private let address = IPAddress(v4: 0x0a00_0005)
  private let resolver = IPAddress(v4: 0x0a00_0001)
  private let client = DeviceIdentity.address(IPAddress(v4: 0x0a00_0005))

  private func message(_ builder: DNSBuilder) throws -> DNSMessage {
    let bytes = builder.message
    return try DNSMessage(bytes.span.bytes)
  }

  private func ask(_ memory: inout DNSMemory, _ number: Int, at second: Int64) throws {
    let query = try message(.query("n\(number).example", identifier: UInt16(number)))
    memory.ask(
      query, client: client, address: address, port: 40_000, resolver: resolver, vlan: 0, at: Timestamp(seconds: second)
    )
  }

  private func answer(
    _ memory: inout DNSMemory, _ number: Int, _ destination: UInt32, at second: Int64, timeToLive: UInt32 = 300
  ) throws -> DNSMemory.Answer {
    let name = "n\(number).example"
    let response = try message(
      .query(name, identifier: UInt16(number)).answered([
        .address(name, IPAddress(v4: destination), timeToLive: timeToLive)
      ]))
    var allowance = SecondAllowance()
    return memory.answer(
      response, address: address, port: 40_000, resolver: resolver, at: Timestamp(seconds: second),
      allowance: &allowance)
  }

  @Test("the oldest open question is evicted first, even if an older one was answered and asked again")
  func questions() throws {
    var memory = DNSMemory(questionLimit: 2)
    try ask(&memory, 1, at: 0)
    _ = try answer(&memory, 1, 1, at: 0)
    try ask(&memory, 2, at: 1)
    try ask(&memory, 1, at: 2)
    try ask(&memory, 3, at: 3)
    let evictions = memory.takeEvictions()
    #expect(evictions == 1)
    let silent = memory.unanswered(at: Timestamp(seconds: 100))
    #expect(silent.map(\.name) == ["n1.example", "n3.example"])
    #expect(silent.map(\.asked) == [Timestamp(seconds: 2), Timestamp(seconds: 3)])
  }

  @Test("the oldest answers are evicted first; expired ones are not counted as lost")
  func answers() throws {
    func evictions(timeToLive: UInt32, second: Int64) throws -> (UInt64, [Bool]) {
      // An answer with a short name and no alias takes 196 bytes, and a half is for answers.
      var memory = DNSMemory(bytes: 2 * 100 * 196)
      for number in 0..<150 {
        let now = number < 100 ? 0 : second
        try ask(&memory, number, at: now)
        _ = try answer(&memory, number, 0xc000_0200 + UInt32(number), at: now, timeToLive: timeToLive)
      }
      let known = (0..<150).map { number in
        memory.noteContact(
          client: client, address: IPAddress(v4: 0xc000_0200 + UInt32(number)), at: Timestamp(seconds: second)) != nil
      }
      return (memory.takeEvictions(), known)
    }
    let full = try evictions(timeToLive: 300, second: 1)
    #expect(full.0 == 50)
    #expect(full.1.filter { $0 }.count == 100)
    let expired = try evictions(timeToLive: 0, second: 1_000)
    #expect(expired.0 == 0)
    #expect(expired.1 == Array(repeating: false, count: 100) + Array(repeating: true, count: 50))
  }

  @Test("an address keeps its latest eight names")
  func candidates() throws {
    var memory = DNSMemory()
    for number in 0..<20 {
      try ask(&memory, number, at: Int64(number))
      _ = try answer(&memory, number, 7, at: Int64(number))
    }
    let found = memory.noteContact(client: client, address: IPAddress(v4: 7), at: Timestamp(seconds: 30))
    let hit = try #require(found)
    #expect(hit.name == "n19.example")
    #expect(hit.age == 11)
    #expect(hit.candidates == 8)
  }

  @Test(
    "an answer that the newest one replaces, in whatever case, is kept no longer, and the one that expires last decides on its second chance"
  )
  func replaced() throws {
    var memory = DNSMemory()
    for (second, name) in [(0, "N1.example"), (1, "n1.EXAMPLE"), (2, "n1.example")] {
      let response = DNSBuilder.query(name, identifier: 1).answered([.address(name, IPAddress(v4: 7), timeToLive: 60)])
      let time = Timestamp(seconds: Int64(second))
      memory.ask(
        try message(.query(name, identifier: 1)), client: client, address: address, port: 40_000, resolver: resolver,
        vlan: 0, at: time)
      var allowance = SecondAllowance()
      _ = memory.answer(
        try message(response), address: address, port: 40_000, resolver: resolver, at: time, allowance: &allowance)
    }
    let hit = memory.noteContact(client: client, address: IPAddress(v4: 7), at: Timestamp(seconds: 3))
    #expect(hit?.name == "n1.example")
    #expect(hit?.candidates == 1)
    let names = memory.keptNames
    #expect(names == 1)
  }

  @Test("no name is kept that nothing refers to any more")
  func namesAreFreed() throws {
    var memory = DNSMemory(bytes: 2 * 20 * 1_000)
    var allowance = SecondAllowance()
    for number in 0..<500 {
      let name = "n\(number).example"
      let time = Timestamp(seconds: Int64(number))
      let identifier = UInt16(number)
      memory.ask(
        try message(.query(name, identifier: identifier)), client: client, address: address, port: 40_000,
        resolver: resolver, vlan: 0, at: time)
      let chain = (0..<3).map { "alias\($0)-of-\(number).a-rather-long-name-of-a-content-network.example" }
      var records: [DNSBuilder.Record] = []
      for (owner, target) in zip([name] + chain, chain) { records.append(.alias(owner, of: target)) }
      records.append(.address(chain[2], IPAddress(v4: 0xc000_0200 + UInt32(number))))
      _ = memory.answer(
        try message(.query(name, identifier: identifier).answered(records)), address: address, port: 40_000,
        resolver: resolver, at: time, allowance: &allowance)
    }
    let hit = memory.noteContact(
      client: client, address: IPAddress(v4: 0xc000_0200 + 499), at: Timestamp(seconds: 500))
    #expect(hit?.name == "n499.example")
    #expect(hit?.aliases.count == 3)
    let known = (0..<500).count { number in
      memory.noteContact(
        client: client, address: IPAddress(v4: 0xc000_0200 + UInt32(number)), at: Timestamp(seconds: 500)) != nil
    }
    #expect((10..<60).contains(known))
    let names = memory.keptNames
    #expect(names == 4 * known)
  }
}
