import Capture
import FlowTracking
import Model
import Privacy
public import Rules
import Store

/// Audits capture files into a store: the live pipeline with another packet source.
public struct Replay {
  public var captures: [String]
  public var store: String
  public var rules: RuleSet
  public var configuration: AuditConfiguration
  /// Asked for only once captures are found to be readable: a key file is made on first use.
  public var pseudonymKey: () throws -> PseudonymKey
  /// Audit although the store already holds this capture.
  public var auditsAgain = false

  public struct Progress: Sendable {
    /// 0 to 1; nil where the end is not known (a pipe).
    public var share: Double?
    public var packets: UInt64
    public var flows: UInt64
    public var names: UInt64
  }

  public struct Result: Sendable {
    public var counts: AuditCounts
    /// Captures that could not be read, or not to their end.
    public var problems: [CaptureError]
    public var ruleSet: RuleSetStamp
  }

  public init(
    captures: [String], store: String, rules: RuleSet, configuration: AuditConfiguration,
    pseudonymKey: @escaping () throws -> PseudonymKey
  ) {
    self.captures = captures
    self.store = store
    self.rules = rules
    self.configuration = configuration
    self.pseudonymKey = pseudonymKey
  }

  /// Reads all captures in time order and stores what they show.
  ///
  /// - Throws: `PseudonymKeyError`, `LocationDatabaseError`, `StoreError`, or `ReplayError`; a capture that cannot be read is a problem in the result, not an error.
  public func run(progress: (Progress) -> Void = { _ in }) throws -> Result {
    let owners = try NetworkOwners(configuration.location)
    var files = CaptureFiles(paths: captures)
    guard let begin = files.firstTimestamp else {
      throw ReplayError.nothingReadable(files.problems)
    }
    let key = try pseudonymKey()
    let database = try AuditDatabase(path: store, mode: .capture)
    defer { database.close() }
    let fingerprint = key.fingerprint(of: files.firstFrame, at: begin)
    if try !auditsAgain && database.holdsCapture(fingerprint: fingerprint) {
      throw ReplayError.alreadyStored(store: store)
    }
    let pseudonymiser = Pseudonymiser(key: key)
    let session = try database.beginSession(
      sensor: configuration.settings.sensor, captureMode: "replay", interface: "file",
      toolVersion: ToolVersion.current, ruleSet: rules.stamp, rules: rules.facts, bundle: rules.bundle,
      settings: configuration.settings, locationDatabases: owners.stamps, exportSalt: key.exportSalt,
      captureFingerprint: fingerprint)
    let writer = WriterThread(
      RecordWriter(
        database: database, session: session, rules: rules, pseudonymiser: pseudonymiser,
        configuration: configuration, owners: owners))
    var settings = configuration.tracker
    settings.knownServices = rules.networks.services
    let recordBytes = MemoryShares(budget: settings.memoryBudget).records
    var tracker = FlowTracker(settings: settings)
    let total = files.totalBytes

    files.forEachFrame(progress: { bytes in
      progress(
        Progress(
          share: total > 0 ? min(Double(bytes) / Double(total), 1) : nil, packets: tracker.framesSeen,
          flows: tracker.flowsSeen, names: tracker.namesSeen))
      return !writer.hasFailed
    }) { frame in
      tracker.process(frame.bytes, originalLength: frame.originalLength, at: frame.timestamp, linkType: frame.linkType)
      if tracker.records.count >= RecordBatch.size { Replay.handOver(&tracker, to: writer, within: recordBytes) }
    }
    while !tracker.finish(atMost: RecordBatch.size) { Replay.handOver(&tracker, to: writer, within: recordBytes) }
    Replay.handOver(&tracker, to: writer, within: recordBytes)
    var counts = try writer.finish()
    counts.packets = tracker.framesSeen
    counts.names = tracker.namesSeen
    return Result(counts: counts, problems: files.problems, ruleSet: rules.stamp)
  }

  private static func handOver(_ tracker: inout FlowTracker, to writer: WriterThread, within bytes: Int) {
    var coverage = tracker.takeCoverage()
    for part in RecordBatch.parts(of: tracker.takeRecords(), within: bytes) {
      writer.send(RecordBatch(records: Array(part), coverage: coverage))
      coverage = []
    }
  }
}

public enum ReplayError: Error, Equatable, CustomStringConvertible {
  case nothingReadable([CaptureError])
  case alreadyStored(store: String)

  public var description: String {
    switch self {
    case .nothingReadable(let problems):
      return (problems.map(\.description) + ["No packet could be read: nothing was stored."]).joined(separator: "\n")
    case .alreadyStored(let store):
      return """
        \(store): already holds a capture that begins with the same packet. Audited again, it would be counted twice. \
        Name a new file with --store, or say --again if you mean it.
        """
    }
  }
}
