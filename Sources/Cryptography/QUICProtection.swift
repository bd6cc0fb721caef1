internal import COpenSSL

/// Keys that protect one direction's QUIC Initial packets (RFC 9001 §5.1): anyone who sees the first packet can derive them.
public struct QUICInitialKeys: Sendable, Equatable {
  /// Names of the derivations, which differ by version (RFC 9001 §5.1, RFC 9369 §3.3.2).
  public enum Labels: Sendable {
    case version1
    case version2

    fileprivate var expansions: Expansions { self == .version1 ? .version1 : .version2 }
  }

  /// What HKDF-Expand-Label hashes for each key (RFC 8446 §7.1): made once, since each connection hashes the same.
  fileprivate struct Expansions {
    var key: [UInt8]
    var initialisationVector: [UInt8]
    var headerProtection: [UInt8]

    private init(_ prefix: String) {
      key = Expansions.information(prefix + "key", length: 16)
      initialisationVector = Expansions.information(prefix + "iv", length: 12)
      headerProtection = Expansions.information(prefix + "hp", length: 16)
    }

    static let version1 = Expansions("quic ")
    static let version2 = Expansions("quicv2 ")
    static let client = information("client in", length: 32)

    /// Length, label, empty context, and the number of the only block that is needed.
    private static func information(_ label: String, length: UInt8) -> [UInt8] {
      let label = Array("tls13 \(label)".utf8)
      return [0, length, UInt8(label.count)] + label + [0, 1]
    }
  }

  let key: SIMD16<UInt8>
  /// The first 12 bytes.
  let initialisationVector: SIMD16<UInt8>
  let headerProtection: SIMD16<UInt8>

  /// Keys of the client's packets.
  ///
  /// - Parameters:
  ///   - salt: 20 bytes that the version fixes (RFC 9001 §5.2).
  ///   - connectionID: Destination Connection ID of the client's first Initial packet, 0 to 20 bytes.
  public init(salt: HMACSHA256Key, connectionID: [UInt8], labels: Labels) {
    let initialSecret = HMACSHA256Key(salt.code(of: connectionID))
    let client = HMACSHA256Key(initialSecret.code(of: Expansions.client))
    let expansions = labels.expansions
    key = QUICInitialKeys.firstHalf(client.code(of: expansions.key))
    initialisationVector = QUICInitialKeys.firstHalf(client.code(of: expansions.initialisationVector))
    headerProtection = QUICInitialKeys.firstHalf(client.code(of: expansions.headerProtection))
  }

  private static func firstHalf(_ code: [UInt8]) -> SIMD16<UInt8> {
    code.withUnsafeBytes { $0.loadUnaligned(as: SIMD16<UInt8>.self) }
  }

  /// Mask that hides the first byte and the packet number (RFC 9001 §5.4.3): AES-ECB of a sample.
  ///
  /// - Parameter sample: 16 bytes of the sealed payload.
  /// - Returns: 16 bytes, of which five are used.
  public func headerMask(sample: RawSpan) -> SIMD16<UInt8> {
    precondition(sample.byteCount == 16, "RFC 9001 §5.4.2: the sample has 16 bytes")
    let context = Ciphers.makeContext()
    defer { EVP_CIPHER_CTX_free(context) }
    // Room for a block more than is written, as EVP_EncryptUpdate asks for.
    var output = SIMD32<UInt8>()
    var written: Int32 = 0
    let isDone = withUnsafeBytes(of: headerProtection) { key in
      sample.withUnsafeBytes { sample in
        withUnsafeMutableBytes(of: &output) { output in
          EVP_EncryptInit_ex(context, Ciphers.block, nil, Ciphers.bytes(key), nil) == 1
            && EVP_EncryptUpdate(context, Ciphers.bytes(output), &written, Ciphers.bytes(sample), 16) == 1
        }
      }
    }
    guard isDone, written == 16 else {
      fatalError("libcrypto offers no AES-128-ECB; check the installed OpenSSL and its configuration")
    }
    return output.lowHalf
  }

  /// Opens a payload (RFC 9001 §5.3): AES-128-GCM.
  ///
  /// - Parameters:
  ///   - sealed: ciphertext and its 16-byte tag.
  ///   - header: the packet's header without header protection, up to and with the packet number.
  /// - Returns: the frames, or nil where key, header or payload do not belong together.
  public func open(_ sealed: RawSpan, header: [UInt8], packetNumber: UInt64) -> [UInt8]? {
    guard sealed.byteCount >= 16 else { return nil }
    var nonce = initialisationVector
    for index in 0..<8 { nonce[11 - index] ^= UInt8(truncatingIfNeeded: packetNumber >> UInt64(8 * index)) }
    let length = sealed.byteCount - 16
    var isAuthentic = false
    let opened = [UInt8](unsafeUninitializedCapacity: length + 16) { buffer, count in
      let context = Ciphers.makeContext()
      defer { EVP_CIPHER_CTX_free(context) }
      var written: Int32 = 0
      let isDecrypted = withUnsafeBytes(of: key) { key in
        withUnsafeBytes(of: nonce) { nonce in
          sealed.withUnsafeBytes { sealed in
            EVP_DecryptInit_ex(context, Ciphers.sealed, nil, Ciphers.bytes(key), Ciphers.bytes(nonce)) == 1
              && EVP_DecryptUpdate(context, nil, &written, header, Int32(header.count)) == 1
              && EVP_DecryptUpdate(
                context, buffer.baseAddress, &written, Ciphers.bytes(sealed), Int32(length)) == 1
          }
        }
      }
      guard isDecrypted else { return }
      var tag = SIMD16<UInt8>()
      sealed.withUnsafeBytes { tag = $0.loadUnaligned(fromByteOffset: length, as: SIMD16<UInt8>.self) }
      guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, &tag) == 1 else { return }
      var last: Int32 = 0
      isAuthentic = EVP_DecryptFinal_ex(context, buffer.baseAddress! + Int(written), &last) == 1
      count = isAuthentic ? length : 0
    }
    return isAuthentic ? opened : nil
  }
}

/// The ciphers of Initial packets, looked up once: libcrypto's search for one costs as much as opening a packet.
private enum Ciphers {
  /// Immutable, and counted by libcrypto itself.
  nonisolated(unsafe) static let block = fetch("AES-128-ECB")
  nonisolated(unsafe) static let sealed = fetch("AES-128-GCM")

  private static func fetch(_ name: String) -> OpaquePointer {
    guard let cipher = EVP_CIPHER_fetch(nil, name, nil) else {
      fatalError("libcrypto offers no \(name); check the installed OpenSSL and its configuration")
    }
    return cipher
  }

  static func makeContext() -> OpaquePointer {
    guard let context = EVP_CIPHER_CTX_new() else { fatalError("libcrypto has no memory for a cipher") }
    return context
  }

  static func bytes(_ buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
    buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
  }

  static func bytes(_ buffer: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
    buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
  }
}
