import Inspection
import Model
import Testing

@Suite("Identifier classes in clear-text request heads")
struct IdentifierInspectorTests {
  private func classes(_ head: String) -> Set<IdentifierClass> {
    IdentifierInspector.classes(inRequestHead: Array(head.utf8))
  }

  @Test("each class is found by its field or form")
  func found() {
    #expect(classes("GET / HTTP/1.1\r\nCookie: a=b\r\n\r\n") == [.cookie])
    #expect(classes("GET / HTTP/1.1\r\nUser-Agent: X\r\n\r\n") == [.userAgent])
    #expect(classes("GET / HTTP/1.1\r\nAuthorization: Basic x\r\n\r\n") == [.accountCredential])
    #expect(classes("GET / HTTP/1.1\r\nAuthMsaDeviceTicket: t\r\n\r\n") == [.accountCredential])
    #expect(classes("GET / HTTP/1.1\r\nX-Device-Id: 7\r\n\r\n") == [.deviceIdentifier])
    #expect(classes("GET /?user=erika.muster@example.org HTTP/1.1\r\n\r\n") == [.emailAddress])
    #expect(classes("GET /?user=erika%40example.org HTTP/1.1\r\n\r\n") == [.emailAddress])
    #expect(
      classes("GET /?d=6F9619FF-8B86-D011-B42D-00CF4FC964FF HTTP/1.1\r\n\r\n") == [.deviceIdentifier])
  }

  @Test("what only looks like an identifier is none")
  func notFound() {
    #expect(classes("GET /a@b HTTP/1.1\r\nHost: example.org\r\nCookie:  \r\n\r\n") == [])
    #expect(classes("GET /@ HTTP/1.1\r\nX: 6F9619FF-8B86-D011\r\n\r\n") == [])
    #expect(classes("") == [])
  }

  @Test("a head cut at any length gives no class that the whole does not have")
  func cutAnywhere() {
    let head = Array(
      "POST /u?m=a.b@example.org HTTP/1.1\r\nCookie: x\r\nUser-Agent: y\r\nDevice-Id: z\r\n\r\n".utf8)
    let whole = IdentifierInspector.classes(inRequestHead: head)
    #expect(whole == [.emailAddress, .cookie, .userAgent, .deviceIdentifier])
    for length in 0...head.count {
      #expect(IdentifierInspector.classes(inRequestHead: Array(head[..<length])).isSubset(of: whole))
    }
  }
}
