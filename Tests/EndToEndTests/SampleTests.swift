import Auditing
import FlowTracking
import Foundation
import Model
import Privacy
import Store
import TestSupport
import Testing

@Suite("The sample capture compared with its true values")
struct SampleTests {
  /// Rows of the truth table that was written together with the capture.
  private struct Truth {
    let rows: [[String: String]]

    init() throws {
      let text = try String(
        contentsOf: Project.root.appending(path: "seeds/captures/office-morning.truth.tsv"), encoding: .utf8)
      let lines = text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
      let header = lines[0].map(String.init)
      rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0.map(String.init))) }
    }
  }

  private func fiveTuple(_ row: [String: String]) -> String {
    ["transport", "client", "client_port", "server", "server_port"].map { row[$0] ?? "" }.joined(separator: " ")
  }

  @Test("every flow is seen with its packets and bytes in both directions")
  func flows() throws {
    var expected: [String: [UInt64]] = [:]
    for row in try Truth().rows {
      let counts = try ["packets_up", "packets_down", "bytes_up", "bytes_down"].map {
        try #require(UInt64(row[$0] ?? ""))
      }
      let known = expected[fiveTuple(row)] ?? [0, 0, 0, 0]
      expected[fiveTuple(row)] = zip(known, counts).map { $0 + $1 }
    }
    let result = CaptureInspector.inspect([Project.sample])
    #expect(result.packets == 5_559)
    var seen: [String: [UInt64]] = [:]
    for flow in result.flows {
      let key = "\(flow.transport) \(flow.originator) \(flow.originatorPort) \(flow.responder) \(flow.responderPort)"
      seen[key] = [
        flow.traffic.packetsUp, flow.traffic.packetsDown, flow.traffic.bytesUp, flow.traffic.bytesDown,
      ]
    }
    #expect(seen == expected)
    #expect(result.problems.isEmpty)
  }

  @Test("every outbound flow has its name, naming class and outcome")
  func names() throws {
    var expected: [String: String] = [:]
    for row in try Truth().rows where row["reach"] == "outbound" {
      // Of two names that lead to one address, the one asked last is shown.
      let name = row["name"] == "-" ? "" : row["name"]?.split(separator: "|").last.map(String.init) ?? ""
      expected[fiveTuple(row)] = "\(name) \(row["class"] ?? "") \(row["outcome"] ?? "")"
    }
    var seen: [String: String] = [:]
    let settings = try AuditConfiguration(path: Project.sampleConfiguration).tracker
    for flow in CaptureInspector.inspect([Project.sample], settings: settings).flows where flow.reach == .outbound {
      let key = "\(flow.transport) \(flow.originator) \(flow.originatorPort) \(flow.responder) \(flow.responderPort)"
      seen[key] = "\(flow.name) \(flow.namingClass.rawValue) \(flow.outcome.rawValue)"
    }
    let differences = Set(expected.keys).union(seen.keys).filter { expected[$0] != seen[$0] }.sorted()
      .map { "\($0): expected \(expected[$0] ?? "nothing"), seen \(seen[$0] ?? "nothing")" }
    #expect(differences == [])
  }

  @Test("eight devices in two groups of four are present, and their blocked attempts are counted separately")
  func devices() throws {
    let folder = try TemporaryDirectory()
    try Project.replay([Project.sample], into: folder.path("a.sqlite"))
    let database = try AuditDatabase(path: folder.path("a.sqlite"), mode: .readExisting)
    let hours = try #require(try database.period())
    let presence = try database.presence(in: hours)
    let groups = Dictionary(grouping: presence, by: \.group).mapValues { Set($0.map(\.device)).count }
    #expect(groups == ["Bürgeramt": 4, "Sozialamt": 4])
    var blocked: [String: UInt64] = [:]
    var clear: Set<IdentifierClass> = []
    try database.forEachUsage(in: hours) { usage in
      if usage.blockedAttempts > 0 { blocked[usage.ruleID, default: 0] += usage.blockedAttempts }
      clear.formUnion(usage.cleartextIdentifierClasses)
    }
    #expect(blocked.values.reduce(0, +) > 0)
    // The time is asked for in datagrams that nobody looks into.
    #expect(clear == [.cookie, .deviceIdentifier, .emailAddress, .notInspected, .userAgent])
  }

  @Test("no address, name of an unmatched destination, or identifier found is in the store's file")
  func nothingPersonalIsStored() throws {
    let folder = try TemporaryDirectory()
    try Project.replay([Project.sample], into: folder.path("a.sqlite"))
    var stored = try Data(contentsOf: URL(fileURLWithPath: folder.path("a.sqlite")))
    for side in ["-wal"] where FileManager.default.fileExists(atPath: folder.path("a.sqlite") + side) {
      stored += try Data(contentsOf: URL(fileURLWithPath: folder.path("a.sqlite") + side))
    }
    var forbidden = ["www.example.de", "news.example.org", "contoso-verwaltung", "@example"]
    for row in try Truth().rows {
      forbidden.append(row["client"] ?? "")
      forbidden.append(row["device"] ?? "")
    }
    for text in Set(forbidden) where !text.isEmpty {
      #expect(stored.range(of: Data(text.utf8)) == nil, "\(text) is in the store")
    }
    for row in try Truth().rows {
      let address = try #require(IPAddress(row["client"] ?? ""))
      guard address.isIPv4 else { continue }
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: address.v4 >> UInt32(24 - 8 * $0)) }
      #expect(stored.range(of: Data(bytes)) == nil, "the bytes of a client's address are in the store")
    }
  }

  @Test("an excluded device leaves no row, not even in a count")
  func excluded() throws {
    let folder = try TemporaryDirectory()
    let text = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    let file = folder.path("site.yaml")
    try (text + "\nexclusions: { hardware_addresses: [\"00:00:5e:00:53:11\"] }\n")
      .write(toFile: file, atomically: true, encoding: .utf8)
    try Project.replay([Project.sample], into: folder.path("all.sqlite"))
    try Project.replay([Project.sample], into: folder.path("less.sqlite"), configuration: file)
    let all = try AuditDatabase(path: folder.path("all.sqlite"), mode: .readExisting)
    let less = try AuditDatabase(path: folder.path("less.sqlite"), mode: .readExisting)
    let hours = try #require(try all.period())
    #expect(Set(try all.presence(in: hours).map(\.device)).count == 8)
    #expect(Set(try less.presence(in: hours).map(\.device)).count == 7)
    let bytes = try [all, less].map { try $0.coverage(in: hours).reduce(UInt64(0)) { $0 + $1.coverage.bytesOut } }
    #expect(bytes[1] < bytes[0])
  }

  @Test("excluding a PC by its IPv4 address leaves exactly what excluding it by hardware address leaves")
  func excludedByEither() throws {
    let folder = try TemporaryDirectory()
    let text = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    let stores = try [
      ("none", ""), ("hardware", "hardware_addresses: [\"00:00:5e:00:53:11\"]"), ("network", "networks: [10.20.1.11]"),
    ].map { name, exclusion in
      let file = folder.path(name + ".yaml")
      try (text + (exclusion.isEmpty ? "" : "\nexclusions: { \(exclusion) }\n"))
        .write(toFile: file, atomically: true, encoding: .utf8)
      try Project.replay([Project.sample], into: folder.path(name + ".sqlite"), configuration: file)
      return try AuditDatabase(path: folder.path(name + ".sqlite"), mode: .readExisting)
    }
    let hours = try #require(try stores[0].period())
    let flows = try stores.map { store in
      var flows: [PseudonymousFlow] = []
      try store.forEachEvidence(in: hours) { flows.append($0.flow) }
      return flows
    }
    // The PC has flows by both, so that something could be left.
    let devices = try stores.map { Set(try $0.presence(in: hours).map(\.device)) }
    let excluded = devices[0].subtracting(devices[1])
    #expect(excluded.count == 1)
    let own = flows[0].filter { excluded.contains($0.device) }
    #expect(Set(own.compactMap { $0.destinationAddress?.isIPv4 }) == [true, false])
    #expect(flows[1] == flows[0].filter { !excluded.contains($0.device) })
    #expect(flows[2] == flows[1])
    #expect(devices[2] == devices[1])
    #expect(try stores[2].coverage(in: hours) == stores[1].coverage(in: hours))
    let packets = try stores.map { try $0.coverage(in: hours).reduce(UInt64(0)) { $0 + $1.coverage.packetsSeen } }
    #expect(packets[1] < packets[0])
  }
}
