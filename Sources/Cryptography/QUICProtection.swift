internal import COpenSSL

/// Keys that protect one direction's QUIC Initial packets (RFC 9001 §5.1): anyone who sees the first packet can derive them.
public struct QUICInitialKeys: Sendable, Equatable {
  /// Names of the derivations, which differ by version (RFC 9001 §5.1, RFC 9369 §3.3.2).
  public enum Labels: Sendable {
    case version1
    case version2

    var prefix: String { self == .version1 ? "quic " : "quicv2 " }
  }

  let key: [UInt8]
  let initialisationVector: [UInt8]
  let headerProtection: [UInt8]

  /// Keys of the client's packets.
  ///
  /// - Parameters:
  ///   - salt: 20 bytes that the version fixes (RFC 9001 §5.2).
  ///   - connectionID: Destination Connection ID of the client's first Initial packet, 0 to 20 bytes.
  public init(salt: [UInt8], connectionID: [UInt8], labels: Labels) {
    let initialSecret = HMACSHA256.code(of: connectionID, key: salt)
    let client = QUICInitialKeys.expand(initialSecret, "client in", length: 32)
    key = QUICInitialKeys.expand(client, labels.prefix + "key", length: 16)
    initialisationVector = QUICInitialKeys.expand(client, labels.prefix + "iv", length: 12)
    headerProtection = QUICInitialKeys.expand(client, labels.prefix + "hp", length: 16)
  }

  /// HKDF-Expand-Label with an empty context (RFC 8446 §7.1); one block is always enough here.
  private static func expand(_ secret: [UInt8], _ label: String, length: Int) -> [UInt8] {
    let label = Array("tls13 \(label)".utf8)
    let info = [0, UInt8(length), UInt8(label.count)] + label + [0, 1]
    return Array(HMACSHA256.code(of: info, key: secret).prefix(length))
  }

  /// Mask that hides the first byte and the packet number (RFC 9001 §5.4.3): AES-ECB of a sample.
  ///
  /// - Parameter sample: 16 bytes of the sealed payload.
  /// - Returns: 16 bytes, of which five are used.
  public func headerMask(sample: [UInt8]) -> [UInt8] {
    precondition(sample.count == 16, "RFC 9001 §5.4.2: the sample has 16 bytes")
    return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      let context = CipherContext.make()
      defer { EVP_CIPHER_CTX_free(context) }
      var written: Int32 = 0
      guard EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), nil, headerProtection, nil) == 1,
        EVP_EncryptUpdate(context, buffer.baseAddress, &written, sample, 16) == 1, written == 16
      else { fatalError("libcrypto offers no AES-128-ECB; check the installed OpenSSL and its configuration") }
      count = 16
    }
  }

  /// Opens a payload (RFC 9001 §5.3): AES-128-GCM.
  ///
  /// - Parameters:
  ///   - sealed: ciphertext and its 16-byte tag.
  ///   - header: the packet's header without header protection, up to and with the packet number.
  /// - Returns: the frames, or nil where key, header or payload do not belong together.
  public func open(_ sealed: [UInt8], header: [UInt8], packetNumber: UInt64) -> [UInt8]? {
    guard sealed.count >= 16 else { return nil }
    var nonce = initialisationVector
    for index in 0..<8 { nonce[11 - index] ^= UInt8(truncatingIfNeeded: packetNumber >> UInt64(8 * index)) }
    let length = sealed.count - 16
    var isAuthentic = false
    let opened = [UInt8](unsafeUninitializedCapacity: length + 16) { buffer, count in
      let context = CipherContext.make()
      defer { EVP_CIPHER_CTX_free(context) }
      var written: Int32 = 0
      guard EVP_DecryptInit_ex(context, EVP_aes_128_gcm(), nil, key, nonce) == 1,
        EVP_DecryptUpdate(context, nil, &written, header, Int32(header.count)) == 1,
        EVP_DecryptUpdate(context, buffer.baseAddress, &written, sealed, Int32(length)) == 1
      else { return }
      var tag = Array(sealed[length...])
      guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, &tag) == 1 else { return }
      var last: Int32 = 0
      isAuthentic = EVP_DecryptFinal_ex(context, buffer.baseAddress! + Int(written), &last) == 1
      count = isAuthentic ? length : 0
    }
    return isAuthentic ? opened : nil
  }
}

private enum CipherContext {
  static func make() -> OpaquePointer {
    guard let context = EVP_CIPHER_CTX_new() else { fatalError("libcrypto has no memory for a cipher") }
    return context
  }
}
