import Model
import Testing

@Suite("Text that came from the network")
struct WireTextTests {
  @Test(
    "can neither shift a cell nor begin a formula nor control a terminal",
    arguments: [
      ("v10.events_data-1.example", "v10.events_data-1.example"),
      ("=cmd|' /c calc'!a0", #"\x3dcmd\x7c\x27\x20\x2fc\x20calc\x27\x21a0"#),
      ("+1", #"\x2b1"#), ("-1-", #"\x2d1-"#), ("@SUM(a1)", #"\x40SUM\x28a1\x29"#),
      ("\"a\tb\"\r\n", #"\x22a\x09b\x22\x0d\x0a"#),
      ("\t=1", #"\x09\x3d1"#), (#"a\b"#, #"a\x5cb"#), ("\u{1b}[2J", #"\x1b\x5b2J"#), ("m\u{fc}", #"m\xfc"#),
      ("\u{ff1d}1", #"\xef\xbc\x9d1"#),
      ("", ""),
    ])
  func escaped(text: String, expected: String) {
    #expect(WireText.escaped(text.unicodeScalars) == expected)
  }
}
