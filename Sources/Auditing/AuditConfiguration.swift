import Capture
import Cryptography
import Documents
import FlowTracking
import Foundation
import Location
import Model
import Privacy
import Rules

/// Everything that the site decides: read from one YAML file, with sane values where it says nothing.
public struct AuditConfiguration: Sendable {
  public var settings = AuditSettings()
  public var tracker = TrackerSettings()
  public var groups: DeviceGroups
  public var exclusions: ExcludedDevices {
    get { tracker.exclusions }
    set { tracker.exclusions = newValue }
  }
  /// Which databases tell who announces an address.
  public var location = LocationSetting.standard
  public var retention = RetentionPolicy.keepAll
  /// How long a pseudonym key holds; nil if it is never changed.
  public var keyInterval: KeyInterval?
  /// Which rules judge, unless the command line names others.
  public var rules = RuleDirectory.standard
  /// Whether the file or the environment names the public key of the rules, which then holds for rules of the command line too.
  private var namesPublicKey = false
  /// What a service captures.
  public var capture = CaptureSettings()
  /// Where machines inside send canaries to; nil for none.
  public var canary: CanarySink?
  /// Whether destinations that no rule describes are listed.
  public var listsUndescribed = true
  /// What is delivered of finished periods.
  public var reports = ReportSettings()
  /// Who can open exact times, addresses and names; nil if the site keeps none.
  public internal(set) var sealedPart: SealedPartRecipients?
  /// Where a service writes its metrics; nil for nowhere.
  var metricsFile: MetricsFile?
  /// What a service captures, in plain values for papers.
  public var captured: (interfaces: [String], isPromiscuous: Bool, filter: String?) {
    (capture.interfaces, capture.isPromiscuous, capture.filter?.text)
  }
  /// Whether a service writes metrics.
  public var writesMetrics: Bool { metricsFile != nil }
  /// Addresses to which the site's resolver leads blocked names, in CIDR notation.
  public var sinkholes: [String] { tracker.sinkholes.map(\.description) }
  /// Files that tell owners and countries of addresses; those of the standard places only if they are there.
  public var locationFiles: [String] { location.paths }
  /// What the claims name, with its places, until it can be compared with groups and rules.
  var claimedGroups: [Placed<String>] = []
  var claimedServices: [Placed<String>] = []
  /// Where `trial` and the smallest group are set, until both are known.
  private var trialPlace: Place?
  private var minimumPlace: Place?
  /// Where the configuration names the canary's sink.
  private(set) var sinkPlace: Place?

  /// All keys of the file: those of the first level, each with those of its mapping.
  package static let keys: KeyValuePairs<String, [String]> = [
    "site": ["name", "sensor", "time_zone", "working_hours"],
    "inside_networks": [],
    "groups": [],
    "exclusions": ["hardware_addresses", "networks"],
    "privacy": ["group_minimum", "pseudonym_key"],
    "trial": [],
    "gate": [
      "maximum_loss", "maximum_gap", "minimum_canaries", "minimum_named", "maximum_unexaminable", "maximum_one_sided",
      "minimum_contacted", "maximum_rule_age_days", "minimum_device_days", "negative_proof_limit",
      "maximum_hidden_device_days", "expects_quic",
    ],
    "campaign": ["first_day", "last_day", "days", "from", "to"],
    "measure_date": [],
    "measures": [],
    "claims": [],
    "transfer_tools": ["maximum_list_age_days"],
    "flow_tracking": ["flow_limit"],
    "memory": ["budget_megabytes"],
    "sinkhole_addresses": [],
    "location": ["databases"],
    "undescribed_destinations": [],
    "reports": ["languages", "patch_day"],
    "retention": DataClass.allCases.map { $0.rawValue + "_days" },
    "rules": ["path", "public_key", "overrides", "accept_unsigned", "accept_key"],
    "capture": ["interfaces", "snap_length", "ring_megabytes", "promiscuous", "filter", "threads"],
    "metrics": ["file"],
    "sealed_part": ["dpo_certificate", "works_council_certificate", "emergency_certificate"],
    "canary": ["sink", "port", "paths", "address", "http_port", "proxy"],
  ]

  /// What holds where there is no file: private ranges are inside, and all devices form one group.
  public init() {
    settings.insideNetworks = tracker.insideNetworks.prefixes.map(\.description)
    do {
      groups = try DeviceGroups([])
    } catch {
      preconditionFailure("no groups cannot contradict each other")
    }
  }

  /// Reads a file, then what the environment says otherwise; every fault is told at once.
  ///
  /// - Parameters:
  ///   - path: nil where there is no file.
  ///   - environment: `EGRESSAUDIT_` and the path of a key in capitals, such as `EGRESSAUDIT_SITE_NAME`, with YAML as value; other names
  ///     are not looked at.
  public init(path: String?, environment: [String: String] = [:]) throws(FileLoadError) {
    self.init()
    let faults = FaultCollector()
    let what = "the configuration"
    let keys = Self.keys.map(\.key)
    if let path, let fields = Fields(path: path, what: what, keys: keys, faults: faults) { read(fields, faults) }
    let overrides = environment.filter { $0.key.hasPrefix(Self.prefix) }.sorted { $0.key < $1.key }
    let known = Self.variables
    for (name, value) in overrides {
      let source = "environment variable \(name)"
      guard let keyPath = known[name] else {
        faults.add(
          Place.start(of: source).fault(
            "there is no such setting", expected: "\(Self.prefix) and the path of a key in capitals",
            next: suggestion(for: name, in: known.keys.sorted(), otherwise: "unset it or correct its name")))
        continue
      }
      if let fields = Fields(value: value, at: keyPath, of: source, what: what, keys: keys, faults: faults) {
        read(fields, faults)
      }
    }
    checkClaimedGroups(faults)
    checkTrial(faults)
    guard faults.faults.isEmpty else { throw FileLoadError(faults: faults.faults.sorted()) }
    let file = path.flatMap { FileManager.default.contents(atPath: $0) }
    guard file != nil || !overrides.isEmpty else { return }
    let text = overrides.reduce(into: file ?? Data()) { $0 += Data("\($1.key)=\($1.value)\n".utf8) }
    settings.configurationHash = "sha256:" + hexadecimal(SHA256Digest.hash(text))
  }

  /// What this program was started with.
  public static var processEnvironment: [String: String] { ProcessInfo.processInfo.environment }

  private static let prefix = "EGRESSAUDIT_"

  /// The key that each environment variable overrides.
  private static let variables: [String: [String]] = {
    var variables: [String: [String]] = [:]
    for (key, inner) in keys {
      variables[prefix + key.uppercased()] = [key]
      for name in inner { variables[prefix + key.uppercased() + "_" + name.uppercased()] = [key, name] }
    }
    return variables
  }()

  private func keys(of key: String) -> [String] { Self.keys.first { $0.key == key }?.value ?? [] }

  /// It becomes part of file names.
  public static func isSiteName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy {
        $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-")
      }
  }

  /// Not `any`, which shows forwarded packets twice.
  public static func isInterfaceName(_ text: String) -> Bool { CaptureSettings.isInterfaceName(text) }

  private mutating func read(_ fields: Fields, _ faults: FaultCollector) {
    readSite(fields)
    let inside = fields.texts("inside_networks", of: "address ranges such as 10.0.0.0/8")
      .compactMap { parsed($0, "an address range such as 10.0.0.0/8", faults) { IPPrefix($0) } }
    if !inside.isEmpty { tracker.insideNetworks = InsideNetworks(inside) }
    settings.insideNetworks = tracker.insideNetworks.prefixes.map(\.description)
    if fields.has("sinkhole_addresses") {
      tracker.sinkholes = fields.texts("sinkhole_addresses", of: "addresses such as 10.0.0.2")
        .compactMap { parsed($0, "an address or a range such as 10.0.0.2", faults) { IPPrefix($0) } }
    }
    if fields.has("groups") { readGroups(fields, faults) }
    readExclusions(fields, faults)
    readPrivacy(fields)
    if let trial = fields.flag("trial", required: false) {
      settings.isTrial = trial.value
      trialPlace = trial.place
    }
    readGate(fields)
    readCampaign(fields)
    readLocation(fields, faults)
    readRetention(fields, faults)
    readRules(fields)
    readCapture(fields)
    readMetrics(fields)
    readSealedPart(fields)
    readCanary(fields)
    if let lists = fields.flag("undescribed_destinations", required: false) { listsUndescribed = lists.value }
    readReports(fields, faults)
    readMeasures(fields, faults)
    if fields.has("claims") { readClaims(fields, faults) }
    if let tools = fields.fields(
      "transfer_tools", what: "'transfer_tools'", keys: keys(of: "transfer_tools"), required: false),
      let days = tools.parsed(
        "maximum_list_age_days", expected: "a whole number from 1 to 3650", required: false,
        { wholeNumber($0, 1...3_650) })
    {
      settings.maximumListAgeDays = days.value
    }
    if let tracking = fields.fields(
      "flow_tracking", what: "'flow_tracking'", keys: keys(of: "flow_tracking"), required: false),
      let limit = tracking.parsed(
        "flow_limit", expected: "a whole number from 1000 to 50000000", required: false,
        { wholeNumber($0, 1_000...50_000_000) })
    {
      tracker.flowLimit = limit.value
    }
    let megabytes = MemoryShares.megabytes
    if let memory = fields.fields("memory", what: "'memory'", keys: keys(of: "memory"), required: false),
      let budget = memory.parsed(
        "budget_megabytes",
        expected: "a whole number from \(megabytes.lowerBound) to \(megabytes.upperBound)", required: false,
        { wholeNumber($0, megabytes) })
    {
      tracker.memoryBudget = budget.value << 20
    }
  }

  private mutating func readPrivacy(_ fields: Fields) {
    guard
      let privacy = fields.fields("privacy", what: "'privacy'", keys: keys(of: "privacy"), required: false)
    else { return }
    if let minimum = privacy.parsed(
      "group_minimum", expected: "a whole number from 1 to 1000", required: false,
      { wholeNumber($0, 1...1_000) })
    {
      settings.groupMinimum = minimum.value
      minimumPlace = minimum.place
    }
    let words = ["never"] + KeyInterval.allCases.map(\.rawValue)
    let interval = privacy.parsed(
      "pseudonym_key", expected: "one of \(words.joined(separator: ", "))", required: false
    ) { words.contains($0) ? $0 : nil }
    if let interval { keyInterval = KeyInterval(rawValue: interval.value) }
  }

  /// The key of version 0.1 stands for a measure against telemetry.
  private mutating func readMeasures(_ fields: Fields, _ faults: FaultCollector) {
    let date = { (text: String) in LocalDate(text) == nil ? nil : text }
    let old = fields.parsed("measure_date", expected: "a date such as 2026-05-01", required: false, date)
    guard fields.has("measures") else {
      if let old { settings.measures = [Measure(date: old.value, purpose: .telemetry)] }
      return
    }
    if let old {
      faults.add(
        old.place.fault(
          "'measure_date' stands beside 'measures'", expected: "one of the two",
          next: "move it into 'measures' as { date: \(old.value), purpose: telemetry }"))
    }
    let keys = ["date", "title", "recipient", "service", "purpose", "rule"]
    let id = "an id as the rules have it, such as"
    settings.measures = fields.mappings("measures", of: "measures", what: "a measure", keys: keys).compactMap { part in
      let day = part.parsed("date", expected: "a date such as 2026-05-01", date)
      let title = part.text("title", expected: "what was done, in a few words", required: false)
      let recipient = part.text("recipient", expected: "\(id) microsoft-ireland-operations", required: false)
      let service = part.text("service", expected: "\(id) windows-diagnostic-data", required: false)
      let purpose = part.word("purpose", PurposeClass.self, required: false)
      let rule = part.text("rule", expected: "\(id) windows-diagnostic-data.event-upload", required: false)
      guard ["recipient", "service", "purpose", "rule"].contains(where: part.has) else {
        faults.add(
          part.place.fault(
            "the measure does not say what it is meant for",
            expected: "at least one of recipient, service, purpose and rule",
            next: "add 'purpose: telemetry', or what else it should have ended"))
        return nil
      }
      return day.map {
        Measure(
          date: $0.value, title: title?.value, recipient: recipient?.value, service: service?.value,
          purpose: purpose?.value, rule: rule?.value)
      }
    }
  }

  private mutating func readSite(_ fields: Fields) {
    guard let site = fields.fields("site", what: "'site'", keys: keys(of: "site"), required: false) else { return }
    let name = "letters, digits and '-', at most 64, such as rathaus-musterstadt"
    if let value = site.parsed(
      "name", expected: name, required: false, { AuditConfiguration.isSiteName($0) ? $0 : nil })
    {
      settings.site = value.value
    }
    if let value = site.parsed(
      "sensor", expected: name, required: false, { AuditConfiguration.isSiteName($0) ? $0 : nil })
    {
      settings.sensor = value.value
    }
    if let zone = site.parsed(
      "time_zone", expected: "an IANA time zone such as Europe/Berlin", required: false,
      { TimeZone(identifier: $0) == nil ? nil : $0 })
    {
      settings.timeZone = zone.value
    }
    guard
      let hours = site.fields(
        "working_hours", what: "'working_hours'", keys: ["days", "from", "to"], required: false)
    else { return }
    settings.workingHours = weekHours(hours, "working hours") ?? settings.workingHours
  }

  /// Weekdays and hours of each; nil where there is a fault.
  private func weekHours(_ hours: Fields, _ what: String) -> WorkingHours? {
    let days = hours.texts("days", of: "mon, tue, wed, thu, fri, sat, sun", required: true).compactMap {
      parsed($0, "one of mon, tue, wed, thu, fri, sat, sun", hours.faults) { weekdays[$0] }
    }
    let from = hours.parsed("from", expected: "an hour from 0 to 23") { wholeNumber($0, 0...23) }
    let to = hours.parsed("to", expected: "an hour from 1 to 24") { wholeNumber($0, 1...24) }
    guard let from, let to, !days.isEmpty else { return nil }
    guard from.value < to.value else {
      hours.faults.add(
        to.place.fault(
          "\(what) end at \(to.value) but begin at \(from.value)", expected: "an end after the beginning",
          next: "correct 'from' or 'to'"))
      return nil
    }
    return WorkingHours(weekdays: Set(days), from: from.value, to: to.value)
  }

  private mutating func readCampaign(_ fields: Fields) {
    guard
      let part = fields.fields("campaign", what: "'campaign'", keys: keys(of: "campaign"), required: false)
    else { return }
    let day = { (key: String) in
      part.parsed(key, expected: "a date such as 2026-05-04") { LocalDate($0)?.day }
    }
    let first = day("first_day")
    let last = day("last_day")
    let hours = weekHours(part, "hours of the campaign")
    guard let first, let last, let hours else { return }
    guard first.value <= last.value, last.value - first.value < Campaign.longest else {
      part.faults.add(
        last.place.fault(
          first.value > last.value
            ? "the campaign ends before it begins" : "the campaign takes more than \(Campaign.longest) days",
          expected: "a last day on or after the first, at most \(Campaign.longest) days in all",
          next: "correct 'first_day' or 'last_day'"))
      return
    }
    settings.campaign = Campaign(firstDay: first.value, lastDay: last.value, hours: hours)
  }

  private mutating func readGroups(_ fields: Fields, _ faults: FaultCollector) {
    var groups: [DeviceGroup] = []
    let keys = ["name", "networks", "vlans", "secrecy_zone"]
    for group in fields.mappings("groups", of: "groups", what: "a group", keys: keys) {
      guard let name = group.text("name", expected: "the name of the group, such as Bürgeramt") else { continue }
      let networks = group.texts("networks", of: "address ranges such as 10.20.1.0/24").compactMap {
        parsed($0, "an address range such as 10.20.1.0/24", faults) { IPPrefix($0) }
      }
      let vlans = group.texts("vlans", of: "VLAN identifiers from 1 to 4094").compactMap {
        parsed($0, "a VLAN identifier from 1 to 4094", faults) { wholeNumber($0, 1...4_094).map(UInt16.init) }
      }
      let zone = group.flag("secrecy_zone", required: false)
      groups.append(
        DeviceGroup(
          name: name.value, networks: networks, vlans: Set(vlans), isSecrecyZone: zone?.value ?? false))
    }
    do throws(DeviceGroupsError) {
      self.groups = try DeviceGroups(groups)
      settings.groups = self.groups.settings
    } catch {
      faults.add(
        fields.place.fault(
          "the groups contradict each other: \(error)", expected: "each network and VLAN in one group",
          next: "remove it from one of the groups"))
    }
  }

  private mutating func readExclusions(_ fields: Fields, _ faults: FaultCollector) {
    guard let part = fields.fields("exclusions", what: "'exclusions'", keys: keys(of: "exclusions"), required: false)
    else { return }
    let hardware = part.texts("hardware_addresses", of: "hardware addresses").compactMap {
      parsed($0, "a hardware address such as 00:00:5e:00:53:01", faults) { HardwareAddress($0) }
    }
    let networks = part.texts("networks", of: "address ranges").compactMap {
      parsed($0, "an address or a range such as 10.20.9.0/28", faults) { IPPrefix($0) }
    }
    exclusions = ExcludedDevices(
      hardwareAddresses: part.has("hardware_addresses") ? Set(hardware) : exclusions.hardwareAddresses,
      networks: part.has("networks") ? networks : exclusions.networks)
  }

  private mutating func readLocation(_ fields: Fields, _ faults: FaultCollector) {
    if fields.holds("location", word: "none") {
      location = .none
      return
    }
    guard
      let part = fields.fields(
        "location", what: "'location', unless it is 'none',", keys: keys(of: "location"), required: false)
    else { return }
    location = .files(
      part.texts("databases", of: "location database files", required: true).map { path($0, namedIn: part) })
  }

  /// Uses other rules. The key of the standard bundle does not hold for them; a key that somebody named does.
  public mutating func name(rules path: String) {
    rules.path = path
    if !namesPublicKey { rules.publicKey = nil }
  }

  private mutating func readRules(_ fields: Fields) {
    guard let part = fields.fields("rules", what: "'rules'", keys: keys(of: "rules"), required: false) else { return }
    let file = { (key: String, expected: String) in
      part.text(key, expected: expected, required: false).map { path($0, namedIn: part) }
    }
    if let path = file("path", "a rule directory or a rule bundle") { name(rules: path) }
    if let path = file("public_key", "the file of the public key that a rule bundle is signed with") {
      rules.publicKey = path
      namesPublicKey = true
    }
    if let value = part.flag("accept_unsigned", required: false) { rules.acceptsUnsigned = value.value }
    if let key = part.parsed(
      "accept_key", expected: "the public key of a bundle, 64 hexadecimal digits in lower case", required: false,
      { RuleSource.isKey($0) ? $0 : nil })
    {
      rules.acceptedKey = key.value
    }
    if let path = file("overrides", "the file of local overrides") { rules.overrides = path }
  }

  private mutating func readRetention(_ fields: Fields, _ faults: FaultCollector) {
    guard let part = fields.fields("retention", what: "'retention'", keys: keys(of: "retention"), required: false)
    else { return }
    var days = retention.days
    for dataClass in DataClass.allCases {
      if let value = part.parsed(
        dataClass.rawValue + "_days", expected: "a whole number of days from 1 to 36500", required: false,
        { wholeNumber($0, 1...36_500) })
      {
        days[dataClass] = value.value
      }
    }
    guard let policy = RetentionPolicy(days: days) else {
      faults.add(
        part.place.fault(
          "single flows would be kept longer than their sums, sums longer than the coverage, or the sealed part longer than single flows",
          expected:
            "sealed_days at most evidence_days, evidence_days at most usage_days, and usage_days at most coverage_days; a missing one is without end, but sealed_days is then evidence_days",
          next: "lower the first, or raise or remove the second"))
      return
    }
    retention = policy
  }

  private mutating func readCapture(_ fields: Fields) {
    guard let part = fields.fields("capture", what: "'capture'", keys: keys(of: "capture"), required: false) else {
      return
    }
    if part.has("interfaces") {
      let name = "an interface that 'ip link' lists, such as eth1; not 'any', which shows forwarded packets twice"
      var names: [String] = []
      for text in part.texts("interfaces", of: "interfaces such as eth1", required: true) {
        guard let value = parsed(text, name, part.faults, { CaptureSettings.isInterfaceName($0) ? $0 : nil }) else {
          continue
        }
        guard !names.contains(value) else {
          part.faults.add(
            text.place.fault(
              "the interface is named twice", expected: "each once",
              next: "remove one; twice would count everything twice"))
          continue
        }
        names.append(value)
      }
      capture.interfaces = names
    }
    if let value = part.parsed(
      "snap_length", expected: "bytes of each packet, from 256 to 262144", required: false,
      { wholeNumber($0, CaptureSettings.snapLengths) })
    {
      capture.snapLength = value.value
    }
    if let value = part.parsed(
      "ring_megabytes", expected: "a whole number from 1 to 2047", required: false,
      { wholeNumber($0, CaptureSettings.ringSizes) })
    {
      capture.ringMegabytes = value.value
    }
    if let value = part.parsed(
      "threads", expected: "a whole number from 1 to 16", required: false,
      { wholeNumber($0, CaptureSettings.threadCounts) })
    {
      capture.threads = value.value
    }
    if let value = part.flag("promiscuous", required: false) { capture.isPromiscuous = value.value }
    guard let filter = part.text("filter", expected: "a filter in the language of pcap-filter(7)", required: false)
    else {
      return
    }
    do throws(PacketFilterError) {
      capture.filter = try PacketFilter(filter.value)
    } catch {
      part.faults.add(filter.place.fault(error.problem, expected: error.expected, next: error.nextStep))
    }
  }

  /// Most addresses that a trial observes: a test PC with one of IPv4 and several of IPv6, or a few test PCs.
  package static let trialAddresses = 8

  /// A group of one is a person, unless nobody works at the device; and what nobody works at is no office.
  private func checkTrial(_ faults: FaultCollector) {
    if settings.groupMinimum < 2, !settings.isTrial, let minimumPlace {
      faults.add(
        minimumPlace.fault(
          "a group of one device is a person",
          expected: "2 or more, as agreed with the works council; the default is 5",
          next: "raise it; for a test PC at which nobody works, 'egressaudit init --single-pc' writes a trial"))
    }
    guard settings.isTrial, let trialPlace else { return }
    let observed = tracker.insideNetworks.prefixes.filter { !$0.address.isLoopback }
    let expected = "'inside_networks' with at most \(Self.trialAddresses) addresses, each of one test PC"
    let next = "name them under 'inside_networks', or remove 'trial'"
    if let network = observed.first(where: { $0.length < ($0.address.isIPv4 ? 32 : 128) }) {
      faults.add(
        trialPlace.fault(
          "a trial cannot observe \(network), which may be an office", expected: expected, next: next))
    } else if observed.count > Self.trialAddresses {
      faults.add(
        trialPlace.fault(
          "a trial cannot observe \(observed.count) addresses, which may be an office", expected: expected, next: next))
    }
    if !groups.definitions.isEmpty {
      faults.add(
        trialPlace.fault(
          "a trial has no groups, which could name persons", expected: "no 'groups'",
          next: "remove 'groups', or remove 'trial'"))
    }
  }

  private mutating func readReports(_ fields: Fields, _ faults: FaultCollector) {
    guard let part = fields.fields("reports", what: "'reports'", keys: keys(of: "reports"), required: false) else {
      return
    }
    if let value = part.flag("patch_day", required: false) { reports.includesPatchDays = value.value }
    guard part.has("languages") else { return }
    let languages = part.texts("languages", of: "de, en", required: true).compactMap {
      parsed($0, "de or en", faults) { Language(rawValue: $0) }
    }
    if !languages.isEmpty { reports.languages = languages }
  }

  private mutating func readMetrics(_ fields: Fields) {
    guard let part = fields.fields("metrics", what: "'metrics'", keys: keys(of: "metrics"), required: false),
      let file = part.text("file", expected: "a file such as /run/egressaudit/egressaudit.prom")
    else { return }
    guard file.value.hasSuffix(".prom") else {
      part.faults.add(
        file.place.fault(
          "the name of the metrics file does not end with '.prom'",
          expected: "a file such as /run/egressaudit/egressaudit.prom",
          next: "correct it: the node exporter reads no other files"))
      return
    }
    metricsFile = MetricsFile(path: path(file, namedIn: part))
  }

  private mutating func readCanary(_ fields: Fields) {
    guard let part = fields.fields("canary", what: "'canary'", keys: keys(of: "canary"), required: false) else {
      return
    }
    let port = part.parsed("port", expected: "a port from 1 to 65535", required: false) { wholeNumber($0, 1...65_535) }
    if let sink = part.parsed(
      "sink", expected: "the name of a host, such as canary.musterstadt.example; not an address",
      required: canary == nil,
      { CanarySink(name: $0) })
    {
      canary = sink.value
      sinkPlace = sink.place
    }
    if let port { canary?.port = UInt16(port.value) }
    if let port = part.parsed(
      "http_port", expected: "a port from 1 to 65535", required: false, { wholeNumber($0, 1...65_535) })
    {
      canary?.httpPort = UInt16(port.value)
    }
    if let address = part.parsed(
      "address", expected: "an address of the sink that its name does not lead to, such as 192.0.2.7", required: false,
      { IPAddress($0) })
    {
      canary?.address = address.value
    }
    if let proxy = part.parsed(
      "proxy", expected: "the site's proxy, such as proxy.musterstadt.example:3128", required: false,
      { HostAndPort($0) })
    {
      canary?.proxy = proxy.value
    }
    if part.has("paths") {
      let ways = ControlPath.allCases.map(\.rawValue).joined(separator: ", ")
      let paths = part.texts("paths", of: ways).compactMap {
        parsed($0, "one of \(ways)", part.faults) { ControlPath(rawValue: $0) }
      }
      canary?.paths = ControlPath.allCases.filter(paths.contains)
    }
    for (path, isMissing, key) in [
      (ControlPath.tlsWithoutDNS, canary?.address == nil, "address"), (.proxy, canary?.proxy == nil, "proxy"),
    ] where isMissing && canary?.paths.contains(path) == true {
      part.faults.add(
        part.place.fault(
          "'paths' of 'canary' has \(path.rawValue), but there is no '\(key)'", expected: "both", next: "add '\(key):'")
      )
    }
    settings.controlPaths = canary?.paths ?? []
  }

  private mutating func readGate(_ fields: Fields) {
    guard let gate = fields.fields("gate", what: "'gate'", keys: keys(of: "gate"), required: false) else { return }
    func share(_ key: String, _ path: WritableKeyPath<GateLimits, Double>) {
      if let value = gate.parsed(key, expected: "a share from 0 to 1, such as 0.01", required: false, { decimal($0) }) {
        settings.gate[keyPath: path] = value.value
      }
    }
    func count(_ key: String, _ path: WritableKeyPath<GateLimits, Int>) {
      if let value = gate.parsed(
        key, expected: "a whole number from 0 to 100000", required: false, { wholeNumber($0, 0...100_000) })
      {
        settings.gate[keyPath: path] = value.value
      }
    }
    share("maximum_loss", \.maximumLoss)
    share("maximum_gap", \.maximumGap)
    share("minimum_canaries", \.minimumCanaries)
    share("minimum_named", \.minimumNamed)
    share("maximum_unexaminable", \.maximumUnexaminable)
    share("maximum_one_sided", \.maximumOneSided)
    share("minimum_contacted", \.minimumContacted)
    share("negative_proof_limit", \.negativeProofLimit)
    share("maximum_hidden_device_days", \.maximumHiddenDeviceDays)
    if let value = gate.flag("expects_quic", required: false) { settings.gate.expectsQUIC = value.value }
    count("maximum_rule_age_days", \.maximumRuleAgeDays)
    count("minimum_device_days", \.minimumDeviceDays)
  }
}

/// What `deliver` writes of a finished period.
public struct ReportSettings: Sendable, Equatable {
  /// Of the reports; the first one decides how the tables are written.
  public var languages: [Language] = [.german, .english]
  /// Also of the days about each patch day.
  public var includesPatchDays = false
}

/// Relative paths begin at the folder of the configuration.
private func path(_ text: Placed<String>, namedIn fields: Fields) -> String {
  let folder = URL(fileURLWithPath: fields.place.file).deletingLastPathComponent()
  return URL(fileURLWithPath: text.value, relativeTo: folder).path
}

private let weekdays = ["mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7]

private func parsed<Value>(
  _ text: Placed<String>, _ expected: String, _ faults: FaultCollector, _ convert: (String) -> Value?
) -> Value? {
  if let value = convert(text.value) { return value }
  faults.add(text.place.fault("the value is not one that fits here", expected: expected, next: "correct the value"))
  return nil
}

private func wholeNumber(_ text: String, _ range: ClosedRange<Int>) -> Int? {
  guard !text.isEmpty, text.utf8.allSatisfy({ $0.isASCIIDigit }), let value = Int(text),
    range.contains(value)
  else { return nil }
  return value
}

private func decimal(_ text: String) -> Double? {
  guard text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") }), let value = Double(text),
    (0...1).contains(value)
  else { return nil }
  return value
}
