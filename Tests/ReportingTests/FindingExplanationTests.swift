import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite("Explanation of a finding")
struct FindingExplanationTests {
  private func explained(
    _ source: MemorySource, revision: Int = 1
  ) throws -> FindingExplanation? {
    let finding = try #require(try AuditPeriod(source: source, from: nil, to: nil).findings().first)
    let rule = Example.rule(purpose: .requiredService)
    return try FindingExplanation(
      finding.id, source: source, from: nil, to: nil,
      today: FindingsDifference.Side(
        ruleSet: RuleSetStamp(version: "2026.6.1", hash: "sha256:cd", date: "2026-06-01"), rules: [rule],
        classify: { evidence in
          evidence.chainSequence == 340
            ? nil
            : RuleAssignment(
              ruleID: rule.id, ruleRevision: revision, matchedPattern: evidence.flow.matchedPattern,
              destinationName: nil)
        }))
  }

  @Test("rules, revisions and patterns are counted, then and today")
  func counts() throws {
    let text = try #require(try explained(Example.smallMorning())).text(.german)
    #expect(
      text.hasPrefix(
        """
        F-\(text.dropFirst(2).prefix(12)): Windows-Diagnosedaten (für Geräte), Telemetrie, Sozialamt, 11.05.2026 bis 11.05.2026

        \(FindingsTests.notAssessableReason.de)

        Rang 1 von 1; Punkte: 28
          8 von 12: dokumentierte Kategorien
          10 von 10: wiederkehrend
          2 von 10: Upload je Gerät
          8 von 8: Geheimnisschutz

        Ziele:
          v10.events.data.microsoft.com: 0 blockiert, 2 durchgekommen

        Entschieden durch:
          2 x windows-diag, Revision 1, Muster *.events.data.microsoft.com, Regelsatz 2026.4.1 (\(Example.hash))
        Der heutige Regelsatz 2026.6.1 (sha256:cd) sagt anderes:
          1 x keine Regel
          1 x windows-diag, Revision 1, Muster *.events.data.microsoft.com, als für den Betrieb erforderlich bezeichneter Dienst

        Regel windows-diag, wie sie damals war:
          Dienst
        """))
    #expect(text.contains("  Bei Sperrung             unbekannt\n"))
  }

  @Test("another revision is a change; one flow fewer with all else equal is not")
  func same() throws {
    var source = Example.smallMorning()
    source.evidence.removeLast()
    #expect(try #require(try explained(source)).text(.english).contains(" says the same.\n"))
    #expect(try #require(try explained(source, revision: 2)).text(.english).contains(" says otherwise:\n"))
  }

  @Test("if single flows are deleted, it says so and classifies nothing")
  func deleted() throws {
    var source = Example.smallMorning()
    source.evidence = []
    let text = try #require(try explained(source)).text(.english)
    #expect(text.contains("  windows-diag; single flows of these days are not stored, or not any more"))
    #expect(!text.contains("says the same") && !text.contains("otherwise"))
  }

  @Test("an id without a finding in these days is not explained")
  func unknown() throws {
    let source = Example.smallMorning()
    let side = FindingsDifference.Side(
      ruleSet: RuleSetStamp(version: "1", hash: "h", date: "2026-06-01"), rules: [], classify: { _ in nil })
    #expect(try FindingExplanation("F-000000000000", source: source, from: nil, to: nil, today: side) == nil)
    for text in ["F-00000000000", "F-00000000000G", "F-ABCDEFABCDEF", "", "F-", "T-000000000000"] {
      #expect(!FindingExplanation.isIdentifier(text))
    }
    #expect(FindingExplanation.isIdentifier("F-0123456789af"))
  }
}
