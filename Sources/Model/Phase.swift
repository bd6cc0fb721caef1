/// Name of a phase: ASCII letters, digits, `-` and `_`, 1 to 64 of them, beginning with a letter or a digit.
///
/// It becomes part of file names and of sentences, and cannot be confused with a range of days.
public struct PhaseName: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  /// Most characters of a name.
  package static let longest = 64

  /// Nil if `text` is no such name.
  public init?(_ text: String) {
    guard (1...Self.longest).contains(text.utf8.count), let first = text.utf8.first, first != UInt8(ascii: "-"),
      first != UInt8(ascii: "_"), text.utf8.allSatisfy(Self.isAllowed)
    else { return nil }
    description = text
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

/// What was set while a phase lasted, in the words of the site: one line of 1 to 200 characters.
///
/// It is printed in reports. A text with `@`, an IP address or the path of a file is refused, because it may name a
/// person, a device or a user's folder.
public struct PhaseSetting: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  /// Most characters of a text.
  package static let longest = 200

  /// Nil if `text` is no such text.
  public init?(_ text: String) {
    let scalars = text.unicodeScalars
    guard (1...Self.longest).contains(scalars.count), !scalars.contains(where: { $0.isHidden || $0 == "@" }),
      text.contains(where: { !$0.isWhitespace }),
      !text.split(whereSeparator: \.isWhitespace).contains(where: Self.namesPlace)
    else { return nil }
    description = text
  }

  private static func namesPlace(_ word: Substring) -> Bool {
    let bare = word.trimmingPrefix(while: "([\"'".contains)
    let address = bare.prefix { $0.isHexDigit || $0 == "." || $0 == ":" }
    return (bare.hasPrefix("/") && bare.count > 1) || bare.hasPrefix("~/") || bare.hasPrefix("\\")
      || bare.dropFirst().hasPrefix(":\\")
      || bare.dropFirst().hasPrefix(":/") || IPAddress(String(address)) != nil
  }
}
