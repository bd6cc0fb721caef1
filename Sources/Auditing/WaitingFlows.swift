import Model
import Privacy
import Store

/// Flows with a row of evidence that are not handed over to the store yet.
///
/// A capture's wait until there are many, so that their order shows nothing finer than their hours.
struct WaitingFlows {
  private var flows: [(flow: PseudonymousFlow, place: UInt64)] = []
  /// Nil if the site keeps no sealed part; then no exact flows are kept.
  private var sealedPart: ExactFlowBuffer?
  /// Of each of `flows`; nil for those of groups with special secrecy, which are not kept exactly.
  private var exact: [ExactFlow?] = []
  /// The same of the batch that is being stored.
  private var exactInBatch: [ExactFlow?] = []

  /// Some 30 MB.
  private static let limit = 65_536

  init(sealedPart: ExactFlowBuffer?) { self.sealedPart = sealedPart }

  var isEmpty: Bool { flows.isEmpty }

  /// Whether they should be handed over even before the end of a capture.
  var areMany: Bool { flows.count >= WaitingFlows.limit }

  /// - Parameters:
  ///   - place: decides about the order of flows of one hour.
  ///   - exactFlow: asked only if the site keeps a sealed part.
  mutating func append(_ flow: PseudonymousFlow, at place: UInt64, exactFlow: () -> ExactFlow?) {
    flows.append((flow, place))
    if sealedPart != nil { exact.append(exactFlow()) }
  }

  /// All of them by hour, then by their places: the order in which flows end would show when, to anyone who knows the
  /// time of one.
  mutating func takeInOrder() -> [PseudonymousFlow] {
    // Flows are large; what is sorted is small.
    let order = flows.indices.map { (hour: flows[$0].flow.hour, place: flows[$0].place, index: $0) }
      .sorted { ($0.hour, $0.place, $0.index) < ($1.hour, $1.place, $1.index) }
    if sealedPart != nil { exactInBatch = order.map { exact[$0.index] } }
    defer { (flows, exact) = ([], []) }
    return order.map { flows[$0.index].flow }
  }

  /// Notes where in the store the flows are that were taken last.
  mutating func keepExact(_ stored: StoredBatch) {
    if let first = stored.firstFlow { sealedPart?.add(exactInBatch, from: first) }
    exactInBatch = []
  }

  /// Blocks of the sealed part whose time has come.
  mutating func takeDueBlocks(at hour: Hour?) -> [EnvelopedBlock] { sealedPart?.takeDue(at: hour) ?? [] }

  /// All blocks of the sealed part.
  mutating func takeBlocks() -> [EnvelopedBlock] { sealedPart?.take() ?? [] }
}
