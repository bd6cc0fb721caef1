import Foundation
import Model
import Report
import Reporting
import TestSupport
import Testing

@Suite("papers, from the command line")
struct PapersCommandTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func papers(_ options: [String]) throws -> Program.Run {
    try Program.run(["papers", "--output", folder.path("papers")] + options)
  }

  private func agreement(_ language: String = "de") throws -> String {
    try String(
      contentsOfFile: folder.path("papers/works-agreement_rathaus-musterstadt_\(language).html"), encoding: .utf8)
  }

  @Test("five files in the language that was asked for, with the values of the file", arguments: ["de", "en"])
  func files(language: String) throws {
    let run = try papers(["--config", Project.sampleConfiguration, "--language", language])
    #expect(run.code == 0 && run.said == "", "\(run.said)")
    #expect(
      run.output
        == PaperKind.allCases.map { folder.path("papers/\($0.rawValue)_rathaus-musterstadt_\(language).html\n") }
        .joined())
    let page = try agreement(language)
    #expect(page.contains("<html lang=\"\(language)\">"))
    for value in ["Bürgeramt", "Sozialamt", "10.20.2.0/24", "2001:db8:20:2::/64"] { #expect(page.contains(value)) }
    #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"))
  }

  @Test("with the store they say what it holds, and whether this configuration filled it")
  func store() throws {
    let store = folder.path("store.sqlite")
    try Project.replay([Project.sample], into: store)
    #expect(try papers(["--config", Project.sampleConfiguration, "--store", store, "--language", "de"]).code == 0)
    let page = try agreement()
    #expect(page.contains("Der Speicher enthält Beobachtungen vom 11.05.2026 bis 11.05.2026"))
    #expect(page.contains("\(store).key") && !page.contains("mit einer anderen Konfiguration"))
    let text = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    let other = try folder.write(
      text + "retention: { evidence_days: 31 }\nexclusions: { networks: [10.20.1.9] }\n", to: "other.yaml")
    let changed = try papers(["--config", other, "--store", store, "--language", "de"])
    #expect(changed.code == 0)
    let next = try agreement()
    #expect(next.contains("mit einer anderen Konfiguration") && next.contains("31 Tage nach dem Tag der Beobachtung"))
    #expect(next.contains("0 Hardwareadressen und 1 Adressbereich.") && !next.contains("10.20.1.9"))
    // Somebody may have completed the earlier ones.
    #expect(changed.said.components(separatedBy: "Sie heißt jetzt ").count == 6)
    #expect(
      try String(
        contentsOfFile: folder.path("papers/works-agreement_rathaus-musterstadt_de_kept-1.html"), encoding: .utf8)
        == page)
  }

  @Test("a faulty configuration gives no paper")
  func fault() throws {
    let run = try papers(["--config", try folder.write("groups: 7\n", to: "site.yaml")])
    #expect(run.code == 3 && run.said.contains("site.yaml:1:"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("papers")))
    #expect(try papers([]).code == 2)
  }
}
