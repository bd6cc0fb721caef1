import Model

/// What a tracker hands over, and what it counts in the hour under way.
struct TrackerOutput {
  /// Finished records and those cut at an hour, in the order in which they ended.
  var records: [FlowRecord] = []
  var sightings: [NameSighting] = []
  /// Finished hours of packet counts.
  var coverage: [CoverageHour] = []
  var namesSeen: UInt64 = 0
  var flowsSeen: UInt64 = 0

  /// Frames of the hour, those of excluded devices apart.
  var frames: UInt64 = 0
  var framesCapturedShort: UInt64 = 0
  var tcpBytes: UInt64 = 0
  var flowsEvicted: UInt64 = 0
  private var anomalies: [Anomaly: UInt64] = [:]

  mutating func count(_ anomaly: Anomaly, _ number: UInt64 = 1) {
    if number > 0 { anomalies[anomaly, default: 0] += number }
  }

  /// The number of a flow that begins.
  mutating func takeFlowNumber() -> UInt64 {
    defer { flowsSeen &+= 1 }
    return flowsSeen
  }

  /// Ends an hour: its counts go to `coverage`, unless there are none, and those of the next begin at zero.
  mutating func finishHour(_ hour: Hour, namesResolved: UInt64, namesContacted: UInt64) {
    guard frames > 0 || flowsEvicted > 0 || !anomalies.isEmpty || namesResolved > 0 || namesContacted > 0 else {
      return
    }
    var finished = CoverageHour(hour: hour)
    finished.packetsSeen = frames
    finished.tcpBytes = tcpBytes
    finished.flowsEvicted = flowsEvicted
    finished.anomalies = anomalies
    finished.sight?.framesCapturedShort = framesCapturedShort
    finished.sight?.namesResolved = namesResolved
    finished.sight?.namesContacted = namesContacted
    coverage.append(finished)
    frames = 0
    framesCapturedShort = 0
    tcpBytes = 0
    flowsEvicted = 0
    anomalies = [:]
  }
}
