/// Which of the two lists of recipients a controller keeps.
public enum DocumentedListKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// Recipients with whom there is a contract, such as one on processing (Art. 28 GDPR).
  case contract
  /// Recipients in the record of processing activities (Art. 30 GDPR).
  case art30
}

/// The recipients that a controller's own papers name: its contracts, or its record of processing activities.
public struct DocumentedRecipients: Sendable, Hashable, Codable {
  /// A recipient as the papers spell it.
  public struct Entry: Sendable, Hashable, Codable {
    public var recipient: String
    /// Further spellings, in the order of the file.
    public var aliases: [String]
    /// Contracts or processing activities that name it, in the order of the file.
    public var references: [String]
    /// Legal entities of the rules that people confirmed it to be; empty if it is none of them, nil if nobody confirmed
    /// anything.
    public var confirmed: [String]?

    public init(recipient: String, aliases: [String] = [], references: [String] = [], confirmed: [String]? = nil) {
      self.recipient = recipient
      self.aliases = aliases
      self.references = references
      self.confirmed = confirmed
    }
  }

  /// Most entries that one list may have.
  public static let mostEntries = 5_000

  /// In the order of the file; each recipient once.
  public var entries: [Entry]

  public init(entries: [Entry]) { self.entries = entries }
}
