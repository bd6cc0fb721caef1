import Cryptography
import Wire

extension QUICInitialSalt {
  /// The salt as a key of HMAC, hashed once for the process.
  fileprivate var key: HMACSHA256Key { QUICInitialSalt.keys[rawValue] }

  private static let keys = allCases.map { HMACSHA256Key($0.bytes) }
}

extension QUICVersion {
  fileprivate var labels: QUICInitialKeys.Labels {
    self == .version2 || self == .version2Draft || self == .version2FirstDraft ? .version2 : .version1
  }
}

/// Opens Initial packets, and keeps from one to the next what is dear to make. One opener belongs to one thread.
public struct QUICInitialOpener: ~Copyable {
  private var opener = QUICPacketOpener()

  public init() {}

  /// The frames of the last packet that was opened, until the next is.
  var frames: RawSpan {
    @_lifetime(borrow self)
    get { opener.frames }
  }

  /// Opens an Initial packet.
  ///
  /// - Returns: false if the keys do not fit: the packet is the server's, was damaged on the way, or is no Initial packet.
  mutating func open(_ packet: borrowing QUICInitialPacket, with keys: QUICInitialKeys) -> Bool {
    opener.open(
      packet.bytes, packetNumberOffset: packet.packetNumberOffset, checksReservedBits: !packet.version.hasGoogleFrames,
      with: keys)
  }

  /// Opens an Initial packet of a client whose first one went to `connectionID`, with each of the version's salts, the likeliest first.
  ///
  /// - Returns: the keys that fit.
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
