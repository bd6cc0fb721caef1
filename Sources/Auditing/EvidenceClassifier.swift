import FlowTracking
import Inspection
import Model
import Privacy
public import Rules
public import Store

/// Judges stored flows by another rule set, in the way in which the writer judged them when they were seen.
///
/// Only flows that matched a rule then are stored, and their names hold tokens such as `{tenant}`, each of which fits a `*` and no
/// spelt-out label. So it can tell which judgements would change, but not which unmatched destinations a new rule would have found.
public struct EvidenceClassifier: Sendable {
  private let rules: RuleSet
  private let insideNetworks: InsideNetworks

  /// `sessions`: those of the store; their inside networks tell proxies from destinations.
  public init(rules: RuleSet, sessions: [CaptureSession]) {
    self.rules = rules
    insideNetworks = InsideNetworks(Set(sessions.flatMap(\.settings.insideNetworks)).sorted().compactMap(IPPrefix.init))
  }

  /// What the rule set says of a flow; nil where it has no rule for it.
  public func assignment(for evidence: FlowEvidence) -> RuleAssignment? {
    let flow = evidence.flow
    let destination = Destination(
      name: flow.destinationName, seenAt: flow.destinationAddress, port: flow.destinationPort,
      transport: flow.transport, hour: flow.hour, insideNetworks: insideNetworks)
    // A name that stood for another one then does so under other rules, too.
    let isWeak = flow.matchedBy == .alias || flow.matchedBy == .answer
    guard
      var verdict = isWeak
        ? rules.weakVerdict(for: destination, vendor: rules.vendor(ofRule: flow.ruleID))
        : rules.verdict(for: destination)
    else { return nil }
    // A token can have taken the place of the label that suggested telemetry.
    if flow.ruleID.hasSuffix("+" + RuleFacts.doubtID), verdict.matchedPattern.contains("*"),
      destination.name?.contains("{") ?? false
    {
      verdict = rules.doubting(verdict)
    }
    let name = flow.destinationName.map {
      NameTokeniser.tokenise($0, pattern: verdict.matchedPattern, personalLabel: verdict.personalLabel)
    }
    return RuleAssignment(
      ruleID: verdict.facts.id, ruleRevision: verdict.facts.revision, matchedPattern: verdict.matchedPattern,
      destinationName: name == flow.destinationName ? nil : name)
  }
}

extension Destination {
  /// The address counts only where nothing else names the flow: in a cloud's range stand many names that are not the vendor's. And only where
  /// it is the destination's own: a blocked name has none, and behind a proxy stands another.
  init(
    name: String?, seenAt address: IPAddress?, port: UInt16, transport: TransportProtocol, hour: Hour,
    insideNetworks: InsideNetworks
  ) {
    let own = address.flatMap { $0.isUnspecified || insideNetworks.contains($0) ? nil : $0 }
    self.init(name: name, address: name == nil ? own : nil, port: port, transport: transport, day: hour.dayUTC)
  }
}
