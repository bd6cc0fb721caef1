import Cryptography
import Model
import Privacy
import Store

/// Columns of `flows.csv` in their order.
enum FlowColumn: String, CaseIterable {
  case flowID = "flow_id"
  case chainSeq = "chain_seq"
  case chainHash = "chain_hash"
  case sensor
  case interface
  case startBucket = "start_bucket"
  case durationS = "duration_s"
  case deviceToken = "device_token"
  case group
  case proto
  case dstPort = "dst_port"
  case dstIP = "dst_ip"
  case dstName = "dst_name"
  case nameMethod = "name_method"
  case nameClass = "name_class"
  case dnsAgeS = "dns_age_s"
  case ech
  case tlsVersion = "tls_version"
  case alpn
  case bytesUp = "bytes_up"
  case bytesDown = "bytes_down"
  case packetsUp = "packets_up"
  case packetsDown = "packets_down"
  case missedBytes = "missed_bytes"
  case complete
  case outcome
  case directionInferred = "direction_inferred"
  case ruleID = "rule_id"
  case purposeClass = "purpose_class"
  case rulesetHash = "ruleset_hash"
  case phase
  case sampleRef = "sample_ref"
  case findingID = "finding_id"
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
    case .durationS: return .integer(UInt64(flow.durationClass))
    case .deviceToken: return period.groups.isSiteTooSmall ? .unknown : .text(token(flow.device))
    case .group: return .word(.group, key.group)
    case .proto: return .text(flow.transport.description)
    case .dstPort: return .integer(UInt64(flow.destinationPort))
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
    case .directionInferred: return .yesNo(flow.originatorInferred)
    case .ruleID: return .text(flow.ruleID)
    case .purposeClass: return .word(.purpose, key.service.purpose.rawValue)
    case .rulesetHash: return .text(evidence.ruleSetHash)
    case .phase, .sampleRef: return .none
    case .findingID: return .text(finding)
    }
  }
}
