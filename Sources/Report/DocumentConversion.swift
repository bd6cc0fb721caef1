import Foundation
import Glibc
public import Model
import Reporting

/// A form of the report that another program makes from its page.
public enum DocumentForm: String, Sendable, CaseIterable {
  /// Tagged, with page numbers; made by Chromium.
  case pdf
  /// For LibreOffice, without the pictures.
  case odt
  /// For Microsoft Word, without the pictures.
  case docx

  /// Path of the program that makes it; nil if it is not installed.
  public var program: String? {
    switch self {
    case .pdf:
      ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first(where: FileManager.default.isExecutableFile)
    case .odt, .docx: try? OfficeProgram.path
    }
  }

  /// Makes the file of this form of a page beside an HTML file, and returns its path.
  ///
  /// The other program opens a copy of the page with settings of its own; both are deleted afterwards. Throws
  /// `DocumentFormError`.
  func convert(_ page: [UInt8], besides path: String) throws -> String {
    guard let program else { throw DocumentFormError.programMissing(self) }
    let target = URL(fileURLWithPath: path).deletingPathExtension().appendingPathExtension(rawValue)
    do {
      let folder = try TemporaryFolder(in: FileManager.default.temporaryDirectory.path)
      let work = URL(fileURLWithPath: folder.path, isDirectory: true)
      let copy = work.appendingPathComponent("report.html")
      let made = work.appendingPathComponent("report.\(rawValue)")
      try Data(page).write(to: copy)
      switch self {
      case .pdf: try print(copy, to: made, by: program, in: work)
      case .odt, .docx:
        try OfficeProgram.convert(copy.path, to: rawValue, in: folder.path, filter: "HTML (StarWriter)")
      }
      try Data(contentsOf: made).write(to: target, options: .atomic)
    } catch let error as DocumentFormError {
      throw error
    } catch let error as ReportingError {
      throw DocumentFormError.failed(self, reason: error.text)
    } catch {
      throw DocumentFormError.failed(self, reason: LocalizedText(of: error))
    }
    return target.path
  }

  private func print(_ page: URL, to file: URL, by program: String, in folder: URL) throws {
    let settings = folder.appendingPathComponent("settings")
    let status = try HelperProgram.run(
      program,
      [
        "--headless=new", "--disable-gpu", "--user-data-dir=\(settings.path)", "--no-first-run",
        // By itself, a browser looks for updates; here, no name can be resolved.
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        // Its crash report would contain the page.
        "--disable-breakpad", "--disable-crash-reporter",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", "--print-to-pdf=\(file.path)",
      ]
        // Chromium refuses to run as root inside its sandbox. The page runs nothing.
        + (geteuid() == 0 ? ["--no-sandbox"] : []) + [page.absoluteString],
      environment: try OfficeProgram.environment(leavingAllIn: folder.path, temporary: false))
    guard let status else {
      throw DocumentFormError.failed(
        self, reason: DocumentFormError.notFinished(program))
    }
    guard status == 0 else {
      throw DocumentFormError.failed(self, reason: DocumentFormError.ended(program, code: status))
    }
  }
}

/// Why a form of the report was not made; each states the next step. The HTML file is complete nevertheless.
public enum DocumentFormError: BilingualError, Equatable {
  case programMissing(DocumentForm)
  case failed(DocumentForm, reason: LocalizedText)
}
