import Model
import Privacy
import Store

/// Columns of `flows.csv` in their order.
enum FlowColumn: String, CaseIterable {
  case startBucket = "start_bucket"
  case timeZone = "time_zone"
  case group
  case deviceToken = "device_token"
  case dstName = "dst_name"
  case dstIP = "dst_ip"
  case proto
  case dstPort = "dst_port"
  case outcome
  case opensFlow = "opens_flow"
  case isRetry = "is_retry"
  case bytesUp = "bytes_up"
  case bytesDown = "bytes_down"
  case packetsUp = "packets_up"
  case packetsDown = "packets_down"
  case durationS = "duration_s"
  case purposeClass = "purpose_class"
  case tlsVersion = "tls_version"
  case alpn
  case ech
  case nameMethod = "name_method"
  case nameClass = "name_class"
  case matchedBy = "matched_by"
  case isContradicted = "is_contradicted"
  case dnsAgeS = "dns_age_s"
  case complete
  case missedBytes = "missed_bytes"
  case directionInferred = "direction_inferred"
  case sensor
  case interface
  case findingID = "finding_id"
  case flowID = "flow_id"
  case ruleID = "rule_id"
  case rulesetHash = "ruleset_hash"
  case phase
  case sampleRef = "sample_ref"
}

/// `flows.csv`: one row for each stored flow record; by hour, and within one in the order of names that tell nothing.
struct FlowsTable {
  let period: AuditPeriod
  let tokens: ExportTokens

  private var cache: [AuditPeriod.FindingKey: String] = [:]

  init(period: AuditPeriod, tokens: ExportTokens) {
    self.period = period
    self.tokens = tokens
  }

  /// Rows in their order. The chain's own order would show which flow ended before which.
  func sorted(_ flows: [FlowEvidence]) -> [FlowEvidence] {
    flows.map { (hour: period.reporting.toldHour($0.flow.hour), name: tokens.flow(chainHash: $0.chainHash), flow: $0) }
      .sorted { ($0.hour, $0.name) < ($1.hour, $1.name) }.map(\.flow)
  }

  /// On a day with few devices, the token would show what each of them did for the rest of the period.
  private func token(_ flow: PseudonymousFlow) -> Cell {
    guard !period.groups.isSiteTooSmall, !period.reporting.isHeldBack(flow.hour) else { return .unknown }
    return .text(tokens.token(for: flow.device, week: period.clock.date(of: flow.hour).week))
  }

  mutating func cells(_ evidence: FlowEvidence) throws -> [Cell] {
    let key = try period.findingKey(of: evidence)
    let finding = cache[key] ?? period.identifier(of: key)
    cache[key] = finding
    return FlowColumn.allCases.map { cell($0, evidence, key: key, finding: finding) }
  }

  private func cell(
    _ column: FlowColumn, _ evidence: FlowEvidence, key: AuditPeriod.FindingKey, finding: String
  ) -> Cell {
    let flow = evidence.flow
    switch column {
    case .flowID: return .text(tokens.flow(chainHash: evidence.chainHash))
    case .sensor: return .text(evidence.sensor)
    case .interface: return .text(evidence.interface)
    case .startBucket: return .instant(period.reporting.toldHour(flow.hour))
    case .timeZone: return .text(period.settings.timeZone)
    case .durationS: return .integer(UInt64(flow.durationClass))
    case .deviceToken: return token(flow)
    case .group: return .word(.group, key.group)
    // No packet went to where a refused name would have led.
    case .proto: return flow.outcome == .dnsBlocked ? .notApplicable : .text(flow.transport.description)
    case .dstPort:
      let hasPort = flow.outcome != .dnsBlocked && (flow.transport == .tcp || flow.transport == .udp)
      return hasPort ? .integer(UInt64(flow.destinationPort)) : .notApplicable
    case .dstIP: return flow.destinationAddress.map(Cell.address) ?? .notApplicable
    case .dstName: return flow.destinationName.map(Cell.wire) ?? .unknown
    case .nameMethod: return .word(.nameMethod, flow.nameMethod.rawValue)
    case .nameClass: return .word(.namingClass, flow.namingClass.rawValue)
    case .matchedBy: return flow.matchedBy.map { .word(.matchBasis, $0.rawValue) } ?? .unknown
    case .isContradicted: return flow.isContradicted.map(Cell.yesNo) ?? .unknown
    case .dnsAgeS: return flow.dnsAge.map(Cell.signed) ?? .notApplicable
    case .ech: return .word(.ech, flow.ech.rawValue)
    case .tlsVersion: return .word(.encryption, flow.encryption.rawValue)
    case .alpn: return flow.applicationProtocol.map(Cell.wire) ?? .unknown
    case .bytesUp: return .integer(flow.traffic.bytesUp)
    case .bytesDown: return .integer(flow.traffic.bytesDown)
    case .packetsUp: return .integer(flow.traffic.packetsUp)
    case .packetsDown: return .integer(flow.traffic.packetsDown)
    case .missedBytes: return .integer(flow.traffic.missedBytes)
    case .complete: return .word(.completeness, flow.completeness.rawValue)
    case .outcome: return .word(.outcome, flow.outcome.rawValue)
    case .opensFlow: return .yesNo(flow.opensFlow)
    case .isRetry: return .yesNo(flow.isRetry)
    case .directionInferred: return .yesNo(flow.originatorInferred)
    case .ruleID: return .text(flow.ruleID)
    case .purposeClass: return .word(.purpose, key.service.purpose.rawValue)
    case .rulesetHash: return .text(evidence.ruleSetHash)
    case .phase, .sampleRef: return .none
    case .findingID: return .text(finding)
    }
  }
}
