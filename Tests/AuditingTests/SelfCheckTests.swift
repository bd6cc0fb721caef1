import Capture
import FlowTracking
import Foundation
import Model
import Privacy
import Rules
import Store
import TestSupport
import Testing
import Wire

@testable import Auditing

@Suite("The self check")
struct SelfCheckTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func points(_ configuration: String) throws -> [SelfCheck.Point] {
    let file = try folder.write(configuration, to: "site.yaml")
    chmod(file, 0o640)
    return SelfCheck(
      configurationFile: file, rules: RuleSource(folder.path("no-rules")), store: folder.path("audit.sqlite"),
      pseudonymKey: nil
    ).run()
  }

  private func lines(_ configuration: String, _ name: String) throws -> [String] {
    SelfCheck.text(try points(configuration).filter { $0.name == name }).split(separator: "\n").map(String.init)
  }

  @Test("says whether the traffic at the interfaces is sufficient")
  func traffic() {
    func said(_ frames: [Int], _ outgoing: Int, _ incoming: Int, longest: Int = 1_514, snapLength: Int = 2_000)
      -> [String]
    {
      var sample = TrafficSample()
      sample.frames = frames.enumerated().map { ("eth\($0)", $1) }
      (sample.outgoing, sample.incoming, sample.longestFrame) = (outgoing, incoming, longest)
      return sample.points(snapLength: snapLength).map { "\($0.status.rawValue) \($0.message.en)" }
    }
    #expect(said([0, 0], 0, 0) == ["warning eth0: no packet came", "warning eth1: no packet came"])
    let size = "ok no frame was longer than the 2000 bytes that are kept"
    #expect(
      said([5, 0], 0, 0) == [
        "warning eth1: no packet came", "warning packets came, but none of TCP between inside and outside", size,
      ])
    #expect(
      said([50], 20, 0) == ["failed only one direction is seen: that to the outside", size])
    #expect(
      said([50], 0, 21) == ["failed only one direction is seen: that from the outside", size])
    #expect(
      said([50], 19, 0) == [
        "warning too few packets came to tell whether both directions are seen",
        size,
      ])
    #expect(said([50], 400, 1) == ["ok both directions are seen", size])
    #expect(
      said([50], 30, 30, longest: 60_000).last
        == "warning frames of 60000 bytes are cut at 2000: card or kernel merge segments (offload)")
  }

  @Test("reports packets that are seen twice, at two interfaces or at one")
  func echoes() {
    func sample(_ frames: [(interface: String, milliseconds: Int64, bytes: [UInt8])]) -> TrafficSample {
      var sample = TrafficSample()
      var packet = Packet()
      for frame in frames {
        sample.note(
          CapturedFrame(
            bytes: frame.bytes.span.bytes, originalLength: frame.bytes.count,
            timestamp: Timestamp(nanoseconds: frame.milliseconds * 1_000_000), linkType: .ethernet),
          from: frame.interface, &packet, InsideNetworks())
      }
      sample.frames = [("eth1", frames.count)]
      return sample
    }
    func said(_ sample: TrafficSample) -> [String] {
      sample.points(snapLength: 2_000).filter { $0.status == .failed && $0.message.en.contains("twice") }.map(
        \.message.en)
    }
    let out = PacketBuilder(from: "10.20.1.11", to: "198.51.100.7")
    var tagged = out
    tagged.tags = [VLANTag(20)]
    tagged.sourceHardware = HardwareAddress(bits: 0x0200_0000_0b02)
    func data(_ builder: PacketBuilder, _ number: Int, _ payload: [UInt8] = [1, 2, 3]) -> [UInt8] {
      builder.tcp(from: 50_000, to: 443, flags: [.ack], sequence: UInt32(number), payload: payload)
    }
    let numbers = 0..<40
    let routed = sample(
      numbers.map { ("eth1", Int64($0 * 10), data(out, $0)) }
        + numbers.prefix(20).map { ("eth0.20", Int64($0 * 10 + ($0 == 0 ? -1 : 1)), data(tagged, $0)) })
    #expect(routed.seenAgain == [["eth0.20", "eth1"]: 20])
    #expect(
      said(routed) == [
        "33 % of the TCP packets with content came twice, at eth0.20 and eth1; copies that come later than 10 ms are counted twice"
      ])
    let mirrored = sample(numbers.flatMap { Array(repeating: ("eth1", Int64($0 * 10), data(out, $0)), count: 2) })
    #expect(
      said(mirrored) == [
        "50 % of the TCP packets with content came twice, both times at eth1; copies that come later than 10 ms are counted twice"
      ])
    // Retransmissions after a round trip, pure acknowledgements, and other content are not repetitions.
    let once = sample(
      numbers.flatMap { number in
        [
          ("eth1", Int64(number * 10), data(out, number)), ("eth1", Int64(number * 10 + 3), data(out, number)),
          ("eth1", Int64(number * 10), data(out, 7, [])), ("eth1", Int64(number * 10), data(out, number, [1, 2, 4])),
        ]
      })
    #expect(once.seenAgain == [:] && once.withContent == 120)
    // A few are no reason for alarm.
    let few = sample(
      numbers.map { ("eth1", Int64($0 * 10), data(out, $0)) }
        + numbers.prefix(4).map { ("eth1", Int64($0 * 10), data(out, $0)) })
    #expect(few.seenAgain == [["eth1", "eth1"]: 4] && said(few) == [])
  }

  @Test("reports an exclusion that excludes nobody")
  func exclusions() throws {
    #expect(try lines("inside_networks: [10.0.0.0/8]\n", "exclusions") == ["ok      exclusions: none"])
    let good = """
      inside_networks: [10.0.0.0/8]
      exclusions: { networks: [10.20.9.0/28], hardware_addresses: ["00:00:5e:00:53:01", "00:00:5e:00:53:02"] }

      """
    #expect(try lines(good, "exclusions") == ["ok      exclusions: 2 hardware addresses, 1 network"])
    let bad = "inside_networks: [10.0.0.0/8]\nexclusions: { networks: [192.168.1.7] }\n"
    #expect(
      try lines(bad, "exclusions") == [
        "FAILED  exclusions: 1 excluded network is not inside, so that no device is excluded by it. To do: correct exclusions.networks, or add to inside_networks what is yours"
      ])
  }

  @Test("reports for each class of data when its rows are deleted, and that nothing is deleted without a time")
  func retention() throws {
    let today = LocalDate("2026-11-30")!.day
    func said(_ configuration: String) throws -> [String] {
      let file = try folder.write(configuration, to: "site.yaml")
      let check = SelfCheck(
        configurationFile: file, rules: RuleSource(folder.path("no-rules")), store: folder.path("audit.sqlite"),
        pseudonymKey: nil)
      return SelfCheck.text(check.retentionPoints(try AuditConfiguration(path: file), today: today))
        .split(separator: "\n").map(String.init)
    }
    let agreed = "retention: { evidence_days: 30, usage_days: 90, coverage_days: 400, undescribed_days: 90 }\n"
    let holding = [
      "ok      retention: single flows: 30 days; rows of days before 2026-10-31 are deleted, those of today stay until 2026-12-31",
      "ok      retention: sums by device and hour: 90 days; rows of days before 2026-09-01 are deleted, those of today stay until 2027-03-01",
      "ok      retention: coverage: 400 days; rows of days before 2025-10-26 are deleted, those of today stay until 2028-01-05",
      "ok      retention: destinations without a rule: 90 days; rows of days before 2026-09-01 are deleted, those of today stay until 2027-03-01",
    ]
    #expect(try said(agreed) == holding)
    #expect(
      try said("privacy: { group_minimum: 5 }\n") == [
        "look    retention: single flows: no time is set, so nothing is deleted. To do: agree on a time and enter it as retention.evidence_days; 30 is the proposal",
        "look    retention: sums by device and hour: no time is set, so nothing is deleted. To do: agree on a time and enter it as retention.usage_days; 90 is the proposal",
        "look    retention: coverage: no time is set, so nothing is deleted. To do: agree on a time and enter it as retention.coverage_days; 400 is the proposal",
        "look    retention: destinations without a rule: no time is set, so nothing is deleted. To do: agree on a time and enter it as retention.undescribed_days; 90 is the proposal",
      ])
    #expect(
      try said("retention: { evidence_days: 1, usage_days: 30 }\n").last
        == "look    retention: retention.usage_days is 30; a monthly report may lack its first days, or cannot be compared with the month before. To do: set retention.usage_days to 62 or more, if your agreement allows it"
    )
    // What the rule promises, and what is there, are two things.
    let database = try AuditDatabase(path: folder.path("audit.sqlite"), mode: .capture)
    let key = PseudonymKey.fixed(bytes: Array(repeating: 7, count: PseudonymKey.length))
    let session = try database.beginSession(
      sensor: "gw1", captureMode: "live", interface: "interface", toolVersion: "1.0",
      ruleSet: RuleSetStamp(version: "1", hash: "sha256:ab", date: "2026-11-24"), rules: [],
      settings: AuditSettings(), locationDatabases: [], exportSalt: key.exportSalt)
    func store(_ day: Int64) throws {
      var batch = AuditBatch()
      batch.presence = [
        DevicePresence(
          day: day, group: "office", device: Pseudonymiser(key: key).pseudonym(of: .address(IPAddress("10.20.1.10")!)))
      ]
      try database.append(batch, to: session)
    }
    // Deleted in the course of today at the latest.
    try store(today - 91)
    #expect(try said(agreed) == holding)
    try store(today - 92)
    #expect(
      try said(agreed)[1]
        == "look    retention: sums by device and hour: 90 days, but rows of days before 2026-08-31 are still stored. To do: look for event=deletion_failed in the log of the service; without a service, run 'egressaudit retention delete'"
    )
    database.close()
  }

  @Test("reports how many groups are too small to be reported, but not which ones or how small")
  func groups() throws {
    let configuration = "privacy: { group_minimum: 3 }\n"
    #expect(try lines(configuration, "group sizes") == [])
    let database = try AuditDatabase(path: folder.path("audit.sqlite"), mode: .capture)
    let key = PseudonymKey.fixed(bytes: Array(repeating: 7, count: PseudonymKey.length))
    let session = try database.beginSession(
      sensor: "gw1", captureMode: "live", interface: "interface", toolVersion: "1.0",
      ruleSet: RuleSetStamp(version: "1", hash: "sha256:ab", date: "2026-11-24"), rules: [],
      settings: AuditSettings(), locationDatabases: [], exportSalt: key.exportSalt)
    var batch = AuditBatch()
    for (group, devices) in [("Bürgeramt", 3), ("Sozialamt", 2)] {
      for device in 0..<devices {
        batch.presence.insert(
          DevicePresence(
            day: Today.dayUTC - 1, group: group,
            device: Pseudonymiser(key: key).pseudonym(of: .address(IPAddress("10.20.1.\(10 + device)")!))))
      }
    }
    try database.append(batch, to: session)
    #expect(
      try lines(configuration, "group sizes") == [
        "look    group sizes: 1 of 2 groups had fewer than 3 devices in the last two weeks; reports put them together. To do: join small groups under 'groups', where that is right"
      ])
    #expect(
      try lines("privacy: { group_minimum: 2 }\n", "group sizes") == [
        "ok      group sizes: each had at least 2 devices in the last two weeks"
      ])
  }

  @Test("reports how many of the expected canaries were seen")
  func canaries() throws {
    let configuration = "canary: { sink: canary.musterstadt.example }\n"
    #expect(try lines("site: { name: a }\n", "canary") == ["ok      canary: none is set up"])
    #expect(try lines(configuration, "canary") == ["ok      canary: set up; none was expected in the last 24 hours"])
    let database = try AuditDatabase(path: folder.path("audit.sqlite"), mode: .capture)
    let key = PseudonymKey.fixed(bytes: Array(repeating: 7, count: PseudonymKey.length))
    let session = try database.beginSession(
      sensor: "gw1", captureMode: "live", interface: "interface", toolVersion: "1.0",
      ruleSet: RuleSetStamp(version: "1", hash: "sha256:ab", date: "2026-11-24"), rules: [],
      settings: AuditSettings(), locationDatabases: [], exportSalt: key.exportSalt)
    let now = Hour(sinceEpoch: Int64(Date().timeIntervalSince1970) / 3_600)
    var batch = AuditBatch()
    // None was expected four hours ago, so the canary of that hour does not count.
    for hoursAgo in [2, 3, 4, 30] as [Int64] {
      var hour = CoverageHour(hour: Hour(sinceEpoch: now.sinceEpoch - hoursAgo))
      hour.canariesExpected = hoursAgo == 4 ? 0 : 1
      hour.canariesSeen = [3, 4].contains(hoursAgo) ? 1 : 0
      batch.coverage.append(hour)
    }
    try database.append(batch, to: session)
    #expect(
      try lines(configuration, "canary") == [
        "look    canary: 1 of 2 were seen in the last 24 hours. To do: look at 'systemctl status egressaudit-canary.timer' where they are sent, and at what the sensor sees"
      ])
  }

  @Test("reports a configuration that others can read")
  func mode() throws {
    let file = try folder.write("site: { name: a }\n", to: "open.yaml")
    chmod(file, 0o644)
    let check = SelfCheck(
      configurationFile: file, rules: RuleSource(folder.path("no-rules")), store: nil, pseudonymKey: nil)
    #expect(
      check.run().first { $0.name == "configuration mode" }?.message.en
        == "\(file): open to all users; it names networks, groups and excluded devices")
  }

  @Test("reads the environment as the service does, also without a file")
  func environment() {
    func lines(_ environment: [String: String], _ name: String) -> [String] {
      let check = SelfCheck(
        configurationFile: nil, rules: RuleSource(folder.path("no-rules")), store: nil, pseudonymKey: nil,
        environment: environment.merging(["PATH": "/usr/bin"]) { $1 })
      return SelfCheck.text(check.run().filter { $0.name == name }).split(separator: "\n").map(String.init)
    }
    #expect(lines([:], "configuration").map { $0.prefix(33) } == ["look    configuration: none given"])
    let good = ["EGRESSAUDIT_SITE_NAME": "schule", "EGRESSAUDIT_CAPTURE_INTERFACES": "[nowhere0]"]
    #expect(
      lines(good, "configuration") == [
        "ok      configuration: environment variables: site schule, 9 inside networks, 0 groups"
      ])
    #expect(
      lines(good, "interface") == [
        "FAILED  interface: nowhere0: there is no such interface. To do: name one that 'ip link' lists under capture.interfaces"
      ])
    #expect(
      lines(["EGRESSAUDIT_LOCATION": "none"], "location database") == [
        "ok      location database: switched off; owner and country of addresses stay unknown"
      ])
    #expect(
      lines(["EGRESSAUDIT_SITE_NAMES": "schule"], "configuration") == [
        "FAILED  configuration: $EGRESSAUDIT_SITE_NAMES:1:1: there is no such setting. To do: expected EGRESSAUDIT_ and the path of a key in capitals; did you mean 'EGRESSAUDIT_SITE_NAME'?"
      ])
    #expect(
      lines(["EGRESSAUDIT_CAPTURE_THREADS": "0"], "configuration") == [
        "FAILED  configuration: $EGRESSAUDIT_CAPTURE_THREADS:1:1: 'threads' of 'capture' is '0'. To do: expected a whole number from 1 to 16; correct the value"
      ])
  }

  @Test("reports that a filter is too expensive, with the limit and an alternative")
  func filter() throws {
    let hosts = (0..<600).map { "host 10.20.\($0 / 250).\(1 + $0 % 250)" }.joined(separator: " or ")
    #expect(
      try lines("capture: { interfaces: [eth1], filter: not (\(hosts)) }\n", "configuration") == [
        "FAILED  configuration: \(folder.path("site.yaml")):1:40: the filter has 1200 words. To do: expected at most 256, where and, or, not do not count and a range of ports counts for 4: to compile more would take minutes; name networks (net 10.20.9.0/24) in place of single hosts, or list devices that are to leave no row under exclusions"
      ])
  }
}
