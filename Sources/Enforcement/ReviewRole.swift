import Foundation
public import Model

/// In what role a person decided, such as "DSB"; no name.
public struct ReviewRole: Sendable, Hashable {
  static let limit = 200
  /// What a role may be, for a message.
  public static let expectation = TableTexts.role(limit)

  public let name: String

  /// Without white space round it; nil if nothing is left, with control characters or line ends, and if it is longer than 200 characters.
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
