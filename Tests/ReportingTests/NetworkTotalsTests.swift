import Model
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite("Network operator and country of transfers")
struct NetworkTotalsTests {
  private static let ipfire = LocationDatabaseStamp(
    format: .ipfire, name: "Example location database", description: "Made for a test", licence: "CC BY-SA 4.0",
    date: "2022-10-29", hash: "sha256:" + String(repeating: "01", count: 32))
  private static let maxMind = LocationDatabaseStamp(
    format: .maxMind, name: "GeoLite2-ASN", description: nil, licence: nil, date: "2026-05-01",
    hash: "sha256:" + String(repeating: "02", count: 32))

  private static func network(
    _ number: UInt32? = nil, _ name: String? = nil, country: String? = nil, traits: Set<NetworkTrait> = [],
    anycastOrCDN: AnycastOrCDN = .unknown
  ) -> DestinationNetwork {
    DestinationNetwork(
      owner: NetworkOwner(systemNumber: number, systemName: name, country: country, traits: traits),
      anycastOrCDN: anycastOrCDN)
  }

  /// The row of the transfers of a store whose flows went into `networks`.
  private func transfer(
    _ networks: [DestinationNetwork], _ databases: [LocationDatabaseStamp] = [ipfire],
    _ profile: ExportProfile = .rfc4180
  ) throws -> [String: String] {
    var source = Example.smallMorning()
    source.storedSessions[0].locationDatabases = databases
    source.networks = networks.map {
      RuleNetwork(session: 1, ruleSetHash: Example.hash, ruleID: "windows-diag", network: $0)
    }
    return try #require(try table(.transfers, source, profile).first)
  }

  private func hint(_ networks: [DestinationNetwork]) throws -> String? {
    try transfer(networks)["ip_country_hint"]
  }

  @Test("one country is its code; several in EU and EEA are a mix; others are listed in order")
  func countries() throws {
    let (de, ie, no) = (Self.network(country: "DE"), Self.network(country: "IE"), Self.network(country: "NO"))
    let (us, ch) = (Self.network(country: "US"), Self.network(country: "CH"))
    #expect(try hint([ie]) == "IE")
    #expect(try hint([us]) == "US")
    #expect(try hint([ie, de, no]) == "EU/EEA mix")
    #expect(try hint([us, de, ie]) == "DE|IE|US")
    #expect(try hint([us, ch]) == "CH|US")
    #expect(try transfer([ie, de], [Self.ipfire], .officeGerman)["ip_country_hint"] == "EU/EWR gemischt")
  }

  @Test("an address without a known country is listed with those that have one, and alone is unknown")
  func unknownCountry() throws {
    #expect(try hint([Self.network(country: "IE"), .unknown]) == "IE|unknown")
    #expect(try hint([Self.network(country: "IE"), Self.network(country: "FR"), .unknown]) == "EU/EEA mix|unknown")
    #expect(try hint([Self.network(64_500, "Example")]) == "unknown")
    #expect(try hint([]) == "unknown")
  }

  @Test("an address used in many places makes the country not determinable, whichever source says so")
  func notDeterminable() throws {
    let ie = Self.network(country: "IE")
    for trait in NetworkTrait.allCases {
      #expect(try hint([ie, Self.network(country: "US", traits: [trait])]) == "not_determinable", "\(trait)")
    }
    let row = try transfer([ie, Self.network(country: "US", anycastOrCDN: .yes)])
    #expect(row["ip_country_hint"] == "not_determinable")
    #expect(row["anycast_or_cdn"] == "yes")
    #expect(try transfer([ie])["anycast_or_cdn"] == "unknown")
    #expect(try transfer([Self.network(country: "IE", anycastOrCDN: .no)])["anycast_or_cdn"] == "no")
    #expect(try transfer([ie, Self.network(country: "FR", anycastOrCDN: .no)])["anycast_or_cdn"] == "unknown")
  }

  @Test("network operators are listed once, by number, with the database's name if it has one")
  func systems() throws {
    let row = try transfer([
      Self.network(64_501, "B|C", country: "DE"), Self.network(8_075, "MICROSOFT-CORP", country: "US"),
      Self.network(8_075, "MICROSOFT-CORP", country: "IE"), Self.network(64_500), .unknown,
    ])
    #expect(row["asn_list"] == "AS8075 MICROSOFT-CORP|AS64500|AS64501 B\\x7cC")
    #expect(try transfer([.unknown])["asn_list"] == "unknown")
  }

  @Test("databases are listed with licence and date, by date; without one the cell is none")
  func databases() throws {
    let row = try transfer([Self.network(country: "IE")], [Self.maxMind, Self.ipfire])
    #expect(row["geo_db"] == "Example location database, CC BY-SA 4.0|GeoLite2-ASN")
    #expect(row["geo_db_date"] == "2022-10-29|2026-05-01")
    #expect(try transfer([Self.network(country: "IE")])["geo_db_date"] == "2022-10-29")
    let without = try transfer([.unknown], [])
    #expect(without["geo_db"] == "none")
    #expect(without["geo_db_date"] == "not_applicable")
    let nothingSent = try transfer([])
    #expect(nothingSent["geo_db"] == "unknown")
    #expect(nothingSent["geo_db_date"] == "unknown")
  }

  @Test("the legend cites each database in full, as its licence requires")
  func legend() throws {
    var source = Example.smallMorning()
    source.storedSessions[0].locationDatabases = [Self.ipfire]
    source.networks = [
      RuleNetwork(
        session: 1, ruleSetHash: Example.hash, ruleID: "windows-diag", network: Self.network(country: "IE"))
    ]
    func legend() throws -> String {
      let period = try AuditPeriod(source: source, from: nil, to: nil)
      return String(decoding: try Legend(period: period, profile: .rfc4180, tables: [.transfers]).html(), as: UTF8.self)
    }
    #expect(
      try legend().contains(
        "<li>Example location database; as of 2022-10-29; licence: CC BY-SA 4.0; evaluated for network operator and country; Made for a test; sha256:0101"
      ))
    #expect(try legend().contains("Stand 29.10.2022; Lizenz: CC BY-SA 4.0; ausgewertet für Netzbetreiber und Land"))
    source.storedSessions[0].locationDatabases = []
    #expect(
      try legend().contains("<li>no address database: network operator and country of addresses are unknown</li>"))
  }
}
