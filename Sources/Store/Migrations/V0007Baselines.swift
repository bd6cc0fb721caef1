extension Migration {
  /// Baselines, with which later periods are compared, and their removals; each has its place in the evidence chain.
  ///
  /// `content` is JSON, and `content_digest` the SHA-256 of it. A removal deletes the content; the digest stays, so that the chain
  /// still holds. `day` is the day on which it was done, in UTC since 1970.
  static let v0007 = Migration(
    identifier: "V0007_baselines",
    sql: """
      CREATE TABLE baseline (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        name TEXT NOT NULL,
        day INTEGER NOT NULL,
        tool_version TEXT NOT NULL,
        content_digest BLOB NOT NULL,
        content TEXT
      ) STRICT;

      CREATE UNIQUE INDEX baseline_name ON baseline (name) WHERE content IS NOT NULL;

      CREATE TABLE baseline_removal (
        baseline_id INTEGER PRIMARY KEY REFERENCES baseline (id),
        chain_seq INTEGER NOT NULL UNIQUE,
        day INTEGER NOT NULL,
        tool_version TEXT NOT NULL
      ) STRICT;
      """)
}
