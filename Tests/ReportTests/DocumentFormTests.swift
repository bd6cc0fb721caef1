import Foundation
import Model
import ReportTestSupport
import TestSupport
import Testing

@testable import Report
@testable import Reporting

@Suite("Other forms of the report", .serialized)
struct DocumentFormTests {
  private func document() throws -> ReportDocument {
    ReportDocument(try ReportedPeriod(source: Example.workedExample()), .german)
  }

  @Test(
    "Chromium makes a tagged PDF of it in A4, which names its language",
    .enabled(if: DocumentForm.pdf.program != nil, "Chromium is not installed: apt-get install chromium"))
  func pdf() throws {
    let folder = try TemporaryDirectory()
    let document = try document()
    let page = try document.write(to: folder.url.path)
    let path = try document.write(.pdf, besides: page)
    #expect(path == page.replacing(".html", with: ".pdf"))
    let bytes = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    #expect(bytes.hasPrefix("%PDF-"))
    #expect(bytes.contains("/StructTreeRoot"))
    #expect(bytes.contains("/Marked true"))
    #expect(bytes.contains("/Lang (de)"))
    #expect(bytes.contains("/MediaBox [0 0 594.95996 841.91998]") || bytes.contains("/MediaBox [0 0 595"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 2)
  }

  @Test(
    "LibreOffice makes files of it that hold every sentence and figure but no remains of pictures",
    .enabled(
      if: DocumentForm.odt.program != nil
        && FileManager.default.fileExists(atPath: "/usr/lib/libreoffice/program/libswlo.so"),
      "LibreOffice Writer is not installed: apt-get install libreoffice-writer"), arguments: [DocumentForm.odt, .docx])
  func office(form: DocumentForm) throws {
    let folder = try TemporaryDirectory()
    let document = try document()
    let path = try document.write(form, besides: try document.write(to: folder.url.path))
    #expect(path.hasSuffix("_de.\(form.rawValue)"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).starts(with: Array("PK".utf8)))
  }

  @Test("the page for office programs has the tables and headings of the report, and neither pictures nor style")
  func officePage() throws {
    let markup = Markup.all([
      .style(StyleSheet(runningTitle: "x", pageWord: "y")), .element(.nav, .text("chapters")),
      .element(.figure, .element(.svg, .element(.title, .text("picture")))), .element(.h2, .text("heading")),
      DataTable(caption: "c", headings: [.init(text: "h")], rows: [["v"]], nothing: "").markup,
    ])
    let page = PageReader(markup.forOfficePrograms.page)
    #expect(page.elements.names == ["h2", "table", "caption", "thead", "tr", "th", "tbody", "tr", "th"])
    #expect(page.table("c") == [["v"]])
  }

  @Test("a missing program is named with the package that brings it", arguments: DocumentForm.allCases)
  func missing(form: DocumentForm) {
    let both = DocumentFormError.programMissing(form).text
    let text = both.en
    #expect(text.contains(form == .pdf ? "Install the package chromium" : "Install the package libreoffice-writer"))
    #expect(text.hasPrefix("The HTML file is written"))
    #expect(
      both.de.contains(form == .pdf ? "Das Paket chromium installieren" : "Das Paket libreoffice-writer installieren"))
  }
}
