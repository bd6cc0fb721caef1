import FlowTracking
import Inspection
import Model
import Privacy
public import Rules
public import Store

/// Classifies stored flows by another rule set, as the writer classified them when they were seen.
///
/// Only flows that matched a rule then are stored, and their names contain tokens such as `{tenant}`, each of which
/// matches a `*` and no literal label. So it shows which classifications would change, but not which unmatched
/// destinations a new rule would have found.
public struct EvidenceClassifier: Sendable {
  private let rules: RuleSet
  private let insideNetworks: InsideNetworks

  /// `sessions`: those of the store, whose inside networks distinguish proxies from destinations.
  public init(rules: RuleSet, sessions: [CaptureSession]) {
    self.rules = rules
    insideNetworks = InsideNetworks(Set(sessions.flatMap(\.settings.insideNetworks)).sorted().compactMap(IPPrefix.init))
  }

  /// The classification of a flow by the rule set; nil if it has no rule for it.
  public func assignment(for evidence: FlowEvidence) -> RuleAssignment? {
    let flow = evidence.flow
    let destination = Destination(
      name: flow.destinationName, seenAt: flow.destinationAddress, port: flow.destinationPort,
      transport: flow.transport, hour: flow.hour, insideNetworks: insideNetworks)
    // A name that was an alias or another answer then is one under other rules too.
    let isWeak = flow.matchedBy == .alias || flow.matchedBy == .answer
    // A token may have replaced the label that suggested telemetry.
    let mayHideLabel = flow.ruleID.hasSuffix("+" + RuleFacts.doubtID) && destination.name?.contains("{") ?? false
    guard
      var verdict = isWeak
        ? rules.weakVerdict(for: destination, vendor: rules.vendor(ofRule: flow.ruleID))
        : mayHideLabel ? rules.verdict(forWholeNameOf: destination) : rules.verdict(for: destination)
    else { return nil }
    if mayHideLabel, verdict.matchedPattern.contains("*") { verdict = rules.doubting(verdict) }
    let name = flow.destinationName.map {
      NameTokeniser.tokenise($0, pattern: verdict.matchedPattern, personalLabel: verdict.personalLabel)
    }
    return RuleAssignment(
      ruleID: verdict.facts.id, ruleRevision: verdict.facts.revision, matchedPattern: verdict.matchedPattern,
      destinationName: name == flow.destinationName ? nil : name)
  }
}

extension Destination {
  /// The address counts only if nothing else names the flow, since a cloud's range has many names that are not the
  /// vendor's, and only if it is the destination's own: a blocked name has none, and a proxy's is another.
  init(
    name: String?, seenAt address: IPAddress?, port: UInt16, transport: TransportProtocol, hour: Hour,
    insideNetworks: InsideNetworks
  ) {
    let own = address.flatMap { $0.isUnspecified || insideNetworks.contains($0) ? nil : $0 }
    self.init(name: name, address: name == nil ? own : nil, port: port, transport: transport, day: hour.dayUTC)
  }
}
