/// One budget of memory, divided among all that a sender can lengthen.
///
/// Each kind has a share of its own and gives up its own oldest first, so that a flood of one kind takes nothing from another: hellos held open cost
/// no flow, and flows without end no DNS answer. docs/operations.md says what goes first.
public struct MemoryShares: Sendable, Equatable {
  /// Flows under way, with what is known of them.
  public let flows: Int
  /// Beginnings of streams and handshakes that are being put together, and clear text that is kept for a record.
  public let beginnings: Int
  /// Questions and answers of DNS, and what they said of Encrypted ClientHello.
  public let dns: Int
  /// Names of QUIC connections by the server's id.
  public let connections: Int
  /// Hardware addresses and what stands behind them.
  public let clients: Int
  /// Datagrams that come in fragments.
  public let fragments: Int
  /// Records that wait to be stored.
  public let records: Int

  /// Bytes of the budget, in megabytes of 2^20 bytes.
  public static let megabytes = 64...65_536
  public static let standardBudget = 512 << 20

  /// - Parameter budget: bytes for all together; what is left over is for the arrays that grow.
  public init(budget: Int = MemoryShares.standardBudget) {
    let part = max(budget, 0) / 128
    flows = 60 * part
    beginnings = 20 * part
    dns = 20 * part
    connections = 8 * part
    clients = 2 * part
    fragments = part
    records = 16 * part
  }
}
