internal import CPSL

/// The public suffix list (publicsuffix.org): domains under which independent parties register names.
///
/// The newer of the list of the Debian package `publicsuffix` and the one built into libpsl; nothing is downloaded.
package final class PublicSuffixList: Sendable {
  /// The list, read once.
  package static let installed = PublicSuffixList()

  enum Section {
    /// A registry assigns the names below: `com`, `co.uk`.
    case registry
    /// A provider assigns the names below to its customers: `azurewebsites.net`, `github.io`.
    case provider
  }

  // Safe: it is only read after `init`.
  nonisolated(unsafe) private let context: OpaquePointer

  package init() {
    guard let context = psl_latest(nil) else {
      fatalError("libpsl was built without a list and finds none; install the Debian package publicsuffix")
    }
    self.context = context
  }

  deinit { psl_free(context) }

  /// Who assigns the names directly below `domain`, which is in lower case without trailing dot; nil if it is no public
  /// suffix. Every single label is one.
  func section(of domain: String) -> Section? {
    if psl_is_public_suffix2(context, domain, PSL_TYPE_ICANN) == 1 { return .registry }
    return psl_is_public_suffix2(context, domain, PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE) == 1 ? .provider : nil
  }

  /// The registrable domain of `name`: its public suffix with one more label; nil if the name is a public suffix
  /// itself.
  package func registrableDomain(of name: String) -> String? {
    name.withCString { text in psl_registrable_domain(context, text).map { String(cString: $0) } }
  }
}
