import FlowTracking
import Matching
import Model
import TestSupport

/// The results of tracking some frames.
struct Tracked: Equatable {
  var records: [FlowRecord] = []
  var sightings: [NameSighting] = []
  var coverage: [CoverageHour] = []

  /// - Parameter end: time advances to here after the last frame.
  init(_ frames: [TimedFrame], settings: TrackerSettings = exampleSettings, until end: Timestamp? = nil) {
    var settings = settings
    settings.collectsSightings = true
    var tracker = FlowTracker(settings: settings)
    for frame in frames {
      tracker.process(
        frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
    }
    if let end { tracker.advance(to: end) }
    tracker.finish()
    records = tracker.takeRecords()
    sightings = tracker.takeSightings()
    coverage = tracker.takeCoverage()
  }

  var anomalies: [Anomaly: UInt64] {
    coverage.reduce(into: [:]) { $0.merge($1.anomalies, uniquingKeysWith: +) }
  }

  /// The only record of port 443; nil if there is none or more than one.
  var only: FlowRecord? {
    let matching = records.filter { $0.responderPort == 443 }
    return matching.count == 1 ? matching[0] : nil
  }

  /// All records of a port, added up.
  func total(port: UInt16 = 443) -> Traffic {
    records.filter { $0.responderPort == port }.reduce(into: Traffic()) { $0 += $1.traffic }
  }
}

/// The default bounds, with services that registers could name.
let exampleSettings: TrackerSettings = {
  var settings = TrackerSettings()
  settings.knownServices = KnownServices(
    resolvers: ["cloudflare-dns.com", "dns.google", "dns.nextdns.io"],
    resolverAddresses: [IPAddress("203.0.113.53")!], relays: ["mask.icloud.com"], outerNames: ["cloudflare-ech.com"])
  return settings
}()

let client = PacketBuilder(from: "10.0.0.5", to: "203.0.113.9")
let clientHardware = DeviceIdentity.hardware(client.sourceHardware)
let resolver = PacketBuilder(from: "10.0.0.5", to: "10.0.0.1")
/// 2023-11-14T22:00:00Z, a full hour.
let fullHour = Timestamp(seconds: 1_699_999_200)

extension Timestamp {
  func plus(_ seconds: Int64) -> Timestamp { advanced(by: .seconds(seconds)) }
}

/// A DNS exchange of `client` with its resolver.
func dnsFrames(
  _ query: DNSBuilder, _ answer: DNSBuilder?, at time: Timestamp, port: UInt16 = 40_000,
  builder: PacketBuilder = resolver
) -> [TimedFrame] {
  var frames = [TimedFrame(time: time, bytes: builder.udp(from: port, to: 53, payload: query.message))]
  if let answer {
    frames.append(
      TimedFrame(
        time: time.advanced(by: TimeSpan(nanoseconds: 1_000)),
        bytes: builder.reversed.udp(from: 53, to: port, payload: answer.message)))
  }
  return frames
}

/// A connection without any readable content.
func opaque(_ builder: PacketBuilder = client, at time: Timestamp, port: UInt16 = 50_000) -> TCPConversation {
  var conversation = TCPConversation(builder, clientPort: port, start: time)
  conversation.open()
  conversation.send(.client, Array(repeating: 0xaa, count: 100))
  conversation.send(.server, Array(repeating: 0xbb, count: 200))
  conversation.close()
  return conversation
}
