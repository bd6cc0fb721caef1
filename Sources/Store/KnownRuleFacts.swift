import Model
import Synchronization

/// Facts of rules with the text that stands for them in stores, so that one process need not parse what it has written.
///
/// Parsing the facts of the shipped rules took a seventh of a short audit.
public final class KnownRuleFacts: Sendable {
  /// By rule: hashing the texts would normalize them, since the German titles are not ASCII.
  private let byRule = Mutex<[String: (text: String, facts: RuleFacts)]>([:])

  public init() {}

  func note(_ facts: RuleFacts, storedAs text: String) {
    byRule.withLock { $0[facts.id] = (text, facts) }
  }

  /// The facts of this rule; nil unless exactly this text was noted for it last.
  func facts(of rule: String, storedAs text: String) -> RuleFacts? {
    var text = text
    return text.withUTF8 { bytes in
      byRule.withLock { byRule in
        byRule[rule].flatMap { $0.text.hasUTF8(UnsafeRawBufferPointer(bytes)) ? $0.facts : nil }
      }
    }
  }
}
