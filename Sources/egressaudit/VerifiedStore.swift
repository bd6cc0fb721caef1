import ArgumentParser
import Auditing
import Model
import Reporting
import Store

/// The option of verbs that say what a store holds.
struct VerificationOption: ParsableArguments {
  @Flag(
    help: ArgumentHelp(HelpTexts.unverified.said))
  var unverified = false

  func open(_ store: String) throws -> AuditDatabase {
    try VerifiedStore.open(store, isUnverified: unverified)
  }
}

/// A store on whose figures people rely.
enum VerifiedStore {
  /// Opens it for reading after its evidence was verified; ends the program with 1 if something does not hold.
  static func open(_ store: String, isUnverified: Bool = false) throws -> AuditDatabase {
    let database = try AuditDatabase(path: store, mode: .readExisting, isUnverified: isUnverified)
    if isUnverified {
      Terminal.say("egressaudit: \(VerificationTexts.unverified(Language.current))")
    } else {
      try verify(database, of: store)
    }
    return database
  }

  /// Ends the program with 1 if something of an open store does not hold.
  static func verify(_ database: AuditDatabase, of store: String) throws {
    var bar = ProgressBar()
    let result = try database.verify(reconciles: false) { bar.show(share: nil, VerificationTexts.step($0).said) }
    bar.clear()
    guard !result.holds else { return }
    Terminal.say("egressaudit: \(VerificationTexts.refusal(result, store: store, Language.current))")
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

  /// Says so if the use could not be recorded.
  func tell(_ outcome: Outcome) {
    switch outcome {
    case .recorded: break
    case .recordedWithoutHead(let reason): Terminal.say("egressaudit: \(reason.said)")
    case .notRecorded: Terminal.say("egressaudit: \(VerificationTexts.notRecorded(Language.current))")
    }
  }
}
