internal import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that are in memory as a whole.
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

/// SHA-256 (FIPS 180-4) over bytes that arrive piece by piece; the digest does not depend on the pieces.
public struct SHA256Hasher: ~Copyable {
  /// On the stack: the generic interface (EVP) costs more than hashing a short text.
  private var context = SHA256_CTX()

  public init() { SHA256_Init(&context) }

  public mutating func update(_ bytes: some Sequence<UInt8>) {
    let lent: Void? = bytes.withContiguousStorageIfAvailable { take(UnsafeRawBufferPointer($0)) }
    if lent == nil { Array(bytes).withUnsafeBytes { take($0) } }
  }

  /// Ends the computation; 32 bytes.
  public consuming func finalize() -> [UInt8] {
    var context = context
    return [UInt8](unsafeUninitializedCapacity: SHA256Digest.length) { buffer, count in
      SHA256_Final(buffer.baseAddress, &context)
      count = SHA256Digest.length
    }
  }

  /// As `finalize`, and begins another computation.
  public mutating func finalizeAndRestart() -> [UInt8] {
    let digest = [UInt8](unsafeUninitializedCapacity: SHA256Digest.length) { buffer, count in
      SHA256_Final(buffer.baseAddress, &context)
      count = SHA256Digest.length
    }
    SHA256_Init(&context)
    return digest
  }

  private mutating func take(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }
}

/// Lower-case hexadecimal digits, two for each byte.
public func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
  bytes.withContiguousStorageIfAvailable(hexadecimal(of:))
    ?? Array(bytes).withUnsafeBufferPointer(hexadecimal(of:))
}

/// Decodes pairs of hexadecimal digits of either case; nil for any other text.
public func decodeHexadecimal(_ digits: some Collection<UInt8>) -> [UInt8]? {
  let values = digits.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
  guard values.count == digits.count, values.count.isMultiple(of: 2) else { return nil }
  return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}

private func hexadecimal(of bytes: UnsafeBufferPointer<UInt8>) -> String {
  func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
  return String(unsafeUninitializedCapacity: bytes.count * 2) { text in
    for (index, byte) in bytes.enumerated() {
      text[index * 2] = digit(byte >> 4)
      text[index * 2 + 1] = digit(byte & 0xf)
    }
    return bytes.count * 2
  }
}
