import Cryptography
import Documents
import Foundation
import Glibc

/// Keys of rule bundles as PEM files, in the forms of RFC 8410 that `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write.
enum RuleKeyFile {
  private enum Kind: String {
    case privateKey = "PRIVATE KEY"
    case publicKey = "PUBLIC KEY"

    /// What stands before the 32 bytes of the key in DER (RFC 8410 §4 and §7); the form allows no other bytes there.
    var head: [UInt8] {
      switch self {
      case .privateKey: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]
      case .publicKey: [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0]
      }
    }

    var what: String { self == .privateKey ? "the private key of the rules" : "the public key of the rules" }
  }

  /// In bytes; such files have some 120.
  private static let sizeLimit = 4_096

  static func publicKey(path: String) throws(FileLoadError) -> Ed25519.PublicKey {
    guard let key = Ed25519.PublicKey(bytes: try keyBytes(.publicKey, path)) else {
      preconditionFailure("the length was checked")
    }
    return key
  }

  /// Refuses a file that others than its owner may use.
  static func privateKey(path: String) throws(FileLoadError) -> Ed25519.PrivateKey {
    guard let key = Ed25519.PrivateKey(bytes: try keyBytes(.privateKey, path)) else {
      preconditionFailure("the length was checked")
    }
    return key
  }

  static func create(path: String) throws(FileLoadError) -> String {
    let key = Ed25519.PrivateKey.generate()
    try write(pem(.privateKey, key.bytes), to: path, mode: 0o400)
    try write(pem(.publicKey, key.publicKey.bytes), to: path + ".pub", mode: 0o644)
    return hexadecimal(key.publicKey.bytes)
  }

  private static func keyBytes(_ kind: Kind, _ path: String) throws(FileLoadError) -> [UInt8] {
    let bytes = try fileContents(path: path, what: kind.what, limit: sizeLimit, isSecret: kind == .privateKey)
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    let other: Kind = kind == .privateKey ? .publicKey : .privateKey
    let der = Data(base64Encoded: lines.dropFirst().dropLast().joined()).map { [UInt8]($0) } ?? []
    guard lines.first == "-----BEGIN \(kind.rawValue)-----", lines.last == "-----END \(kind.rawValue)-----",
      der.starts(with: kind.head), der.count == kind.head.count + Ed25519.keyLength
    else {
      let isOther = lines.first == "-----BEGIN \(other.rawValue)-----"
      throw FileLoadError(
        Place.start(of: path).fault(
          isOther ? "this is \(other.what)" : "the file holds no Ed25519 key, or an encrypted one",
          expected: "\(kind.what): a PEM file that begins with '-----BEGIN \(kind.rawValue)-----'",
          next: isOther ? "name the other file of the pair" : "make a pair with 'egressaudit rules key new FILE'"))
    }
    return Array(der.suffix(Ed25519.keyLength))
  }

  private static func pem(_ kind: Kind, _ key: [UInt8]) -> String {
    """
    -----BEGIN \(kind.rawValue)-----
    \(Data(kind.head + key).base64EncodedString())
    -----END \(kind.rawValue)-----

    """
  }

  private static func write(_ text: String, to path: String, mode: mode_t) throws(FileLoadError) {
    let bytes = Array(text.utf8)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    let exists = descriptor < 0 && errno == EEXIST
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fchmod(descriptor, mode) == 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
      fsync(descriptor) == 0
    else {
      throw FileLoadError(
        Place.start(of: path).fault(
          exists ? "there is a file of this name" : "the key file cannot be written",
          expected: "a new file in a folder that is yours to write",
          next: exists ? "name another; a key is never written over" : "check the folder and its permissions"))
    }
  }
}
