import Cryptography
import Foundation
import Model
public import Store

extension FleetExport {
  /// Largest sum of the files of a month, in bytes; the centre reads no more.
  static let monthLimit = 64 << 20

  /// Packs each month that `deliver` wrote and that was not packed yet, as it was delivered: one signed file for each.
  ///
  /// The months that were packed are in the file `months` of the folder. A month that cannot be packed is tried again
  /// by the next run.
  ///
  /// - Parameters:
  ///   - deliveries: the folder into which `deliver` writes.
  ///   - output: called with the path of each file that was written, and its days.
  /// - Throws: `FleetError`, `ReportingError`, what the database throws, and `FleetMonthsFailure` at the end if a month
  ///   cannot be packed; the others are written nevertheless.
  public func writeMonths(
    from database: AuditDatabase, deliveries: String, to folder: String, toolVersion: String,
    output: (String, ClosedRange<LocalDate>) -> Void
  ) throws {
    let recorded = try database.accessEntries()
    try writeMonths(
      from: database, recorded: recorded, deliveries: deliveries, to: folder, toolVersion: toolVersion, output: output)
  }

  func writeMonths(
    from source: some AuditSource, recorded: [AccessEntry], deliveries: String, to folder: String, toolVersion: String,
    output: (String, ClosedRange<LocalDate>) -> Void
  ) throws {
    let folder = try OutputFile.folder(folder)
    let listPath = folder + "/months"
    var packed = try Self.packedMonths(listPath)
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: deliveries) } catch {
      throw FleetError.deliveries(deliveries)
    }
    var faults: [FleetMonthsFailure.Fault] = []
    for month in names.filter(Self.isMonth).sorted() where !packed.contains(month) {
      do {
        let (members, days) = try members(
          of: month, in: deliveries + "/" + month, source, recorded: recorded, toolVersion: toolVersion)
        let path = folder + "/\(gateway)_\(month).tar"
        try Self.pack(members, at: path)
        packed.insert(month)
        // After each file, so that none is repeated after an interruption.
        try Self.write(Array(packed.sorted().map { $0 + "\n" }.joined().utf8), to: listPath)
        output(path, days)
      } catch let fault as FleetMonthsFailure.Fault {
        faults.append(fault)
      }
    }
    if !faults.isEmpty { throw FleetMonthsFailure(faults: faults) }
  }

  private func members(
    of month: String, in path: String, _ source: some AuditSource, recorded: [AccessEntry], toolVersion: String
  ) throws -> (members: [Member], days: ClosedRange<LocalDate>) {
    let listPath = path + "/" + Checksums.deliveredName + ".sha256"
    guard let list = FileManager.default.contents(atPath: listPath),
      let entries = Checksums.entries(of: String(decoding: list, as: UTF8.self))
    else { throw FleetMonthsFailure.Fault.noList(path) }
    let digest = SHA256Digest.hash(list)
    guard let use = recorded.last(where: { $0.action == .deliver && $0.filesDigest == digest }),
      let first = use.firstDay, let last = use.lastDay, first <= last, last.description.hasPrefix(month)
    else { throw FleetMonthsFailure.Fault.notDelivered(path) }
    var contents: [Member] = []
    var size = 0
    for entry in entries {
      let file = path + "/" + entry.name
      guard let bytes = FileManager.default.contents(atPath: file).map(Array.init),
        hexadecimal(SHA256Digest.hash(bytes)) == entry.digest
      else { throw FleetMonthsFailure.Fault.changed(file) }
      size += bytes.count
      guard size <= Self.monthLimit else { throw FleetMonthsFailure.Fault.tooLarge(path) }
      contents.append(Member(name: entry.name, bytes: bytes))
    }
    let sessions = try source.sessions()
    let site = sessions.max { $0.id < $1.id }?.settings.site ?? ""
    let manifest = FleetMonthManifest(
      gateway: gateway, site: CSVFormat.safeText(site), month: month, firstDay: first.description,
      day: last.description, isTrial: sessions.containsTrial, toolVersion: toolVersion,
      files: Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.digest) }))
    return (signed(try manifest.json()) + contents, first...last)
  }

  /// Such as `2026-10`.
  private static func isMonth(_ name: String) -> Bool { name.utf8.count == 7 && LocalDate(name + "-01") != nil }

  private static func packedMonths(_ path: String) throws -> Set<String> {
    guard let bytes = FileManager.default.contents(atPath: path) else { return [] }
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    guard text == lines.map({ $0 + "\n" }).joined(), lines.allSatisfy(isMonth) else { throw FleetError.monthList(path) }
    return Set(lines)
  }
}

/// Months that were delivered and could not be packed.
public struct FleetMonthsFailure: BilingualError, Equatable {
  enum Fault: Error, Equatable {
    /// The folder has no list of its files.
    case noList(String)
    /// The store has no record that exactly these files were delivered.
    case notDelivered(String)
    /// A file is missing, or not the one that was delivered.
    case changed(String)
    case tooLarge(String)
  }

  let faults: [Fault]
}

/// Manifest of the file of a month; signed.
private struct FleetMonthManifest: Encodable {
  let format = FleetExport.format
  let kind = "month"
  let gateway: String
  let site: String
  let month: String
  let firstDay: String
  let day: String
  let isTrial: Bool
  let toolVersion: String
  /// SHA-256 of each file in hexadecimal digits, by name.
  let files: [String: String]

  enum CodingKeys: String, CodingKey {
    case format, kind, gateway, site, month, day, files
    case firstDay = "first_day"
    case isTrial = "trial"
    case toolVersion = "tool_version"
  }

  /// The same values give the same bytes.
  func json() throws -> [UInt8] { try FleetExport.json(self) }
}
