import Model
import Privacy
import ReportTestSupport
import Reporting
import Store
import Testing

@Suite("Findings show how certain the attribution of flows is")
struct MatchBasisTests {
  private func findings(_ change: (inout RuleUsage) -> Void) throws -> (row: [String: String], german: [String: String])
  {
    var source = Example.smallMorning()
    change(&source.usage[0])
    return (try table(.findings, source)[0], try table(.findings, source, .officeGerman)[0])
  }

  @Test("sessions by alias and in contradiction to DNS are counted and are in the reason")
  func counts() throws {
    let (row, german) = try findings {
      $0.aliasFlows = 1
      $0.contradictedFlows = 1
    }
    #expect(row["alias_flows"] == "1" && row["contradicted_flows"] == "1")
    #expect(row["reason"]?.contains(" Attributed by an alias: 1 of 2 sessions and blocked attempts.") == true)
    #expect(row["reason"]?.contains(" Name contradicts DNS: 1 of 2 sessions and blocked attempts.") == true)
    #expect(
      german["reason"]?.contains(" Über einen Aliasnamen zugeordnet: 1 von 2 Verbindungen und blockierten Versuchen.")
        == true)
    #expect(
      german["reason"]?.contains(" Name widerspricht DNS: 1 von 2 Verbindungen und blockierten Versuchen.") == true)
  }

  @Test("nothing is said if there are none, and unknown stays unknown")
  func unknown() throws {
    #expect(try findings { _ in }.row["reason"]?.contains("alias") == false)
    let row = try findings {
      $0.aliasFlows = nil
      $0.contradictedFlows = nil
    }.row
    #expect(row["alias_flows"] == "unknown" && row["contradicted_flows"] == "unknown")
    #expect(row["reason"]?.contains("alias") == false)
  }

  @Test("uninspected clear text is listed with the classes that were found, and is not an identifier class")
  func notInspected() throws {
    #expect(
      try findings { $0.cleartextIdentifierClasses = [.notInspected] }.row["cleartext_identifier_classes"]
        == "not_inspected")
    let (row, german) = try findings { $0.cleartextIdentifierClasses = [.cookie, .notInspected, .userName] }
    #expect(row["cleartext_identifier_classes"] == "cookie|user_name|not_inspected")
    #expect(german["cleartext_identifier_classes"] == "Cookie|Benutzername|nicht untersucht")
  }
}
