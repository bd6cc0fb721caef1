import Model
import Rules

/// Writes the rules of a list as a rule file (docs/rule-format.md).
struct ImportedRuleFile {
  let format: ListFormat
  let labels: RuleImport.Labels
  let document: String
  let origins: [RuleImport.Origin]
  let notCarried: [NotCarried]

  /// A name that is reserved not to exist (RFC 6761 §6.4), and so in no list.
  private static let counterExample = "example.invalid"
  /// Characters of a comment line.
  private static let commentWidth = 120

  func text(of rules: [ImportedRule]) -> String {
    var text = ""
    for line in comments { text += line + "\n" }
    text += """
      format: 1
      service: \(labels.service)
      title: { en: \(quotedScalar("List " + document)), de: \(quotedScalar("Liste " + document)) }
      vendor: \(quotedScalar(labels.vendor))
      recipient: \(quotedScalar(labels.recipient))
      origin: import
      rules:

      """
    for rule in rules { write(rule, to: &text) }
    return text
  }

  private var comments: [String] {
    var lines = [
      "# Made by 'egressaudit rules import' from a list in the format '\(format.rawValue)', as of \(labels.date)."
    ]
    for origin in origins {
      lines.append(
        "#   \(printable(origin.name)), \(origin.lines) \(origin.lines == 1 ? "line" : "lines"), sha256 \(origin.sha256)"
      )
    }
    if !notCarried.isEmpty {
      lines.append("# Not carried over: \(notCarried.reduce(0) { $0 + $1.count })")
      for entry in notCarried { lines += folded("\(entry.count) × \(entry.reason.text.en): \(entry.places().en)") }
    }
    return lines
  }

  private func folded(_ text: String) -> [String] {
    var lines: [String] = []
    var line = "#  "
    for word in text.split(separator: " ") {
      if line.utf8.count + word.utf8.count >= Self.commentWidth {
        lines.append(line)
        line = "#    "
      }
      line += " " + word
    }
    return lines + [line]
  }

  private func write(_ rule: ImportedRule, to text: inout String) {
    text += "  - id: \(labels.service).\(rule.name)\n    revision: 1\n"
    text += "    compared: \"\(comparedDay)\"\n"
    text += "    purpose: \(rule.purpose.rawValue)\n    kind: \(rule.kind.rawValue)\n"
    if !rule.purpose.isSuggestedByNames, rule.patterns.contains(where: { TellingLabel.first(in: $0) != nil }) {
      text += "    purpose_reason: \"The list was imported with this purpose for all of its names.\"\n"
    }
    if !rule.patterns.isEmpty {
      text += "    patterns:\n"
      for pattern in rule.patterns { write(item: pattern, to: &text) }
      // Lists do not state who assigns the labels. If customers do, their names must not be shown.
      if rule.patterns.contains(where: { $0.utf8.contains(star) }) { text += "    personal_label: tenant\n" }
    }
    if !rule.ranges.isEmpty {
      text += "    addresses:\n"
      for range in rule.ranges { write(item: range.description, to: &text) }
    }
    if !rule.ports.isEmpty { text += "    ports: [\(rule.ports.map(String.init).joined(separator: ", "))]\n" }
    if let transport = rule.transport { text += "    transport: \(transport.rawValue)\n" }
    if rule.isShared { text += "    shared: true\n" }
    text += "    sources:\n"
    for source in rule.sources {
      text += "      - document: \(quotedScalar(source.document))\n"
      if let place = source.place { text += "        place: \(quotedScalar(place))\n" }
      if let kind = source.kind { text += "        kind: \(kind.rawValue)\n" }
      text += "        date: \(quotedScalar(source.date))\n"
      if let revision = source.revision { text += "        revision: \(quotedScalar(revision))\n" }
      // The names of a vendor's page are listed with it; a rule from a single list needs no list of names.
      let named =
        source.patterns ?? (source.kind == .vendor ? (rule.patterns + rule.ranges.map(\.description)).sorted() : nil)
      if let named {
        text += "        patterns:\n"
        for item in named {
          text += "    "
          write(item: item, to: &text)
        }
      }
    }
    text += "    blocking: { essential: \(rule.isEssential) }\n"
    text += "    examples:\n      match: [\(quotedScalar(example(of: rule)))]\n      differ: [\(Self.counterExample)]\n"
  }

  /// Day of the list: the last one that its date can mean.
  private var comparedDay: String { LocalDate.days(meantBy: labels.date)?.upperBound.description ?? labels.date }

  /// An example that no other rule of the list wins: a name that is listed itself, else one below the longest; without
  /// names, the first address of the narrowest range.
  private func example(of rule: ImportedRule) -> String {
    if let exact = rule.patterns.first(where: { !$0.utf8.contains(star) }) { return exact }
    if let longest = rule.patterns.max(by: { $0.utf8.count < $1.utf8.count }) {
      return longest.replacing("*", with: "any")
    }
    return rule.ranges.max { $0.length < $1.length }?.address.description ?? ""
  }

  private func write(item: String, to text: inout String) {
    text += "      - "
    text += scalar(item)
    text += "\n"
  }

  /// A pattern or range, which contains no quote or backslash, as a YAML scalar: plain if YAML cannot take it for
  /// anything else.
  private func scalar(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { $0.isASCIIAlphanumeric } == true
      && !text.utf8.contains { $0 == star || $0 == UInt8(ascii: ":") }
    return isPlain ? text : "\"" + text + "\""
  }

  private func quotedScalar(_ text: String) -> String {
    "\"\(printable(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
