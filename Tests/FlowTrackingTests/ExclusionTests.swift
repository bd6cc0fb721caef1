import FlowTracking
import Model
import TestSupport
import Testing

/// Each test tries to get data about an excluded device into a record, a sighting or a count.
@Suite("Excluded devices leave nothing")
struct ExclusionTests {
  private static let router = HardwareAddress(bits: 0x0200_0000_00fe)
  private static let excludedHardware = HardwareAddress(bits: 0x0200_0000_0c01)
  /// The other devices of the site.
  private static let others = client

  private static func device(
    _ source: String, to destination: String, hardware: HardwareAddress = excludedHardware
  ) -> PacketBuilder {
    var builder = PacketBuilder(from: source, to: destination)
    builder.sourceHardware = hardware
    return builder
  }

  private static func settings(hardware: [HardwareAddress] = [], networks: [String] = []) -> TrackerSettings {
    var settings = exampleSettings
    settings.insideNetworks = InsideNetworks(
      (InsideNetworks.privateRanges + ["2001:db8::/32"]).compactMap(IPPrefix.init))
    settings.exclusions = ExcludedDevices(
      hardwareAddresses: Set(hardware), networks: networks.compactMap(IPPrefix.init))
    return settings
  }

  private static let byHardware = settings(hardware: [excludedHardware])
  private static let byNetwork = settings(networks: ["10.0.9.0/24"])

  /// The results must be the same as without the frames.
  private func leavesNothing(_ frames: [TimedFrame], _ settings: TrackerSettings) -> Bool {
    let other = opaque(Self.others, at: fullHour.plus(600)).frames
    return Tracked(frames + other, settings: settings) == Tracked(other, settings: settings)
  }

  @Test(
    "by hardware address: in IPv4 and IPv6, whichever end is seen first, and if only the inbound direction was captured"
  )
  func bothEnds() {
    for builder in [
      Self.device("10.0.0.9", to: "203.0.113.9"), Self.device("2001:db8::9", to: "2a00::9"),
      Self.device("169.254.3.4", to: "10.0.0.77"),
    ] {
      let flow = opaque(builder, at: fullHour).frames
      #expect(!Tracked(flow, settings: Self.settings()).records.isEmpty)
      #expect(leavesNothing(flow, Self.byHardware))
      let down = flow.enumerated().filter { $0.offset == 1 || $0.offset == 4 }.map(\.element)
      #expect(leavesNothing(down, Self.byHardware))
      #expect(leavesNothing(Array(flow.dropFirst()), Self.byHardware))
    }
  }

  @Test("by hardware address: as the responder of inside devices and outside hosts")
  func called() {
    var fromOutside = PacketBuilder(from: "203.0.113.9", to: "10.0.0.9")
    fromOutside.sourceHardware = Self.router
    fromOutside.destinationHardware = Self.excludedHardware
    var fromInside = PacketBuilder(from: "10.0.0.5", to: "10.0.0.9")
    fromInside.destinationHardware = Self.excludedHardware
    for builder in [fromOutside, fromInside] {
      #expect(leavesNothing(opaque(builder, at: fullHour).frames, Self.byHardware))
    }
  }

  @Test("even where many addresses make its hardware address look like a router's")
  func manyAddresses() {
    let frames = (1...9).flatMap {
      opaque(Self.device("10.0.0.\($0 + 100)", to: "203.0.113.9"), at: fullHour.plus($0)).frames
    }
    #expect(leavesNothing(frames, Self.byHardware))
  }

  @Test("by network: also its DNS questions, refused names, fragments and malformed frames")
  func everyKind() {
    let ask = DNSBuilder.query("telemetry.example")
    let resolver = Self.device("10.0.9.7", to: "10.0.0.1")
    var frames = dnsFrames(ask, nil, at: fullHour, builder: resolver)
    frames += dnsFrames(
      ask, DNSBuilder.query("telemetry.example").answered(responseCode: 3), at: fullHour.plus(1), port: 40_001,
      builder: resolver)
    var fragment = Self.device("10.0.9.7", to: "203.0.113.9")
    fragment.ipv4Fragment = (0, true)
    frames.append(
      TimedFrame(time: fullHour.plus(2), bytes: fragment.udp(from: 5_000, to: 443, payload: [1, 2, 3, 4, 5, 6, 7, 8])))
    #expect(leavesNothing(frames, Self.byNetwork))
    let broken = Self.device("10.0.9.7", to: "203.0.113.9").udp(from: 5_000, to: 443, payload: [])
    #expect(leavesNothing([TimedFrame(time: fullHour, bytes: Array(broken.prefix(30)))], Self.byHardware))
  }

  @Test("traffic of an excluded device through its own tunnel is excluded with it")
  func tunnel() {
    let inner = opaque(PacketBuilder(from: "172.16.0.5", to: "203.0.113.9"), at: fullHour).frames
    let frames = inner.map { frame in
      let outer = Self.device("10.0.9.7", to: "198.51.100.3")
      return TimedFrame(time: frame.time, bytes: outer.frame(transport: 4, Array(frame.bytes.dropFirst(14))))
    }
    #expect(!Tracked(frames, settings: Self.settings()).records.isEmpty)
    #expect(leavesNothing(frames, Self.byNetwork))
  }

  @Test("an exclusion by IPv4 network applies to the device's IPv6 flows in both directions, also in later hours")
  func otherVersion() {
    let version6 = Self.device("2001:db8::9", to: "2a00::9")
    let frames = opaque(Self.device("10.0.9.7", to: "203.0.113.9"), at: fullHour).frames
    #expect(leavesNothing(frames + opaque(version6, at: fullHour.plus(5)).frames, Self.byNetwork))
    #expect(leavesNothing(frames + opaque(version6.reversed, at: fullHour.plus(5)).frames, Self.byNetwork))
    var settings = Self.byNetwork
    settings.exclusions.networks = [IPPrefix("2001:db8::/120")!]
    let first = opaque(version6, at: fullHour).frames
    #expect(
      leavesNothing(first + opaque(Self.device("10.0.0.9", to: "203.0.113.9"), at: fullHour.plus(5)).frames, settings))
    let later = opaque(version6, at: fullHour.plus(7_200)).frames
    let other = opaque(Self.others, at: fullHour.plus(7_300)).frames
    #expect(
      Tracked(frames + later + other, settings: Self.byNetwork) == Tracked(other, settings: Self.byNetwork))
  }

  @Test("an IPv6 flow or question under way when its device shows an excluded address is not reported")
  func knownTooLate() {
    let flow = opaque(Self.device("2001:db8::9", to: "2a00::9"), at: fullHour).frames
    let ask = dnsFrames(
      DNSBuilder.query("telemetry.example"), nil, at: fullHour,
      builder: Self.device("2001:db8::9", to: "2001:db8::1"))
    let shows = TimedFrame(
      time: fullHour.plus(1), bytes: Self.device("10.0.9.7", to: "203.0.113.9").udp(from: 5_000, to: 443, payload: [1]))
    let tracked = Tracked(flow + ask + [shows], settings: Self.byNetwork)
    #expect(tracked.records.isEmpty)
  }

  @Test("ARP identifies the device before its first packet")
  func resolution() {
    var arp: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, 0x0c, 0x01, 0x08, 0x06]
    arp += [0, 1, 8, 0, 6, 4, 0, 1, 0x02, 0, 0, 0, 0x0c, 0x01, 10, 0, 9, 7, 0, 0, 0, 0, 0, 0, 10, 0, 9, 1]
    let frames = [TimedFrame(time: fullHour, bytes: arp)]
    #expect(
      leavesNothing(
        frames + opaque(Self.device("2001:db8::9", to: "2a00::9"), at: fullHour.plus(1)).frames, Self.byNetwork))
    let tagged = Array(arp[..<12]) + [0x81, 0, 0, 7] + Array(arp[12...])
    #expect(
      leavesNothing(
        [TimedFrame(time: fullHour, bytes: tagged)]
          + opaque(Self.device("2001:db8::9", to: "2a00::9"), at: fullHour.plus(1)).frames, Self.byNetwork))
    // Truncated at any byte, nothing is learned from it and nothing fails.
    for count in 0..<arp.count {
      _ = Tracked([TimedFrame(time: fullHour, bytes: Array(arp.prefix(count)))], settings: Self.byNetwork)
    }
  }

  @Test("the router of an excluded network hides nothing else: neither its other devices nor answers that pass it")
  func routerStays() {
    let behind = Self.device("10.0.9.7", to: "203.0.113.9", hardware: Self.router)
    let neighbour = Self.device("10.0.8.7", to: "203.0.113.9", hardware: Self.router)
    let tracked = Tracked(
      opaque(behind, at: fullHour).frames + opaque(neighbour, at: fullHour.plus(1)).frames
        + opaque(Self.others, at: fullHour.plus(2)).frames, settings: Self.byNetwork)
    #expect(Set(tracked.records.map(\.originator)) == [IPAddress("10.0.8.7")!, IPAddress("10.0.0.5")!])
    // A question to a resolver behind it, and the answer.
    let asked = Tracked(
      opaque(behind, at: fullHour).frames
        + dnsFrames(
          DNSBuilder.query("telemetry.example"), DNSBuilder.query("telemetry.example").answered(responseCode: 3),
          at: fullHour.plus(1), builder: PacketBuilder(from: "10.0.0.5", to: "10.0.0.53")), settings: Self.byNetwork)
    #expect(asked.records.contains { $0.outcome == .dnsBlocked && $0.originator == IPAddress("10.0.0.5") })
  }

  @Test("a reload keeps the known excluded devices, and forgets them with the exclusion of their network")
  func reload() {
    func records(_ changed: TrackerSettings) -> Set<IPAddress> {
      var tracker = FlowTracker(settings: Self.byNetwork)
      func process(_ frames: [TimedFrame]) {
        for frame in frames {
          tracker.process(
            frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
        }
      }
      process(opaque(Self.device("10.0.9.7", to: "203.0.113.9"), at: fullHour).frames)
      tracker.adopt(changed)
      process(opaque(Self.device("2001:db8::9", to: "2a00::9"), at: fullHour.plus(5)).frames)
      tracker.finish()
      return Set(tracker.takeRecords().map(\.originator))
    }
    var wider = Self.byNetwork
    wider.exclusions.networks.append(IPPrefix("10.0.10.0/24")!)
    #expect(records(wider).isEmpty)
    #expect(records(Self.settings()) == [IPAddress("2001:db8::9")!])
    // Flows of a device that becomes excluded while they are open are not reported.
    var tracker = FlowTracker(settings: Self.settings())
    let flow = opaque(Self.device("10.0.9.7", to: "203.0.113.9"), at: fullHour).frames
    for frame in flow {
      tracker.process(
        frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
    }
    tracker.adopt(Self.byNetwork)
    tracker.finish()
    #expect(tracker.takeRecords().isEmpty)
  }

  @Test("the ends are also found in 802.11 frames and Linux cooked captures")
  func otherLinks() {
    var cooked: [UInt8] = [0, 0, 0, 1, 0, 6, 0x02, 0, 0, 0, 0x0c, 0x01, 0, 0, 0x08, 0]
    cooked += Self.device("10.0.0.9", to: "203.0.113.9").udp(from: 5_000, to: 443, payload: [1]).dropFirst(14)
    let frame = TimedFrame(time: fullHour, bytes: cooked, linkType: .linuxCooked)
    #expect(!Tracked([frame], settings: Self.settings()).records.isEmpty)
    #expect(leavesNothing([frame], Self.byHardware))
  }
}
