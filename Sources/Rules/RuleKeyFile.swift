import Cryptography
import Documents
import Glibc
import Model

/// Keys of rule bundles as PEM files, in the forms of RFC 8410 that `openssl genpkey -algorithm ed25519` and `openssl
/// pkey -pubout` write.
enum RuleKeyFile {
  /// In bytes; such files have some 120.
  private static let sizeLimit = 4_096

  static func publicKey(path: String) throws(FileLoadError) -> Ed25519.PublicKey {
    let text = try text(of: path, what: what(.publicKey), isSecret: false)
    guard let key = Ed25519.PublicKey(pem: text) else { throw refusal(of: text, path: path, expected: .publicKey) }
    return key
  }

  /// Refuses a file that others than its owner may use.
  static func privateKey(path: String) throws(FileLoadError) -> Ed25519.PrivateKey {
    let text = try text(of: path, what: what(.privateKey), isSecret: true)
    guard let key = Ed25519.PrivateKey(pem: text) else { throw refusal(of: text, path: path, expected: .privateKey) }
    return key
  }

  static func create(path: String) throws(FileLoadError) -> String {
    let key = Ed25519.PrivateKey.generate()
    try write(key.pem, to: path, mode: 0o400)
    try write(key.publicKey.pem, to: path + ".pub", mode: 0o644)
    return hexadecimal(key.publicKey.bytes)
  }

  private static func what(_ kind: Ed25519.PEM) -> LocalizedText {
    kind == .privateKey ? RuleTexts.privateKey : RuleTexts.publicKey
  }

  private static func text(of path: String, what: LocalizedText, isSecret: Bool) throws(FileLoadError) -> String {
    String(decoding: try fileContents(path: path, what: what, limit: sizeLimit, isSecret: isSecret), as: UTF8.self)
  }

  private static func refusal(of text: String, path: String, expected: Ed25519.PEM) -> FileLoadError {
    let other: Ed25519.PEM = expected == .privateKey ? .publicKey : .privateKey
    let isOther = text.hasPrefix(other.firstLine)
    return FileLoadError(
      Place.start(of: path).fault(
        isOther ? RuleTexts.thisIs(what(other)) : RuleTexts.noKey,
        expected: RuleTexts.keyExpected(what(expected), expected.firstLine),
        next: isOther ? RuleTexts.nameOtherOfPair : RuleTexts.makeKeyPair))
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
          exists ? RuleTexts.fileExists : RuleTexts.keyNotWritten,
          expected: RuleTexts.newFile,
          next: exists ? RuleTexts.nameAnotherKeyFile : RuleTexts.checkFolder))
    }
  }
}
