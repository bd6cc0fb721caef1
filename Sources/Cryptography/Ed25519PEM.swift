internal import COpenSSL

/// Keys as PEM texts, in the forms of RFC 8410 that `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout`
/// write.
extension Ed25519.PrivateKey {
  /// The unencrypted key in three lines; secret.
  public var pem: String { Ed25519.PEM.privateKey.text(of: bytes) }

  /// Nil for a text of another form, and for an encrypted key.
  public init?(pem: String) {
    guard let bytes = Ed25519.PEM.privateKey.bytes(in: pem) else { return nil }
    self.init(bytes: bytes)
  }
}

extension Ed25519.PublicKey {
  /// Three lines.
  public var pem: String { Ed25519.PEM.publicKey.text(of: bytes) }

  /// Nil for a text of another form.
  public init?(pem: String) {
    guard let bytes = Ed25519.PEM.publicKey.bytes(in: pem) else { return nil }
    self.init(bytes: bytes)
  }
}

extension Ed25519 {
  /// The two kinds of key files, by the label of their first line.
  public enum PEM: String, Sendable {
    case privateKey = "PRIVATE KEY"
    case publicKey = "PUBLIC KEY"

    /// First line of the file.
    public var firstLine: String { "-----BEGIN \(rawValue)-----" }

    private var lastLine: String { "-----END \(rawValue)-----" }

    /// The DER bytes in front of the 32 bytes of the key (RFC 8410 §4 and §7), which are always the same.
    private var head: [UInt8] {
      switch self {
      case .privateKey: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]
      case .publicKey: [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0]
      }
    }

    fileprivate func text(of key: [UInt8]) -> String {
      "\(firstLine)\n\(Base64.text(of: head + key))\n\(lastLine)\n"
    }

    /// Nil for a text of another form.
    fileprivate func bytes(in text: String) -> [UInt8]? {
      let lines = text.split(whereSeparator: \.isNewline)
      guard lines.count >= 3, lines.first.map(String.init) == firstLine, lines.last.map(String.init) == lastLine,
        let der = Base64.bytes(of: lines.dropFirst().dropLast().joined()), der.starts(with: head),
        der.count == head.count + Ed25519.keyLength
      else { return nil }
      return Array(der.suffix(Ed25519.keyLength))
    }
  }
}

/// Base64 (RFC 4648 §4), with padding and without line breaks.
public enum Base64 {
  public static func text(of bytes: [UInt8]) -> String {
    let length = (bytes.count + 2) / 3 * 4
    return String(unsafeUninitializedCapacity: length + 1) {
      Int(EVP_EncodeBlock($0.baseAddress, bytes, Int32(bytes.count)))
    }
  }

  /// Nil for a text that is not Base64.
  public static func bytes(of text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 4), digits.count <= Int32.max else { return nil }
    // libcrypto would take line breaks and blanks for the end of the text.
    guard digits.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
    let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }
    var length: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 4 * 3 + 1) { buffer, count in
      length = EVP_DecodeBlock(buffer.baseAddress, digits, Int32(digits.count))
      count = max(Int(length) - padding, 0)
    }
    guard length >= 0 else {
      ERR_clear_error()
      return nil
    }
    return bytes
  }
}
