import Documents
import Model

/// The register of transfer tools: what the tools are, and what lists and contracts say about recipients.
struct TransferToolRegister {
  enum Kind: String, CaseIterable {
    /// Covers every recipient with its seat in one of the countries (GDPR Art. 45).
    case adequacyDecision = "adequacy_decision"
    /// Covers only recipients on a list (GDPR Art. 45).
    case adequacyDecisionWithList = "adequacy_decision_with_list"
    case bindingCorporateRules = "binding_corporate_rules"
    case standardContractualClauses = "standard_contractual_clauses"
  }

  struct Tool {
    var id: Placed<String>
    var kind: Kind
    var title: LocalizedText
    var countries: [Placed<String>]
    /// First day (ISO 8601) on which it is in force by its own text; nil if the register does not state it.
    var starts: Placed<String>?
    /// Last day (ISO 8601) on which it is in force by its own text; nil if it does not expire.
    var expires: Placed<String>?
    var source: SourceReference
  }

  struct Entry {
    var tool: Placed<String>
    var recipients: [Placed<String>]
    var entry: TransferToolEntry
  }

  static let file = "registers/transfer-tools.yaml"

  /// In the order of the register.
  private(set) var tools: [Tool] = []
  /// Day of the last comparison with its sources (ISO 8601); nil if there is no such register.
  private(set) var compared: String?
  /// In the order of the register.
  private(set) var entries: [Entry] = []

  init() {}

  /// Reads the register; a directory without it has no tools. `recipients`: IDs that entries may name; nil allows any.
  init(_ reader: RuleFilesReader, recipients: Set<String>?) {
    guard reader.exists(Self.file), let root = reader.root(of: Self.file),
      let fields = Fields(
        root, what: RuleTexts.register, keys: ["format", "compared", "transfer_tools", "entries"], file: Self.file,
        faults: reader.faults)
    else { return }
    fields.checkFormat()
    compared = reader.compared(in: fields)
    tools = fields.list("transfer_tools", of: RuleTexts.transferTools, required: true).compactMap(reader.transferTool)
    let known = Dictionary(tools.map { ($0.id.value, $0) }) { first, _ in first }
    for tool in tools where known[tool.id.value]?.id.place != tool.id.place {
      reader.faults.add(
        tool.id.place.fault(
          RuleTexts.idTwice(quoted(tool.id.value)), expected: RuleTexts.eachIDOnce,
          next: RuleTexts.giveAnotherID))
    }
    entries = fields.list("entries", of: RuleTexts.entries).compactMap {
      reader.transferToolEntry($0, tools: known, recipients: recipients)
    }
  }

  /// The register's entries about a recipient: those that name it, then decisions that cover the country of its seat.
  func entries(for recipient: Recipient) -> [TransferToolEntry] {
    let named = entries.filter { $0.recipients.contains { $0.value == recipient.id } }.map(\.entry)
    let covering = tools.filter { tool in
      tool.kind == .adequacyDecision && tool.countries.contains { $0.value == recipient.seat }
    }
    return named
      + covering.map {
        TransferToolEntry(
          tool: $0.id.value, title: $0.title, entity: recipient.legalEntity, status: .covered, asOf: $0.source.date,
          validFrom: $0.starts?.value, validUntil: $0.expires?.value, source: $0.source)
      }
  }
}

private enum EntryStatus: String, CaseIterable {
  case entered
  case notEntered = "not_entered"
  case stated

  var status: TransferToolEntry.Status {
    switch self {
    case .stated: .stated
    case .entered: .entered
    case .notEntered: .notEntered
    }
  }
}

extension RuleFilesReader {
  fileprivate func transferTool(_ node: YAMLNode) -> TransferToolRegister.Tool? {
    let file = TransferToolRegister.file
    let keys = ["id", "kind", "title", "countries", "starts", "expires", "source"]
    guard let fields = Fields(node, what: RuleTexts.transferTool, keys: keys, file: file, faults: faults) else {
      return nil
    }
    let before = faults.faults.count
    let id = identifier(in: fields)
    let kind = fields.word("kind", TransferToolRegister.Kind.self)
    let title = fields.localized("title")
    let countries = fields.texts("countries", of: Self.countryExpected).compactMap { text -> Placed<String>? in
      if Self.country(text.value) != nil { return text }
      faults.add(
        text.place.fault(
          RuleTexts.noCountry(quoted(text.value)), expected: Self.countryExpected, next: FileTexts.correctTheValue))
      return nil
    }
    if let kind, kind.value == .adequacyDecision, countries.isEmpty, faults.faults.count == before {
      faults.add(
        kind.place.fault(
          RuleTexts.adequacyWithoutCountries, expected: RuleTexts.coveredCountries, next: RuleTexts.addCountries))
    }
    let day = { (key: String) in
      fields.parsed(key, expected: FileTexts.date("2031-12-27"), required: false) { LocalDate($0) == nil ? nil : $0 }
    }
    let starts = day("starts")
    let expires = day("expires")
    if let starts, let expires, expires.value < starts.value {
      faults.add(
        expires.place.fault(
          RuleTexts.toolEndsFirst(expires.value, starts.value),
          expected: RuleTexts.lastDay, next: RuleTexts.correctExpiresOrStarts))
    }
    let source = fields.fields("source", what: RuleTexts.source, keys: Self.sourceKeys).flatMap(source)
    guard faults.faults.count == before, let id, let kind, let title, let source else { return nil }
    return TransferToolRegister.Tool(
      id: id, kind: kind.value, title: title, countries: countries, starts: starts, expires: expires,
      source: source)
  }

  fileprivate func transferToolEntry(
    _ node: YAMLNode, tools: [String: TransferToolRegister.Tool], recipients known: Set<String>?
  ) -> TransferToolRegister.Entry? {
    let file = TransferToolRegister.file
    let keys = ["tool", "entity", "recipients", "status", "as_of", "second_hand", "source"]
    guard let fields = Fields(node, what: RuleTexts.entry, keys: keys, file: file, faults: faults) else { return nil }
    let before = faults.faults.count
    let tool = fields.text("tool", expected: RuleTexts.toolID)
    let found = tool.flatMap { look(up: $0, in: tools, register: file, entry: RuleTexts.transferToolEntry) }
    let entity = fields.text("entity", expected: RuleTexts.nameInList)
    let recipients = fields.texts("recipients", of: RuleTexts.idsFrom(RuleFiles.recipientsFile), required: true)
    if let known {
      let ids = Dictionary(uniqueKeysWithValues: known.map { ($0, ()) })
      for id in recipients {
        _ = look(up: id, in: ids, register: RuleFiles.recipientsFile, entry: RuleTexts.recipientEntry)
      }
    }
    let status = fields.word("status", EntryStatus.self)
    let asOf = fields.parsed("as_of", expected: Self.dateExpected, required: false, Self.date)
    let isSecondHand = fields.flag("second_hand", required: false)
    let source = fields.fields("source", what: RuleTexts.source, keys: Self.sourceKeys).flatMap(source)
    guard faults.faults.count == before, let tool, let found, let entity, let status, let source else { return nil }
    return TransferToolRegister.Entry(
      tool: tool, recipients: recipients,
      entry: TransferToolEntry(
        tool: tool.value, title: found.title, entity: entity.value, status: status.value.status,
        asOf: asOf?.value ?? source.date, isSecondHand: isSecondHand?.value ?? false,
        validFrom: found.starts?.value, validUntil: found.expires?.value, source: source))
  }
}
