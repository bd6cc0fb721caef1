import Foundation
public import Model

/// The role in which a person decided, such as "DSB"; not a name.
public struct ReviewRole: Sendable, Hashable {
  static let limit = 200
  /// What a role may be, for a message.
  public static let expectation = TableTexts.role(limit)

  public let name: String

  /// The text without surrounding white space; nil if it is empty, has control characters or line ends, or is longer
  /// than 200 characters.
  public init?(_ text: String) {
    let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard (1...Self.limit).contains(name.unicodeScalars.count),
      !name.unicodeScalars.contains(where: {
        [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
      })
    else { return nil }
    self.name = name
  }
}
