extension Migration {
  /// What people decided about rows of the tables, each bound in the evidence chain.
  ///
  /// `row_name` is the id that the table gives the row. `first_day` and `last_day` are the days of the table that was read back,
  /// `file_digest` is the SHA-256 of that file. `content` holds the entries by column, and the facts on which they were made.
  static let v0009 = Migration(
    identifier: "V0009_review_decisions",
    sql: """
      CREATE TABLE review_decision (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        table_name TEXT NOT NULL,
        row_name TEXT NOT NULL,
        first_day INTEGER NOT NULL,
        last_day INTEGER NOT NULL,
        role TEXT NOT NULL,
        recorded_second INTEGER NOT NULL,
        file_digest BLOB NOT NULL,
        content TEXT NOT NULL
      ) STRICT;
      CREATE INDEX review_decision_by_row ON review_decision (table_name, row_name, id);
      """)
}
