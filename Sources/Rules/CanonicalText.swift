import Documents
import Model

extension RuleSet {
  /// Lines of a key and its values, separated by tabs: rules by ID, then the registers of networks. Sets are sorted,
  /// unknown values omitted.
  ///
  /// Backslash, tab and line feed in values are escaped, so that no two rule sets have the same text.
  static func canonicalText(
    of rules: [CompiledRule], _ networks: NetworkRegisterFiles, header: RuleFiles.Header
  ) -> String {
    var text = CanonicalText()
    text.line("egressaudit-rule-set", "3")
    text.line("version", header.version)
    text.line("date", header.date)
    for rule in rules { text.append(rule) }
    for register in NetworkRegister.allCases {
      for entry in networks[register].sorted(by: { $0.id.value < $1.id.value }) { text.append(entry, of: register) }
    }
    return text.text
  }
}

private struct CanonicalText {
  private(set) var text = ""

  mutating func append(_ rule: CompiledRule) {
    let facts = rule.facts
    line("rule", facts.id)
    line("revision", String(facts.revision))
    line("service", facts.service)
    line("service-title", facts.serviceTitle)
    line("vendor", rule.vendor)
    line("origin", rule.isImported ? ServiceOrigin.imported.rawValue : nil)
    append(facts.recipient, roleNote: rule.roleNote)
    line("purpose", facts.purpose.rawValue)
    line("purpose-reason", facts.purposeReason)
    line("kind", facts.kind)
    line("level", facts.dataLevel)
    for product in facts.products ?? [] { line("product", product) }
    for pattern in rule.patterns { line("pattern", pattern.text) }
    for address in rule.addresses { line("address", address.description) }
    for port in rule.condition?.ports ?? [] { line("port", String(port)) }
    line("transport", rule.condition?.transport?.description)
    line("personal-label", rule.personalLabel?.rawValue)
    for (category, source) in zip(facts.categories, rule.categorySources) {
      line("data-category", category.id)
      line("data-category-title", category.title)
      line("data-category-personal", category.isPersonal ? "yes" : "no")
      line("data-category-source", source)
    }
    line("shared", facts.isShared ? "yes" : "no")
    for source in facts.sources {
      line("source", source)
      line("source-place", source.place)
      line("source-kind", source.kind?.rawValue)
      for pattern in source.patterns ?? [] { line("source-pattern", pattern) }
      for statement in source.supports ?? [] { line("source-supports", statement.rawValue) }
    }
    line("compared", facts.compared)
    for dispute in facts.disputes { line("dispute", dispute) }
    line("essential", facts.isEssential ? "yes" : "no")
    if let effect = facts.blockingEffect { line("blocking-effect", effect) }
    for override in facts.localOverrides {
      line("local-override", override.id)
      line("local-override-days", values: [override.firstDay, override.lastDay])
      line("local-override-created", override.created)
      line("local-override-reason", override.reason)
      line("local-override-disables", override.disablesRule ? "yes" : nil)
    }
  }

  private mutating func append(_ recipient: Recipient, roleNote: LocalizedText?) {
    line("recipient", recipient.id)
    line("recipient-legal-entity", recipient.legalEntity)
    for alias in recipient.aliases ?? [] { line("recipient-alias", alias) }
    line("recipient-seat", recipient.seat)
    line("recipient-parent", recipient.parent)
    line("recipient-parent-seat", recipient.parentSeat)
    line("recipient-role", recipient.roleAssumed)
    if let roleNote { line("recipient-role-note", roleNote) }
    for entry in recipient.transferTools {
      line("recipient-transfer-tool", entry.tool)
      line("recipient-transfer-tool-title", entry.title)
      line("recipient-transfer-tool-entity", entry.entity)
      line("recipient-transfer-tool-status", entry.status.rawValue)
      line("recipient-transfer-tool-as-of", entry.asOf)
      line("recipient-transfer-tool-second-hand", entry.isSecondHand ? "yes" : nil)
      line("recipient-transfer-tool-valid-from", entry.validFrom)
      line("recipient-transfer-tool-valid-until", entry.validUntil)
      line("recipient-transfer-tool-source", entry.source)
    }
    line("recipient-source", recipient.source)
  }

  mutating func append(_ entry: NetworkEntry, of register: NetworkRegister) {
    line(register.rawValue, entry.id.value)
    line("operator", entry.operatorName)
    line("network-kind", entry.kind?.rawValue)
    for name in Set(entry.names.map(\.value)).sorted() { line("name", name) }
    for range in Set(entry.addresses.map(\.value)).sorted() { line("range", range.description) }
    for names in entry.customerNames.sorted(by: { $0.suffix.value < $1.suffix.value }) {
      line("customer-suffix", names.suffix.value)
      line("customer-suffix-source", names.source)
    }
    for source in entry.sources { line("source", source) }
  }

  mutating func line(_ key: String, _ value: String?) {
    if let value { line(key, values: [value]) }
  }

  mutating func line(_ key: String, _ value: LocalizedText) { line(key, values: [value.en, value.de]) }

  mutating func line(_ key: String, _ source: SourceReference) {
    line(key, values: [source.document, source.date] + (source.revision.map { [$0] } ?? []))
  }

  private mutating func line(_ key: String, values: [String]) {
    text += key
    for value in values {
      text += "\t"
      // Most values are plain, and there may be millions of patterns.
      guard
        value.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\n") })
      else {
        text += value
        continue
      }
      for scalar in value.unicodeScalars {
        switch scalar {
        case "\\": text += "\\\\"
        case "\t": text += "\\t"
        case "\n": text += "\\n"
        default: text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\n"
  }
}
