import Archives
public import Cryptography
import Foundation
public import Model
public import Store

/// Progress of the day files of a gateway: the last one that was written.
public struct FleetCursor: Sendable, Equatable, CustomStringConvertible {
  /// 0 before the first file.
  public let sequence: Int
  /// Last day of that file; nil before the first.
  public let day: LocalDate?
  /// SHA-256 of its manifest, in hexadecimal digits; nil before the first.
  public let manifest: String?

  /// Before the first file.
  public static let start = FleetCursor(sequence: 0, day: nil, manifest: nil)

  init(sequence: Int, day: LocalDate?, manifest: String?) {
    (self.sequence, self.day, self.manifest) = (sequence, day, manifest)
  }

  /// `start`, or number, day and hash as `description` writes them; nil for anything else.
  public init?(_ text: String) {
    if text == "start" {
      self = .start
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let sequence = Int(parts[0]), sequence > 0, String(sequence) == parts[0],
      let day = LocalDate(parts[1]), parts[2].utf8.count == 64,
      parts[2].utf8.allSatisfy(\.isLowercaseHexadecimal)
    else { return nil }
    self.init(sequence: sequence, day: day, manifest: parts[2])
  }

  /// Such as `12:2026-05-04:9f86…`.
  public var description: String {
    guard let day, let manifest else { return "start" }
    return "\(sequence):\(day):\(manifest)"
  }
}

/// Writes one file of aggregates for each reported day, which the administrator's own transport takes to the centre
/// (docs/fleet.md).
///
/// A file is a tar archive: `manifest.json`, its signature `manifest.sig`, and the tables as CSV. The manifest contains
/// the hash of each table and of the previous manifest, so that the files of a gateway are a chain.
public struct FleetExport: Sendable {
  /// Version of the content of the files; raised whenever a column changes.
  static let format = 1

  /// Name of the gateway at the centre: letters, digits, `-`; at most 64.
  public let gateway: String
  private let key: Ed25519.PrivateKey

  /// - Parameter gateway: nil uses the name of the site, in which other characters become `-`.
  /// - Throws: `FleetError.gatewayName`.
  public init(gateway: String?, key: Ed25519.PrivateKey, database: AuditDatabase) throws {
    try self.init(gateway: gateway, key: key, source: database)
  }

  init(gateway: String?, key: Ed25519.PrivateKey, source: some AuditSource) throws {
    let site = try source.sessions().max { $0.id < $1.id }?.settings.site ?? ""
    let name = gateway ?? String(site.unicodeScalars.map { Self.isPlain($0) ? Character($0) : "-" })
    guard (1...64).contains(name.utf8.count), name.unicodeScalars.allSatisfy(Self.isPlain), name.first != "-" else {
      throw FleetError.gatewayName
    }
    self.gateway = name
    self.key = key
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "-" || scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
  }

  /// Writes a file for each day after `cursor` that is over and reported; O(days × rows of the store).
  ///
  /// A day with too few devices is in the file of the day with which it is reported. The same store, cursor and key
  /// give the same bytes, as long as retention has not deleted the flows of the day.
  ///
  /// - Parameters:
  ///   - cursor: nil continues after the last file that was written to `folder`.
  ///   - now: the hour of the clock.
  ///   - output: called with the path of each file that was written, and its days.
  /// - Returns: the cursor after the last file, which is also in the file `cursor` of the folder.
  /// - Throws: `FleetError`, `ReportingError`, or what the database throws.
  public func write(
    from database: AuditDatabase, since cursor: FleetCursor?, to folder: String, toolVersion: String, now: Hour,
    output: (String, ClosedRange<LocalDate>) -> Void
  ) throws -> FleetCursor {
    try write(
      from: database, chainHash: { try database.chainHash(ofFlowsIn: $0) }, since: cursor, to: folder,
      toolVersion: toolVersion, now: now, output: output)
  }

  func write(
    from source: some AuditSource, chainHash: (Range<Hour>) throws -> [UInt8]?, since given: FleetCursor?,
    to folder: String, toolVersion: String, now: Hour, output: (String, ClosedRange<LocalDate>) -> Void
  ) throws -> FleetCursor {
    let folder = try OutputFile.folder(folder)
    let cursorPath = folder + "/cursor"
    var cursor = try given ?? Self.storedCursor(cursorPath)
    let finished = try FinishedPeriods(.month, of: source, now: now)
    guard let stored = finished.days else { return cursor }
    var day = max(stored.lowerBound, cursor.day?.next ?? stored.lowerBound)
    while day <= stored.upperBound {
      if !finished.isSilent(day), let tables = try Self.tables(of: day, since: stored.lowerBound, source) {
        let file = try self.file(
          tables, source, day: day, after: cursor, chainHash: chainHash, toolVersion: toolVersion)
        let path = folder + "/" + file.name
        try Self.pack(file.members, at: path)
        cursor = file.cursor
        // After each file, so that none is repeated after an interruption.
        try Self.write(Array((cursor.description + "\n").utf8), to: cursorPath)
        output(path, tables.days)
      }
      day = day.next
    }
    return cursor
  }

  private static let fourWeeks: Int64 = 28

  /// Nil for a day that is reported with a later one.
  private static func tables(of day: LocalDate, since first: LocalDate, _ source: some AuditSource) throws
    -> FleetTables?
  {
    do {
      let period = try AuditPeriod(source: source, from: day, to: day, baseline: .none)
      if period.reporting.isOneBlock { return nil }
      let from = max(first, LocalDate(day: day.day - fourWeeks + 1))
      return FleetTables(
        period: period, fourWeeks: try AuditPeriod(source: source, from: from, to: day, baseline: .none))
    } catch ReportingError.tooFewDevices, ReportingError.nothingStored, ReportingError.deleted {
      return nil
    }
  }

  private func file(
    _ tables: FleetTables, _ source: some AuditSource, day: LocalDate, after cursor: FleetCursor,
    chainHash: (Range<Hour>) throws -> [UInt8]?, toolVersion: String
  ) throws -> (name: String, members: [Member], cursor: FleetCursor) {
    let period = tables.period
    var files: [String: FleetManifest.File] = [:]
    var contents: [Member] = []
    for table in FleetTable.allCases {
      let rows = try tables.rows(of: table, source)
      let lines =
        [table.columns.map { "\"\($0)\"" }.joined(separator: ",")]
        + rows.map { $0.map(\.csv).joined(separator: ",") }
      let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
      let name = table.rawValue + ".csv"
      files[name] = FleetManifest.File(rows: rows.count, sha256: hexadecimal(SHA256Digest.hash(bytes)))
      contents.append(Member(name: name, bytes: bytes))
    }
    let manifest = FleetManifest(
      format: Self.format, gateway: gateway, site: CSVFormat.safeText(period.settings.site),
      timeZone: period.settings.timeZone, sequence: cursor.sequence + 1,
      firstDay: tables.days.lowerBound.description, day: day.description,
      previous: cursor.manifest, chainHead: try chainHash(period.hours).map(hexadecimal),
      groupMinimum: period.groupMinimum, isTrial: period.isTrial,
      ruleSets: Set(period.coverage.lazy.filter { !$0.isMissing }.map(\.ruleSetHash)).sorted(),
      toolVersion: toolVersion, files: files)
    let bytes = try manifest.json()
    let number = String(manifest.sequence)
    let padded = String(repeating: "0", count: max(0, 6 - number.count)) + number
    return (
      "\(gateway)_\(day)_\(padded).tar", signed(bytes) + contents,
      FleetCursor(sequence: manifest.sequence, day: day, manifest: hexadecimal(SHA256Digest.hash(bytes)))
    )
  }

  /// A file of an archive.
  struct Member {
    let name: String
    let bytes: [UInt8]
  }

  /// The manifest and its signature, with which each archive begins.
  func signed(_ manifest: [UInt8]) -> [Member] {
    [
      Member(name: "manifest.json", bytes: manifest), Member(name: "manifest.sig", bytes: key.signature(of: manifest)),
    ]
  }

  /// The same values give the same bytes.
  static func json(_ manifest: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return Array(try encoder.encode(manifest)) + [UInt8(ascii: "\n")]
  }

  /// Throws `FleetError.otherFile` if there is a file with other bytes.
  static func pack(_ members: [Member], at path: String) throws {
    var file = try OutputFile(path: path)
    try file.write { draft in
      let archive = try ArchiveWriter(path: draft, compression: .none)
      for member in members { try archive.add(member.bytes, as: member.name) }
      try archive.finish()
      let manager = FileManager.default
      if manager.fileExists(atPath: path), !manager.contentsEqual(atPath: path, andPath: draft) {
        throw FleetError.otherFile(path)
      }
    }
    try file.finish()
  }

  private static func storedCursor(_ path: String) throws -> FleetCursor {
    guard let bytes = FileManager.default.contents(atPath: path) else { return .start }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasSuffix("\n"), let cursor = FleetCursor(String(text.dropLast())) else { throw FleetError.cursor(path) }
    return cursor
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    var file = try OutputFile(path: path)
    try file.write(bytes)
    try file.finish()
  }
}

/// Manifest of a day file; signed.
private struct FleetManifest: Encodable {
  struct File: Encodable {
    let rows: Int
    let sha256: String
  }

  let format: Int
  let gateway: String
  let site: String
  let timeZone: String
  let sequence: Int
  let firstDay: String
  let day: String
  let previous: String?
  let chainHead: String?
  let groupMinimum: Int
  let isTrial: Bool
  let ruleSets: [String]
  let toolVersion: String
  let files: [String: File]

  enum CodingKeys: String, CodingKey {
    case format, gateway, site, sequence, day, previous, files
    case timeZone = "time_zone"
    case firstDay = "first_day"
    case chainHead = "chain_head"
    case groupMinimum = "group_minimum"
    case isTrial = "trial"
    case ruleSets = "rule_sets"
    case toolVersion = "tool_version"
  }

  /// The same values give the same bytes.
  func json() throws -> [UInt8] { try FleetExport.json(self) }
}

/// Why day files were not written.
public enum FleetError: BilingualError, Equatable {
  case gatewayName
  case cursor(String)
  /// At this path there is a file with other bytes.
  case otherFile(String)
  /// The list of the months that were packed contains something else than months.
  case monthList(String)
  /// The folder of the delivered reports cannot be read.
  case deliveries(String)
}
