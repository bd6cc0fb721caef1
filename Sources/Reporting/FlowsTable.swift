import Cryptography
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
  case dnsAgeS = "dns_age_s"
  case complete
  case missedBytes = "missed_bytes"
  case directionInferred = "direction_inferred"
  case sensor
  case interface
  case findingID = "finding_id"
  case flowID = "flow_id"
  case chainSeq = "chain_seq"
  case chainHash = "chain_hash"
  case ruleID = "rule_id"
  case rulesetHash = "ruleset_hash"
  case phase
  case sampleRef = "sample_ref"
}

/// `flows.csv`: one row for each stored flow record, in chain order.
struct FlowsTable {
  let period: AuditPeriod
  /// Name of a device in this export.
  let token: (DevicePseudonym) -> String

  private var cache: [AuditPeriod.FindingKey: String] = [:]

  init(period: AuditPeriod, token: @escaping (DevicePseudonym) -> String) {
    self.period = period
    self.token = token
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
    case .flowID: return .text("L-" + hexadecimal(evidence.chainHash.prefix(6)))
    case .chainSeq: return .signed(evidence.chainSequence)
    case .chainHash: return .text("sha256:" + hexadecimal(evidence.chainHash))
    case .sensor: return .text(evidence.sensor)
    case .interface: return .text(evidence.interface)
    case .startBucket: return .instant(flow.hour)
    case .timeZone: return .text(period.settings.timeZone)
    case .durationS: return .integer(UInt64(flow.durationClass))
    case .deviceToken: return period.groups.isSiteTooSmall ? .unknown : .text(token(flow.device))
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
