import Model
import Store

/// Columns of `coverage.csv` in their order.
package enum CoverageColumn: String, CaseIterable, Sendable {
  case hourUTC = "hour_utc"
  case sensor
  case assessable
  case whyNot = "why_not"
  case outboundFlows = "outbound_flows"
  case bytesOut = "bytes_out"
  case shareA = "share_A"
  case shareB = "share_B"
  case shareC = "share_C"
  case shareD = "share_D"
  case shareE = "share_E"
  case echShare = "ech_share"
  case dohFlows = "doh_flows"
  case vpnFlows = "vpn_flows"
  case unexaminableFlows = "unexaminable_flows"
  case unexaminableBytes = "unexaminable_bytes"
  case flowsWithoutDNS = "flows_without_dns"
  case twoSidedFlows = "two_sided_flows"
  case oneSidedFlows = "one_sided_flows"
  case webFlows = "web_flows"
  case quicFlows = "quic_flows"
  case namesResolved = "names_resolved"
  case namesContacted = "names_contacted"
  case framesCapturedShort = "frames_captured_short"
  case transitFlows = "transit_flows"
  case packetsSeen = "packets_seen"
  case packetsDroppedKernel = "packets_dropped_kernel"
  case tcpMissedBytes = "tcp_missed_bytes"
  case lossEstimate = "loss_estimate"
  case gapSeconds = "gap_seconds"
  case gapCauses = "gap_causes"
  case restarts
  case flowsEvicted = "flows_evicted"
  case recordsLost = "records_lost"
  case anomalies
  case clockSync = "clock_sync"
  case clockOffsetMs = "clock_offset_ms"
  case clockSteps = "clock_steps"
  case canariesExpected = "canaries_expected"
  case canariesSeen = "canaries_seen"
  case controls
  case captureMode = "capture_mode"
  case toolVersion = "tool_version"
  case rulesetHash = "ruleset_hash"
}

extension CoverageColumn {
  /// Volume of the traffic of an hour, by kind.
  static let traffic: Set<CoverageColumn> = [
    .packetsSeen, .tcpMissedBytes, .lossEstimate, .bytesOut, .shareA, .shareB, .shareC, .shareD, .shareE, .echShare,
    .dohFlows, .vpnFlows, .unexaminableFlows, .unexaminableBytes, .outboundFlows, .flowsWithoutDNS, .twoSidedFlows,
    .oneSidedFlows, .webFlows, .quicFlows, .namesResolved, .namesContacted, .framesCapturedShort, .transitFlows,
    .anomalies,
  ]
}

/// `coverage.csv`: one row for each sensor and hour.
struct CoverageTable {
  private let period: AuditPeriod
  private let canaries: [CanaryCounts.Key: CanaryCounts]
  /// A port that was seen in no hour of the period is missing in each, even in hours in which too few names were
  /// resolved to decide it.
  private let lacksWebPort: Bool

  init(period: AuditPeriod) {
    self.period = period
    canaries = CanaryCounts.byHour(period.coverage)
    lacksWebPort = CoverageGate(limits: period.settings.gate).failures(period.coverageTotals).contains(.portMissing)
  }

  func cells(_ row: SensorHour) -> [Cell] {
    let hour = row.coverage
    if row.isMissing { return CoverageColumn.allCases.map { missing($0, row) } }
    var totals = CoverageTotals(
      hour, canaries: canaries[CanaryCounts.Key(row)], ruleAgeDays: period.ruleAge(row.ruleSetHash, at: hour.hour))
    totals.unfinishedAudits = period.unfinishedAudits.count { $0.mayLack(in: hour.hour..<hour.hour.next) }
    var failures = CoverageGate(limits: period.settings.gate).failures(totals)
    if lacksWebPort, !failures.contains(.portMissing) { failures.append(.portMissing) }
    return CoverageColumn.allCases.map { cell($0, row, totals: totals, failures: failures) }
  }

  /// Of an hour, or a long run of hours, in which nobody captured: nothing was measured.
  private func missing(_ column: CoverageColumn, _ row: SensorHour) -> Cell {
    let hour = row.coverage
    switch column {
    case .sensor: return .text(row.sensor)
    case .hourUTC: return .instantUTC(hour.hour)
    case .captureMode: return .word(.captureMode, row.captureMode)
    case .gapSeconds: return .integer(hour.gapSeconds)
    case .gapCauses: return causes(hour)
    case .assessable: return .yesNo(false)
    case .whyNot:
      let limit = Int((period.settings.gate.maximumGap * 10_000).rounded())
      return .failures([.gap(10_000, limit: limit)])
    default: return .unknown
    }
  }

  private func causes(_ hour: CoverageHour) -> Cell {
    let causes = GapCause.allCases.compactMap { cause in
      hour.gaps[cause].map { WordCount(id: cause.rawValue, count: $0) }
    }
    return causes.isEmpty ? .none : .counts(.gapCause, causes)
  }

  private func cell(
    _ column: CoverageColumn, _ row: SensorHour, totals: CoverageTotals, failures: [GateFailure]
  ) -> Cell {
    let hour = row.coverage
    let share = { (namingClass: NamingClass) in
      Cell.decimal(hour.bytesOutByClass[namingClass] ?? 0, dividedBy: hour.bytesOut, places: 4)
    }
    // Hourly figures of so few devices would reveal what each of them did.
    if period.reporting.isHeldBack(hour.hour), CoverageColumn.traffic.contains(column) { return .unknown }
    let sight = { (count: KeyPath<CoverageSight, UInt64>) in
      hour.sight.map { Cell.integer($0[keyPath: count]) } ?? .unknown
    }
    switch column {
    case .sensor: return .text(row.sensor)
    case .hourUTC: return .instantUTC(hour.hour)
    case .packetsSeen: return .integer(hour.packetsSeen)
    // Few capture files state how many packets their recorder dropped.
    case .packetsDroppedKernel:
      return row.captureMode == "replay" && hour.dropStatements == 0 ? .unknown : .integer(hour.packetsDroppedKernel)
    case .captureMode: return .word(.captureMode, row.captureMode)
    case .tcpMissedBytes: return .integer(hour.tcpMissedBytes)
    case .lossEstimate:
      return totals.loss.map { .decimal($0.part, dividedBy: $0.whole, places: 6) } ?? .unknown
    case .gapSeconds: return .integer(hour.gapSeconds)
    case .restarts: return .integer(hour.restarts)
    case .clockSync: return .word(.clock, hour.clock.rawValue)
    case .clockOffsetMs: return hour.clockOffsetMilliseconds.map(Cell.signed) ?? .unknown
    case .bytesOut: return .integer(hour.bytesOut)
    case .shareA: return share(.a)
    case .shareB: return share(.b)
    case .shareC: return share(.c)
    case .shareD: return share(.d)
    case .shareE: return share(.e)
    case .echShare: return .decimal(hour.echFlows, dividedBy: hour.outboundFlows, places: 4)
    case .dohFlows: return .integer(hour.dohFlows)
    case .vpnFlows: return .integer(hour.vpnFlows)
    case .unexaminableFlows: return sight(\.unexaminableFlows)
    case .unexaminableBytes: return sight(\.unexaminableBytes)
    case .canariesExpected: return .integer(hour.canariesExpected)
    case .canariesSeen: return .integer(hour.canariesSeen)
    case .controls:
      let seen = ControlPath.allCases.compactMap { path -> WordCount? in
        let entries = hour.controls?.entries.filter { $0.path == path } ?? []
        return entries.isEmpty ? nil : WordCount(id: path.rawValue, count: entries.map(\.seen).max() ?? 0)
      }
      return seen.isEmpty ? .none : .counts(.controlPath, seen)
    case .rulesetHash: return .text(row.ruleSetHash)
    case .toolVersion: return .text(versionText(row.toolVersion))
    case .assessable: return .yesNo(failures.isEmpty)
    case .whyNot: return failures.isEmpty ? .none : .failures(failures)
    case .outboundFlows: return .integer(hour.outboundFlows)
    case .flowsWithoutDNS: return .integer(hour.flowsWithoutDNS)
    case .flowsEvicted: return .integer(hour.flowsEvicted)
    case .recordsLost: return .integer(hour.recordsLost)
    case .anomalies:
      let counted = Anomaly.allCases.compactMap { kind in
        hour.anomalies[kind].map { WordCount(id: kind.rawValue, count: $0) }
      }
      return counted.isEmpty ? .none : .counts(.anomaly, counted)
    case .gapCauses: return causes(hour)
    case .clockSteps: return .integer(hour.clockSteps)
    case .twoSidedFlows: return sight(\.twoSidedFlows)
    case .oneSidedFlows: return sight(\.oneSidedFlows)
    case .webFlows: return sight(\.webFlows)
    case .quicFlows: return sight(\.quicFlows)
    case .namesResolved: return sight(\.namesResolved)
    case .namesContacted: return sight(\.namesContacted)
    case .framesCapturedShort: return sight(\.framesCapturedShort)
    case .transitFlows: return hour.transitFlows.map(Cell.integer) ?? .unknown
    }
  }
}
