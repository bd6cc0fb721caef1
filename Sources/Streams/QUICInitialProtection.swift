import Cryptography
import Wire

extension QUICInitialSalt {
  /// The salt as a key of HMAC, hashed once for the process.
  var key: HMACSHA256Key { QUICInitialSalt.keys[rawValue] }

  private static let keys = allCases.map { HMACSHA256Key($0.bytes) }
}

extension QUICVersion {
  var labels: QUICInitialKeys.Labels {
    self == .version2 || self == .version2Draft || self == .version2FirstDraft ? .version2 : .version1
  }
}

extension QUICInitialPacket {
  /// The frames of the packet.
  ///
  /// - Returns: nil if the keys do not fit: the packet is the server's, was damaged on the way, or is no Initial packet.
  package func open(with keys: QUICInitialKeys) -> [UInt8]? {
    // RFC 9001 §5.4.2: the sample stands as if the packet number had four bytes.
    let sampleStart = packetNumberOffset + 4
    guard bytes.count >= sampleStart + 16 else { return nil }
    let packet = bytes.span.bytes
    let mask = keys.headerMask(sample: packet.extracting(sampleStart..<sampleStart + 16))
    let first = bytes[0] ^ mask[0] & 0x0f
    // RFC 9000 §17.2: the reserved bits are zero. With wrong keys three packets of four are refused here, before all is decrypted.
    guard version.hasGoogleFrames || first & 0x0c == 0 else { return nil }
    let payloadStart = packetNumberOffset + Int(first & 0x03) + 1
    var header = Array(bytes[..<payloadStart])
    header[0] = first
    var number: UInt64 = 0
    for index in packetNumberOffset..<payloadStart {
      header[index] ^= mask[1 + index - packetNumberOffset]
      number = number << 8 | UInt64(header[index])
    }
    return keys.open(packet.extracting(payloadStart..<bytes.count), header: header, packetNumber: number)
  }

  /// Keys of the client whose first Initial packet went to `connectionID`, likeliest first; each is derived when it is asked for.
  package func clientKeys(connectionID: [UInt8]) -> some Sequence<QUICInitialKeys> {
    version.initialSalts.lazy.map {
      QUICInitialKeys(salt: $0.key, connectionID: connectionID, labels: version.labels)
    }
  }
}
