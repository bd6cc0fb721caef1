import Archives
public import Cryptography
import Foundation
import Model
import Reporting
public import Store

/// Verifies that a package is unchanged, and that its tables come from the store in it.
public struct PackageVerification {
  public enum Fault: Equatable {
    /// A file is not the one that the manifest lists.
    case changed(String)
    case missing(String)
    /// A file that the manifest does not list.
    case unlisted(String)
    case manifestMissing
    /// A line of the manifest, from 1.
    case manifestMalformed(line: Int)
    /// The signature of the manifest is not valid.
    case signature
    /// The manifest is signed with another key than the one that was named.
    case otherKey
    /// Files of the tables that differ when they are made again from the store in the package.
    case notRepeated([String])
    /// The list of heads cannot be read.
    case heads(HeadFileError)
    /// The store cannot be read completely.
    case store(StoreError)
  }

  public enum Unproven: Equatable {
    case unsigned
    /// No key was given: whoever changed the package could have signed it again.
    case keyOfPackage
    /// The store is not in the package: rows cannot be verified, tables not repeated.
    case withoutStore
    /// Heads that were kept elsewhere are later than the last one in the package; with the time at which it states that
    /// it was made. If it was received after those heads were made, its end was cut off.
    case laterHeads(Int, madeAt: String)
    /// Another version of the program made the tables.
    case otherVersion(String)
  }

  public var files: Int
  public var faults: [Fault]
  public var unproven: [Unproven]
  public var key: Ed25519.PublicKey?
  /// Verification of the store in the package; nil if there is none.
  public var store: StoreVerification?
  /// Number of tables that were made again from the store with the same bytes.
  public var repeatedFiles: Int

  public var holds: Bool { faults.isEmpty && store?.holds ?? true }

  /// Whether a file is compressed with Zstandard (RFC 8878 §3.1.1), as packages are and stores are not.
  public static func isPackage(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: 4)) == Data([0x28, 0xb5, 0x2f, 0xfd])
  }

  /// Unpacks a package into a temporary folder in `folder`, and verifies all of it.
  ///
  /// Throws `ArchiveError` for a file that is no package. A store in it that cannot be read is a fault among others.
  ///
  /// - Parameters:
  ///   - kept: heads and keys that were kept elsewhere.
  ///   - folder: where the temporary folder is created, which is removed again.
  ///   - toolVersion: version of this program.
  public init(
    of path: String, against kept: KeptEvidence, in folder: String, toolVersion: String,
    progress: (String) -> Void = { _ in }
  ) throws {
    let draft = try TemporaryFolder(in: folder)
    (faults, unproven, repeatedFiles) = ([], [], 0)
    progress("archive")
    let names = Set(try ArchiveReader.unpack(path, into: draft.path))
    files = names.count
    typealias Name = EvidencePackage.Name
    guard names.contains(Name.manifest) else {
      faults = [.manifestMissing]
      return
    }
    let manifest = try Data(contentsOf: URL(fileURLWithPath: draft.path + "/" + Name.manifest))
    progress(Name.manifest)
    try compare(manifest, names, in: draft.path)
    checkSignature(of: Array(manifest), names, kept, in: draft.path)

    var kept = kept
    let made = names.contains(Name.protocolFile) ? try Self.auditProtocol(in: draft.path) : nil
    if let made {
      let isLater = { (head: SignedHead) in head.time.isoText >= made.madeAt && head.seal > made.lastSeal }
      let later = kept.signedHeads.count(where: isLater)
      kept.signedHeads.removeAll(where: isLater)
      if later > 0 { unproven.append(.laterHeads(later, madeAt: made.madeAt)) }
    }
    let hasKeptHead = !kept.heads.isEmpty || !kept.signedHeads.isEmpty
    if names.contains(Name.heads) {
      let text = String(
        decoding: try Data(contentsOf: URL(fileURLWithPath: draft.path + "/" + Name.heads)), as: UTF8.self)
      do throws(HeadFileError) {
        // They must match the store, but came with it and prove nothing about its end.
        kept.signedHeads += try SignedHead.records(in: text)
      } catch {
        faults.append(.heads(error))
      }
    }
    guard names.contains(Name.store) else {
      unproven.append(.withoutStore)
      return
    }
    do {
      let database = try AuditDatabase(path: draft.path + "/" + Name.store, mode: .readExisting)
      defer { database.close() }
      store = try database.verify(against: kept, progress: progress)
      if !hasKeptHead { store?.unproven.append(.noKeptHead) }
      progress("tables")
      guard let made else {
        faults.append(.notRepeated([Name.protocolFile]))
        return
      }
      try repeatTables(of: database, made, names, in: draft.path, toolVersion)
    } catch let error as StoreError {
      // By its name in the package, since the folder in which it was unpacked is removed.
      faults.append(.store(StoreError(file: Name.store, error.problem)))
    }
  }

  /// The protocol in an unpacked package; nil if it cannot be read.
  private static func auditProtocol(in folder: String) throws -> AuditProtocol? {
    let json = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + EvidencePackage.Name.protocolFile))
    return try? JSONDecoder().decode(AuditProtocol.self, from: json)
  }

  private mutating func compare(_ manifest: Data, _ names: Set<String>, in folder: String) throws {
    var listed: Set<String> = [EvidencePackage.Name.manifest, EvidencePackage.Name.signature]
    for (index, line) in String(decoding: manifest, as: UTF8.self).split(separator: "\n").enumerated() {
      let name = String(line.dropFirst(66))
      guard line.dropFirst(64).hasPrefix("  "), ArchiveReader.isPlain(name),
        let digest = decodeHexadecimal(Array(line.prefix(64).utf8)), digest.count == 32
      else {
        faults.append(.manifestMalformed(line: index + 1))
        continue
      }
      listed.insert(name)
      guard names.contains(name) else {
        faults.append(.missing(name))
        continue
      }
      if try Checksums.digest(of: folder + "/" + name) != digest { faults.append(.changed(name)) }
    }
    faults += names.subtracting(listed).sorted().map { .unlisted($0) }
  }

  private mutating func checkSignature(
    of manifest: [UInt8], _ names: Set<String>, _ kept: KeptEvidence, in folder: String
  ) {
    func contents(_ name: String) -> [UInt8]? {
      (try? Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))).map { [UInt8]($0) }
    }
    guard names.contains(EvidencePackage.Name.signature), let signature = contents(EvidencePackage.Name.signature),
      let pem = contents(EvidencePackage.Name.publicKey)
    else {
      if kept.publicKeys.isEmpty { unproven.append(.unsigned) } else { faults.append(.otherKey) }
      return
    }
    guard let key = Ed25519.PublicKey(pem: String(decoding: pem, as: UTF8.self)),
      key.isSignature(signature, of: manifest)
    else {
      faults.append(.signature)
      return
    }
    self.key = key
    if kept.publicKeys.isEmpty {
      unproven.append(.keyOfPackage)
    } else if !kept.publicKeys.contains(key) {
      faults.append(.otherKey)
    }
  }

  private mutating func repeatTables(
    of database: AuditDatabase, _ made: AuditProtocol, _ names: Set<String>, in folder: String, _ toolVersion: String
  ) throws {
    if made.toolVersion != toolVersion { unproven.append(.otherVersion(made.toolVersion)) }
    var request = EvidencePackage.Request(toolVersion: toolVersion)
    request.from = made.firstDay.flatMap { LocalDate($0) }
    request.to = made.lastDay.flatMap { LocalDate($0) }
    request.includesStore = true
    var remade: [String: String] = [:]
    for path in try PackageContent.tables(of: database, request, in: folder + "/again/tables") {
      remade["tables/" + (path as NSString).lastPathComponent] = path
    }
    for path in try PackageContent.reports(of: database, request, in: folder + "/again/report") {
      remade["report/" + (path as NSString).lastPathComponent] = path
    }
    var different = names.filter { ($0.hasPrefix("tables/") || $0.hasPrefix("report/")) && remade[$0] == nil }
    for (name, path) in remade {
      if names.contains(name),
        try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      {
        repeatedFiles += 1
      } else {
        different.insert(name)
      }
    }
    if !different.isEmpty { faults.append(.notRepeated(different.sorted())) }
  }
}
