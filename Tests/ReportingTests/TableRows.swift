import Foundation
import Model
import ReportTestSupport
import Store

@testable import Reporting

/// Lines of a table without byte order mark and quotes; only for tables whose cells contain no line break.
func table(_ table: ExportTable, _ source: MemorySource, _ profile: ExportProfile = .rfc4180) throws -> [[String:
  String]]
{
  try csvRows(table, source, profile, from: nil, to: nil)
}

func csvRows(
  _ table: ExportTable, _ source: MemorySource, _ profile: ExportProfile = .rfc4180, from: LocalDate?, to: LocalDate?
) throws -> [[String: String]] {
  csvRows(try bytes(table, source, profile, from: from, to: to), Texts.columns(of: table), profile)
}

func csvRows(_ bytes: [UInt8], _ columns: [Column], _ profile: ExportProfile = .rfc4180) -> [[String: String]] {
  let separator: Character = profile == .rfc4180 ? "," : ";"
  let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map { split($0, separator) }
  return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(columns.map(\.id), $0)) }
}

func bytes(
  _ table: ExportTable, _ source: MemorySource, _ profile: ExportProfile = .rfc4180, from: LocalDate? = nil,
  to: LocalDate? = nil
) throws -> [UInt8] {
  var bytes: [UInt8] = []
  try Exporter.write(table, profile: profile, from: from, to: to, source: source) { bytes += $0 }
  return bytes
}

private func split(_ line: Substring, _ separator: Character) -> [String] {
  var cells = [""]
  var isQuoted = false
  for character in line {
    if character == "\"" {
      isQuoted.toggle()
    } else if character == separator && !isQuoted {
      cells.append("")
    } else {
      cells[cells.count - 1].append(character)
    }
  }
  return cells
}
