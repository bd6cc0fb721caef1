import Model
import Privacy
import Store
import Testing

@Suite("The evidence by which a flow was attributed")
struct MatchBasisTests {
  private static let kinds: [PseudonymousFlow] = [
    flow(), flow { $0.matchedBy = .alias }, flow { ($0.matchedBy, $0.isContradicted) = (.answer, true) },
    flow { $0.isContradicted = true },
  ]

  @Test("is read as it was written, and is counted in the sums")
  func roundTrip() throws {
    let folder = try Folder()
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    let session = try database.begin()
    try database.append(Self.kinds, to: session)
    // A later record and a retry do not count, as for sessions.
    try database.append(
      [
        flow { ($0.matchedBy, $0.part) = (.alias, 1) },
        flow { ($0.matchedBy, $0.outcome, $0.isRetry) = (.alias, .noAnswer, true) },
      ], to: session)
    let stored = try database.evidence().map(\.flow)
    #expect(Array(stored.prefix(4)) == Self.kinds)
    #expect(stored.map(\.matchedBy) == [.name, .alias, .answer, .name, .alias, .alias])
    #expect(stored.map(\.namingClass) == [.a, .d, .d, .a, .d, .d])
    let usage = try database.usage()
    #expect(usage.map(\.namingClass) == [.a, .d])
    #expect(usage.map(\.aliasFlows) == [0, 1])
    #expect(usage.map(\.contradictedFlows) == [1, 1])
    #expect(usage.map(\.sessions) == [2, 2])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    database.close()
    let check = try folder.recordedCheck()
    #expect(check.code == 0, "\(check.output)")
  }

  /// A store from a version before this column: its rows have the canonical form of the first schema.
  private func oldStore(_ folder: Folder) throws -> ChainHead {
    let old = flow { $0.encryption = .none }.asStoredBefore
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    try database.append([old, flow().asStoredBefore], to: database.begin())
    let head = try database.chainHead()
    database.close()
    try AuditDatabase.meddle(
      folder.store,
      """
      ALTER TABLE flow_evidence DROP COLUMN matched_by;
      ALTER TABLE flow_evidence DROP COLUMN is_contradicted;
      ALTER TABLE usage_hour DROP COLUMN alias_flows;
      ALTER TABLE usage_hour DROP COLUMN contradicted_flows;
      DELETE FROM schema_migration WHERE identifier LIKE 'V0004%';
      """)
    return head
  }

  @Test("is unknown for flows that an older version stored, and their chain is still intact")
  func upgrade() throws {
    let folder = try Folder()
    let head = try oldStore(folder)
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    #expect(try database.verifyChain(knownHead: head) == .intact(head: head))
    let flows = try database.evidence().map(\.flow)
    #expect(flows.map(\.matchedBy) == [nil, nil])
    #expect(flows.map(\.isContradicted) == [nil, nil])
    // At that time only heads of requests were inspected.
    #expect(flows.map(\.cleartextIdentifierClasses) == [[.notInspected], []])
    let usage = try database.usage()
    #expect(usage.map(\.aliasFlows) == [nil, nil])
    #expect(usage.map(\.contradictedFlows) == [nil, nil])
    #expect(usage.map(\.cleartextIdentifierClasses) == [[.notInspected], []])
    // New flows in an old hour: a value that is unknown for some is unknown for the sum.
    try database.append([flow { $0.matchedBy = .alias }, flow { $0.encryption = .none }], to: database.begin())
    #expect(try database.usage().map(\.aliasFlows) == [nil, nil, 1])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    database.close()
    let check = try folder.recordedCheck()
    #expect(check.code == 0, "\(check.output)")
  }

  @Test(
    "cannot be changed without detection by the chain, neither in old rows nor in new ones",
    arguments: [
      (2, "matched_by = 'alias'"), (2, "is_contradicted = 0"), (2, "matched_by = 'name', is_contradicted = 0"),
      (5, "matched_by = NULL, is_contradicted = NULL"), (5, "matched_by = 'name'"), (5, "is_contradicted = NULL"),
      (5, "is_contradicted = 1"),
    ])
  func tampering(sequence: Int64, change: String) throws {
    let folder = try Folder()
    _ = try oldStore(folder)
    let database = try AuditDatabase(path: folder.store, mode: .capture)
    try database.append([flow { $0.matchedBy = .alias }], to: database.begin())
    database.close()
    try AuditDatabase.meddle(folder.store, "UPDATE flow_evidence SET \(change) WHERE chain_seq = \(sequence)")
    let again = try AuditDatabase(path: folder.store, mode: .readExisting)
    #expect(try again.verifyChain() == .broken(sequence: sequence, because: .rowChanged))
    again.close()
    #expect(try folder.recordedCheck().code != 0)
  }
}

extension PseudonymousFlow {
  /// The same flow without the values that a version did not have.
  fileprivate var asStoredBefore: PseudonymousFlow {
    PseudonymousFlow(
      device: device, group: group, hour: hour, durationClass: durationClass, transport: transport,
      destinationPort: destinationPort, destinationAddress: destinationAddress, destinationNetwork: destinationNetwork,
      destinationName: destinationName, nameMethod: nameMethod, namingClass: namingClass, dnsAge: dnsAge, ech: ech,
      encryption: encryption, applicationProtocol: applicationProtocol, traffic: traffic, completeness: completeness,
      outcome: outcome, originatorInferred: originatorInferred, opensFlow: opensFlow, isRetry: isRetry,
      cleartextIdentifierClasses: cleartextIdentifierClasses, ruleID: ruleID, ruleRevision: ruleRevision,
      matchedPattern: matchedPattern, matchedBy: nil, isContradicted: nil)
  }
}
