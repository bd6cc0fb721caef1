import Documents

/// A summary of what lint finds in rules that could be loaded: counts and the first findings.
///
/// It contains text of rule files, and nothing that was captured.
public struct LintSummary: Sendable {
  public let faults: Int
  public let warnings: Int
  /// Such as `2 faults and 1 warning`.
  public let counts: String
  /// Faults before warnings, at most `limit`.
  public let first: [FileFault]
  /// The command that lists all findings, such as `egressaudit rules lint rules`.
  public let command: String
  public var nextStep: String { "run: \(command)" }

  private static let limit = 3

  /// Nil if nothing was found.
  public init?(_ findings: [FileFault], of source: RuleSource) {
    guard !findings.isEmpty else { return nil }
    let faults = findings.filter { $0.severity == .fault }
    let warnings = findings.filter { $0.severity == .warning }
    (self.faults, self.warnings) = (faults.count, warnings.count)
    let count = { (number: Int, word: String) in number == 0 ? nil : "\(number) \(word)\(number == 1 ? "" : "s")" }
    counts = [count(faults.count, "fault"), count(warnings.count, "warning")].compactMap(\.self).joined(
      separator: " and ")
    first = Array((faults + warnings).prefix(Self.limit))
    command = source.lintCommand
  }
}
