/// The memory budget, divided among everything that a sender can make grow.
///
/// Each kind has a share of its own and evicts its own oldest elements first, so that a flood of one kind takes nothing
/// from another: unfinished handshakes evict no flow, and many flows evict no DNS answer. docs/operations.md lists what
/// is evicted first.
public struct MemoryShares: Sendable, Equatable {
  /// Open flows and their details.
  public let flows: Int
  /// Beginnings of streams and handshakes that are being reassembled, and clear text that is kept for a record.
  public let beginnings: Int
  /// Questions and answers of DNS, and names that have to do with Encrypted ClientHello.
  public let dns: Int
  /// Names of QUIC connections by the server's connection ID.
  public let connections: Int
  /// Hardware addresses, with the addresses they use.
  public let clients: Int
  /// Datagrams that arrive in fragments.
  public let fragments: Int
  /// Records that wait to be stored.
  public let records: Int

  /// Allowed budgets, in megabytes of 2^20 bytes.
  public static let megabytes = 64...65_536
  /// The default budget, in bytes.
  public static let standardBudget = 512 << 20

  /// - Parameter budget: bytes for everything; the rest that no share takes is for arrays that grow.
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
