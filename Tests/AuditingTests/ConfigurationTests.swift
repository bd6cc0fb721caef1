import Capture
import Documents
import FlowTracking
import Model
import Privacy
import Rules
import TestSupport
import Testing

@testable import Auditing

@Suite("The configuration of the service")
struct ConfigurationTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func read(_ yaml: String, _ environment: [String: String] = [:]) throws -> AuditConfiguration {
    try AuditConfiguration(path: folder.write(yaml, to: "site.yaml"), environment: environment)
  }

  private func faults(_ yaml: String, _ environment: [String: String] = [:]) throws -> [String] {
    let error = #expect(throws: FileLoadError.self) { try read(yaml, environment) }
    let start = folder.path("")
    return error?.faults.map { $0.description.replacing(start, with: "") } ?? []
  }

  @Test("names interfaces, snap length, ring, promiscuous mode and filter")
  func capture() throws {
    var expected = CaptureSettings()
    #expect(try read("site: { name: a }\n").capture == expected)
    expected.interfaces = ["eth1", "br-lan", "eth0.10"]
    expected.snapLength = 2_048
    expected.ringMegabytes = 64
    expected.isPromiscuous = true
    expected.filter = try PacketFilter("not port 22")
    #expect(
      try read(
        """
        capture:
          interfaces: [eth1, br-lan, eth0.10]
          snap_length: 2048
          ring_megabytes: 64
          promiscuous: true
          filter: not port 22

        """
      ).capture == expected)
  }

  @Test("measures have a first day and a scope; the old key means telemetry")
  func measures() throws {
    let settings = try read(
      """
      measures:
        - { date: 2026-05-01, title: GPO telemetry 0, service: windows-diagnostic-data }
        - { date: 2026-06-01, recipient: microsoft, purpose: advertising, rule: edge.ads }
      transfer_tools: { maximum_list_age_days: 90 }

      """
    ).settings
    #expect(
      settings.measures == [
        Measure(date: "2026-05-01", title: "GPO telemetry 0", service: "windows-diagnostic-data"),
        Measure(date: "2026-06-01", recipient: "microsoft", purpose: .advertising, rule: "edge.ads"),
      ])
    #expect(settings.maximumListAgeDays == 90)
    let old = try read("measure_date: 2026-05-01\n").settings
    #expect(old.measures == [Measure(date: "2026-05-01", purpose: .telemetry)])
    #expect(old.maximumListAgeDays == 365)
    #expect(try read("site: { name: a }\n").settings.measures == [])
    #expect(
      try faults("measures: [{ date: 2026-05-01 }, { date: May, purpose: telemetrie }]\n") == [
        "site.yaml:1:12: the measure does not say what it is meant for; expected at least one of recipient, service, purpose and rule; add 'purpose: telemetry', or what else it should have ended",
        "site.yaml:1:42: 'date' of a measure is 'May'; expected a date such as 2026-05-01; correct the value",
        "site.yaml:1:56: 'purpose' of a measure is 'telemetrie'; expected one of telemetry, config_fetch, required_service, update_security, licence, user_function, advertising, unknown; did you mean 'telemetry'?",
      ])
    #expect(
      try faults("measure_date: 2026-05-01\nmeasures: [{ date: 2026-05-01, purpose: telemetry }]\n") == [
        "site.yaml:1:15: 'measure_date' is given beside 'measures'; expected one of the two; move it into 'measures' as { date: 2026-05-01, purpose: telemetry }"
      ])
  }

  @Test(
    "an impossible value is refused with its place and the expected values",
    arguments: [
      (
        "interfaces: []",
        "site.yaml:1:24: 'interfaces' of 'capture' is empty; expected at least one of: interfaces such as eth1; add one"
      ),
      (
        "interfaces: [any]",
        "site.yaml:1:25: the value is not one that fits here; expected an interface that 'ip link' lists, such as eth1; not 'any', which shows forwarded packets twice; correct the value"
      ),
      (
        "interfaces: [eth1, eth1]",
        "site.yaml:1:31: the interface is named twice; expected each once; remove one; twice would count everything twice"
      ),
      (
        "interfaces: [an-interface-too-long]",
        "site.yaml:1:25: the value is not one that fits here; expected an interface that 'ip link' lists, such as eth1; not 'any', which shows forwarded packets twice; correct the value"
      ),
      (
        "snap_length: 255",
        "site.yaml:1:25: 'snap_length' of 'capture' is '255'; expected bytes of each packet, from 256 to 262144; correct the value"
      ),
      (
        "ring_megabytes: 2048",
        "site.yaml:1:28: 'ring_megabytes' of 'capture' is '2048'; expected a whole number from 1 to 2047; correct the value"
      ),
      (
        "promiscuous: perhaps",
        "site.yaml:1:25: 'promiscuous' of 'capture' is 'perhaps'; expected true or false; correct the value"
      ),
      (
        "filtr: tcp",
        "site.yaml:1:12: unknown key 'filtr' in 'capture'; expected one of interfaces, snap_length, ring_megabytes, promiscuous, filter, threads; did you mean 'filter'?"
      ),
      (
        "threads: 0",
        "site.yaml:1:21: 'threads' of 'capture' is '0'; expected a whole number from 1 to 16; correct the value"
      ),
    ])
  func refused(line: String, fault: String) throws {
    #expect(try faults("capture: { \(line) }\n") == [fault])
  }

  @Test("a filter that libpcap does not understand is refused with its reason")
  func filter() throws {
    let faults = try faults("capture: { filter: tcp porto 443 }\n")
    #expect(faults.count == 1)
    #expect(faults[0].hasPrefix("site.yaml:1:20: the filter is not understood ("))
    #expect(
      faults[0].hasSuffix("; expected a filter in the language of pcap-filter(7); try it with: tcpdump -d 'FILTER'"))
  }

  @Test("each key can be overridden by the environment, a single one, a list or a whole mapping")
  func environment() throws {
    let yaml = """
      site: { name: rathaus, sensor: gw1, working_hours: { days: [mon], from: 7, to: 18 } }
      groups: [{ name: A, networks: [10.1.0.0/16] }]
      sinkhole_addresses: [10.0.0.1]
      exclusions: { networks: [10.9.0.0/16], hardware_addresses: ["00:00:5e:00:53:01"] }
      capture: { interfaces: [eth1], snap_length: 512 }

      """
    let file = try read(yaml)
    let other = try read(
      yaml,
      [
        "EGRESSAUDIT_CAPTURE_INTERFACES": "[eth2, eth3]", "EGRESSAUDIT_SITE_SENSOR": "gw2",
        "EGRESSAUDIT_PRIVACY": "{ group_minimum: 7 }", "EGRESSAUDIT_EXCLUSIONS_NETWORKS": "[10.8.0.0/16]",
        "EGRESSAUDIT_SITE_WORKING_HOURS": "{ days: [tue], from: 8, to: 17 }", "PATH": "/usr/bin",
      ])
    #expect(other.capture.interfaces == ["eth2", "eth3"])
    #expect(other.capture.snapLength == 512)
    #expect(other.settings.sensor == "gw2")
    #expect(other.settings.site == "rathaus")
    #expect(other.settings.groupMinimum == 7)
    #expect(other.settings.workingHours == WorkingHours(weekdays: [2], from: 8, to: 17))
    #expect(other.exclusions.networks == [IPPrefix("10.8.0.0/16")])
    #expect(other.exclusions.hardwareAddresses == file.exclusions.hardwareAddresses)
    #expect(other.settings.groups == file.settings.groups)
    #expect(other.tracker.sinkholes == file.tracker.sinkholes)
    // The environment decided too, not the file alone.
    #expect(other.settings.configurationHash != file.settings.configurationHash)
    #expect(try read(yaml, ["PATH": "/usr/bin"]).settings.configurationHash == file.settings.configurationHash)
  }

  @Test(
    "a variable that names no key, or whose value the key does not accept, is a fault of the variable",
    arguments: [
      (
        "EGRESSAUDIT_CAPTURE_INTERFACE", "[eth1]",
        "$EGRESSAUDIT_CAPTURE_INTERFACE:1:1: there is no such setting; expected EGRESSAUDIT_ and the path of a key in capitals; did you mean 'EGRESSAUDIT_CAPTURE_INTERFACES'?"
      ),
      (
        "EGRESSAUDIT_XYZXYZXYZXYZXYZXYZ", "1",
        "$EGRESSAUDIT_XYZXYZXYZXYZXYZXYZ:1:1: there is no such setting; expected EGRESSAUDIT_ and the path of a key in capitals; unset it or correct its name"
      ),
      (
        "EGRESSAUDIT_CAPTURE_SNAP_LENGTH", "much",
        "$EGRESSAUDIT_CAPTURE_SNAP_LENGTH:1:1: 'snap_length' of 'capture' is 'much'; expected bytes of each packet, from 256 to 262144; correct the value"
      ),
      (
        "EGRESSAUDIT_CAPTURE_INTERFACES", "eth1",
        "$EGRESSAUDIT_CAPTURE_INTERFACES:1:1: 'interfaces' of 'capture' is the single value 'eth1'; expected a list of interfaces such as eth1; write one '- item' line for each"
      ),
      (
        "EGRESSAUDIT_SITE_NAME", "",
        "$EGRESSAUDIT_SITE_NAME:1:1: the value is empty; expected a value as it would be written in the file; give one, or unset the variable"
      ),
    ])
  func variable(name: String, value: String, fault: String) throws {
    #expect(try faults("site: { name: a }\n", [name: value]) == [fault])
  }

  @Test("without a file the environment alone decides")
  func environmentAlone() throws {
    let configuration = try AuditConfiguration(path: nil, environment: ["EGRESSAUDIT_SITE_NAME": "schule"])
    #expect(configuration.settings.site == "schule")
    #expect(configuration.settings.configurationHash != nil)
    #expect(try AuditConfiguration(path: nil).settings.configurationHash == nil)
  }

  @Test("a campaign is read with its days and hours, and an impossible one is refused")
  func campaign() throws {
    let folder = try TemporaryDirectory()
    func read(_ text: String) throws -> Campaign? {
      try AuditConfiguration(path: try folder.write("campaign: \(text)\n", to: "site.yaml")).settings.campaign
    }
    func fault(_ text: String) -> String {
      do {
        _ = try read(text)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(AuditConfiguration().settings.campaign == nil)
    #expect(
      try read("{ first_day: 2026-05-04, last_day: 2026-05-15, days: [tue, mon], from: 7, to: 18 }")
        == Campaign(
          firstDay: 20_577, lastDay: 20_588, hours: WorkingHours(weekdays: [1, 2], from: 7, to: 18)))
    #expect(
      fault("{ first_day: 2026-05-04, last_day: 2026-05-03, days: [mon], from: 7, to: 18 }").contains(
        "the campaign ends before it begins"))
    #expect(
      fault("{ first_day: 2016-05-04, last_day: 2026-05-15, days: [mon], from: 7, to: 18 }").contains(
        "the campaign takes more than 3660 days"))
    #expect(
      fault("{ first_day: 2026-05-04, last_day: 2026-05-15, days: [mon], from: 18, to: 7 }").contains(
        "hours of the campaign end at 7 but begin at 18"))
    #expect(
      fault("{ first_day: 2026-02-30, last_day: 2026-05-15, days: [mon], from: 7, to: 18 }").contains("first_day"))
    #expect(fault("{ last_day: 2026-05-15, days: [mon], from: 7, to: 18 }").contains("first_day"))
  }

  @Test("limits of the gate are read as shares")
  func sightLimits() throws {
    let folder = try TemporaryDirectory()
    let text =
      "gate: { maximum_unexaminable: 0.2, maximum_one_sided: 0.3, minimum_contacted: 0.4, expects_quic: false }\n"
    let gate = try AuditConfiguration(path: try folder.write(text, to: "site.yaml")).settings.gate
    #expect([gate.maximumUnexaminable, gate.maximumOneSided, gate.minimumContacted] == [0.2, 0.3, 0.4])
    #expect(!gate.expectsQUIC)
    let standard = AuditConfiguration().settings.gate
    #expect([standard.maximumUnexaminable, standard.maximumOneSided, standard.minimumContacted] == [0.1, 0.1, 0.25])
    #expect(standard.expectsQUIC)
  }

  @Test("the memory budget is read in megabytes of 2^20 bytes, within its bounds")
  func memoryBudget() throws {
    let folder = try TemporaryDirectory()
    func budget(_ text: String) throws -> Int {
      try AuditConfiguration(path: try folder.write("memory: { budget_megabytes: \(text) }\n", to: "site.yaml"))
        .tracker.memoryBudget
    }
    #expect(AuditConfiguration().tracker.memoryBudget == 512 << 20)
    #expect(try budget("64") == 64 << 20)
    #expect(try budget("65536") == 65_536 << 20)
    for text in ["63", "65537", "0.5", "-1", "much"] {
      #expect(throws: FileLoadError.self) { try budget(text) }
    }
  }
}

extension ConfigurationTests {
  @Test("claims have an id, words in one or both languages, a scope, groups and a first day")
  func claims() throws {
    let configuration = try read(
      """
      groups: [{ name: Bauamt, networks: [10.1.0.0/16] }]
      claims:
        - { id: off, says: { de: Aus., en: Off. }, purpose: telemetry, groups: [ungrouped, Bauamt], from: 2026-05-01 }
        - { id: no-ads, says: Keine Werbung., services: [edge, bing, edge] }
        - { id: one, says: { de: Nur deutsch. }, purpose: advertising }

      """)
    #expect(
      configuration.settings.claims == [
        Claim(
          id: "off", says: LocalizedText(en: "Off.", de: "Aus."), purpose: .telemetry, groups: ["Bauamt", "ungrouped"],
          from: "2026-05-01"),
        Claim(
          id: "no-ads", says: LocalizedText(en: "Keine Werbung.", de: "Keine Werbung."), services: ["bing", "edge"]),
        Claim(id: "one", says: LocalizedText(en: "Nur deutsch.", de: "Nur deutsch."), purpose: .advertising),
      ])
  }

  @Test("each fault of a claim is told with its place, the value and the next step")
  func claimFaults() throws {
    #expect(
      try faults(
        """
        groups: [{ name: Bauamt, networks: [10.1.0.0/16] }]
        claims:
          - { id: Off, says: A., purpose: telemetry }
          - { id: a, says: A. }
          - { id: b, says: A., purpose: telemetri, from: 1 May }
          - { id: c, says: A., purpose: telemetry, groups: [Bauamd] }
          - { id: c, says: {}, purpose: telemetry }
          - { id: c, says: A., purpose: telemetry }

        """) == [
          "site.yaml:3:11: 'id' of a claim is 'Off'; expected lower-case letters, digits and '-', such as windows-diagnostics-off; correct the value",
          "site.yaml:4:5: the claim does not say what does not leave the site; expected at least one of purpose and services; add 'purpose: telemetry', or the services that it is about",
          "site.yaml:5:33: 'purpose' of a claim is 'telemetri'; expected one of telemetry, config_fetch, required_service, update_security, licence, user_function, advertising, unknown; did you mean 'telemetry'?",
          "site.yaml:5:50: 'from' of a claim is '1 May'; expected a date such as 2026-05-01; correct the value",
          "site.yaml:6:53: the claim names the group 'Bauamd', which is not defined; expected a name under 'groups', or 'ungrouped'; did you mean 'Bauamt'?",
          "site.yaml:7:20: 'says' of a claim has no text; expected what is claimed, in one sentence, or a mapping with 'en' and 'de'; add 'de:' or 'en:', or write the text alone",
          "site.yaml:8:11: two claims have the id 'c'; expected an id of its own for each; rename or remove one of them",
        ])
  }

  @Test("a claim about a service that no rule knows is refused with the nearest name")
  func claimedService() throws {
    let rules = try RuleSet(directory: "rules")
    let known = try read("claims: [{ id: a, says: A., services: [windows-diagnostic-data] }]\n")
    #expect(throws: Never.self) { try known.checkClaims(against: rules) }
    let unknown = try read("claims: [{ id: a, says: A., services: [windows-diagnostic-dato] }]\n")
    let error = #expect(throws: FileLoadError.self) { try unknown.checkClaims(against: rules) }
    #expect(
      error?.faults.map { $0.description.replacing(folder.path(""), with: "") } == [
        "site.yaml:1:40: the claim is about the service 'windows-diagnostic-dato', which no rule knows; expected the id of a service in the rule set; did you mean 'windows-diagnostic-data'?"
      ])
  }

  @Test("a canary is expected in each hour that a recording covers from its beginning to its end")
  func canariesOfRecordings() {
    func span(_ first: Int64, _ last: Int64, _ begins: CaptureSpan.Beginning = .file) -> CaptureSpan {
      CaptureSpan(first: first, last: last, begins: begins, edgeSilence: 0)
    }
    func hours(_ spans: [CaptureSpan]) -> [Int64] {
      ExpectedCanaries.hours(in: spans).map { hour in
        #expect(hour.canariesExpected == 1)
        return hour.hour.sinceEpoch
      }
    }
    #expect(hours([]) == [])
    #expect(hours([span(0, 7_199)]) == [0, 1])
    // Packets do not come each second.
    #expect(hours([span(120, 7_080)]) == [0, 1])
    #expect(hours([span(121, 7_078)]) == [])
    // Two files of one recording, and a break.
    #expect(hours([span(0, 5_000), span(5_060, 10_800)]) == [0, 1, 2])
    #expect(hours([span(0, 5_000), span(5_600, 10_800, .silence)]) == [0, 2])
    #expect(hours([span(0, 3_600 * 20_000)]).count == 10_000)
  }
}
