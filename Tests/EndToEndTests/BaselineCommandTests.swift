import Foundation
import Model
import Store
import TestSupport
import Testing

@Suite("Baselines, from packets to sentences")
struct BaselineCommandTests {
  /// A Tuesday at 10:00 in Berlin.
  private static let start = Timestamp(seconds: 1_700_557_200)
  private let folder: TemporaryDirectory
  private let store: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("store.sqlite")
  }

  /// Six devices visit each name on a day.
  private func replay(_ names: [String], day: Int64) throws {
    var frames: [TimedFrame] = []
    for (index, name) in names.enumerated() {
      for device in 11...16 {
        var conversation = TCPConversation(
          PacketBuilder(from: "10.0.0.\(device)", to: "203.0.113.\(index + 9)"),
          start: Self.start.advanced(by: .seconds(day * 86_400 + Int64(index * 20 + device))))
        conversation.open()
        conversation.send(.client, ClientHelloBuilder(name).record)
        conversation.send(.server, Array(repeating: 0x17, count: 100))
        conversation.close()
        frames += conversation.frames
      }
    }
    let capture = try folder.write(PcapWriter.pcap(frames.sorted { $0.time < $1.time }), to: "day-\(day).pcap")
    let site = try folder.write(
      "site: { name: rathaus }\ngate: { minimum_device_days: 1, maximum_gap: 1, maximum_rule_age_days: 100000 }\n",
      to: "site.yaml")
    try Project.replay([capture], into: store, configuration: site)
  }

  private func run(_ arguments: String...) throws -> (code: Int32, output: String, said: String) {
    let run = try Program.run(arguments + ["--store", store])
    return (run.code, run.output, run.said)
  }

  private func expectIntactChain() throws {
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("a new destination and a new service after the patch day are counted, listed, exported, and give exit code 1")
  func compare() throws {
    try replay(["many-contact.example", "v10.events.data.microsoft.com"], day: 0)
    let set = try run(
      "baseline", "set", "november", "--from", "2023-11-21", "--to", "2023-11-21", "--patch-day", "2023-11-30")
    #expect(set.code == 0, "\(set)")
    #expect(
      set.output.contains("Baseline november: 2023-11-21 to 2023-11-21, set on ")
        && set.output.contains(
          "observed days: 1; findings with contact: 1; destinations without a rule: 1; patch days: 2023-11-30.")
        && set.output.contains("No patch day lies in it"), "\(set.output)")
    let nothing = try run("baseline", "compare", "november")
    #expect(nothing.code == 3 && nothing.output.contains("has no day that can be compared"), "\(nothing)")
    try replay(["many-contact.example", "v10.events.data.microsoft.com"], day: 8)
    let same = try run("baseline", "compare", "november")
    #expect(same.code == 0 && same.output.contains("Since the baseline november: nothing new."), "\(same)")
    try replay(["many-contact.example", "fresh-contact.example", "incoming.telemetry.mozilla.org"], day: 9)
    let compared = try run("baseline", "compare", "november")
    #expect(compared.code == 1, "\(compared)")
    #expect(
      compared.output.contains(
        "Since patch day 2023-11-30: 1 new destination without a rule, 1 telemetry service new on 6 devices.\n"),
      "\(compared.output)")
    #expect(compared.output.contains("  new: fresh-contact.example, on 2023-11-30, 6 devices\n"))
    let table = try run("export", "changes", "--output", "-", "--profile", "rfc4180")
    #expect(table.code == 0)
    let changes = table.output.split(separator: "\r\n").dropFirst().map { $0.split(separator: ",").prefix(3).joined() }
    #expect(changes.count == 2 && changes.contains("\"new\"\"domain\"\"fresh-contact.example\""), "\(changes)")
    let unknown = try run("unknown")
    #expect(unknown.output.contains("   new since the baseline november, on 2023-11-30\n"), "\(unknown.output)")
    #expect(try run("export", "findings", "--output", "-", "--baseline", "may").code == 2)
    try expectIntactChain()
  }

  @Test("a name is taken once, is listed, and is free once it is removed; names and days are checked")
  func names() throws {
    try replay(["many-contact.example"], day: 0)
    let days = ["--from", "2023-11-21", "--to", "2023-11-21"]
    let set = { (name: String) in try Program.run(["baseline", "set", name] + days + ["--store", store]) }
    #expect(try set("a").code == 0)
    let again = try set("a")
    #expect(again.code == 3 && again.said.contains("egressaudit baseline remove a"))
    #expect(try run("baseline", "list").output.hasPrefix("Baseline a: 2023-11-21 to 2023-11-21, set on "))
    #expect(try run("baseline", "remove", "a").code == 0)
    #expect(try run("baseline", "remove", "a").code == 2)
    #expect(try run("baseline", "list").output == "No baseline.\n")
    #expect(try set("a b").code == 2)
    #expect(try run("baseline", "set", "b", "--from", "2024-01-01", "--to", "2024-01-02").code == 3)
    #expect(try run("baseline", "compare", "b").code == 2)
    try expectIntactChain()
  }
}
