import Model
import Testing

@Suite("A text that others wrote")
struct PrintableTextTests {
  @Test(
    "is shown with every control and invisible character escaped",
    arguments: [
      ("Bürgeramt 5 %", "Bürgeramt 5 %"), ("a\u{1b}[2Jb", "a\\x1b[2Jb"), ("a\u{9b}31mb", "a\\x9b31mb"),
      ("a\u{202e}b\u{2066}c", "a\\x202eb\\x2066c"), ("a\0b\u{7f}", "a\\x00b\\x7f"), ("a\u{2028}b", "a\\x2028b"),
      ("a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"), ("", ""), ("日本 ✓", "日本 ✓"),
    ])
  func shown(text: String, expected: String) {
    #expect(printable(text) == expected)
  }

  @Test("keeps line feeds and tabs if it is shown as lines, and no other control character")
  func lines() {
    #expect(printable("a\n\tb\r\u{1b}c\n", keepingLines: true) == "a\n\tb\\x0d\\x1bc\n")
  }

  @Test("sums of counts saturate at the greatest number")
  func sums() {
    #expect(UInt64.saturatingSum(.max - 1, 1) == .max)
    #expect(UInt64.saturatingSum(.max, 1) == .max)
    #expect([UInt64.max, .max, 3].saturatingSum == .max)
    var hour = CoverageHour(hour: Hour(sinceEpoch: 1))
    hour.tcpBytes = .max
    hour.anomalies = [.timeWentBack: .max]
    hour.merge(hour)
    #expect(hour.tcpBytes == .max)
    #expect(hour.anomalies == [.timeWentBack: .max])
  }
}
