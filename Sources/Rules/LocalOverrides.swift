import Documents
import Model

/// A local override with its author, for those who maintain the rules.
struct AuthoredOverride: Sendable, Hashable {
  var facts: LocalOverride
  /// A role or a name, as the administrator chose; never part of a result.
  var author: String
  var rule: String
  /// Days of flows since 1970-01-01 in UTC.
  var days: ClosedRange<Int64>
}

/// The days of flows, since 1970-01-01 in UTC, on which a rule or a local variant of it applies.
enum DayCondition: Sendable, Hashable {
  case within([ClosedRange<Int64>])
  case outside([ClosedRange<Int64>])

  /// `day`: nil if no day is given; then the rule applies as its authors wrote it.
  func admits(_ day: Int64?) -> Bool {
    let isWithin = { (ranges: [ClosedRange<Int64>]) in day.map { day in ranges.contains { $0.contains(day) } } ?? false
    }
    switch self {
    case .within(let ranges): return isWithin(ranges)
    case .outside(let ranges): return !isWithin(ranges)
    }
  }
}

/// The changes that an administrator makes to rules for a limited time: one file, checked against the rules to which it
/// refers.
struct LocalOverrides {
  struct Change {
    var disables = false
    var purpose: PurposeClass?
    var recipient: RuleFiles.RecipientEntry?
    var patterns: [Placed<NamePattern>] = []
    var addresses: [Placed<IPPrefix>] = []
    /// Who assigns the part under `*` of added patterns, in a rule that has no `*` itself.
    var personalLabel: Placed<PersonalLabel>?
    var isShared: Bool?

    var parts: [LocalOverride.Part] {
      [
        disables ? .disabled : nil, purpose.map { _ in .purpose }, recipient.map { _ in .recipient },
        patterns.isEmpty ? nil : .patterns, addresses.isEmpty ? nil : .addresses, isShared.map { _ in .shared },
      ].compactMap(\.self)
    }

    /// Patterns and address ranges, sorted; nil for none.
    var addedPatterns: [String]? {
      let added = patterns.map(\.value.text) + addresses.map(\.value.description)
      return added.isEmpty ? nil : Set(added).sorted()
    }

    /// Keys that two overrides of one rule cannot both set.
    var singleKeys: Set<String> {
      Set(
        [
          disables ? "disabled" : nil, purpose.map { _ in "purpose" }, recipient.map { _ in "recipient" },
          personalLabel.map { _ in "personal_label" }, isShared.map { _ in "shared" },
        ].compactMap { $0 })
    }
  }

  struct Entry {
    var place: Place
    var authored: AuthoredOverride
    var change: Change
  }

  /// A rule as it holds on some days.
  struct Variant {
    var rule: RuleFiles.Rule
    var service: RuleFiles.Service
    /// Those that made the variant; for the rule as its authors wrote it, all that refer to it.
    var overrides: [AuthoredOverride]
    /// Nil if no override refers to the rule.
    var days: DayCondition?

    var isLocal: Bool {
      if case .within = days { return true }
      return false
    }
  }

  /// By id.
  let entries: [Entry]
  /// For each override that adds patterns or ranges: its rule with these and no others, for lint.
  let additions: [RuleFiles.Rule]
  /// Sorted by place.
  let faults: [FileFault]
  private let byRule: [String: [Entry]]

  private static let entryLimit = 1_000

  /// Overrides of nothing.
  init() { (entries, additions, faults, byRule) = ([], [], [], [:]) }

  /// Reads a file; what is wrong with it is in `faults`. `files` must be free of faults.
  init(path: String, upon files: RuleFiles, in tree: RuleFileTree) {
    let collector = FaultCollector()
    var entries: [Entry] = []
    let reader = OverrideReader(
      rules: RuleFilesReader(tree: tree, faults: collector), file: path,
      recipients: Dictionary(files.recipients.map { ($0.recipient.id, $0) }) { first, _ in first },
      owners: Dictionary(files.services.flatMap(\.rules).map { ($0.id.value, $0) }) { first, _ in first })
    if let fields = Fields(path: path, what: RuleTexts.overridesFile, keys: ["format", "overrides"], faults: collector)
    {
      fields.checkFormat()
      let nodes = fields.list("overrides", of: RuleTexts.overrides, required: true)
      if nodes.count > Self.entryLimit {
        collector.add(
          fields.place.fault(
            RuleTexts.overrideCount(nodes.count), expected: RuleTexts.atMost(Self.entryLimit),
            next: RuleTexts.writeOwnRules))
      }
      entries = nodes.prefix(Self.entryLimit).compactMap(reader.entry)
        .sorted { ($0.authored.facts.id, $0.place) < ($1.authored.facts.id, $1.place) }
    }
    for (earlier, later) in zip(entries, entries.dropFirst()) where earlier.authored.facts.id == later.authored.facts.id
    {
      collector.add(
        later.place.fault(
          RuleTexts.idTwiceFirstAt(quoted(later.authored.facts.id), earlier.place.line),
          expected: RuleTexts.eachIDOnce, next: RuleTexts.giveAnotherID))
    }
    Self.contradictions(in: entries).forEach(collector.add)
    Self.repetitions(in: entries, files.services.flatMap(\.rules)).forEach(collector.add)
    self.entries = entries
    additions = entries.compactMap { entry in
      guard var rule = reader.owners[entry.authored.rule] else { return nil }
      (rule.patterns, rule.addresses) = (entry.change.patterns, entry.change.addresses)
      return rule
    }
    byRule = Dictionary(grouping: entries, by: \.authored.rule)
    faults = collector.faults.sorted()
  }

  /// The rule outside all overrides, then one variant for each set of overrides that are in force together.
  func variants(of rule: RuleFiles.Rule, in service: RuleFiles.Service) -> [Variant] {
    guard let entries = byRule[rule.id.value] else {
      return [Variant(rule: rule, service: service, overrides: [], days: nil)]
    }
    let bounds = Set(entries.flatMap { [$0.authored.days.lowerBound, $0.authored.days.upperBound + 1] }).sorted()
    var spans: [[Int]: [ClosedRange<Int64>]] = [:]
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      let holding = entries.indices.filter { entries[$0].authored.days.contains(start) }
      if !holding.isEmpty { spans[holding, default: []].append(start...end - 1) }
    }
    let original = Variant(
      rule: rule, service: service, overrides: entries.map(\.authored),
      days: .outside(spans.values.flatMap { $0 }.sorted { $0.lowerBound < $1.lowerBound }))
    return [original]
      + spans.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { holding, days in
        let active = holding.map { entries[$0] }
        var variant = Variant(rule: rule, service: service, overrides: active.map(\.authored), days: .within(days))
        for entry in active { entry.change.apply(to: &variant) }
        variant.rule.id.value += active.map { "+" + $0.authored.facts.id }.joined()
        return variant
      }
  }

  // MARK: Contradictions

  private static func contradictions(in entries: [Entry]) -> [FileFault] {
    Dictionary(grouping: entries, by: \.authored.rule).values.flatMap { entries in
      // At most one fault for each override: a thousand overrides of one rule would otherwise give half a million.
      entries.indices.compactMap { later in
        entries[..<later].lazy.compactMap { contradiction(between: $0, and: entries[later]) }.first
      }
    }
  }

  private static func contradiction(between earlier: Entry, and later: Entry) -> FileFault? {
    guard earlier.authored.days.overlaps(later.authored.days) else { return nil }
    let both = earlier.change.singleKeys.intersection(later.change.singleKeys).sorted().first
    guard let key = both ?? (earlier.change.disables || later.change.disables ? "disabled" : nil) else { return nil }
    return later.place.fault(
      RuleTexts.overridesContradict(earlier.authored.facts.id, later.authored.facts.id, key),
      expected: RuleTexts.oneOverride,
      next: RuleTexts.endOneFirst)
  }

  /// A pattern of two rules would match the one whose ID comes first, which may not be what the author of the override
  /// meant.
  private static func repetitions(in entries: [Entry], _ rules: [RuleFiles.Rule]) -> [FileFault] {
    var owners: [String: [(rule: String, days: ClosedRange<Int64>)]] = [:]
    for rule in rules {
      for text in rule.patterns.map(\.value.text) + rule.addresses.map(\.value.description) {
        owners[text, default: []].append((rule.id.value, .min ... .max))
      }
    }
    var faults: [FileFault] = []
    for entry in entries {
      let days = entry.authored.days
      let added =
        entry.change.patterns.map { $0.map(\.text) } + entry.change.addresses.map { $0.map(\.description) }
      for text in added {
        if let owner = owners[text.value]?.first(where: { $0.days.overlaps(days) }) {
          faults.append(
            text.place.fault(
              RuleTexts.alreadyInRule(quoted(text.value), owner.rule),
              expected: RuleTexts.newPattern,
              next: RuleTexts.overrideThatRule))
        }
        owners[text.value, default: []].append((entry.authored.rule, days))
      }
    }
    return faults
  }
}

extension LocalOverrides.Change {
  fileprivate func apply(to variant: inout LocalOverrides.Variant) {
    if disables { (variant.rule.patterns, variant.rule.addresses) = ([], []) }
    if let purpose { variant.rule.purpose = purpose }
    if let recipient { variant.service.recipient = recipient }
    variant.rule.patterns += patterns
    variant.rule.addresses += addresses
    if let personalLabel { variant.rule.personalLabel = personalLabel.value }
    if let isShared { variant.rule.isShared = isShared }
  }
}

/// Reads single overrides; each fault goes to the collector.
private struct OverrideReader {
  let rules: RuleFilesReader
  let file: String
  let recipients: [String: RuleFiles.RecipientEntry]
  /// Rules by id.
  let owners: [String: RuleFiles.Rule]

  func entry(_ node: YAMLNode) -> LocalOverrides.Entry? {
    let keys = ["id", "rule", "change", "reason", "author", "created", "starts", "expires"]
    guard let fields = Fields(node, what: RuleTexts.override, keys: keys, file: file, faults: rules.faults) else {
      return nil
    }
    let before = rules.faults.faults.count
    let id = rules.identifier(in: fields)
    let reserved = [
      RuleFacts.doubtID: RuleTexts.reservedID, RuleFacts.containedNameID: RuleTexts.reservedForContainedNames,
    ]
    if let id, let problem = reserved[id.value] {
      rules.faults.add(
        id.place.fault(
          problem(quoted(id.value)), expected: RuleTexts.anotherID,
          next: RuleTexts.renameOverride))
    }
    let rule = fields.text("rule", expected: RuleTexts.ruleID)
    if let rule, owners[rule.value] == nil {
      rules.faults.add(
        rule.place.fault(
          RuleTexts.noRule(quoted(rule.value)), expected: RuleTexts.ruleIDOfSet,
          next: suggestion(for: rule.value, in: owners.keys, otherwise: RuleTexts.correctIDOrRemoveOverride)))
    }
    let change = change(fields, of: rule.flatMap { owners[$0.value] })
    let reason = fields.text("reason", expected: RuleTexts.reason)
    let author = fields.text("author", expected: RuleTexts.author)
    let created = day("created", fields)
    let starts = day("starts", fields, required: false) ?? created
    let expires = day("expires", fields)
    if let starts, let expires, expires.value.number < starts.value.number {
      rules.faults.add(
        expires.place.fault(
          RuleTexts.overrideEndsFirst(expires.value.text, starts.value.text),
          expected: RuleTexts.lastDay, next: RuleTexts.correctExpiresOrStarts))
    }
    guard rules.faults.faults.count == before, let id, let rule, let change, let reason, let author, let created,
      let starts, let expires
    else { return nil }
    return LocalOverrides.Entry(
      place: fields.place,
      authored: AuthoredOverride(
        facts: LocalOverride(
          id: id.value, firstDay: starts.value.text, lastDay: expires.value.text, created: created.value.text,
          reason: reason.value, disablesRule: change.disables, parts: change.parts,
          addedPatterns: change.addedPatterns),
        author: author.value, rule: rule.value, days: starts.value.number...expires.value.number),
      change: change)
  }

  /// `owner`: the rule that is changed; nil if there is no such rule.
  private func change(_ fields: Fields, of owner: RuleFiles.Rule?) -> LocalOverrides.Change? {
    let keys = ["disabled", "purpose", "recipient", "patterns", "addresses", "personal_label", "shared"]
    guard let part = fields.fields("change", what: RuleTexts.change, keys: keys) else { return nil }
    let before = rules.faults.faults.count
    var change = LocalOverrides.Change()
    if let disabled = part.flag("disabled", required: false) {
      change.disables = disabled.value
      if !disabled.value {
        rules.faults.add(
          disabled.place.fault(
            RuleTexts.disabledFalse, expected: RuleTexts.trueOrNothing, next: RuleTexts.removeTheKey))
      }
    }
    change.purpose = part.word("purpose", PurposeClass.self, required: false)?.value
    if let id = part.text("recipient", expected: RuleTexts.idFrom(RuleFiles.recipientsFile), required: false) {
      change.recipient = rules.look(
        up: id, in: recipients, register: RuleFiles.recipientsFile, entry: RuleTexts.recipientEntry)
    }
    change.patterns = part.texts("patterns", of: RuleTexts.hostNamePatterns).compactMap(rules.pattern)
    change.addresses = part.texts("addresses", of: RuleFilesReader.addressesExpected).compactMap(rules.addressRange)
    change.personalLabel = part.word("personal_label", PersonalLabel.self, required: false)
    change.isShared = part.flag("shared", required: false)?.value
    let open = change.patterns.first { $0.value.kind != .exact }
    if let label = change.personalLabel, open == nil || owner?.personalLabel != nil {
      rules.faults.add(
        label.place.fault(
          RuleTexts.personalLabelNotNeeded,
          expected: RuleTexts.personalLabelOnce, next: RuleTexts.removeTheKey))
    } else if let open, let owner, owner.personalLabel == nil, !part.has("personal_label") {
      rules.faults.add(
        open.place.fault(
          RuleTexts.personalLabelMissing(quoted(open.value.text)),
          expected:
            RuleTexts.personalLabelInChange(PersonalLabel.allCases.map(\.rawValue).joined(separator: ", ")),
          next: RuleTexts.addPersonalLabel)
      )
    }
    guard rules.faults.faults.count == before else { return nil }
    let others = !change.patterns.isEmpty || !change.addresses.isEmpty || change.singleKeys.count > 1
    guard change.disables ? !others : others || !change.singleKeys.isEmpty else {
      rules.faults.add(
        part.place.fault(
          change.disables ? RuleTexts.disablingChangesMore : RuleTexts.overrideWithoutChange,
          expected: RuleTexts.changeExpected,
          next: change.disables ? RuleTexts.removeOtherKeys : RuleTexts.sayWhatChanges))
      return nil
    }
    return change
  }

  private func day(
    _ key: String, _ fields: Fields, required: Bool = true
  ) -> Placed<(text: String, number: Int64)>? {
    fields.parsed(key, expected: FileTexts.date("2026-11-24"), required: required) { text in
      LocalDate(text).map { (text, $0.day) }
    }
  }
}

/// A notice about an override, for those who maintain overrides.
public struct OverrideNotice: Sendable, Hashable, CustomStringConvertible {
  public enum State: Sendable, Hashable {
    case expired
    /// It is in force for this number of days after today.
    case expiresSoon(days: Int)
  }

  public let id: String
  public let ruleID: String
  public let lastDay: String
  public let state: State

  public var text: LocalizedText { RuleTexts.notice(self) }
  /// In English, for logs.
  public var description: String { text.en }
}

extension RuleSet {
  /// Overrides that have expired or soon will, on a day since 1970-01-01 in UTC; by ID.
  public func overrideNotices(day: Int64) -> [OverrideNotice] {
    overrides.compactMap { override in
      let left = override.days.upperBound - day
      guard left <= Self.soonDays else { return nil }
      return OverrideNotice(
        id: override.facts.id, ruleID: override.rule, lastDay: override.facts.lastDay,
        state: left < 0 ? .expired : .expiresSoon(days: Int(left)))
    }
  }

  /// One line for each override, by ID, with its author; for those who maintain overrides.
  public func overridesText(_ language: Language) -> String {
    overrides.map { printable(RuleTexts.line(of: $0)[language]) + "\n" }.joined()
  }

  /// Enough time to agree on a renewal.
  private static let soonDays: Int64 = 30
}
