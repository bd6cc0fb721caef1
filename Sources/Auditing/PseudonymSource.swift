import Privacy
import Synchronization

/// The key by which a running audit makes pseudonyms; the service may replace it meanwhile.
final class PseudonymSource: Sendable {
  /// A pseudonymiser with its number, by which a reader knows whether it was replaced.
  struct Version: Sendable {
    let number: Int
    let pseudonymiser: Pseudonymiser
  }

  private let version: Mutex<Version>

  init(_ key: PseudonymKey) { version = Mutex(Version(number: 0, pseudonymiser: Pseudonymiser(key: key))) }

  func replace(by key: PseudonymKey) {
    let pseudonymiser = Pseudonymiser(key: key)
    version.withLock { $0 = Version(number: $0.number + 1, pseudonymiser: pseudonymiser) }
  }

  /// What is in force.
  var current: Version { version.withLock { $0 } }
}
