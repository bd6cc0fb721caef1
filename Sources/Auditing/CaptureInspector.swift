import Capture
import FlowTracking
import Matching
import Model

/// Looks into capture files for people who own them: names and flows as they are, nothing stored.
public struct CaptureInspector {
  /// Rows of a table are sorted and distinct, so that all must be held: some 1 kB each.
  public static let rowLimit = 250_000
  /// Flows at a time, whatever a service may have: all of them end at once with the capture.
  static let openFlowLimit = 250_000

  public struct Result {
    /// Distinct, sorted.
    public var sightings: [NameSighting]
    /// One per 5-tuple and network, sorted; records of one 5-tuple are added up.
    public var flows: [FlowRecord]
    public var anomalies: [Anomaly: UInt64]
    public var packets: UInt64
    /// Names, and records of flows, for which there was no row any more.
    public var leftOut: (names: UInt64, flows: UInt64) = (0, 0)
    /// Files that could not be read, or not to their end.
    public var problems: [CaptureError]
    /// What is worth knowing of captures that were read to their end.
    public var notes: [CaptureError]
  }

  private struct FlowIdentity: Hashable {
    var originator: IPAddress
    var responder: IPAddress
    var ports: UInt32
    var transport: TransportProtocol
  }

  public static func inspect(
    _ paths: [String], settings: TrackerSettings = TrackerSettings(), knownServices: KnownServices = KnownServices(),
    rowLimit: Int = CaptureInspector.rowLimit, progress: (Double) -> Void = { _ in }
  ) -> Result {
    var settings = settings
    settings.knownServices = knownServices
    settings.collectsSightings = true
    settings.flowLimit = min(settings.flowLimit, openFlowLimit)
    var tracker = FlowTracker(settings: settings)
    var files = CaptureFiles(paths: paths)
    var sightings: Set<NameSighting> = []
    var flows: [FlowIdentity: FlowRecord] = [:]
    var anomalies: [Anomaly: UInt64] = [:]
    var leftOut: (names: UInt64, flows: UInt64) = (0, 0)
    let total = Double(max(files.totalBytes, 1))

    func drain(_ tracker: inout FlowTracker) {
      for sighting in tracker.takeSightings() {
        if sightings.count < rowLimit || sightings.contains(sighting) {
          sightings.insert(sighting)
        } else {
          leftOut.names += 1
        }
      }
      for hour in tracker.takeCoverage() { anomalies.merge(hour.anomalies, uniquingKeysWith: +) }
      for record in tracker.takeRecords() where !add(record, to: &flows, rowLimit) { leftOut.flows += 1 }
    }
    files.forEachFrame(
      progress: {
        progress(min(Double($0) / total, 1))
        return true
      }, repeated: { tracker.noteRepeated(at: $0) }
    ) { frame in
      tracker.process(frame.bytes, originalLength: frame.originalLength, at: frame.timestamp, linkType: frame.linkType)
      if tracker.records.count >= 1_024 || tracker.sightings.count >= 1_024 { drain(&tracker) }
    }
    tracker.finish()
    drain(&tracker)
    return Result(
      sightings: sightings.sorted(by: precedes), flows: flows.values.sorted(by: precedes), anomalies: anomalies,
      packets: tracker.framesSeen, leftOut: leftOut, problems: files.problems, notes: files.notes)
  }

  /// TCP and UDP only, and only flows that packets were seen of: a blocked name has no 5-tuple.
  ///
  /// - Returns: false where it would need a row more than there may be.
  private static func add(
    _ record: FlowRecord, to flows: inout [FlowIdentity: FlowRecord], _ rowLimit: Int
  ) -> Bool {
    guard record.transport == .tcp || record.transport == .udp,
      record.traffic.packetsUp + record.traffic.packetsDown > 0
    else { return true }
    let ports = UInt32(record.originatorPort) << 16 | UInt32(record.responderPort)
    let identity = FlowIdentity(
      originator: record.originator, responder: record.responder, ports: ports, transport: record.transport)
    let reversed = FlowIdentity(
      originator: record.responder, responder: record.originator,
      ports: UInt32(record.responderPort) << 16 | UInt32(record.originatorPort), transport: record.transport)
    if var known = flows[identity] {
      known.traffic += record.traffic
      complete(&known, from: record)
      flows[identity] = known
    } else if var known = flows[reversed] {
      // The same ports, opened from the other side or guessed differently: still one 5-tuple.
      known.traffic += Traffic(
        bytesUp: record.traffic.bytesDown, bytesDown: record.traffic.bytesUp,
        packetsUp: record.traffic.packetsDown, packetsDown: record.traffic.packetsUp,
        missedBytes: record.traffic.missedBytes)
      complete(&known, from: record)
      flows[reversed] = known
    } else if flows.count < rowLimit {
      flows[identity] = record
    } else {
      return false
    }
    return true
  }

  private static func complete(_ known: inout FlowRecord, from record: FlowRecord) {
    if known.name == nil || (record.name?.namingClass ?? .e) < (known.name?.namingClass ?? .e) {
      known.name = record.name ?? known.name
    }
    if record.outcome == .established { known.outcome = .established }
    if record.offersResumption { known.offersResumption = true }
    if record.isEncryptedDNS { known.isEncryptedDNS = true }
    known.hiddenPath = known.hiddenPath ?? record.hiddenPath
    known.end = max(known.end, record.end)
  }

  private static func precedes(_ left: NameSighting, _ right: NameSighting) -> Bool {
    if left.carrier != right.carrier { return left.carrier.rawValue < right.carrier.rawValue }
    if left.client != right.client { return left.client < right.client }
    if left.server != right.server { return left.server < right.server }
    if left.serverPort != right.serverPort { return left.serverPort < right.serverPort }
    if left.name != right.name { return left.name < right.name }
    if left.method != right.method { return left.method.rawValue < right.method.rawValue }
    return left.ech.rawValue < right.ech.rawValue
  }

  private static func precedes(_ left: FlowRecord, _ right: FlowRecord) -> Bool {
    if left.transport != right.transport { return left.transport < right.transport }
    if left.originator != right.originator { return left.originator < right.originator }
    if left.originatorPort != right.originatorPort { return left.originatorPort < right.originatorPort }
    if left.responder != right.responder { return left.responder < right.responder }
    return left.responderPort < right.responderPort
  }
}
