extension Migration {
  /// By what flows were attributed, and clear text that was not looked into.
  ///
  /// In rows that are older nobody looked: the new columns are NULL, and `cleartext_classes` of sums gets the bit 32,
  /// not inspected, wherever something may have been sent in clear text. Single flows are bound in the evidence chain
  /// and stay as they are; see `FlowRow`.
  static let v0004 = Migration(
    identifier: "V0004_match_basis",
    sql: """
      ALTER TABLE flow_evidence ADD COLUMN matched_by TEXT;
      ALTER TABLE flow_evidence ADD COLUMN is_contradicted INTEGER;
      ALTER TABLE usage_hour ADD COLUMN alias_flows INTEGER;
      ALTER TABLE usage_hour ADD COLUMN contradicted_flows INTEGER;

      UPDATE usage_hour SET cleartext_classes = cleartext_classes | 32
      WHERE encryption IN ('none', 'unknown') AND bytes_up > 0 AND (sessions > 0 OR bytes_down > 0);
      """)
}
