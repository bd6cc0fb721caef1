import Model

/// Names of QUIC connections by the connection ID that the server chose, which is unencrypted in each packet to it (RFC
/// 9000 §17.3.1).
///
/// A connection continues without a new ClientHello when the client's address or port changes (§9.3, NAT rebinding),
/// and after a pause that timed out its flow. The whole connection ID, of at least 64 bits, is compared, together with
/// the server's address and port: a flow that begins with it is the same connection, so it gets the name with its
/// class. A client that migrates on purpose uses a new ID (§9.5), which an observer cannot link; such flows get no name
/// from here.
///
/// Bounded in bytes; the oldest are evicted first.
struct QUICConnections {
  private struct Key: Hashable {
    var server: FlowEntry.End
    /// First eight bytes of the connection ID: short headers do not state its length.
    var prefix: UInt64
  }

  private struct Connection {
    var identifier: [UInt8]
    var evidence: NameEvidence

    /// Includes its places in the dictionary, which is up to two thirds empty, and in the queue.
    var allocatedBytes: Int {
      identifier.allocatedBytes + evidence.allocatedBytes + 3 * MemoryLayout<Connection>.stride
        + 4 * MemoryLayout<Key>.stride
    }
  }

  /// Shortest connection ID in bytes; shorter ones are not unique enough.
  private static let shortestIdentifier = 8

  /// Most bytes for all connections.
  var bytes: Int
  private var connections: [Key: Connection] = [:]
  private var order = Fifo<Key>()
  private var held = 0
  private var evictions: UInt64 = 0

  init(bytes: Int = MemoryShares().connections) { self.bytes = bytes }

  /// Number of connections that were evicted since the last call.
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

  /// The name of the connection to which a packet with a short header from its client belongs; nil if it is unknown.
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
