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
    let what = ConfigurationTexts.configuration
    let keys = Self.keys.map(\.key)
    if let path, let fields = Fields(path: path, what: what, keys: keys, faults: faults) { read(fields, faults) }
    let overrides = environment.filter { $0.key.hasPrefix(Self.prefix) }.sorted { $0.key < $1.key }
    let known = Self.variables
    for (name, value) in overrides {
      let source = "$\(name)"
      guard let keyPath = known[name] else {
        faults.add(
          Place.start(of: source).fault(
            ConfigurationTexts.noSuchSetting, expected: ConfigurationTexts.variableName(Self.prefix),
            next: suggestion(for: name, in: known.keys.sorted(), otherwise: ConfigurationTexts.unsetOrRename)))
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
    // An empty list would leave the usual networks in place, against its words.
    let inside = fields.texts(
      "inside_networks", of: ConfigurationTexts.addressRanges("10.0.0.0/8"), required: fields.has("inside_networks")
    )
    .compactMap { parsed($0, ConfigurationTexts.addressRange("10.0.0.0/8"), faults) { IPPrefix($0) } }
    if !inside.isEmpty { tracker.insideNetworks = InsideNetworks(inside) }
    settings.insideNetworks = tracker.insideNetworks.prefixes.map(\.description)
    if fields.has("sinkhole_addresses") {
      tracker.sinkholes = fields.texts("sinkhole_addresses", of: ConfigurationTexts.addresses)
        .compactMap { parsed($0, ConfigurationTexts.addressOrRange("10.0.0.2"), faults) { IPPrefix($0) } }
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
      "transfer_tools", what: ConfigurationTexts.section("transfer_tools"), keys: keys(of: "transfer_tools"),
      required: false),
      let days = tools.parsed(
        "maximum_list_age_days", expected: FileTexts.wholeNumber(from: 1, to: 3_650), required: false,
        { wholeNumber($0, 1...3_650) })
    {
      settings.maximumListAgeDays = days.value
    }
    if let tracking = fields.fields(
      "flow_tracking", what: ConfigurationTexts.section("flow_tracking"), keys: keys(of: "flow_tracking"),
      required: false),
      let limit = tracking.parsed(
        "flow_limit", expected: FileTexts.wholeNumber(from: 1_000, to: 50_000_000), required: false,
        { wholeNumber($0, 1_000...50_000_000) })
    {
      tracker.flowLimit = limit.value
    }
    let megabytes = MemoryShares.megabytes
    if let memory = fields.fields(
      "memory", what: ConfigurationTexts.section("memory"), keys: keys(of: "memory"), required: false),
      let budget = memory.parsed(
        "budget_megabytes",
        expected: FileTexts.wholeNumber(from: megabytes.lowerBound, to: megabytes.upperBound), required: false,
        { wholeNumber($0, megabytes) })
    {
      tracker.memoryBudget = budget.value << 20
    }
  }

  private mutating func readPrivacy(_ fields: Fields) {
    guard
      let privacy = fields.fields(
        "privacy", what: ConfigurationTexts.section("privacy"), keys: keys(of: "privacy"), required: false)
    else { return }
    if let minimum = privacy.parsed(
      "group_minimum", expected: FileTexts.wholeNumber(from: 1, to: 1_000), required: false,
      { wholeNumber($0, 1...1_000) })
    {
      settings.groupMinimum = minimum.value
      minimumPlace = minimum.place
    }
    let words = ["never"] + KeyInterval.allCases.map(\.rawValue)
    let interval = privacy.parsed(
      "pseudonym_key", expected: FileTexts.oneOf(words.joined(separator: ", ")), required: false
    ) { words.contains($0) ? $0 : nil }
    if let interval { keyInterval = KeyInterval(rawValue: interval.value) }
  }

  /// The key of version 0.1 stands for a measure against telemetry.
  private mutating func readMeasures(_ fields: Fields, _ faults: FaultCollector) {
    let date = { (text: String) in LocalDate(text) == nil ? nil : text }
    let old = fields.parsed("measure_date", expected: FileTexts.date("2026-05-01"), required: false, date)
    guard fields.has("measures") else {
      if let old { settings.measures = [Measure(date: old.value, purpose: .telemetry)] }
      return
    }
    if let old {
      faults.add(
        old.place.fault(
          ConfigurationTexts.measureDateAndMeasures, expected: FileTexts.oneOfTwo,
          next: ConfigurationTexts.moveIntoMeasures(old.value)))
    }
    let keys = ["date", "title", "recipient", "service", "purpose", "rule"]
    settings.measures = fields.mappings(
      "measures", of: ConfigurationTexts.measures, what: ConfigurationTexts.measure, keys: keys
    ).compactMap { part in
      let day = part.parsed("date", expected: FileTexts.date("2026-05-01"), date)
      let title = part.text("title", expected: ConfigurationTexts.measureTitle, required: false)
      let recipient = part.text(
        "recipient", expected: ConfigurationTexts.ruleIdentifier("microsoft-ireland-operations"), required: false)
      let service = part.text(
        "service", expected: ConfigurationTexts.ruleIdentifier("windows-diagnostic-data"), required: false)
      let purpose = part.word("purpose", PurposeClass.self, required: false)
      let rule = part.text(
        "rule", expected: ConfigurationTexts.ruleIdentifier("windows-diagnostic-data.event-upload"), required: false)
      guard ["recipient", "service", "purpose", "rule"].contains(where: part.has) else {
        faults.add(
          part.place.fault(
            ConfigurationTexts.measureWithoutSubject,
            expected: ConfigurationTexts.measureSubject,
            next: ConfigurationTexts.addMeasureSubject))
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
    guard
      let site = fields.fields(
        "site", what: ConfigurationTexts.section("site"), keys: keys(of: "site"), required: false)
    else { return }
    let name = ConfigurationTexts.siteName
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
      "time_zone", expected: ConfigurationTexts.timeZone, required: false,
      { TimeZone(identifier: $0) == nil ? nil : $0 })
    {
      settings.timeZone = zone.value
    }
    guard
      let hours = site.fields(
        "working_hours", what: ConfigurationTexts.section("working_hours"), keys: ["days", "from", "to"],
        required: false)
    else { return }
    settings.workingHours = weekHours(hours, ConfigurationTexts.workingHours) ?? settings.workingHours
  }

  /// Weekdays and hours of each; nil where there is a fault.
  private func weekHours(_ hours: Fields, _ what: LocalizedText) -> WorkingHours? {
    let days = hours.texts("days", of: FileTexts.words("mon, tue, wed, thu, fri, sat, sun"), required: true).compactMap
    {
      parsed($0, FileTexts.oneOf("mon, tue, wed, thu, fri, sat, sun"), hours.faults) { weekdays[$0] }
    }
    let from = hours.parsed("from", expected: ConfigurationTexts.hourFrom) { wholeNumber($0, 0...23) }
    let to = hours.parsed("to", expected: ConfigurationTexts.hourTo) { wholeNumber($0, 1...24) }
    guard let from, let to, !days.isEmpty else { return nil }
    guard from.value < to.value else {
      hours.faults.add(
        to.place.fault(
          ConfigurationTexts.hoursReversed(what, to.value, from.value), expected: ConfigurationTexts.endAfterBeginning,
          next: ConfigurationTexts.correctFromOrTo))
      return nil
    }
    return WorkingHours(weekdays: Set(days), from: from.value, to: to.value)
  }

  private mutating func readCampaign(_ fields: Fields) {
    guard
      let part = fields.fields(
        "campaign", what: ConfigurationTexts.section("campaign"), keys: keys(of: "campaign"), required: false)
    else { return }
    let day = { (key: String) in
      part.parsed(key, expected: FileTexts.date("2026-05-04")) { LocalDate($0)?.day }
    }
    let first = day("first_day")
    let last = day("last_day")
    let hours = weekHours(part, ConfigurationTexts.campaignHours)
    guard let first, let last, let hours else { return }
    guard first.value <= last.value, last.value - first.value < Campaign.longest else {
      part.faults.add(
        last.place.fault(
          first.value > last.value
            ? ConfigurationTexts.campaignReversed : ConfigurationTexts.campaignTooLong(Campaign.longest),
          expected: ConfigurationTexts.campaignDays(Campaign.longest),
          next: ConfigurationTexts.correctCampaignDays))
      return
    }
    settings.campaign = Campaign(firstDay: first.value, lastDay: last.value, hours: hours)
  }

  private mutating func readGroups(_ fields: Fields, _ faults: FaultCollector) {
    var groups: [DeviceGroup] = []
    let keys = ["name", "networks", "vlans", "secrecy_zone"]
    for group in fields.mappings("groups", of: FileTexts.groups, what: ConfigurationTexts.group, keys: keys) {
      guard let name = group.text("name", expected: ConfigurationTexts.groupName) else { continue }
      let networks = group.texts("networks", of: ConfigurationTexts.addressRanges("10.20.1.0/24")).compactMap {
        parsed($0, ConfigurationTexts.addressRange("10.20.1.0/24"), faults) { IPPrefix($0) }
      }
      let vlans = group.texts("vlans", of: ConfigurationTexts.vlans).compactMap {
        parsed($0, ConfigurationTexts.vlan, faults) { wholeNumber($0, 1...4_094).map(UInt16.init) }
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
          ConfigurationTexts.groupsContradict(error.text), expected: ConfigurationTexts.eachInOneGroup,
          next: ConfigurationTexts.removeFromGroup))
    }
  }

  private mutating func readExclusions(_ fields: Fields, _ faults: FaultCollector) {
    guard
      let part = fields.fields(
        "exclusions", what: ConfigurationTexts.section("exclusions"), keys: keys(of: "exclusions"), required: false)
    else { return }
    let hardware = part.texts("hardware_addresses", of: ConfigurationTexts.hardwareAddresses).compactMap {
      parsed($0, ConfigurationTexts.hardwareAddress, faults) { HardwareAddress($0) }
    }
    let networks = part.texts("networks", of: ConfigurationTexts.ranges).compactMap {
      parsed($0, ConfigurationTexts.addressOrRange("10.20.9.0/28"), faults) { IPPrefix($0) }
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
        "location", what: ConfigurationTexts.locationUnlessNone, keys: keys(of: "location"), required: false)
    else { return }
    location = .files(
      part.texts("databases", of: ConfigurationTexts.locationFiles, required: true).map { path($0, namedIn: part) })
  }

  /// Uses other rules. The key of the standard bundle does not hold for them; a key that somebody named does.
  public mutating func name(rules path: String) {
    rules.path = path
    if !namesPublicKey { rules.publicKey = nil }
  }

  private mutating func readRules(_ fields: Fields) {
    guard
      let part = fields.fields(
        "rules", what: ConfigurationTexts.section("rules"), keys: keys(of: "rules"), required: false)
    else { return }
    let file = { (key: String, expected: LocalizedText) in
      part.text(key, expected: expected, required: false).map { path($0, namedIn: part) }
    }
    if let path = file("path", ConfigurationTexts.rulesPath) { name(rules: path) }
    if let path = file("public_key", ConfigurationTexts.rulesKeyFile) {
      rules.publicKey = path
      namesPublicKey = true
    }
    if let value = part.flag("accept_unsigned", required: false) { rules.acceptsUnsigned = value.value }
    if let key = part.parsed(
      "accept_key", expected: ConfigurationTexts.rulesKey, required: false,
      { RuleSource.isKey($0) ? $0 : nil })
    {
      rules.acceptedKey = key.value
    }
    if let path = file("overrides", ConfigurationTexts.overridesFile) { rules.overrides = path }
  }

  private mutating func readRetention(_ fields: Fields, _ faults: FaultCollector) {
    guard
      let part = fields.fields(
        "retention", what: ConfigurationTexts.section("retention"), keys: keys(of: "retention"), required: false)
    else { return }
    var days = retention.days
    for dataClass in DataClass.allCases {
      if let value = part.parsed(
        dataClass.rawValue + "_days", expected: ConfigurationTexts.retentionDays, required: false,
        { wholeNumber($0, 1...36_500) })
      {
        days[dataClass] = value.value
      }
    }
    guard let policy = RetentionPolicy(days: days) else {
      faults.add(
        part.place.fault(
          ConfigurationTexts.retentionReversed,
          expected:
            ConfigurationTexts.retentionOrder,
          next: ConfigurationTexts.lowerOrRaise))
      return
    }
    retention = policy
  }

  private mutating func readCapture(_ fields: Fields) {
    guard
      let part = fields.fields(
        "capture", what: ConfigurationTexts.section("capture"), keys: keys(of: "capture"), required: false)
    else {
      return
    }
    if part.has("interfaces") {
      let name = ConfigurationTexts.interface
      var names: [String] = []
      for text in part.texts("interfaces", of: ConfigurationTexts.interfaces, required: true) {
        guard let value = parsed(text, name, part.faults, { CaptureSettings.isInterfaceName($0) ? $0 : nil }) else {
          continue
        }
        guard !names.contains(value) else {
          part.faults.add(
            text.place.fault(
              ConfigurationTexts.interfaceTwice, expected: ConfigurationTexts.eachOnce,
              next: ConfigurationTexts.removeInterface))
          continue
        }
        names.append(value)
      }
      capture.interfaces = names
    }
    if let value = part.parsed(
      "snap_length", expected: ConfigurationTexts.snapLength, required: false,
      { wholeNumber($0, CaptureSettings.snapLengths) })
    {
      capture.snapLength = value.value
    }
    if let value = part.parsed(
      "ring_megabytes", expected: FileTexts.wholeNumber(from: 1, to: 2_047), required: false,
      { wholeNumber($0, CaptureSettings.ringSizes) })
    {
      capture.ringMegabytes = value.value
    }
    if let value = part.parsed(
      "threads", expected: FileTexts.wholeNumber(from: 1, to: 16), required: false,
      { wholeNumber($0, CaptureSettings.threadCounts) })
    {
      capture.threads = value.value
    }
    if let value = part.flag("promiscuous", required: false) { capture.isPromiscuous = value.value }
    guard let filter = part.text("filter", expected: ConfigurationTexts.filter, required: false)
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
          ConfigurationTexts.groupOfOne,
          expected: ConfigurationTexts.groupMinimum,
          next: ConfigurationTexts.raiseGroupMinimum))
    }
    guard settings.isTrial, let trialPlace else { return }
    let observed = tracker.insideNetworks.prefixes.filter { !$0.address.isLoopback }
    let expected = ConfigurationTexts.trialNetworks(Self.trialAddresses)
    let next = ConfigurationTexts.nameTestPCs
    if let network = observed.first(where: { $0.length < ($0.address.isIPv4 ? 32 : 128) }) {
      faults.add(
        trialPlace.fault(
          ConfigurationTexts.trialOfNetwork(network.description), expected: expected, next: next))
    } else if observed.count > Self.trialAddresses {
      faults.add(
        trialPlace.fault(
          ConfigurationTexts.trialOfAddresses(observed.count), expected: expected, next: next))
    }
    if !groups.definitions.isEmpty {
      faults.add(
        trialPlace.fault(
          ConfigurationTexts.trialWithGroups, expected: ConfigurationTexts.noGroups,
          next: ConfigurationTexts.removeGroupsOrTrial))
    }
  }

  private mutating func readReports(_ fields: Fields, _ faults: FaultCollector) {
    guard
      let part = fields.fields(
        "reports", what: ConfigurationTexts.section("reports"), keys: keys(of: "reports"), required: false)
    else {
      return
    }
    if let value = part.flag("patch_day", required: false) { reports.includesPatchDays = value.value }
    guard part.has("languages") else { return }
    let languages = part.texts("languages", of: FileTexts.words("de, en"), required: true).compactMap {
      parsed($0, ConfigurationTexts.germanOrEnglish, faults) { Language(rawValue: $0) }
    }
    if !languages.isEmpty { reports.languages = languages }
  }

  private mutating func readMetrics(_ fields: Fields) {
    guard
      let part = fields.fields(
        "metrics", what: ConfigurationTexts.section("metrics"), keys: keys(of: "metrics"), required: false),
      let file = part.text("file", expected: ConfigurationTexts.metricsFile)
    else { return }
    guard file.value.hasSuffix(".prom") else {
      part.faults.add(
        file.place.fault(
          ConfigurationTexts.metricsEnding,
          expected: ConfigurationTexts.metricsFile,
          next: ConfigurationTexts.correctMetricsFile))
      return
    }
    metricsFile = MetricsFile(path: path(file, namedIn: part))
  }

  private mutating func readCanary(_ fields: Fields) {
    guard
      let part = fields.fields(
        "canary", what: ConfigurationTexts.section("canary"), keys: keys(of: "canary"), required: false)
    else {
      return
    }
    let port = part.parsed("port", expected: ConfigurationTexts.port, required: false) { wholeNumber($0, 1...65_535) }
    if let sink = part.parsed(
      "sink", expected: ConfigurationTexts.sinkName,
      required: canary == nil,
      { CanarySink(name: $0) })
    {
      canary = sink.value
      sinkPlace = sink.place
    }
    if let port { canary?.port = UInt16(port.value) }
    if let port = part.parsed(
      "http_port", expected: ConfigurationTexts.port, required: false, { wholeNumber($0, 1...65_535) })
    {
      canary?.httpPort = UInt16(port.value)
    }
    if let address = part.parsed(
      "address", expected: ConfigurationTexts.sinkAddress, required: false,
      { IPAddress($0) })
    {
      canary?.address = address.value
    }
    if let proxy = part.parsed(
      "proxy", expected: ConfigurationTexts.proxy, required: false,
      { HostAndPort($0) })
    {
      canary?.proxy = proxy.value
    }
    if part.has("paths") {
      let ways = ControlPath.allCases.map(\.rawValue).joined(separator: ", ")
      let paths = part.texts("paths", of: FileTexts.words(ways)).compactMap {
        parsed($0, FileTexts.oneOf(ways), part.faults) { ControlPath(rawValue: $0) }
      }
      canary?.paths = ControlPath.allCases.filter(paths.contains)
    }
    for (path, isMissing, key) in [
      (ControlPath.tlsWithoutDNS, canary?.address == nil, "address"), (.proxy, canary?.proxy == nil, "proxy"),
    ] where isMissing && canary?.paths.contains(path) == true {
      part.faults.add(
        part.place.fault(
          ConfigurationTexts.pathWithoutKey(path.rawValue, key), expected: ConfigurationTexts.both,
          next: FileTexts.addKey(key))
      )
    }
    settings.controlPaths = canary?.paths ?? []
  }

  private mutating func readGate(_ fields: Fields) {
    guard
      let gate = fields.fields(
        "gate", what: ConfigurationTexts.section("gate"), keys: keys(of: "gate"), required: false)
    else { return }
    func share(_ key: String, _ path: WritableKeyPath<GateLimits, Double>) {
      if let value = gate.parsed(key, expected: ConfigurationTexts.share, required: false, { decimal($0) }) {
        settings.gate[keyPath: path] = value.value
      }
    }
    func count(_ key: String, _ path: WritableKeyPath<GateLimits, Int>) {
      if let value = gate.parsed(
        key, expected: FileTexts.wholeNumber(from: 0, to: 100_000), required: false, { wholeNumber($0, 0...100_000) })
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
  _ text: Placed<String>, _ expected: LocalizedText, _ faults: FaultCollector, _ convert: (String) -> Value?
) -> Value? {
  if let value = convert(text.value) { return value }
  faults.add(text.place.fault(ConfigurationTexts.unfitting, expected: expected, next: FileTexts.correctTheValue))
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
