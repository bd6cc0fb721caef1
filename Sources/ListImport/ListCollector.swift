import Model
import Rules

/// One rule made from a list.
struct ImportedRule {
  /// Part of the rule's ID after the service and the dot.
  var name: String
  var purpose: PurposeClass
  var kind: EndpointKind
  var ports: [UInt16] = []
  var transport: RuleTransport?
  var isShared = false
  var isEssential = false
  /// `patterns` of each is nil unless the rule is made of several files; sorted and each once after
  /// `ListCollector.finish`.
  var sources: [SourceReference] = []
  /// Sorted and each once after `ListCollector.finish`.
  var patterns: [String] = []
  /// Origin of each of the patterns, in their order; empty after `ListCollector.finish`.
  var origins: [PatternOrigin] = []
  /// Sorted as text and each once after `ListCollector.finish`.
  var ranges: [IPPrefix] = []
}

/// Position of an entry in a list, and whether exceptions apply to it.
struct PatternOrigin {
  /// Index of the file in `ListCollector.parts`.
  var part: UInt32
  var position: UInt32
  var isImportant: Bool
}

/// Collects the rules from a list while it is read, and the entries that are in no rule.
struct ListCollector {
  enum Reach {
    case host
    /// The names below it, not the name itself.
    case below
    case hostAndBelow
  }

  /// Entries that an exception removes.
  enum ExceptionTarget {
    /// All except those that the list marks as important.
    case ordinary
    case important
    case all
  }

  /// The current rule without patterns and ranges.
  var rule: ImportedRule
  /// Current line, or ID of the current endpoint set.
  var position = 0
  /// Current file of a folder.
  var part: String? {
    didSet { parts.append(part) }
  }
  var unit = NotCarried.Unit.line
  private(set) var rules: [String: ImportedRule] = [:]
  private var notCarried: [NotCarried.Reason: [String: NotCarried]] = [:]
  /// All values that `part` had.
  private var parts: [String?] = [nil]
  private var exceptions = Exceptions()
  private var exceptionsFromImportant = Exceptions()
  /// Nil to import all entries, also those that rules recognise already.
  private let known: RuleSet?
  /// Entries that exceptions removed.
  private var takenOut: Set<TakenOut> = []
  private let suffixes = PublicSuffixList()

  private struct TakenOut: Hashable {
    var part: UInt32
    var position: UInt32
    var name: Substring
  }

  /// - Parameter known: entries that its rules recognise already are left out.
  init(rule: ImportedRule, known: RuleSet? = nil) {
    self.rule = rule
    self.known = known
  }

  // MARK: Filling

  /// Adds a host name in any case, with or without trailing dot; it may have `*` in labels if the format means by it
  /// what rules do.
  ///
  /// - Parameter isImportant: exceptions for ordinary entries do not remove it.
  mutating func add(name: ArraySlice<UInt8>, _ reach: Reach, isShared: Bool = false, isImportant: Bool = false) {
    guard let name = hostName(name) else { return }
    guard let pattern = try? NamePattern(name), reach == .host || name.utf8.count <= Self.longestBelow,
      let last = pattern.labels.last, !last.bytes.allSatisfy({ $0.isASCIIDigit })
    else { return reject(.noHostName) }
    if last.isLiteral, Self.ownEndings.contains(String(decoding: last.bytes, as: UTF8.self)) { return reject(.ownName) }
    // Lint warns of a name that may be misspelt.
    let doubt =
      reach == .host ? suffixes.doubt(about: pattern) : suffixes.doubt(about: name, standsForMore: true)
    switch doubt {
    case .noEnding: reject(.noHostName)
    case .publicSuffix: reject(pattern.labels.count == 1 ? .ownName : .publicSuffix)
    case .customers, .misspelt, nil:
      var patterns: [(text: String, isShared: Bool)] = []
      let customers = if case .customers? = doubt { true } else { false }
      if reach != .below { patterns.append((name, isShared || customers && reach == .host)) }
      if reach != .host { patterns.append(("*." + name, isShared || customers)) }
      let new = patterns.filter { known?.recognises(pattern: $0.text) != true }
      if new.isEmpty { return reject(.known) }
      let origin = PatternOrigin(
        part: UInt32(parts.count - 1), position: UInt32(clamping: position), isImportant: isImportant)
      for pattern in new {
        put(isShared: pattern.isShared) { rule in
          rule.patterns.append(pattern.text)
          rule.origins.append(origin)
        }
      }
    }
  }

  mutating func add(range: IPPrefix) {
    if range.isTooBroad { return reject(.rangeTooBroad) }
    if known?.recognises(range: range) == true { return reject(.known) }
    put(isShared: false) { $0.ranges.append(range) }
  }

  /// Removes the name, according to `reach`, from the rules; if exceptions of the format win over narrower entries,
  /// also all entries below it.
  mutating func except(
    name: ArraySlice<UInt8>, _ reach: Reach, winsOverNarrower: Bool = false, from target: ExceptionTarget = .ordinary
  ) {
    reject(.exception)
    guard !name.contains(where: { $0 >= 0x80 }) else { return }
    let name = Self.folded(name)
    if target != .important { exceptions.insert(name, reach, winsOverNarrower: winsOverNarrower) }
    if target != .ordinary { exceptionsFromImportant.insert(name, reach, winsOverNarrower: winsOverNarrower) }
  }

  /// Names that exceptions of the list remove from the rules.
  private struct Exceptions {
    private var patterns: Set<String> = []
    /// Names below which everything is removed.
    private var clearedBelow: Set<Substring> = []

    mutating func insert(_ name: String, _ reach: Reach, winsOverNarrower: Bool) {
      if reach != .below { patterns.insert(name) }
      if reach != .host { patterns.insert("*." + name) }
      if reach != .host, winsOverNarrower { clearedBelow.insert(name[...]) }
    }

    func takeOut(_ pattern: String) -> Bool {
      if patterns.contains(pattern) { return true }
      if clearedBelow.isEmpty { return false }
      // A leading '*.' is no label of its own: all names below a name are below what that one is below.
      var rest = pattern.hasPrefix("*.") ? pattern.dropFirst(2) : pattern[...]
      while let end = rest.utf8.firstIndex(of: dot) {
        rest = rest[rest.utf8.index(after: end)...]
        if clearedBelow.contains(rest) { return true }
      }
      return false
    }
  }

  mutating func reject(_ reason: NotCarried.Reason) { note(reason, part: part, position: position) }

  private mutating func note(_ reason: NotCarried.Reason, part: String?, position: Int) {
    notCarried[reason, default: [:]][part ?? "", default: NotCarried(reason, part: part, unit: unit)].add(position)
  }

  private mutating func hostName(_ bytes: ArraySlice<UInt8>) -> String? {
    if bytes.contains(where: { $0 >= 0x80 }) {
      reject(.notASCII)
      return nil
    }
    return Self.folded(bytes)
  }

  private static func folded(_ bytes: ArraySlice<UInt8>) -> String {
    let bytes = bytes.last == dot ? bytes.dropLast() : bytes
    return String(decoding: bytes.map(\.asciiLowercased), as: UTF8.self)
  }

  private mutating func put(isShared: Bool, _ change: (inout ImportedRule) -> Void) {
    let isShared = isShared || rule.isShared
    let name = isShared && !rule.isShared ? rule.name + "-shared" : rule.name
    var filled = rules.removeValue(forKey: name) ?? rule
    filled.name = name
    filled.isShared = isShared
    let (patternCount, rangeCount) = (filled.patterns.count, filled.ranges.count)
    change(&filled)
    for source in rule.sources {
      let known = filled.sources.firstIndex { $0.document == source.document && $0.revision == source.revision }
      let index = known ?? filled.sources.count
      if known == nil { filled.sources.append(source) }
      guard part != nil else { continue }
      if filled.sources[index].patterns == nil { filled.sources[index].patterns = [] }
      filled.sources[index].patterns?.append(contentsOf: filled.patterns[patternCount...])
      filled.sources[index].patterns?.append(contentsOf: filled.ranges[rangeCount...].map(\.description))
    }
    rules[name] = filled
  }

  /// Longest name that can have `*.` in front of it, in bytes; a longer one stands for its host only.
  private static let longestBelow = 251

  /// Special-use names (RFC 6761, RFC 6762) and what hosts files of systems begin with.
  private static let ownEndings: Set<String> = ["invalid", "local", "localdomain", "localhost", "test"]

  // MARK: Result

  /// Rules sorted by name, none empty, and what is in none of them, most frequent first.
  consuming func finish() -> (rules: [ImportedRule], notCarried: [NotCarried]) {
    var finished: [ImportedRule] = []
    for name in rules.keys.sorted() {
      guard var rule = rules[name] else { continue }
      rule.patterns = Self.sortedOnce(takeOutExceptions(of: rule))
      rule.origins = []
      // An unshared entry is more specific than a shared one.
      if rule.isShared, name.hasSuffix("-shared"), let plain = rules[String(name.dropLast("-shared".count))] {
        let plain = Set(plain.patterns)
        rule.patterns.removeAll(where: plain.contains)
      }
      rule.ranges = Self.sortedOnce(rule.ranges.map { (text: $0.description, range: $0) })
      Self.assign(&rule)
      if !rule.patterns.isEmpty || !rule.ranges.isEmpty { finished.append(rule) }
    }
    noteTakenOut()
    let notCarried = notCarried.values.flatMap(\.values).sorted {
      (-$0.count, $0.reason.text.en, $0.part ?? "") < (-$1.count, $1.reason.text.en, $1.part ?? "")
    }
    return (finished, notCarried)
  }

  /// Limits each source to the patterns that the rule still has from it, and drops sources without any.
  private static func assign(_ rule: inout ImportedRule) {
    if rule.sources.count == 1 { rule.sources[0].patterns = nil }
    guard rule.sources.count > 1 else { return }
    let kept = Set(rule.patterns + rule.ranges.map(\.description))
    for index in rule.sources.indices {
      rule.sources[index].patterns = sortedOnce((rule.sources[index].patterns ?? []).filter(kept.contains))
    }
    rule.sources.removeAll { $0.patterns?.isEmpty ?? false }
  }

  /// The patterns that no exception removes.
  private mutating func takeOutExceptions(of rule: ImportedRule) -> [String] {
    var kept: [String] = []
    kept.reserveCapacity(rule.patterns.count)
    for (pattern, origin) in zip(rule.patterns, rule.origins) {
      guard (origin.isImportant ? exceptionsFromImportant : exceptions).takeOut(pattern) else {
        kept.append(pattern)
        continue
      }
      // A name and all below it are one entry of the list.
      takenOut.insert(
        TakenOut(
          part: origin.part, position: origin.position,
          name: pattern.hasPrefix("*.") ? pattern.dropFirst(2) : pattern[...]
        ))
    }
    return kept
  }

  private mutating func noteTakenOut() {
    for entry in takenOut.sorted(by: { ($0.part, $0.position) < ($1.part, $1.position) }) {
      note(.takenOut, part: parts[Int(entry.part)], position: Int(entry.position))
    }
  }

  private static func sortedOnce(_ names: [String]) -> [String] {
    var kept: [String] = []
    kept.reserveCapacity(names.count)
    for name in names.sorted() where name != kept.last { kept.append(name) }
    return kept
  }

  private static func sortedOnce(_ ranges: [(text: String, range: IPPrefix)]) -> [IPPrefix] {
    var kept: [IPPrefix] = []
    for (_, range) in ranges.sorted(by: { $0.text < $1.text }) where range != kept.last { kept.append(range) }
    return kept
  }
}
