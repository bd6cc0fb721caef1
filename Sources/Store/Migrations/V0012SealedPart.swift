extension Migration {
  /// The sealed part, which holds exact times, addresses and names in envelopes, and who opened it.
  ///
  /// Each row of `enveloped_block` has an entry in the evidence chain. `day` is in UTC since 1970; the keys are SHA-256 digests of public
  /// keys. `content` is CMS in DER, and NULL once it was deleted. `second` in `reidentification` is when somebody opened flows, since 1970;
  /// `role` is a group, never a person.
  static let v0012 = Migration(
    identifier: "V0012_sealed_part",
    sql: """
      CREATE TABLE enveloped_block (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        session_id INTEGER NOT NULL REFERENCES capture_session (id),
        day INTEGER NOT NULL,
        dpo_key BLOB NOT NULL,
        works_council_key BLOB NOT NULL,
        emergency_key BLOB,
        content_digest BLOB NOT NULL,
        content BLOB
      ) STRICT;

      CREATE TABLE reidentification (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        role TEXT NOT NULL,
        second INTEGER NOT NULL,
        purpose TEXT NOT NULL,
        file_reference TEXT NOT NULL,
        flows INTEGER NOT NULL,
        first_day INTEGER NOT NULL,
        last_day INTEGER NOT NULL,
        is_emergency INTEGER NOT NULL,
        tool_version TEXT NOT NULL
      ) STRICT;
      """)
}
