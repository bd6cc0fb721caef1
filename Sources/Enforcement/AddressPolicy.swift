import Model
import Reporting
import Rules

/// The addresses to block: ranges of the rules, and addresses at which confirmed destinations were seen.
struct AddressPolicy {
  /// None contains another.
  private(set) var ranges: [IPPrefix: ListOrigin] = [:]
  /// Ranges with more than one address.
  private var wide: [IPPrefix] = []

  init(_ selection: inout EnforcementSelection, evidence: RecentEvidence?, includesShared: Bool) {
    let served = Self.served(evidence)
    for endpoint in selection.chosen {
      let rule = endpoint.facts.id
      let origin = ListOrigin(rule: rule, findings: selection.findings(of: endpoint))
      if case .range(let range) = endpoint.target {
        add(range, origin)
        continue
      }
      let key = EnforcementSelection.Key(rule: rule, pattern: endpoint.pattern)
      let addresses = served.filter { $0.value.keys.contains(key) }
      for (address, uses) in addresses {
        let stranger = uses.keys.sorted().first { selection.findings[$0] == nil }
        if !includesShared, let stranger {
          selection.leaveOut(address.description, of: rule, .addressServes(rule: stranger.rule))
        } else if !includesShared, uses.values.contains(true) {
          selection.leaveOut(address.description, of: rule, .sharedNetwork)
        } else {
          add(IPPrefix(address: address), origin)
        }
      }
      if addresses.isEmpty { selection.leaveOut(endpoint.pattern, of: rule, .noAddress(hasEvidence: evidence != nil)) }
    }
    join()
  }

  /// The range that contains an address; nil if none does.
  func range(holding address: IPAddress) -> IPPrefix? {
    let own = IPPrefix(address: address)
    return ranges[own] == nil ? wide.first { $0.contains(address) } : own
  }

  /// Patterns for which each address was seen, and whether it is known to belong to a shared network.
  private static func served(
    _ evidence: RecentEvidence?
  ) -> [IPAddress: [EnforcementSelection.Key: Bool]] {
    var served: [IPAddress: [EnforcementSelection.Key: Bool]] = [:]
    for (destination, contacts) in evidence?.contacts ?? [:] {
      guard let address = destination.address else { continue }
      let key = EnforcementSelection.Key(rule: destination.rule, pattern: destination.pattern)
      let known = served[address]?[key] ?? false
      served[address, default: [:]][key] = known || contacts.isOnSharedNetwork
    }
    return served
  }

  private mutating func add(_ range: IPPrefix, _ origin: ListOrigin) {
    ranges[range, default: origin].add(origin)
  }

  /// nftables refuses ranges that overlap.
  private mutating func join() {
    wide = ranges.keys.filter { !$0.isOneAddress }.sorted { ($0.length, $0) < ($1.length, $1) }
    for range in Array(ranges.keys) {
      let wider = wide.first { $0.length < range.length && $0.contains(range.address) }
      guard let wider, let origin = ranges[range] else { continue }
      ranges[wider]?.add(origin)
      ranges[range] = nil
    }
    wide.removeAll { ranges[$0] == nil }
  }
}

extension IPPrefix {
  fileprivate init(address: IPAddress) {
    // The length is valid for the family, so the range exists.
    self = IPPrefix(address: address, length: address.isIPv4 ? 32 : 128)!
  }

  var isOneAddress: Bool { length == (address.isIPv4 ? 32 : 128) }
}
