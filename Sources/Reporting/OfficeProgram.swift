import Foundation
import Model

/// LibreOffice, which converts spreadsheets from one format to another; a separate program, found on the path.
///
/// It takes seconds, and is ended after `HelperProgram.limit`. Its settings are in the folder of the files meanwhile,
/// so that it neither reads nor changes those of a user.
package enum OfficeProgram {
  /// Where `soffice` is. Throws `ReportingError.officeProgramMissing` if it is not installed.
  package static var path: String {
    get throws {
      let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      let found = folders.filter { $0.hasPrefix("/") }.map { $0 + "/soffice" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
      guard let found else { throw ReportingError.officeProgramMissing }
      return found
    }
  }

  /// Writes the file `source` in the format `kind` (a suffix, perhaps with a filter and its options) into `folder`,
  /// under the same name with the suffix of the kind. Throws `ReportingError`.
  ///
  /// - Parameters:
  ///   - filter: import filter for the source; nil leaves the choice to LibreOffice.
  ///   - locale: such as `sv-SE`; decides how dates and numbers are written. Nil keeps that of the user.
  package static func convert(
    _ source: String, to kind: String, in folder: String, filter: String? = nil, locale: String? = nil
  ) throws {
    if let locale { try set(locale: locale, in: folder) }
    let reading = filter.map { ["--infilter=\($0)"] } ?? []
    try run(reading + ["--convert-to", kind, "--outdir", folder, source], for: source, in: folder)
  }

  private static func set(locale: String, in folder: String) throws {
    let user = folder + "/settings/user"
    let settings = """
      <?xml version="1.0" encoding="UTF-8"?>
      <oor:items xmlns:oor="http://openoffice.org/2001/registry">
      <item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>\(locale)</value></prop></item>
      </oor:items>

      """
    try? FileManager.default.createDirectory(atPath: user, withIntermediateDirectories: true)
    guard
      FileManager.default.createFile(atPath: user + "/registrymodifications.xcu", contents: Data(settings.utf8))
    else { throw ReportingError.notWritable(path: user, reason: String(cString: strerror(errno))) }
  }

  /// Writes the workbook `source` as the OpenDocument spreadsheet `target`, both in `folder`, with all that belongs to
  /// its view.
  ///
  /// A plain conversion shows no window and loses the frozen headings, so a macro opens and saves the file. Throws
  /// `ReportingError`.
  static func saveAsOpenDocument(_ source: String, as target: String, in folder: String) throws {
    // The first start creates the settings, with an empty module for macros.
    try run(["--terminate_after_init"], for: source, in: folder)
    let module = folder + "/settings/user/basic/Standard/Module1.xba"
    guard FileManager.default.createFile(atPath: module, contents: Data(saving(source, as: target).utf8)) else {
      throw ReportingError.notConverted(path: source, reason: OfficeTexts.noSettings)
    }
    try run(["macro:///Standard.Module1.Save"], for: source, in: folder)
    guard FileManager.default.fileExists(atPath: target) else {
      throw ReportingError.notConverted(path: source, reason: OfficeTexts.noFile)
    }
  }

  /// The variables of this process, but with a home and a place for temporary files in `folder`: everything that
  /// another program leaves behind, such as copies of the files that it opens, caches and crash reports, is deleted
  /// with that folder. Throws `ReportingError.notWritable`.
  ///
  /// - Parameter temporary: false for a program that creates sockets among its temporary files, whose paths must be
  ///   short.
  package static func environment(leavingAllIn folder: String, temporary: Bool = true) throws -> [String: String] {
    let home = try OutputFile.folder(folder + "/home")
    var variables = ProcessInfo.processInfo.environment
    variables["HOME"] = home
    if temporary { variables["TMPDIR"] = home }
    for name in ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] { variables[name] = home }
    return variables
  }

  private static func saving(_ source: String, as target: String) -> String {
    // A URL contains no quotation marks; in XML only the ampersand must be escaped.
    let urls = [source, target].map { URL(fileURLWithPath: $0).absoluteString.replacing("&", with: "&amp;") }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
      <script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
      Sub Save()
        On Error Goto Done
        Dim options(0) As New com.sun.star.beans.PropertyValue
        Dim none()
        Dim document As Object
        options(0).Name = "FilterName"
        options(0).Value = "calc8"
        document = StarDesktop.loadComponentFromURL("\(urls[0])", "_blank", 0, none())
        document.storeToURL("\(urls[1])", options())
        document.close(True)
      Done:
        StarDesktop.terminate()
      End Sub
      </script:module>

      """
  }

  private static func run(_ arguments: [String], for file: String, in folder: String) throws {
    try run(arguments, by: path, for: file, in: folder)
  }

  /// - Parameter limit: in seconds.
  static func run(
    _ arguments: [String], by program: String, for file: String, in folder: String, limit: Double = HelperProgram.limit
  ) throws {
    let settings = URL(fileURLWithPath: folder + "/settings").absoluteString
    let environment = try environment(leavingAllIn: folder)
    let status: Int32?
    do {
      status = try HelperProgram.run(
        program, ["-env:UserInstallation=\(settings)", "--headless", "--norestore"] + arguments,
        // Otherwise it names the files of sheets in the encoding of the user's locale.
        environment: environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }, limit: limit)
    } catch {
      throw ReportingError.notConverted(path: file, reason: LocalizedText(of: error))
    }
    guard let status else {
      throw ReportingError.notConverted(
        path: file, reason: OfficeTexts.notFinished(seconds: Int(limit)))
    }
    guard status == 0 else {
      throw ReportingError.notConverted(path: file, reason: OfficeTexts.ended(status))
    }
  }
}
