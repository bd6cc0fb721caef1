import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

/// An attacker with several exports tries to find the same device, flow or evidence in them.
@Suite("Joining exports")
struct JoinAttackTests {
  private let office: Office = {
    var office = Office()
    for day in 0..<14 { office.add(Office.day(Int64(day)), ["Schule": Array(1...40)]) }
    return office
  }()
  private var exports: [[[String: String]]] {
    get throws {
      try [(0, 8), (2, 13), (0, 13)].map { try office.rows(.flows, Office.day($0.0), Office.day($0.1)) }
    }
  }

  @Test("no name of a flow, device or evidence is in two exports of different periods, though most rows are the same")
  func names() throws {
    let exports = try exports
    for column in ["flow_id", "device_token"] {
      let names = exports.map { rows in Set(rows.compactMap { $0[column] }) }
      for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        #expect(names[one].isDisjoint(with: names[other]), "\(column)")
        #expect(names[one].count >= 40)
      }
    }
    let evidence = try [(0, 8), (2, 13), (0, 13)].map {
      try office.rows(.findings, Office.day($0.0), Office.day($0.1))[0]["evidence_ref"]?.split(separator: "|")[0]
    }
    #expect(Set(evidence).count == 3)
    // The tables of one export do not share a name either, except the finding.
    let flows = Set(exports[0].compactMap { $0["flow_id"]?.dropFirst(2) })
    #expect(!flows.contains(evidence[0]?.dropFirst(2) ?? ""))
  }

  @Test("columns of flows contain no place in the chain and no hash of it")
  func columns() {
    let columns = FlowColumn.allCases.map(\.rawValue)
    #expect(!columns.contains { $0.hasPrefix("chain") })
  }

  @Test("the order of rows within an hour differs in each export, and is never the chain's")
  func order() throws {
    let orders = try exports.map { rows in
      rows.filter { $0["start_bucket"] == "2026-05-08T10:00:00Z" }.compactMap { $0["bytes_up"] }
    }
    let chain = office.source.evidence.filter { $0.flow.hour == Example.hour("2026-05-08", 10) }
      .map { String($0.flow.traffic.bytesUp) }
    #expect(orders.map(\.count) == [40, 40, 40])
    #expect(Set(orders + [chain]).count == 4)
    #expect(orders.allSatisfy { $0.sorted() == chain.sorted() })
    // The hours are still in order.
    for rows in try exports {
      let hours = rows.compactMap { $0["start_bucket"] }
      #expect(hours == hours.sorted())
    }
  }

  @Test("equal hour, destination and bytes still join two exports, but never one week of a device with another")
  func whatJoins() throws {
    let exports = try exports
    func key(_ row: [String: String]) -> [String?] {
      [row["start_bucket"], row["dst_ip"], row["bytes_up"], row["bytes_down"]]
    }
    let other = Dictionary(exports[1].map { (key($0), $0["device_token"] ?? "") }) { first, _ in first }
    var joined: [String: Set<String>] = [:]
    for row in exports[0] {
      if let token = other[key(row)] { joined[row["device_token"] ?? "", default: []].insert(token) }
    }
    // Each row of the days that both have is recognised, as the legend says.
    #expect(joined.count == 80)
    // Both exports hold two weeks; a token leads to one token, of the same week, and that to no row of the other week.
    #expect(joined.values.allSatisfy { $0.count == 1 })
    for rows in exports {
      let weeks = Dictionary(grouping: rows) { $0["device_token"] ?? "" }.values.map { rows in
        Set(rows.map { ($0["start_bucket"] ?? "") < "2026-05-10T22" ? 1 : 2 }).count
      }
      #expect(weeks.allSatisfy { $0 == 1 } && weeks.count == 80)
    }
  }

  @Test("the same export made again is the same, byte by byte")
  func again() throws {
    for table in ExportTable.allCases {
      #expect(try bytes(table, office.source, to: Office.day(8)) == bytes(table, office.source, to: Office.day(8)))
    }
  }

  @Test("with the store, each flow and each finding's evidence is found in the chain, but only with the export's days")
  func proof() throws {
    let (from, to) = (Office.day(2), Office.day(5))
    let names = try office.rows(.flows, from, to).compactMap { $0["flow_id"] }
    let places = try EvidenceLookup.places(of: names, source: office.source, from: from, to: to)
    let sequences = places.compactMap { place -> Int64? in
      guard case .flow(let sequence, let hash) = place else { return nil }
      #expect(hash.wholeMatch(of: /sha256:[0-9a-f]{64}/) != nil)
      return sequence
    }
    #expect(sequences.sorted() == Array(81...240))
    let finding = try office.rows(.findings, from, to)[0]
    let parts = try #require(finding["evidence_ref"]).split(separator: "|").map(String.init)
    #expect(parts[1] == finding["finding_id"])
    #expect(
      try EvidenceLookup.places(of: [parts[0]], source: office.source, from: from, to: to)
        == [.finding(id: parts[1], flows: 160, first: 81, last: 240)])
    #expect(
      try EvidenceLookup.places(of: [parts[0], names[0]], source: office.source, from: from, to: nil)
        == [.unknown, .unknown])
    // A changed or deleted flow gives the evidence another name.
    var less = office.source
    less.evidence.remove(at: 100)
    #expect(try EvidenceLookup.places(of: [parts[0]], source: less, from: from, to: to) == [.unknown])
  }

  @Test("names of references are distinguished from other words")
  func form() {
    #expect(EvidenceLookup.isReference("L-0011223344556677"))
    #expect(EvidenceLookup.isReference("E-0011223344aabbcc"))
    for text in ["L-0011", "D-0011223344556677", "L-0011223344AABBCC", "", "L-0011223344556677 "] {
      #expect(!EvidenceLookup.isReference(text))
    }
  }
}
