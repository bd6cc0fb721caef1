import Auditing
import Documents
import Foundation
import Location
import Model
import Privacy
import Reporting
import Rules
import Store
import TestSupport
import Testing

@Suite("Owner and country of addresses, from the configuration to the tables")
struct LocationTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// The sample's servers, as if somebody announced documentation addresses.
  private static let networks: [LocationDatabaseWriter.Network] = [
    .init("198.51.100.0/24", country: "IE", system: (64_500, "Example Europe")),
    .init("198.51.100.12/32", country: "NL", system: (64_500, "Example Europe")),
    .init("203.0.113.0/24", country: "US", system: (64_501, "Example Edge"), traits: [.anycast]),
    .init("192.0.2.0/24", country: "US", system: (64_502, "Example America")),
    // Nobody may ever look up a device.
    .init("10.0.0.0/8", country: "FR", system: (64_666, "Device")),
    .init("2001:db8:20::/48", country: "FR", system: (64_666, "Device")),
  ]

  private func configuration(_ location: String) throws -> String {
    let sample = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    return try folder.write(sample.replacing("location: none", with: location), to: "site.yaml")
  }

  private func audited(_ configuration: String) throws -> AuditDatabase {
    let store = folder.path(UUID().uuidString + ".sqlite")
    try Project.replay([Project.sample], into: store, configuration: configuration)
    return try AuditDatabase(path: store, mode: .readExisting)
  }

  private func transfers(_ database: AuditDatabase) throws -> String {
    var bytes: [UInt8] = []
    try Exporter.write(.transfers, profile: .rfc4180, database: database) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("an audit with a database shows the owners of destinations, but of no device")
  func audit() throws {
    _ = try folder.write(LocationDatabaseWriter.ipfire(Self.networks), to: "test.db")
    let database = try audited(configuration("location: { databases: [test.db] }"))
    #expect(try database.sessions()[0].locationDatabases.map(\.citation) == ["Example location database, CC0"])
    var seen: [String: DestinationNetwork] = [:]
    try database.forEachEvidence(in: #require(try database.period())) {
      let network = $0.flow.destinationNetwork
      #expect(network.owner.systemNumber != 64_666)
      if let address = $0.flow.destinationAddress?.description { seen[address] = network }
      if $0.flow.destinationAddress == nil { #expect(network == .unknown) }
    }
    #expect(seen["198.51.100.10"]?.owner.country == "IE")
    #expect(seen["198.51.100.12"]?.owner.country == "NL")
    #expect(seen["203.0.113.31"]?.anycastOrCDN == .yes)
    #expect(seen["198.51.100.10"]?.anycastOrCDN == .unknown)
    let csv = try transfers(database)
    #expect(
      csv.contains(#""AS64500 Example Europe","EU/EEA mix","unknown","Example location database, CC0","2022-10-29""#))
    #expect(
      csv.contains(#""AS64501 Example Edge","not_determinable","yes","Example location database, CC0","2022-10-29""#))
    #expect(!csv.contains("AS64666"))
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("the same capture and the same database give the same bytes; without one everything is unknown")
  func repeatable() throws {
    _ = try folder.write(LocationDatabaseWriter.maxMind(Self.networks), to: "country.mmdb")
    _ = try folder.write(LocationDatabaseWriter.maxMind(Self.networks, type: "GeoLite2-ASN"), to: "asn.mmdb")
    let file = try configuration("location: { databases: [country.mmdb, asn.mmdb] }")
    let csv = try transfers(audited(file))
    #expect(csv.contains(#""AS64500 Example Europe","EU/EEA mix","unknown","GeoLite2-ASN|GeoLite2-Country""#))
    #expect(try transfers(audited(file)) == csv)
    let without = try transfers(audited(Project.sampleConfiguration))
    #expect(without.contains(#""unknown","unknown","unknown","none","not_applicable""#))
    #expect(!without.contains("AS6450"))
  }

  @Test("a missing or malformed database stops the audit before it begins")
  func broken() throws {
    let file = try configuration("location: { databases: [missing.db] }")
    let error = #expect(throws: LocationDatabaseError.self) { try audited(file) }
    #expect(error?.problem == .missing)
    #expect(error?.file == folder.path("missing.db"))
    _ = try folder.write(Array(LocationDatabaseWriter.ipfire(Self.networks).dropLast()), to: "missing.db")
    let damaged = #expect(throws: LocationDatabaseError.self) { try audited(file) }
    #expect(damaged?.cause.en == "the location database is damaged: the file ends before its texts")
    let run = try Program.run(["replay", Project.sample, "--store", folder.path("a.sqlite"), "--config", file])
    #expect(run.code == 3)
    #expect(!FileManager.default.fileExists(atPath: folder.path("a.sqlite")))
  }

  @Test(
    "the configuration accepts files or none, and reports anything else",
    arguments: [
      ("location: nowhere", "'location', unless it is 'none', is the single value 'nowhere'"),
      (
        "location: { databases: [a.db], database: [a.db] }",
        "unknown key 'database' in 'location', unless it is 'none',"
      ),
      ("location: {}", "'location', unless it is 'none', has no key 'databases'"),
      ("location: { databases: [] }", "'databases' of 'location', unless it is 'none', is empty"),
      ("location: { databases: a.db }", "'databases' of 'location', unless it is 'none', is the single value 'a.db'"),
    ])
  func faults(text: String, problem: String) throws {
    let path = try folder.write(text + "\n", to: "faulty.yaml")
    let error = #expect(throws: FileLoadError.self) { try AuditConfiguration(path: path) }
    #expect(error?.faults.map(\.problem.en) == [problem])
  }

  @Test("rules explain shows no country for an address in a registered network of many places")
  func sharedAddress() throws {
    let networks: [LocationDatabaseWriter.Network] = [
      .init("104.16.0.0/13", country: "US", system: (64_501, "Example Edge")),
      .init("192.0.2.0/24", country: "US", system: (64_502, "Example America")),
    ]
    _ = try folder.write(LocationDatabaseWriter.ipfire(networks), to: "test.db")
    let file = try configuration("location: { databases: [test.db] }")
    func explained(_ address: String) throws -> String {
      try Program.run(
        ["rules", "explain", address, "--rules", Project.rules, "--config", file, "--language", "en"]
      ).output
    }
    let shared = try explained("104.16.1.1")
    #expect(shared.contains("not determinable: shared network of Cloudflare"))
    #expect(!shared.contains("  US"))
    #expect(try explained("192.0.2.1").contains("  US"))
  }

  @Test("paths start from the configuration's folder; without the key the machine's own database is used")
  func paths() throws {
    let path = try folder.write("location: { databases: [sub/a.db, /b/c.mmdb] }\n", to: "paths.yaml")
    #expect(try AuditConfiguration(path: path).location == .files([folder.path("sub/a.db"), "/b/c.mmdb"]))
    #expect(AuditConfiguration().location == .standard)
    #expect(try AuditConfiguration(path: folder.write("location: none\n", to: "none.yaml")).location == .none)
  }

  @Test("check shows the database with date, age and licence, and what to do about it")
  func check() throws {
    func points(_ location: String) throws -> [SelfCheck.Point] {
      let file = try configuration(location)
      return SelfCheck(configurationFile: file, rules: RuleSource(Project.rules), store: nil, pseudonymKey: nil).run()
        .filter { $0.name == "location database" }
    }
    let old = try folder.write(LocationDatabaseWriter.ipfire(Self.networks), to: "old.db")
    let now = UInt64(Date().timeIntervalSince1970)
    _ = try folder.write(LocationDatabaseWriter.ipfire(Self.networks, createdAt: now - 86_400 * 3), to: "new.db")
    let outdated = try #require(try points("location: { databases: [old.db] }").first)
    #expect(outdated.status == .warning)
    #expect(outdated.message.en.hasPrefix("\(old): Example location database, CC0, of 2022-10-29, "))
    #expect(outdated.message.en.hasSuffix(" days old"))
    #expect(outdated.remedy?.en.contains("location update") == true)
    let current = try #require(try points("location: { databases: [new.db] }").first)
    #expect(current.status == .ok)
    #expect(current.message.en.hasSuffix(", 3 days old"))
    #expect(current.remedy == nil)
    let missing = try #require(try points("location: { databases: [missing.db] }").first)
    #expect(missing.status == .failed)
    #expect(missing.message.en == "\(folder.path("missing.db")): the location database is missing")
    #expect(try points("location: none").map(\.status) == [.ok])
    #expect(try points("location: nowhere").isEmpty)
  }

  @Test("rules explain shows an address's owner as a hint with database and date, in both languages")
  func explain() throws {
    _ = try folder.write(LocationDatabaseWriter.ipfire(Self.networks), to: "test.db")
    let file = try configuration("location: { databases: [test.db] }")
    func explained(_ address: String, _ language: String, _ configuration: String) throws -> String {
      try Program.run([
        "rules", "explain", address, "--rules", Project.rules, "--config", configuration, "--language", language,
      ]).output
    }
    #expect(
      try explained("198.51.100.12", "en", file).hasSuffix(
        """

        Hint from a location database; it says nothing about where data are processed:
          Network operator   AS64500 Example Europe
          Country            NL
          Location database  Example location database, CC0, of 2022-10-29

        """))
    #expect(
      try explained("203.0.113.1", "de", file).hasSuffix(
        """

        Hinweis aus einer Adressdatenbank; sagt nichts über den Ort der Verarbeitung:
          Netzbetreiber    AS64501 Example Edge
          Land             nicht bestimmbar: Anycast
          Adressdatenbank  Example location database, CC0, vom 2022-10-29

        """))
    #expect(
      try explained("203.0.113.1", "en", Project.sampleConfiguration).hasSuffix(
        "\nOwner and country of the address: unknown, for no location database is there.\n"))
    #expect(!(try explained("v10.events.data.microsoft.com", "en", file).contains("Hint")))
  }
}
