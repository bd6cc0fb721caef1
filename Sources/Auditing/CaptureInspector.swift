import Capture
import FlowTracking
import Matching
public import Model

/// Inspects capture files for people who own them: names and flows in clear, without storing anything.
public struct CaptureInspector {
  /// Most rows of a table. Rows are sorted and distinct, so all must be in memory: some 200 bytes each.
  public static let rowLimit = 250_000

  /// What is collected in addition to anomalies.
  public struct Contents: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let names = Contents(rawValue: 1 << 0)
    public static let flows = Contents(rawValue: 1 << 1)
  }

  public struct Result {
    /// Distinct, sorted; empty if not asked for.
    public var names: InspectedNames
    /// One per 5-tuple and network, sorted; records of one 5-tuple are added up. Empty if not asked for.
    public var flows: [InspectedFlow]
    public var anomalies: [Anomaly: UInt64]
    public var packets: UInt64
    /// Sightings of names, and records of flows, for which there was no row left.
    public var leftOut: (names: UInt64, flows: UInt64) = (0, 0)
    /// Files that could not be read, or not to their end.
    public var problems: [CaptureError]
    /// Notes for people about captures that were read to their end.
    public var notes: [CaptureError]
  }

  public static func inspect(
    _ paths: [String], for contents: Contents = [.names, .flows], settings: TrackerSettings = TrackerSettings(),
    knownServices: KnownServices = KnownServices(), rowLimit: Int = CaptureInspector.rowLimit,
    progress: (Double) -> Void = { _ in }
  ) -> Result {
    var settings = settings
    settings.knownServices = knownServices
    // Even if only flows are shown, since it decides which messages are read, and so which anomalies are counted.
    settings.collectsSightings = true
    var tracker = FlowTracker(settings: settings)
    var files = CaptureFiles(paths: paths)
    var names = InspectedNames()
    var flows = InspectedFlows()
    var anomalies: [Anomaly: UInt64] = [:]
    var leftOut: (names: UInt64, flows: UInt64) = (0, 0)
    let total = Double(max(files.totalBytes, 1))

    func drain(_ tracker: inout FlowTracker) {
      for hour in tracker.takeCoverage() { anomalies.merge(hour.anomalies, uniquingKeysWith: +) }
      let sightings = tracker.takeSightings()
      if contents.contains(.names) {
        for sighting in sightings where !names.add(sighting, limit: rowLimit) { leftOut.names += 1 }
      }
      let records = tracker.takeRecords()
      if contents.contains(.flows) {
        for record in records where !flows.add(record, limit: rowLimit) { leftOut.flows += 1 }
      }
    }
    files.forEachFrame(
      progress: {
        progress(min(Double($0) / total, 1))
        return true
      }, repeated: { tracker.noteRepeated(at: $0) }
    ) { frame in
      tracker.process(frame.bytes, originalLength: frame.originalLength, at: frame.timestamp, linkType: frame.linkType)
      let waiting = tracker.waiting
      if waiting.records >= RecordBatch.size || waiting.sightings >= RecordBatch.size { drain(&tracker) }
    }
    while !tracker.finish(atMost: RecordBatch.size) { drain(&tracker) }
    drain(&tracker)
    let packets = tracker.framesSeen
    names.sort()
    return Result(
      names: names, flows: flows.sorted(), anomalies: anomalies, packets: packets, leftOut: leftOut,
      problems: files.problems, notes: files.notes)
  }
}

/// Flows by their 5-tuple, regardless of which side began.
private struct InspectedFlows {
  private struct Identity: Hashable {
    var originator: IPAddress
    var responder: IPAddress
    var ports: UInt32
    var transport: TransportProtocol
  }

  private var places: [Identity: Int] = [:]
  private var rows: [InspectedFlow] = []
  /// Stores each name once.
  private var names = KnownTexts()

  /// Adds a record of TCP or UDP; others, and blocked names, which have no 5-tuple, are ignored.
  ///
  /// - Returns: false if it would need a row beyond `limit`.
  mutating func add(_ record: FlowRecord, limit: Int) -> Bool {
    guard record.transport == .tcp || record.transport == .udp,
      record.traffic.packetsUp + record.traffic.packetsDown > 0
    else { return true }
    let identity = Identity(
      originator: record.originator, responder: record.responder,
      ports: UInt32(record.originatorPort) << 16 | UInt32(record.responderPort), transport: record.transport)
    // The same ports with the sides exchanged, because the other side opened the flow or was inferred: still one
    // 5-tuple.
    let reversed = Identity(
      originator: record.responder, responder: record.originator,
      ports: UInt32(record.responderPort) << 16 | UInt32(record.originatorPort), transport: record.transport)
    let place: Int
    if let known = places[identity] {
      place = known
      rows[place].add(record, isReversed: false)
    } else if let known = places[reversed] {
      place = known
      rows[place].add(record, isReversed: true)
    } else if rows.count < limit {
      place = rows.count
      places[identity] = place
      rows.append(InspectedFlow(record))
    } else {
      return false
    }
    if !rows[place].name.isEmpty {
      let number = names.number(of: rows[place].name)
      rows[place].name = names[number]
    }
    return true
  }

  consuming func sorted() -> [InspectedFlow] {
    places = [:]
    rows.sort { left, right in
      if left.transport != right.transport { return left.transport < right.transport }
      if left.originator != right.originator { return left.originator < right.originator }
      if left.originatorPort != right.originatorPort { return left.originatorPort < right.originatorPort }
      if left.responder != right.responder { return left.responder < right.responder }
      return left.responderPort < right.responderPort
    }
    return rows
  }
}
