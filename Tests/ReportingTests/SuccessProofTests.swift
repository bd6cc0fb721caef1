import Model
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite struct SuccessProofTests {
  /// Attempts of a group in three hours of one day, at a site with everything that a proof needs.
  private func source(_ change: (inout MemorySource) -> Void = { _ in }) -> MemorySource {
    var source = Example.workedExample()
    let first = source.usage[0].hour
    source.usage = (0..<3).map {
      Example.use(Hour(sinceEpoch: first.sinceEpoch + $0), device: 1, sessions: 0, blocked: 2, up: 60, down: 0)
    }
    source.showsSuccess()
    change(&source)
    return source
  }

  private func row(_ change: (inout MemorySource) -> Void = { _ in }) throws -> (dskCase: String?, reason: String) {
    let row = try table(.findings, source(change))[0]
    return (row["dsk_case"], row["reason"] ?? "")
  }

  private func index(_ source: MemorySource) -> Int {
    source.rows.firstIndex { $0.coverage.hour == source.usage[1].hour }!
  }

  @Test("A complete proof gives prevented")
  func proven() throws {
    #expect(try row().dskCase == "1_prevented")
  }

  @Test("Anything missing in one hour with attempts leaves the case open, and the reason names it")
  func missing() throws {
    let cases: [(inout MemorySource) -> String] = [
      {
        $0.rows[index($0)].coverage.sight?.twoSidedFlows = 0
        return "in 1 hour with attempts no flow was seen in both directions"
      },
      {
        $0.rows[index($0)].coverage.sight?.webFlows = 0
        return "in 1 hour with attempts nothing went to TCP port 443"
      },
      {
        for place in $0.rows.indices { $0.rows[place].coverage.sight?.quicFlows = 0 }
        return "nothing ever went to UDP port 443"
      },
      { source in
        source.groups = []
        return "on 1 day with attempts the group reached nothing else either"
      },
      {
        $0.rows[index($0)].coverage.canariesSeen = 0
        return "in 1 hour with attempts the canary was missing"
      },
      {
        $0.rows[index($0)].coverage.gaps = [.interfaceDown: 300]
        return "in 1 hour the coverage is not assessable"
      },
      {
        // In an hour without attempts, where a success may have been missed.
        $0.rows[40].coverage.sight?.oneSidedFlows = 30
        return "in 1 hour the coverage is not assessable"
      },
      {
        for place in 0..<3 { $0.rows[place].coverage.sight = nil }
        return "in 3 hours an older version did not measure it"
      },
    ]
    for change in cases {
      var expected = ""
      let row = try row { expected = change(&$0) }
      #expect(row.dskCase == "open", "\(expected)")
      #expect(row.reason.contains(expected), "\(expected): \(row.reason)")
    }
  }

  @Test("A group's name in the settings does not matter: the collecting group reached what all its groups reached")
  func collected() throws {
    let row = try row { source in
      for place in source.present.indices { source.present[place].group = place % 40 < 3 ? "Standesamt" : "Bauamt" }
      for place in source.usage.indices { source.usage[place].group = "Standesamt" }
      for place in source.groups.indices { source.groups[place].group = "Bauamt" }
    }
    #expect(row.dskCase == "1_prevented")
  }
}
