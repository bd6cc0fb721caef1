import FlowTracking
import Inspection
import Model
import Rules

/// Classification of a flow's destination by the rules.
final class Judgement: Sendable {
  let verdict: Verdict
  let basis: MatchBasis
  let isContradicted: Bool
  /// The name on which the verdict is based, with its personal parts replaced; nil if none is to be stored.
  let tokenisedName: String?

  init(_ attribution: Attribution) {
    verdict = attribution.verdict
    basis = attribution.basis
    isContradicted = attribution.isContradicted
    tokenisedName = attribution.name.map {
      NameTokeniser.tokenise(
        $0, pattern: attribution.verdict.matchedPattern, personalLabel: attribution.verdict.personalLabel)
    }
  }
}

/// A cache of the judgements of the latest destinations. Devices contact a few names repeatedly, and finding and
/// copying a verdict with its facts costs more than everything else that is done with a flow before it is stored.
struct Judgements {
  private let rules: RuleSet
  private var known: [Destination: Judgement?] = [:]

  /// Most judgements, of some 500 bytes each; when there is no room, all are dropped, since an order of eviction would
  /// cost more than it saves.
  private static let limit = 4_096

  init(_ rules: RuleSet) { self.rules = rules }

  /// The judgement of a flow; nil if no rule describes it.
  ///
  /// - Parameters:
  ///   - destination: of the record.
  ///   - isShared: the address is known to belong to a shared network.
  mutating func judgement(of destination: Destination, _ record: FlowRecord, isShared: Bool) -> Judgement? {
    let aliases = record.name?.aliases ?? []
    // Aliases and other answers are rarely the same twice.
    guard destination.name != nil, aliases.isEmpty, record.otherAnswers.isEmpty else {
      return rules.attribution(
        of: destination, aliases: aliases, otherAnswers: record.otherAnswers, isShared: isShared
      ).map { Judgement($0) }
    }
    if let judgement = known[destination] { return judgement }
    if known.count == Self.limit { known.removeAll(keepingCapacity: true) }
    let judgement = rules.attribution(of: destination).map { Judgement($0) }
    known[destination] = .some(judgement)
    return judgement
  }
}
