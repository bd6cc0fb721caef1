import ArgumentParser
import Auditing
import Foundation
import Glibc
import Model
import Reporting
import Store
import Synchronization

/// The option of verbs that report the contents of a store.
struct VerificationOption: ParsableArguments {
  @Flag(
    help: ArgumentHelp(HelpTexts.unverified.said))
  var unverified = false

  func open(_ store: String) throws -> AuditDatabase {
    try VerifiedStore.open(store, isUnverified: unverified)
  }

  /// Opens a store for reading, and verifies its evidence while `body` reads it.
  ///
  /// Ends the program with 1 as soon as something does not hold.
  ///
  /// - Parameter body: must call `verified`, which waits for the end of the verification, before it writes anything.
  func reading<Outcome>(
    _ store: String, _ body: (_ database: AuditDatabase, _ verified: () throws -> Void) throws -> Outcome
  ) throws -> Outcome {
    guard !unverified else { return try body(open(store), {}) }
    let usage = SharedUsageParts()
    let database = try AuditDatabase(path: store, mode: .readExisting, usageParts: usage, hasTwin: true)
    try VerifiedStore.tellIfNeverSealed(database)
    let verification = ConcurrentVerification(of: store, usage: usage)
    do {
      return try body(database, verification.wait)
    } catch {
      // The store may be unreadable because it is damaged, which the verification reports.
      try verification.wait()
      throw error
    }
  }

  /// What `body` makes of a store, whose evidence is verified meanwhile.
  ///
  /// Ends the program with 1 as soon as something does not hold. `body` must write nothing.
  func report<Report>(on store: String, _ body: (AuditDatabase) throws -> Report) throws -> Report {
    try reading(store) { database, verified in
      let report = try body(database)
      try verified()
      return report
    }
  }
}

/// Verifies a store on a thread and a connection of its own: on two processors it takes little additional time while
/// tables are made.
private final class ConcurrentVerification: Sendable {
  private enum State {
    case running(step: String?)
    case held
    case failed(any Error)
  }

  private let state = Mutex(State.running(step: nil))
  private let usage: SharedUsageParts

  /// `usage`: what is read beside it, so that the verification need not read it.
  init(of store: String, usage: SharedUsageParts) {
    self.usage = usage
    let thread = Thread { [self] in
      do {
        let database = try AuditDatabase(path: store, mode: .readExisting)
        let result = try database.verify(reconciles: false, usage: usage) { step in
          state.withLock { $0 = .running(step: step) }
        }
        guard result.holds else {
          Drafts.abandon {
            Terminal.say(
              "egressaudit: \(VerificationTexts.refusal(result, store: store, hasOption: true, Language.current))")
            _exit(1)
          }
        }
        state.withLock { $0 = .held }
      } catch {
        state.withLock { $0 = .failed(error) }
      }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Returns once everything was verified and holds; throws why it could not be verified.
  func wait() throws {
    usage.close()
    var bar = ProgressBar()
    defer { bar.clear() }
    while true {
      switch state.withLock(\.self) {
      case .held: return
      case .failed(let error): throw error
      case .running(let step): if let step { bar.show(share: nil, VerificationTexts.step(step).said) }
      }
      usleep(5_000)
    }
  }
}

/// Opening of stores on whose figures people rely.
enum VerifiedStore {
  /// Opens it for reading after its evidence was verified; ends the program with 1 if something does not hold.
  /// `isUnverified`: what the option of the verb says, nil where a verb has none.
  static func open(_ store: String, isUnverified: Bool? = nil) throws -> AuditDatabase {
    let database = try AuditDatabase(
      path: store, mode: .readExisting, isUnverified: isUnverified == true, hasTwin: true)
    if isUnverified == true {
      Terminal.say("egressaudit: \(VerificationTexts.unverified(Language.current))")
    } else {
      try verify(database, of: store, hasOption: isUnverified != nil)
    }
    try tellIfNeverSealed(database)
    return database
  }

  /// Prints a note if no seal binds the figures that are about to be reported.
  fileprivate static func tellIfNeverSealed(_ database: AuditDatabase) throws {
    if try database.isNeverSealed() { Terminal.say("egressaudit: \(VerificationTexts.neverSealed.said)") }
  }

  /// Ends the program with 1 if something of an open store does not hold.
  /// `hasOption`: whether the verb has `--unverified`.
  static func verify(_ database: AuditDatabase, of store: String, hasOption: Bool = false) throws {
    var bar = ProgressBar()
    let result = try database.verify(reconciles: false) { bar.show(share: nil, VerificationTexts.step($0).said) }
    bar.clear()
    guard !result.holds else { return }
    Terminal.say(
      "egressaudit: \(VerificationTexts.refusal(result, store: store, hasOption: hasOption, Language.current))")
    throw ExitCode(1)
  }
}

extension StoreUse {
  /// Records the use; the files are in `folder` and get a list of their digests.
  func record(
    files: [String], in folder: String, as name: String, from: LocalDate?, to: LocalDate?
  ) throws {
    let checksums = try Checksums(of: files)
    _ = try checksums.write(to: folder, as: name)
    try recordAfterwards(from: from, to: to, filesDigest: checksums.digest)
  }

  /// Records the use of files that are there already; if that fails, says so and ends the program with 3.
  func recordAfterwards(from: LocalDate?, to: LocalDate?, filesDigest: [UInt8]?) throws {
    do {
      tell(try record(from: from, to: to, filesDigest: filesDigest))
    } catch {
      let reason = LocalizedText(of: error)
      Terminal.say("egressaudit: \(VerificationTexts.useUnrecorded(reason).said)")
      throw ExitCode(3)
    }
  }

  /// Prints a note if the use could not be recorded.
  func tell(_ outcome: Outcome) {
    switch outcome {
    case .recorded: break
    case .recordedWithoutHead(let reason): Terminal.say("egressaudit: \(reason.said)")
    case .notRecorded: Terminal.say("egressaudit: \(VerificationTexts.notRecorded(Language.current))")
    }
  }
}
