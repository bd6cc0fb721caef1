import Model
import Privacy
import Reporting

/// The evidence of the last days that a list would have matched.
struct DryRun {
  struct Hit {
    /// Name, `*.` with a domain, or range, as on the list.
    var entry: String
    var contacts = RecentEvidence.Contacts()
    /// Rules that described the flows; also those that nobody confirmed.
    var rules: Set<String> = []
  }

  let evidence: RecentEvidence
  /// By entry.
  let hits: [Hit]
  let total: RecentEvidence.Contacts

  init(_ list: EnforcementList, evidence: RecentEvidence) {
    var hits: [String: Hit] = [:]
    var total = RecentEvidence.Contacts()
    for (destination, contacts) in evidence.contacts {
      guard let entry = Self.entry(for: destination, in: list.content) else { continue }
      hits[entry, default: Hit(entry: entry)].contacts.add(contacts)
      hits[entry]?.rules.insert(destination.rule)
      total.add(contacts)
    }
    self.evidence = evidence
    self.hits = hits.values.sorted { $0.entry < $1.entry }
    self.total = total
  }

  private static func entry(for destination: RecentEvidence.Destination, in content: EnforcementList.Content) -> String?
  {
    switch content {
    case .names(let policy):
      guard let name = destination.name, let decision = policy.decision(for: name) else { return nil }
      return decision.entry.action == .block ? decision.text : nil
    case .addresses(let policy):
      return destination.address.flatMap(policy.range(holding:)).map(AddressPolicy.text)
    }
  }
}
