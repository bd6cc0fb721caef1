import Model
import Wire

/// All packets of a frame, and what was wrong between them.
public struct DecodedFrame {
  public var packets: [Packet] = []
  public var errors: [WireError] = []

  /// - Parameter originalLength: bytes on the wire; nil for as many as were captured.
  public init(_ frame: [UInt8], _ linkType: LinkType = .ethernet, originalLength: Int? = nil) {
    var decoder = PacketDecoder(
      frame.span.bytes, originalLength: originalLength ?? frame.count, linkType: linkType)
    var packet = Packet()
    while true {
      do throws(WireError) {
        guard try decoder.next(&packet) else { return }
        packets.append(packet)
      } catch {
        errors.append(error)
      }
    }
  }

  /// `source > destination:port` of each packet, outermost first; behind it `+` where it carries the next, or the
  /// fault.
  public var summary: [String] {
    packets.map { "\($0.source) > \($0.destination):\($0.destinationPort)" + ($0.carriesPacket ? " +" : "") }
      + errors.map { "\($0)" }
  }
}
