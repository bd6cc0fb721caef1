extension Migration {
  /// What a sensor was able to see, and for which time a capture stands.
  ///
  /// The columns of `coverage_hour` are NULL, all together, in hours of which an older version wrote a part: there they
  /// were not measured. `capture_span` holds seconds since 1970 of packets at the edges of capture files, which tell of
  /// no device.
  static let v0002 = Migration(
    identifier: "V0002_sight",
    sql: """
      ALTER TABLE coverage_hour ADD COLUMN unexaminable_flows INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN unexaminable_bytes INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN two_sided_flows INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN one_sided_flows INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN web_flows INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN quic_flows INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN names_resolved INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN names_contacted INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN frames_captured_short INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN drop_statements INTEGER NOT NULL DEFAULT 0;

      CREATE TABLE group_hour (
        hour INTEGER NOT NULL,
        group_name TEXT NOT NULL,
        session_id INTEGER NOT NULL REFERENCES capture_session (id),
        sessions INTEGER NOT NULL,
        outbound_flows INTEGER NOT NULL,
        unexaminable_flows INTEGER NOT NULL,
        bytes_out INTEGER NOT NULL,
        unexaminable_bytes INTEGER NOT NULL,
        PRIMARY KEY (hour, group_name, session_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE capture_span (
        session_id INTEGER NOT NULL REFERENCES capture_session (id),
        first_second INTEGER NOT NULL,
        last_second INTEGER NOT NULL,
        begins TEXT NOT NULL,
        edge_silence INTEGER NOT NULL,
        PRIMARY KEY (session_id, first_second)
      ) STRICT, WITHOUT ROWID;
      """)
}
