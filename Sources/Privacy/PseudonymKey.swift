import Cryptography
public import Model

/// The secrets from which device pseudonyms are made; with one of them, anyone can identify the devices of its
/// pseudonyms.
///
/// A store begins with one secret. Whenever the key is changed, another secret makes the pseudonyms from a certain day
/// on, and some hours later the earlier one is destroyed: then nobody can tell any more whose the earlier pseudonyms
/// are, nor which of the later ones belong to the same devices (docs/decisions/0077-epochs-of-the-pseudonym-key.md).
/// The file lies outside the database, readable only by its owner:
///
/// ```
/// # egressaudit pseudonym key: keep it secret and apart from the store
/// 64 hexadecimal digits
/// ```
///
/// After the first change, or if a credential takes part, it has other lines:
///
/// ```
/// # egressaudit pseudonym key: keep it secret and apart from the store
/// lasting 192 hexadecimal digits
/// key 64 hexadecimal digits [from 2027-01-01] [with 32 hexadecimal digits]
/// ```
public struct PseudonymKey: Sendable {
  /// Length in bytes of a secret, and of a credential.
  public static let length = 32

  /// A period with one secret.
  struct Epoch: Sendable, Equatable {
    /// As in the file; together with the credential, if one takes part, it gives the secret.
    let stored: [UInt8]
    /// Since 1970 in UTC; nil for the first, which has no beginning.
    let firstDay: Int64?
    /// Identity of the credential that takes part; nil if none does.
    let credential: [UInt8]?
    /// From which pseudonyms are made, 32 bytes.
    let secret: [UInt8]

    /// Identifies the secret in the evidence chain; the secret cannot be computed from it.
    var identity: [UInt8] { HKDFSHA256.derive(from: secret, info: Array("egressaudit key identity v1".utf8)) }
  }

  /// In the order of time, at least one.
  let epochs: [Epoch]
  let lasting: Lasting
  /// The file was made by this call.
  public private(set) var isNew = false

  init(epochs: [Epoch], lasting: Lasting) { (self.epochs, self.lasting) = (epochs, lasting) }

  /// The key in these bytes, for tests and fixed examples; `bytes.count` must be `length`.
  public static func fixed(bytes: [UInt8]) -> PseudonymKey {
    precondition(bytes.count == length, "a pseudonym key has \(length) bytes")
    return PseudonymKey(
      epochs: [Epoch(stored: bytes, firstDay: nil, credential: nil, secret: bytes)], lasting: Lasting(first: bytes))
  }

  /// The key in the file at `path`.
  ///
  /// Refuses a symbolic link, a file that others than its owner may read or write, a file in another format, and one
  /// whose credential is not there or is another.
  public static func load(path: String, credential: KeyCredential? = nil) throws(KeyFileError) -> PseudonymKey {
    try PseudonymKeyFile.parse(KeyFile.contents(path: path, of: .pseudonyms), path: path, credential: credential)
  }

  /// The key in the file at `path`; if there is no file, a new key is made and written with mode 0400.
  ///
  /// The file appears completely or not at all: it is written under another name and then linked, so that two programs
  /// that start at once agree on one key.
  public static func loadOrCreate(path: String, credential: KeyCredential? = nil) throws(KeyFileError) -> PseudonymKey {
    guard !KeyFile.exists(path: path) else { return try load(path: path, credential: credential) }
    let epoch = Epoch.new(from: nil, credential: credential)
    let made = PseudonymKey(epochs: [epoch], lasting: Lasting(first: epoch.secret))
    try KeyFile.create(path: path, text: PseudonymKeyFile.text(of: made), of: .pseudonyms)
    var key = try load(path: path, credential: credential)
    key.isNew = key.epochs == made.epochs
    return key
  }

  /// Secret from which an export derives its device tokens; no key can be computed from it. It outlasts changes of the
  /// key.
  public var exportSalt: [UInt8] { lasting.exportSalt }

  /// Shows whether a capture was audited before: the same first frame at the same time gives the same 32 bytes, from
  /// which neither can be computed.
  public func fingerprint(of firstFrame: [UInt8], at time: Timestamp) -> [UInt8] {
    let instant = withUnsafeBytes(of: time.nanoseconds.bigEndian) { Array($0) }
    return HMACSHA256.code(of: instant + firstFrame, key: lasting.captures)
  }

  /// First day, since 1970 in UTC, from which the earliest secret makes pseudonyms; nil if it is the store's first,
  /// which has no beginning.
  public var firstDay: Int64? { epochs[0].firstDay }

  /// First day of the latest secret; nil if the key was never changed.
  public var latestFirstDay: Int64? { epochs[epochs.count - 1].firstDay }

  /// First day and identity (32 bytes, as in the evidence chain) of each secret, in the order of time.
  public var identities: [(firstDay: Int64?, identity: [UInt8])] { epochs.map { ($0.firstDay, $0.identity) } }

  /// Whether the latest secret needs a credential beside the file.
  public var needsCredential: Bool { epochs[epochs.count - 1].credential != nil }

  /// Has another secret make pseudonyms from `day` on, and writes the file.
  ///
  /// `day`: since 1970 in UTC, later than the first day of every secret there is.
  public func changed(from day: Int64, path: String, credential: KeyCredential?) throws(KeyFileError) -> PseudonymKey {
    precondition(epochs.allSatisfy { $0.firstDay ?? .min < day }, "days of keys ascend")
    let changed = PseudonymKey(epochs: epochs + [.new(from: day, credential: credential)], lasting: lasting)
    try KeyFile.overwrite(path: path, text: PseudonymKeyFile.text(of: changed), of: .pseudonyms)
    return changed
  }

  /// Destroys all secrets but the latest: the file is written without them, and what held them is overwritten.
  public func shredded(path: String) throws(KeyFileError) -> PseudonymKey {
    let rest = PseudonymKey(epochs: [epochs[epochs.count - 1]], lasting: lasting)
    try KeyFile.overwrite(path: path, text: PseudonymKeyFile.text(of: rest), of: .pseudonyms)
    return rest
  }
}

extension PseudonymKey {
  /// Keys derived from the first secret that outlast it. They do not identify devices, and no secret can be computed
  /// from them.
  struct Lasting: Sendable, Equatable {
    let exportSalt: [UInt8]
    /// Makes fingerprints of captures.
    let captures: [UInt8]
    /// Makes digests of connections, which identify no device.
    let connections: [UInt8]

    init(exportSalt: [UInt8], captures: [UInt8], connections: [UInt8]) {
      (self.exportSalt, self.captures, self.connections) = (exportSalt, captures, connections)
    }

    /// `first`: the store's first secret.
    init(first: [UInt8]) {
      func derived(_ info: String) -> [UInt8] { HKDFSHA256.derive(from: first, info: Array(info.utf8)) }
      self.init(
        exportSalt: derived("egressaudit export salt v1"), captures: derived("egressaudit capture fingerprint v1"),
        connections: derived("egressaudit connection sample v1"))
    }
  }
}

extension PseudonymKey.Epoch {
  static func new(from day: Int64?, credential: KeyCredential?) -> Self {
    let bytes = SecureRandom.bytes(count: PseudonymKey.length)
    return Self(
      stored: bytes, firstDay: day, credential: credential?.identity,
      secret: credential?.secret(with: bytes) ?? bytes)
  }
}

/// Printing, dumping or interpolating a key does not reveal it.
extension PseudonymKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "PseudonymKey(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
