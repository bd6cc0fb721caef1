import Model
import Testing

@testable import Auditing

@Suite("Names of a capture are held once and come sorted")
struct InspectedNamesTests {
  private static func sighting(
    _ name: String, _ carrier: NameSighting.Carrier = .tls, client: UInt32 = 1, method: NameMethod = .sni
  ) -> NameSighting {
    NameSighting(
      carrier: carrier, client: IPAddress(v4: client), server: IPAddress(v4: 9), serverPort: 443, name: name,
      method: method, namingClass: .a, ech: .none)
  }

  @Test("rows come by carrier, client and name, whatever order they were met in, and each once")
  func order() {
    var names = InspectedNames()
    let met = [
      Self.sighting("b.example"), Self.sighting("a.example"), Self.sighting("z.example", .dns, client: 2, method: .dns),
      Self.sighting("a.example", client: 2), Self.sighting("b.example"), Self.sighting("\u{e9}.example"),
    ]
    for sighting in met {
      let isTaken = names.add(sighting, limit: 10)
      #expect(isTaken)
    }
    names.sort()
    #expect(Array(names) == [met[2], met[1], met[0], met[5], met[3]])
  }

  @Test("a full table takes no new row, and knows those that it has")
  func limit() {
    var names = InspectedNames()
    let taken = ["a.example", "b.example", "a.example"].map { names.add(Self.sighting($0), limit: 1) }
    #expect(taken == [true, false, true])
    names.sort()
    #expect(names.map(\.name) == ["a.example"])
  }

  @Test("addresses are written as RFC 5952 has it")
  func addresses() {
    for text in [
      "0.0.0.0", "255.10.100.9", "::", "::1", "1::", "2001:db8::1:0:0:1", "2001:db8:0:1:1:1:1:1", "1:0:0:2::3",
      "fe80::a:bc:def:1234", "1:2:3:4:5:6:7:8", "0:1::", "::ffff:1:2:3",
    ] {
      #expect(IPAddress(text)?.description == text)
    }
  }

  @Test("text without a byte that needs an escape is unchanged, and all other text is escaped")
  func escapes() {
    #expect(WireText.escaped("A-b_c.9") == "A-b_c.9")
    #expect(WireText.escaped("-a") == "\\x2da")
    #expect(WireText.escaped("a\u{e9}\u{0}") == "a\\xe9\\x00")
    #expect(WireText.escaped("") == "")
  }
}
