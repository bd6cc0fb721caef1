extension Migration {
  /// The first schema.
  ///
  /// Times are whole hours or days since 1970 in UTC, but for `covered_until`, the second at which a live sensor last
  /// stored something, which tells of no device; counts are 0 to 2^63 - 1, devices are pseudonyms of 16 bytes.
  /// `cleartext_classes` is a sum: 1 e-mail address, 2 account credential, 4 cookie, 8 device identifier, 16 user
  /// agent. `network_traits` is a sum: 1 anycast, 2 satellite, 4 anonymous proxy. In `network_hour` 0 and the empty
  /// text are unknown. The order of columns in `flow_evidence` is the order of the evidence chain's canonical form.
  static let v0001 = Migration(
    identifier: "V0001_first_schema",
    sql: """
      PRAGMA application_id = 1162297685;

      CREATE TABLE meta (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        site TEXT NOT NULL,
        export_salt BLOB NOT NULL
      ) STRICT;

      CREATE TABLE rule_set (
        id INTEGER PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        version TEXT NOT NULL,
        date TEXT NOT NULL
      ) STRICT;

      CREATE TABLE accepted_bundle (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        version TEXT NOT NULL,
        content_hash TEXT NOT NULL
      ) STRICT;

      CREATE TABLE rule_facts (
        rule_set_id INTEGER NOT NULL REFERENCES rule_set (id),
        rule_id TEXT NOT NULL,
        facts TEXT NOT NULL,
        PRIMARY KEY (rule_set_id, rule_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE chain_entry (
        seq INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        digest BLOB NOT NULL,
        hash BLOB NOT NULL
      ) STRICT;

      CREATE TABLE capture_session (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        sensor TEXT NOT NULL,
        capture_mode TEXT NOT NULL,
        interface TEXT NOT NULL,
        tool_version TEXT NOT NULL,
        rule_set_id INTEGER NOT NULL REFERENCES rule_set (id),
        settings TEXT NOT NULL,
        location_databases TEXT NOT NULL,
        capture_fingerprint BLOB,
        first_hour INTEGER,
        last_hour INTEGER,
        packets INTEGER NOT NULL DEFAULT 0,
        is_closed INTEGER NOT NULL DEFAULT 0,
        covered_until INTEGER,
        open_flows INTEGER NOT NULL DEFAULT 0
      ) STRICT;

      CREATE TABLE coverage_hour (
        hour INTEGER NOT NULL,
        sensor TEXT NOT NULL,
        rule_set_id INTEGER NOT NULL REFERENCES rule_set (id),
        capture_mode TEXT NOT NULL,
        tool_version TEXT NOT NULL,
        packets_seen INTEGER NOT NULL,
        packets_dropped_kernel INTEGER NOT NULL,
        tcp_bytes INTEGER NOT NULL,
        tcp_missed_bytes INTEGER NOT NULL,
        gaps TEXT NOT NULL,
        restarts INTEGER NOT NULL,
        clock TEXT NOT NULL,
        clock_offset_ms INTEGER,
        clock_steps INTEGER NOT NULL,
        bytes_out_a INTEGER NOT NULL,
        bytes_out_b INTEGER NOT NULL,
        bytes_out_c INTEGER NOT NULL,
        bytes_out_d INTEGER NOT NULL,
        bytes_out_e INTEGER NOT NULL,
        outbound_flows INTEGER NOT NULL,
        flows_without_dns INTEGER NOT NULL,
        ech_flows INTEGER NOT NULL,
        doh_flows INTEGER NOT NULL,
        vpn_flows INTEGER NOT NULL,
        canaries_expected INTEGER NOT NULL,
        canaries_seen INTEGER NOT NULL,
        flows_evicted INTEGER NOT NULL,
        records_lost INTEGER NOT NULL,
        anomalies TEXT NOT NULL,
        PRIMARY KEY (hour, sensor, rule_set_id, capture_mode, tool_version)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE usage_hour (
        hour INTEGER NOT NULL,
        rule_id TEXT NOT NULL,
        group_name TEXT NOT NULL,
        device BLOB NOT NULL,
        sensor TEXT NOT NULL,
        rule_set_id INTEGER NOT NULL REFERENCES rule_set (id),
        matched_pattern TEXT NOT NULL,
        naming_class TEXT NOT NULL,
        encryption TEXT NOT NULL,
        sessions INTEGER NOT NULL,
        blocked_attempts INTEGER NOT NULL,
        ech_flows INTEGER NOT NULL,
        bytes_up INTEGER NOT NULL,
        bytes_down INTEGER NOT NULL,
        packets_up INTEGER NOT NULL,
        packets_down INTEGER NOT NULL,
        missed_bytes INTEGER NOT NULL,
        cleartext_classes INTEGER NOT NULL,
        example_name TEXT,
        PRIMARY KEY (
          hour, rule_id, group_name, device, sensor, rule_set_id, matched_pattern, naming_class, encryption)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE network_hour (
        hour INTEGER NOT NULL,
        rule_id TEXT NOT NULL,
        session_id INTEGER NOT NULL REFERENCES capture_session (id),
        system_number INTEGER NOT NULL,
        system_name TEXT NOT NULL,
        country TEXT NOT NULL,
        network_traits INTEGER NOT NULL,
        anycast_or_cdn TEXT NOT NULL,
        PRIMARY KEY (
          hour, rule_id, session_id, system_number, system_name, country, network_traits, anycast_or_cdn)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE device_presence (
        day INTEGER NOT NULL,
        group_name TEXT NOT NULL,
        device BLOB NOT NULL,
        PRIMARY KEY (day, group_name, device)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE flow_evidence (
        chain_seq INTEGER PRIMARY KEY,
        session_id INTEGER NOT NULL REFERENCES capture_session (id),
        device BLOB NOT NULL,
        group_name TEXT NOT NULL,
        hour INTEGER NOT NULL,
        duration_class INTEGER NOT NULL,
        transport INTEGER NOT NULL,
        destination_port INTEGER NOT NULL,
        destination_address BLOB,
        system_number INTEGER,
        system_name TEXT,
        country TEXT,
        network_traits INTEGER NOT NULL,
        anycast_or_cdn TEXT NOT NULL,
        destination_name TEXT,
        name_method TEXT NOT NULL,
        naming_class TEXT NOT NULL,
        dns_age INTEGER,
        ech TEXT NOT NULL,
        encryption TEXT NOT NULL,
        application_protocol TEXT,
        bytes_up INTEGER NOT NULL,
        bytes_down INTEGER NOT NULL,
        packets_up INTEGER NOT NULL,
        packets_down INTEGER NOT NULL,
        missed_bytes INTEGER NOT NULL,
        completeness TEXT NOT NULL,
        outcome TEXT NOT NULL,
        originator_inferred INTEGER NOT NULL,
        opens_flow INTEGER NOT NULL,
        is_retry INTEGER NOT NULL,
        cleartext_classes INTEGER NOT NULL,
        rule_id TEXT NOT NULL,
        rule_revision INTEGER NOT NULL,
        matched_pattern TEXT NOT NULL
      ) STRICT;

      CREATE TABLE reclassification (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        rule_set_id INTEGER NOT NULL REFERENCES rule_set (id),
        tool_version TEXT NOT NULL,
        through_seq INTEGER NOT NULL,
        flows INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE reclassified_flow (
        reclassification_id INTEGER NOT NULL REFERENCES reclassification (id),
        flow_seq INTEGER NOT NULL REFERENCES flow_evidence (chain_seq),
        rule_id TEXT NOT NULL,
        rule_revision INTEGER NOT NULL,
        matched_pattern TEXT NOT NULL,
        destination_name TEXT,
        PRIMARY KEY (reclassification_id, flow_seq)
      ) STRICT, WITHOUT ROWID;

      CREATE INDEX flow_evidence_hour ON flow_evidence (hour);

      CREATE TABLE deletion (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        data_class TEXT NOT NULL,
        before_hour INTEGER NOT NULL,
        row_count INTEGER NOT NULL,
        day INTEGER NOT NULL,
        tool_version TEXT NOT NULL
      ) STRICT;

      CREATE TABLE deleted_range (
        deletion_id INTEGER NOT NULL REFERENCES deletion (id),
        first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        last_hash BLOB NOT NULL,
        PRIMARY KEY (deletion_id, first_seq)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE reclassification_rest (
        deletion_id INTEGER NOT NULL REFERENCES deletion (id),
        reclassification_id INTEGER NOT NULL REFERENCES reclassification (id),
        digest BLOB NOT NULL,
        PRIMARY KEY (deletion_id, reclassification_id)
      ) STRICT, WITHOUT ROWID;
      """)
}
