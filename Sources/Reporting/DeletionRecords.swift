import Model
public import Store

/// What retention deleted from a store, in plain sentences.
public enum DeletionRecords {
  /// One line for each data class and day of deletion, times in UTC.
  public static func text(database: AuditDatabase, language: Language) throws -> String {
    try Texts.deletionRecords(database.deletions(), .utc, language).map { $0 + "\n" }.joined()
  }
}
