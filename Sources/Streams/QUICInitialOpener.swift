import Cryptography
import Wire

extension QUICInitialSalt {
  /// The salt as a prepared HMAC key, made once for the process.
  fileprivate var key: HMACSHA256Key { QUICInitialSalt.keys[rawValue] }

  private static let keys = allCases.map { HMACSHA256Key($0.bytes) }
}

extension QUICVersion {
  fileprivate var labels: QUICInitialKeys.Labels {
    self == .version2 || self == .version2Draft || self == .version2FirstDraft ? .version2 : .version1
  }
}

/// Decrypts Initial packets, and reuses cipher contexts, which are expensive to create. An opener belongs to one
/// thread.
public struct QUICInitialOpener: ~Copyable {
  private var opener = QUICPacketOpener()

  public init() {}

  /// The frames of the last decrypted packet, valid until the next is decrypted.
  var frames: RawSpan {
    @_lifetime(borrow self)
    get { opener.frames }
  }

  /// Decrypts an Initial packet.
  ///
  /// - Returns: false if the keys do not fit: the packet is the server's, was damaged in transit, or is no Initial
  ///   packet.
  mutating func open(_ packet: borrowing QUICInitialPacket, with keys: QUICInitialKeys) -> Bool {
    opener.open(
      packet.bytes, packetNumberOffset: packet.packetNumberOffset, checksReservedBits: !packet.version.hasGoogleFrames,
      with: keys)
  }

  /// Decrypts an Initial packet of a client whose first packet went to `connectionID`, trying the version's salts, the
  /// most likely first.
  ///
  /// - Returns: the keys that fit; nil if none does.
  mutating func open(
    _ packet: borrowing QUICInitialPacket, derivingFrom connectionID: QUICConnectionID
  ) -> QUICInitialKeys? {
    for salt in packet.version.initialSalts {
      let labels = packet.version.labels
      let keys = connectionID.withBytes { QUICInitialKeys(salt: salt.key, connectionID: $0, labels: labels) }
      if open(packet, with: keys) { return keys }
    }
    return nil
  }
}
