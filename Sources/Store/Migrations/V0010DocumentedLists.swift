extension Migration {
  /// Lists of recipients that the controller's papers name; each import and each removal is one row and one entry of the evidence chain.
  ///
  /// `content` is JSON, `content_digest` the SHA-256 of it, and `file_digest` that of the file that was read; all three are NULL in a removal.
  /// A later row of the same kind deletes the content; the digest stays, so that the chain still holds. `day` is the day on which it
  /// was done, in UTC since 1970.
  static let v0010 = Migration(
    identifier: "V0010_documented_lists",
    sql: """
      CREATE TABLE documented_list (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        day INTEGER NOT NULL,
        tool_version TEXT NOT NULL,
        file_digest BLOB,
        content_digest BLOB,
        content TEXT
      ) STRICT;

      CREATE UNIQUE INDEX documented_list_kind ON documented_list (kind) WHERE content IS NOT NULL;
      """)
}
