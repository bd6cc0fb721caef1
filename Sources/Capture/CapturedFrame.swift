import Model

/// One captured frame, borrowed for one callback; afterwards its bytes are overwritten.
public struct CapturedFrame: ~Escapable {
  /// Captured bytes, link header first.
  public let bytes: RawSpan
  /// Bytes on the wire, >= `bytes.byteCount`.
  public let originalLength: Int
  public let timestamp: Timestamp
  public let linkType: LinkType

  @_lifetime(copy bytes)
  public init(bytes: RawSpan, originalLength: Int, timestamp: Timestamp, linkType: LinkType) {
    self.bytes = bytes
    self.originalLength = max(originalLength, bytes.byteCount)
    self.timestamp = timestamp
    self.linkType = linkType
  }
}
