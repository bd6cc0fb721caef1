import Model
import Synchronization

/// Facts of rules by the text that stands for them in stores, so that one process need not parse what it has written.
///
/// Parsing the facts of the shipped rules took a seventh of a short audit.
public final class KnownRuleFacts: Sendable {
  private let byText = Mutex<[String: RuleFacts]>([:])

  public init() {}

  func note(_ facts: RuleFacts, storedAs text: String) {
    byText.withLock { $0[text] = facts }
  }

  func facts(storedAs text: String) -> RuleFacts? {
    byText.withLock { $0[text] }
  }
}
