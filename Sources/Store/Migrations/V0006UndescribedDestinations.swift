extension Migration {
  /// Destinations that no rule describes, by day; only those that at least k devices contacted.
  ///
  /// `destination` is a registered domain, `AS` and the number of a network, or empty if neither is known. In
  /// `system_number` 0 and in `system_name` the empty text are unknown, or several. `flows_outside_hours` is NULL if no
  /// working hours were agreed, `period_seconds` if no steady period was found.
  static let v0006 = Migration(
    identifier: "V0006_undescribed_destinations",
    sql: """
      CREATE TABLE undescribed_day (
        day INTEGER NOT NULL,
        destination TEXT NOT NULL,
        session_id INTEGER NOT NULL REFERENCES capture_session (id),
        devices INTEGER NOT NULL,
        flows INTEGER NOT NULL,
        flows_outside_hours INTEGER,
        bytes_up INTEGER NOT NULL,
        bytes_down INTEGER NOT NULL,
        naming_class TEXT NOT NULL,
        system_number INTEGER NOT NULL,
        system_name TEXT NOT NULL,
        period_seconds INTEGER,
        PRIMARY KEY (day, destination, session_id)
      ) STRICT, WITHOUT ROWID;
      """)
}
