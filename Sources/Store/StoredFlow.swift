import Model
import Privacy

/// The one place that knows in which column of `flow_evidence` each field of a flow stands.
enum FlowRow {
  /// In the order of the table, which is that of the canonical form.
  static let columns = firstColumns + laterColumns

  /// Of the first schema.
  private static let firstColumns = [
    "session_id", "device", "group_name", "hour", "duration_class", "transport", "destination_port",
    "destination_address", "system_number", "system_name", "country", "network_traits", "anycast_or_cdn",
    "destination_name", "name_method", "naming_class", "dns_age", "ech", "encryption",
    "application_protocol", "bytes_up", "bytes_down", "packets_up", "packets_down", "missed_bytes", "completeness",
    "outcome", "originator_inferred", "opens_flow", "is_retry", "cleartext_classes", "rule_id", "rule_revision",
    "matched_pattern",
  ]

  /// Columns that later migrations added, all of which can be NULL.
  private static let laterColumns = ["matched_by", "is_contradicted"]

  /// How many values the canonical form has at least. Behind them, NULLs at the end are left out, so that a row that is older than a column keeps
  /// its form.
  static let leastValues = firstColumns.count

  /// The canonical form of a row that is to be stored.
  static func form(of values: [StoredValue]) -> CanonicalForm {
    var count = values.count
    while count > leastValues, case .null = values[count - 1] { count -= 1 }
    return CanonicalForm(Array(values[..<count]))
  }

  static func values(of flow: PseudonymousFlow, session: Int64) -> [StoredValue] {
    [
      .integer(session), .bytes(flow.device.bytes), .text(flow.group), .integer(flow.hour.sinceEpoch),
      .integer(Int64(flow.durationClass)), .integer(Int64(flow.transport.rawValue)),
      .integer(Int64(flow.destinationPort)), flow.destinationAddress.map { .bytes($0.bytes) } ?? .null,
      StoredValue(flow.destinationNetwork.owner.systemNumber.map(Int64.init)),
      StoredValue(flow.destinationNetwork.owner.systemName), StoredValue(flow.destinationNetwork.owner.country),
      .integer(flow.destinationNetwork.owner.traits.mask), .text(flow.destinationNetwork.anycastOrCDN.rawValue),
      StoredValue(flow.destinationName), .text(flow.nameMethod.rawValue), .text(flow.namingClass.rawValue),
      StoredValue(flow.dnsAge), .text(flow.ech.rawValue), .text(flow.encryption.rawValue),
      StoredValue(flow.applicationProtocol), StoredValue(flow.traffic.bytesUp), StoredValue(flow.traffic.bytesDown),
      StoredValue(flow.traffic.packetsUp), StoredValue(flow.traffic.packetsDown), StoredValue(flow.traffic.missedBytes),
      .text(flow.completeness.rawValue), .text(flow.outcome.rawValue), StoredValue(flow.originatorInferred),
      StoredValue(flow.opensFlow), StoredValue(flow.isRetry), .integer(flow.cleartextIdentifierClasses.mask),
      .text(flow.ruleID), .integer(Int64(flow.ruleRevision)), .text(flow.matchedPattern),
      flow.matchedBy.map { .text($0.rawValue) } ?? .null, flow.isContradicted.map { StoredValue($0) } ?? .null,
    ]
  }

  /// Reads `columns` but the first.
  static func flow(_ row: inout StoredRow) throws -> PseudonymousFlow {
    try stored(&row).withHonestClearText
  }

  private static func stored(_ row: inout StoredRow) throws -> PseudonymousFlow {
    PseudonymousFlow(
      device: try row.device(), group: try row.text(), hour: try row.hour(), durationClass: try row.number(Int.self),
      transport: TransportProtocol(rawValue: try row.number(UInt8.self)),
      destinationPort: try row.number(UInt16.self),
      destinationAddress: try row.optionalBytes().map(IPAddress.init(bytes:)),
      destinationNetwork: DestinationNetwork(
        owner: NetworkOwner(
          systemNumber: try row.optionalNumber(UInt32.self), systemName: try row.optionalText(),
          country: try row.optionalText(), traits: Set(mask: try row.integer())),
        anycastOrCDN: try row.value(AnycastOrCDN.self)),
      destinationName: try row.optionalText(), nameMethod: try row.value(NameMethod.self),
      namingClass: try row.value(NamingClass.self), dnsAge: try row.optionalInteger(),
      ech: try row.value(EncryptedClientHello.self), encryption: try row.value(Encryption.self),
      applicationProtocol: try row.optionalText(), traffic: try row.traffic(),
      completeness: try row.value(FlowCompleteness.self), outcome: try row.value(FlowOutcome.self),
      originatorInferred: try row.flag(), opensFlow: try row.flag(), isRetry: try row.flag(),
      cleartextIdentifierClasses: Set(mask: try row.integer()), ruleID: try row.text(),
      ruleRevision: try row.number(Int.self), matchedPattern: try row.text(),
      matchedBy: try row.optionalValue(MatchBasis.self), isContradicted: try row.optionalFlag())
  }
}

/// Reads flows with what they take from their session and from the chain.
enum EvidenceRow {
  /// Of a range of hours; by place in the chain.
  static let inPeriod = """
    SELECT \(columns) FROM \(tables)
    WHERE hour >= ? AND hour < ?
    ORDER BY flow_evidence.chain_seq
    """

  /// Of one reclassification and a range of hours, with the other judgement behind; by place in the chain.
  static let reclassified = """
    SELECT \(columns), other.rule_id, other.rule_revision, other.matched_pattern, other.destination_name
    FROM reclassified_flow AS other JOIN \(tables) ON flow_evidence.chain_seq = other.flow_seq
    WHERE other.reclassification_id = ? AND hour >= ? AND hour < ?
    ORDER BY flow_evidence.chain_seq
    """

  private static let columns =
    "session_id, sensor, interface, rule_set.hash, seq, chain_entry.hash, "
    + FlowRow.columns.dropFirst().map { "flow_evidence." + $0 }.joined(separator: ", ")

  private static let tables = """
    (flow_evidence LEFT JOIN chain_entry ON seq = flow_evidence.chain_seq
      LEFT JOIN capture_session ON capture_session.id = session_id
      LEFT JOIN rule_set ON rule_set.id = rule_set_id)
    """

  static func evidence(_ row: inout StoredRow) throws -> FlowEvidence {
    FlowEvidence(
      session: try row.integer(), sensor: try row.text(), interface: try row.text(), ruleSetHash: try row.text(),
      chainSequence: try row.integer(), chainHash: try row.bytes(), flow: try FlowRow.flow(&row))
  }
}

extension StoredRow {
  mutating func device() throws -> DevicePseudonym { DevicePseudonym(bytes: try bytes()) }

  mutating func traffic() throws -> Traffic {
    Traffic(
      bytesUp: try count(), bytesDown: try count(), packetsUp: try count(), packetsDown: try count(),
      missedBytes: try count())
  }
}

extension Set<IdentifierClass> {
  /// The column `cleartext_classes`; the values are part of the schema and never change.
  private static let bits: [(IdentifierClass, Int64)] = [
    (.emailAddress, 1), (.accountCredential, 2), (.cookie, 4), (.deviceIdentifier, 8), (.userAgent, 16),
    (.notInspected, 32), (.userName, 64),
  ]

  /// That of all members.
  static var fullMask: Int64 { bits.reduce(0) { $0 | $1.1 } }

  var mask: Int64 { Self.bits.reduce(0) { contains($1.0) ? $0 | $1.1 : $0 } }

  init(mask: Int64) { self.init(Self.bits.lazy.filter { mask & $0.1 != 0 }.map(\.0)) }
}

extension Set<NetworkTrait> {
  /// The column `network_traits`; the values are part of the schema and never change.
  private static let bits: [(NetworkTrait, Int64)] = [(.anycast, 1), (.satellite, 2), (.anonymousProxy, 4)]

  /// That of all members.
  static var fullMask: Int64 { bits.reduce(0) { $0 | $1.1 } }

  var mask: Int64 { Self.bits.reduce(0) { contains($1.0) ? $0 | $1.1 : $0 } }

  init(mask: Int64) { self.init(Self.bits.lazy.filter { mask & $0.1 != 0 }.map(\.0)) }
}

extension IPAddress {
  /// 16 bytes in network order, IPv4 in its mapped form.
  var bytes: [UInt8] {
    withUnsafeBytes(of: high.bigEndian, Array.init) + withUnsafeBytes(of: low.bigEndian, Array.init)
  }

  init(bytes: [UInt8]) {
    let half = { (part: ArraySlice<UInt8>) in part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    self.init(high: half(bytes[..<8]), low: half(bytes[8...]))
  }
}
