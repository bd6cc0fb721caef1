import TestSupport
import Testing
import Wire

@Suite("Protocols of lines in plain text")
struct PlainTextTests {
  @Test(
    "a command is known by its words, in any case, and by no part of them",
    arguments: [
      ("USER kim\r\n", .userName), ("user kim", .userName), ("  pass secret\n", .password), ("APOP kim c4c9", .login),
      ("EHLO pc.example", .greeting), ("AUTH TLS", .other), ("AUTH TLS-P", .other), ("AUTH PLAIN", .authentication),
      ("AUTH", .authentication), ("AUTHINFO USER kim", .userName), ("AUTHINFO PASS secret", .password),
      ("AUTHINFO", .password), ("a1 LOGIN kim secret", .login), ("a1 authenticate PLAIN", .authentication),
      ("a1 XLIST", .other), ("CAPABILITIES", .other), ("YUP", nil), ("USERS kim", nil), ("USE", nil),
      ("USER\0 kim", nil),
      ("ABOR", .other), ("XRMD", .other), ("", nil), (" \r\n", nil), ("ABCDEFGHIJKLMNOPQ LOGIN", nil),
      ("ABCDEFGHIJKLMNOP LOGIN", .login), ("LOGIN", nil),
    ] as [(String, PlainCommand?)])
  func commands(line: String, expected: PlainCommand?) {
    let bytes = Array(line.utf8)
    #expect(PlainCommand(line: bytes.span.bytes) == expected)
  }

  @Test(
    "a byte that no line can hold ends the reading wherever it stands, and every byte that one can hold is passed over")
  func bytesOfLines() {
    for value in UInt8.min...UInt8.max {
      for place in 1..<20 {
        var line = Array("abcdefghijklmnopqrstuvw".utf8)
        line[place] = value
        let isOfLine = value == 9 || value == 13 || (32...126).contains(value)
        let expected: PlainOpening =
          value == 10 ? .message(place + 1) : isOfLine ? .needsMore(line.count + 1) : .notPlain
        #expect(PlainOpening(line.span.bytes) == expected, "\(value) at \(place)")
      }
    }
  }
}
