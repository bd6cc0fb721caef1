internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1): a digest that only the holder of the key can make.
public enum HMACSHA256 {
  /// Code of `message` under `key`, 32 bytes; a key of any length is legal.
  public static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: SHA256Digest.length) { buffer, count in
      var written: UInt32 = 0
      let result = HMAC(
        EVP_sha256(), key, Int32(key.count), message, message.count, buffer.baseAddress, &written)
      guard result != nil, written == SHA256Digest.length else {
        fatalError("libcrypto offers no HMAC-SHA-256; check the installed OpenSSL and its configuration")
      }
      count = SHA256Digest.length
    }
  }
}

/// HKDF-SHA-256 (RFC 5869): independent keys for named ends out of one secret, from which the secret cannot be told.
public enum HKDFSHA256 {
  /// Longest output in bytes (RFC 5869 §2.3).
  public static let maximumLength = 255 * SHA256Digest.length

  /// `length` bytes for the end that `info` names; an empty `salt` stands for 32 zero bytes.
  ///
  /// `length`: 0 to `maximumLength`; more traps.
  public static func derive(
    from secret: [UInt8], salt: [UInt8] = [], info: [UInt8], length: Int = SHA256Digest.length
  ) -> [UInt8] {
    precondition((0...maximumLength).contains(length), "RFC 5869 §2.3 allows at most 255 blocks")
    let pseudorandomKey = HMACSHA256.code(of: secret, key: salt)
    var output: [UInt8] = []
    var block: [UInt8] = []
    var counter: UInt8 = 0
    while output.count < length {
      counter += 1
      block = HMACSHA256.code(of: block + info + [counter], key: pseudorandomKey)
      output += block
    }
    return Array(output.prefix(length))
  }
}

/// Random bytes fit for keys, from the generator of libcrypto, which the kernel seeds.
public enum SecureRandom {
  public static func bytes(count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      guard RAND_priv_bytes(buffer.baseAddress, Int32(count)) == 1 else {
        fatalError("libcrypto gives no random bytes; check the installed OpenSSL and its configuration")
      }
      initialised = count
    }
  }
}
