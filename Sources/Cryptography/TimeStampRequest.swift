/// A request to a time-stamp authority (RFC 3161 §2.4.1), in DER: when did something with this digest exist?
public enum TimeStampRequest {
  /// What comes before the digest: version 1, and SHA-256 as the function. It asks for the certificate of the authority.
  private static let head: [UInt8] = [
    0x30, 0x39, 2, 1, 1, 0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20,
  ]
  private static let tail: [UInt8] = [1, 1, 0xff]

  /// 59 bytes, the same for the same digest: without a nonce, since whoever checks the answer compares the digest.
  ///
  /// `digest`: SHA-256, 32 bytes.
  public static func der(digest: [UInt8]) -> [UInt8] {
    precondition(digest.count == SHA256Digest.length, "a SHA-256 digest has \(SHA256Digest.length) bytes")
    return head + digest + tail
  }
}
