import Glibc
import Model
import TestSupport
import Testing

/// What the C library reads in a text, of which the part before a null byte would count.
private func reference(_ text: String) -> IPAddress? {
  guard !text.utf8.contains(0) else { return nil }
  var bytes = [UInt8](repeating: 0, count: 16)
  func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
  if inet_pton(AF_INET, text, &bytes) == 1 { return IPAddress(v4: UInt32(word(0..<4))) }
  return inet_pton(AF_INET6, text, &bytes) == 1 ? IPAddress(high: word(0..<8), low: word(8..<16)) : nil
}

@Suite("Texts of addresses")
struct AddressTests {
  private static let texts = [
    "0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "1::", "2001:db8::1", "2001:DB8:0:0:8:800:200C:417A",
    "1:2:3:4:5:6:7:8", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "1:2:3::7:8", "::ffff:192.0.2.1", "64:ff9b::192.0.2.33",
    "1:2:3:4:5:6:192.0.2.1", "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
  ]

  @Test("are read as the C library reads them", arguments: texts)
  func valid(text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address == reference(text))
    #expect(IPAddress(address.description) == address)
  }

  @Test(
    "that are none are refused",
    arguments: [
      "", ".", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", ".1.2.3.4", "1..3.4", "01.2.3.4", "1.2.3.04",
      "1.2.3.256",
      "1.2.3.1000", "1.2.3.-4", "1.2.3.+4", "1.2.3.4 ", "1.2.3.\u{664}", "v10.events.data.microsoft.com", "a.b.c.d",
      "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "1::3::5", "1:::5", "1:2:3:4::5:6:7:8",
      "12345::", "g::", "+1::", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "fe80::1%eth0", "[::1]",
      "::1\u{0}",
    ])
  func refused(text: String) {
    #expect(IPAddress(text) == nil)
    #expect(reference(text) == nil)
  }

  @Test("with one byte changed are read as the C library reads them")
  func changed() {
    var chance = SeededGenerator(seed: 20)
    let alphabet = Array("0123456789abcdefABCDEFg.: -+%\u{e4}".utf8)
    var valid = 0
    for text in AddressTests.texts {
      for _ in 0..<400 {
        var bytes = Array(text.utf8)
        let place = Int.random(in: 0..<bytes.count, using: &chance)
        let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &chance)]
        switch Int.random(in: 0..<3, using: &chance) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default: bytes.remove(at: place)
        }
        let changed = String(decoding: bytes, as: UTF8.self)
        #expect(IPAddress(changed) == reference(changed), "\(changed)")
        valid += IPAddress(changed) == nil ? 0 : 1
      }
    }
    #expect((1_000...5_000).contains(valid))
  }
}
