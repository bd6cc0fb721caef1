import FlowTracking
import Model
import TestSupport
import Testing

@Suite("Clear text that is kept for identifier classes")
struct ClearTextTests {
  private static let post = Array(
    "POST /a HTTP/1.1\r\nHost: h.example\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"user\":\"erika\"}"
      .utf8)
  private static let smtp = Array("EHLO pc7.office.example\r\nMAIL FROM:<erika@example.org>\r\n".utf8)
  private static let hello = ClientHelloBuilder("v10.example.com").record

  private func tracked(
    _ stream: [UInt8], segment: Int = 1_460, port: UInt16 = 443, opens: Bool = true,
    _ change: (inout TCPConversation) -> Void = { _ in }
  ) -> [FlowRecord] {
    var conversation = TCPConversation(client, serverPort: port, start: fullHour)
    if opens { conversation.open() }
    conversation.send(.client, stream, segment: segment)
    change(&conversation)
    conversation.close()
    return Tracked(conversation.frames).records
  }

  @Test("a body is kept after its head, wherever segments split it")
  func bodies() throws {
    for segment in 1...ClearTextTests.post.count {
      let record = try #require(tracked(ClearTextTests.post, segment: segment).first)
      #expect(record.clearText?.bytes == ClearTextTests.post)
      #expect(record.clearText?.messages.count == 1)
      #expect(!record.hasUninspectedClearText)
    }
  }

  @Test("lines of a session are kept as one message, wherever segments split them")
  func lines() throws {
    for segment in 1...ClearTextTests.smtp.count {
      let record = try #require(tracked(ClearTextTests.smtp, segment: segment, port: 25).first)
      #expect(record.clearText?.bytes == ClearTextTests.smtp)
      #expect(record.clearText?.messages.map(\.form) == [.lines])
      #expect(!record.hasUninspectedClearText)
      #expect(record.encryption == .none)
    }
  }

  @Test("clear text before an upgrade to TLS is kept, and the bytes after it are encrypted")
  func upgrade() throws {
    let lines = Array("EHLO pc7.office.example\r\nSTARTTLS\r\n".utf8)
    let record = try #require(
      tracked(lines, port: 25) { conversation in
        conversation.send(.server, Array("220 go\r\n".utf8))
        conversation.send(.client, ClearTextTests.hello)
        conversation.send(.client, Array(repeating: 0xaa, count: 5_000))
      }.first)
    #expect(record.clearText?.bytes == lines)
    #expect(!record.hasUninspectedClearText)
    #expect(record.name?.name == "v10.example.com")
  }

  @Test("an encrypted flow has nothing to inspect, even if its hello arrives out of order")
  func encrypted() throws {
    let record = try #require(
      tracked(ClearTextTests.hello) { $0.send(.client, Array(repeating: 0xaa, count: 5_000)) }.first)
    #expect(record.clearText == nil && !record.hasUninspectedClearText)
    let half = ClearTextTests.hello.count / 2
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.deliver(.client, Array(ClearTextTests.hello[half...]), at: half)
    conversation.deliver(.client, Array(ClearTextTests.hello[..<half]), at: 0)
    conversation.close()
    let disordered = try #require(Tracked(conversation.frames).records.first)
    #expect(disordered.clearText == nil && !disordered.hasUninspectedClearText)
  }

  @Test("bytes that no reader understands count as not inspected; a flow that sends nothing has nothing to inspect")
  func unknownContent() throws {
    #expect(try #require(tracked(Array(repeating: 0xaa, count: 100)).first).hasUninspectedClearText)
    #expect(
      try #require(tracked(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]).first)
        .hasUninspectedClearText)
    #expect(try !#require(tracked([]).first).hasUninspectedClearText)
    var syn = TCPConversation(client, start: fullHour)
    syn.syn()
    #expect(try !#require(Tracked(syn.frames).records.first).hasUninspectedClearText)
    // Only the responder sends data.
    #expect(
      try !#require(tracked([]) { $0.send(.server, Array(repeating: 0xaa, count: 9)) }.first).hasUninspectedClearText)
  }

  @Test("a datagram that is not known to be encrypted counts as not inspected")
  func datagrams() throws {
    let frames = [
      TimedFrame(time: fullHour, bytes: client.udp(from: 40_000, to: 123, payload: Array(repeating: 0x1b, count: 48)))
    ]
    #expect(try #require(Tracked(frames).records.first).hasUninspectedClearText)
    let initial = QUICBuilder().initial(
      QUICBuilder.crypto(ClientHelloBuilder("v10.example.com").handshake, at: 0), paddedTo: 1_200)
    let quic = [TimedFrame(time: fullHour, bytes: client.udp(from: 40_000, to: 443, payload: initial))]
    #expect(try !#require(Tracked(quic).records.first).hasUninspectedClearText)
  }

  @Test("bytes beyond the limit, or lost or truncated, count as not inspected")
  func limits() throws {
    let long =
      Array("POST / HTTP/1.1\r\nHost: h.example\r\nContent-Length: 10000\r\n\r\n".utf8)
      + Array(repeating: 0x61, count: 10_000)
    let beyond = try #require(tracked(long).first)
    #expect(beyond.clearText?.bytes == Array(long[..<ClearText.limit]))
    #expect(beyond.hasUninspectedClearText)
    let fitting =
      Array("POST / HTTP/1.1\r\nHost: h.example\r\nContent-Length: 6000\r\n\r\n".utf8)
      + Array(repeating: 0x61, count: 6_000)
    #expect(try !#require(tracked(fitting).first).hasUninspectedClearText)
    // The second of five segments is lost: the rest is kept, and the requests after it are still found.
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, fitting)
    conversation.frames.remove(at: 4)
    conversation.send(.client, ClearTextTests.post)
    conversation.close()
    let gap = try #require(Tracked(conversation.frames).records.first)
    #expect(gap.hasUninspectedClearText)
    #expect(gap.clearText?.messages.last?.form == .httpRequest)
    #expect(gap.clearText.map { Array($0.content($0.messages.count - 1)) } == ClearTextTests.post)
  }

  @Test("the part of a body after the full hour is kept in the record of its hour")
  func bodyOverTheHour() throws {
    var conversation = TCPConversation(client, start: fullHour.plus(-1))
    conversation.open()
    conversation.send(.client, Array(ClearTextTests.post.dropLast(8)))
    conversation.send(.server, [1])
    conversation.time = fullHour.plus(200)
    conversation.send(.client, Array(ClearTextTests.post.suffix(8)))
    conversation.close()
    let records = Tracked(conversation.frames).records
    #expect(records.count == 2)
    #expect(records.map { $0.clearText?.messages.map(\.form) } == [[.httpRequest], [.httpBody]])
    #expect(records.flatMap { $0.clearText?.bytes ?? [] } == ClearTextTests.post)
  }
}
