internal import CPSL

/// The public suffix list (publicsuffix.org): under which domains strangers register names.
///
/// The newer of what the Debian package `publicsuffix` installed and what libpsl was built with; nothing is fetched.
package final class PublicSuffixList: Sendable {
  /// Read once.
  package static let installed = PublicSuffixList()

  enum Section {
    /// A registry gives out the names below: `com`, `co.uk`.
    case registry
    /// A provider gives out the names below to its customers: `azurewebsites.net`, `github.io`.
    case provider
  }

  // Nothing writes to it once it is read.
  nonisolated(unsafe) private let context: OpaquePointer

  package init() {
    guard let context = psl_latest(nil) else {
      fatalError("libpsl was built without a list and finds none; install the Debian package publicsuffix")
    }
    self.context = context
  }

  deinit { psl_free(context) }

  /// Who gives out the names right below `domain`, in lower case without dot at its end; nil where it is no public suffix. Every single label is one.
  func section(of domain: String) -> Section? {
    if psl_is_public_suffix2(context, domain, PSL_TYPE_ICANN) == 1 { return .registry }
    return psl_is_public_suffix2(context, domain, PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE) == 1 ? .provider : nil
  }

  /// The ending of `name` that somebody has registered: one label more than its public suffix; nil where the name is a public suffix itself.
  package func registrableDomain(of name: String) -> String? {
    name.withCString { text in psl_registrable_domain(context, text).map { String(cString: $0) } }
  }
}
