import Foundation
import Model
import ReportTestSupport
import Reporting
import Store
import Testing

@testable import Report

@Suite("The file for the CNIL's PIA tool, and the report as Markdown")
struct AssessmentFileTests {
  /// Questions of `pia_architecture.json`; of these, 325, 326, 335, 336, 345 and 346 have a gauge.
  private static let questions: Set<Int> = Set(
    [111...113, 121...123, 211...215, 221...227, 321...326, 331...336, 341...346].joined())

  private func root(_ source: MemorySource, _ language: Language = .german) throws -> [String: Any] {
    let file = try AssessmentFile(try ReportedPeriod(source: source), language)
    return try #require(try JSONSerialization.jsonObject(with: Data(file.json)) as? [String: Any])
  }

  @Test(
    "Every member that the import of the tool reads is there, in the type that it reads",
    arguments: [Language.german, .english])
  func structure(language: Language) throws {
    let root = try root(Example.workedExample(), language)
    #expect(Set(root.keys) == ["pia", "answers", "comments", "measures", "evaluations"])
    let pia = try #require(root["pia"] as? [String: Any])
    #expect((pia["name"] as? String)?.contains("rathaus-gw1") == true)
    for member in [
      "category", "author_name", "evaluator_name", "validator_name", "dpos_names", "people_names", "dpo_opinion",
      "concerned_people_opinion", "concerned_people_searched_content", "rejection_reason", "applied_adjustments",
    ] { #expect(pia[member] as? String == "", "\(member)") }
    // Nobody approved, refused or signed anything; a structure of its own would replace the questions.
    for member in ["dpo_status", "concerned_people_status", "concerned_people_searched_opinion", "structure_id"] {
      #expect(pia[member] == nil)
    }
    #expect(pia["status"] as? Int == 0)
    let date = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    #expect(try date.parse(try #require(pia["created_at"] as? String)) == date.parse("2026-05-18T00:00:00.000Z"))
    let answers = try #require(root["answers"] as? [[String: Any]])
    let comments = try #require(root["comments"] as? [[String: Any]])
    #expect((root["measures"] as? [Any])?.isEmpty == true && (root["evaluations"] as? [Any])?.isEmpty == true)
    let asked = answers.compactMap { $0["reference_to"] as? Int }
    #expect(asked.count == answers.count && Set(asked).isSubset(of: Self.questions) && Set(asked).count == asked.count)
    for answer in answers {
      let data = try #require(answer["data"] as? [String: Any])
      // No answer is written and no gauge set: both stay with people.
      #expect(data["text"] as? String == "" && data["gauge"] is NSNull && (data["list"] as? [Any])?.isEmpty == true)
      #expect(throws: Never.self) { try date.parse(try #require(answer["created_at"] as? String)) }
    }
    // The tool shows a comment only beside a question with an answer.
    #expect(comments.compactMap { $0["reference_to"] as? Int } == asked)
    for comment in comments {
      let text = try #require(comment["description"] as? String)
      #expect(
        text.hasPrefix(
          language == .german
            ? "Vorschlag von egressaudit; Menschen entscheiden.\n" : "Proposal of egressaudit; people decide.\n"))
      #expect(comment["for_measure"] as? Bool == false)
    }
  }

  @Test("Severity and likelihood are proposed in words beside the question, and the same store gives the same bytes")
  func proposals() throws {
    let comments = try #require(try root(Example.workedExample())["comments"] as? [[String: Any]])
    func comment(_ question: Int) -> String {
      comments.first { $0["reference_to"] as? Int == question }?["description"] as? String ?? ""
    }
    #expect(comment(325).contains("Vorgeschlagene Schwere") && comment(325).contains("Sozialamt: 4"))
    #expect(comment(326).contains("Sozialamt: 4"))
    #expect(comment(227).contains("Microsoft Ireland Operations Limited: IE; Microsoft Corporation"))
    #expect(comment(226).contains("keine Liste eingelesen; keine Liste eingelesen"))
    let period = try ReportedPeriod(source: Example.workedExample())
    let files = try [1, 2].map { _ in try AssessmentFile(period, .german) }
    #expect(files[0].json == files[1].json)
    #expect(files[0].fileName == "dpia_rathaus-gw1_2026-05-04_2026-05-17_de.json")
  }

  @Test("A comment shows no number of devices and no hidden character, whatever the rules say")
  func hostileTexts() throws {
    var source = Example.workedExample()
    source.facts[Example.hash] = [
      "windows-diag": Example.rule(
        title: LocalizedText(en: "a\u{202e}b\n</textarea><script>", de: "a\u{202e}b\n</textarea><script>"))
    ]
    let comments = try #require(try root(source)["comments"] as? [[String: Any]])
    let text = comments.compactMap { $0["description"] as? String }.joined()
    #expect(!text.contains("\u{202e}") && text.contains("a\\x202eb"))
  }

  // MARK: Markdown

  @Test("Every cell of every table of the page is in the Markdown, in the same order")
  func cells() throws {
    let document = ReportDocument(try ReportedPeriod(source: Example.workedExample()), .german)
    let markdown = String(decoding: document.markdown, as: UTF8.self)
    let rows = markdown.split(separator: "\n").filter { $0.hasPrefix("| ") }
    let html = String(decoding: document.html, as: UTF8.self)
    // Pictures and links have no rows.
    #expect(html.components(separatedBy: "<tr ").count - 1 == rows.count { !$0.hasPrefix("| ---") })
    #expect(html.components(separatedBy: "<table ").count - 1 == rows.count { $0.hasPrefix("| ---") })
    func plain(_ text: Substring) -> String { String(text).replacing("\\", with: "") }
    #expect(
      rows.contains {
        plain($0).hasPrefix("| Microsoft Ireland Operations Limited | IE | Microsoft Corporation (US) |")
      })
    #expect(markdown.hasPrefix("# "))
    #expect(!markdown.contains("<") && !markdown.contains("svg"))
  }

  @Test(
    "A text stays text in Markdown",
    arguments: [
      ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"), ("a | b", "a \\| b"),
      ("[x](javascript:y)", "\\[x\\](javascript:y)"), ("# no heading", "\\# no heading"), ("- no item", "\\- no item"),
      ("1. no item", "1\\. no item"), ("2026) x", "2026\\) x"),
      ("*a* _b_ `c` ~~d~~", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~"),
      ("&lt;", "\\&lt;"), ("back\\slash", "back\\\\slash"), ("e-mail 2026-05-01", "e-mail 2026-05-01"),
      ("a\nb", "a\\\\x0ab"), ("===", "\\=\\=\\="),
    ])
  func escaping(text: String, expected: String) {
    #expect(String(decoding: Markup.paragraph(text).markdown, as: UTF8.self) == expected + "\n")
    let table = DataTable(caption: "c", headings: [.init(text: text)], rows: [[text]], nothing: "").markup
    #expect(
      String(decoding: table.markdown, as: UTF8.self) == "**c**\n\n| \(expected) |\n| --- |\n| \(expected) |\n")
  }

  @Test("Lists, emphasis and neighbours of a line keep their words apart")
  func structureOfMarkdown() {
    let markup = Markup.all([
      .element(.h2, .text("Head")),
      .element(.div, .element(.strong, .text("6")), .element(.span, .text("of 7")), .text("recipients")),
      .element(.ol, .element(.li, .text("one")), .element(.li, .text("two"))), .list(["x", "y"]),
      .element(.figure, .text("picture")), .element(.nav, .text("link")),
    ])
    #expect(
      String(decoding: markup.markdown, as: UTF8.self)
        == "## Head\n\n**6**of 7 recipients\n\n1. one\n1. two\n\n- x\n- y\n")
  }
}
