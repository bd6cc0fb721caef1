import Model

/// The results of a tracker, and its counts of the current hour.
struct TrackerOutput {
  /// Records that ended with their flow or at an hour, in the order in which they ended.
  var records: [FlowRecord] = []
  var sightings: [NameSighting] = []
  /// Packet counts of finished hours.
  var coverage: [CoverageHour] = []
  var namesSeen: UInt64 = 0
  var flowsSeen: UInt64 = 0

  /// Frames of the hour, without those of excluded devices.
  var frames: UInt64 = 0
  var framesCapturedShort: UInt64 = 0
  var tcpBytes: UInt64 = 0
  var flowsEvicted: UInt64 = 0
  /// Indexed by case number: some hostile packets are counted five times, and a dictionary would cost more than reading
  /// them.
  private var anomalies = Array(repeating: UInt64(0), count: Anomaly.allCases.count)
  private var hasAnomalies = false

  mutating func count(_ anomaly: Anomaly, _ number: UInt64 = 1) {
    guard number > 0 else { return }
    anomalies[anomaly.caseNumber] += number
    hasAnomalies = true
  }

  /// The number of the next flow.
  mutating func takeFlowNumber() -> UInt64 {
    defer { flowsSeen &+= 1 }
    return flowsSeen
  }

  /// Ends an hour: adds its counts to `coverage` unless all are zero, and resets them.
  mutating func finishHour(_ hour: Hour, namesResolved: UInt64, namesContacted: UInt64) {
    guard frames > 0 || flowsEvicted > 0 || hasAnomalies || namesResolved > 0 || namesContacted > 0 else {
      return
    }
    var finished = CoverageHour(hour: hour)
    finished.packetsSeen = frames
    finished.tcpBytes = tcpBytes
    finished.flowsEvicted = flowsEvicted
    if hasAnomalies {
      for anomaly in Anomaly.allCases where anomalies[anomaly.caseNumber] > 0 {
        finished.anomalies[anomaly] = anomalies[anomaly.caseNumber]
      }
    }
    finished.sight?.framesCapturedShort = framesCapturedShort
    finished.sight?.namesResolved = namesResolved
    finished.sight?.namesContacted = namesContacted
    coverage.append(finished)
    frames = 0
    framesCapturedShort = 0
    tcpBytes = 0
    flowsEvicted = 0
    if hasAnomalies { anomalies = Array(repeating: 0, count: anomalies.count) }
    hasAnomalies = false
  }
}
