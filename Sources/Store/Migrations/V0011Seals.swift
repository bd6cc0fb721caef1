extension Migration {
  /// Seals, which bind sums and settings in the evidence chain; signed heads of the chain; and who used the store for what.
  ///
  /// A part of a table is all its rows of one hour, one day or one number. `sealed_part` holds the salted SHA-256 of each part that changed
  /// since the seal before (retention deletes the salt with the rows, so that nobody can try which rows there were), `unsealed_part` names those that have changed since the last one. All parts of an older store are
  /// unsealed. `second` in `signed_head` is when it was signed, since 1970. `second` in `access_entry` is when a person or the
  /// service used the store; `role` is a group, never a person. The indexes find the rows of a part.
  static let v0011 = Migration(
    identifier: "V0011_seals",
    sql: """
      CREATE TABLE seal (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        tool_version TEXT NOT NULL
      ) STRICT;

      CREATE TABLE sealed_part (
        seal_id INTEGER NOT NULL REFERENCES seal (id),
        table_name TEXT NOT NULL,
        part INTEGER NOT NULL,
        digest BLOB NOT NULL,
        salt BLOB,
        PRIMARY KEY (seal_id, table_name, part)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE unsealed_part (
        table_name TEXT NOT NULL,
        part INTEGER NOT NULL,
        PRIMARY KEY (table_name, part)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE signed_head (
        seq INTEGER PRIMARY KEY,
        second INTEGER NOT NULL,
        public_key BLOB NOT NULL,
        signature BLOB NOT NULL
      ) STRICT;

      CREATE TABLE access_entry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        action TEXT NOT NULL,
        role TEXT NOT NULL,
        second INTEGER NOT NULL,
        first_day INTEGER,
        last_day INTEGER,
        files_digest BLOB,
        tool_version TEXT NOT NULL
      ) STRICT;

      CREATE INDEX session_coverage_by_hour ON session_coverage (hour);
      CREATE INDEX capture_span_by_hour ON capture_span (last_second / 3600);

      INSERT INTO unsealed_part (table_name, part)
        SELECT DISTINCT 'coverage_hour', hour FROM coverage_hour UNION ALL
        SELECT DISTINCT 'usage_hour', hour FROM usage_hour UNION ALL
        SELECT DISTINCT 'network_hour', hour FROM network_hour UNION ALL
        SELECT DISTINCT 'group_hour', hour FROM group_hour UNION ALL
        SELECT DISTINCT 'session_coverage', hour FROM session_coverage UNION ALL
        SELECT DISTINCT 'connection_sample', hour FROM connection_sample UNION ALL
        SELECT DISTINCT 'device_presence', day FROM device_presence UNION ALL
        SELECT DISTINCT 'undescribed_day', day FROM undescribed_day UNION ALL
        SELECT DISTINCT 'capture_span', last_second / 3600 FROM capture_span UNION ALL
        SELECT 'capture_session', id FROM capture_session UNION ALL
        SELECT 'meta', only_row FROM meta UNION ALL
        SELECT 'accepted_bundle', only_row FROM accepted_bundle;
      """)
}
