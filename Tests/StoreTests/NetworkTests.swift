import Model
import Privacy
import Store
import Testing

@Suite("Networks of destinations in the store")
struct NetworkTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  private static let ireland = DestinationNetwork(
    owner: NetworkOwner(systemNumber: 4_294_967_295, systemName: "Beispiel\0Netz", country: "IE"),
    anycastOrCDN: .unknown)
  private static let everywhere = DestinationNetwork(
    owner: NetworkOwner(systemNumber: 64_500, country: "US", traits: [.anycast, .satellite, .anonymousProxy]),
    anycastOrCDN: .yes)

  private static let stamp = LocationDatabaseStamp(
    format: .ipfire, name: "Example location database", description: nil, licence: "CC0", date: "2022-10-29",
    hash: "sha256:" + String(repeating: "01", count: 32))

  private func begin(_ databases: [LocationDatabaseStamp] = [stamp]) throws -> Int64 {
    var settings = AuditSettings()
    settings.site = "rathaus"
    return try database.beginSession(
      sensor: "gw1", captureMode: "replay", interface: "file", toolVersion: "1.0", ruleSet: exampleRuleSet,
      rules: [exampleFacts()], settings: settings, locationDatabases: databases, exportSalt: exampleKey.exportSalt)
  }

  @Test("evidence and sessions are read as they were written, with unknown members too")
  func roundTrip() throws {
    let session = try begin()
    try database.append(
      [Self.ireland, Self.everywhere, .unknown].map { network in flow { $0.network = network } }, to: session)
    let evidence = try database.evidence()
    #expect(evidence.map(\.flow.destinationNetwork) == [Self.ireland, Self.everywhere, .unknown])
    #expect(evidence.map(\.session) == [session, session, session])
    #expect(try database.sessions().map(\.locationDatabases) == [[Self.stamp]])
  }

  @Test("each network of a rule and session is listed once, only for its period, and not for blocked attempts")
  func networks() throws {
    let first = try begin()
    try database.append(
      [
        flow { $0.network = Self.ireland },
        flow {
          $0.network = Self.ireland
          $0.device = 2
          $0.hour = 1_001
        },
        flow { $0.hour = 1_002 },
        flow {
          $0.network = Self.everywhere
          $0.outcome = .refused
        },
      ], to: first)
    let second = try begin([])
    try database.append([flow { $0.network = Self.ireland }], to: second)
    func row(_ session: Int64, _ network: DestinationNetwork) -> RuleNetwork {
      RuleNetwork(session: session, ruleSetHash: exampleRuleSet.hash, ruleID: "example-events", network: network)
    }
    #expect(
      try database.networks(in: always) == [row(first, .unknown), row(first, Self.ireland), row(second, Self.ireland)])
    #expect(
      try database.networks(in: Hour(sinceEpoch: 1_002)..<Hour(sinceEpoch: 1_003)) == [row(first, .unknown)])
    #expect(Set(try database.evidence().compactMap(\.network)) == Set(try database.networks(in: always)))
  }

  @Test(
    "the chain contains the database of an owner, and the owner",
    arguments: [
      ("UPDATE capture_session SET location_databases = '[]'", 1 as Int64),
      ("UPDATE flow_evidence SET system_number = 1", 2), ("UPDATE flow_evidence SET system_name = NULL", 2),
      ("UPDATE flow_evidence SET country = 'DE'", 2), ("UPDATE flow_evidence SET network_traits = 1", 2),
      ("UPDATE flow_evidence SET anycast_or_cdn = 'no'", 2),
    ])
  func chained(sql: String, sequence: Int64) throws {
    try database.append([flow { $0.network = Self.ireland }], to: begin())
    try AuditDatabase.meddle(folder.store, sql)
    #expect(try database.verifyChain() == .broken(sequence: sequence, because: .rowChanged))
  }
}
