public import Cryptography
import GRDB
public import Model
import Privacy

/// Result of verifying a store: what is intact, what is not, and what cannot be proved.
public struct StoreVerification: Sendable, Equatable {
  /// Last entry of the intact part of the chain.
  public var head: ChainHead
  public var entries: UInt64
  /// Tables that seals bind, by name, intact or not.
  public var tables: [Table]
  /// In the order of the checks; empty if everything is intact.
  public var faults: [Fault]
  public var unproven: [Unproven]
  /// The latest head with a valid signature; nil if there is none.
  public var lastSigned: SignedHead?
  /// Keys by which the store's heads are signed, in the order of the chain.
  public var keys: [Ed25519.PublicKey]
  /// Hours whose sums were compared with single flows.
  public var reconciledHours: UInt64

  /// One table that seals bind.
  public struct Table: Sendable, Equatable {
    public var name: String
    public var rows: UInt64
    public var parts: UInt64
    /// Parts that are as the latest seal binds them.
    public var soundParts: UInt64
  }

  /// Rows that are bound together: those of one hour, one day, or one row.
  public enum Part: Sendable, Hashable {
    case hour(Hour)
    /// Since 1970 in UTC.
    case day(Int64)
    case row(Int64)
  }

  public enum Fault: Sendable, Equatable {
    /// `sequence`: first entry that does not hold.
    case chain(sequence: Int64, because: ChainBreak)
    /// Rows are not those that the latest seal binds.
    case changed(table: String, parts: [Part])
    /// Rows are there that no seal binds, in a time that was sealed.
    case unbound(table: String, parts: [Part])
    /// Rows are gone that a seal binds, and no deletion took them.
    case missing(table: String, parts: [Part])
    /// A running service changes hours only while they last; these were changed after that.
    case changedLate(table: String, parts: [Part])
    /// The sums of these hours are not those of their single flows.
    case sumsDiffer(hours: [Hour])
    /// Tables or indexes that are not those of the program's schema, by name; an index of others may hold other values
    /// than its table.
    case schema(names: [String])
    /// What SQLite finds wrong with the file: pages, order, indexes.
    case file(findings: Int)
    /// A row refers to one that is not there.
    case orphan(table: String, column: String)
    /// Facts of rules that no session and no reclassification used.
    case ruleSetWithoutEntry(id: Int64)
    /// A head that was kept elsewhere is not in the chain, or another is in its place: the end was cut off or
    /// rewritten.
    case keptHeadMissing(seal: Int64)
    /// The signature of a head is not valid.
    case signature(seal: Int64)
    /// A head that is signed is the entry of no seal.
    case signatureWithoutSeal(sequence: Int64)
    /// A signed head was kept elsewhere that is of another store.
    case otherStore(seal: Int64)
    /// The signature of a head that was kept elsewhere is not valid.
    case keptSignature(seal: Int64)
    /// No head of the store is signed with the given key.
    case keyUnknown
  }

  public enum Unproven: Sendable, Equatable {
    /// Rows that were written since the latest seal.
    case unsealed(table: String, parts: [Part])
    /// An older version wrote the store, and it was not sealed since.
    case neverSealed
    /// More than one audit was there before the first seal, as an older version leaves them; their sums are bound only
    /// by it. `since`: when that seal was signed, nil if it was not; `through`: the last hour of all but the latest of
    /// these audits.
    case boundLater(since: Timestamp?, through: Hour)
    /// Entries after the latest signed head, or all of them.
    case unsigned(entries: UInt64)
    /// No key was given: whoever replaced the store could have signed it again.
    case keyOfStore
    /// No head was given that was kept elsewhere: a cut-off end cannot be detected.
    case noKeptHead
    /// Seals before the latest signed head that nobody signed.
    case unsignedSeals(Int)
    /// Heads that were kept elsewhere are signed with keys that were not named.
    case otherKeys(heads: Int)
    /// Blocks of the sealed part without content, although no deletion took it: withheld, as in the copy of a package,
    /// or removed.
    case blocksWithheld(Int)
    /// Hours whose single flows are not all stored, so that nothing can be compared with their sums.
    case notReconciled(hours: UInt64)
  }

  public var holds: Bool { faults.isEmpty }

  /// The result for the chain of entries alone.
  public var chain: ChainVerification {
    for case .chain(let sequence, let because) in faults { return .broken(sequence: sequence, because: because) }
    return .intact(head: head)
  }
}

/// Heads and keys from outside the store, for a verification.
public struct KeptEvidence: Sendable {
  /// Hashes of heads by the number of their seal.
  public var heads: [Int64: [UInt8]] = [:]
  public var signedHeads: [SignedHead] = []
  /// Empty if none is known.
  public var publicKeys: Set<Ed25519.PublicKey> = []

  public init() {}
}

extension AuditDatabase {
  /// No seal binds the sums: an older version wrote the store, or it is a copy without the end that held its first
  /// seal.
  public func isNeverSealed() throws -> Bool {
    try Self.explaining(path) {
      try reader.read {
        try PreparedStatement($0, "SELECT id FROM seal LIMIT 1").first([], { try $0.integer() }) == nil
      }
    }
  }

  /// Verifies the store: the chain with all rows that it binds, the seals with all parts, the signatures, and, if
  /// `reconciles`, the sums against the single flows. O(rows).
  ///
  /// Throws `StoreError` for a value that no program writes.
  ///
  /// - Parameters:
  ///   - usage: digests that somebody else makes who reads the sums of the same store at the same time. Those that a seal binds are taken.
  ///   - progress: is called with the name of each step that begins.
  public func verify(
    against kept: KeptEvidence = KeptEvidence(), reconciles: Bool = true, usage: SharedUsageParts? = nil,
    progress: (String) -> Void = { _ in }
  ) throws -> StoreVerification {
    try Self.explaining(path) {
      try reader.read { database in
        var verifier = StoreVerifier(database: database, kept: kept, usage: usage)
        try verifier.verifySchema()
        try verifier.verifyChain(progress)
        try verifier.verifyParts(progress)
        try verifier.verifyReferences()
        try verifier.verifyBlocks()
        try verifier.verifySignatures()
        if reconciles {
          try verifier.verifyFile(progress)
          try verifier.reconcile(progress)
        }
        return verifier.result
      }
    }
  }
}

/// One verification of an open database.
private struct StoreVerifier {
  /// Hours after which a running service writes no more into an hour: connections that are silent end within two, and
  /// what waits to be stored within one.
  static let lateHours: Int64 = 6

  let database: Database
  let kept: KeptEvidence
  let usage: SharedUsageParts?
  var result = StoreVerification(
    head: .genesis, entries: 0, tables: [], faults: [], unproven: [], lastSigned: nil, keys: [], reconciledHours: 0)

  /// Compares tables and indexes with those of a new store.
  mutating func verifySchema() throws {
    func objects(_ database: Database) throws -> Set<[String?]> {
      var objects: Set<[String?]> = []
      try PreparedStatement(database, "SELECT type, name, tbl_name, sql FROM sqlite_master").forEachRow { row in
        objects.insert([try row.text(), try row.text(), try row.text(), try row.optionalText()])
      }
      return objects
    }
    let new = try DatabaseQueue()
    try Schema.current.migrate(new)
    // SQLite makes its own tables as they are needed.
    let differences = try objects(database).symmetricDifference(try new.read(objects)).compactMap { $0[1] }
      .filter { !$0.hasPrefix("sqlite_stat") }
    if !differences.isEmpty { result.faults.append(.schema(names: Set(differences).sorted())) }
  }

  /// Has SQLite compare every index with its table. O(rows).
  mutating func verifyFile(_ progress: (String) -> Void) throws {
    progress("sqlite")
    var findings = 0
    try PreparedStatement(database, "PRAGMA integrity_check(100)").forEachRow {
      if try $0.text() != "ok" { findings += 1 }
    }
    if findings > 0 { result.faults.append(.file(findings: findings)) }
  }

  mutating func verifyChain(_ progress: (String) -> Void) throws {
    progress("chain_entry")
    let chain = EvidenceChain(database: database)
    result.entries =
      try PreparedStatement(database, "SELECT count(*) FROM chain_entry").first { try $0.count() } ?? 0
    switch try chain.verify(knownHeads: []) {
    case .intact(let head), .knownHeadDeleted(let head): result.head = head
    case .broken(let sequence, let because):
      result.head = try chain.head()
      result.faults.append(.chain(sequence: sequence, because: because))
    }
    let named = kept.heads.map { (seal: $0.key, hash: $0.value) } + kept.signedHeads.map { ($0.seal, $0.hash) }
    var missing: Set<Int64> = []
    let entry = try PreparedStatement(
      database, "SELECT hash FROM seal JOIN chain_entry ON seq = chain_seq WHERE id = ?")
    for (seal, hash) in named where try entry.first([.integer(seal)], { try $0.bytes() }) != hash {
      missing.insert(seal)
    }
    result.faults += missing.sorted().map { .keptHeadMissing(seal: $0) }
    if named.isEmpty { result.unproven.append(.noKeptHead) }
  }

  // MARK: Parts

  /// What a seal states about a part.
  private struct Sealed {
    var digest: SealedDigest
    /// Place of the seal in the chain.
    var place: Int64
  }

  /// A deletion by retention.
  private struct Deleted {
    var dataClass: DataClass
    var before: Hour
    var place: Int64
  }

  mutating func verifyParts(_ progress: (String) -> Void) throws {
    let seals = Seals(database: database)
    let deletions = try deletions()
    var sealed: [SealedPart: Sealed] = [:]
    var late: [SealedTable: Set<Int64>] = [:]
    let times = try sealTimes()
    var timesBefore = 0
    let audits = try audits()
    try PreparedStatement(
      database,
      """
      SELECT table_name, part, digest, salt, chain_seq FROM sealed_part JOIN seal ON seal.id = seal_id
      ORDER BY chain_seq
      """
    ).forEachRow { row in
      let part = SealedPart(table: try row.value(SealedTable.self), part: try row.integer())
      let digest = SealedDigest(digest: try row.bytes(), salt: try row.optionalBytes())
      let place = try row.integer()
      let earlier = sealed.updateValue(Sealed(digest: digest, place: place), forKey: part)
      // The site and the salt are settled by the first session.
      if part.table == .store, earlier != nil { late[part.table, default: []].insert(part.part) }
      while timesBefore < times.count, times[timesBefore].place < place { timesBefore += 1 }
      guard timesBefore > 0, case let previous = times[timesBefore - 1], isLate(part, after: previous.hour),
        !audits.contains(where: { previous.place < $0.place && $0.place < place && covers($0.hours, part) }),
        !(digest.mayBeEmpty && deletions.contains(where: { isDeleted(part, by: $0) && $0.place < place }))
      else { return }
      late[part.table, default: []].insert(part.part)
    }
    guard try PreparedStatement(database, "SELECT id FROM seal LIMIT 1").first([], { try $0.integer() }) != nil
    else {
      result.unproven.append(.neverSealed)
      return
    }
    try verifyFirstSeal()
    let unsealed = Set(try seals.unsealed())
    let openSessions = try openSessions()
    let lastSealHour = times.last?.hour
    var verified: [SealedTable: (counts: StoreVerification.Table, findings: Findings)] = [:]
    // Last what somebody else may still be reading.
    for table in SealedTable.allCases.filter({ $0 != .usage }) + [.usage] {
      progress(table.rawValue)
      var findings = Findings()
      var counts = StoreVerification.Table(name: table.rawValue, rows: 0, parts: 0, soundParts: 0)
      var expected = sealed.filter { $0.key.table == table }
      func judge(_ part: SealedPart, found: PartDigest) {
        var bound = expected.removeValue(forKey: part)
        if let seal = bound, deletions.contains(where: { isDeleted(part, by: $0) && $0.place > seal.place }) {
          bound = nil
        }
        if bound?.digest.binds(found) ?? (found == .empty) {
          counts.soundParts += found.rows > 0 ? 1 : 0
          return
        }
        if unsealed.contains(part), bound == nil || part.table != .store,
          part.table != .sessions || openSessions.contains(part.part)
        {
          if let lastSealHour, isLate(part, after: lastSealHour) {
            findings.late.insert(part.part)
          } else {
            findings.unsealed.insert(part.part)
          }
        } else if found.rows == 0 {
          findings.missing.insert(part.part)
        } else if bound == nil {
          findings.unbound.insert(part.part)
        } else {
          findings.changed.insert(part.part)
        }
      }
      func count(_ number: Int64, _ found: PartDigest) {
        counts.rows += found.rows
        counts.parts += 1
        judge(SealedPart(table: table, part: number), found: found)
      }
      let others = Set(expected.keys).union(unsealed.filter { $0.table == table }).map(\.part)
      if table == .usage,
        let parts = try sharedParts(of: others, { expected[SealedPart(table: table, part: $0)]?.digest })
      {
        for (number, found) in parts { count(number, found) }
      } else {
        try seals.forEachPart(of: table, count)
      }
      for part in Array(expected.keys) { judge(part, found: .empty) }
      findings.late.formUnion(late[table] ?? [])
      verified[table] = (counts, findings)
    }
    for table in SealedTable.allCases {
      guard let (counts, findings) = verified[table] else { continue }
      result.tables.append(counts)
      add(findings, of: table)
    }
  }

  /// The parts of the sums that have rows, by number, most of them as somebody else has read them; nil if the table has to be read here.
  ///
  /// A digest that a seal binds is that of the rows which were sealed, whoever read them. Every other part is read here, and if not all rows
  /// of the table are in one of the parts, whatever the reason is, the whole table.
  ///
  /// - Parameter others: parts that seals or writers have named.
  private func sharedParts(of others: [Int64], _ sealed: (Int64) -> SealedDigest?) throws -> [(Int64, PartDigest)]? {
    guard let read = usage?.whole(), !read.isEmpty else { return nil }
    let seals = Seals(database: database)
    var parts: [(Int64, PartDigest)] = []
    var rows: UInt64 = 0
    for number in Set(read.keys).union(others).sorted() {
      let digest =
        if let found = read[number], sealed(number)?.binds(found) == true { found } else {
          try seals.digest(of: SealedPart(table: .usage, part: number))
        }
      rows += digest.rows
      if digest.rows > 0 { parts.append((number, digest)) }
    }
    let stored = try PreparedStatement(database, "SELECT count(*) FROM usage_hour").first { try $0.count() }
    return stored == rows ? parts : nil
  }

  /// Reports since when the rows of an older version are bound.
  private mutating func verifyFirstSeal() throws {
    let last = try PreparedStatement(
      database,
      """
      SELECT max(last_hour) FROM capture_session, (SELECT min(chain_seq) AS first FROM seal)
      WHERE chain_seq < first AND id < (SELECT max(id) FROM capture_session WHERE chain_seq < first)
      """
    ).first([], { try $0.optionalInteger() })?.flatMap { $0 }
    guard let last else { return }
    let since = try PreparedStatement(
      database, "SELECT second FROM signed_head WHERE seq = (SELECT min(chain_seq) FROM seal)"
    ).first([], { Timestamp(seconds: try $0.integer()) })
    result.unproven.append(.boundLater(since: since, through: Hour(sinceEpoch: last)))
  }

  private struct Findings {
    var changed: Set<Int64> = []
    var unbound: Set<Int64> = []
    var missing: Set<Int64> = []
    var late: Set<Int64> = []
    var unsealed: Set<Int64> = []
  }

  private mutating func add(_ findings: Findings, of table: SealedTable) {
    func named(_ parts: Set<Int64>) -> [StoreVerification.Part] {
      parts.sorted().map { number in
        switch table.unit {
        case .hour: .hour(Hour(sinceEpoch: number))
        case .day: .day(number)
        case .row: .row(number)
        }
      }
    }
    let name = table.rawValue
    if !findings.changed.isEmpty { result.faults.append(.changed(table: name, parts: named(findings.changed))) }
    if !findings.unbound.isEmpty { result.faults.append(.unbound(table: name, parts: named(findings.unbound))) }
    if !findings.missing.isEmpty { result.faults.append(.missing(table: name, parts: named(findings.missing))) }
    if !findings.late.isEmpty { result.faults.append(.changedLate(table: name, parts: named(findings.late))) }
    if !findings.unsealed.isEmpty { result.unproven.append(.unsealed(table: name, parts: named(findings.unsealed))) }
  }

  private func isLate(_ part: SealedPart, after sealHour: Hour) -> Bool {
    guard let first = part.table.firstHour(of: part.part) else { return false }
    let last = part.table.unit == .day ? first.sinceEpoch + 23 : first.sinceEpoch
    return last < sealHour.sinceEpoch - StoreVerifier.lateHours
  }

  private func isDeleted(_ part: SealedPart, by deletion: Deleted) -> Bool {
    part.table.dataClass == deletion.dataClass && part.table.isDeleted(part.part, before: deletion.before)
  }

  private func deletions() throws -> [Deleted] {
    var deletions: [Deleted] = []
    try PreparedStatement(
      database, "SELECT data_class, before_hour, chain_seq FROM deletion WHERE session_id IS NULL ORDER BY chain_seq"
    ).forEachRow {
      deletions.append(
        Deleted(dataClass: try $0.value(DataClass.self), before: try $0.hour(), place: try $0.integer()))
    }
    return deletions
  }

  /// Sessions that may change after their seal: those that have not ended, and the last one.
  private func openSessions() throws -> Set<Int64> {
    var numbers: Set<Int64> = []
    try PreparedStatement(
      database,
      "SELECT id FROM capture_session WHERE is_closed = 0 OR id = (SELECT max(id) FROM capture_session)"
    ).forEachRow { numbers.insert(try $0.integer()) }
    return numbers
  }

  /// Heads with the time of their signature, those that were kept elsewhere too, in the order of the chain.
  private func sealTimes() throws -> [(place: Int64, hour: Hour)] {
    let place = try PreparedStatement(database, "SELECT chain_seq FROM seal WHERE id = ?")
    var times: [(place: Int64, hour: Hour)] = try kept.signedHeads.compactMap { head in
      try place.first([.integer(head.seal)]) { (place: try $0.integer(), hour: head.time.hour) }
    }
    try PreparedStatement(
      database, "SELECT chain_seq, second FROM seal JOIN signed_head ON seq = chain_seq ORDER BY chain_seq"
    ).forEachRow { times.append((try $0.integer(), Timestamp(seconds: try $0.integer()).hour)) }
    return times.sorted { $0.place < $1.place }
  }

  /// Audits of captures that began or were taken out, with the hours of their rows: they may bring or change rows of
  /// any time.
  private func audits() throws -> [(place: Int64, hours: ClosedRange<Int64>?)] {
    var audits: [(place: Int64, hours: ClosedRange<Int64>?)] = []
    try PreparedStatement(
      database,
      """
      SELECT chain_seq, first_hour, last_hour FROM capture_session WHERE capture_mode = 'replay' UNION ALL
      SELECT deletion.chain_seq, first_hour, last_hour
      FROM deletion JOIN capture_session ON capture_session.id = session_id
      """
    ).forEachRow { row in
      let place = try row.integer()
      let (first, last) = (try row.optionalInteger(), try row.optionalInteger())
      var hours: ClosedRange<Int64>?
      if let first, let last, first <= last { hours = first...last }
      audits.append((place, hours))
    }
    return audits
  }

  private func covers(_ hours: ClosedRange<Int64>?, _ part: SealedPart) -> Bool {
    guard let hours, let first = part.table.firstHour(of: part.part)?.sinceEpoch else { return false }
    return hours.overlaps(first...(part.table.unit == .day ? first + 23 : first))
  }

  mutating func verifyReferences() throws {
    do {
      try StoredTable.checkReferences(in: database)
    } catch let orphan as DamagedValue {
      result.faults.append(.orphan(table: orphan.table, column: orphan.column))
    }
    try PreparedStatement(
      database,
      """
      SELECT id FROM rule_set WHERE id NOT IN (SELECT rule_set_id FROM capture_session)
        AND id NOT IN (SELECT rule_set_id FROM reclassification) ORDER BY id
      """
    ).forEachRow { result.faults.append(.ruleSetWithoutEntry(id: try $0.integer())) }
  }

  /// Counts blocks of the sealed part whose content is not there although no deletion took it.
  mutating func verifyBlocks() throws {
    let withheld = try PreparedStatement(
      database, "SELECT count(*) FROM enveloped_block WHERE content IS NULL AND NOT \(EvidenceChain.isBlockDeleted)"
    ).first { Int(try $0.integer()) }
    if let withheld, withheld > 0 { result.unproven.append(.blocksWithheld(withheld)) }
  }

  // MARK: Signatures

  mutating func verifySignatures() throws {
    let chain = EvidenceChain(database: database)
    let heads = try chain.signedHeads()
    for head in heads {
      guard head.isValid else {
        result.faults.append(.signature(seal: head.seal))
        continue
      }
      if !result.keys.contains(head.publicKey) { result.keys.append(head.publicKey) }
      if kept.publicKeys.isEmpty || kept.publicKeys.contains(head.publicKey) { result.lastSigned = head }
    }
    let identity = try chain.storeIdentity()
    var strange = 0
    for head in kept.signedHeads {
      if head.store != identity { result.faults.append(.otherStore(seal: head.seal)) }
      if !head.isValid {
        result.faults.append(.keptSignature(seal: head.seal))
      } else if !kept.publicKeys.isEmpty, !kept.publicKeys.contains(head.publicKey) {
        strange += 1
      }
    }
    if strange > 0 { result.unproven.append(.otherKeys(heads: strange)) }
    let missing = try PreparedStatement(
      database, "SELECT seq FROM signed_head WHERE seq NOT IN (SELECT chain_seq FROM seal) ORDER BY seq LIMIT 1"
    ).first { try $0.integer() }
    if let missing { result.faults.append(.signatureWithoutSeal(sequence: missing)) }
    if !kept.publicKeys.isEmpty, result.lastSigned == nil {
      result.faults.append(.keyUnknown)
    } else if kept.publicKeys.isEmpty, !heads.isEmpty {
      result.unproven.append(.keyOfStore)
    }
    let signed =
      try result.lastSigned.flatMap { signed in
        try PreparedStatement(database, "SELECT chain_seq FROM seal WHERE id = ?").first([.integer(signed.seal)]) {
          try $0.integer()
        }
      } ?? 0
    let unsigned =
      try PreparedStatement(
        database, "SELECT count(*) FROM seal WHERE chain_seq < ? AND chain_seq NOT IN (SELECT seq FROM signed_head)"
      ).first([.integer(signed)]) { Int(try $0.integer()) } ?? 0
    if unsigned > 0 { result.unproven.append(.unsignedSeals(unsigned)) }
    if result.head.sequence > signed {
      result.unproven.append(.unsigned(entries: UInt64(result.head.sequence - signed)))
    }
  }

  // MARK: Sums and flows

  /// Compares the sums of each hour with its single flows, if all of them are stored.
  mutating func reconcile(_ progress: (String) -> Void) throws {
    progress("flow_evidence")
    func deletedBefore(_ dataClass: DataClass) throws -> Int64? {
      try PreparedStatement(
        database,
        "SELECT max(before_hour) FROM deletion WHERE data_class = ? AND session_id IS NULL"
      ).first([.text(dataClass.rawValue)]) { try $0.optionalInteger() }.flatMap { $0 }
    }
    let firstHour = max(try deletedBefore(.evidence) ?? .min, try deletedBefore(.usage) ?? .min)
    var incomplete: Set<Int64> = []
    try PreparedStatement(database, "SELECT hour, anomalies FROM coverage_hour").forEachRow { row in
      let hour = try row.integer()
      if try row.parsed([Anomaly: UInt64].self)[.evidenceNotKept] ?? 0 > 0 { incomplete.insert(hour) }
    }
    var hours: [Int64] = []
    try PreparedStatement(
      database, "SELECT hour FROM usage_hour UNION SELECT hour FROM flow_evidence ORDER BY hour"
    ).forEachRow { hours.append(try $0.integer()) }
    let flows = try PreparedStatement(database, EvidenceReader.ofHour)
    let usage = try PreparedStatement(database, UsageRow.query)
    var skipped: UInt64 = 0
    var different: [Hour] = []
    var reader = try EvidenceReader(database)
    for hour in hours {
      guard hour >= firstHour, !incomplete.contains(hour) else {
        skipped += 1
        continue
      }
      var sums = EvidenceUsage()
      try flows.forEachRow([.integer(hour)]) { sums.add(try reader.evidence(&$0)) }
      var rows: [RuleUsage] = []
      try usage.forEachRow([.integer(hour), .integer(hour + 1)]) { rows.append(try UsageRow.usage(&$0)) }
      result.reconciledHours += 1
      if sums.rows != rows { different.append(Hour(sinceEpoch: hour)) }
    }
    if !different.isEmpty { result.faults.append(.sumsDiffer(hours: different)) }
    if skipped > 0 { result.unproven.append(.notReconciled(hours: skipped)) }
  }
}
