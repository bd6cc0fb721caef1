import Model
import Store

/// A claim as sessions of the store stated it, and the days for which it is judged.
///
/// A claim whose scope changed is another claim under the same id: each wording is judged for itself, the earlier one
/// to the last day of the last session that stated it, so that no change of wording invalidates what was measured
/// before.
struct ClaimStatement: Sendable, Equatable {
  enum End: Sendable, Equatable {
    /// The latest session states it.
    case none
    /// A later session states something else under this id.
    case reworded(LocalDate)
    /// No later session has the id.
    case withdrawn(LocalDate)
  }

  /// In the latest words.
  fileprivate(set) var claim: Claim
  /// Local day of the first hour of the first session that stated it; nil if the session has none.
  let stated: LocalDate?
  fileprivate(set) var end = End.none
  fileprivate var lastStated: LocalDate?
  fileprivate var lastSession: Int64

  /// Last day that is judged; nil for all days to the end of the store.
  var lastDay: LocalDate? {
    switch end {
    case .none: nil
    case .reworded(let day), .withdrawn(let day): day
    }
  }

  /// All wordings of all claims; by id, then in the order in which they were stated.
  static func all(_ sessions: [CaptureSession], _ clock: SiteClock) -> [ClaimStatement] {
    let ordered = sessions.filter { !$0.isTakenOut }.sorted { $0.id < $1.id }
    var statements: [String: [ClaimStatement]] = [:]
    for session in ordered {
      let first = session.firstHour.map { clock.date(of: $0) }
      let last = session.lastHour.map { clock.date(of: $0) } ?? first
      for claim in session.settings.claims {
        var wordings = statements[claim.id] ?? []
        if var open = wordings.last, open.claim.hasScope(of: claim) {
          open.claim = claim
          open.lastSession = session.id
          open.lastStated = [open.lastStated, last].compactMap(\.self).max()
          wordings[wordings.count - 1] = open
        } else {
          wordings.append(
            ClaimStatement(claim: claim, stated: first, lastStated: last, lastSession: session.id))
        }
        statements[claim.id] = wordings
      }
    }
    let latest = ordered.last?.id
    return statements.sorted { $0.key < $1.key }.flatMap { _, wordings in
      wordings.enumerated().compactMap { index, wording -> ClaimStatement? in
        var wording = wording
        let isLast = index == wordings.count - 1
        if isLast, wording.lastSession == latest { return wording }
        // A session without an hour of its own saw nothing.
        guard let day = wording.lastStated else { return nil }
        wording.end = isLast ? .withdrawn(day) : .reworded(day)
        return wording
      }
    }
  }
}
