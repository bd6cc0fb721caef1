import Cryptography
import GRDB
public import Model
import Privacy

/// Writing, by one writer at a time. Each call is one transaction, which happens as a whole or not at all.
extension AuditDatabase {
  /// Begins a session and returns its number.
  ///
  /// The first session settles the store's site and salt; later ones with another site, or with the salt of another
  /// pseudonym key, are refused. The store must have been opened for a capture. A rule set is stored once by its hash,
  /// with the facts given first. A signed bundle that is older than the newest one taken, or another of the same
  /// version, is refused. Once signed rules were taken, unsigned rules and those with another key are refused, unless
  /// `provenance` says that the administrator accepts them.
  ///
  /// - Parameters:
  ///   - captureMode: `replay` or `live`.
  ///   - interface: name of the packet source, `interface` or `file`.
  ///   - locationDatabases: the databases that name the owners of addresses, in the order in which they are asked.
  ///   - firstHour: hour of a capture's first packet, if it is known beforehand.
  ///   - exportSalt: secret from which exports derive their device tokens; see `PseudonymKey.exportSalt`.
  public func beginSession(
    sensor: String, captureMode: String, interface: String, toolVersion: String, ruleSet: RuleSetStamp,
    rules: [RuleFacts], provenance: RuleProvenance = RuleProvenance(path: ""), settings: AuditSettings,
    locationDatabases: [LocationDatabaseStamp] = [], exportSalt: [UInt8], captureFingerprint: [UInt8]? = nil,
    firstHour: Hour? = nil
  ) throws -> Int64 {
    guard writer == nil || lock != nil else { throw StoreError(file: path, .openedForMaintenance) }
    return try writing { database in
      try settle(site: settings.site, exportSalt: exportSalt, in: database)
      try accept(provenance, in: database)
      var settings = settings
      settings.rulesKey = provenance.bundle?.signer
      let ruleSetID = try store(ruleSet, rules, in: database)
      let chain = EvidenceChain(database: database)
      let head = try chain.head()
      try PreparedStatement(
        database,
        """
        INSERT INTO capture_session
          (chain_seq, sensor, capture_mode, interface, tool_version, rule_set_id, settings,
          location_databases, capture_fingerprint, first_hour)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
      ).run([
        .integer(head.sequence + 1), .text(sensor), .text(captureMode), .text(interface), .text(toolVersion),
        .integer(ruleSetID), .text(try JSONText.encode(settings)), .text(try JSONText.encode(locationDatabases)),
        captureFingerprint.map { .bytes($0) } ?? .null, StoredValue(firstHour?.sinceEpoch),
      ])
      let session = database.lastInsertedRowID
      guard let digest = try chain.sessionDigest(sequence: head.sequence + 1) else {
        throw StoreError(file: path, .sessionUnknown(session))
      }
      try chain.append(.session, digest: digest, after: head)
      try Seals(database: database).noteChanged([SealedPart(table: .sessions, part: session)])
      return session
    }
  }

  /// Everything that `body` stores happens as a whole or not at all: if it throws, or if the program ends within it,
  /// nothing is stored.
  ///
  /// Meanwhile other writers wait or give up, and readers see the store as it was. Until the end the store needs twice
  /// the room on disk for what is written. `body` stores from the thread that calls it, and does not read.
  public func inOneStep<Value>(_ body: () throws -> Value) throws -> Value {
    try writing { _ in try body() }
  }

  /// Adds a batch to an open session: flows with a row of evidence are appended to the chain, everything else adds up.
  ///
  /// Blocks come before the batch's own flows, which are in none of them.
  @discardableResult
  public func append(_ batch: AuditBatch, to session: Int64) throws -> StoredBatch {
    try writing { database in
      let source = try openSession(session, in: database)
      try Seals(database: database).noteChanged(batch.parts(of: session, source))
      try EvidenceChain(database: database).append(batch.blocks, session: session)
      var stored = StoredBatch()
      stored.firstFlow = try append(batch.flows, batch.flowsWithoutRow, session: session, source: source, in: database)
      for coverage in batch.coverage {
        try add(coverage, source: source, in: database)
        // Only captures can be audited again.
        if source.captureMode == "replay" { try keepApart(coverage, session: session, in: database) }
      }
      let groups = try PreparedStatement(database, isKept: true, GroupRow.addition)
      for group in batch.groups { try groups.run(GroupRow.values(of: group, session: session)) }
      for span in batch.spans {
        try PreparedStatement(
          database, isKept: true,
          """
          INSERT OR REPLACE INTO capture_span (session_id, first_second, last_second, begins, edge_silence)
          VALUES (?, ?, ?, ?, ?)
          """
        ).run([
          .integer(session), .integer(span.first), .integer(span.last), .text(span.begins.rawValue),
          .integer(max(span.edgeSilence, 0)),
        ])
      }
      let presence = try PreparedStatement(
        database, isKept: true,
        "INSERT OR IGNORE INTO device_presence (day, group_name, device, session_id) VALUES (?, ?, ?, ?)")
      for entry in batch.presence {
        try presence.run([
          .integer(entry.day), .text(entry.group), .device(entry.device), .integer(session),
        ])
      }
      let undescribed = try PreparedStatement(database, isKept: true, UndescribedRow.insertion)
      for destination in batch.undescribed {
        try undescribed.run(UndescribedRow.values(of: destination, session: session))
      }
      stored.countedBefore = try add(batch.connections, session: session, in: database)
      if let progress = batch.progress {
        try PreparedStatement(
          database, isKept: true, "UPDATE capture_session SET covered_until = ?, open_flows = ? WHERE id = ?"
        ).run([
          .integer(progress.coveredUntil.seconds), StoredValue(progress.openFlows),
          .integer(session),
        ])
      }
      let hours = batch.flowHours.union(batch.coverage.map(\.hour))
      guard let first = hours.min(), let last = hours.max() else { return stored }
      try PreparedStatement(
        database, isKept: true,
        """
        UPDATE capture_session
        SET first_hour = min(ifnull(first_hour, ?1), ?1), last_hour = max(ifnull(last_hour, ?2), ?2) WHERE id = ?3
        """
      ).run([.integer(first.sinceEpoch), .integer(last.sinceEpoch), .integer(session)])
      return stored
    }
  }

  /// Ends a session in an orderly way; it takes no more rows.
  ///
  /// - Parameters:
  ///   - packets: number of packets read.
  ///   - isWhole: all named captures were read to their end.
  public func endSession(_ session: Int64, packets: UInt64, isWhole: Bool = true) throws {
    try writing { database in
      _ = try openSession(session, in: database)
      try Seals(database: database).noteChanged([SealedPart(table: .sessions, part: session)])
      try PreparedStatement(
        database, "UPDATE capture_session SET packets = ?, is_closed = 1, is_whole = ? WHERE id = ?"
      )
      .run([StoredValue(packets), StoredValue(isWhole), .integer(session)])
    }
  }

  func writing<Value>(_ body: (Database) throws -> Value) throws -> Value {
    guard let writer else { throw StoreError(file: path, .openedForReading) }
    try checkPlace()
    return try Self.explaining(path) {
      // Within a step, the call is part of its transaction.
      if let value = try writer.unsafeReentrantWrite({ $0.isInsideTransaction ? try body($0) : nil }) { return value }
      return try writer.write(body)
    }
  }

  private func settle(site: String, exportSalt: [UInt8], in database: Database) throws {
    let stored = try PreparedStatement(database, "SELECT site, export_salt FROM meta").first {
      (site: try $0.text(), exportSalt: try $0.bytes())
    }
    guard let stored else {
      try Seals(database: database).noteChanged([SealedPart(table: .store, part: 1)])
      return try PreparedStatement(database, "INSERT INTO meta (only_row, site, export_salt) VALUES (1, ?, ?)")
        .run([.text(site), .bytes(exportSalt)])
    }
    guard stored.site == site else { throw StoreError(file: path, .siteDiffers(stored: stored.site, given: site)) }
    guard stored.exportSalt == exportSalt else { throw StoreError(file: path, .pseudonymKeyDiffers) }
  }

  func store(_ ruleSet: RuleSetStamp, _ rules: [RuleFacts], in database: Database) throws -> Int64 {
    let known = try PreparedStatement(database, "SELECT id FROM rule_set WHERE hash = ?").first([.text(ruleSet.hash)]) {
      try $0.integer()
    }
    if let known { return known }
    try PreparedStatement(database, "INSERT INTO rule_set (hash, version, date) VALUES (?, ?, ?)")
      .run([.text(ruleSet.hash), .text(ruleSet.version), .text(ruleSet.date)])
    let id = database.lastInsertedRowID
    let insertion = try PreparedStatement(
      database, "INSERT INTO rule_facts (rule_set_id, rule_id, facts) VALUES (?, ?, ?)")
    for facts in rules {
      let text = try JSONText.encode(facts)
      try insertion.run([.integer(id), .text(facts.id), .text(text)])
      knownRules?.note(facts, storedAs: text)
    }
    return id
  }

  /// What rows of a session take from it.
  struct Source {
    var sensor: String
    var captureMode: String
    var toolVersion: String
    var ruleSetID: Int64
  }

  private func openSession(_ id: Int64, in database: Database) throws -> Source {
    let found = try PreparedStatement(
      database, isKept: true,
      "SELECT sensor, capture_mode, tool_version, rule_set_id, is_closed FROM capture_session WHERE id = ?"
    ).first([.integer(id)]) { row in
      let source = Source(
        sensor: try row.text(), captureMode: try row.text(), toolVersion: try row.text(), ruleSetID: try row.integer())
      return (source: source, isClosed: try row.flag())
    }
    guard let found else { throw StoreError(file: path, .sessionUnknown(id)) }
    guard !found.isClosed else { throw StoreError(file: path, .sessionClosed(id)) }
    return found.source
  }

  /// Adds flows to the sums, those of `flows` also to the evidence; returns the place of the first of these.
  private func append(
    _ flows: [PseudonymousFlow], _ flowsWithoutRow: [PseudonymousFlow], session: Int64, source: Source,
    in database: Database
  ) throws -> Int64? {
    let firstFlow = try appendEvidence(flows, session: session, in: database)
    var sum = UsageSum()
    var networks: Set<NetworkRow.Key> = []
    var lastNetwork: NetworkRow.Key?
    func add(_ flow: PseudonymousFlow) {
      sum.add(flow)
      // A blocked attempt sent nothing, so it has no network.
      guard !flow.outcome.isBlockedAttempt, lastNetwork?.isOf(flow) != true else { return }
      let network = NetworkRow.Key(flow)
      networks.insert(network)
      lastNetwork = network
    }
    for part in [flows, flowsWithoutRow] {
      // Copying a flow out of the array costs more than adding it.
      part.withUnsafeBufferPointer { flows in
        for index in flows.indices { add(flows[index]) }
      }
    }
    guard !sum.counts.isEmpty else { return firstFlow }
    let usage = try PreparedStatement(database, isKept: true, UsageSum.statement)
    for (key, counts) in sum.counts {
      try usage.run(UsageSum.values(key, counts, sensor: source.sensor, ruleSet: source.ruleSetID))
    }
    let network = try PreparedStatement(database, isKept: true, NetworkRow.insertion)
    for key in networks { try network.run(NetworkRow.values(key, session: session)) }
    return firstFlow
  }

  private func appendEvidence(_ flows: [PseudonymousFlow], session: Int64, in database: Database) throws -> Int64? {
    guard !flows.isEmpty else { return nil }
    let row = try PreparedStatement(
      database, isKept: true,
      """
      INSERT INTO flow_evidence (\(FlowRow.columns.joined(separator: ", ")), chain_seq)
      VALUES (\(FlowRow.columns.map { _ in "?" }.joined(separator: ", ")), ?)
      """)
    let chain = EvidenceChain(database: database)
    let entries = try chain.insertion()
    var head = try chain.head()
    let firstFlow = head.sequence + 1
    for flow in flows {
      let values = FlowRow.values(of: flow, session: session)
      let form = FlowRow.form(of: values)
      head = try chain.append(.flow, digest: form.digest, after: head, by: entries)
      try row.run(values, .integer(head.sequence), readFrom: form)
    }
    return firstFlow
  }

  /// Records connections of a session, and counts those that other sessions recorded too.
  private func add(
    _ connections: Set<ConnectionSample>, session: Int64, in database: Database
  ) throws -> [Int64: Int] {
    var countedBefore: [Int64: Int] = [:]
    guard !connections.isEmpty else { return countedBefore }
    let others = try PreparedStatement(
      database, isKept: true,
      "SELECT session_id FROM connection_sample WHERE hour = ? AND digest = ? AND session_id <> ?")
    let insertion = try PreparedStatement(
      database, isKept: true, "INSERT OR IGNORE INTO connection_sample (hour, digest, session_id) VALUES (?, ?, ?)")
    for sample in connections {
      let values: [StoredValue] = [.integer(sample.hour.sinceEpoch), .integer(sample.digest), .integer(session)]
      try others.forEachRow(values) { countedBefore[try $0.integer(), default: 0] += 1 }
      try insertion.run(values)
    }
    return countedBefore
  }

  /// Adds to the share that a session has in an hour.
  private func keepApart(_ addition: CoverageHour, session: Int64, in database: Database) throws {
    let key: [StoredValue] = [.integer(session), .integer(addition.hour.sinceEpoch)]
    var share = addition.clamped
    let stored = try PreparedStatement(
      database, isKept: true, "SELECT coverage FROM session_coverage WHERE session_id = ? AND hour = ?"
    ).first(key) { try $0.parsed(CoverageHour.self) }
    if let stored {
      share = stored
      share.merge(addition.clamped)
    }
    try PreparedStatement(
      database, isKept: true, "INSERT OR REPLACE INTO session_coverage (session_id, hour, coverage) VALUES (?, ?, ?)"
    ).run(key + [.text(try JSONText.encode(share.clamped))])
  }

  func add(_ addition: CoverageHour, source: Source, in database: Database) throws {
    let key: [StoredValue] = [
      .integer(addition.hour.sinceEpoch), .text(source.sensor), .integer(source.ruleSetID), .text(source.captureMode),
      .text(source.toolVersion),
    ]
    var sum = addition.clamped
    if let stored = try PreparedStatement(database, isKept: true, CoverageRow.one).first(key, CoverageRow.coverage) {
      sum = stored
      sum.merge(addition.clamped)
    }
    let values = try CoverageRow.values(of: sum.clamped)
    try PreparedStatement(database, isKept: true, CoverageRow.replacement).run(key + values)
  }
}

extension AuditBatch {
  fileprivate var flowHours: Set<Hour> {
    var hours: Set<Hour> = []
    var last: Hour?
    for part in [flows, flowsWithoutRow] {
      for index in part.indices where part[index].hour != last {
        last = part[index].hour
        hours.insert(part[index].hour)
      }
    }
    return hours
  }

  /// The parts of the tables that change when this batch is stored; some may stay as they are.
  fileprivate func parts(of session: Int64, _ source: AuditDatabase.Source) -> Set<SealedPart> {
    var parts: Set<SealedPart> = [SealedPart(table: .sessions, part: session)]
    func note(_ tables: [SealedTable], _ part: Int64) {
      for table in tables { parts.insert(SealedPart(table: table, part: part)) }
    }
    for hour in flowHours { note([.usage, .networks], hour.sinceEpoch) }
    let coverageTables: [SealedTable] = source.captureMode == "replay" ? [.coverage, .sessionCoverage] : [.coverage]
    for hour in coverage { note(coverageTables, hour.hour.sinceEpoch) }
    for group in groups { note([.groups], group.hour.sinceEpoch) }
    for sample in connections { note([.connections], sample.hour.sinceEpoch) }
    for entry in presence { note([.presence], entry.day) }
    for destination in undescribed { note([.undescribed], destination.day) }
    for span in spans { note([.spans], span.last / 3_600) }
    return parts
  }
}
