internal import COpenSSL

/// Cryptographic Message Syntax (RFC 5652) for holders of certificates: AuthEnvelopedData (RFC 5083) with AES-256-GCM,
/// in DER.
///
/// For RSA, the content key is wrapped with OAEP and SHA-256 (RFC 8017); for elliptic curves, key agreement uses
/// SHA-256 (RFC 5753). `openssl cms -decrypt` of OpenSSL 3 opens an envelope.
public enum Envelope {
  /// Makes an envelope that each recipient can open alone. A damaged envelope cannot be opened.
  ///
  /// - Parameter recipients: at least one.
  /// - Returns: nil if libcrypto refuses, as with an algorithm that the system's policy forbids.
  public static func seal(_ content: [UInt8], to recipients: [EnvelopeCertificate]) -> [UInt8]? {
    defer { ERR_clear_error() }
    let flags = UInt32(CMS_BINARY | CMS_PARTIAL)
    guard !recipients.isEmpty, content.count <= Int32.max,
      let message = CMS_encrypt(nil, nil, EVP_aes_256_gcm(), flags)
    else { return nil }
    defer { CMS_ContentInfo_free(message) }
    for recipient in recipients {
      let isAdded = recipient.withCertificate { certificate in
        guard let added = CMS_add1_recipient_cert(message, certificate, UInt32(CMS_KEY_PARAM)),
          let context = CMS_RecipientInfo_get0_pkey_ctx(added)
        else { return false }
        guard recipient.kind == .rsa else { return EVP_PKEY_CTX_set_ecdh_kdf_md(context, EVP_sha256()) == 1 }
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1
          && EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1
          && EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1
      }
      guard isAdded else { return nil }
    }
    let isFinished = content.withUnsafeBytes { bytes in
      let input = BIO_new_mem_buf(bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1), Int32(bytes.count))
      defer { BIO_free(input) }
      return CMS_final(message, input, nil, UInt32(CMS_BINARY)) == 1
    }
    let output = BIO_new(BIO_s_mem())
    defer { BIO_free(output) }
    guard isFinished, i2d_CMS_bio(output, message) == 1 else { return nil }
    return contents(of: output)
  }

  /// Everything that a memory buffer of libcrypto holds.
  fileprivate static func contents(of buffer: OpaquePointer?) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = BIO_read(buffer, &chunk, Int32(chunk.count)), count > 0 { bytes += chunk.prefix(Int(count)) }
    return bytes
  }
}

/// A certificate (X.509) to which envelopes are addressed.
public struct EnvelopeCertificate: Sendable, Hashable {
  public enum Kind: Sendable {
    case rsa
    case ellipticCurve
  }

  /// Why envelopes cannot be addressed to the certificate in a file.
  public enum Fault: Error, Sendable, Equatable {
    case noCertificate
    /// The file contains the private key, so whoever has it could open the envelopes.
    case holdsPrivateKey
    /// Neither RSA nor an elliptic curve.
    case otherKey
    /// `bits` of `least` that are needed.
    case shortKey(bits: Int, least: Int)
    /// The certificate restricts its key to another use, such as signatures.
    case otherUsage
    /// libcrypto refuses the key.
    case unusable
  }

  /// Smallest key sizes in bits, according to TR-02102-1 of the German BSI.
  static let leastBits: [Kind: Int] = [.rsa: 3_000, .ellipticCurve: 250]

  /// The certificate in DER.
  private let bytes: [UInt8]
  public let kind: Kind
  /// SHA-256 of the public key (SubjectPublicKeyInfo in DER), 32 bytes; the same for a renewed certificate of the same
  /// key.
  public let keyDigest: [UInt8]
  /// First and last second of validity, since 1970.
  public let validity: ClosedRange<Int64>

  /// Reads the first certificate in a PEM file. Its issuer is not verified, since the configuration names the
  /// certificate.
  public init(pem: [UInt8]) throws(Fault) {
    defer { ERR_clear_error() }
    guard !String(decoding: pem, as: UTF8.self).contains("PRIVATE KEY-----") else { throw .holdsPrivateKey }
    let parsed = pem.withUnsafeBytes { text in
      let input = BIO_new_mem_buf(text.baseAddress ?? UnsafeRawPointer(bitPattern: 1), Int32(clamping: text.count))
      defer { BIO_free(input) }
      return PEM_read_bio_X509(input, nil, nil, nil)
    }
    guard let parsed else { throw .noCertificate }
    defer { X509_free(parsed) }
    guard let key = X509_get0_pubkey(parsed) else { throw .otherKey }
    if EVP_PKEY_is_a(key, "RSA") == 1 {
      kind = .rsa
    } else if EVP_PKEY_is_a(key, "EC") == 1 {
      kind = .ellipticCurve
    } else {
      throw .otherKey
    }
    let least = EnvelopeCertificate.leastBits[kind] ?? 0
    guard case let bits = Int(EVP_PKEY_get_bits(key)), bits >= least else {
      throw .shortKey(bits: Int(EVP_PKEY_get_bits(key)), least: least)
    }
    // keyEncipherment (bit 2) or keyAgreement (bit 4), RFC 5280 §4.2.1.3; without the extension, all bits are set.
    guard X509_get_key_usage(parsed) & (kind == .rsa ? 0x20 : 0x08) != 0 else { throw .otherUsage }
    guard let digest = digestOfPublicKey(key),
      let begin = EnvelopeCertificate.seconds(X509_get0_notBefore(parsed)),
      let end = EnvelopeCertificate.seconds(X509_get0_notAfter(parsed)), begin <= end
    else { throw .noCertificate }
    keyDigest = digest
    validity = begin...end
    bytes = EnvelopeCertificate.encoded { i2d_X509(parsed, $0) }
    guard Envelope.seal([0], to: [self]) != nil else { throw .unusable }
  }

  private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
    let epoch = ASN1_TIME_set(nil, 0)
    defer { ASN1_TIME_free(epoch) }
    var (days, rest): (Int32, Int32) = (0, 0)
    guard let time, ASN1_TIME_diff(&days, &rest, epoch, time) == 1 else { return nil }
    return Int64(days) * 86_400 + Int64(rest)
  }

  /// The output of an encoder of libcrypto, which advances the given pointer and returns the length.
  fileprivate static func encoded(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
    let length = Int(max(write(nil), 0))
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      var place = buffer.baseAddress
      count = length == 0 ? 0 : Int(write(&place))
    }
  }

  fileprivate func withCertificate<Value>(_ body: (OpaquePointer?) -> Value) -> Value {
    bytes.withUnsafeBufferPointer { buffer in
      var place = buffer.baseAddress
      let certificate = d2i_X509(nil, &place, buffer.count)
      defer { X509_free(certificate) }
      return body(certificate)
    }
  }
}

/// SHA-256 of a key's SubjectPublicKeyInfo in DER; nil if it has none.
private func digestOfPublicKey(_ key: OpaquePointer) -> [UInt8]? {
  let bytes = EnvelopeCertificate.encoded { i2d_PUBKEY(key, $0) }
  return bytes.isEmpty ? nil : SHA256Digest.hash(bytes)
}

/// A private key that opens envelopes.
public final class EnvelopeKey {
  /// Why a file contains no usable key.
  public enum Fault: Error, Sendable, Equatable {
    case noKey
    /// It is encrypted, and no passphrase was given.
    case passphraseMissing
    case passphraseWrong
  }

  private let key: OpaquePointer
  /// SHA-256 of its public key, as `EnvelopeCertificate.keyDigest`.
  public let publicKeyDigest: [UInt8]

  /// Whether the key in a PEM file needs a passphrase.
  public static func isEncrypted(pem: [UInt8]) -> Bool { String(decoding: pem, as: UTF8.self).contains("ENCRYPTED") }

  /// - Parameter passphrase: passphrase of an encrypted key, without a line feed at its end; nil if there is none.
  public init(pem: [UInt8], passphrase: [UInt8]?) throws(Fault) {
    defer { ERR_clear_error() }
    let isEncrypted = EnvelopeKey.isEncrypted(pem: pem)
    guard !isEncrypted || passphrase != nil else { throw .passphraseMissing }
    var secret = (passphrase ?? []) + [0]
    defer { OPENSSL_cleanse(&secret, secret.count) }
    let parsed = pem.withUnsafeBytes { text in
      let input = BIO_new_mem_buf(text.baseAddress ?? UnsafeRawPointer(bitPattern: 1), Int32(clamping: text.count))
      defer { BIO_free(input) }
      // Without a callback, the last argument is the passphrase; without either, libcrypto would ask at the terminal.
      return secret.withUnsafeMutableBytes { PEM_read_bio_PrivateKey(input, nil, nil, $0.baseAddress) }
    }
    guard let parsed else { throw isEncrypted ? .passphraseWrong : .noKey }
    guard let digest = digestOfPublicKey(parsed) else {
      EVP_PKEY_free(parsed)
      throw .noKey
    }
    key = parsed
    publicKeyDigest = digest
  }

  deinit { EVP_PKEY_free(key) }

  /// The content of an envelope; nil if it is addressed to other keys, or damaged.
  public func open(_ envelope: [UInt8]) -> [UInt8]? {
    defer { ERR_clear_error() }
    return envelope.withUnsafeBytes { bytes -> [UInt8]? in
      let input = BIO_new_mem_buf(bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1), Int32(clamping: bytes.count))
      defer { BIO_free(input) }
      guard let message = d2i_CMS_bio(input, nil) else { return nil }
      defer { CMS_ContentInfo_free(message) }
      let output = BIO_new(BIO_s_mem())
      defer { BIO_free(output) }
      guard CMS_decrypt(message, key, nil, nil, output, UInt32(CMS_BINARY)) == 1 else { return nil }
      return Envelope.contents(of: output)
    }
  }
}
