/// A request to a time-stamp authority (RFC 3161 §2.4.1) for a digest, in DER.
public enum TimeStampRequest {
  /// The bytes in front of the digest: version 1, hash algorithm SHA-256.
  private static let head: [UInt8] = [
    0x30, 0x39, 2, 1, 1, 0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20,
  ]
  /// `certReq`: the response is to contain the certificate of the authority.
  private static let tail: [UInt8] = [1, 1, 0xff]

  /// The request, 59 bytes. It has no nonce, so it is the same for the same digest: whoever verifies the response
  /// compares the digest.
  ///
  /// `digest`: SHA-256, 32 bytes.
  public static func der(digest: [UInt8]) -> [UInt8] {
    precondition(digest.count == SHA256Digest.length, "a SHA-256 digest has \(SHA256Digest.length) bytes")
    return head + digest + tail
  }
}
