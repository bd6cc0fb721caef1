import Inspection
import Model
import TestSupport
import Testing

private func text(_ messages: (ClearText.Form, [UInt8])...) -> ClearText {
  var text = ClearText()
  for (form, bytes) in messages {
    text.begin(form)
    text.append(bytes)
  }
  return text
}

private func request(_ message: String) -> Set<IdentifierClass> {
  IdentifierInspector.classes(in: text((.httpRequest, Array(message.utf8))))
}

private func session(_ lines: String) -> Set<IdentifierClass> {
  IdentifierInspector.classes(in: text((.lines, Array(lines.utf8))))
}

private func directory(_ message: [UInt8]) -> Set<IdentifierClass> {
  IdentifierInspector.classes(in: text((.directoryMessage, message)))
}

private func post(_ body: String, _ kind: String = "application/x-www-form-urlencoded", _ field: String = "") -> String
{
  "POST /a HTTP/1.1\r\nHost: h.example\r\nContent-Type: \(kind)\r\n\(field)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

@Suite("Identifier classes in clear text")
struct IdentifierInspectorTests {
  @Test(
    "each class is found in a request's head by its field or form",
    arguments: [
      ("GET / HTTP/1.1\r\nCookie: a=b\r\n\r\n", IdentifierClass.cookie),
      ("GET / HTTP/1.1\r\nUser-Agent: X\r\n\r\n", .userAgent),
      ("GET / HTTP/1.1\r\nAuthorization: Basic x\r\n\r\n", .accountCredential),
      ("GET / HTTP/1.1\r\nAuthMsaDeviceTicket: t\r\n\r\n", .accountCredential),
      ("GET / HTTP/1.1\r\nX-Device-Id: 7\r\n\r\n", .deviceIdentifier),
      ("GET /?user=erika HTTP/1.1\r\n\r\n", .userName), ("GET /?a=1&hostname=pc7 HTTP/1.1\r\n\r\n", .deviceIdentifier),
      ("GET /?Device_ID=7 HTTP/1.1\r\n\r\n", .deviceIdentifier), ("GET /?pwd=x HTTP/1.1\r\n\r\n", .accountCredential),
      ("GET /?d=6F9619FF-8B86-D011-B42D-00CF4FC964FF HTTP/1.1\r\n\r\n", .deviceIdentifier),
      ("GET / HTTP/1.1\r\nHost: erika@h.example\r\n\r\n", .userName),
      ("GET / HTTP/1.1\r\nReferer: http://h.example/?login=erika\r\n\r\n", .userName),
    ])
  func head(message: String, expected: IdentifierClass) {
    #expect(request(message) == [expected])
    #expect(request(message.replacing("\r\n", with: "\n")) == [expected])
  }

  @Test("a user in a URL is found, and a password with it")
  func userInformation() {
    #expect(request("GET ftp://erika@h.example/ HTTP/1.1\r\n\r\n") == [.userName])
    #expect(request("GET http://erika:secret@h.example/ HTTP/1.1\r\n\r\n") == [.userName, .accountCredential])
    #expect(request("GET / HTTP/1.1\r\nReferer: http://erika:secret@h/\r\n\r\n") == [.userName, .accountCredential])
    #expect(request("GET http://h.example/@erika HTTP/1.1\r\n\r\n") == [])
    #expect(request("GET http://h.example:80/a@b HTTP/1.1\r\n\r\n") == [])
  }

  @Test(
    "an e-mail address is found anywhere",
    arguments: [
      "erika.muster@example.org", "erika%40example.org", "e@x.de", "a+b@mail.example.co.uk", "x_@y-z.example",
      "\"erika@example.org\"", "<erika@example.org>,", "erika@example.org.", "mail=erika@example.org&x=1",
      "ü.e@xn--bcher-kva.example",
      "first@2x.png,erika@example.org", "erika@163.com", "erika@3com.com", "erika@firma.local", "user@example.xn--p1ai",
      "logo@2x.example.org.png.erika@example.org", "{\\\"mail\\\":\\\"erika@example.org\\\"}",
      "erika\\u0040example.org",
    ])
  func address(text: String) {
    #expect(request(post(text, "text/plain")).contains(.emailAddress))
  }

  @Test(
    "text that only resembles an e-mail address is not one",
    arguments: [
      "logo@2x.png", "logo@1.5x.png", "icon@3x.de", "name@hash.js", "style@font-face.css", "@font-face", "@media.print",
      "/@scope/pkg", "/@user", "/@erika.muster", "https://social.example/@erika@x", "lodash@4.17.21",
      "lodash@4.17.21.tgz",
      "react@18.2.0/umd/react.js", "pkg@1.2.3-beta.next", "jquery@3.6.0.min.map", "git@host", "a@b", "@", "a@", "@b.de",
      "a@.de", "a@b..de", "a@b.d", "a@-b.de", "a@b-.de", "root@10.0.0.1", "{\"@type\":\"x.y\"}", "a @b.de", "x@y.123",
      "photo%402x.jpg", "archive@home.zip", ".@b.de", "%40b.de", "user@host.toolongtoplevelnamethatisnone",
    ])
  func noAddress(text: String) {
    #expect(!request(post(text, "text/plain")).contains(.emailAddress))
    #expect(!request("GET /\(text.replacing(" ", with: "+")) HTTP/1.1\r\n\r\n").contains(.emailAddress))
  }

  @Test("text that only resembles an identifier in a head is not one")
  func notFound() {
    #expect(request("GET /a@b HTTP/1.1\r\nHost: example.org\r\nCookie:  \r\n\r\n") == [])
    #expect(request("GET /@ HTTP/1.1\r\nX: 6F9619FF-8B86-D011\r\n\r\n") == [])
    #expect(request("GET /?user=&login=true&deviceid=null&token=0 HTTP/1.1\r\n\r\n") == [])
    #expect(request("GET /user/login?users=3&homepage=x&userless=7 HTTP/1.1\r\n\r\n") == [])
    #expect(request("") == [])
    #expect(IdentifierInspector.classes(in: ClearText()) == [])
  }

  @Test("forms and JSON are inspected")
  func bodies() {
    #expect(request(post("username=erika&password=x")) == [.userName, .accountCredential])
    #expect(
      request(post("{\"computerName\": \"PC-7\", \"os\": \"10\"}", "application/json; charset=utf-8")) == [
        .deviceIdentifier
      ])
    #expect(request(post("{\"user\":{\"first_name\":\"Erika\"}}", "application/vnd.x+json")) == [.userName])
    #expect(request(post("{\"user\":null,\"deviceId\":\"\"}", "application/json")) == [])
    #expect(request(post("<Login><Password>x</Password></Login>", "text/xml")) == [.accountCredential])
    #expect(
      request(
        post(
          "--b\r\nContent-Disposition: form-data; name=\"login\"\r\n\r\nerika\r\n--b--",
          "multipart/form-data; boundary=b"))
        == [.userName])
    #expect(request(post("[1,2,3]", "application/json")) == [])
  }

  @Test("an unreadable body counts as not inspected")
  func unreadableBodies() {
    #expect(request(post("x", "application/octet-stream")) == [.notInspected])
    #expect(request(post("x", "application/json", "Content-Encoding: gzip\r\n")) == [.notInspected])
    #expect(request("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx") == [.notInspected])
    #expect(request(post("x", "application/json", "Content-Encoding: identity\r\n")) == [])
    // The head is in an earlier record.
    #expect(IdentifierInspector.classes(in: text((.httpBody, Array("user=erika".utf8)))) == [.userName, .notInspected])
  }

  @Test("chunks are joined to their request, so that no boundary hides a value")
  func chunks() {
    let head = Array("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n".utf8)
    let parts = ["{\"mail\":\"eri\r\n", "ka@example\r\n", ".org\"}\r\n"].map {
      (ClearText.Form.httpBody, Array($0.utf8))
    }
    #expect(
      IdentifierInspector.classes(in: text((.httpRequest, head), parts[0], parts[1], parts[2])) == [.emailAddress])
  }

  @Test("sessions of FTP, SMTP, IMAP, POP3 and NNTP identify the client")
  func sessions() {
    #expect(session("USER erika\r\nPASS secret\r\nSYST\r\n") == [.userName, .accountCredential])
    #expect(session("USER anonymous\r\nPASS chrome@example.com\r\n") == [.emailAddress])
    #expect(session("AUTH TLS\r\n") == [])
    #expect(session("EHLO pc7.office.example\r\nSTARTTLS\r\n") == [.deviceIdentifier])
    #expect(session("EHLO [10.0.0.5]\r\nQUIT\r\n") == [])
    #expect(session("EHLO [10.0.0.5]\r\nMAIL FROM:<erika@example.org>\r\n") == [.emailAddress])
    #expect(session("HELO [10.0.0.5]\r\nMAIL FROM:<>\r\nRCPT TO:<max@example.org>\r\n") == [.emailAddress])
    #expect(session("EHLO [10.0.0.5]\r\nAUTH PLAIN AGVyaWthAHNlY3JldA==\r\n") == [.accountCredential])
    #expect(session("a1 CAPABILITY\r\na2 LOGIN erika secret\r\n") == [.userName, .accountCredential])
    #expect(session("a1 AUTHENTICATE PLAIN\r\n") == [.accountCredential])
    #expect(session("APOP erika c4c9334bac560ecc979e58001b3e22fb\r\n") == [.userName, .accountCredential])
    #expect(session("AUTHINFO USER erika\r\nAUTHINFO PASS secret\r\n") == [.userName, .accountCredential])
    #expect(session("user erika\npass secret\n") == [.userName, .accountCredential])
    #expect(session("NOOP\r\nQUIT\r\n") == [])
  }

  @Test("lines of an unknown protocol count as not inspected, but named values are still looked for")
  func unknownLines() {
    #expect(session("HELLO pc7 erika\r\n") == [.notInspected])
    #expect(session("REPORT erika@example.org\r\n") == [.emailAddress, .notInspected])
    #expect(session("<14>1 2026-01-01 pc7 app - - -\r\n") == [.notInspected])
  }

  @Test("a bind to a directory has a name and a password")
  func directories() {
    func bind(_ name: String, _ proof: [UInt8]) -> [UInt8] {
      let content = [2, 1, 3, 4, UInt8(name.utf8.count)] + Array(name.utf8) + proof
      let operation: [UInt8] = [0x60, UInt8(content.count)] + content
      return [0x30, UInt8(operation.count + 3), 2, 1, 1] + operation
    }
    #expect(directory(bind("cn=erika", [0x80, 2, 0x70, 0x77])) == [.userName, .accountCredential])
    #expect(directory(bind("", [0x80, 0])) == [])
    #expect(directory(bind("", [0xa3, 8, 4, 6] + Array("GSSAPI".utf8))) == [.accountCredential])
    #expect(directory(bind("erika@example.org", [0x80, 0])) == [.userName, .emailAddress])
    // Long form of the length, as Windows sends it.
    let long = bind("cn=erika", [0x80, 2, 0x70, 0x77])
    #expect(directory([0x30, 0x84, 0, 0, 0, long[1]] + long[2...]) == [.userName, .accountCredential])
    // StartTLS, unbind, a search.
    #expect(directory([0x30, 0x1d, 2, 1, 1, 0x77, 0x18, 0x80, 0x16] + Array("1.3.6.1.4.1.1466.20037".utf8)) == [])
    #expect(directory([0x30, 5, 2, 1, 2, 0x42, 0]) == [])
    #expect(directory([0x30, 7, 2, 1, 2, 0x63, 2, 4, 0]) == [.notInspected])
    // Cut at every byte, and with every length that lies: no trap, and nothing but what the whole has, or that
    // something was not seen.
    let whole = directory(long).union([.notInspected])
    for length in 0...long.count { #expect(directory(Array(long[..<length])).isSubset(of: whole)) }
    for index in long.indices {
      for value in [0, 1, 0x7f, 0x80, 0x81, 0x84, 0x88, 0xff] as [UInt8] {
        var message = long
        message[index] = value
        _ = directory(message)
      }
    }
  }

  @Test("a message truncated at any length gives no class that the whole does not have, except not inspected")
  func cutAnywhere() {
    let messages: [(ClearText.Form, String)] = [
      (
        .httpRequest,
        "POST /u?m=a.b@example.org HTTP/1.1\r\nCookie: x\r\nUser-Agent: y\r\nDevice-Id: z\r\nContent-Type: application/json\r\n\r\n{\"user\":\"e\"}"
      ),
      (.lines, "EHLO pc7.example\r\nAUTH LOGIN\r\nZXJpa2E=\r\nMAIL FROM:<a@example.org>\r\n"),
      (.httpBody, "user=erika&pwd=x&d=6F9619FF-8B86-D011-B42D-00CF4FC964FF"),
    ]
    for (form, message) in messages {
      let bytes = Array(message.utf8)
      let whole = IdentifierInspector.classes(in: text((form, bytes))).union([.notInspected])
      for length in 0...bytes.count {
        #expect(IdentifierInspector.classes(in: text((form, Array(bytes[..<length])))).isSubset(of: whole))
      }
    }
  }

  @Test("inspection costs at most in proportion to the bytes, whatever they are")
  func isLinear() {
    let units = [
      "@", "a@b.", "a@", "://", "://a", "user=", "\"", "name=\"", "a1-", "%40", "\\u0040", "\r\n", "AUTH ", "=", ":",
      "0", "\\",
      "x.",
    ]
    for unit in units {
      for form in [ClearText.Form.httpRequest, .httpBody, .lines] {
        let growth = CostGrowth.measure(of: ClearText.limit / 4) { size in
          text((form, Array(String(repeating: unit, count: size / unit.utf8.count).utf8)))
        } _: { message in
          _ = IdentifierInspector.classes(in: message)
        }
        #expect(growth < CostGrowth.allowed, "\(unit) as \(form)")
      }
    }
  }
}
