import Model

/// Names of QUIC connections by the id that the server chose, which stands in the clear in each packet to it (RFC 9000 §17.3.1).
///
/// A connection goes on when the client's address or port changes under it (§9.3, rebinding) and after a pause that ended its flow
/// here, without a new hello. The id is the server's own, of at least 64 bits, and is compared whole, together with the server's address
/// and port: a flow that begins with it is the same connection, and the hello that named that one is this flow's own. So the evidence
/// is taken over with its class. A client that moves on purpose takes a new id (§9.5), which nobody on the way can connect; such flows
/// stay without a name of their own.
///
/// Bounded; the oldest go first.
struct QUICConnections {
  struct Server: Hashable {
    var address: IPAddress
    var port: UInt16
  }

  private struct Key: Hashable {
    var server: Server
    /// First eight bytes of the id: its length is not on the wire.
    var prefix: UInt64
  }

  private struct Connection {
    var identifier: [UInt8]
    var evidence: NameEvidence
  }

  /// Shorter ids are shared by too many connections.
  private static let shortestIdentifier = 8

  private let limit: Int
  private var connections: [Key: Connection] = [:]
  /// Ring of the keys in order of arrival.
  private var order: [Key] = []
  private var oldest = 0

  init(limit: Int = 65_536) { self.limit = limit }

  /// - Returns: false where another connection had to be forgotten for it.
  mutating func remember(_ identifier: [UInt8], at server: Server, _ evidence: NameEvidence) -> Bool {
    guard identifier.count >= QUICConnections.shortestIdentifier else { return true }
    let key = Key(server: server, prefix: identifier.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    let isNew = connections.updateValue(Connection(identifier: identifier, evidence: evidence), forKey: key) == nil
    guard isNew else { return true }
    guard order.count >= limit else {
      order.append(key)
      return true
    }
    connections[order[oldest]] = nil
    order[oldest] = key
    oldest = (oldest + 1) % limit
    return false
  }

  /// The name of the connection whose packet of the client this is.
  func evidence(for datagram: RawSpan, to server: Server) -> NameEvidence? {
    guard !connections.isEmpty, datagram.byteCount >= 1 + QUICConnections.shortestIdentifier else { return nil }
    let prefix = (1...8).reduce(UInt64(0)) { $0 << 8 | UInt64(datagram.unsafeLoad(fromByteOffset: $1, as: UInt8.self)) }
    guard let known = connections[Key(server: server, prefix: prefix)], datagram.byteCount > known.identifier.count
    else { return nil }
    for (index, byte) in known.identifier.enumerated()
    where datagram.unsafeLoad(fromByteOffset: 1 + index, as: UInt8.self) != byte { return nil }
    return known.evidence
  }
}
