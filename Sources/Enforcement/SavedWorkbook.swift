import Documents
import Foundation
import Model
import Reporting

/// A workbook saved by people, read by LibreOffice: this program parses no workbooks itself.
enum SavedWorkbook {
  /// Separator between the cells of a sheet.
  static let separator = UInt8(ascii: ",")

  /// Writes values instead of their formatted text, quoted, in UTF-8, and every sheet into a file of its own
  /// (LibreOffice, "Filter Options for CSV").
  private static let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,false,false,false,-1"

  /// The sheets as CSV, by name. Takes seconds.
  ///
  /// - Parameter limit: bytes of all sheets together; a workbook is compressed, so that a small file may hold very
  ///   large ones.
  static func sheets(of path: String, limit: Int) throws(FileLoadError) -> [[UInt8]] {
    do {
      let folder = try TemporaryFolder(in: NSTemporaryDirectory())
      let copy = folder.path + "/table." + URL(fileURLWithPath: path).pathExtension
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      // Swedish dates are ISO 8601: in `05/12/26`, day and month could not be distinguished.
      try OfficeProgram.convert(copy, to: filter, in: folder.path, locale: "sv-SE")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".csv") }
        .sorted().map { folder.path + "/" + $0 }
      let size = try files.reduce(0) { sum, file in
        sum + (try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0)
      }
      guard size <= limit else {
        throw ReportingError.notConverted(
          path: path, reason: OfficeTexts.sheetsTooLong(size, limit: limit))
      }
      let sheets = try files.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
      guard !sheets.isEmpty else {
        throw ReportingError.notConverted(path: path, reason: OfficeTexts.noSheet)
      }
      return sheets
    } catch {
      throw FileLoadError(
        FileFault(
          file: path, position: .table(row: nil, column: nil),
          problem: TableTexts.workbookUnreadable(LocalizedText(of: error)),
          expected: TableTexts.workbookExpected,
          nextStep: TableTexts.saveAsCSV))
    }
  }
}
