/// A language in which the program writes for people.
public enum Language: String, Sendable, Hashable, CaseIterable {
  case german = "de"
  case english = "en"

  /// The one of two texts that is in this language.
  package func say(_ english: String, _ german: String) -> String { self == .german ? german : english }
}

/// What makes sentences in one language.
package protocol SpeaksOneLanguage {
  var language: Language { get }
}

extension SpeaksOneLanguage {
  /// The one of two texts that is in the language of the sentences.
  package func say(_ english: String, _ german: String) -> String { language.say(english, german) }
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

extension Sequence<LocalizedText> {
  /// The texts with `separator` between them, in each language.
  package func joined(separator: String) -> LocalizedText {
    LocalizedText(en: map(\.en).joined(separator: separator), de: map(\.de).joined(separator: separator))
  }
}

/// An error that people read: it says in both languages what went wrong, what was expected and what to do.
///
/// It describes itself in English, as logs have it; a verb prints `text` in the language of its run.
public protocol BilingualError: Error, CustomStringConvertible {
  var text: LocalizedText { get }
}

extension BilingualError {
  public var description: String { text.en }
}

extension LocalizedText {
  /// What an error says; one of the system or of a library, which has one language only, in its own words.
  public init(of error: any Error) {
    self = (error as? any BilingualError)?.text ?? LocalizedText(en: "\(error)", de: "\(error)")
  }
}
