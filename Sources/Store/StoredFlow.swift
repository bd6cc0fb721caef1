import GRDB
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

  /// How many values the canonical form has at least. Behind them, NULLs at the end are left out, so that a row that is
  /// older than a column keeps its form.
  static let leastValues = firstColumns.count

  /// The canonical form of a row that is to be stored.
  static func form(of values: [StoredValue]) -> CanonicalForm {
    var count = values.count
    while count > leastValues, case .null = values[count - 1] { count -= 1 }
    return CanonicalForm(values[..<count])
  }

  static func values(of flow: PseudonymousFlow, session: Int64) -> [StoredValue] {
    [
      .integer(session), .device(flow.device), .text(flow.group), .integer(flow.hour.sinceEpoch),
      .integer(Int64(flow.durationClass)), .integer(Int64(flow.transport.rawValue)),
      .integer(Int64(flow.destinationPort)),
      flow.destinationAddress.map { .halves(high: $0.high, low: $0.low) } ?? .null,
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
}

/// Reads flows.
///
/// Most values of a flow are those of many others. They come first, and are decoded and checked once for each
/// combination of them.
struct FlowReader {
  /// Of `flow_evidence`, in the order in which they are read.
  static let columns = (commonColumns + ownColumns).map { "flow_evidence." + $0 }.joined(
    separator: ", ")

  private static let commonColumns = [
    "session_id", "rule_id", "matched_pattern", "group_name", "destination_port", "encryption",
    "outcome",
    "naming_class", "name_method", "transport", "system_number", "system_name", "country",
    "network_traits",
    "anycast_or_cdn", "ech", "application_protocol", "completeness", "originator_inferred",
    "opens_flow", "is_retry",
    "cleartext_classes", "rule_revision", "matched_by", "is_contradicted",
  ]
  private static let ownColumns = [
    "device", "hour", "duration_class", "destination_address", "destination_name", "dns_age",
    "bytes_up", "bytes_down",
    "packets_up", "packets_down", "missed_bytes",
  ]

  /// What flows have in common, in a flow of them.
  private struct Common {
    var session: Int64
    var flow: PseudonymousFlow
  }

  private var known = RawValueIndex()
  private var common: [Common] = []

  /// The next values of `row`, which must be the first ones, in the order of `columns`; with the number of the flow's
  /// session.
  mutating func flow(_ row: inout StoredRow) throws -> (session: Int64, flow: PseudonymousFlow) {
    let values = FirstColumns(row, count: Self.commonColumns.count)
    if let number = known.number(of: values) {
      row.skip(Self.commonColumns.count)
      let flow = try flow(&row, like: common[number].flow)
      common[number].flow = flow
      return (common[number].session, flow)
    }
    let number = known.insert(values)
    if number == 0 { common.removeAll() }
    let session = try row.integer()
    let flow = try first(&row).withHonestClearText
    common.append(Common(session: session, flow: flow))
    return (session, flow)
  }

  /// `other`: a flow with the same common values.
  private func flow(_ row: inout StoredRow, like other: PseudonymousFlow) throws -> PseudonymousFlow {
    PseudonymousFlow(
      device: try row.device(), group: other.group, hour: try row.hour(),
      durationClass: try row.number(Int.self),
      transport: other.transport, destinationPort: other.destinationPort,
      destinationAddress: try row.optionalAddress(),
      destinationNetwork: other.destinationNetwork,
      destinationName: try row.optionalText(known: other.destinationName),
      nameMethod: other.nameMethod,
      namingClass: other.namingClass, dnsAge: try row.optionalInteger(), ech: other.ech,
      encryption: other.encryption,
      applicationProtocol: other.applicationProtocol, traffic: try row.traffic(),
      completeness: other.completeness,
      outcome: other.outcome, originatorInferred: other.originatorInferred,
      opensFlow: other.opensFlow,
      isRetry: other.isRetry, cleartextIdentifierClasses: other.cleartextIdentifierClasses,
      ruleID: other.ruleID,
      ruleRevision: other.ruleRevision, matchedPattern: other.matchedPattern,
      matchedBy: other.matchedBy,
      isContradicted: other.isContradicted)
  }

  private func first(_ row: inout StoredRow) throws -> PseudonymousFlow {
    let ruleID = try row.text()
    let matchedPattern = try row.text()
    let group = try row.text()
    let destinationPort = try row.number(UInt16.self)
    let encryption = try row.value(Encryption.self)
    let outcome = try row.value(FlowOutcome.self)
    let namingClass = try row.value(NamingClass.self)
    let nameMethod = try row.value(NameMethod.self)
    let transport = TransportProtocol(rawValue: try row.number(UInt8.self))
    let destinationNetwork = DestinationNetwork(
      owner: NetworkOwner(
        systemNumber: try row.optionalNumber(UInt32.self), systemName: try row.optionalText(),
        country: try row.optionalText(), traits: Set(mask: try row.integer())),
      anycastOrCDN: try row.value(AnycastOrCDN.self))
    let ech = try row.value(EncryptedClientHello.self)
    let applicationProtocol = try row.optionalText()
    let completeness = try row.value(FlowCompleteness.self)
    let originatorInferred = try row.flag()
    let opensFlow = try row.flag()
    let isRetry = try row.flag()
    let cleartextIdentifierClasses = Set<IdentifierClass>(mask: try row.integer())
    let ruleRevision = try row.number(Int.self)
    let matchedBy = try row.optionalValue(MatchBasis.self)
    let isContradicted = try row.optionalFlag()
    return PseudonymousFlow(
      device: try row.device(), group: group, hour: try row.hour(),
      durationClass: try row.number(Int.self),
      transport: transport, destinationPort: destinationPort,
      destinationAddress: try row.optionalAddress(),
      destinationNetwork: destinationNetwork, destinationName: try row.optionalText(),
      nameMethod: nameMethod,
      namingClass: namingClass, dnsAge: try row.optionalInteger(), ech: ech, encryption: encryption,
      applicationProtocol: applicationProtocol, traffic: try row.traffic(),
      completeness: completeness,
      outcome: outcome, originatorInferred: originatorInferred, opensFlow: opensFlow,
      isRetry: isRetry,
      cleartextIdentifierClasses: cleartextIdentifierClasses, ruleID: ruleID,
      ruleRevision: ruleRevision,
      matchedPattern: matchedPattern, matchedBy: matchedBy, isContradicted: isContradicted)
  }
}

/// Reads flows with what they take from their session and from the chain.
struct EvidenceReader {
  /// Of one reclassification and a range of hours, with the other judgement behind; by place in the chain.
  static let reclassified = """
    SELECT \(columns), other.rule_id, other.rule_revision, other.matched_pattern, other.destination_name
    FROM reclassified_flow AS other JOIN \(tables) ON flow_evidence.chain_seq = other.flow_seq
    WHERE other.reclassification_id = ? AND hour >= ? AND hour < ?
    ORDER BY flow_evidence.chain_seq
    """

  /// Of the whole store; by place in the chain.
  static let whole = "SELECT \(columns) FROM \(tables) ORDER BY flow_evidence.chain_seq"

  /// Of the hour that is the one parameter; by place in the chain.
  static let ofHour = "SELECT \(columns) FROM \(tables) WHERE hour = ? ORDER BY flow_evidence.chain_seq"

  /// By place in the chain, with the values for its parameters. An hour alone, and the whole store, need no sorting.
  static func query(_ period: Range<Hour>, stored: Range<Hour>?) -> (
    sql: String, values: [StoredValue]
  ) {
    let isWhole =
      stored.map { period.lowerBound <= $0.lowerBound && $0.upperBound <= period.upperBound }
      ?? false
    if isWhole { return (whole, []) }
    if period.upperBound == period.lowerBound.next { return (ofHour, [.integer(period.lowerBound.sinceEpoch)]) }
    return (
      "SELECT \(columns) FROM \(tables) WHERE hour >= ? AND hour < ? ORDER BY flow_evidence.chain_seq", period.bounds
    )
  }

  private static let columns = FlowReader.columns + ", seq, chain_entry.hash"
  private static let tables =
    "(flow_evidence LEFT JOIN chain_entry ON seq = flow_evidence.chain_seq)"

  /// What flows take from their session.
  private struct Source {
    var sensor: String
    var interface: String
    var ruleSetHash: String
  }

  private let sources: [Int64: Source]
  private var flows = FlowReader()

  init(_ database: Database) throws {
    var sources: [Int64: Source] = [:]
    try PreparedStatement(
      database,
      """
      SELECT capture_session.id, sensor, interface, rule_set.hash
      FROM capture_session LEFT JOIN rule_set ON rule_set.id = rule_set_id
      """
    ).forEachRow { row in
      sources[try row.integer()] = Source(
        sensor: try row.text(), interface: try row.text(), ruleSetHash: try row.text())
    }
    self.sources = sources
  }

  mutating func evidence(_ row: inout StoredRow) throws -> FlowEvidence {
    let (session, flow) = try flows.flow(&row)
    guard let source = sources[session] else { throw row.missing("capture_session") }
    return FlowEvidence(
      session: session, sensor: source.sensor, interface: source.interface,
      ruleSetHash: source.ruleSetHash,
      chainSequence: try row.integer(), chainHash: try row.bytes(), flow: flow)
  }
}

extension StoredValue {
  static func device(_ device: DevicePseudonym) -> StoredValue {
    .halves(high: device.high, low: device.low)
  }
}

extension StoredRow {
  mutating func device() throws -> DevicePseudonym {
    let (high, low) = try sixteenBytes()
    return DevicePseudonym(high: high, low: low)
  }

  mutating func optionalAddress() throws -> IPAddress? {
    try optionalSixteenBytes().map { IPAddress(high: $0.high, low: $0.low) }
  }

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
