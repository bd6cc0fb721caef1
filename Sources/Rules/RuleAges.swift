public import Model

/// When a rule or a register was last compared with its sources.
public struct RuleAge: Sendable, Hashable {
  /// Id of a rule, or file of a register.
  public let name: String
  /// Day of the last comparison (ISO 8601).
  public let compared: String
  /// Date of the oldest source; nil for a register without entries.
  public let oldestSource: String?

  init(name: String, compared: String, sources: some Sequence<SourceReference>) {
    self.name = name
    self.compared = compared
    oldestSource = sources.map(\.date).min { Self.day($0) < Self.day($1) }
  }

  /// The first day that a date can mean, since 1970-01-01.
  fileprivate static func day(_ date: String) -> Int64 { LocalDate.days(meantBy: date)?.lowerBound.day ?? .max }
}

/// Rules and registers in the order in which they should be compared with their sources again.
public struct RuleAges: Sendable {
  /// Sessions and blocked attempts by rule; nil if no store was read.
  private let contacts: [String: UInt64]?
  /// What was contacted comes before what was not; then the oldest comparison, most contacts, the oldest source.
  public let entries: [RuleAge]

  /// `contacts`: sessions and blocked attempts by the id of the rule as its authors wrote it; nil if they are not
  /// known.
  public init(_ rules: RuleSet, contacts: [String: UInt64]? = nil) {
    self.contacts = contacts
    let count = { (age: RuleAge) in contacts?[age.name] ?? 0 }
    let order = { (age: RuleAge) in
      (
        count(age) > 0 ? 0 : 1, RuleAge.day(age.compared), UInt64.max - count(age),
        RuleAge.day(age.oldestSource ?? "")
      )
    }
    entries = rules.ages.sorted { left, right in
      order(left) == order(right) ? left.name < right.name : order(left) < order(right)
    }
  }

  /// Lines for people, the first with the column titles.
  public func text(in language: Language) -> String {
    let isGerman = language == .german
    var titles = isGerman ? ["verglichen", "älteste Quelle"] : ["compared", "oldest source"]
    if contacts != nil { titles.append(isGerman ? "Kontakte" : "contacts") }
    let widths = titles.map { max($0.count, 10) }
    let line = { (cells: [String], name: String) in
      zip(cells, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) + "  " }.joined() + name + "\n"
    }
    return printable(line(titles, isGerman ? "Regel oder Register" : "rule or register"), keepingLines: true)
      + entries.map { age in
        var cells = [age.compared, age.oldestSource ?? "–"]
        if let contacts { cells.append(age.name.contains("/") ? "–" : String(contacts[age.name] ?? 0)) }
        return printable(line(cells, age.name), keepingLines: true)
      }.joined()
  }
}
