/// A QUIC Initial packet as it lies in a datagram: readable without keys, payload still sealed (RFC 9000 §17.2.2).
public struct QUICInitialPacket: Sendable, Equatable {
  public var version: QUICVersion
  /// 0 to 20 bytes.
  public var destinationConnectionID: [UInt8]
  public var sourceConnectionID: [UInt8]
  /// Header and sealed payload, from the packet's first byte.
  package var bytes: [UInt8]
  /// Offset of the protected packet number in `bytes`.
  package var packetNumberOffset: Int
}
