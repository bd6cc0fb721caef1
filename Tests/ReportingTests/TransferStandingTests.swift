import Foundation
import Model
import Privacy
import ReportTestSupport
import Rules
import Store
import Testing

@testable import Reporting

@Suite("Third countries and transfer tools")
struct TransferStandingTests {
  private let days = LocalDate("2026-05-04")!...LocalDate("2026-05-17")!

  private func recipient(_ seat: String?, _ parent: String?, _ parentSeat: String?) -> Recipient {
    var recipient = Example.microsoft
    (recipient.seat, recipient.parent, recipient.parentSeat) = (seat, parent, parentSeat)
    return recipient
  }

  private func standing(_ recipient: Recipient, limit: Int = 365) -> TransferStanding {
    TransferStanding(recipient, days: days, maximumListAgeDays: limit)
  }

  @Test("The hint is yes for the recipient's seat and possible for its parent's, in findings and transfers alike")
  func thirdCountry() {
    let standings = [
      recipient("US", nil, nil), recipient("IE", "X", "US"), recipient("IE", nil, nil), recipient("IE", "X", nil),
      recipient(nil, nil, nil), recipient("CH", "X", "DE"), recipient("NO", "X", "IS"), recipient(nil, "X", "US"),
    ].map { standing($0) }
    #expect(
      standings.map(\.thirdCountryHint)
        == ["yes", "possible", "no", "not_determinable", "not_determinable", "yes", "no", "possible"])
    #expect(
      standings.map(\.thirdCountry) == ["yes", "possible", "no", "unknown", "unknown", "yes", "no", "possible"])
  }

  @Test("A recipient in the EU with a parent outside is an access risk of the parent, and needs no tool")
  func parentAccess() {
    var recipient = recipient("IE", "X", "US")
    recipient.transferTools = []
    #expect(standing(recipient).flags == [.parentAccess])
    #expect(standing(recipient).tool == nil)
    #expect(standing(self.recipient("DE", nil, nil)).flags == [])
    #expect(standing(self.recipient("US", "X", "US")).flags == [.seatThirdCountry])
  }

  /// State of one entry of a recipient in the United States.
  private func tool(
    limit: Int = 365, _ change: (inout TransferToolEntry) -> Void = { _ in }
  ) -> TransferStanding.Tool? {
    var recipient = recipient("US", nil, nil)
    change(&recipient.transferTools[0])
    return standing(recipient, limit: limit).tool
  }

  @Test("An entry of a list is valid and checked only if the list itself was read, within the limit of days")
  func lists() {
    #expect(tool() == .validChecked)
    #expect(tool { $0.isSecondHand = true } == .enteredUnchecked)
    #expect(tool { $0.status = .stated } == .enteredUnchecked)
    #expect(tool { $0.status = .notEntered } == .noneKnown)
    // 2026-04-01 is 46 days before the last flow.
    #expect(tool(limit: 46) == .validChecked)
    #expect(tool(limit: 45) == .enteredUnchecked)
    #expect(tool { $0.asOf = "2027-05-17" } == .validChecked)
    #expect(tool { $0.asOf = "2027-05-18" } == .enteredUnchecked)
    #expect(tool { $0.asOf = "sometime" } == .enteredUnchecked)
    #expect(tool(limit: 1) { $0.status = .covered } == .validChecked)
  }

  @Test("A tool that ends, or has not begun, on any day of the flows is not in force, whatever the list says")
  func validity() {
    #expect(tool { $0.validUntil = "2026-05-17" } == .validChecked)
    #expect(tool { $0.validUntil = "2026-05-16" } == .expired)
    #expect(tool { $0.validUntil = "2026-05-03" } == .expired)
    #expect(tool { $0.validFrom = "2026-05-04" } == .validChecked)
    #expect(tool { $0.validFrom = "2026-05-05" } == .expired)
    #expect(tool { ($0.validUntil, $0.isSecondHand) = ("2026-05-16", true) } == .expired)
    #expect(tool { $0.validUntil = "whenever" } == .enteredUnchecked)
  }

  @Test("The best entry is used, and the flag names its day")
  func best() throws {
    var american = recipient("US", nil, nil)
    var clauses = american.transferTools[0]
    (clauses.tool, clauses.status, clauses.asOf) = ("clauses", .stated, "2021-09")
    american.transferTools[0].validUntil = "2026-05-15"
    american.transferTools.append(clauses)
    #expect(standing(american).tool == .enteredUnchecked)
    #expect(standing(american).toolDates == ["2021-09"])
    #expect(standing(american).flags == [.seatThirdCountry, .toolEnteredUnchecked])
    var source = Example.workedExample()
    source.facts = [Example.hash: ["windows-diag": Example.rule(recipient: american)]]
    let row = try table(.findings, source)[0]
    #expect(row["third_party_access"] == "seat_third_country|tool_entered_unchecked")
    #expect(
      row["reason"]?.contains(
        "Access by third parties (E3): seat in a third country, transfer tool noted, not checked first hand (as of 2021-09)."
      ) == true)
    #expect(try table(.transfers, source)[0]["transfer_tool_state"] == "entered_unchecked")
  }

  @Test(
    "Findings and transfers agree on every recipient of the rules, on days before, within and after each tool")
  func noContradiction() throws {
    let rules = try RuleSet(
      directory: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("rules").path)
    let recipients = Dictionary(rules.facts.map { ($0.recipient.id, $0.recipient) }) { first, _ in first }
    #expect(recipients.count > 50)
    let start = Example.smallMorning()
    for day in ["2020-01-01", "2023-07-10", "2026-01-25", "2026-05-11", "2026-11-24", "2031-12-27", "2031-12-28"] {
      for group in [["Sozialamt", "Sozialamt"], ["Sozialamt", "Bauamt"]] {
        var source = start
        source.rows = ["06", "07"].map { hour in Example.sensorHour(Example.hour(day, Int64(hour)!)) }
        source.present = (1...10).map {
          DevicePresence(
            day: LocalDate(day)!.day, group: $0 < 6 ? group[0] : group[1], device: Example.device($0))
        }
        source.evidence = []
        source.facts = [Example.hash: [:]]
        source.usage = []
        for (id, recipient) in recipients {
          source.facts[Example.hash]?[id] = Example.rule(id: id, service: id, recipient: recipient)
          for (index, name) in group.enumerated() {
            source.usage.append(
              Example.use(
                Example.hour(day, 6 + Int64(index)), device: UInt8(1 + index * 5), group: name, rule: id))
          }
        }
        let transfers = try Dictionary(
          uniqueKeysWithValues: table(.transfers, source).map { ($0["recipient"]! + $0["findings"]!, $0) })
        let findings = try table(.findings, source)
        #expect(findings.count >= recipients.count)
        for finding in findings {
          let transfer = try #require(transfers.values.first { $0["findings"]!.contains(finding["finding_id"]!) })
          let flags = finding["third_party_access"]!.split(separator: "|").map(String.init)
          let state = transfer["transfer_tool_state"]!
          let expected =
            [
              "none_known": "tool_none_known", "entered_unchecked": "tool_entered_unchecked", "expired": "tool_expired",
            ][
              state]
          #expect(flags.first { $0.hasPrefix("tool_") } == expected, "\(finding["recipient"]!) on \(day)")
          #expect(
            finding["third_country_hint"]
              == transfer["third_country"]!.replacing("unknown", with: "not_determinable"))
          #expect(flags.contains("parent_access") == (transfer["third_country"] == "possible"))
          #expect(flags.contains("seat_third_country") == (transfer["third_country"] == "yes"))
        }
      }
    }
  }
}
