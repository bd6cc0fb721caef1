import Capture
import FlowTracking
import Model
import Wire

/// Counts of the traffic of interfaces within some seconds, which show whether a sensor on them sees what it must see.
struct TrafficSample: Sendable, Equatable {
  /// Frames of each interface, in the order of the configuration.
  var frames: [(interface: String, count: Int)] = []
  /// TCP packets from inside to outside.
  var outgoing = 0
  /// TCP packets from outside to inside.
  var incoming = 0
  /// In bytes on the wire.
  var longestFrame = 0
  /// TCP packets with content, each as often as it was seen.
  var withContent = 0
  /// Those of them that had been seen within `echo` before, by the two interfaces in order of name.
  var seenAgain: [[String]: Int] = [:]

  /// Longest time between two copies of a packet. A retransmission comes later, after at least a round trip.
  private static let echo = TimeSpan(nanoseconds: 2_000_000)
  private static let memory = 65_536
  /// Time and interface of earlier packets, by a hash of what identifies a packet.
  private var earlier: [Int: (time: Timestamp, interface: String)] = [:]

  /// So many packets in one direction and none in the other are no coincidence: TCP acknowledges at least every other
  /// segment.
  static let enough = 20

  static func == (left: TrafficSample, right: TrafficSample) -> Bool {
    left.frames.elementsEqual(right.frames, by: ==) && left.outgoing == right.outgoing
      && left.incoming == right.incoming && left.longestFrame == right.longestFrame
      && left.withContent == right.withContent && left.seenAgain == right.seenAgain
  }

  init() {}

  /// Listens at each interface that can be captured for the whole time: an early end would show that somebody is at
  /// work.
  init(_ settings: CaptureSettings, inside: InsideNetworks, lasting length: TimeSpan) {
    let sources = settings.interfaces.map { name in
      var one = settings
      one.interfaces = [name]
      let source = CaptureInterfaces(one)
      _ = source.survey()
      return source
    }
    defer { for source in sources { source.close() } }
    frames = settings.interfaces.map { ($0, 0) }
    var packet = Packet()
    let start = MachineClock.running
    while MachineClock.running.nanoseconds - start.nanoseconds < length.nanoseconds {
      for (index, source) in sources.enumerated() {
        let reading = source.read(limit: 4_096, waiting: 20) { frame in
          note(frame, from: settings.interfaces[index], &packet, inside)
        }
        frames[index].count += reading.frames
      }
    }
  }

  mutating func note(
    _ frame: borrowing CapturedFrame, from interface: String, _ packet: inout Packet, _ inside: InsideNetworks
  ) {
    longestFrame = max(longestFrame, frame.originalLength)
    var decoder = PacketDecoder(frame.bytes, originalLength: frame.originalLength, linkType: frame.linkType)
    while true {
      do throws(WireError) {
        guard try decoder.next(&packet) else { return }
      } catch {
        continue
      }
      guard packet.transport == .tcp, packet.fragment == nil else { continue }
      if packet.payloadLength > 0 { noteContent(frame, packet, interface) }
      switch (inside.contains(packet.source), inside.contains(packet.destination)) {
      case (true, false): outgoing += 1
      case (false, true): incoming += 1
      default: break
      }
    }
  }

  /// Fields that routers, tags and tunnels change are left out.
  private mutating func noteContent(_ frame: borrowing CapturedFrame, _ packet: Packet, _ interface: String) {
    withContent += 1
    var hasher = Hasher()
    hasher.combine(packet.source)
    hasher.combine(packet.destination)
    hasher.combine([packet.sourcePort, packet.destinationPort])
    hasher.combine([packet.tcpSequence, packet.tcpAcknowledgment])
    hasher.combine(packet.payloadLength)
    let start = packet.payloadOffset
    frame.bytes.extracting(start..<start + min(packet.payloadCaptured, 64)).withUnsafeBytes {
      hasher.combine(bytes: $0)
    }
    let key = hasher.finalize()
    if let first = earlier[key],
      (frame.timestamp.nanoseconds &- first.time.nanoseconds).magnitude <= TrafficSample.echo.nanoseconds.magnitude
    {
      let interfaces = [first.interface, interface].sorted()
      seenAgain[interfaces, default: 0] += 1
    } else {
      if earlier.count >= TrafficSample.memory { earlier.removeAll(keepingCapacity: true) }
      earlier[key] = (frame.timestamp, interface)
    }
  }
}

extension TrafficSample {
  /// Points for people; without counts of packets, which would show activity.
  func points(snapLength: Int) -> [SelfCheck.Point] {
    var points = frames.filter { $0.count == 0 }.map {
      SelfCheck.Point(
        name: "traffic", status: .warning,
        message: LocalizedText(en: "\($0.interface): no packet came", de: "\($0.interface): Es kam kein Paket"),
        remedy: LocalizedText(
          en: "look whether it is the right interface, and whether the mirror port or the tap sends to it",
          de: "prüfen, ob es die richtige Schnittstelle ist und ob der Spiegelport oder der Tap dorthin sendet"))
    }
    guard frames.contains(where: { $0.count > 0 }) else { return points }
    if max(outgoing, incoming) == 0 {
      points.append(
        SelfCheck.Point(
          name: "traffic", status: .warning,
          message: LocalizedText(
            en: "packets came, but none of TCP between inside and outside",
            de: "es kamen Pakete, aber keine von TCP zwischen innen und außen"),
          remedy: LocalizedText(
            en: "look whether inside_networks names your networks, and whether somebody used the Internet; try again",
            de: "prüfen, ob inside_networks Ihre Netze nennt und ob jemand das Internet nutzte; erneut versuchen"))
      )
    } else if min(outgoing, incoming) > 0 {
      points.append(
        SelfCheck.Point(
          name: "traffic", status: .ok,
          message: LocalizedText(en: "both directions are seen", de: "beide Richtungen sind zu sehen"), remedy: nil))
    } else if max(outgoing, incoming) < TrafficSample.enough {
      points.append(
        SelfCheck.Point(
          name: "traffic", status: .warning,
          message: LocalizedText(
            en: "too few packets came to tell whether both directions are seen",
            de: "es kamen zu wenige Pakete, um zu erkennen, ob beide Richtungen zu sehen sind"),
          remedy: LocalizedText(
            en: "try again while somebody uses the Internet, with --listen 30",
            de: "erneut versuchen, während jemand das Internet nutzt, mit --listen 30")))
    } else {
      points.append(
        SelfCheck.Point(
          name: "traffic", status: .failed,
          message: LocalizedText(
            en: "only one direction is seen: that \(outgoing > 0 ? "to" : "from") the outside",
            de: "nur eine Richtung ist zu sehen: die \(outgoing > 0 ? "nach" : "von") außen"),
          remedy:
            LocalizedText(
              en:
                "let the mirror port send both directions, or name the second port of the tap under capture.interfaces",
              de:
                "den Spiegelport beide Richtungen senden lassen oder den zweiten Anschluss des Taps unter capture.interfaces nennen"
            )))
    }
    points += echoPoints
    if longestFrame > snapLength {
      points.append(
        SelfCheck.Point(
          name: "frame size", status: .warning,
          message: LocalizedText(
            en: "frames of \(longestFrame) bytes are cut at \(snapLength): card or kernel merge segments (offload)",
            de:
              "Rahmen von \(longestFrame) Byte werden bei \(snapLength) abgeschnitten: Karte oder Kern fassen Segmente zusammen (Offload)"
          ),
          remedy: LocalizedText(
            en: "raise capture.snap_length, or switch merging off: ethtool -K INTERFACE gro off lro off",
            de:
              "capture.snap_length erhöhen oder das Zusammenfassen abschalten: ethtool -K SCHNITTSTELLE gro off lro off"
          )))
    } else {
      points.append(
        SelfCheck.Point(
          name: "frame size", status: .ok,
          message: LocalizedText(
            en: "no frame was longer than the \(snapLength) bytes that are kept",
            de: "kein Rahmen war länger als die \(snapLength) Byte, die behalten werden"), remedy: nil))
    }
    return points
  }

  /// If one packet in ten is seen twice, all sums are wrong. Fewer are coincidence or defective hardware.
  private var echoPoints: [SelfCheck.Point] {
    seenAgain.filter { $0.value >= 5 && $0.value * 10 >= withContent }.sorted {
      $0.key.lexicographicallyPrecedes($1.key)
    }
    .map { interfaces, count in
      let isOne = interfaces[0] == interfaces[1]
      let place =
        isOne
        ? LocalizedText(en: "both times at \(interfaces[0])", de: "beide Male an \(interfaces[0])")
        : LocalizedText(
          en: "at \(interfaces[0]) and \(interfaces[1])", de: "an \(interfaces[0]) und \(interfaces[1])")
      return SelfCheck.Point(
        name: "traffic", status: .failed,
        message: LocalizedText(
          en:
            "\(count * 100 / withContent) % of the TCP packets with content came twice, \(place.en); copies that come later than 10 ms are counted twice",
          de:
            "\(count * 100 / withContent) % der TCP-Pakete mit Inhalt kamen doppelt, \(place.de); Kopien, die später als 10 ms eintreffen, werden doppelt gezählt"
        ),
        remedy: isOne
          ? LocalizedText(
            en:
              "let the mirror port send each packet once: of several mirrored ports only what comes in, or only one port",
            de:
              "den Spiegelport jedes Paket einmal senden lassen: von mehreren gespiegelten Anschlüssen nur, was hereinkommt, oder nur einen Anschluss"
          )
          : LocalizedText(
            en: "name one of the two under capture.interfaces: a bridge shows what its ports carry, "
              + "an interface what its VLANs carry, and a gateway sends on what it received",
            de: "eine der beiden unter capture.interfaces nennen: Eine Bridge zeigt, was ihre Anschlüsse führen, "
              + "eine Schnittstelle, was ihre VLANs führen, und ein Gateway sendet weiter, was es empfing"))
    }
  }
}
