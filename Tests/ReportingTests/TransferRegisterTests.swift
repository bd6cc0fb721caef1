import Model
import ReportTestSupport
import Testing

@testable import Reporting

@Suite("Registers in transfers.csv")
struct TransferRegisterTests {
  private func transfer(_ change: (inout RuleFacts) -> Void, _ profile: ExportProfile = .rfc4180) throws -> [String:
    String]
  {
    var source = Example.workedExample()
    var facts = Example.rule()
    change(&facts)
    source.facts = [Example.hash: ["windows-diag": facts]]
    return try #require(try table(.transfers, source, profile).first)
  }

  @Test("transfer tools are listed with their days, in both languages; without an entry both are unknown")
  func tools() throws {
    var row = try transfer { facts in
      facts.recipient.transferTools.append(
        TransferToolEntry(
          tool: "clauses", title: LocalizedText(en: "Clauses", de: "Klauseln"), entity: "Microsoft Ireland",
          status: .stated, asOf: "2021-09", isSecondHand: true,
          source: SourceReference(document: "addendum", date: "2021-09-15")))
    }
    #expect(
      row["transfer_tool_register"]
        == "EU-US Data Privacy Framework: Microsoft Corporation, entered; Clauses: Microsoft Ireland, stated (second hand)"
    )
    #expect(row["register_date"] == "2026-04-01|2021-09")
    row = try transfer({ _ in }, .officeGerman)
    #expect(row["transfer_tool_register"] == "EU-US-Datenschutzrahmen: Microsoft Corporation, eingetragen")
    #expect(row["register_date"] == "01.04.2026")
    row = try transfer { $0.recipient.transferTools = [] }
    #expect(row["transfer_tool_register"] == "unknown")
    #expect(row["register_date"] == "unknown")
  }

  @Test("a pattern on a shared network gives yes, any other gives unknown")
  func sharedNetwork() throws {
    func use(_ pattern: String) -> SharedNetworkUse {
      SharedNetworkUse(
        network: SharedNetwork(id: "front", operatorName: "Front", kind: .anycast, sources: []), patterns: [pattern])
    }
    #expect(try transfer { $0.sharedNetworks = [use("*.events.data.microsoft.com")] }["anycast_or_cdn"] == "yes")
    #expect(try transfer { $0.sharedNetworks = [use("a.example")] }["anycast_or_cdn"] == "unknown")
    #expect(try transfer { _ in }["anycast_or_cdn"] == "unknown")
  }
}
