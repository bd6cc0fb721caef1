import Model

/// The networks into which the flows of one row of the transfers went.
struct NetworkTotals {
  private(set) var networks: Set<DestinationNetwork> = []
  /// Databases that were asked for them.
  private(set) var databases: Set<LocationDatabaseStamp> = []

  mutating func add(_ network: DestinationNetwork, by databases: [LocationDatabaseStamp]) {
    networks.insert(network)
    self.databases.formUnion(databases)
  }

  /// By date, then citation, then hash.
  static func sorted(_ databases: Set<LocationDatabaseStamp>) -> [LocationDatabaseStamp] {
    databases.sorted { ($0.date, $0.citation, $0.hash) < ($1.date, $1.citation, $1.hash) }
  }

  /// `AS8075 NAME` for each autonomous system, by number, then name.
  var systems: Cell {
    let systems = Set(
      networks.map(\.owner).filter { $0.systemNumber != nil }.map {
        System(number: $0.systemNumber ?? 0, name: $0.systemName ?? "")
      })
    guard !systems.isEmpty else { return .unknown }
    return .list(systems.sorted().map { "AS\($0.number)" + ($0.name.isEmpty ? "" : " " + $0.name) })
  }

  /// Words of `Vocabulary.countryHint` and ISO codes.
  ///
  /// If one of the addresses is used at many places (anycast), the row's country is not determinable.
  var countryHint: Cell {
    guard networks.allSatisfy(\.isPlaced) else { return .words(.countryHint, ["not_determinable"]) }
    let countries = Set(networks.compactMap(\.owner.country))
    guard !countries.isEmpty else { return .unknown }
    let isEuropean = countries.count > 1 && countries.isSubset(of: EuropeanEconomicArea.countries)
    let known = isEuropean ? [Self.europeanMix] : countries.sorted()
    let isComplete = networks.allSatisfy { $0.owner.country != nil }
    return .words(.countryHint, known + (isComplete ? [] : ["unknown"]))
  }

  static let europeanMix = "EU/EEA mix"

  var anycastOrCDN: AnycastOrCDN {
    let answers = Set(networks.map(\.anycastOrCDN))
    if answers.contains(.yes) { return .yes }
    return answers == [.no] ? .no : .unknown
  }

  var databasesCell: Cell {
    guard !networks.isEmpty else { return .unknown }
    return databases.isEmpty ? .none : .list(Self.sorted(databases).map(\.citation))
  }

  var databaseDatesCell: Cell {
    guard !networks.isEmpty else { return .unknown }
    return databases.isEmpty ? .notApplicable : .dates(Self.sorted(databases).map(\.date))
  }

  private struct System: Hashable, Comparable {
    var number: UInt32
    var name: String

    static func < (left: System, right: System) -> Bool { (left.number, left.name) < (right.number, right.name) }
  }
}
