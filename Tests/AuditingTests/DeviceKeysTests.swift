import Capture
import FlowTracking
import Model
import TestSupport
import Testing
import Wire

@testable import Auditing

@Suite("Keys by which a device's packets stay together")
struct DeviceKeysTests {
  private static let client: UInt64 = 0x0200_0000_0a01
  private static let router = HardwareAddress(bits: 0x0200_0000_00fe)

  private func builder(_ source: String, _ destination: String, hardware: UInt64 = client) -> PacketBuilder {
    var builder = PacketBuilder(from: source, to: destination)
    builder.sourceHardware = HardwareAddress(bits: hardware)
    builder.destinationHardware = DeviceKeysTests.router
    return builder
  }

  @Test("a device's packets have one key both ways, under all its addresses and with its DNS answers")
  func affinity() {
    var keys = DeviceKeys()
    for (source, destination) in [("10.20.1.11", "198.51.100.7"), ("fd00:20::a1", "2001:db8:100::7")] {
      let out = builder(source, destination)
      #expect(keys.key(out.udp(from: 50_000, to: 443, payload: [1])) == Self.client)
      #expect(keys.key(out.reversed.udp(from: 443, to: 50_000, payload: [1])) == Self.client)
    }
    let resolver = builder("10.20.1.12", "10.20.0.53")
    #expect(keys.key(resolver.udp(from: 50_000, to: 53, payload: [1])) == Self.client)
    #expect(keys.key(resolver.reversed.udp(from: 53, to: 50_000, payload: [1])) == Self.client)
  }

  @Test("an address keeps its first key if each direction shows another hardware address")
  func twoRouters() {
    for isFirstOut in [true, false] {
      var keys = DeviceKeys()
      let out = builder("10.20.1.11", "198.51.100.7")
      var back = out.reversed
      back.destinationHardware = HardwareAddress(bits: 0x0200_0000_0b02)
      let frames = [
        out.udp(from: 50_000, to: 443, payload: [1]), back.udp(from: 443, to: 50_000, payload: [1]),
      ]
      let order = isFirstOut ? frames : frames.reversed()
      let expected = isFirstOut ? Self.client : 0x0200_0000_0b02
      #expect((order + order).map { keys.key($0) } == Array(repeating: expected, count: 4))
    }
  }

  @Test("a refusal has the key of the refused flow, whoever sends it, even if that flow was never seen")
  func refusals() {
    let attempt = builder("10.20.1.11", "198.51.100.7").udp(from: 50_000, to: 443, payload: [1])
    let inbound = builder("198.51.100.7", "10.20.1.11").udp(from: 443, to: 50_000, payload: [1])
    var refusal = builder("10.20.0.1", "10.20.1.11", hardware: Self.router.bits)
    refusal.destinationHardware = HardwareAddress(bits: Self.client)
    let refused = refusal.unreachable(code: 13, quoting: attempt)
    var keys = DeviceKeys()
    #expect(keys.key(refused) == Self.client)
    #expect(keys.key(attempt) == Self.client)
    #expect(keys.key(refused) == Self.client)
    // To the outside, from the gateway on behalf of the device.
    var outward = builder("10.20.0.1", "198.51.100.7", hardware: 0x0200_0000_0c03)
    outward.destinationHardware = HardwareAddress(bits: 0x0200_0000_0d04)
    #expect(keys.key(outward.unreachable(code: 13, quoting: inbound)) == Self.client)
    // Between two inside, and two outside.
    for (source, destination) in [("10.20.1.21", "10.20.1.22"), ("198.51.100.1", "198.51.100.2")] {
      let there = builder(source, destination).udp(from: 50_000, to: 445, payload: [1])
      let expected = keys.key(there)
      #expect(
        keys.key(builder("10.20.0.1", source, hardware: Self.router.bits).unreachable(code: 3, quoting: there))
          == expected)
    }
  }

  @Test("the sender of a refusal is not taken for the device")
  func senderOfRefusal() {
    let inbound = builder("198.51.100.7", "10.20.1.11").udp(from: 443, to: 50_000, payload: [1])
    let gateway = builder("10.20.0.1", "198.51.100.7", hardware: 0x0200_0000_0c03)
    var keys = DeviceKeys()
    _ = keys.key(gateway.unreachable(code: 13, quoting: inbound))
    #expect(keys.key(builder("10.20.1.11", "198.51.100.7").udp(from: 50_000, to: 443, payload: [1])) == Self.client)
  }

  @Test("fragments of a DNS answer from inside have the key of the device that asked")
  func fragments() {
    var keys = DeviceKeys()
    let question = builder("10.20.1.11", "10.20.0.53")
    #expect(keys.key(question.udp(from: 50_000, to: 53, payload: [1])) == Self.client)
    for (offset, more) in [(0, true), (1_480, true), (2_960, false)] {
      var part = question.reversed
      part.destinationHardware = HardwareAddress(bits: 0x0200_0000_0b02)
      part.ipv4Fragment = (offset, more)
      #expect(keys.key(part.frame(transport: 17, [UInt8](repeating: 0, count: 1_480))) == Self.client)
    }
  }

  @Test(
    "packets between two inside or two outside ends have one key both ways: that of the client if the ports show it"
  )
  func neighbours() {
    for (source, destination, isInside) in [
      ("10.20.1.12", "10.20.1.11", true), ("198.51.100.2", "198.51.100.1", false),
    ] {
      var keys = DeviceKeys()
      let there = builder(source, destination)
      let own = isInside ? Self.client : keys.address(source)
      let cases = [
        (UInt16(50_000), UInt16(445), own), (443, 443, min(keys.address(source), keys.address(destination))),
        (389, 50_001, isInside ? Self.router.bits : keys.address(destination)),
      ]
      for (from, to, expected) in cases {
        #expect(keys.key(there.udp(from: from, to: to, payload: [1])) == expected)
        #expect(keys.key(there.reversed.udp(from: to, to: from, payload: [1])) == expected)
      }
    }
  }

  @Test("a tunnel between two inside ends has one key, however its ports differ")
  func tunnel() {
    var keys = DeviceKeys()
    let carried = builder("10.30.1.1", "198.51.100.7").udp(from: 50_000, to: 443, payload: [1])
    let ends = builder("10.20.1.11", "10.20.1.12")
    let header: [UInt8] = [8, 0, 0, 0, 0, 0, 7, 0]
    let there = keys.key(ends.udp(from: 50_001, to: 4_789, payload: header + carried))
    #expect(keys.key(ends.reversed.udp(from: 60_001, to: 4_789, payload: header + carried)) == there)
  }

  @Test("equal addresses in two virtual networks are two devices")
  func virtualNetworks() {
    var keys = DeviceKeys()
    for hardware in [0x0200_0000_0a01, 0x0200_0000_0a02] as [UInt64] {
      var out = builder("10.20.1.11", "198.51.100.7", hardware: hardware)
      out.tags = [VLANTag(UInt16(hardware & 0xf))]
      #expect(keys.key(out.udp(from: 50_000, to: 443, payload: [1])) == hardware)
    }
  }

  @Test(
    "an address that was not used for an hour may be another device's; one in use keeps its device, even if the clock is set back"
  )
  func ageing() {
    let other: UInt64 = 0x0200_0000_0b02
    func bytes(_ hardware: UInt64) -> [UInt8] {
      builder("10.20.1.11", "198.51.100.7", hardware: hardware).udp(from: 50_000, to: 443, payload: [1])
    }
    var keys = DeviceKeys()
    #expect(keys.key(bytes(Self.client), at: 1_700_000_000) == Self.client)
    #expect(keys.key(bytes(other), at: 1_700_001_700) == Self.client)
    #expect(keys.key(bytes(other), at: 1_700_003_400) == Self.client)
    #expect(keys.key(bytes(other), at: 1_700_000_000) == Self.client)
    let neighbour = builder("10.20.1.12", "198.51.100.7").udp(from: 50_000, to: 443, payload: [1])
    #expect(keys.key(neighbour, at: 1_700_001_900) == Self.client)
    #expect(keys.key(neighbour, at: 1_700_003_800) == Self.client)
    #expect(keys.key(bytes(other), at: 1_700_003_801) == other)
  }

  @Test("memory is bounded: new addresses evict those that are not in use")
  func bounded() {
    var keys = DeviceKeys()
    func bytes(_ number: Int, _ hardware: UInt64) -> [UInt8] {
      var builder = builder("10.0.0.0", "198.51.100.7", hardware: hardware)
      builder.source = IPAddress(v4: 0x0a00_0000 + UInt32(number))
      return builder.udp(from: 50_000, to: 443, payload: [1])
    }
    let other: UInt64 = 0x0200_0000_0b02
    _ = keys.key(bytes(1, Self.client))
    _ = keys.key(bytes(2, Self.client))
    for number in 0..<2 * DeviceKeys.limit {
      if number % 1_000 == 0 { _ = keys.key(bytes(2, other)) }
      _ = keys.key(bytes(3 + number, Self.client))
    }
    #expect(keys.key(bytes(1, other)) == other)
    #expect(keys.key(bytes(2, other)) == Self.client)
  }

  @Test("without a hardware address, or with a multicast one, the network address is the key")
  func noHardware() {
    var keys = DeviceKeys()
    var cooked = builder("10.20.1.11", "198.51.100.7")
    cooked.linkType = .linuxCooked
    #expect(keys.key(cooked.udp(from: 50_000, to: 443, payload: [1]), .linuxCooked) == keys.address("10.20.1.11"))
    let group = builder("10.20.1.12", "198.51.100.7", hardware: 0x0100_5e00_0001)
    #expect(keys.key(group.udp(from: 50_000, to: 443, payload: [1])) == keys.address("10.20.1.12"))
  }

  @Test("frames without an IP packet have a key too, however they are truncated")
  func cut() {
    var keys = DeviceKeys()
    let frame = builder("10.20.1.11", "198.51.100.7").udp(from: 50_000, to: 443, payload: [1, 2, 3])
    for length in 0...frame.count { _ = keys.key(Array(frame.prefix(length))) }
    #expect(keys.key([1, 2, 3]) == 0)
    #expect(keys.key(frame, LinkType(rawValue: 9_999)) == 0)
  }
}

extension DeviceKeys {
  fileprivate init() { self.init(inside: TrackerSettings().insideNetworks) }

  fileprivate mutating func key(_ bytes: [UInt8], _ linkType: LinkType = .ethernet, at seconds: Int64 = 0) -> UInt64 {
    key(
      of: CapturedFrame(
        bytes: bytes.span.bytes, originalLength: bytes.count, timestamp: Timestamp(seconds: seconds),
        linkType: linkType))
  }

  fileprivate func address(_ text: String) -> UInt64 {
    let address = IPAddress(text)!
    return address.high ^ address.low
  }
}
