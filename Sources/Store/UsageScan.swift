public import Model
public import Privacy

/// The values that many rows of the hourly aggregates have in common.
public struct UsageLabel: Sendable, Hashable {
  public var matchedPattern: String
  public var ruleID: String
  public var group: String
  public var sensor: String
  public var ruleSetHash: String
  public var namingClass: NamingClass
  public var encryption: Encryption
  public var cleartextIdentifierClasses: Set<IdentifierClass>
}

/// One row of the hourly aggregates without the counts of packets; label and device are indices into `UsageNames`.
public struct LabelledUsage: Sendable {
  public var label: Int
  public var device: Int
  public var hour: Hour
  /// The counts as in `RuleUsage`.
  public var sessions: UInt64
  public var blockedAttempts: UInt64
  public var echFlows: UInt64
  public var bytesUp: UInt64
  public var bytesDown: UInt64
  public var exampleName: String?
  public var aliasFlows: UInt64?
  public var contradictedFlows: UInt64?

  /// Whether the destination answered: a flow began, or one that began in an earlier hour received something.
  ///
  /// Rows that were stored before bytes down left out blocked attempts may have only resets. They count as answered, so
  /// that no claim holds because of them.
  public var isAnswered: Bool { sessions > 0 || bytesDown > 0 }
}

/// Labels and devices of one scan, each once, in the order in which they were met.
public struct UsageNames: Sendable {
  public private(set) var labels: [UsageLabel] = []
  public private(set) var devices: [DevicePseudonym] = []
  private var labelIndices: [UsageLabel: Int] = [:]
  private var deviceIndices: [DevicePseudonym: Int] = [:]

  public init() {}

  mutating func index(of label: UsageLabel) -> Int {
    Self.index(of: label, in: &labels, &labelIndices)
  }

  mutating func index(of device: DevicePseudonym) -> Int {
    Self.index(of: device, in: &devices, &deviceIndices)
  }

  private static func index<Value: Hashable>(
    of value: Value, in values: inout [Value], _ indices: inout [Value: Int]
  ) -> Int {
    if let known = indices[value] { return known }
    indices[value] = values.count
    values.append(value)
    return values.count - 1
  }

  /// Calls `body` with rows in memory as `AuditDatabase.scanUsage` does, and collects their names.
  public init(
    scanning rows: some Sequence<RuleUsage>, _ body: (LabelledUsage, UsageNames) throws -> Void
  ) rethrows {
    for row in rows { try body(labelled(row), self) }
  }

  private mutating func labelled(_ usage: RuleUsage) -> LabelledUsage {
    let label = UsageLabel(
      matchedPattern: usage.matchedPattern, ruleID: usage.ruleID, group: usage.group,
      sensor: usage.sensor,
      ruleSetHash: usage.ruleSetHash, namingClass: usage.namingClass, encryption: usage.encryption,
      cleartextIdentifierClasses: usage.cleartextIdentifierClasses)
    return LabelledUsage(
      label: index(of: label), device: index(of: usage.device), hour: usage.hour,
      sessions: usage.sessions,
      blockedAttempts: usage.blockedAttempts, echFlows: usage.echFlows,
      bytesUp: usage.traffic.bytesUp,
      bytesDown: usage.traffic.bytesDown, exampleName: usage.exampleName,
      aliasFlows: usage.aliasFlows,
      contradictedFlows: usage.contradictedFlows)
  }
}

extension AuditDatabase {
  /// Calls `body` with all rows of a period in the order of their table, by hour first, so that nothing is sorted.
  ///
  /// The values of a label are decoded and checked once for each label, everything else in each row. `body` may read
  /// from the store, too.
  ///
  /// - Returns: the names that the rows refer to; `body` gets those that were met so far.
  public func scanUsage(
    in period: Range<Hour>, _ body: (_ row: LabelledUsage, _ names: UsageNames) throws -> Void
  ) throws -> UsageNames {
    var scan = UsageScan(
      ruleSets: try rows("SELECT id, hash FROM rule_set") { (try $0.integer(), try $0.text()) })
    try forEachRow(UsageScan.query, period.bounds) { try body(try scan.usage(&$0), scan.names) }
    return scan.names
  }
}

extension AuditDatabase {
  /// Devices that have sums in a period, by any rule. O(rows of the period), of which only the device is read.
  public func devicesWithUsage(in period: Range<Hour>) throws -> Set<DevicePseudonym> {
    Set(
      try rows("SELECT DISTINCT device FROM usage_hour WHERE hour >= ? AND hour < ?", period.bounds) { try $0.device() }
    )
  }
}

/// Turns rows of `usage_hour` into `LabelledUsage`.
private struct UsageScan {
  /// The columns of the label come first.
  static let query = """
    SELECT matched_pattern, rule_id, group_name, sensor, rule_set_id, naming_class, encryption, cleartext_classes,
      device, hour, sessions, blocked_attempts, ech_flows, bytes_up, bytes_down, example_name, alias_flows,
      contradicted_flows
    FROM usage_hour WHERE hour >= ? AND hour < ?
    """
  private static let labelColumns = 8

  private(set) var names = UsageNames()
  /// Hash of each rule set by its number.
  private let ruleSets: [Int64: String]
  private var known = RawValueIndex()
  /// Index into `names` of each combination in `known`. Two of them may be one label: texts that differ only in broken
  /// UTF-8.
  private var labels: [Int] = []
  /// The name that was met last with each label.
  private var exampleNames: [String?] = []

  init(ruleSets: [(Int64, String)]) {
    self.ruleSets = Dictionary(ruleSets) { first, _ in first }
  }

  mutating func usage(_ row: inout StoredRow) throws -> LabelledUsage {
    let label = try label(&row)
    let device = names.index(of: try row.device())
    var usage = LabelledUsage(
      label: label, device: device, hour: try row.hour(), sessions: try row.count(),
      blockedAttempts: try row.count(),
      echFlows: try row.count(), bytesUp: try row.count(), bytesDown: try row.count())
    usage.exampleName = try row.optionalText(known: exampleNames[label])
    if usage.exampleName != nil { exampleNames[label] = usage.exampleName }
    usage.aliasFlows = try row.optionalNumber(UInt64.self)
    usage.contradictedFlows = try row.optionalNumber(UInt64.self)
    return usage
  }

  private mutating func label(_ row: inout StoredRow) throws -> Int {
    if let number = known.number(of: row, columns: Self.labelColumns) {
      row.skip(Self.labelColumns)
      return labels[number]
    }
    if known.insert(row, columns: Self.labelColumns) == 0 { labels.removeAll() }
    let label = names.index(
      of: UsageLabel(
        matchedPattern: try row.text(), ruleID: try row.text(), group: try row.text(),
        sensor: try row.text(),
        ruleSetHash: try ruleSetHash(&row), namingClass: try row.value(NamingClass.self),
        encryption: try row.value(Encryption.self),
        cleartextIdentifierClasses: Set(mask: try row.integer())))
    labels.append(label)
    if label == exampleNames.count { exampleNames.append(nil) }
    return label
  }

  private func ruleSetHash(_ row: inout StoredRow) throws -> String {
    guard let hash = ruleSets[try row.integer()] else { throw row.missing("rule_set") }
    return hash
  }
}
