import Auditing
import Foundation
import Model
import Privacy
import Rules
import Store
import TestSupport
import Testing

@Suite("Aliases and contradictions, from packets to the store")
struct AliasTests {
  private static let start = Timestamp(seconds: 1_700_000_000)
  private static let outward = PacketBuilder(from: "10.0.0.5", to: "203.0.113.9")
  private static let resolver = PacketBuilder(from: "10.0.0.5", to: "10.0.0.1")
  private static let vendor = "v10.events.data.microsoft.com"

  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func asked(_ name: String, _ answers: [DNSBuilder.Record], responseCode: UInt8 = 0) -> [TimedFrame] {
    let answer = DNSBuilder.query(name).answered(answers, responseCode: responseCode)
    return [
      TimedFrame(
        time: AliasTests.start,
        bytes: AliasTests.resolver.udp(from: 40_000, to: 53, payload: DNSBuilder.query(name).message)),
      TimedFrame(
        time: AliasTests.start.advanced(by: .seconds(1)),
        bytes: AliasTests.resolver.reversed.udp(from: 53, to: 40_000, payload: answer.message)),
    ]
  }

  private func hello(_ name: String) -> [TimedFrame] {
    var conversation = TCPConversation(AliasTests.outward, start: AliasTests.start.advanced(by: .seconds(2)))
    conversation.open()
    conversation.send(.client, ClientHelloBuilder(name).record)
    conversation.send(.server, Array(repeating: 0x17, count: 100))
    conversation.close()
    return conversation.frames
  }

  private func store(_ frames: [TimedFrame]) throws -> AuditDatabase {
    let capture = try folder.write(PcapWriter.pcap(frames), to: "capture.pcap")
    try Project.replay([capture], into: folder.path("store.sqlite"), configuration: nil)
    return try AuditDatabase(path: folder.path("store.sqlite"), mode: .readExisting)
  }

  private func flows(_ database: AuditDatabase) throws -> [FlowEvidence] {
    var flows: [FlowEvidence] = []
    try database.forEachEvidence(in: AliasTests.start.hour..<AliasTests.start.hour.next) { flows.append($0) }
    return flows
  }

  @Test(
    "a name of the site's own that is an alias of a telemetry host counts for the telemetry host, and is not stored itself"
  )
  func alias() throws {
    let own = "telemetry.ours-alone.example"
    let chain: [DNSBuilder.Record] = [
      .alias(own, of: AliasTests.vendor), .alias(AliasTests.vendor, of: "edge.example"),
      .address("edge.example", AliasTests.outward.destination),
    ]
    let database = try store(asked(own, chain) + hello(own))
    let flow = try #require(try flows(database).first?.flow)
    #expect(try flows(database).count == 1)
    #expect(flow.destinationName == AliasTests.vendor)
    #expect(flow.matchedBy == .alias && flow.isContradicted == false)
    #expect(flow.namingClass == .d && flow.nameMethod == .dns)
    #expect(try Project.ruleSet.get().facts.first { $0.id == flow.ruleID }?.purpose == .telemetry)
    var usage: [RuleUsage] = []
    try database.forEachUsage(in: AliasTests.start.hour..<AliasTests.start.hour.next) { usage.append($0) }
    #expect(usage.map(\.aliasFlows) == [1])
    #expect(usage.map(\.sessions) == [1])
    // Under the same rules the stored flow is judged the same.
    let classifier = EvidenceClassifier(
      rules: try Project.ruleSet.get(), sessions: try database.sessions())
    let again = try #require(classifier.assignment(for: try flows(database)[0]))
    #expect(again.ruleID == flow.ruleID && again.matchedPattern == flow.matchedPattern && again.destinationName == nil)
    database.close()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path("store.sqlite")))
    #expect(bytes.range(of: Data("ours-alone".utf8)) == nil)
  }

  @Test("an address behind an alias in a network of many places counts as such, so that no country is shown")
  func sharedNetwork() throws {
    let name = "v10.events.data.microsoft.com"
    let direct = try store(asked(name, [.address(name, AliasTests.outward.destination)]) + hello(name))
    #expect(try flows(direct).map(\.flow.destinationNetwork.anycastOrCDN) == [.unknown])
    direct.close()
    let other = try TemporaryDirectory()
    let chain: [DNSBuilder.Record] = [
      .alias(name, of: "x.azurefd.net"), .address("x.azurefd.net", AliasTests.outward.destination),
    ]
    let capture = try other.write(PcapWriter.pcap(asked(name, chain) + hello(name)), to: "capture.pcap")
    try Project.replay([capture], into: other.path("store.sqlite"), configuration: nil)
    let database = try AuditDatabase(path: other.path("store.sqlite"), mode: .readExisting)
    #expect(try flows(database).map(\.flow.destinationNetwork.anycastOrCDN) == [.yes])
  }

  @Test("a name that suggests telemetry and fits only a suffix of another purpose is stored with an unknown purpose")
  func doubted() throws {
    let name = "stats.new-service.office.com"
    let database = try store(asked(name, [.address(name, AliasTests.outward.destination)]) + hello(name))
    let evidence = try #require(try flows(database).first)
    #expect(evidence.flow.destinationName == name)
    #expect(evidence.flow.ruleID.hasSuffix("+telling-label"))
    let facts = try #require(try database.ruleFacts().values.first?[evidence.flow.ruleID])
    #expect(facts.purpose == .unknown && facts.doubtedPurpose != nil && facts.categories == [])
    let classifier = EvidenceClassifier(
      rules: try Project.ruleSet.get(), sessions: try database.sessions())
    #expect(classifier.assignment(for: evidence)?.ruleID == evidence.flow.ruleID)
    #expect(try database.contactsByRule() == [facts.baseID: 1])
  }

  @Test("a name of a content network that contains a known name is stored as such, and judged the same later")
  func contained() throws {
    let name = "0A1b2c3d4e5f6071.hotjar.com.edgekey.net"
    let database = try store(
      asked(name, [.alias(name, of: "e1.dscb.akamaiedge.net"), .address(name, AliasTests.outward.destination)])
        + hello(name))
    let evidence = try #require(try flows(database).first)
    #expect(try flows(database).count == 1)
    #expect(evidence.flow.destinationName == "{id}.hotjar.com.edgekey.net")
    #expect(evidence.flow.ruleID == "hotjar.analytics-own-domain+contained-name")
    #expect(evidence.flow.matchedPattern == "*.hotjar.com.edgekey.net")
    #expect(evidence.flow.matchedBy == .name && evidence.flow.namingClass == .a)
    let stored = try #require(try database.ruleFacts().values.first)
    #expect(stored[evidence.flow.ruleID] == nil)
    #expect(stored.facts(ofRule: evidence.flow.ruleID)?.purpose == .telemetry)
    let classifier = EvidenceClassifier(
      rules: try Project.ruleSet.get(), sessions: try database.sessions())
    #expect(
      classifier.assignment(for: evidence)
        == RuleAssignment(
          ruleID: evidence.flow.ruleID, ruleRevision: evidence.flow.ruleRevision,
          matchedPattern: evidence.flow.matchedPattern, destinationName: nil))
    #expect(try database.contactsByRule() == ["hotjar.analytics-own-domain": 1])
    #expect(try database.verify().holds)
    database.close()
    let files = try Project.exports(of: folder.path("store.sqlite"), folder: folder.path("report"))
    let findings = files.filter { $0.key.contains("findings") && $0.key.hasSuffix(".csv") }.map {
      String(decoding: $0.value, as: UTF8.self)
    }
    #expect(findings.count == 2)
    #expect(findings.allSatisfy { $0.contains("hotjar.analytics-own-domain+contained-name") })
  }

  @Test("a name with a telling label keeps its doubt under a content network, also if a token replaced the label")
  func containedTellingLabel() throws {
    let name = "metrics-0a1b2c3d4e5f6071.www.office.com.edgekey.net"
    let database = try store(asked(name, [.address(name, AliasTests.outward.destination)]) + hello(name))
    let evidence = try #require(try flows(database).first)
    #expect(evidence.flow.destinationName == "{id}.www.office.com.edgekey.net")
    #expect(evidence.flow.ruleID == "akamai.shared-network+telling-label")
    let rules = try Project.ruleSet.get()
    let destination = Destination(
      name: evidence.flow.destinationName, address: nil, port: 443, transport: .tcp)
    #expect(rules.verdict(for: destination)?.facts.isForContainedName == true)
    let classifier = EvidenceClassifier(rules: rules, sessions: try database.sessions())
    #expect(classifier.assignment(for: evidence)?.ruleID == evidence.flow.ruleID)
  }

  @Test("a blocked question for such a name is an attempt to reach the telemetry")
  func blocked() throws {
    let own = "telemetry.ours-alone.example"
    let database = try store(asked(own, [.alias(own, of: AliasTests.vendor)], responseCode: 3))
    let flow = try #require(try flows(database).first?.flow)
    #expect(flow.outcome == .dnsBlocked && flow.matchedBy == .alias && flow.destinationName == AliasTests.vendor)
  }

  @Test("a hello with another name than DNS gave is marked, and attributed to the service from DNS")
  func contradiction() throws {
    let told = asked(AliasTests.vendor, [.address(AliasTests.vendor, AliasTests.outward.destination)])
    let database = try store(told + hello("www.innocent.example"))
    let flow = try #require(try flows(database).first?.flow)
    #expect(flow.destinationName == AliasTests.vendor)
    #expect(flow.matchedBy == .answer && flow.isContradicted == true && flow.namingClass == .d)
  }

  @Test("the name itself comes first, and a name from DNS is never a contradiction")
  func own() throws {
    let told = asked(AliasTests.vendor, [.address(AliasTests.vendor, AliasTests.outward.destination)])
    let flow = try #require(try flows(try store(told + hello(AliasTests.vendor))).first?.flow)
    #expect(flow.matchedBy == .name && flow.isContradicted == false && flow.namingClass == .a)
  }

  @Test("names on a shared address are not a contradiction")
  func shared() throws {
    var outward = AliasTests.outward
    // Of Cloudflare, by the register.
    outward.destination = IPAddress("104.16.1.1")!
    let told = asked(AliasTests.vendor, [.address(AliasTests.vendor, outward.destination)])
    var conversation = TCPConversation(outward, start: AliasTests.start.advanced(by: .seconds(2)))
    conversation.open()
    conversation.send(.client, ClientHelloBuilder("www.innocent.example").record)
    #expect(try flows(try store(told + conversation.frames)).isEmpty)
  }
}
