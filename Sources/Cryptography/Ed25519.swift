internal import COpenSSL

/// Ed25519 (RFC 8032): deterministic signatures that anyone can verify and only the holder of the private key can make.
public enum Ed25519 {
  /// Length of a private key (the seed) and of a public key in bytes.
  public static let keyLength = 32
  /// Length of a signature in bytes.
  public static let signatureLength = 64

  /// The private key, which determines the public key.
  public struct PrivateKey: Sendable {
    /// The seed; secret.
    public let bytes: [UInt8]

    /// Nil unless `bytes` has `keyLength` bytes.
    public init?(bytes: [UInt8]) {
      guard bytes.count == keyLength else { return nil }
      self.bytes = bytes
    }

    /// A new key from the generator of libcrypto.
    public static func generate() -> PrivateKey {
      guard let key = PrivateKey(bytes: SecureRandom.bytes(count: keyLength)) else {
        preconditionFailure("as many bytes as were asked for")
      }
      return key
    }

    public var publicKey: PublicKey {
      withKey { key in
        var length = keyLength
        let bytes = [UInt8](unsafeUninitializedCapacity: keyLength) { buffer, count in
          guard EVP_PKEY_get_raw_public_key(key, buffer.baseAddress, &length) == 1, length == keyLength else {
            fatalError("libcrypto gives no public key of Ed25519")
          }
          count = keyLength
        }
        guard let publicKey = PublicKey(bytes: bytes) else { preconditionFailure("the length was checked") }
        return publicKey
      }
    }

    /// Signature of `message`, 64 bytes.
    public func signature(of message: [UInt8]) -> [UInt8] {
      withKey { key in
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        return [UInt8](unsafeUninitializedCapacity: signatureLength) { buffer, count in
          var length = signatureLength
          guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, buffer.baseAddress, &length, message, message.count) == 1,
            length == signatureLength
          else { fatalError("libcrypto could not sign with Ed25519") }
          count = signatureLength
        }
      }
    }

    private func withKey<Value>(_ body: (OpaquePointer) -> Value) -> Value {
      guard let key = EVP_PKEY_new_raw_private_key(NID_ED25519, nil, bytes, bytes.count) else {
        fatalError("libcrypto offers no Ed25519; check the installed OpenSSL and its configuration")
      }
      defer { EVP_PKEY_free(key) }
      return body(key)
    }
  }

  /// The key that verifies signatures.
  public struct PublicKey: Sendable, Hashable {
    public let bytes: [UInt8]

    /// Nil unless `bytes` has `keyLength` bytes. If they are no point of the curve, no signature is valid.
    public init?(bytes: [UInt8]) {
      guard bytes.count == keyLength else { return nil }
      self.bytes = bytes
    }

    /// Whether the holder of the private key signed exactly `message`; false for a signature of another length.
    public func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
      guard signature.count == signatureLength,
        let key = EVP_PKEY_new_raw_public_key(NID_ED25519, nil, bytes, bytes.count)
      else { return false }
      defer { EVP_PKEY_free(key) }
      let context = EVP_MD_CTX_new()
      defer { EVP_MD_CTX_free(context) }
      let isValid =
        EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
        && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
      // An invalid signature leaves an entry in libcrypto's error queue, which a later call could take for its own.
      if !isValid { ERR_clear_error() }
      return isValid
    }
  }
}

/// Printing, dumping or interpolating a key does not reveal it.
extension Ed25519.PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "Ed25519.PrivateKey(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
