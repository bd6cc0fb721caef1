extension Migration {
  /// Flows of which neither end is inside: of what they are, nothing is known.
  ///
  /// NULL in hours of which an older version wrote a part: there they were not counted. `controls` is NULL where no control
  /// was seen.
  static let v0005 = Migration(
    identifier: "V0005_transit",
    sql: """
      ALTER TABLE coverage_hour ADD COLUMN transit_flows INTEGER;
      ALTER TABLE coverage_hour ADD COLUMN controls TEXT;
      """)
}
