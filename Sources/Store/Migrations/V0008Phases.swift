extension Migration {
  /// Beginnings and ends of phases, such as "before" and "after" a setting; each is one row and one entry of the evidence chain.
  ///
  /// `event` is `start` or `stop`. `hour` is the first hour that lies wholly in the phase, or the first that does not any more.
  /// `setting` is NULL if none was given, `group_names` a JSON array, empty for the whole site; both are NULL in a `stop`. `day` is
  /// the day on which the row was entered.
  static let v0008 = Migration(
    identifier: "V0008_phases",
    sql: """
      CREATE TABLE phase_entry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chain_seq INTEGER NOT NULL UNIQUE,
        event TEXT NOT NULL,
        name TEXT NOT NULL,
        hour INTEGER NOT NULL,
        setting TEXT,
        group_names TEXT,
        day INTEGER NOT NULL,
        tool_version TEXT NOT NULL
      ) STRICT;
      """)
}
