import Model
import Privacy

/// Every table of the schema, with what its columns may contain. A test compares it with the schema.
extension StoredTable {
  static let all: [StoredTable] = [
    StoredTable(
      "meta", key: ["only_row"], ["only_row": .integer(1...1), "site": .text, "export_salt": .digest]),
    StoredTable(
      "rule_set", key: ["id"], ["id": .serial, "hash": .text, "version": .text, "date": .text]),
    StoredTable(
      "accepted_bundle", key: ["only_row"],
      ["only_row": .integer(1...1), "version": .parsed(RuleSetVersion.self), "content_hash": .text]),
    StoredTable(
      "rule_facts", key: ["rule_set_id", "rule_id"],
      ["rule_set_id": .serial, "rule_id": .text, "facts": .parsed(RuleFacts.self)]),
    StoredTable(
      "chain_entry", key: ["seq"],
      ["seq": .serial, "kind": .word(ChainEntryKind.self), "digest": .digest, "hash": .digest]),
    StoredTable(
      "capture_session", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial, "sensor": .text, "capture_mode": .word(["live", "replay"]),
        "interface": .word(["file", "interface"]), "tool_version": .text, "rule_set_id": .serial,
        "settings": .parsed(AuditSettings.self), "location_databases": .parsed([LocationDatabaseStamp].self),
        "capture_fingerprint": .digest.orNull, "first_hour": .hour.orNull, "last_hour": .hour.orNull,
        "packets": .count, "is_closed": .flag, "covered_until": .second.orNull, "open_flows": .count,
        "is_whole": .flag.orNull,
      ]),
    StoredTable(
      "coverage_hour", key: ["hour", "sensor", "rule_set_id", "capture_mode", "tool_version"],
      [
        "hour": .hour, "sensor": .text, "rule_set_id": .serial, "capture_mode": .word(["live", "replay"]),
        "tool_version": .text,
        "packets_seen": .count, "packets_dropped_kernel": .count, "tcp_bytes": .count, "tcp_missed_bytes": .count,
        "gaps": .parsed([GapCause: UInt64].self), "restarts": .count, "clock": .word(ClockState.self),
        "clock_offset_ms": .integer(-StoredColumn.greatestCount...StoredColumn.greatestCount).orNull,
        "clock_steps": .count,
        "bytes_out_a": .count, "bytes_out_b": .count, "bytes_out_c": .count, "bytes_out_d": .count,
        "bytes_out_e": .count, "outbound_flows": .count, "flows_without_dns": .count, "ech_flows": .count,
        "doh_flows": .count, "vpn_flows": .count, "canaries_expected": .count, "canaries_seen": .count,
        "flows_evicted": .count, "records_lost": .count, "anomalies": .parsed([Anomaly: UInt64].self),
        // Not measured by the first version.
        "unexaminable_flows": .count.orNull, "unexaminable_bytes": .count.orNull, "two_sided_flows": .count.orNull,
        "one_sided_flows": .count.orNull, "web_flows": .count.orNull, "quic_flows": .count.orNull,
        "names_resolved": .count.orNull, "names_contacted": .count.orNull, "frames_captured_short": .count.orNull,
        "drop_statements": .count, "transit_flows": .count.orNull,
        "controls": .parsed(ControlCounts.self).orNull,
      ]),
    StoredTable(
      "group_hour", key: ["hour", "group_name", "session_id"],
      [
        "hour": .hour, "group_name": .text, "session_id": .serial, "sessions": .count, "outbound_flows": .count,
        "unexaminable_flows": .count, "bytes_out": .count, "unexaminable_bytes": .count,
      ]),
    StoredTable(
      "capture_span", key: ["session_id", "first_second"],
      [
        "session_id": .serial, "first_second": .second, "last_second": .second,
        "begins": .word(CaptureSpan.Beginning.self), "edge_silence": .count,
      ]),
    StoredTable(
      "usage_hour",
      key: [
        "hour", "rule_id", "group_name", "device", "sensor", "rule_set_id", "matched_pattern", "naming_class",
        "encryption",
      ],
      [
        "hour": .hour, "rule_id": .text, "group_name": .text, "device": .device, "sensor": .text,
        "rule_set_id": .serial, "matched_pattern": .text, "naming_class": .word(NamingClass.self),
        "encryption": .word(Encryption.self),
        "sessions": .count, "blocked_attempts": .count, "ech_flows": .count, "bytes_up": .count, "bytes_down": .count,
        "packets_up": .count, "packets_down": .count, "missed_bytes": .count,
        "cleartext_classes": .integer(0...Set<IdentifierClass>.fullMask), "example_name": .text.orNull,
        "alias_flows": .count.orNull, "contradicted_flows": .count.orNull,
      ]),
    StoredTable(
      "network_hour",
      key: [
        "hour", "rule_id", "session_id", "system_number", "system_name", "country", "network_traits", "anycast_or_cdn",
      ],
      [
        "hour": .hour, "rule_id": .text, "session_id": .serial, "system_number": .integer(0...Int64(UInt32.max)),
        "system_name": .text, "country": .text, "network_traits": .integer(0...Set<NetworkTrait>.fullMask),
        "anycast_or_cdn": .word(AnycastOrCDN.self),
      ]),
    StoredTable(
      "device_presence", key: ["day", "group_name", "device", "session_id"],
      ["day": .day, "group_name": .text, "device": .device, "session_id": .count]),
    StoredTable(
      "flow_evidence", key: ["chain_seq"],
      [
        "chain_seq": .serial, "session_id": .serial, "device": .device, "group_name": .text, "hour": .hour,
        "duration_class": .number(PseudonymousFlow.durationClasses.map(Int64.init)),
        "transport": .integer(0...Int64(UInt8.max)), "destination_port": .integer(0...Int64(UInt16.max)),
        "destination_address": .bytes([16]).orNull, "system_number": .integer(0...Int64(UInt32.max)).orNull,
        "system_name": .text.orNull, "country": .text.orNull,
        "network_traits": .integer(0...Set<NetworkTrait>.fullMask), "anycast_or_cdn": .word(AnycastOrCDN.self),
        "destination_name": .text.orNull, "name_method": .word(NameMethod.self),
        "naming_class": .word(NamingClass.self), "dns_age": .count.orNull, "ech": .word(EncryptedClientHello.self),
        "encryption": .word(Encryption.self), "application_protocol": .text.orNull,
        "bytes_up": .count, "bytes_down": .count, "packets_up": .count, "packets_down": .count, "missed_bytes": .count,
        "completeness": .word(FlowCompleteness.self), "outcome": .word(FlowOutcome.self),
        "originator_inferred": .flag, "opens_flow": .flag, "is_retry": .flag,
        "cleartext_classes": .integer(0...Set<IdentifierClass>.fullMask),
        "rule_id": .text, "rule_revision": .integer(0...Int64.max), "matched_pattern": .text,
        "matched_by": .word(MatchBasis.self).orNull, "is_contradicted": .flag.orNull,
      ]),
    StoredTable(
      "reclassification", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial, "rule_set_id": .serial, "tool_version": .text, "through_seq": .count,
        "flows": .count,
      ]),
    StoredTable(
      "reclassified_flow", key: ["reclassification_id", "flow_seq"],
      [
        "reclassification_id": .serial, "flow_seq": .serial, "rule_id": .text, "rule_revision": .count,
        "matched_pattern": .text, "destination_name": .text.orNull,
      ]),
    StoredTable(
      "deletion", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial,
        "data_class": .word(DataClass.allCases.map(\.rawValue) + [AuditRemoval.word]),
        "before_hour": .hour, "row_count": .count, "day": .day, "tool_version": .text, "session_id": .serial.orNull,
        "replaced_by": .serial.orNull,
      ]),
    // An entry that was damaged before it was deleted left no hash.
    StoredTable(
      "deleted_range", key: ["deletion_id", "first_seq"],
      ["deletion_id": .serial, "first_seq": .serial, "last_seq": .serial, "last_hash": .bytes([0, 32])]),
    StoredTable(
      "reclassification_rest", key: ["deletion_id", "reclassification_id"],
      ["deletion_id": .serial, "reclassification_id": .serial, "digest": .digest]),
    StoredTable(
      "session_coverage", key: ["session_id", "hour"],
      ["session_id": .serial, "hour": .hour, "coverage": .parsed(CoverageHour.self)]),
    StoredTable(
      "connection_sample", key: ["hour", "digest", "session_id"],
      ["hour": .hour, "digest": .count, "session_id": .serial]),
    StoredTable(
      "undescribed_day", key: ["day", "destination", "session_id"],
      [
        "day": .day, "destination": .text, "session_id": .serial, "devices": .count, "flows": .count,
        "flows_outside_hours": .count.orNull, "bytes_up": .count, "bytes_down": .count,
        "naming_class": .word(NamingClass.self), "system_number": .integer(0...Int64(UInt32.max)),
        "system_name": .text, "period_seconds": .count.orNull,
      ]),
    StoredTable(
      "baseline", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial, "name": .parsed(BaselineName.self), "day": .day, "tool_version": .text,
        "content_digest": .digest, "content": .parsed(BaselineContent.self).orNull,
      ]),
    StoredTable(
      "baseline_removal", key: ["baseline_id"],
      ["baseline_id": .serial, "chain_seq": .serial, "day": .day, "tool_version": .text]),
    StoredTable(
      "phase_entry", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial, "event": .word(PhaseEvent.self), "name": .parsed(PhaseName.self),
        "hour": .hour, "setting": .parsed(PhaseSetting.self).orNull, "group_names": .parsed([String].self).orNull,
        "day": .day, "tool_version": .text,
      ]),
    StoredTable(
      "documented_list", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial, "kind": .word(DocumentedListKind.self), "day": .day,
        "tool_version": .text, "file_digest": .digest.orNull, "content_digest": .digest.orNull,
        "content": .parsed(DocumentedContent.self).orNull,
      ]),
    StoredTable(
      "review_decision", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial, "table_name": .word(ReviewDecision.tables), "row_name": .text,
        "first_day": .day, "last_day": .day, "role": .text, "recorded_second": .second, "file_digest": .digest,
        "content": .parsed(ReviewDecision.Content.self),
      ]),
    StoredTable("seal", key: ["id"], ["id": .serial, "chain_seq": .serial, "tool_version": .text]),
    StoredTable(
      "sealed_part", key: ["seal_id", "table_name", "part"],
      [
        "seal_id": .serial, "table_name": .word(SealedTable.self), "part": .part, "digest": .digest,
        "salt": .bytes([16]).orNull,
      ]),
    StoredTable(
      "unsealed_part", key: ["table_name", "part"], ["table_name": .word(SealedTable.self), "part": .part]),
    StoredTable(
      "signed_head", key: ["seq"],
      ["seq": .serial, "second": .second, "public_key": .digest, "signature": .bytes([64])]),
    StoredTable(
      "access_entry", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial, "action": .word(AccessEntry.Action.self),
        "role": .word(AccessEntry.Role.self), "second": .second, "first_day": .day.orNull, "last_day": .day.orNull,
        "files_digest": .digest.orNull, "tool_version": .text,
      ]),
    StoredTable(
      "enveloped_block", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial, "session_id": .serial, "day": .day, "dpo_key": .digest,
        "works_council_key": .digest, "emergency_key": .digest.orNull, "content_digest": .digest,
        "content": .blob.orNull,
      ]),
    StoredTable(
      "reidentification", key: ["id"],
      [
        "id": .serial, "chain_seq": .serial, "role": .word(AccessEntry.Role.self), "second": .second,
        "purpose": .word(Reidentification.Purpose.self), "file_reference": .parsed(FileReference.self),
        "flows": .count, "first_day": .day, "last_day": .day, "is_emergency": .flag, "tool_version": .text,
      ]),
    StoredTable("schema_migration", key: ["identifier"], ["identifier": .text]),
    // SQLite's own: the numbers that it gives next.
    StoredTable(
      "sqlite_sequence", key: ["rowid"], ["name": .text, "seq": .integer(0...StoredColumn.greatestSerial - 1)]),
  ]

  /// Column of a table, by both names.
  static let columns: [String: StoredColumn] = Dictionary(
    uniqueKeysWithValues: all.flatMap { table in table.columns.map { (table.name + "." + $0.name, $0.column) } })
}
