import Cryptography

/// A secret that the service manager passes to the service, and that is needed in addition to the file of the pseudonym
/// key.
///
/// Systemd decrypts it at the start with the key of the machine or its TPM (`LoadCredentialEncrypted=`), and shows it
/// to the service alone. Whoever has the store and the key file, but not this machine, then cannot identify a device.
public struct KeyCredential: Sendable {
  /// Name of the file in the folder of credentials.
  public static let name = "egressaudit.pseudonyms"

  private let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The credential in the folder that systemd names in `CREDENTIALS_DIRECTORY`; nil without a folder, or without that
  /// file in it.
  ///
  /// Its mode is not checked: the service manager grants access by an access control list. Throws `KeyFileError` for
  /// another content than 64 hexadecimal digits.
  public static func load(folder: String?) throws(KeyFileError) -> KeyCredential? {
    guard let folder, !folder.isEmpty else { return nil }
    let path = folder + "/" + name
    guard KeyFile.exists(path: path) else { return nil }
    let content = try KeyFile.contents(path: path, of: .credential, mayBeShared: true)
    return KeyCredential(bytes: try PseudonymKeyFile.digits(in: content, of: .credential, path: path))
  }

  /// 16 bytes that identify the credential, from which it cannot be computed.
  var identity: [UInt8] {
    HKDFSHA256.derive(from: bytes, info: Array("egressaudit credential identity v1".utf8), length: 16)
  }

  /// The secret derived from the stored one and this credential.
  func secret(with stored: [UInt8]) -> [UInt8] {
    HKDFSHA256.derive(from: bytes + stored, info: Array("egressaudit pseudonym secret v1".utf8))
  }
}

extension KeyCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "KeyCredential(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
