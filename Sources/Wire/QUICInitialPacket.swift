/// A QUIC Initial packet with its header read and its payload still encrypted (RFC 9000 §17.2.2).
public struct QUICInitialPacket: ~Escapable {
  public let version: QUICVersion
  public let destinationConnectionID: QUICConnectionID
  public let sourceConnectionID: QUICConnectionID
  /// Header and encrypted payload, from the packet's first byte.
  package let bytes: RawSpan
  /// Offset of the protected packet number in `bytes`.
  package let packetNumberOffset: Int

  @_lifetime(copy bytes)
  init(
    version: QUICVersion, destinationConnectionID: QUICConnectionID, sourceConnectionID: QUICConnectionID,
    bytes: RawSpan, packetNumberOffset: Int
  ) {
    self.version = version
    self.destinationConnectionID = destinationConnectionID
    self.sourceConnectionID = sourceConnectionID
    self.bytes = bytes
    self.packetNumberOffset = packetNumberOffset
  }
}
