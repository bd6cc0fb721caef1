import Documents
import Foundation
import Glibc
import Model

/// The rules that a run uses: a rule directory or a signed bundle, and local overrides.
public struct RuleSource: Sendable, Hashable {
  /// A rule directory, or a file that `rules pack` wrote.
  public var path: String
  /// File with the public key that a bundle must be signed with; with it, a directory is refused unless
  /// `acceptsUnsigned`.
  public var publicKey: String?
  /// File with local overrides.
  public var overrides: String?
  /// The administrator accepts unsigned rules, despite `publicKey` and for a store that had signed ones.
  public var acceptsUnsigned = false
  /// Public key, 64 hexadecimal digits, that the administrator lets a store accept instead of the one it knows.
  public var acceptedKey: String?

  public init(_ path: String, publicKey: String? = nil, overrides: String? = nil) {
    self.path = path
    self.publicKey = publicKey
    self.overrides = overrides
  }

  /// Whether a text has the form of a public key: 64 hexadecimal digits in lower case.
  public static func isKey(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { $0.isLowercaseHexadecimal }
  }

  /// The command that lists what lint finds in these rules.
  public var lintCommand: String {
    "egressaudit rules lint \(path)" + (publicKey.map { " --rules-key \($0)" } ?? "")
      + (overrides.map { " --overrides \($0)" } ?? "")
  }

  /// Opens the files; a bundle is read as a whole, and its signature checked. A missing path counts as a directory.
  func open() throws(FileLoadError) -> RuleFileTree {
    let place = Place.start(of: path)
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      if let publicKey, !acceptsUnsigned {
        throw FileLoadError(
          place.fault(
            RuleTexts.unsigned, expected: RuleTexts.bundleSignedWith(quoted(publicKey)),
            next:
              RuleTexts.nameBundleOrAccept)
        )
      }
      return .directory(RuleFolder(path))
    }
    guard let publicKey else {
      throw FileLoadError(
        place.fault(
          RuleTexts.noPublicKey, expected: RuleTexts.publicKeyFile,
          next: RuleTexts.nameKey))
    }
    let key = try RuleKeyFile.publicKey(path: publicKey)
    let bytes = try fileContents(path: path, what: RuleTexts.bundle, limit: RuleBundle.sizeLimit)
    return .bundle(try RuleBundle(bytes, file: path, key: key))
  }
}

/// The files of a rule set by their path below its root, in a directory or a bundle.
enum RuleFileTree {
  case directory(RuleFolder)
  case bundle(RuleBundle)

  /// Name of the whole in messages.
  var name: String {
    switch self {
    case .directory(let folder): folder.path
    case .bundle(let bundle): bundle.file
    }
  }

  /// Nil for a directory.
  var bundle: RuleBundle? {
    if case .bundle(let bundle) = self { return bundle }
    return nil
  }

  /// Names of everything in `folder`, sorted; nil if it cannot be read.
  func listing(_ folder: String = "") -> [String]? {
    switch self {
    case .directory(let root): return root.listing(folder)
    case .bundle(let bundle):
      let prefix = folder.isEmpty ? "" : folder + "/"
      return Set(
        bundle.files.keys.filter { $0.hasPrefix(prefix) }.map {
          String($0.dropFirst(prefix.count).prefix { $0 != "/" })
        }
      ).sorted()
    }
  }

  func exists(_ file: String) -> Bool {
    switch self {
    case .directory(let folder): FileManager.default.fileExists(atPath: folder.path + "/" + file)
    case .bundle(let bundle): bundle.files[file] != nil
    }
  }

  func contents(_ file: String) throws(RuleFileRefusal) -> [UInt8] {
    switch self {
    case .directory(let folder): return try folder.contents(file)
    case .bundle(let bundle):
      guard let contents = bundle.files[file] else { throw .missing }
      return [UInt8](contents)
    }
  }
}
