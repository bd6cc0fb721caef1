import ArgumentParser
import Auditing
import Glibc
import Reporting

/// Where rules and configuration lie; the same words in every verb.
struct SiteOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Rule directory. Without it: /usr/share/egressaudit/rules, else the folder 'rules' here.", valueName: "directory")
  )
  var rules: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Configuration of the site (YAML): inside networks, groups, limits. Without it, private ranges are inside.",
      valueName: "file"))
  var config: String?

  var rulesDirectory: String { rules ?? RuleDirectory.standard }

  func configuration() throws -> AuditConfiguration {
    guard let config else { return AuditConfiguration() }
    return try AuditConfiguration(path: config)
  }
}

enum Language {
  /// German where the locale is German (`LC_ALL`, `LC_MESSAGES`, `LANG`, in this order).
  static var current: ReportLanguage {
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
      guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { continue }
      return value.hasPrefix("de") ? .german : .english
    }
    return .english
  }
}

extension ReportLanguage: ExpressibleByArgument {}
extension CaptureInspector.Format: ExpressibleByArgument {}
