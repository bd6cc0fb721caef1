public import Cryptography

/// The Ed25519 key with which a store's owner signs the heads of its evidence chain.
///
/// The private key is a PEM file with mode 0400; the public key is beside it under the same name with `.pub`, readable
/// by all. `openssl pkeyutl` reads both.
public struct SigningKey: Sendable {
  public let privateKey: Ed25519.PrivateKey
  /// The file was made by this program.
  public private(set) var isNew = false

  public init(privateKey: Ed25519.PrivateKey) { self.privateKey = privateKey }

  public var publicKey: Ed25519.PublicKey { privateKey.publicKey }

  /// The key in the file at `path`.
  ///
  /// Refuses a symbolic link, a file that others than its owner may read or write, and a file in another format.
  public static func load(path: String) throws(KeyFileError) -> SigningKey {
    let text = String(decoding: try KeyFile.contents(path: path, of: .signatures), as: UTF8.self)
    guard let key = Ed25519.PrivateKey(pem: text) else { throw KeyFileError(.signatures, .notPEM, path: path) }
    return SigningKey(privateKey: key)
  }

  /// The key in the file at `path`; if there is no file, a new key is made, and its public key is written beside it.
  ///
  /// A public key that is missing, or that of an earlier key, is written again.
  public static func loadOrCreate(path: String) throws(KeyFileError) -> SigningKey {
    var made: Ed25519.PrivateKey?
    if !KeyFile.exists(path: path) {
      let fresh = Ed25519.PrivateKey.generate()
      try KeyFile.create(path: path, text: fresh.pem, of: .signatures)
      made = fresh
    }
    var key = try load(path: path)
    key.isNew = made?.publicKey == key.publicKey
    let publicPath = path + ".pub"
    try KeyFile.replace(path: publicPath, text: key.publicKey.pem, of: .signatures)
    return key
  }
}
