import Model
import TestSupport
import Testing
import Wire

/// Other programs accept the frames of the test kit: their checksums are correct.
@Suite("Frames of the test kit")
struct ChecksumTests {
  private func sum(_ bytes: [UInt8]) -> Int {
    var sum = 0
    for (index, byte) in bytes.enumerated() { sum += index.isMultiple(of: 2) ? Int(byte) << 8 : Int(byte) }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return sum
  }

  @Test("sum to all ones, header and pseudo-header", arguments: [0, 1, 2, 999])
  func sums(payload: Int) {
    let payload = (0..<payload).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let four = PacketBuilder(from: "10.1.2.3", to: "192.0.2.255")
    let six = PacketBuilder(from: "2001:db8::ffff:1", to: "fd00::1")
    for builder in [four, six] {
      let tcp = builder.tcp(from: 50_000, to: 443, flags: .ack, sequence: .max, optionWords: 2, payload: payload)
      let udp = builder.udp(from: 50_000, to: 53, payload: payload)
      let headerLength = builder.source.isIPv4 ? 20 : 40
      let addresses = builder.source.isIPv4 ? 12..<20 : 8..<40
      let unreachable = builder.unreachable(code: 1, quoting: udp)
      for (protocolNumber, frame) in [(6, tcp), (17, udp), (builder.source.isIPv4 ? 1 : 58, unreachable)] {
        let packet = Array(frame.dropFirst(14))
        let transport = Array(packet.dropFirst(headerLength))
        if builder.source.isIPv4 { #expect(sum(Array(packet[..<20])) == 0xffff) }
        var pseudo = Array(packet[addresses])
        pseudo.appendUInt32(UInt32(transport.count))
        pseudo.appendUInt32(UInt32(protocolNumber))
        #expect(sum((protocolNumber == 1 ? [] : pseudo) + transport) == 0xffff)
      }
    }
  }
}
