import Capture
import Dispatch
import Documents
import FlowTracking
import Foundation
import Glibc
import Location
import Matching
public import Model
public import Privacy
public import Rules
import Store

/// The service on a gateway: captures live into a store until a signal ends it.
///
/// SIGTERM and SIGINT end it in an orderly way; SIGHUP reloads rules and configuration. It notifies the service manager
/// (sd_notify(3)) and writes to the journal (standard error).
public struct LiveAudit: Sendable {
  /// Path of the configuration, for messages.
  public var configurationFile: String
  /// Read at the start and at each SIGHUP.
  public var configuration: @Sendable () throws -> AuditConfiguration
  public var rules: @Sendable (AuditConfiguration) -> RuleSource
  public var store: String
  /// File of the pseudonym key, which is created on first use, after everything else has been checked.
  public var keyFile: String
  /// Key that signs the heads of the evidence chain; called as late.
  public var signingKey: @Sendable () throws -> SigningKey

  /// Time limit of an orderly end in seconds; systemd kills after 90.
  private static let drainSeconds = 8
  /// Nanoseconds between checks of a running reload.
  private static let reloadLook: Int64 = 50_000_000

  public init(
    configurationFile: String, configuration: @escaping @Sendable () throws -> AuditConfiguration,
    rules: @escaping @Sendable (AuditConfiguration) -> RuleSource, store: String, keyFile: String,
    signingKey: @escaping @Sendable () throws -> SigningKey
  ) {
    self.configurationFile = configurationFile
    self.configuration = configuration
    self.rules = rules
    self.store = store
    self.keyFile = keyFile
    self.signingKey = signingKey
  }

  /// Runs until a signal ends it.
  ///
  /// - Throws: `FileLoadError`, `LocationDatabaseError`, `KeyFileError`, `StoreError`, `InterfaceError` or
  ///   `LiveAuditError` where it cannot begin, and `StoreError` where the last records could not be stored.
  public func run() throws {
    // Before any thread begins: all inherit the blocked signals.
    let signals = SignalQueue([SIGTERM, SIGINT, SIGHUP])
    let manager = ServiceManager()
    let basis = try Basis.load(self)
    let interfaces = CaptureInterfaces(basis.configuration.capture)
    ServiceLog.write(interfaces.survey())
    if let refusal = interfaces.refusal { throw refusal }
    let credential = try StoreKey.credential()
    let key = try StoreKey.loadOrCreate(path: keyFile, store: store, credential: credential)
    let signingKey = try signingKey()
    let database = try AuditDatabase(path: store, mode: .capture)
    defer { database.close() }
    var journal = CoverageJournal()
    journal.expectsCanaries = basis.configuration.canary != nil
    try noteEarlierRun(basis.configuration.settings.sensor, database, &journal)
    let disk = DiskGuard(store: store)
    let pseudonyms = PseudonymSource(key)
    let writer = WriterThread(
      try basis.beginSession(in: database, exportSalt: key.exportSalt, pseudonyms),
      patience: .untilStopped(disk) { error in
        // `StoreWatch` reports a store that is not in its place.
        if let error = error as? StoreError, case .displaced = error.problem { return }
        if let error {
          ServiceLog.write(
            .error, "store_failed", ["reason": "\(error)", "next": "the batch is tried again each second"])
        } else {
          ServiceLog.write(.notice, "store_recovered")
        }
      })
    try database.noteMade(signingKey, at: Today.now)
    let keys = KeyJob(
      KeyRotation(database: database, path: keyFile, credential: credential), key: key, pseudonyms)
    let sealing = SealingJob(EvidenceSealer(database, store: store, key: signingKey))
    let sensor = SensorThread(interfaces, tracker: basis.trackerSettings, journal: journal, writer: writer)
    basis.tell("started")
    manager.notify("READY=1", "STATUS=Capturing")
    let reload = reloadJob(of: basis, database, key.exportSalt, pseudonyms)
    supervise(signals, manager, basis, reload, sealing, keys, database, sensor, writer)

    manager.notify("STOPPING=1", "STATUS=Storing what is under way")
    let deadline = DispatchTime.now() + .seconds(LiveAudit.drainSeconds)
    reload.end(by: .now() + .seconds(1))
    sensor.stop(by: deadline)
    let outcome = Swift.Result { try writer.finish(by: deadline) }
    sealing.end()
    let figures = sensor.figures
    ServiceLog.write(
      .notice, "stopped",
      [
        "dropped": figures.drops, "records_lost": figures.lostRecords + writer.lostRecords,
      ])
    _ = try outcome.get()
  }

  /// Returns when the service must stop, or when the store has been missing for too long.
  private func supervise(
    _ signals: borrowing SignalQueue, _ manager: ServiceManager, _ first: Basis, _ reload: ReloadJob,
    _ sealing: SealingJob, _ keys: KeyJob, _ database: AuditDatabase, _ sensor: SensorThread, _ writer: WriterThread
  ) {
    var basis = first
    let retention = RetentionJob(database)
    var watch = StoreWatch(database)
    let startTime = MachineClock.now
    var metrics = MetricsReport()
    // Old figures could be taken for current ones.
    defer { metrics.end() }
    var toldAt = MachineClock.running
    let second = TimeSpan.seconds(1).nanoseconds
    let interval = min(manager.watchdogInterval.map { $0.nanoseconds / 3 } ?? second, second)
    while true {
      let wait = reload.isIdle ? interval : min(interval, LiveAudit.reloadLook)
      switch signals.next(within: TimeSpan(nanoseconds: wait)) {
      case SIGTERM, SIGINT: return
      case SIGHUP:
        manager.notify("RELOADING=1", "MONOTONIC_USEC=\(MachineClock.running.nanoseconds / 1_000)")
        reload.begin()
      default: break
      }
      if let result = reload.take() {
        adopt(result, &basis, sensor)
        if reload.isIdle { manager.notify("READY=1") }
      }
      retention.runIfDue(basis.configuration.retention, day: Today.dayUTC)
      keys.runIfDue(basis.configuration.keyInterval, at: Today.now)
      sealing.runIfDue(at: MachineClock.running)
      let now = MachineClock.running
      watch.look(at: now)
      if watch.isGivenUp(at: now) { return }
      let figures = sensor.figures
      // The watchdog is notified only while packets are being read.
      if let watchdog = manager.watchdogInterval,
        now.nanoseconds - figures.lastRound.nanoseconds < watchdog.nanoseconds / 2
      {
        manager.notify("WATCHDOG=1")
      }
      metrics.writeIfDue(to: basis.configuration.metricsFile, at: now) {
        Metrics(
          version: ToolVersion.current, ruleSet: basis.ruleSet.stamp, startTime: startTime, sensor: figures,
          canariesSeen: writer.counts.canariesSeen, waitingBatches: writer.waitingBatches,
          isStoring: !writer.hasTrouble && watch.displacement == nil,
          flowLimit: basis.configuration.tracker.flowLimit)
      }
      guard now.nanoseconds - toldAt.nanoseconds >= 10 * second else { continue }
      toldAt = now
      let capturing =
        writer.hasTrouble || watch.displacement != nil
        ? "Storing nothing, see the log" : figures.isCapturing ? "Capturing" : "Capture interrupted"
      // Everybody who may log in can read it, so it has no count that depends on what people do.
      manager.notify("STATUS=\(capturing): \(figures.drops) packets dropped, \(figures.lostRecords) flow records lost")
    }
  }

  private func reloadJob(
    of first: Basis, _ database: AuditDatabase, _ exportSalt: [UInt8], _ pseudonyms: PseudonymSource
  ) -> ReloadJob {
    let sensor = first.configuration.settings.sensor
    return ReloadJob {
      let next = try Basis.load(self)
      guard next.configuration.settings.sensor == sensor else {
        throw LiveAuditError.sensorChanged(file: configurationFile)
      }
      return next
    } beginSession: {
      try $0.beginSession(in: database, exportSalt: exportSalt, pseudonyms)
    }
  }

  /// If they cannot be read, the service continues as before, and the log states why.
  private func adopt(_ result: Result<ReloadJob.Loaded, any Error>, _ basis: inout Basis, _ sensor: SensorThread) {
    do {
      let loaded = try result.get()
      let next = loaded.basis
      sensor.adopt(
        SensorThread.Basis(
          capture: next.configuration.capture, tracker: next.trackerSettings,
          expectsCanaries: next.configuration.canary != nil, writer: loaded.writer))
      if next.configuration.capture.threads != basis.configuration.capture.threads {
        ServiceLog.write(.warning, "restart_needed", ["reason": "capture.threads is taken over at a start only"])
      }
      basis = next
      basis.tell("reloaded")
    } catch let error as FileLoadError {
      for fault in error.faults { ServiceLog.write(.error, "reload_refused", ["reason": fault]) }
    } catch {
      ServiceLog.write(.error, "reload_refused", ["reason": "\(error)"])
    }
  }

  /// Records the gap since the sensor's latest run.
  private func noteEarlierRun(_ sensor: String, _ database: AuditDatabase, _ journal: inout CoverageJournal) throws {
    guard let end = try database.latestLiveEnd(sensor: sensor) else { return }
    let now = MachineClock.now
    let seconds = journal.noteRestart(
      at: now, after: end.progress.coveredUntil, wasClosed: end.isClosed, openFlows: end.progress.openFlows)
    ServiceLog.write(
      end.isClosed ? .notice : .error, end.isClosed ? "gap_after_stop" : "gap_after_broken_run",
      [
        "from": end.progress.coveredUntil.isoText, "to": now.isoText, "seconds": seconds,
        "flows_cut_off": end.isClosed ? 0 : end.progress.openFlows,
      ])
  }
}

/// What can be reloaded while the service runs.
struct Basis: Sendable {
  var configuration: AuditConfiguration
  var ruleSet: RuleSet
  /// Nil if lint finds nothing in the rules.
  var lint: LintSummary?
  var owners: NetworkOwners

  static func load(_ audit: LiveAudit) throws -> Basis {
    let configuration = try audit.configuration()
    guard !configuration.capture.interfaces.isEmpty else {
      throw LiveAuditError.noInterface(file: audit.configurationFile)
    }
    let rules = audit.rules(configuration)
    let (ruleSet, findings) = try RuleLint.load(rules)
    try configuration.checkClaims(against: ruleSet)
    return Basis(
      configuration: configuration, ruleSet: ruleSet, lint: LintSummary(findings, of: rules),
      owners: try NetworkOwners(configuration.location))
  }

  var trackerSettings: TrackerSettings {
    var settings = configuration.tracker
    settings.knownServices = ruleSet.networks.services
    return settings
  }

  func beginSession(
    in database: AuditDatabase, exportSalt: [UInt8], _ pseudonyms: PseudonymSource
  ) throws -> RecordWriter {
    let session = try database.beginSession(
      sensor: configuration.settings.sensor, captureMode: "live", interface: "interface",
      toolVersion: ToolVersion.current, ruleSet: ruleSet.stamp, rules: ruleSet.verdictFacts,
      provenance: ruleSet.provenance, settings: configuration.settings, locationDatabases: owners.stamps,
      exportSalt: exportSalt)
    try database.noteRules(of: session, at: Today.now)
    return RecordWriter(
      database: database, session: session, rules: ruleSet, pseudonyms: pseudonyms,
      configuration: configuration, owners: owners)
  }

  func tell(_ event: String) {
    ServiceLog.write(
      .notice, event,
      [
        "version": ToolVersion.current, "interfaces": configuration.capture.interfaces.joined(separator: ","),
        "rules": ruleSet.stamp.version, "rule_set": ruleSet.stamp.hash,
        "configuration": configuration.settings.configurationHash ?? "none",
        "retention": configuration.retention.text,
      ])
    if let lint {
      ServiceLog.write(.warning, "rule_lint", ["found": lint.counts, "next": lint.nextStep])
      for finding in lint.first { ServiceLog.write(.warning, "rule_lint", ["reason": finding]) }
    }
    for notice in ruleSet.overrideNotices(day: Today.dayUTC) {
      ServiceLog.write(.warning, "rule_override", ["reason": "\(notice)"])
    }
  }
}

/// Why the service cannot start, or cannot use a new configuration.
public enum LiveAuditError: BilingualError, Equatable {
  case noInterface(file: String)
  case sensorChanged(file: String)
}

/// Blocked signals that are received by polling instead of interrupting.
private struct SignalQueue: ~Copyable {
  private var set = sigset_t()

  /// Blocks the signals in this thread and in all that it starts.
  init(_ signals: [Int32]) {
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// The next signal; nil if none comes in time.
  func next(within time: TimeSpan) -> Int32? {
    var set = set
    var limit = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds % 1_000_000_000))
    let signal = sigtimedwait(&set, nil, &limit)
    return signal > 0 ? signal : nil
  }
}
