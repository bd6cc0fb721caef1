import FlowTracking
import Model
import TestSupport
import Testing

@Suite("Flows in tunnels")
struct TunnelFlowTests {
  private let end = PacketBuilder(from: "192.0.2.1", to: "203.0.113.77")

  /// A connection with a hello, each packet in GTP with the tunnel number of its direction.
  private func tunnelled() -> [TimedFrame] {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, ClientHelloBuilder("a.example").record)
    conversation.send(.server, ServerHelloBuilder().record)
    conversation.close()
    return conversation.frames.map { frame in
      let isUp = Array(frame.bytes[26..<30]) == [10, 0, 0, 5]
      let packet = Array(frame.bytes.dropFirst(14))
      var header: [UInt8] = [0x30, 255]
      header.appendUInt16(packet.count)
      header += [0, 0, 0, isUp ? 1 : 2]
      var frame = frame
      frame.bytes = (isUp ? end : end.reversed).udp(from: 2_152, to: 2_152, payload: header + packet)
      frame.originalLength = frame.bytes.count
      return frame
    }
  }

  @Test("both directions are one flow with its name, and the outer flow is counted separately")
  func gtp() throws {
    let frames = tunnelled()
    let tracked = Tracked(frames)
    #expect(tracked.records.count == 2)
    let inner = try #require(tracked.only)
    #expect(inner.name?.name == "a.example")
    #expect(inner.traffic.packetsUp + inner.traffic.packetsDown == UInt64(frames.count))
    #expect(inner.carriedBytesUp == 0)
    #expect(inner.device == .address(client.source))
    let outer = try #require(tracked.records.first { $0.responderPort == 2_152 })
    #expect(outer.traffic.bytesUp == inner.traffic.bytesUp + inner.traffic.packetsUp * (20 + 8 + 8))
    #expect(outer.carriedBytesUp == outer.traffic.bytesUp)
    #expect(outer.name == nil)
    #expect(tracked.anomalies == [:])
  }

  @Test("the same conversation outside and inside a tunnel is two flows")
  func twice() {
    var conversation = TCPConversation(client, start: fullHour)
    conversation.open()
    conversation.send(.client, ClientHelloBuilder("a.example").record)
    conversation.send(.server, ServerHelloBuilder().record)
    conversation.close()
    let tracked = Tracked(zip(conversation.frames, tunnelled()).flatMap { [$0, $1] })
    let both = tracked.records.filter { $0.responderPort == 443 }
    #expect(both.count == 2)
    #expect(both.map(\.name?.name) == ["a.example", "a.example"])
    #expect(both[0].traffic == both[1].traffic)
    #expect(both[0].history == both[1].history)
  }

  @Test("a refusal inside a tunnel applies to the flow inside")
  func refusal() throws {
    let probe = client.udp(from: 50_000, to: 443, payload: [1])
    let answer = client.reversed.unreachable(code: 3, quoting: probe)
    let frames = [(end, probe), (end.reversed, answer)].map { builder, frame in
      TimedFrame(time: fullHour, bytes: builder.frame(transport: 4, Array(frame.dropFirst(14))))
    }
    #expect(try #require(Tracked(frames).only).outcome == .refused)
  }

  @Test("a bomb and an encrypted link are counted")
  func anomalies() {
    var builder = end
    builder.linkType = .raw
    var bytes = Array(client.udp(from: 1, to: 443, payload: [1]).dropFirst(14))
    for _ in 0..<20 { bytes = builder.frame(transport: 4, bytes) }
    let bomb = TimedFrame(time: fullHour, bytes: bytes, linkType: .raw)
    var wireless: [UInt8] = [8, 0x41]
    wireless += [UInt8](repeating: 0, count: 60)
    let encrypted = TimedFrame(time: fullHour, bytes: wireless, linkType: .wireless)
    let broken = TimedFrame(time: fullHour, bytes: end.frame(transport: 47, [0, 5, 8, 0]))
    #expect(
      Tracked([bomb, encrypted, broken]).anomalies == [
        .tunnelTooDeep: 1, .linkEncrypted: 1, .tunnelHeaderInvalid: 1,
      ])
  }
}
