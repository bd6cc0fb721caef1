import Model
import Privacy

/// Sums the flows of one batch by the key of `usage_hour`, so that the table is written once for each key.
struct UsageSum {
  struct Key: Hashable {
    var hour: Hour
    var ruleID: String
    var group: String
    var device: DevicePseudonym
    var matchedPattern: String
    var namingClass: NamingClass
    var encryption: Encryption

    init(_ flow: PseudonymousFlow) {
      hour = flow.hour
      ruleID = flow.ruleID
      group = flow.group
      device = flow.device
      matchedPattern = flow.matchedPattern
      namingClass = flow.namingClass
      encryption = flow.encryption
    }

    func isOf(_ flow: PseudonymousFlow) -> Bool {
      device == flow.device && hour == flow.hour && namingClass == flow.namingClass && encryption == flow.encryption
        && ruleID == flow.ruleID && matchedPattern == flow.matchedPattern && group == flow.group
    }
  }

  struct Counts {
    var sessions: UInt64 = 0
    var blockedAttempts: UInt64 = 0
    var echFlows: UInt64 = 0
    var traffic = Traffic()
    var cleartextIdentifierClasses: Set<IdentifierClass> = []
    var exampleName: String?
    /// Nil if it is not known of one of the flows.
    var aliasFlows: UInt64? = 0
    var contradictedFlows: UInt64? = 0

    mutating func add(_ flow: PseudonymousFlow) {
      if flow.opensFlow {
        if !flow.outcome.isBlockedAttempt { sessions += 1 }
        if flow.outcome.isBlockedAttempt && !flow.isRetry { blockedAttempts += 1 }
        if flow.ech != .none { echFlows += 1 }
      }
      let isCounted = flow.opensFlow && !flow.isRetry
      aliasFlows = flow.matchedBy.flatMap { basis in aliasFlows.map { $0 + (isCounted && basis == .alias ? 1 : 0) } }
      contradictedFlows = flow.isContradicted.flatMap { isContradicted in
        contradictedFlows.map { $0 + (isCounted && isContradicted ? 1 : 0) }
      }
      var counted = flow.traffic
      // Only resets or the answer of a blocking resolver were received. Bytes down count answered flows only, since
      // they show contact in hours in which no flow began.
      if flow.outcome.isBlockedAttempt { (counted.bytesDown, counted.packetsDown) = (0, 0) }
      traffic.addSaturating(counted)
      cleartextIdentifierClasses.formUnion(flow.cleartextIdentifierClasses)
      if let name = flow.destinationName, name != exampleName {
        // Compared by UTF-8, as SQLite does, so that batches of any size give the same example.
        let isFirst = exampleName.map { name.utf8.lexicographicallyPrecedes($0.utf8) } ?? true
        if isFirst { exampleName = name }
      }
    }
  }

  /// One entry for each key, in the order in which they were met.
  private(set) var counts: [(key: Key, counts: Counts)] = []
  private var places: [Key: Int] = [:]
  private var lastKey: Key?
  private var lastPlace = 0

  mutating func add(_ flow: PseudonymousFlow) {
    // Flows of one device to one service come in runs.
    if lastKey?.isOf(flow) != true {
      let key = Key(flow)
      lastPlace = places[key] ?? counts.count
      if lastPlace == counts.count {
        places[key] = lastPlace
        counts.append((key, Counts()))
      }
      lastKey = key
    }
    counts[lastPlace].counts.add(flow)
  }

  /// Inserts a row, or adds to the one that has its key; sums stop at `StoredColumn.greatestCount`.
  static let statement = """
    INSERT INTO usage_hour (
      hour, rule_id, group_name, device, sensor, rule_set_id, matched_pattern, naming_class, encryption,
      \((sums + optionalSums).joined(separator: ", ")), cleartext_classes, example_name)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
      \((sums + optionalSums).map(StoredColumn.saturatingSum).joined(separator: ",\n  ")),
      cleartext_classes = cleartext_classes | excluded.cleartext_classes,
      example_name = CASE WHEN example_name IS NULL OR excluded.example_name < example_name
        THEN excluded.example_name ELSE example_name END
    """

  static func values(_ key: Key, _ counts: Counts, sensor: String, ruleSet: Int64) -> [StoredValue] {
    [
      .integer(key.hour.sinceEpoch), .text(key.ruleID), .text(key.group), .device(key.device),
      .text(sensor),
      .integer(ruleSet), .text(key.matchedPattern), .text(key.namingClass.rawValue),
      .text(key.encryption.rawValue),
      StoredValue(counts.sessions), StoredValue(counts.blockedAttempts),
      StoredValue(counts.echFlows),
      StoredValue(counts.traffic.bytesUp), StoredValue(counts.traffic.bytesDown),
      StoredValue(counts.traffic.packetsUp), StoredValue(counts.traffic.packetsDown),
      StoredValue(counts.traffic.missedBytes), counts.aliasFlows.map { StoredValue($0) } ?? .null,
      counts.contradictedFlows.map { StoredValue($0) } ?? .null, .integer(counts.cleartextIdentifierClasses.mask),
      StoredValue(counts.exampleName),
    ]
  }

  private static let sums = [
    "sessions", "blocked_attempts", "ech_flows", "bytes_up", "bytes_down", "packets_up", "packets_down",
    "missed_bytes",
  ]

  /// NULL if it is not known of one of the summands.
  private static let optionalSums = ["alias_flows", "contradicted_flows"]
}

/// Reads the whole key and the counts, in the order of the members of `RuleUsage`.
enum UsageRow {
  static let query = """
    SELECT sensor, usage_hour.hour, group_name, device, rule_set.hash, rule_id, matched_pattern, naming_class, encryption,
      sessions, blocked_attempts, ech_flows, bytes_up, bytes_down, packets_up, packets_down, missed_bytes,
      cleartext_classes, example_name, alias_flows, contradicted_flows
    FROM usage_hour LEFT JOIN rule_set ON rule_set.id = rule_set_id
    WHERE usage_hour.hour >= ? AND usage_hour.hour < ?
    ORDER BY rule_id, group_name, usage_hour.hour, device, sensor, rule_set.hash, matched_pattern, naming_class, encryption
    """

  static func usage(_ row: inout StoredRow) throws -> RuleUsage {
    RuleUsage(
      sensor: try row.text(), hour: try row.hour(), group: try row.text(), device: try row.device(),
      ruleSetHash: try row.text(), ruleID: try row.text(), matchedPattern: try row.text(),
      namingClass: try row.value(NamingClass.self), encryption: try row.value(Encryption.self),
      sessions: try row.count(), blockedAttempts: try row.count(), echFlows: try row.count(),
      traffic: try row.traffic(), cleartextIdentifierClasses: Set(mask: try row.integer()),
      exampleName: try row.optionalText(), aliasFlows: try row.optionalNumber(UInt64.self),
      contradictedFlows: try row.optionalNumber(UInt64.self))
  }
}

extension Traffic {
  fileprivate mutating func addSaturating(_ other: Traffic) {
    bytesUp.addSaturating(other.bytesUp)
    bytesDown.addSaturating(other.bytesDown)
    packetsUp.addSaturating(other.packetsUp)
    packetsDown.addSaturating(other.packetsDown)
    missedBytes.addSaturating(other.missedBytes)
  }
}
