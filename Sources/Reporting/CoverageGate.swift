import Model
import Store

/// A limit of the gate that was missed: the figure, and the limit beside it.
enum GateFailure: Sendable, Equatable {
  /// Shares in hundredths of a per cent, rounded towards the miss so that figure and limit never look alike.
  case loss(Int, limit: Int)
  /// Flows that were evicted, or not read to their end, because memory or the work allowed for a second was used up: a
  /// flood can hide other traffic.
  case givenUp(Int, limit: Int)
  case gap(Int, limit: Int)
  case canaries(Int, limit: Int)
  case named(Int, limit: Int)
  /// Days; nil if the rule set's date is not known.
  case ruleAge(Int?, limit: Int)
  case deviceDays(Int, limit: Int)
  /// The whole site has fewer devices than may be shown.
  case tooFewDevices(limit: Int)
  /// Audits that were broken off, still go on, or could not read all that was named.
  case unfinished(Int)
  /// Packets that were seen in two VLANs or tunnels, and count in both.
  case seenTwice(Int, limit: Int)
  /// Flows, or bytes, whose true destination cannot be seen: the larger share.
  case unexaminable(Int, limit: Int)
  /// Established flows of which one direction only was seen.
  case oneSided(Int, limit: Int)
  /// Names resolved and then contacted.
  case neverContacted(Int, limit: Int)
  /// Names were resolved, but nothing went to TCP port 443.
  case portMissing
  /// Frames captured short.
  case capturedShort(Int, limit: Int)
  /// Hours in which the sensor's clock was not synchronised.
  case clock(Int, limit: Int)
  /// No outbound flow at all.
  case nothingSeen
}

extension GateFailure {
  fileprivate func isSameLimit(as other: GateFailure) -> Bool {
    switch (self, other) {
    case (.loss, .loss), (.givenUp, .givenUp), (.named, .named), (.seenTwice, .seenTwice),
      (.unexaminable, .unexaminable), (.oneSided, .oneSided), (.neverContacted, .neverContacted),
      (.capturedShort, .capturedShort):
      true
    default: self == other
    }
  }
}

/// What was seen and lost in some hours, summed for the gate.
struct CoverageTotals: Sendable, Equatable {
  var packetsSeen: UInt64 = 0
  var packetsDropped: UInt64 = 0
  var tcpBytes: UInt64 = 0
  var tcpMissedBytes: UInt64 = 0
  var flows: UInt64 = 0
  var recordsLost: UInt64 = 0
  var flowsEvicted: UInt64 = 0
  /// Without those that hid nothing.
  var anomalies: UInt64 = 0
  /// Flows that count in the sums, but of which no single row was stored.
  var evidenceNotKept: UInt64 = 0
  /// Flows evicted, beginnings of streams given up, and packets that were not examined.
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
  var sight = CoverageSight()
  /// Hours of one sensor and one rule set that an older version measured in part: its coverage figures are unknown,
  /// except for hidden flows.
  var unmeasuredHours: UInt64 = 0
  var clockHours: UInt64 = 0
  /// Hours of which no clock is known.
  var clockUnknownHours: UInt64 = 0
  /// The same without the traffic of days with too few devices, which no printed figure may contain; empty if there are
  /// none.
  private(set) var withoutHeldBack: [CoverageTotals] = []

  /// The totals of one sensor and hour.
  ///
  /// - Parameter canaries: of all rows of the hour; nil if it has only this one.
  init(_ hour: CoverageHour, canaries: CanaryCounts? = nil, ruleAgeDays: Int?) {
    add(hour)
    self.canaries = canaries ?? CanaryCounts(expected: hour.canariesExpected, seen: hour.canariesSeen)
    gapSeconds = min(hour.gapSeconds, 3600)
    seconds = 3600
    if hour.clock == .notSynchronised { clockHours = 1 }
    self.ruleAgeDays = ruleAgeDays
  }

  /// The totals of a period: an hour without any sensor's row is a gap; if several sensors have rows, the longest gap
  /// counts. One sensor has several rows in an hour in which rules or program changed; their gaps add up.
  init(_ rows: [SensorHour], period: Range<Hour>, ruleAgeDays: Int?) {
    self.init(rows, window: .stored(period), ruleAgeDays: ruleAgeDays)
  }

  /// The same of hours that need not follow each other: only their gaps count.
  init(_ rows: [SensorHour], window: ObservationWindow, ruleAgeDays: Int?) {
    var wrongClocks: Set<Hour> = []
    var unknownClocks: Set<Hour> = []
    var sensorGaps: [Hour: [String: UInt64]] = [:]
    for row in rows {
      add(row.coverage)
      if row.coverage.clock == .notSynchronised { wrongClocks.insert(row.coverage.hour) }
      if row.coverage.clock == .unknown, !row.isMissing { unknownClocks.insert(row.coverage.hour) }
      guard window.contains(row.coverage.hour) else { continue }
      sensorGaps[row.coverage.hour, default: [:]][row.sensor, default: 0] += min(row.coverage.gapSeconds, 3600)
    }
    canaries = CanaryCounts(rows)
    let gaps = sensorGaps.mapValues { min($0.values.max() ?? 0, 3600) }
    let hours = window.count
    (clockHours, clockUnknownHours) = (UInt64(wrongClocks.count), UInt64(unknownClocks.count))
    seconds = hours * 3600
    gapSeconds = gaps.values.reduce(0, +) + (hours - UInt64(gaps.count)) * 3600
    self.ruleAgeDays = ruleAgeDays
  }

  /// The part of it that may be printed.
  var shown: CoverageTotals { withoutHeldBack.first ?? self }

  /// `totals`: of the hours whose traffic may be printed. Figures that do not depend on the traffic are printed for all
  /// hours.
  mutating func show(_ totals: CoverageTotals) {
    var shown = totals
    (shown.canaries, shown.gapSeconds, shown.seconds) = (canaries, gapSeconds, seconds)
    (shown.clockHours, shown.clockUnknownHours) = (clockHours, clockUnknownHours)
    (shown.ruleAgeDays, shown.unfinishedAudits) = (ruleAgeDays, unfinishedAudits)
    withoutHeldBack = [shown]
  }

  private mutating func add(_ hour: CoverageHour) {
    packetsSeen.addSaturating(hour.packetsSeen)
    packetsDropped.addSaturating(hour.packetsDroppedKernel)
    tcpBytes.addSaturating(hour.tcpBytes)
    tcpMissedBytes.addSaturating(hour.tcpMissedBytes)
    flows.addSaturating(hour.outboundFlows)
    recordsLost.addSaturating(hour.recordsLost)
    flowsEvicted.addSaturating(hour.flowsEvicted)
    let withoutRow = hour.anomalies[.evidenceNotKept] ?? 0
    evidenceNotKept.addSaturating(withoutRow)
    anomalies.addSaturating(hour.anomalies.values.saturatingSum - withoutRow)
    givenUp.addSaturating(hour.flowsEvicted)
    packetsSeenTwice.addSaturating(hour.anomalies[.frameInTwoNetworks] ?? 0)
    for kind in Anomaly.hiding { givenUp.addSaturating(hour.anomalies[kind] ?? 0) }
    bytesByClass.merge(hour.bytesOutByClass, uniquingKeysWith: UInt64.saturatingSum)
    if let measured = hour.sight {
      sight = sight + measured
    } else {
      unmeasuredHours += 1
      sight.unexaminableFlows.addSaturating(min(.saturatingSum(hour.vpnFlows, hour.dohFlows), hour.outboundFlows))
      sight.unexaminableBytes.addSaturating(hour.bytesOutByClass[.e] ?? 0)
    }
  }

  var bytesOut: UInt64 { bytesByClass.values.saturatingSum }

  var bytesNamed: UInt64 {
    [NamingClass.a, .b, .c].compactMap { bytesByClass[$0] }.saturatingSum
  }

  /// The largest of three shares: packets dropped, TCP bytes missed, flow records lost; nil if nothing was captured at
  /// all.
  var loss: (part: UInt64, whole: UInt64)? {
    [
      (packetsDropped, .saturatingSum(packetsSeen, packetsDropped)),
      (tcpMissedBytes, .saturatingSum(tcpBytes, tcpMissedBytes)), (recordsLost, .saturatingSum(flows, recordsLost)),
    ]
    .filter { $0.1 > 0 }
    .max { Double($0.0) / Double($0.1) < Double($1.0) / Double($1.1) }
  }
}

extension CoverageTotals {
  /// The larger of two shares: flows, bytes; nil if there are none.
  var unexaminable: Share? {
    Share.larger(
      Share(min(sight.unexaminableFlows, flows), of: flows),
      Share(min(sight.unexaminableBytes, bytesOut), of: bytesOut))
  }
}

/// A part of a whole, at most the whole.
struct Share: Sendable {
  let part: UInt64
  let whole: UInt64

  /// Nil of nothing.
  init?(_ part: UInt64, of whole: UInt64) {
    guard whole > 0 else { return nil }
    self.part = min(part, whole)
    self.whole = whole
  }

  var value: Double { Double(part) / Double(whole) }

  static func larger(_ left: Share?, _ right: Share?) -> Share? {
    guard let left, let right else { return left ?? right }
    return left.value < right.value ? right : left
  }
}

extension Anomaly {
  /// Of the anomalies that a flood causes: kinds that may have hidden a destination. Evicted DNS answers and
  /// connections show as bytes without a name, which the gate judges anyway.
  fileprivate static let hiding: [Anomaly] = [
    .beginningEvicted, .innerFlowNotTracked, .quicInitialNotTried, .messageNotRead, .ipFragmentsEvicted,
  ]
}

/// The gate before any rating: a period whose coverage misses one limit is not assessable.
struct CoverageGate: Sendable {
  let limits: GateLimits

  /// All hours decide which limits are missed. The figures are those of the printable hours if these miss the limit
  /// too.
  func failures(_ totals: CoverageTotals) -> [GateFailure] {
    guard let shown = totals.withoutHeldBack.first else { return limitsMissed(totals) }
    let printed = limitsMissed(shown)
    return limitsMissed(totals).map { failure in printed.first { $0.isSameLimit(as: failure) } ?? failure }
  }

  private func limitsMissed(_ totals: CoverageTotals) -> [GateFailure] {
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
    if let share = totals.unexaminable, let miss = above(share.part, share.whole, limits.maximumUnexaminable) {
      failures.append(.unexaminable(miss, limit: hundredths(limits.maximumUnexaminable)))
    }
    failures += sightFailures(totals)
    if let miss = above(min(totals.clockHours * 3600, totals.seconds), totals.seconds, limits.maximumGap) {
      failures.append(.clock(miss, limit: hundredths(limits.maximumGap)))
    }
    if totals.ruleAgeDays.map({ $0 > limits.maximumRuleAgeDays }) ?? true {
      failures.append(.ruleAge(totals.ruleAgeDays, limit: limits.maximumRuleAgeDays))
    }
    return failures
  }

  /// Fewer names than this do not show how names are resolved.
  private static let fewestNames: UInt64 = 10
  private static let fewestIdleNames: UInt64 = 5

  /// Limits for signs that the capture is less complete than it seems.
  private func sightFailures(_ totals: CoverageTotals) -> [GateFailure] {
    let sight = totals.sight
    var failures: [GateFailure] = []
    let established = UInt64.saturatingSum(sight.oneSidedFlows, sight.twoSidedFlows)
    if let miss = above(sight.oneSidedFlows, established, limits.maximumOneSided) {
      failures.append(.oneSided(miss, limit: hundredths(limits.maximumOneSided)))
    }
    let contacted = min(sight.namesContacted, sight.namesResolved)
    if sight.namesResolved >= CoverageGate.fewestNames,
      let miss = below(contacted, sight.namesResolved, limits.minimumContacted)
    {
      failures.append(.neverContacted(miss, limit: hundredths(limits.minimumContacted)))
    }
    if sight.webFlows == 0, sight.namesResolved - contacted >= CoverageGate.fewestIdleNames {
      failures.append(.portMissing)
    }
    let packets = max(totals.packetsSeen, sight.framesCapturedShort)
    if let miss = above(sight.framesCapturedShort, packets, limits.maximumLoss) {
      failures.append(.capturedShort(miss, limit: hundredths(limits.maximumLoss)))
    }
    return failures
  }

  /// `totals`: of a period. `group`: whose rows are rated; `sums`: of its flows, nil if they were not measured. A site
  /// too small to show devices shows no device-days either.
  func failures(
    _ totals: CoverageTotals, group: ReportedGroups.Group, isSiteTooSmall: Bool, groupMinimum: Int,
    sums: GroupHour? = nil
  ) -> [GateFailure] {
    var failures = failures(totals)
    if totals.flows == 0 { failures.insert(.nothingSeen, at: 0) }
    let ofGroup = sums.flatMap {
      Share.larger(
        Share($0.unexaminableFlows, of: $0.outboundFlows), Share($0.unexaminableBytes, of: $0.bytesOut))
    }
    if let ofGroup, let miss = above(ofGroup.part, ofGroup.whole, limits.maximumUnexaminable) {
      failures.removeAll { if case .unexaminable = $0 { true } else { false } }
      failures.append(.unexaminable(miss, limit: hundredths(limits.maximumUnexaminable)))
    }
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
