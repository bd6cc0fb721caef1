import Cryptography

/// Encrypts QUIC Initial packets as a client or server would (RFC 9001 §5).
public struct QUICBuilder: Sendable {
  public enum Side: String, Sendable {
    case client, server
  }

  public enum LongHeader: UInt8, Sendable {
    case initial, zeroRTT, handshake, retry
  }

  public var version: UInt32 = 1
  /// Hexadecimal.
  public var salt = "38762cf7f55934b34d179ae6a4c80cadccbb7f0a"
  public var labels = "quic "
  /// RFC 9369 §3.2.
  public var turnsHeaders = false
  /// Destination Connection ID of the client's first packet, from which the keys come.
  public var keyID: [UInt8] = [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08]
  /// Nil for the one of `keyID`.
  public var destinationID: [UInt8]?
  public var sourceID: [UInt8] = []
  public var token: [UInt8] = []
  public var side = Side.client

  public init() {}

  public static let version2: QUICBuilder = {
    var builder = QUICBuilder()
    builder.version = 0x6b33_43cf
    builder.salt = "0dede3def700a6db819381be6e269dcbf9bd2ed9"
    builder.labels = "quicv2 "
    builder.turnsHeaders = true
    return builder
  }()

  public static func variableInteger(_ value: Int) -> [UInt8] {
    switch value {
    case ..<0x40: return [UInt8(value)]
    case ..<0x4000: return [0x40 | UInt8(value >> 8), UInt8(value & 0xff)]
    default:
      var bytes: [UInt8] = []
      bytes.appendUInt32(0x8000_0000 | UInt32(value))
      return bytes
    }
  }

  /// A CRYPTO frame (RFC 9000 §19.6).
  public static func crypto(_ bytes: some Collection<UInt8>, at offset: Int, type: UInt8 = 6) -> [UInt8] {
    [type] + variableInteger(offset) + variableInteger(bytes.count) + Array(bytes)
  }

  private func expand(_ secret: [UInt8], _ label: String, _ length: Int) -> [UInt8] {
    let label = Array("tls13 \(label)".utf8)
    let info = [0, UInt8(length), UInt8(label.count)] + label + [0, 1]
    return Array(HMACSHA256.code(of: info, key: secret).prefix(length))
  }

  public func header(_ kind: LongHeader) -> [UInt8] {
    let number = turnsHeaders ? (kind.rawValue + 1) & 3 : kind.rawValue
    var bytes: [UInt8] = [0xc3 | number << 4]
    bytes.appendUInt32(version)
    let destination = destinationID ?? keyID
    bytes += [UInt8(destination.count)] + destination + [UInt8(sourceID.count)] + sourceID
    if kind == .initial { bytes += QUICBuilder.variableInteger(token.count) + token }
    return bytes
  }

  /// An Initial packet; `frames` are padded to `paddedTo` bytes.
  public func initial(_ frames: [UInt8], number: UInt32 = 0, paddedTo: Int = 64) -> [UInt8] {
    let initial = HMACSHA256.code(of: keyID, key: [UInt8](hexadecimal: salt))
    let secret = expand(initial, "\(side.rawValue) in", 32)
    let cipher = AES128(key: expand(secret, labels + "key", 16))
    var nonce = expand(secret, labels + "iv", 12)
    let payload = frames + Array(repeating: 0, count: max(paddedTo - frames.count, 0))
    var header = header(.initial)
    header += QUICBuilder.variableInteger(payload.count + 4 + 16)
    let numberOffset = header.count
    header.appendUInt32(number)
    for index in 0..<4 { nonce[8 + index] ^= header[numberOffset + index] }
    let sealed = cipher.seal(payload, nonce: nonce, header: header)
    let mask = AES128(key: expand(secret, labels + "hp", 16)).encrypt(Array(sealed[..<16]))
    header[0] ^= mask[0] & 0x0f
    for index in 0..<4 { header[numberOffset + index] ^= mask[1 + index] }
    return header + sealed
  }

  /// A packet of a later stage, whose content cannot be decrypted.
  public func later(_ kind: LongHeader, length: Int = 60) -> [UInt8] {
    header(kind) + QUICBuilder.variableInteger(length) + Array(repeating: 0xab, count: length)
  }

  /// RFC 9000 §17.2.5: a token and its tag.
  public func retry(token: [UInt8]) -> [UInt8] { header(.retry) + token + Array(repeating: 0xcd, count: 16) }

  /// RFC 9000 §17.2.1.
  public func versionNegotiation(_ versions: [UInt32]) -> [UInt8] {
    var other = self
    other.version = 0
    var bytes = Array(other.header(.handshake))
    for version in versions { bytes.appendUInt32(version) }
    return bytes
  }

  /// A packet of the running connection (RFC 9000 §17.3.1).
  public static func short(to identifier: [UInt8], length: Int = 40) -> [UInt8] {
    [0x41] + identifier + Array(repeating: 0x9c, count: length)
  }
}
