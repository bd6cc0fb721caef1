import Model

/// The only place that defines in which column of `coverage_hour` each count is.
enum CoverageRow {
  private static let columns = [
    "packets_seen", "packets_dropped_kernel", "tcp_bytes", "tcp_missed_bytes", "gaps", "restarts", "clock",
    "clock_offset_ms", "clock_steps", "bytes_out_a", "bytes_out_b", "bytes_out_c", "bytes_out_d", "bytes_out_e",
    "outbound_flows",
    "flows_without_dns", "ech_flows", "doh_flows", "vpn_flows", "canaries_expected", "canaries_seen", "flows_evicted",
    "records_lost",
    "anomalies", "drop_statements", "transit_flows", "controls", "unexaminable_flows", "unexaminable_bytes",
    "two_sided_flows",
    "one_sided_flows",
    "web_flows", "quic_flows", "names_resolved", "names_contacted", "frames_captured_short",
  ]

  private static let key = "hour, sensor, rule_set_id, capture_mode, tool_version"

  /// The row of one key.
  static let one = """
    SELECT hour, \(columns.joined(separator: ", ")) FROM coverage_hour
    WHERE (\(key)) = (?, ?, ?, ?, ?)
    """

  static let replacement = """
    INSERT OR REPLACE INTO coverage_hour (\(key), \(columns.joined(separator: ", ")))
    VALUES (?, ?, ?, ?, ?, \(columns.map { _ in "?" }.joined(separator: ", ")))
    """

  /// All rows of a period, each with what it was classified by before its hour.
  static let period = """
    SELECT sensor, capture_mode, tool_version, rule_set.hash, hour, \(columns.joined(separator: ", "))
    FROM coverage_hour LEFT JOIN rule_set ON rule_set.id = rule_set_id
    WHERE hour >= ? AND hour < ?
    ORDER BY hour, sensor, rule_set.hash, capture_mode, tool_version
    """

  static func values(of coverage: CoverageHour) throws -> [StoredValue] {
    return [
      StoredValue(coverage.packetsSeen), StoredValue(coverage.packetsDroppedKernel), StoredValue(coverage.tcpBytes),
      StoredValue(coverage.tcpMissedBytes), .text(try JSONText.encode(coverage.gaps.byName)),
      StoredValue(coverage.restarts),
      .text(coverage.clock.rawValue), StoredValue(coverage.clockOffsetMilliseconds), StoredValue(coverage.clockSteps),
      StoredValue(coverage.bytesOutByClass[.a, default: 0]), StoredValue(coverage.bytesOutByClass[.b, default: 0]),
      StoredValue(coverage.bytesOutByClass[.c, default: 0]), StoredValue(coverage.bytesOutByClass[.d, default: 0]),
      StoredValue(coverage.bytesOutByClass[.e, default: 0]), StoredValue(coverage.outboundFlows),
      StoredValue(coverage.flowsWithoutDNS),
      StoredValue(coverage.echFlows), StoredValue(coverage.dohFlows), StoredValue(coverage.vpnFlows),
      StoredValue(coverage.canariesExpected), StoredValue(coverage.canariesSeen), StoredValue(coverage.flowsEvicted),
      StoredValue(coverage.recordsLost), .text(try JSONText.encode(coverage.anomalies.byName)),
      StoredValue(coverage.dropStatements), coverage.transitFlows.map { StoredValue($0) } ?? .null,
      try coverage.controls.map { .text(try JSONText.encode($0)) } ?? .null,
    ] + CoverageSight.counts.map { count in coverage.sight.map { StoredValue($0[keyPath: count]) } ?? .null }
  }

  /// Reads the hour and `columns`. A naming class without bytes has no entry.
  static func coverage(_ row: inout StoredRow) throws -> CoverageHour {
    var coverage = CoverageHour(hour: try row.hour())
    coverage.packetsSeen = try row.count()
    coverage.packetsDroppedKernel = try row.count()
    coverage.tcpBytes = try row.count()
    coverage.tcpMissedBytes = try row.count()
    coverage.gaps = try row.parsed([GapCause: UInt64].self)
    coverage.restarts = try row.count()
    coverage.clock = try row.value(ClockState.self)
    coverage.clockOffsetMilliseconds = try row.optionalInteger()
    coverage.clockSteps = try row.count()
    for namingClass in NamingClass.allCases {
      let bytes = try row.count()
      if bytes > 0 { coverage.bytesOutByClass[namingClass] = bytes }
    }
    coverage.outboundFlows = try row.count()
    coverage.flowsWithoutDNS = try row.count()
    coverage.echFlows = try row.count()
    coverage.dohFlows = try row.count()
    coverage.vpnFlows = try row.count()
    coverage.canariesExpected = try row.count()
    coverage.canariesSeen = try row.count()
    coverage.flowsEvicted = try row.count()
    coverage.recordsLost = try row.count()
    coverage.anomalies = try row.parsed([Anomaly: UInt64].self)
    coverage.dropStatements = try row.count()
    coverage.transitFlows = try row.optionalNumber(UInt64.self)
    coverage.controls = try row.optionalParsed(ControlCounts.self)
    coverage.sight = try CoverageSight(&row)
    return coverage
  }
}

extension CoverageSight {
  /// Nil if one of the counts was not measured.
  init?(_ row: inout StoredRow) throws {
    self.init()
    var isMeasured = true
    for count in CoverageSight.counts {
      let stored = try row.optionalNumber(UInt64.self)
      self[keyPath: count] = stored ?? 0
      isMeasured = isMeasured && stored != nil
    }
    if !isMeasured { return nil }
  }
}

/// The only place that defines in which column of `group_hour` each count is.
enum GroupRow {
  private static let counts = ["sessions", "outbound_flows", "unexaminable_flows", "bytes_out", "unexaminable_bytes"]

  /// Inserts a row, or adds to the one that has its key; sums stop at `StoredColumn.greatestCount`.
  static let addition = """
    INSERT INTO group_hour (hour, group_name, session_id, \(counts.joined(separator: ", ")))
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
      \(counts.map(StoredColumn.saturatingSum).joined(separator: ",\n  "))
    """

  static let period = """
    SELECT hour, group_name, \(counts.joined(separator: ", ")) FROM group_hour
    WHERE hour >= ? AND hour < ?
    ORDER BY hour, group_name, session_id
    """

  static func values(of group: GroupHour, session: Int64) -> [StoredValue] {
    [.integer(group.hour.sinceEpoch), .text(group.group), .integer(session)]
      + GroupHour.counts.map { StoredValue(group[keyPath: $0]) }
  }

  static func group(_ row: inout StoredRow) throws -> GroupHour {
    var group = GroupHour(hour: try row.hour(), group: try row.text())
    for count in GroupHour.counts { group[keyPath: count] = try row.count() }
    return group
  }
}

extension CoverageHour {
  /// The counts limited to what the store can contain.
  var clamped: CoverageHour {
    var result = self
    for count in CoverageHour.counts {
      result[keyPath: count] = min(self[keyPath: count], UInt64(StoredColumn.greatestCount))
    }
    result.controls = controls?.clamped(to: UInt64(StoredColumn.greatestCount))
    result.transitFlows = transitFlows.map { min($0, UInt64(StoredColumn.greatestCount)) }
    result.bytesOutByClass = bytesOutByClass.mapValues { min($0, UInt64(StoredColumn.greatestCount)) }
    result.sight = sight.map { sight in
      var clamped = sight
      for count in CoverageSight.counts {
        clamped[keyPath: count] = min(sight[keyPath: count], UInt64(StoredColumn.greatestCount))
      }
      return clamped
    }
    result.gaps = gaps.mapValues { min($0, UInt64(StoredColumn.greatestCount)) }
    result.anomalies = anomalies.mapValues { min($0, UInt64(StoredColumn.greatestCount)) }
    return result
  }
}
