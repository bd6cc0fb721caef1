import Model
import Store

/// A limit of the gate that was missed: the figure, and the limit beside it.
enum GateFailure: Sendable, Equatable {
  /// Shares in hundredths of a per cent, rounded towards the miss so that figure and limit never look alike.
  case loss(Int, limit: Int)
  /// Flows that were given up or not read to their end since memory or the second's allowance was used up: a flood hides what it is beside.
  case givenUp(Int, limit: Int)
  case gap(Int, limit: Int)
  case canaries(Int, limit: Int)
  case named(Int, limit: Int)
  /// Days; nil where the rule set's date is not known.
  case ruleAge(Int?, limit: Int)
  case deviceDays(Int, limit: Int)
  /// The whole site has fewer devices than may be shown.
  case tooFewDevices(limit: Int)
  /// Audits that were broken off, still go on, or could not read all that was named.
  case unfinished(Int)
  /// Packets that were seen in two VLANs or tunnels, and count in both.
  case seenTwice(Int, limit: Int)
}

/// What was seen and lost in some hours, added up for the gate.
struct CoverageTotals: Sendable, Equatable {
  var packetsSeen: UInt64 = 0
  var packetsDropped: UInt64 = 0
  var tcpBytes: UInt64 = 0
  var tcpMissedBytes: UInt64 = 0
  var flows: UInt64 = 0
  var recordsLost: UInt64 = 0
  var flowsEvicted: UInt64 = 0
  var anomalies: UInt64 = 0
  /// Flows evicted, beginnings of streams given up, and what was not looked at.
  var givenUp: UInt64 = 0
  var bytesByClass: [NamingClass: UInt64] = [:]
  var canaries = CanaryCounts(expected: 0, seen: 0)
  var gapSeconds: UInt64 = 0
  var seconds: UInt64 = 0
  /// Days between the oldest rule set's date and the end of the period, below 0 for a younger one.
  var ruleAgeDays: Int?
  /// Packets that two flows count.
  var packetsSeenTwice: UInt64 = 0
  /// Unfinished audits that may lack something of these hours.
  var unfinishedAudits = 0

  /// A row of one sensor and hour.
  ///
  /// - Parameter canaries: of all rows of the hour; nil where it has no other.
  init(_ hour: CoverageHour, canaries: CanaryCounts? = nil, ruleAgeDays: Int?) {
    add(hour)
    self.canaries = canaries ?? CanaryCounts(expected: hour.canariesExpected, seen: hour.canariesSeen)
    gapSeconds = min(hour.gapSeconds, 3600)
    seconds = 3600
    self.ruleAgeDays = ruleAgeDays
  }

  /// A period: an hour without any sensor's row is a gap; where several sensors have rows, the longest gap counts. One sensor
  /// has several rows in an hour where rules or program changed; their gaps add up.
  init(_ rows: [SensorHour], period: Range<Hour>, ruleAgeDays: Int?) {
    var sensorGaps: [Hour: [String: UInt64]] = [:]
    for row in rows {
      add(row.coverage)
      sensorGaps[row.coverage.hour, default: [:]][row.sensor, default: 0] += min(row.coverage.gapSeconds, 3600)
    }
    canaries = CanaryCounts(rows)
    let gaps = sensorGaps.mapValues { min($0.values.max() ?? 0, 3600) }
    let hours = UInt64(period.upperBound.sinceEpoch - period.lowerBound.sinceEpoch)
    seconds = hours * 3600
    gapSeconds = gaps.values.reduce(0, +) + (hours - UInt64(gaps.count)) * 3600
    self.ruleAgeDays = ruleAgeDays
  }

  private mutating func add(_ hour: CoverageHour) {
    packetsSeen.addSaturating(hour.packetsSeen)
    packetsDropped.addSaturating(hour.packetsDroppedKernel)
    tcpBytes.addSaturating(hour.tcpBytes)
    tcpMissedBytes.addSaturating(hour.tcpMissedBytes)
    flows.addSaturating(hour.outboundFlows)
    recordsLost.addSaturating(hour.recordsLost)
    flowsEvicted.addSaturating(hour.flowsEvicted)
    anomalies.addSaturating(hour.anomalies.values.saturatingSum)
    givenUp.addSaturating(hour.flowsEvicted)
    packetsSeenTwice.addSaturating(hour.anomalies[.frameInTwoNetworks] ?? 0)
    for kind in Anomaly.hiding { givenUp.addSaturating(hour.anomalies[kind] ?? 0) }
    bytesByClass.merge(hour.bytesOutByClass, uniquingKeysWith: UInt64.saturatingSum)
  }

  var bytesOut: UInt64 { bytesByClass.values.saturatingSum }

  var bytesNamed: UInt64 {
    [NamingClass.a, .b, .c].compactMap { bytesByClass[$0] }.saturatingSum
  }

  /// The largest of three shares: packets dropped, TCP bytes missed, flow records lost; nil where nothing was captured at all.
  var loss: (part: UInt64, whole: UInt64)? {
    [
      (packetsDropped, .saturatingSum(packetsSeen, packetsDropped)),
      (tcpMissedBytes, .saturatingSum(tcpBytes, tcpMissedBytes)), (recordsLost, .saturatingSum(flows, recordsLost)),
    ]
    .filter { $0.1 > 0 }
    .max { Double($0.0) / Double($0.1) < Double($1.0) / Double($1.1) }
  }
}

extension Anomaly {
  /// Of what a flood leaves behind: kinds that may have hidden a destination. What was forgotten of DNS and of connections shows as bytes
  /// without a name, which the gate looks at anyway.
  fileprivate static let hiding: [Anomaly] = [
    .beginningEvicted, .innerFlowNotTracked, .quicInitialNotTried, .messageNotRead, .ipFragmentsEvicted,
  ]
}

/// The gate before any rating: coverage that misses one limit makes the period not assessable.
struct CoverageGate: Sendable {
  let limits: GateLimits

  func failures(_ totals: CoverageTotals) -> [GateFailure] {
    var failures: [GateFailure] = []
    if totals.unfinishedAudits > 0 { failures.append(.unfinished(totals.unfinishedAudits)) }
    if let miss = above(totals.packetsSeenTwice, max(totals.packetsSeen, totals.packetsSeenTwice), limits.maximumLoss) {
      failures.append(.seenTwice(miss, limit: hundredths(limits.maximumLoss)))
    }
    if let loss = totals.loss, let miss = above(loss.part, loss.whole, limits.maximumLoss) {
      failures.append(.loss(miss, limit: hundredths(limits.maximumLoss)))
    }
    if let miss = above(
      totals.givenUp, .saturatingSum(totals.flows, totals.givenUp), limits.maximumLoss)
    {
      failures.append(.givenUp(miss, limit: hundredths(limits.maximumLoss)))
    }
    if let miss = above(totals.gapSeconds, totals.seconds, limits.maximumGap) {
      failures.append(.gap(miss, limit: hundredths(limits.maximumGap)))
    }
    if let miss = below(totals.canaries.seen, totals.canaries.expected, limits.minimumCanaries) {
      failures.append(.canaries(miss, limit: hundredths(limits.minimumCanaries)))
    }
    if let miss = below(totals.bytesNamed, totals.bytesOut, limits.minimumNamed) {
      failures.append(.named(miss, limit: hundredths(limits.minimumNamed)))
    }
    if totals.ruleAgeDays.map({ $0 > limits.maximumRuleAgeDays }) ?? true {
      failures.append(.ruleAge(totals.ruleAgeDays, limit: limits.maximumRuleAgeDays))
    }
    return failures
  }

  /// `group`: whose rows are rated. A site too small to show devices shows no device-days either.
  func failures(_ totals: CoverageTotals, group: ReportedGroups.Group, isSiteTooSmall: Bool, groupMinimum: Int)
    -> [GateFailure]
  {
    var failures = failures(totals)
    if isSiteTooSmall {
      failures.append(.tooFewDevices(limit: groupMinimum))
    } else if group.deviceDays < limits.minimumDeviceDays {
      failures.append(.deviceDays(group.deviceDays, limit: limits.minimumDeviceDays))
    }
    return failures
  }

  private func above(_ part: UInt64, _ whole: UInt64, _ limit: Double) -> Int? {
    guard whole > 0, Double(part) / Double(whole) > limit else { return nil }
    let (quotient, remainder) = tenThousandths(part, whole)
    return quotient + (remainder ? 1 : 0)
  }

  private func below(_ part: UInt64, _ whole: UInt64, _ limit: Double) -> Int? {
    guard whole > 0, Double(part) / Double(whole) < limit else { return nil }
    return tenThousandths(part, whole).quotient
  }

  /// `part` is at most `whole`.
  private func tenThousandths(_ part: UInt64, _ whole: UInt64) -> (quotient: Int, hasRemainder: Bool) {
    let (quotient, remainder) = whole.dividingFullWidth(part.multipliedFullWidth(by: 10_000))
    return (Int(quotient), remainder > 0)
  }

  private func hundredths(_ share: Double) -> Int { Int((share * 10_000).rounded()) }
}
