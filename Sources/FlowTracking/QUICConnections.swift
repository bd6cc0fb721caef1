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
  private struct Key: Hashable {
    var server: FlowEntry.End
    /// First eight bytes of the id: its length is not on the wire.
    var prefix: UInt64
  }

  private struct Connection {
    var identifier: [UInt8]
    var evidence: NameEvidence

    /// With its place in the dictionary, which is up to two thirds empty, and in the queue.
    var allocatedBytes: Int {
      identifier.allocatedBytes + evidence.allocatedBytes + 3 * MemoryLayout<Connection>.stride
        + 4 * MemoryLayout<Key>.stride
    }
  }

  /// Shorter ids are shared by too many connections.
  private static let shortestIdentifier = 8

  /// Most bytes for all connections.
  var bytes: Int
  private var connections: [Key: Connection] = [:]
  private var order = Fifo<Key>()
  private var held = 0
  private var evictions: UInt64 = 0

  init(bytes: Int = MemoryShares().connections) { self.bytes = bytes }

  /// Connections that were forgotten for others, since this was last asked.
  mutating func takeEvictions() -> UInt64 {
    defer { evictions = 0 }
    return evictions
  }

  mutating func remember(_ identifier: [UInt8], at server: FlowEntry.End, _ evidence: NameEvidence) {
    guard identifier.count >= QUICConnections.shortestIdentifier else { return }
    let key = Key(server: server, prefix: identifier.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    let connection = Connection(identifier: identifier, evidence: evidence)
    held += connection.allocatedBytes
    if let earlier = connections.updateValue(connection, forKey: key) {
      held -= earlier.allocatedBytes
      return
    }
    order.append(key)
    while held > bytes, let oldest = order.popFirst() {
      guard let forgotten = connections.removeValue(forKey: oldest) else { continue }
      held -= forgotten.allocatedBytes
      evictions += 1
    }
  }

  /// The name of the connection whose packet of the client this is.
  func evidence(for datagram: RawSpan, to server: FlowEntry.End) -> NameEvidence? {
    guard !connections.isEmpty, datagram.byteCount >= 1 + QUICConnections.shortestIdentifier else { return nil }
    let prefix = (1...8).reduce(UInt64(0)) { $0 << 8 | UInt64(datagram.unsafeLoad(fromByteOffset: $1, as: UInt8.self)) }
    guard let known = connections[Key(server: server, prefix: prefix)], datagram.byteCount > known.identifier.count
    else { return nil }
    for (index, byte) in known.identifier.enumerated()
    where datagram.unsafeLoad(fromByteOffset: 1 + index, as: UInt8.self) != byte { return nil }
    return known.evidence
  }
}
