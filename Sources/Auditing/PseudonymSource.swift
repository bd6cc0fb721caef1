import Privacy
import Synchronization

/// The pseudonymiser of a running audit, which the service may replace.
final class PseudonymSource: Sendable {
  /// A pseudonymiser with a number, by which a reader recognises a replacement.
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

  /// The current version.
  var current: Version { version.withLock { $0 } }
}
