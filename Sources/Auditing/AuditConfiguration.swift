import Capture
import Cryptography
import Documents
import FlowTracking
import Foundation
import Location
import Model
import Privacy
import Rules

/// Everything that the site decides: read from one YAML file, with default values for what is missing.
public struct AuditConfiguration: Sendable {
  public var settings = AuditSettings()
  public var tracker = TrackerSettings()
  public var groups: DeviceGroups
  public var exclusions: ExcludedDevices {
    get { tracker.exclusions }
    set { tracker.exclusions = newValue }
  }
  /// Databases of operators and countries of networks.
  public var location = LocationSetting.standard
  public var retention = RetentionPolicy.keepAll
  /// How long a pseudonym key holds; nil if it is never changed.
  public var keyInterval: KeyInterval?
  /// The rules, unless the command line names others.
  public var rules = RuleDirectory.standard
  /// Whether the file or the environment names the public key of the rules, which then applies to rules of the command
  /// line too.
  var namesPublicKey = false
  /// What a service captures.
  public var capture = CaptureSettings()
  /// Destination of the canaries of inside machines; nil if there are none.
  public var canary: CanarySink?
  /// Whether destinations that no rule describes are listed.
  public var listsUndescribed = true
  /// What is delivered of finished periods.
  public var reports = ReportSettings()
  /// Who can open exact times, addresses and names; nil if the site keeps none.
  public internal(set) var sealedPart: SealedPartRecipients?
  /// File into which a service writes its metrics; nil for none.
  var metricsFile: MetricsFile?
  /// What a service captures, in plain values for papers.
  public var captured: (interfaces: [String], isPromiscuous: Bool, filter: String?) {
    (capture.interfaces, capture.isPromiscuous, capture.filter?.text)
  }
  /// Whether a service writes metrics.
  public var writesMetrics: Bool { metricsFile != nil }
  /// Addresses with which the site's resolver answers for blocked names, in CIDR notation.
  public var sinkholes: [String] { tracker.sinkholes.map(\.description) }
  /// Location databases; those at the standard paths only if they exist.
  public var locationFiles: [String] { location.paths }
  /// Groups that claims name, with their places, until they can be compared with the groups.
  var claimedGroups: [Placed<String>] = []
  var claimedServices: [Placed<String>] = []
  /// Where `trial` and the smallest group are set, until both are known.
  var trialPlace: Place?
  var minimumPlace: Place?
  /// Where the configuration names the canary's sink.
  var sinkPlace: Place?

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

  /// The configuration without a file: private ranges are inside, and all devices form one group.
  public init() {
    settings.insideNetworks = tracker.insideNetworks.prefixes.map(\.description)
    do {
      groups = try DeviceGroups([])
    } catch {
      preconditionFailure("no groups cannot contradict each other")
    }
  }

  /// Reads a file, then the environment, which overrides it; throws all faults together.
  ///
  /// - Parameters:
  ///   - path: nil if there is no file.
  ///   - environment: variables named `EGRESSAUDIT_` and the path of a key in capitals, such as
  ///     `EGRESSAUDIT_SITE_NAME`, with YAML as value; others are ignored.
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

  /// The environment of this process.
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

  func keys(of key: String) -> [String] { Self.keys.first { $0.key == key }?.value ?? [] }

  /// Whether a site may have this name, which becomes part of file names.
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
    // An empty list would leave the default networks in effect, contrary to what it says.
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

}
