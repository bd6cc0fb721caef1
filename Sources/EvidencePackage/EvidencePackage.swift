import Archives
import Cryptography
import Foundation
public import Model
public import Privacy
import Report
public import Reporting
public import Store

/// One file for an auditor: tables and report of a period, the data on which they are based, and what proves that
/// nothing was changed.
///
/// A tar archive with Zstandard. `manifest.sha256` lists all other files, `manifest.sig` is the Ed25519 signature of
/// it; both are read with `sha256sum -c` and `openssl pkeyutl`. See `docs/usage.md`.
public struct EvidencePackage {
  /// Files with a meaning of their own.
  enum Name {
    static let manifest = "manifest.sha256"
    static let signature = "manifest.sig"
    static let publicKey = "signing-key.pub"
    static let heads = "heads"
    static let protocolFile = "protocol.json"
    static let verification = "verification.txt"
    static let store = "store/audit.sqlite"
    static let verifier = "verifier/evidence-verifier.py"
    static let format = "verifier/evidence-format.md"
  }

  /// What to pack.
  public struct Request {
    public var from: LocalDate?
    public var to: LocalDate?
    public var baseline = BaselineChoice.newest
    /// Adds a copy of the store: only with it can the auditor verify every row and repeat the tables. It holds
    /// pseudonyms, and small groups as they are.
    public var includesStore = false
    /// Files of the rules, by their name in the package, such as `rules/rules.bundle`.
    public var rules: [String: String] = [:]
    /// Files of the second verifier, by their name in the package.
    public var verifier: [String: String] = [:]
    public var toolVersion: String

    public init(toolVersion: String) { self.toolVersion = toolVersion }
  }

  /// Properties of a written package.
  public struct Written {
    public var path: String
    public var files: Int
    /// SHA-256 of the manifest, 32 bytes.
    public var manifestDigest: [UInt8]
  }

  /// Writes the package; the file appears under its name once it is complete.
  ///
  /// Throws errors of the database and the tables, `ArchiveError` and `ReportingError`. O(rows of the store).
  ///
  /// - Parameters:
  ///   - database: a store that is opened for reading and verified.
  ///   - key: key that signs the manifest; nil leaves it unsigned, and the package states that.
  public static func write(
    _ request: Request, of database: AuditDatabase, verification: StoreVerification,
    key: SigningKey?, time: Timestamp, to path: String
  ) throws -> Written {
    let parent = (path as NSString).deletingLastPathComponent
    let folder = try TemporaryFolder(in: parent.isEmpty ? "." : parent)
    var names: [String: String] = [:]
    func add(_ name: String, _ source: String) throws {
      guard ArchiveReader.isPlain(name) else {
        throw ArchiveError(path: source, reason: ArchiveTexts.nameUnfit)
      }
      names[name] = source
    }
    func write(_ text: String, as name: String) throws {
      let target = folder.path + "/" + name.replacing("/", with: "-")
      try Data(text.utf8).write(to: URL(fileURLWithPath: target))
      try add(name, target)
    }
    for file in try PackageContent.tables(of: database, request, in: folder.path + "/tables") {
      try add("tables/" + (file as NSString).lastPathComponent, file)
    }
    for page in try PackageContent.reports(of: database, request, in: folder.path + "/report") {
      try add("report/" + (page as NSString).lastPathComponent, page)
    }
    for (name, source) in request.rules.merging(request.verifier, uniquingKeysWith: { first, _ in first }) {
      try add(name, source)
    }
    try write(try database.signedHeads().map(\.record).joined(), as: Name.heads)
    try write(VerificationTexts.text(verification, store: "store", .english), as: Name.verification)
    try write(
      try AuditProtocol(of: database, verification: verification, request, time: time).json, as: Name.protocolFile)
    if let key { try write(key.publicKey.pem, as: Name.publicKey) }
    if request.includesStore {
      let copy = folder.path + "/audit.sqlite"
      try database.copy(to: copy)
      try AuditDatabase.withholdBlocks(inCopy: copy)
      try add(Name.store, copy)
    }

    let lines = try names.keys.sorted().map { name in
      "\(hexadecimal(try Checksums.digest(of: names[name] ?? "")))  \(name)\n"
    }
    let manifest = Array(lines.joined().utf8)
    try write(String(decoding: manifest, as: UTF8.self), as: Name.manifest)
    if let key {
      let target = folder.path + "/" + Name.signature
      try Data(key.privateKey.signature(of: manifest)).write(to: URL(fileURLWithPath: target))
      try add(Name.signature, target)
    }
    var file = try OutputFile(path: path)
    try file.write { draft in
      let archive = try ArchiveWriter(path: draft, compression: .zstandard)
      let first = [Name.manifest, Name.signature]
      for name in first + names.keys.filter({ !first.contains($0) }).sorted() {
        if let source = names[name] { try archive.add(source, as: name) }
      }
      try archive.finish()
    }
    try file.finish()
    return Written(path: path, files: names.count, manifestDigest: SHA256Digest.hash(manifest))
  }
}

/// The parts of a package that can be made again from the store in it.
enum PackageContent {
  /// Writes all tables in the form for programs, with flows if the store is added; returns their paths.
  static func tables(of database: AuditDatabase, _ request: EvidencePackage.Request, in folder: String) throws
    -> [String]
  {
    let tables = ExportTable.withoutDevices + (request.includesStore ? [.flows] : [])
    return try Exporter.run(
      ExportRequest(
        tables: tables, profile: .rfc4180, from: request.from, to: request.to, outputDirectory: folder,
        baseline: request.baseline), database: database
    ).map(\.path)
  }

  /// Writes the report in both languages; returns the paths.
  static func reports(
    of database: AuditDatabase, _ request: EvidencePackage.Request, in folder: String
  ) throws -> [String] {
    try [Language.german, .english].map { language in
      try ReportDocument(
        database: database, language: language, from: request.from, to: request.to, baseline: request.baseline
      ).write(to: folder)
    }
  }
}
