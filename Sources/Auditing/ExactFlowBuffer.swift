import Model
import Privacy

/// Exact flows that wait to be sealed, in memory only, at most those of an hour.
///
/// A block is made once an hour, with or without flows, so that the number of blocks does not show when somebody was
/// present. It contains flows of one day; at midnight there may be two. Flows of a capture wait for its end.
struct ExactFlowBuffer {
  private let recipients: SealedPartRecipients
  private let makesEmptyBlocks: Bool
  private var flows: [(place: Int64, flow: ExactFlow)] = []
  private var lastHour: Hour?

  /// Most waiting flows: some 15 MB.
  private static let limit = 65_536

  /// - Parameter isLive: for a service, whose blocks are made by the clock.
  init(_ recipients: SealedPartRecipients, isLive: Bool) {
    self.recipients = recipients
    makesEmptyBlocks = isLive
  }

  /// Adds flows that are stored now, with consecutive rows of evidence from `first` on; nil for a flow that is not to
  /// be kept.
  mutating func add(_ exact: [ExactFlow?], from first: Int64) {
    for (index, flow) in exact.enumerated() {
      if let flow { flows.append((first + Int64(index), flow)) }
    }
  }

  /// Removes all waiting flows as blocks if they are due; `hour`: hour up to which a service has observed, nil for a
  /// capture.
  mutating func takeDue(at hour: Hour?) -> [EnvelopedBlock] {
    defer { lastHour = hour ?? lastHour }
    let isNewHour = hour != nil && lastHour != nil && hour != lastHour
    return isNewHour || flows.count >= Self.limit ? take() : []
  }

  /// Removes all waiting flows as blocks.
  mutating func take() -> [EnvelopedBlock] {
    var days = Dictionary(grouping: flows) { $0.flow.start.hour.dayUTC }
    if days.isEmpty, makesEmptyBlocks, let lastHour { days[lastHour.dayUTC] = [] }
    let blocks = days.sorted { $0.key < $1.key }.compactMap { day, flows -> EnvelopedBlock? in
      if let block = recipients.seal(flows, day: day) { return block }
      ServiceLog.write(
        .error, "sealed_part_failed",
        ["reason": "libcrypto refused to seal", "next": "check the certificates with 'egressaudit check'"])
      return nil
    }
    flows = []
    return blocks
  }
}
