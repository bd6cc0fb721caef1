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

/// `flows.csv`: one row for each stored flow record; by hour, and within an hour in the order of their names, which
/// reveal nothing.
struct FlowsTable {
  /// A flow with its name and the hour under which it is reported.
  struct Row {
    let hour: Hour
    let name: String
    let evidence: FlowEvidence
  }

  /// Values that all flows of an hour share.
  private struct Time {
    let hour: Hour
    let date: LocalDate
    let toldHour: Hour
    let isHeldBack: Bool
  }

  /// Values that all flows of one rule and group share on a day.
  private struct FindingOfDay: Hashable {
    let ruleSetHash: String
    let ruleID: String
    let group: String
    let date: LocalDate
  }

  private struct DeviceWeek: Hashable {
    let device: DevicePseudonym
    let week: Int64
  }

  private struct FindingName {
    let key: AuditPeriod.FindingKey
    let id: String
  }

  let period: AuditPeriod
  let tokens: ExportTokens

  private let columns = FlowColumn.allCases
  private var findings: [FindingOfDay: FindingName] = [:]
  private var deviceTokens: [DeviceWeek: String] = [:]
  private var time: Time?

  init(period: AuditPeriod, tokens: ExportTokens) {
    self.period = period
    self.tokens = tokens
  }

  /// Rows in their order. The chain's own order would show which flow ended before which.
  mutating func sorted(_ flows: [FlowEvidence]) -> [Row] {
    let keys = flows.indices.map { index in
      (
        hour: time(of: flows[index].flow.hour).toldHour,
        name: tokens.flow(chainHash: flows[index].chainHash), index
      )
    }
    return keys.sorted { $0.hour == $1.hour ? $0.name < $1.name : $0.hour < $1.hour }
      .map { Row(hour: $0.hour, name: $0.name, evidence: flows[$0.2]) }
  }

  mutating func cells(_ row: Row) throws -> [Cell] {
    let flow = row.evidence.flow
    let time = time(of: flow.hour)
    let finding = try finding(of: row.evidence, on: time.date)
    let token = token(flow, time)
    return columns.map { cell($0, row, finding, token) }
  }

  private mutating func time(of hour: Hour) -> Time {
    if let time, time.hour == hour { return time }
    let date = period.clock.date(of: hour)
    let made = Time(
      hour: hour, date: date, toldHour: period.reporting.told(hour, of: date).hour,
      isHeldBack: period.reporting.isHeldBack(hour))
    time = made
    return made
  }

  /// On a day with few devices, the token would show what each of them did for the rest of the period.
  private mutating func token(_ flow: PseudonymousFlow, _ time: Time) -> Cell {
    guard !period.groups.isSiteTooSmall, !time.isHeldBack else { return .unknown }
    let key = DeviceWeek(device: flow.device, week: time.date.week)
    let token = deviceTokens[key] ?? tokens.token(for: key.device, week: key.week)
    deviceTokens[key] = token
    return .text(token)
  }

  private mutating func finding(of evidence: FlowEvidence, on date: LocalDate) throws -> FindingName {
    let flow = evidence.flow
    let day = FindingOfDay(
      ruleSetHash: evidence.ruleSetHash, ruleID: flow.ruleID, group: flow.group, date: date)
    if let known = findings[day] { return known }
    let key = try period.findingKey(of: evidence)
    let name = FindingName(key: key, id: period.identifier(of: key))
    findings[day] = name
    return name
  }

  private func cell(_ column: FlowColumn, _ row: Row, _ finding: FindingName, _ token: Cell) -> Cell {
    let evidence = row.evidence
    let flow = evidence.flow
    switch column {
    case .flowID: return .text(row.name)
    case .sensor: return .text(evidence.sensor)
    case .interface: return .text(evidence.interface)
    case .startBucket: return .instant(row.hour)
    case .timeZone: return .text(period.settings.timeZone)
    case .durationS: return .integer(UInt64(flow.durationClass))
    case .deviceToken: return token
    case .group: return .word(.group, finding.key.group)
    // No packet was sent to the address of a refused name.
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
    case .purposeClass: return .word(.purpose, finding.key.service.purpose.rawValue)
    case .rulesetHash: return .text(evidence.ruleSetHash)
    case .phase, .sampleRef: return .none
    case .findingID: return .text(finding.id)
    }
  }
}
