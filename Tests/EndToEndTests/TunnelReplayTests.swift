import Auditing
import Model
import TestSupport
import Testing

@Suite("Captures of tunnels")
struct TunnelReplayTests {
  @Test("the content of a tunnel counts once as outbound, and so does the tunnel's own overhead")
  func outboundBytes() throws {
    let directory = try TemporaryDirectory()
    let tunnel = PacketBuilder(from: "10.0.0.1", to: "203.0.113.77")
    let inside = PacketBuilder(from: "10.0.0.5", to: "203.0.113.9").udp(from: 50_000, to: 443, payload: [1, 2])
    let packet = Array(inside.dropFirst(14))
    let frames = [tunnel.frame(transport: 4, packet), tunnel.frame(transport: 4, [0x45, 0, 0, 9])].map {
      TimedFrame(time: Timestamp(seconds: 1_700_000_000), bytes: $0)
    }
    let capture = try directory.write(PcapWriter.pcap(frames), to: "a.pcap")
    let result = try Project.replay([capture], into: directory.path("a.sqlite"), configuration: nil)
    #expect(result.counts.outboundFlows == 2)
    // Header and payload of the datagram inside; the four bytes of the second packet, which carries nothing.
    #expect(result.counts.outboundBytes == 10 + 4)
  }
}
