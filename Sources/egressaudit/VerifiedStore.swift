import ArgumentParser
import Auditing
import Model
import Reporting
import Store

/// The option of verbs that write tables from a store.
struct VerificationOption: ParsableArguments {
  @Flag(
    help: ArgumentHelp(HelpTexts.unverified.said))
  var unverified = false

  func open(_ store: String) throws -> AuditDatabase {
    try VerifiedStore.open(store, isUnverified: unverified)
  }
}

/// A store whose tables are to be written.
enum VerifiedStore {
  /// Opens it for reading after its evidence was verified; ends the program with 1 if something does not hold.
  static func open(_ store: String, isUnverified: Bool = false) throws -> AuditDatabase {
    let database = try AuditDatabase(path: store, mode: .readExisting, isUnverified: isUnverified)
    guard !isUnverified else {
      Terminal.say("egressaudit: \(VerificationTexts.unverified(Language.current))")
      return database
    }
    var bar = ProgressBar()
    let result = try database.verify(reconciles: false) { bar.show(share: nil, VerificationTexts.step($0).said) }
    bar.clear()
    guard !result.holds else { return database }
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
    try tell(try record(from: from, to: to, filesDigest: checksums.digest))
  }

  /// Says so if the use could not be recorded.
  func tell(_ outcome: Outcome) throws {
    switch outcome {
    case .recorded: break
    case .recordedWithoutHead(let reason): Terminal.say("egressaudit: \(reason.said)")
    case .notRecorded: Terminal.say("egressaudit: \(VerificationTexts.notRecorded(Language.current))")
    }
  }
}
