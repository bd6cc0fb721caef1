import Auditing
import Foundation
import Glibc
import Model
import Store
import Synchronization
import TestSupport
import Testing

/// Each key of the configuration changed by SIGHUP; an extension of the suite, whose tests must run alone.
extension LiveTests {
  /// Result of a reload.
  private enum Outcome {
    case reloaded
    /// Reloaded, and a line of the log contains this.
    case says(String)
    /// Refused with a reason that contains this.
    case refused(String)
  }

  /// A value of one key, with the values that other keys need.
  private struct Change {
    var value: String
    var outcome = Outcome.reloaded
    var beside: [String: String] = [:]

    init(_ value: String, _ outcome: Outcome = .reloaded, beside: [String: String] = [:]) {
      (self.value, self.outcome, self.beside) = (value, outcome, beside)
    }
  }

  /// Path of a few rules, read in a moment: there are some two hundred reloads. Another test reloads large rules.
  private func fewRules(_ name: String) throws -> String {
    let (rules, files) = (folder.path(name), FileManager.default)
    try files.createDirectory(atPath: rules, withIntermediateDirectories: true)
    for file in ["registers", "ruleset.yaml", "windows-diagnostic-data.yaml", "defender.yaml"] {
      try files.copyItem(atPath: Project.rules + "/" + file, toPath: rules + "/" + file)
    }
    return rules
  }

  /// A higher, then a lower value, neither of them in the base configuration.
  private func changes() throws -> [String: [Change]] {
    _ = try folder.write(
      LocationDatabaseWriter.ipfire([.init("198.51.100.0/24", country: "IE", system: (64_500, "Example"))]),
      to: "test.db")
    _ = try folder.write(
      """
      format: 1
      overrides:
        - id: own-contract
          rule: windows-diagnostic-data.event-upload
          change: { purpose: required_service }
          reason: Our contract of 2026 calls it required.
          author: Erika Mustermann
          created: 2026-05-01
          starts: 2026-05-01
          expires: 2126-05-31

      """, to: "overrides.yaml")
    for name in ["rules", "other"] {
      let key = folder.path("\(name).key")
      #expect(try Program.run(["rules", "key", "new", key]).code == 0)
      guard name == "rules" else { continue }
      let bundle = folder.path("rules.bundle")
      let packed = try Program.run(["rules", "pack", fewRules("rules"), "--key", key, "--output", bundle])
      #expect(packed.code == 0, "\(packed.said)")
    }
    let rules = try fewRules("rules-next")
    let header = rules + "/ruleset.yaml"
    try String(contentsOfFile: header, encoding: .utf8).replacing(/version: .*/, with: "version: 9999.1.1")
      .write(toFile: header, atomically: true, encoding: .utf8)

    for name in ["dpo", "council", "third"] { try CertificateMaker(folder).make(name) }
    let sealed = [
      "sealed_part.dpo_certificate": "dpo.pem", "sealed_part.works_council_certificate": "council.pem",
    ]

    var changes: [String: [Change]] = [
      "site.name": [Change("schule", .refused("the store belongs to site"))],
      "site.sensor": [Change("gw2", .refused("site.sensor is another one than at the start"))],
      "site.time_zone": [Change("Pacific/Auckland"), Change("America/Lima")],
      "site.working_hours": [
        Change("{ days: [mon, tue, wed, thu, fri, sat, sun], from: 0, to: 24 }"),
        Change("{ days: [mon], from: 7, to: 8 }"),
      ],
      "inside_networks": [Change("[0.0.0.0/0, '::/0']"), Change("[10.20.1.0/24]")],
      "groups": [
        Change("[{ name: A, networks: [10.0.0.0/8] }, { name: B, vlans: [7], secrecy_zone: true }]"),
        Change("[{ name: A, networks: [10.20.1.11/32] }]"),
      ],
      "exclusions.hardware_addresses": [Change("['00:00:5e:00:53:01', '00:00:5e:00:53:02']"), Change("[]")],
      // Not the network of the load: packets of excluded devices are not counted.
      "exclusions.networks": [Change("[10.99.0.0/16]"), Change("[]")],
      "privacy.group_minimum": [
        Change("1000"), Change("2"), Change("1", .refused("a group of one device is a person")),
      ],
      "privacy.pseudonym_key": [
        Change("quarter"), Change("never"), Change("weekly", .refused("expected one of never, month, quarter, year")),
      ],
      "trial": [
        Change("true", beside: ["inside_networks": "[10.20.1.11]", "privacy.group_minimum": "1"]),
        Change("true", .refused("a trial cannot observe 10.0.0.0/8")),
      ],
      "measure_date": [Change("2030-01-01"), Change("2000-01-01")],
      "measures": [
        Change("[{ date: 2026-05-01, title: GPO, purpose: telemetry }]"),
        Change("[{ date: 2026-05-01 }]", .refused("the measure does not say what it is meant for")),
      ],
      "claims": [
        Change("[{ id: off, says: Nothing leaves., purpose: telemetry, services: [windows-diagnostic-data] }]"),
        Change(
          "[{ id: off, says: Nothing leaves., services: [windows-diagnostic-dato] }]",
          .refused("did you mean 'windows-diagnostic-data'?")),
      ],
      "transfer_tools.maximum_list_age_days": [Change("3650"), Change("1")],
      "flow_tracking.flow_limit": [Change("50000000"), Change("1000")],
      "memory.budget_megabytes": [Change("1024"), Change("64")],
      "sinkhole_addresses": [Change("[10.20.0.53, 192.0.2.0/24]"), Change("[]")],
      "location.databases": [Change("[test.db]"), Change("[missing.db]", .refused("missing.db"))],
      "retention.evidence_days": [Change("36500"), Change("1")],
      "retention.usage_days": [
        Change("36500", beside: ["retention.evidence_days": "90"]),
        Change("1", .refused("kept longer than their sums"), beside: ["retention.evidence_days": "90"]),
      ],
      "retention.coverage_days": [
        Change("36500", beside: ["retention.evidence_days": "1", "retention.usage_days": "1"]),
        Change("1", beside: ["retention.evidence_days": "1", "retention.usage_days": "1"]),
      ],
      "retention.undescribed_days": [Change("36500"), Change("1")],
      "undescribed_destinations": [Change("false"), Change("true")],
      "reports.languages": [Change("[en]"), Change("[fr]", .refused("expected de or en"))],
      "reports.patch_day": [Change("true"), Change("false")],
      "rules.path": [
        Change(rules, .says("rules=9999.1.1")), Change("nowhere", .refused("nowhere")),
      ],
      "rules.public_key": [
        Change("rules.key.pub", beside: ["rules.path": "rules.bundle"]),
        Change("other.key.pub", .refused("rules.bundle"), beside: ["rules.path": "rules.bundle"]),
      ],
      "rules.accept_unsigned": [Change("true"), Change("false", .refused("these rules are not signed"))],
      "rules.accept_key": [
        Change("'\(String(repeating: "ab", count: 32))'"), Change("'12'", .refused("'accept_key' of 'rules'")),
      ],
      "rules.overrides": [Change("overrides.yaml"), Change("missing.yaml", .refused("missing.yaml"))],
      "retention.sealed_days": [
        Change("1"),
        Change("31", .refused("the sealed part longer than single flows"), beside: ["retention.evidence_days": "30"]),
      ],
      "sealed_part.dpo_certificate": [
        Change("dpo.pem", beside: sealed),
        Change("council.pem", .refused("have the same key"), beside: sealed),
        Change("council.key", .refused("the file holds a private key"), beside: sealed),
      ],
      "sealed_part.works_council_certificate": [
        Change("council.pem", beside: sealed),
        Change("missing.pem", .refused("the file cannot be read"), beside: sealed),
      ],
      "sealed_part.emergency_certificate": [
        Change("third.pem", beside: sealed), Change("third.pem", .refused("'sealed_part'")),
      ],
      "metrics.file": [Change("up.prom"), Change("down.prom")],
      "canary.sink": [Change("canary.musterstadt.example"), Change("a.example")],
      "canary.port": [
        Change("65535", beside: ["canary.sink": "a.example"]), Change("1", beside: ["canary.sink": "a.example"]),
      ],
      "canary.paths": [
        Change("[tls, quic, http, ipv6]", beside: ["canary.sink": "a.example"]),
        Change("[proxy]", .refused("there is no 'proxy'"), beside: ["canary.sink": "a.example"]),
      ],
      "canary.address": [
        Change("192.0.2.7", beside: ["canary.sink": "a.example", "canary.paths": "[tls_without_dns]"]),
        Change("a.example", .refused("'address' of 'canary'"), beside: ["canary.sink": "a.example"]),
      ],
      "canary.http_port": [
        Change("65535", beside: ["canary.sink": "a.example"]), Change("1", beside: ["canary.sink": "a.example"]),
      ],
      "canary.proxy": [
        Change("proxy.a.example:3128", beside: ["canary.sink": "a.example", "canary.paths": "[proxy]"]),
        Change("proxy.a.example", .refused("'proxy' of 'canary'"), beside: ["canary.sink": "a.example"]),
      ],
      "capture.interfaces": [Change("[in0, in1]"), Change("[in1]")],
      "capture.snap_length": [Change("262144"), Change("256")],
      "capture.ring_megabytes": [Change("64"), Change("1")],
      "capture.promiscuous": [Change("true"), Change("false")],
      "capture.filter": [
        Change("'udp or tcp or vlan'"), Change("'less 64'"), Change("'tcp porto 443'", .refused("is not understood")),
        Change(
          "'\((1...129).map { "host 10.20.1.\($0)" }.joined(separator: " or "))'", .refused("the filter has 258 words")
        ),
      ],
      "capture.threads": [Change("3", .says("event=restart_needed")), Change("1")],
    ]
    let campaign = [
      "campaign.first_day": "2026-05-04", "campaign.last_day": "2026-05-15", "campaign.days": "[mon, tue]",
      "campaign.from": "7", "campaign.to": "18",
    ]
    let early = Outcome.refused("the campaign ends before it begins")
    changes["campaign.first_day"] = [Change("2026-05-15", beside: campaign), Change("2026-05-01", beside: campaign)]
    changes["campaign.last_day"] = [
      Change("2026-05-31", beside: campaign), Change("2026-05-03", early, beside: campaign),
    ]
    changes["campaign.days"] = [
      Change("[mon, tue, wed, thu, fri, sat, sun]", beside: campaign), Change("[mon]", beside: campaign),
    ]
    changes["campaign.from"] = [Change("0", beside: campaign), Change("17", beside: campaign)]
    changes["campaign.to"] = [Change("24", beside: campaign), Change("8", beside: campaign)]
    changes["gate.expects_quic"] = [Change("true"), Change("false")]
    let shares = [
      "maximum_loss", "maximum_gap", "minimum_canaries", "minimum_named", "maximum_unexaminable", "maximum_one_sided",
      "minimum_contacted", "negative_proof_limit", "maximum_hidden_device_days",
    ]
    for key in shares {
      changes["gate." + key] = [Change("1"), Change("0")]
    }
    for key in ["maximum_rule_age_days", "minimum_device_days"] {
      changes["gate." + key] = [Change("100000"), Change("0")]
    }
    return changes
  }

  /// All keys that have a value of their own.
  private static let keys = AuditConfiguration.keys.flatMap { key, inner in
    inner.isEmpty ? [key] : inner.map { "\(key).\($0)" }
  }

  /// - Parameter values: by the path of the key; YAML.
  private func text(_ values: [String: String]) -> String {
    var values = [
      "site.name": "rathaus-musterstadt", "site.sensor": "gw1", "inside_networks": "[10.0.0.0/8]",
      "rules.path": "rules", "capture.interfaces": "[in0]",
      // The case of the public key brings signed rules, after which the store refuses others.
      "rules.accept_unsigned": "true",
    ].merging(values) { $1 }
    if values["location.databases"] == nil { values["location"] = "none" }
    var sections: [String: [String]] = [:]
    var text = ""
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      let parts = key.split(separator: ".")
      if parts.count == 1 { text += "\(key): \(value)\n" }
      if parts.count == 2 { sections[String(parts[0]), default: []].append("\(parts[1]): \(value)") }
    }
    return sections.sorted { $0.key < $1.key }.reduce(text) {
      $0 + "\($1.key): { \($1.value.joined(separator: ", ")) }\n"
    }
  }

  /// An endless sequence of packets, of more flows than the lowest limit.
  private final class Load: @unchecked Sendable {
    private let ended = Mutex(false)
    private let done = DispatchSemaphore(value: 0)
    private var sent = 0

    init(_ capture: String, in network: NetworkNamespace, into interfaces: [String]) {
      Thread.detachNewThread { [self, network = UncheckedBox(network)] in
        while !ended.withLock({ $0 }) {
          sent += (try? network.value.send(capture, into: interfaces, burst: 2)) ?? 0
        }
        done.signal()
      }
    }

    /// Number of packets sent.
    func end() -> Int {
      ended.withLock { $0 = true }
      done.wait()
      return sent
    }
  }

  private func manyFlows(to destination: String = "198.51.100.7") throws -> String {
    let builder = PacketBuilder(from: "10.20.1.11", to: destination)
    let frames = (0..<4_000).map { index in
      TimedFrame(
        time: Timestamp(seconds: 1_700_000_000),
        bytes: builder.udp(from: UInt16(10_000 + index), to: 9_999, payload: Array(repeating: 1, count: 100)))
    }
    return try folder.write(PcapWriter.pcap(frames), to: "many-\(destination).pcap")
  }

  /// Gives the service each value of each key, one after the other, each key's last one followed by the base.
  private func reload(
    _ service: Service, _ keys: [String], _ changes: [String: [Change]],
    afterEach: (_ key: String, _ value: String) throws -> Void = { _, _ in }
  ) throws {
    func give(_ text: String, _ outcome: Outcome, _ what: String) throws {
      let before = service.log.utf8.count
      try text.write(toFile: folder.path("site.yaml"), atomically: true, encoding: .utf8)
      service.signal(SIGHUP)
      let end = Date().addingTimeInterval(60)
      var said = ""
      repeat {
        Thread.sleep(forTimeInterval: 0.05)
        said = String(decoding: service.log.utf8.dropFirst(before), as: UTF8.self)
      } while !said.contains("event=reloaded") && !said.contains("event=reload_refused") && Date() < end
      switch outcome {
      case .reloaded: #expect(said.contains("event=reloaded"), "\(what): \(said)")
      case .says(let line): #expect(said.contains("event=reloaded") && said.contains(line), "\(what): \(said)")
      case .refused(let reason):
        #expect(said.contains("event=reload_refused reason=") && said.contains(reason), "\(what): \(said)")
      }
      #expect(service.process.isRunning, "\(what): the service has ended")
      #expect(service.manager.wait(for: "READY=1") != nil)
    }
    for key in keys {
      for change in try #require(changes[key], "\(key) has no case here: say what a reload makes of it") {
        let values = change.beside.merging([key: change.value]) { $1 }
        try give(text(values), change.outcome, "\(key): \(change.value)")
        if key == "metrics.file" {
          let file = folder.path(change.value)
          let end = Date().addingTimeInterval(30)
          while Date() < end, !FileManager.default.fileExists(atPath: file) { Thread.sleep(forTimeInterval: 0.1) }
          #expect(FileManager.default.fileExists(atPath: file))
        }
        try afterEach(key, change.value)
      }
      try give(text([:]), .reloaded, "after \(key)")
    }
  }

  @Test(
    "each key but those of capture, up and down by SIGHUP under load, takes effect or is refused with its reason, and no packet is lost"
  )
  func reloadOfEachKey() throws {
    let network = try NetworkNamespace()
    let changes = try changes()
    let service = try Service(in: network, folder: folder, configuration: text([:]), rules: nil)
    let load = Load(try manyFlows(), in: network, into: ["out0"])
    let others = try manyFlows(to: "198.51.100.8")
    var sentBeside = 0
    try reload(service, LiveTests.keys.filter { !$0.hasPrefix("capture.") }, changes) { key, value in
      if key == "flow_tracking.flow_limit" && value == "1000" { sentBeside += try network.send(others) }
    }
    let sent = load.end() + sentBeside
    #expect(service.stop().code == 0)
    #expect(sent > 10_000)
    let total = try seen()
    #expect(total.packets == UInt64(sent))
    #expect(total.drops == 0 && total.recordsLost == 0 && total.gaps.isEmpty && total.restarts == 0)
    // Only the lowered limit evicts flows.
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let coverage = try database.coverage(in: try #require(try database.period())).map(\.coverage)
    #expect(coverage.reduce(0) { $0 + $1.flowsEvicted } > 3_000)
    let sessions = try database.sessions()
    #expect(sessions.allSatisfy { $0.isClosed })
    #expect(sessions.map(\.packets).reduce(0, +) == UInt64(sent))
    #expect(Set(sessions.map(\.ruleSet.version)).contains("9999.1.1"))
    #expect(try database.verifyChain() == .intact(head: try database.chainHead()))
  }

  @Test(
    "each key of capture, up and down by SIGHUP under load, opens the interfaces again, which is a gap and nothing else"
  )
  func reloadOfCapture() throws {
    let network = try NetworkNamespace(pairs: 2)
    let changes = try changes()
    let service = try Service(in: network, folder: folder, configuration: text([:]), rules: nil)
    let load = Load(try manyFlows(), in: network, into: ["out0"])
    try reload(service, LiveTests.keys.filter { $0.hasPrefix("capture.") }, changes)
    let sent = load.end()
    // After all of it the interface is captured as at the start.
    let last = try network.send(try manyFlows(), into: ["out0"])
    #expect(service.stop().code == 0)
    let total = try seen()
    #expect(total.packets >= UInt64(last) && total.packets <= UInt64(sent + last))
    #expect(total.recordsLost == 0 && Set(total.gaps.keys) == [.interfaceDown])
    #expect(try AuditDatabase(path: store, mode: .readExisting).sessions().allSatisfy { $0.isClosed })
  }

  @Test(
    "reading large rules delays neither watchdog notifications nor packets, and a reload requested meanwhile follows"
  )
  func reloadOfManyRules() throws {
    let network = try NetworkNamespace()
    let rules = folder.path("rules-many")
    try FileManager.default.copyItem(atPath: Project.rules, toPath: rules)
    let service = try Service(
      in: network, folder: folder, configuration: text([:]), rules: rules,
      environment: ["WATCHDOG_USEC": "900000"])
    let list = try folder.write(
      (0..<150_000).map { "0.0.0.0 host-\($0).example-\($0 % 997).net\n" }.joined(), to: "hosts.txt")
    let imported = try Program.run([
      "rules", "import", "hosts", list, "--date", "2026-05", "--output", rules + "/office-blocklist.yaml",
    ])
    #expect(imported.code == 0, "said: \(imported.said)")
    let load = Load(try manyFlows(), in: network, into: ["out0"])
    service.signal(SIGHUP)
    #expect(service.manager.wait(for: "RELOADING=1") != nil)
    for _ in 0..<3 { service.signal(SIGHUP) }
    var signs = 0
    while !service.log.contains("event=reloaded") {
      #expect(service.manager.wait(for: "WATCHDOG=1", seconds: 1) != nil)
      signs += 1
      try #require(signs < 5_000)
    }
    #expect(signs > 3)
    #expect(service.says("event=reloaded", times: 2))
    let sent = load.end()
    #expect(service.stop().code == 0)
    let total = try seen()
    #expect(total.packets == UInt64(sent) && total.drops == 0 && total.recordsLost == 0 && total.gaps.isEmpty)
    // Once for the first signal, once for the three that came during that reload.
    #expect(service.log.ranges(of: "event=reloaded").count == 2)
  }

  @Test("a half-written configuration is refused, and the complete one that follows takes effect")
  func reloadOfHalfAFile() throws {
    _ = try fewRules("rules")
    let network = try NetworkNamespace()
    let whole = text(["site.working_hours": "{ days: [mon], from: 7, to: 8 }"])
    let service = try Service(in: network, folder: folder, configuration: text([:]), rules: nil)
    let half = String(whole.prefix(upTo: whole.range(of: "from: 7")!.lowerBound))
    try half.write(toFile: folder.path("site.yaml"), atomically: true, encoding: .utf8)
    service.signal(SIGHUP)
    #expect(service.says("event=reload_refused reason="))
    #expect(service.log.contains("site.yaml:"))
    try whole.write(toFile: folder.path("site.yaml"), atomically: true, encoding: .utf8)
    service.signal(SIGHUP)
    #expect(service.says("event=reloaded"))
    #expect(service.stop().code == 0)
  }
}
