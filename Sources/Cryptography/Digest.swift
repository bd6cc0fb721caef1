internal import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that lie in memory as a whole.
public enum SHA256Digest {
  /// Length of a digest in bytes.
  public static let length = 32

  /// Digest of `bytes`, 32 bytes.
  public static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var hasher = SHA256Hasher()
    hasher.update(bytes)
    return hasher.finalize()
  }
}

/// SHA-256 (FIPS 180-4) over bytes that arrive piece by piece; pieces and whole give the same digest.
public struct SHA256Hasher: ~Copyable {
  private let context: OpaquePointer

  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("libcrypto offers no SHA-256; check the installed OpenSSL and its configuration")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  public mutating func update(_ bytes: some Sequence<UInt8>) {
    let lent: Void? = bytes.withContiguousStorageIfAvailable { take(UnsafeRawBufferPointer($0)) }
    if lent == nil { Array(bytes).withUnsafeBytes { take($0) } }
  }

  /// Ends the computation; 32 bytes.
  public consuming func finalize() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: SHA256Digest.length) { buffer, count in
      var written: UInt32 = 0
      guard EVP_DigestFinal_ex(context, buffer.baseAddress, &written) == 1, written == SHA256Digest.length else {
        fatalError("libcrypto could not finish a SHA-256 digest")
      }
      count = SHA256Digest.length
    }
  }

  private func take(_ bytes: UnsafeRawBufferPointer) {
    guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
      fatalError("libcrypto could not extend a SHA-256 digest")
    }
  }
}

/// Lower-case hexadecimal digits, two for each byte.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(bytes.underestimatedCount * 2)
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 0xf)])
  }
  return String(decoding: text, as: UTF8.self)
}
