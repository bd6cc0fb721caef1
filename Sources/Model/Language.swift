/// A language in which the program writes for people.
public enum Language: String, Sendable, Hashable, CaseIterable {
  case german = "de"
  case english = "en"
}

/// A text in the two languages that people read.
public struct LocalizedText: Sendable, Hashable, Codable {
  public var en: String
  public var de: String

  public init(en: String, de: String) {
    self.en = en
    self.de = de
  }

  /// The text in one of the two languages.
  public subscript(language: Language) -> String { language == .german ? de : en }
}
