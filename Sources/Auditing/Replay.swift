import Capture
import FlowTracking
import Location
import Matching
public import Model
import Privacy
public import Rules
import Store

/// Audits capture files into a store: the live pipeline with another packet source.
public struct Replay {
  public var captures: [String]
  public var store: String
  public var rules: RuleSet
  public var configuration: AuditConfiguration
  /// Called only after captures were found to be readable, since a key file is created on first use.
  public var pseudonymKey: () throws -> PseudonymKey
  /// Called as late; returns nil if the heads of the evidence chain are not to be signed.
  public var signingKey: () throws -> SigningKey?
  /// Replaces a finished audit of the same capture; an unfinished one is replaced in any case.
  public var auditsAgain = false
  /// Ends the run early, with nothing stored of it.
  public var interruption = Interruption()

  public struct Progress: Sendable {
    /// 0 to 1; nil if the size is not known (a pipe).
    public var share: Double?
    public var packets: UInt64
    public var flows: UInt64
    public var names: UInt64
  }

  public struct Result: Sendable {
    public var counts: AuditCounts
    /// Captures that could not be read, or not to their end.
    public var problems: [CaptureError]
    /// Notes for people about captures that were read to their end.
    public var notes: [CaptureError]
    /// Numbers of the audits that this one replaced.
    public var replaced: [Int64]
    public var ruleSet: RuleSetStamp
    /// Facts that the audit wrote into the store, for whoever reads it next.
    public var knownRules: KnownRuleFacts
  }

  public init(
    captures: [String], store: String, rules: RuleSet, configuration: AuditConfiguration,
    pseudonymKey: @escaping () throws -> PseudonymKey, signingKey: @escaping () throws -> SigningKey? = { nil }
  ) {
    self.captures = captures
    self.store = store
    self.rules = rules
    self.configuration = configuration
    self.pseudonymKey = pseudonymKey
    self.signingKey = signingKey
  }

  /// Reads all captures in the order of time and stores the audit, as a whole or not at all.
  ///
  /// If it ends early, the store lists the audit as unfinished, until another of the same capture replaces it.
  ///
  /// - Throws: `FileLoadError` for claims that the rules do not know, `KeyFileError`, `LocationDatabaseError`,
  ///   `StoreError`, or `ReplayError`; a capture that cannot be read is a problem in the result, not an error.
  public func run(progress: (Progress) -> Void = { _ in }) throws -> Result {
    try configuration.checkClaims(against: rules)
    let owners = try NetworkOwners(configuration.location)
    var files = CaptureFiles(paths: captures)
    guard let begin = files.firstTimestamp else {
      throw ReplayError.nothingReadable(files.problems)
    }
    let key = try pseudonymKey()
    let signingKey = try signingKey()
    let knownRules = KnownRuleFacts()
    let database = try AuditDatabase(path: store, mode: .capture, knownRules: knownRules)
    defer { database.close() }
    let sealer = EvidenceSealer(database, store: store, key: signingKey)
    let fingerprints = fingerprints(of: files.firstFrame, at: begin, by: key)
    let earlier = try database.audits(ofCaptures: fingerprints)
    if !auditsAgain, !earlier.isEmpty, !earlier.contains(where: \.isUnfinished) {
      throw ReplayError.alreadyStored(store: store)
    }
    for audit in earlier { try database.checkSeparable(audit.id) }
    // Devices would count twice on days with another key.
    if let first = key.firstDay, begin.hour.dayUTC < first {
      throw ReplayError.beforeKey(store: store, first: LocalDate(day: first))
    }
    let session = try database.beginSession(
      sensor: configuration.settings.sensor, captureMode: "replay", interface: "file",
      toolVersion: ToolVersion.current, ruleSet: rules.stamp, rules: rules.verdictFacts, provenance: rules.provenance,
      settings: configuration.settings, locationDatabases: owners.stamps, exportSalt: key.exportSalt,
      captureFingerprint: fingerprints.first, firstHour: begin.hour)
    let writer = WriterThread(
      RecordWriter(
        database: database, session: session, rules: rules, pseudonyms: PseudonymSource(key),
        configuration: configuration, owners: owners, replacing: earlier.map(\.id), isOneStep: true))
    var settings = configuration.tracker
    settings.knownServices = rules.networks.services
    let recordBytes = MemoryShares(budget: settings.memoryBudget).records
    var tracker = FlowTracker(settings: settings)
    let total = files.totalBytes
    var spans = ObservedSpans()
    var stated = StatedDrops()

    files.forEachFrame(
      progress: { bytes in
        progress(
          Progress(
            share: total > 0 ? min(Double(bytes) / Double(total), 1) : nil, packets: tracker.framesSeen,
            flows: tracker.flowsSeen, names: tracker.namesSeen))
        return !writer.hasFailed && interruption.signal == nil
      }, repeated: { tracker.noteRepeated(at: $0) }, betweenFiles: { spans.noteFileEdge() }, drops: { stated.note($0) }
    ) { frame in
      spans.note(frame.timestamp)
      stated.note(frame.timestamp.hour)
      tracker.process(frame.bytes, originalLength: frame.originalLength, at: frame.timestamp, linkType: frame.linkType)
      if tracker.waiting.records >= RecordBatch.size { Replay.handOver(&tracker, to: writer, within: recordBytes) }
    }
    while interruption.signal == nil, !tracker.finish(atMost: RecordBatch.size) {
      Replay.handOver(&tracker, to: writer, within: recordBytes)
    }
    // Not before the flows: their places in the chain would depend on the time of the entries.
    func note() throws {
      try database.noteKeys(key, at: Today.now)
      try database.noteMade(signingKey, at: Today.now)
    }
    guard interruption.conclude() else {
      writer.giveUp()
      try note()
      throw ReplayError.interrupted(store: store)
    }
    Replay.handOver(&tracker, to: writer, within: recordBytes)
    let captured = spans.finish()
    let canaries = configuration.canary == nil ? [] : ExpectedCanaries.hours(in: captured)
    writer.send(RecordBatch(records: [], coverage: stated.hours + canaries, spans: captured))
    var counts: AuditCounts
    do {
      counts = try writer.finish(isWhole: !files.problems.contains(where: \.cause.isLoss))
    } catch let counted as CountedBefore {
      // Nothing of it was stored, so nothing is lost.
      try database.takeOut(session, for: nil, day: Today.dayUTC, toolVersion: ToolVersion.current)
      try sealer.seal()
      try note()
      try sealer.seal()
      let other = try database.sessions().first { $0.id == counted.session }
      throw ReplayError.countedBefore(
        store: store, audit: counted.session, sensor: other?.sensor ?? "", ownSensor: configuration.settings.sensor)
    }
    // The seal of the audit is signed, too.
    try sealer.seal()
    try note()
    try database.noteRules(of: session, at: Today.now)
    try sealer.seal()
    counts.packets = tracker.framesSeen
    counts.names = tracker.namesSeen
    return Result(
      counts: counts, problems: files.problems, notes: files.notes, replaced: earlier.map(\.id), ruleSet: rules.stamp,
      knownRules: knownRules)
  }

  /// The first is stored. Formats differ in the resolution of times, and older versions compared whole nanoseconds.
  private func fingerprints(of frame: [UInt8], at time: Timestamp, by key: PseudonymKey) -> [[UInt8]] {
    let coarse = Timestamp(nanoseconds: time.microseconds * 1_000)
    return [coarse, time].map { key.fingerprint(of: frame, at: $0) }
  }

  private static func handOver(_ tracker: inout FlowTracker, to writer: WriterThread, within bytes: Int) {
    var coverage = tracker.takeCoverage()
    for part in RecordBatch.parts(of: tracker.takeRecords(), within: bytes) {
      writer.send(RecordBatch(records: part, coverage: coverage))
      coverage = []
    }
  }
}

/// Assigns the statements of recordings about dropped packets to hours.
private struct StatedDrops {
  private(set) var hours: [CoverageHour] = []
  /// Hours with packets since the last statement.
  private var open: [Hour] = []
  /// Packets that were stated before the first packet.
  private var early: UInt64 = 0

  /// Most hours that wait for a statement.
  private static let limit = 10_000

  mutating func note(_ hour: Hour) {
    if open.last != hour, open.count < StatedDrops.limit { open.append(hour) }
  }

  /// A statement does not name the hour in which packets were dropped: they count in the hour of the statement, and the
  /// hours before it stay unknown.
  mutating func note(_ statement: DropStatement) {
    let packets = UInt64.saturatingSum(early, statement.packets)
    guard let told = open.last else {
      early = packets
      return
    }
    for hour in Set(packets == 0 ? open : []).union([told]).sorted() {
      var coverage = CoverageHour(hour: hour)
      coverage.dropStatements = 1
      if hour == told { coverage.packetsDroppedKernel = packets }
      hours.append(coverage)
    }
    (open, early) = ([], 0)
  }
}

public enum ReplayError: BilingualError, Equatable {
  case nothingReadable([CaptureError])
  case alreadyStored(store: String)
  /// A signal ended the run.
  case interrupted(store: String)
  /// `audit`: number of the session that counts the same connections.
  case countedBefore(store: String, audit: Int64, sensor: String, ownSensor: String)
  /// The capture begins before the first day of the pseudonym key.
  case beforeKey(store: String, first: LocalDate)
}
