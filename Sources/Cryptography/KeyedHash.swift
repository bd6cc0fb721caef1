internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1): a digest that only the holder of the key can make.
public enum HMACSHA256 {
  /// Code of `message` under `key`, 32 bytes; a key of any length is legal.
  public static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    HMACSHA256Key(key).code(of: message)
  }
}

/// A key of HMAC-SHA-256 for many codes: the two blocks that depend only on the key are hashed once (RFC 2104 §4).
public struct HMACSHA256Key: Sendable {
  /// State of SHA-256 after the key's inner block.
  private let inner: SHA256_CTX
  /// State of SHA-256 after the key's outer block.
  private let outer: SHA256_CTX

  private static let blockLength = 64

  /// - Parameter key: a key of any length.
  public init(_ key: [UInt8]) {
    var block = SIMD64<UInt8>()
    let short = key.count > HMACSHA256Key.blockLength ? SHA256Digest.hash(key) : key
    withUnsafeMutableBytes(of: &block) { $0.copyBytes(from: short) }
    self.init(block: block)
  }

  /// - Parameter key: a key of 32 bytes, such as a code.
  init(_ key: SIMD32<UInt8>) { self.init(block: SIMD64(lowHalf: key, highHalf: SIMD32())) }

  /// - Parameter block: the key, padded with zeros.
  private init(block: SIMD64<UInt8>) {
    // As words, since the compiler turns operations on 64 bytes into single steps.
    let words = unsafeBitCast(block, to: SIMD8<UInt64>.self)
    inner = HMACSHA256Key.state(behind: words ^ SIMD8(repeating: 0x3636_3636_3636_3636))
    outer = HMACSHA256Key.state(behind: words ^ SIMD8(repeating: 0x5c5c_5c5c_5c5c_5c5c))
  }

  private static func state(behind block: SIMD8<UInt64>) -> SHA256_CTX {
    var context = SHA256_CTX()
    SHA256_Init(&context)
    withUnsafeBytes(of: block) { block in _ = SHA256_Update(&context, block.baseAddress, block.count) }
    return context
  }

  /// Code of `message`, 32 bytes.
  public func code(of message: [UInt8]) -> [UInt8] {
    withUnsafeBytes(of: code(of: message.span.bytes)) { Array($0) }
  }

  /// Code of `message`, without an allocation.
  public func code(of message: RawSpan) -> SIMD32<UInt8> {
    var context = inner
    var code = SIMD32<UInt8>()
    message.withUnsafeBytes { _ = SHA256_Update(&context, $0.baseAddress, $0.count) }
    withUnsafeMutableBytes(of: &code) { code in
      let digest = code.baseAddress?.assumingMemoryBound(to: UInt8.self)
      SHA256_Final(digest, &context)
      context = outer
      SHA256_Update(&context, digest, SHA256Digest.length)
      SHA256_Final(digest, &context)
    }
    return code
  }
}

/// HKDF-SHA-256 (RFC 5869): independent keys for named purposes from one secret, which cannot be derived from them.
public enum HKDFSHA256 {
  /// Longest output in bytes (RFC 5869 §2.3).
  public static let maximumLength = 255 * SHA256Digest.length

  /// Derives `length` bytes for the purpose that `info` names; an empty `salt` means 32 zero bytes.
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

/// Random bytes suitable for keys, from the generator of libcrypto, which the kernel seeds.
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
