/// Version of a rule set that can be compared: one to four whole numbers with dots between, such as `2026.11.1`.
public struct RuleSetVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// As written; `2026.11` and `2026.11.0` rank alike.
  public let description: String
  private let numbers: [UInt32]

  /// Nil if the text has another form, or a number has more than nine digits.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part -> UInt32? in
      guard (1...9).contains(part.count), part.allSatisfy({ $0.isASCIIDigit }) else { return nil }
      return part.reduce(0) { $0 * 10 + UInt32($1 - UInt8(ascii: "0")) }
    }
    guard (1...4).contains(parts.count), numbers.count == parts.count else { return nil }
    description = text
    self.numbers = numbers + Array(repeating: 0, count: 4 - numbers.count)
  }

  public static func == (left: RuleSetVersion, right: RuleSetVersion) -> Bool { left.numbers == right.numbers }

  public func hash(into hasher: inout Hasher) { hasher.combine(numbers) }

  public static func < (left: RuleSetVersion, right: RuleSetVersion) -> Bool {
    left.numbers.lexicographicallyPrecedes(right.numbers)
  }
}

/// The signed bundle that rules came from. A store remembers it, so that nobody can replace newer rules with older
/// ones.
public struct RuleBundleStamp: Sendable, Hashable {
  public var version: RuleSetVersion
  /// `sha256:` and 64 hexadecimal digits over version, date and files; the same for the same files under another key.
  public var contentHash: String
  /// Public key that the signature was checked with: 64 hexadecimal digits.
  public var signer: String

  public init(version: RuleSetVersion, contentHash: String, signer: String) {
    self.version = version
    self.contentHash = contentHash
    self.signer = signer
  }
}

/// Where the rules of an audit came from, and which change the administrator lets the store take.
public struct RuleProvenance: Sendable, Hashable {
  /// Rule directory or bundle, as the user named it.
  public var path: String
  /// Nil for a directory, which is not signed.
  public var bundle: RuleBundleStamp?
  /// A store that took signed rules takes unsigned ones too.
  public var acceptsUnsigned: Bool
  /// Public key, 64 hexadecimal digits, that a store takes in place of the one it knows.
  public var acceptedKey: String?

  public init(
    path: String, bundle: RuleBundleStamp? = nil, acceptsUnsigned: Bool = false, acceptedKey: String? = nil
  ) {
    self.path = path
    self.bundle = bundle
    self.acceptsUnsigned = acceptsUnsigned
    self.acceptedKey = acceptedKey
  }
}
