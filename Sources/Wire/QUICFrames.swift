/// The CRYPTO frames of a decrypted Initial packet (RFC 9000 §19.6): pieces of the handshake with their offsets.
package enum QUICCryptoFrames {
  /// Most CRYPTO frames of a packet that are read: clients split a hello into some ten pieces.
  static let maximumPieces = 32

  /// Calls `body` with the offset and bytes of each piece. Other frames that Initial packets may contain are skipped;
  /// anything else ends the reading.
  package static func forEachPiece(
    in frames: RawSpan, of version: QUICVersion = .version1, _ body: (_ offset: Int, _ bytes: RawSpan) -> Void
  ) {
    var reader = ByteReader(frames)
    var pieces = 0
    do throws(WireError) {
      let hasGoogleFrames = version.hasGoogleFrames
      // PADDING; PING, which has another number in Google's versions.
      let ping: UInt8 = hasGoogleFrames ? 0x07 : 0x01
      while !reader.isAtEnd {
        let first = reader.peek()
        if first == 0 {
          reader.skipZeros()
          continue
        }
        if first == ping {
          try reader.skip(1, .quicFrame)
          continue
        }
        let type = try reader.readVariableInteger(.quicFrame)
        switch (type, hasGoogleFrames) {
        case (0x02, false), (0x03, false):
          // ACK (RFC 9000 §19.3): largest acknowledged, delay, number of ranges, first range, then pairs of gap and
          // range; in type 3 three ECN counts.
          _ = try reader.readVariableInteger(.quicFrame)
          _ = try reader.readVariableInteger(.quicFrame)
          let ranges = try reader.readVariableInteger(.quicFrame)
          guard ranges <= UInt64(frames.byteCount) else { return }
          for _ in 0..<(1 + 2 * ranges + (type == 3 ? 3 : 0)) { _ = try reader.readVariableInteger(.quicFrame) }
        case (0x06, false), (0x08, true):
          guard pieces < maximumPieces else { return }
          pieces += 1
          let offset = Int(clamping: try reader.readVariableInteger(.quicFrame))
          let length = Int(clamping: try reader.readVariableInteger(.quicFrame))
          body(offset, try reader.readBytes(length, .quicFrame))
        default:
          // CONNECTION_CLOSE, or a frame that Initial packets must not contain (RFC 9000 §17.2.2).
          return
        }
      }
    } catch {
      return
    }
  }
}

extension ByteReader {
  /// RFC 9000 §16: the two highest bits state the length, 1, 2, 4 or 8 bytes.
  mutating func readVariableInteger(_ field: WireField) throws(WireError) -> UInt64 {
    let first = try readUInt8(field)
    var value = UInt64(first & 0x3f)
    for _ in 1..<(1 << Int(first >> 6)) { value = value << 8 | UInt64(try readUInt8(field)) }
    return value
  }
}
