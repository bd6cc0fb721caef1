import Model
import Reporting
import Rules

/// Why something is on a list: rules, each with the confirmed findings behind it.
struct ListOrigin: Equatable {
  private(set) var findings: [String: Set<String>] = [:]

  /// `findings`: empty for a rule whose names are to stay reachable.
  init(rule: String, findings: [String]) { self.findings[rule] = Set(findings) }

  mutating func add(_ other: ListOrigin) { findings.merge(other.findings) { $0.union($1) } }

  var rules: [String] { findings.keys.sorted() }

  /// `F-… F-… rule`, for each rule.
  var text: String {
    rules.map { rule in ((findings[rule] ?? []).sorted() + [rule]).joined(separator: " ") }.joined(separator: "; ")
  }
}

/// Names to block, and names below them that are to stay reachable; for every name the longest entry decides.
struct NamePolicy {
  enum Action: Equatable {
    case block
    case pass
  }

  struct Entry: Equatable {
    var action: Action
    var origin: ListOrigin
  }

  /// One host name each.
  private(set) var hosts: [String: Entry] = [:]
  /// Every name below, at any depth, not the name itself.
  private(set) var below: [String: Entry] = [:]
  /// Entries that a shorter one makes unnecessary: the entry, the one that covers it, and its origin.
  private(set) var covered: [(what: String, by: String, origin: ListOrigin)] = []
  /// Patterns of rules that are not confirmed, and which cannot be kept reachable below a blocked name.
  private(set) var alsoBlocked: [RuleEndpoint] = []

  /// What a format can express: names below only together with the name itself (`needsHost`), or not at all.
  enum Words {
    case hostsOnly
    case belowWithHost
    case hostsAndBelow
  }

  init(_ selection: inout EnforcementSelection, words: Words, evidence: RecentEvidence?) {
    let chosenHosts = Set(
      selection.chosen.compactMap { endpoint in
        if case .host(let name) = endpoint.target { name } else { nil }
      })
    for endpoint in selection.chosen {
      let entry = Entry(
        action: .block, origin: ListOrigin(rule: endpoint.facts.id, findings: selection.findings(of: endpoint)))
      switch endpoint.target {
      case .host(let name): Self.add(entry, name, to: &hosts)
      case .below(let domain)
      where words == .hostsAndBelow || (words == .belowWithHost && chosenHosts.contains(domain)):
        Self.add(entry, domain, to: &below)
      case .below, .wildcard:
        let names = evidence?.names(of: endpoint.pattern, rule: endpoint.facts.id) ?? []
        for name in names { Self.add(entry, name, to: &hosts) }
        if names.isEmpty {
          selection.leaveOut(
            endpoint.pattern, of: endpoint.facts.id, .notExpressible(hasEvidence: evidence != nil))
        }
      case .range:
        selection.leaveOut(endpoint.pattern, of: endpoint.facts.id, .noName)
      }
    }
    for endpoint in selection.rest {
      let entry = Entry(action: .pass, origin: ListOrigin(rule: endpoint.facts.id, findings: []))
      switch endpoint.target {
      case .host(let name) where cover(of: name) != nil && hosts[name] == nil: hosts[name] = entry
      case .below(let domain) where cover(of: domain) != nil && below[domain] == nil: below[domain] = entry
      case .wildcard where Self.ancestors(of: endpoint.pattern).contains { below[$0]?.action == .block }:
        alsoBlocked.append(endpoint)
      case .host, .below, .wildcard, .range: break
      }
    }
    removeCovered()
  }

  /// What the list does with a name, and by which entry; nil if no entry applies.
  func decision(for name: String) -> (entry: Entry, text: String)? {
    if let entry = hosts[name] { return (entry, name) }
    return cover(of: name).flatMap { domain in below[domain].map { ($0, "*." + domain) } }
  }

  /// The longest domain with an entry whose names below include `name`.
  func cover(of name: String) -> String? { Self.ancestors(of: name).first { below[$0] != nil } }

  /// Names above, the longest first.
  static func ancestors(of name: String) -> [String] {
    Array(sequence(first: name, next: HostName.parent).dropFirst())
  }

  var isEmpty: Bool { hosts.isEmpty && below.isEmpty }

  /// Everything that is blocked, for a count.
  var blocked: Int { (Array(hosts.values) + Array(below.values)).count { $0.action == .block } }

  private mutating func removeCovered() {
    // Shortest first, so that an entry is processed before those that it covers.
    for domain in below.keys.sorted(by: { ($0.utf8.count, $0) < ($1.utf8.count, $1) }) {
      guard let entry = below[domain], isNeedless(entry, cover(of: domain)) else { continue }
      if entry.action == .block, let cover = cover(of: domain) {
        covered.append(("*." + domain, "*." + cover, entry.origin))
      }
      below[domain] = nil
    }
    for name in hosts.keys.sorted() {
      guard let entry = hosts[name], isNeedless(entry, cover(of: name)) else { continue }
      if entry.action == .block, let cover = cover(of: name) { covered.append((name, "*." + cover, entry.origin)) }
      hosts[name] = nil
    }
  }

  private func isNeedless(_ entry: Entry, _ cover: String?) -> Bool {
    guard let action = cover.flatMap({ below[$0]?.action }) else { return entry.action == .pass }
    return action == entry.action
  }

  private static func add(_ entry: Entry, _ name: String, to entries: inout [String: Entry]) {
    entries[name, default: Entry(action: entry.action, origin: entry.origin)].origin.add(entry.origin)
  }
}
