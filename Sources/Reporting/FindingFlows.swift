import Model
import Privacy
import Store

/// How the attempts to reach a destination ended; retries within 60 s count once.
struct OutcomeCounts: Sendable, Equatable {
  var established: UInt64 = 0
  var refused: UInt64 = 0
  var noAnswer: UInt64 = 0
  var nameBlocked: UInt64 = 0

  var blocked: UInt64 { .saturatingSum(.saturatingSum(refused, noAnswer), nameBlocked) }

  mutating func add(_ outcome: FlowOutcome) {
    switch outcome {
    case .established: established.addSaturating(1)
    case .refused: refused.addSaturating(1)
    case .noAnswer: noAnswer.addSaturating(1)
    case .dnsBlocked: nameBlocked.addSaturating(1)
    }
  }

  mutating func add(_ other: OutcomeCounts) {
    established.addSaturating(other.established)
    refused.addSaturating(other.refused)
    noAnswer.addSaturating(other.noAnswer)
    nameBlocked.addSaturating(other.nameBlocked)
  }
}

/// What the single flows of a finding show beside its sums.
struct FindingFlows: Sendable, Equatable {
  /// By destination name, or by address if a flow has no name.
  var hosts: [String: OutcomeCounts] = [:]

  var total: OutcomeCounts { hosts.values.reduce(into: OutcomeCounts()) { $0.add($1) } }

  /// By established attempts, then by blocked ones, both descending, then by name.
  var sortedHosts: [(name: String, counts: OutcomeCounts)] {
    hosts.map { ($0.key, $0.value) }.sorted { left, right in
      let (first, second) = (left.1, right.1)
      if first.established != second.established { return first.established > second.established }
      if first.blocked != second.blocked { return first.blocked > second.blocked }
      return left.0 < right.0
    }
  }

  /// Some hosts were blocked, and others, or not always, got through.
  var hostsDiffer: Bool {
    Set(hosts.values.map { [$0.established > 0, $0.blocked > 0] }).count > 1 && total.blocked > 0
      && total.established > 0
  }

  mutating func add(_ evidence: FlowEvidence) {
    let flow = evidence.flow
    guard flow.opensFlow, !flow.isRetry else { return }
    let host = flow.destinationName ?? flow.destinationAddress?.description ?? ""
    hosts[host, default: OutcomeCounts()].add(flow.outcome)
  }
}
