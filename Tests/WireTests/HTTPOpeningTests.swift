import TestSupport
import Testing
import Wire

private func open(_ text: String, isComplete: Bool = false) -> HTTPOpening {
  HTTPOpening(Array(text.utf8).span.bytes, isComplete: isComplete)
}

private func requestHead(_ text: String, isComplete: Bool = false) -> HTTPRequestHead? {
  guard case .request(let head) = open(text, isComplete: isComplete) else { return nil }
  return head
}

@Suite("Heads of HTTP/1 requests are read")
struct HTTPOpeningTests {
  @Test("a plain request gives host, body and length")
  func plain() throws {
    let text =
      "POST /collect?id=1 HTTP/1.1\r\nHost: Telemetry.example.com:8080\r\nContent-Length: 42\r\nAccept: */*\r\n\r\n"
    let head = try #require(requestHead(text + "body that follows"))
    #expect(head.method == "POST")
    #expect(head.host == "Telemetry.example.com:8080")
    #expect(head.targetAuthority == nil)
    #expect(head.bodyLength == 42)
    #expect(head.length == text.utf8.count)
    #expect(!head.isUpgrade)
    #expect(!head.isCut)
    #expect(!head.isConnect)
  }

  @Test(
    "the authority of an absolute target is given without user information",
    arguments: [
      ("http://proxy-target.example/path", "proxy-target.example"),
      ("http://proxy-target.example:81?query", "proxy-target.example:81"),
      ("HTTP://Example.com", "Example.com"),
      ("http://user:password@example.com/", "example.com"),
      ("http://user@corp.example:password@example.com/", "example.com"),
      ("http://[2001:db8::1]:80/", "[2001:db8::1]:80"),
      ("http://example.com#a@b", "example.com"),
      ("/path", nil), ("/redirect?to=http://other.example/", nil), ("*", nil), ("http://", nil), ("http:///x", nil),
      ("http://user@", nil),
    ] as [(String, String?)])
  func absoluteTargets(target: String, expected: String?) throws {
    #expect(try #require(requestHead("GET \(target) HTTP/1.1\r\nHost: h.example\r\n\r\n")).targetAuthority == expected)
  }

  @Test("CONNECT names its target")
  func connect() throws {
    let head = try #require(requestHead("CONNECT v10.example.com:443 HTTP/1.1\r\nHost: v10.example.com:443\r\n\r\n"))
    #expect(head.isConnect)
    #expect(head.targetAuthority == "v10.example.com:443")
    #expect(head.bodyLength == 0)
  }

  @Test("user information is stripped from every authority")
  func userInformation() throws {
    let head = try #require(
      requestHead("CONNECT alice@v10.example.com:443 HTTP/1.1\r\nHost: bob:x@y@v10.example.com\r\n\r\n"))
    #expect(head.targetAuthority == "v10.example.com:443")
    #expect(head.host == "v10.example.com")
  }

  @Test("bare line feeds, unusual case and white space are tolerated")
  func tolerance() throws {
    let head = try #require(requestHead("GET / HTTP/1.0\nhOST:\t a.example \t\nCONTENT-LENGTH:7\n\nrest"))
    #expect(head.host == "a.example")
    #expect(head.bodyLength == 7)
    #expect(head.length == 14 + 1 + 19 + 17 + 1)
  }

  @Test(
    "the body's length is known only if nothing contradicts it",
    arguments: [
      ("", 0), ("Content-Length: 0\r\n", 0), ("Content-Length: 123456789012345\r\n", 123_456_789_012_345),
      ("Content-Length: 5\r\nContent-Length: 5\r\n", 5),
      ("Content-Length: 1234567890123456\r\n", nil), ("Content-Length: -1\r\n", nil), ("Content-Length: +1\r\n", nil),
      ("Content-Length: 0x10\r\n", nil), ("Content-Length: \r\n", nil), ("Content-Length: 5, 5\r\n", nil),
      ("Transfer-Encoding: chunked\r\n", nil),
      ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", nil),
      ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", nil),
      ("Content-Length: 5\r\nContent-Length: 6\r\n", nil),
      ("Content-Length: 5x\r\nContent-Length: 6\r\n", nil),
    ] as [(String, Int?)])
  func bodies(fields: String, expected: Int?) throws {
    #expect(try #require(requestHead("POST / HTTP/1.1\r\n\(fields)\r\n")).bodyLength == expected)
  }

  @Test("an upgrade is recognised; Upgrade-Insecure-Requests is not one")
  func upgrade() throws {
    #expect(try #require(requestHead("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")).isUpgrade)
    #expect(try !#require(requestHead("GET / HTTP/1.1\r\nUpgrade-Insecure-Requests: 1\r\n\r\n")).isUpgrade)
  }

  @Test("the first Host is used; an empty or endless one is not")
  func hosts() throws {
    #expect(try #require(requestHead("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")).host == "a")
    #expect(try #require(requestHead("GET / HTTP/1.1\r\nHost: \r\n\r\n")).host == nil)
    let long = String(repeating: "x", count: 513)
    #expect(try #require(requestHead("GET / HTTP/1.1\r\nHost: \(long)\r\n\r\n")).host == nil)
  }

  @Test("fields beyond 256 lines are not read")
  func fieldLimit() throws {
    func text(_ lines: Int) -> String {
      "GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: lines) + "Host: late.example\r\n\r\n"
    }
    #expect(try #require(requestHead(text(255))).host == "late.example")
    #expect(try #require(requestHead(text(256))).host == nil)
  }

  @Test(
    "other bytes are not an HTTP/1 request",
    arguments: [
      "GET / HTTP/2.0\r\n\r\n", "GET / RTSP/1.0\r\n\r\n", "get / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "",
      "GET\r\n\r\n", "\r\nGET / HTTP/1.1\r\n\r\n", "VERYLONGMETHODNAMETHATISNONE / HTTP/1.1\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "G / HTTP/1.1\r\n\r\n",
    ])
  func notHTTP(text: String) {
    if text.isEmpty { #expect(open(text) == .needsMore(1)) } else { #expect(open(text) == .notHTTP) }
  }

  @Test("a truncated head gives only whole lines")
  func cutHeads() throws {
    let text = "GET /x HTTP/1.1\r\nAccept: */*\r\nHost: telemetry.example.com\r\nX: y\r\n\r\n"
    let bytes = Array(text.utf8)
    let lineEnd = 16
    let hostEnd = text.utf8.count - 2 - 6
    for length in 1..<bytes.count {
      let prefix = Array(bytes.prefix(length))
      #expect(HTTPOpening(prefix.span.bytes) == .needsMore(length + 1))
      let cut = HTTPOpening(prefix.span.bytes, isComplete: true)
      guard length > lineEnd else {
        #expect(cut == .notHTTP)
        continue
      }
      guard case .request(let head) = cut else {
        Issue.record("no head at \(length) bytes")
        continue
      }
      #expect(head.isCut)
      #expect(head.method == "GET")
      #expect(head.host == (length < hostEnd ? nil : "telemetry.example.com"))
    }
    #expect(try #require(requestHead(text)).host == "telemetry.example.com")
  }

  @Test("the end of a head is found wherever the search was resumed")
  func resumedSearch() {
    let bytes = Array("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".utf8)
    for scanned in 0..<bytes.count {
      guard case .request(let head) = HTTPOpening(bytes.span.bytes, scanned: scanned) else {
        Issue.record("not found after \(scanned)")
        continue
      }
      #expect(head.length == bytes.count)
    }
  }

  @Test("the first line is judged when it ends, later lines are not, wherever the search was resumed")
  func resumedFirstLine() {
    let greeting = Array("EHLO mail.example\r\n".utf8)
    for scanned in 0..<greeting.count {
      #expect(HTTPOpening(greeting.span.bytes, scanned: scanned) == .notHTTP)
    }
    let line = Array("GET / HTTP/1.1\r\n".utf8)
    let head = line + Array("Host: a.example\r\n".utf8)
    for scanned in 0..<head.count {
      #expect(HTTPOpening(head.span.bytes, scanned: scanned) == .needsMore(head.count + 1))
    }
  }

  @Test("a head without end is read as far as 16 KiB")
  func endlessHead() throws {
    let text = "GET / HTTP/1.1\r\nHost: a.example\r\nX: " + String(repeating: "x", count: HTTPOpening.maximumHead)
    let shorter = Array(text.utf8.prefix(HTTPOpening.maximumHead - 1))
    #expect(HTTPOpening(shorter.span.bytes) == .needsMore(HTTPOpening.maximumHead))
    let head = try #require(requestHead(text))
    #expect(head.isCut)
    #expect(head.host == "a.example")
  }
}
