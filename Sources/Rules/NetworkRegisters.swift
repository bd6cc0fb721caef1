import Documents
import Matching
public import Model

/// The registers of networks in a rule directory: services that hide destinations, and shared networks.
public struct NetworkRegisters: Sendable {
  public let services: KnownServices
  public let sharedNetworks: SharedNetworks

  /// Reads only the registers of networks. A missing register counts as empty.
  ///
  /// Throws every fault of these files.
  public init(_ source: RuleSource) throws(FileLoadError) {
    let faults = FaultCollector()
    let reader = RuleFilesReader(tree: try source.open(), faults: faults)
    let files = reader.listing() == nil ? NetworkRegisterFiles() : NetworkRegisterFiles(reader)
    guard faults.faults.isEmpty else { throw FileLoadError(faults: faults.faults.sorted()) }
    self.init(files)
  }

  init(_ files: NetworkRegisterFiles) {
    services = KnownServices(
      resolvers: files[.resolvers].flatMap(\.names).map(\.value),
      resolverAddresses: Set(files[.resolvers].flatMap(\.addresses).map(\.value.address)),
      relays: files[.relays].flatMap(\.names).map(\.value),
      outerNames: Set(files[.outerNames].flatMap(\.names).map(\.value)))
    sharedNetworks = SharedNetworks(files[.sharedNetworks])
  }
}

/// Networks whose addresses are used in many places, by address and by name.
public struct SharedNetworks: Sendable {
  private let networks: [SharedNetwork]
  /// Network of each name, the longest name first.
  private let networksOfNames: [Int]
  /// Each name, and all names under it: two patterns for each item of `networksOfNames`.
  private let nameMatcher: NameMatcher
  /// Longest prefix first.
  private let ranges: [(prefix: IPPrefix, network: Int)]
  private let rangeMatcher: AddressMatcher
  /// Suffixes of names that contain the name which they serve, the longest first.
  private let customerSuffixes: [(suffix: String, network: Int)]
  /// All names under them, in their order.
  private let customerMatcher: NameMatcher

  init(_ entries: [NetworkEntry]) {
    networks = entries.compactMap { entry in
      entry.kind.map {
        SharedNetwork(id: entry.id.value, operatorName: entry.operatorName, kind: $0, sources: entry.sources)
      }
    }
    let names = entries.enumerated().flatMap { index, entry in
      entry.names.map { (name: $0.value, network: index) }
    }.sorted { ($1.name.utf8.count, $0.network) < ($0.name.utf8.count, $1.network) }
    networksOfNames = names.map(\.network)
    nameMatcher = NameMatcher(names.flatMap { [$0.name, "*.\($0.name)"] })
    ranges = entries.enumerated().flatMap { index, entry in
      entry.addresses.map { (prefix: $0.value, network: index) }
    }.sorted { $0.prefix.length > $1.prefix.length }
    rangeMatcher = AddressMatcher(ranges.map(\.prefix))
    customerSuffixes = entries.enumerated().flatMap { index, entry in
      entry.customerNames.map { (suffix: $0.suffix.value, network: index) }
    }.sorted { ($1.suffix.utf8.count, $0.network) < ($0.suffix.utf8.count, $1.network) }
    customerMatcher = NameMatcher(customerSuffixes.map { "*.\($0.suffix)" })
  }

  /// What stands before the longest suffix of a network under which names of customers contain the name that they
  /// serve; nil if there is no such suffix.
  func customerName(in name: String) -> (name: String, suffix: String, network: SharedNetwork)? {
    guard !customerSuffixes.isEmpty else { return nil }
    var best = Int.max
    customerMatcher.forEachMatch(name) { best = min(best, $0) }
    guard best < Int.max else { return nil }
    let (suffix, network) = customerSuffixes[best]
    let isRooted = name.utf8.last == dot
    let rest = name.utf8.dropLast(suffix.utf8.count + (isRooted ? 2 : 1))
    return (String(Substring(rest)), suffix, networks[network])
  }

  /// The network to which `address` belongs, by the longest prefix. Nil proves nothing, since registers are not
  /// complete.
  public func network(of address: IPAddress) -> SharedNetwork? {
    network(of: address, upTo: .max)
  }

  /// The network to which `name`, in any case, belongs by its ending.
  public func network(ofName name: String) -> SharedNetwork? {
    var best = Int.max
    nameMatcher.forEachMatch(name) { best = min(best, $0 / 2) }
    return best < Int.max ? networks[networksOfNames[best]] : nil
  }

  /// Patterns and ranges of one rule that belong wholly to shared networks.
  func uses(of patterns: [NamePattern], _ addresses: [IPPrefix]) -> [SharedNetworkUse] {
    let named = patterns.compactMap { pattern in network(ofName: pattern.anchor).map { (pattern.text, $0) } }
    let numbered = addresses.compactMap { range in
      network(of: range.address, upTo: range.length).map { (range.description, $0) }
    }
    return Dictionary(grouping: named + numbered, by: \.1).map { network, uses in
      SharedNetworkUse(network: network, patterns: uses.map(\.0).sorted())
    }.sorted { $0.network.id < $1.network.id }
  }

  private func network(of address: IPAddress, upTo length: Int) -> SharedNetwork? {
    var best = Int.max
    rangeMatcher.forEachMatch(address) { if $0 < best, ranges[$0].prefix.length <= length { best = $0 } }
    return best < Int.max ? networks[ranges[best].network] : nil
  }
}

/// The registers of networks, each with its file below the rule directory.
enum NetworkRegister: String, CaseIterable {
  case outerNames = "outer-names"
  case relays
  case resolvers
  case sharedNetworks = "shared-networks"

  var file: String { "registers/\(rawValue).yaml" }

  /// Key of its list.
  var list: String {
    switch self {
    case .outerNames: "outer_names"
    case .relays, .resolvers: rawValue
    case .sharedNetworks: "networks"
    }
  }
}

/// One entry of a register of networks, as its author wrote it.
struct NetworkEntry {
  var id: Placed<String>
  var operatorName: String
  /// Of shared networks only.
  var kind: SharedNetwork.Kind?
  /// In lower case. Each includes all names below it, except outer names.
  var names: [Placed<String>]
  var addresses: [Placed<IPPrefix>]
  /// Of shared networks only.
  var customerNames: [CustomerNames]
  var sources: [SourceReference]

  /// Names of customers under a suffix contain the name that they serve.
  struct CustomerNames {
    /// In lower case.
    var suffix: Placed<String>
    var source: SourceReference
  }
}

struct NetworkRegisterFiles {
  private var registers: [NetworkRegister: RuleFilesReader.Register<NetworkEntry>] = [:]

  /// Entries in the order of the file; empty if there is no such register.
  subscript(register: NetworkRegister) -> [NetworkEntry] { registers[register]?.entries ?? [] }

  /// Day of the last comparison of a register with its sources (ISO 8601); nil if there is no such register.
  func compared(_ register: NetworkRegister) -> String? { registers[register]?.compared }

  init() {}

  init(_ reader: RuleFilesReader) {
    for register in NetworkRegister.allCases where reader.exists(register.file) {
      registers[register] = reader.register(
        register.file, list: register.list, of: RuleTexts.entries, as: { reader.network($0, file: $1, of: register) },
        identity: { ($0.id.value, $0.id.place) })
    }
  }
}

extension RuleFilesReader {
  fileprivate func network(_ node: YAMLNode, file: String, of register: NetworkRegister) -> NetworkEntry? {
    var keys = ["id", "operator"]
    if register == .sharedNetworks { keys.append("kind") }
    keys.append("names")
    if register == .resolvers || register == .sharedNetworks { keys.append("addresses") }
    if register == .sharedNetworks { keys.append("customer_names") }
    keys.append("sources")
    guard let fields = Fields(node, what: RuleTexts.entry, keys: keys, file: file, faults: faults) else { return nil }
    let before = faults.faults.count
    let id = identifier(in: fields)
    let operatorName = fields.text("operator", expected: RuleTexts.operatorExpected)
    let kind = register == .sharedNetworks ? fields.word("kind", SharedNetwork.Kind.self) : nil
    let names = fields.texts("names", of: RuleTexts.namesWithoutStar).compactMap(name)
    let addresses = fields.texts("addresses", of: Self.addressesExpected).compactMap(addressRange)
    if register == .resolvers {
      for range in addresses where range.value.length < (range.value.address.isIPv4 ? 32 : 128) {
        faults.add(
          range.place.fault(
            RuleTexts.resolverWithRange(range.value.description), expected: RuleTexts.singleAddresses,
            next: RuleTexts.nameAddressesOfSource))
      }
    }
    if names.isEmpty && addresses.isEmpty && faults.faults.count == before {
      faults.add(
        fields.place.fault(
          RuleTexts.entryWithoutNames, expected: RuleTexts.oneOfThem, next: RuleTexts.addNames))
    }
    let customerNames = fields.mappings(
      "customer_names", of: RuleTexts.customerSuffixes, what: RuleTexts.customerSuffix, keys: ["suffix", "source"]
    ).compactMap { customerName($0, in: names) }
    let sources = fields.list("sources", of: RuleTexts.sources, required: true).compactMap { source($0, file: file) }
    guard faults.faults.count == before, let id, let operatorName else { return nil }
    return NetworkEntry(
      id: id, operatorName: operatorName.value, kind: kind?.value, names: names, addresses: addresses,
      customerNames: customerNames, sources: sources)
  }

  /// `names`: those of the network.
  private func customerName(_ fields: Fields, in names: [Placed<String>]) -> NetworkEntry.CustomerNames? {
    let suffix = fields.text("suffix", expected: RuleTexts.hostOrDomain).flatMap(name)
    if let suffix, !names.contains(where: { suffix.value == $0.value || suffix.value.hasSuffix(".\($0.value)") }) {
      faults.add(
        suffix.place.fault(
          RuleTexts.suffixOfNoName(quoted(suffix.value)), expected: RuleTexts.suffixOfName,
          next: RuleTexts.addNameOrCorrect))
    }
    let source = fields.fields("source", what: RuleTexts.source, keys: Self.sourceKeys).flatMap(source)
    guard let suffix, let source else { return nil }
    return NetworkEntry.CustomerNames(suffix: suffix, source: source)
  }

  private func name(_ text: Placed<String>) -> Placed<String>? {
    guard let pattern = pattern(text) else { return nil }
    guard pattern.value.kind == .exact, pattern.value.labels.count > 1 else {
      faults.add(
        text.place.fault(
          RuleTexts.noEntryName(quoted(text.value)),
          expected: RuleTexts.hostOrDomain,
          next: RuleTexts.nameDomainItself))
      return nil
    }
    return text
  }
}
