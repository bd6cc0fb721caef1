import ArgumentParser
import Auditing
import Glibc
import Model
import Privacy
import Reporting
import Store

struct ReidentifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reidentify",
    abstract: HelpTexts.Reidentify.abstract.said,
    subcommands: [Open.self, List.self])

  struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Reidentify.openAbstract.said,
      discussion: HelpTexts.Reidentify.openDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.Reidentify.references.said))
    var references: [String]

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.store.said, valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp(HelpTexts.Evidence.from.said, valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.Evidence.to.said, valueName: "date"))
    var to: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.hour.said, valueName: "hour"))
    var hour: [HourArgument] = []

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.purpose.said))
    var purpose: Reidentification.Purpose

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.fileReference.said, valueName: "text"))
    var fileReference: String

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.dpoKey.said, valueName: "file"))
    var dpoKey: String?

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.dpoPassphrase.said, valueName: "file"))
    var dpoPassphraseFile: String?

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.councilKey.said, valueName: "file"))
    var worksCouncilKey: String?

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.councilPassphrase.said, valueName: "file"))
    var worksCouncilPassphraseFile: String?

    @Flag(help: ArgumentHelp(HelpTexts.Reidentify.emergency.said))
    var emergency = false

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.emergencyKey.said, valueName: "file"))
    var emergencyKey: String?

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.emergencyPassphrase.said, valueName: "file"))
    var emergencyPassphraseFile: String?

    @Option(help: ArgumentHelp(HelpTexts.Reidentify.output.said, valueName: "file"))
    var output: String?

    func validate() throws {
      if references.isEmpty { throw ValidationError(HelpTexts.Reidentify.noReference.said) }
      guard references.allSatisfy(EvidenceLookup.isRowReference) else {
        throw ValidationError(HelpTexts.Reidentify.noSuchForm.said)
      }
      if hour.isEmpty, references.contains(where: { $0.hasPrefix("D-") }) {
        throw ValidationError(HelpTexts.Reidentify.hourMissing.said)
      }
      guard Reidentification.isFileReference(fileReference) else {
        throw ValidationError(HelpTexts.Reidentify.referenceFault.said)
      }
      let isNormal = !emergency && dpoKey != nil && worksCouncilKey != nil && emergencyKey == nil
      let isEmergency = emergency && dpoKey == nil && worksCouncilKey == nil && emergencyKey != nil
      guard isNormal || isEmergency else { throw ValidationError(HelpTexts.Reidentify.keysMissing.said) }
    }

    func run() throws {
      let flows = try askedFlows()
      let opening = SealedPartOpening(store: store, keys: try keys(), purpose: purpose, fileReference: fileReference)
      let opened: SealedPartOpening.Opened
      do {
        opened = try opening.open(flows)
      } catch let problem as SealedPartProblem {
        throw Refusal(problem)
      }
      let lines = [SealedPartText.columns] + opened.rows.map(\.cells)
      let text = lines.map { $0.joined(separator: "\t") + "\n" }.joined()
      if let output {
        try write(text, to: output)
      } else {
        try Terminal.output(Array(text.utf8)[...])
      }
      Terminal.say(
        HelpTexts.Reidentify.opened(opened.rows.count, notKept: opened.notKept, deleted: opened.deleted).said)
    }

    /// The requested flows, each once; ends the program if a reference belongs to none.
    private func askedFlows() throws -> [(place: Int64, day: Int64)] {
      let database = try VerifiedStore.open(store)
      defer { database.close() }
      let found = try EvidenceLookup.flows(
        of: references, in: Set(hour.map(\.hour)), database: database, from: from, to: to)
      var days: [Int64: Int64] = [:]
      for reference in references {
        guard let flows = found[reference] else {
          Terminal.say("egressaudit: " + HelpTexts.Reidentify.unknown(reference).said)
          throw ExitCode(1)
        }
        for flow in flows { days[flow.place] = flow.hour.dayUTC }
      }
      return days.sorted { $0.key < $1.key }.map { (place: $0.key, day: $0.value) }
    }

    private func keys() throws -> SealedPartOpening.Keys {
      func key(_ path: String, _ passphraseFile: String?, of holder: LocalizedText) throws -> SealedPartKey {
        try SealedPartKey(path: path) {
          if let passphraseFile { return try SealedPartKey.passphrase(inFile: passphraseFile) }
          return Terminal.secret(HelpTexts.Reidentify.prompt(holder).said)
        }
      }
      if let emergencyKey {
        return .emergency(
          try key(emergencyKey, emergencyPassphraseFile, of: HelpTexts.Reidentify.emergencyHolder))
      }
      return .both(
        dataProtectionOfficer: try key(dpoKey ?? "", dpoPassphraseFile, of: HelpTexts.Reidentify.dpo),
        worksCouncil: try key(
          worksCouncilKey ?? "", worksCouncilPassphraseFile, of: HelpTexts.Reidentify.council))
    }

    /// A new file that its owner alone may read; nothing is left of it if it cannot be written.
    private func write(_ text: String, to path: String) throws {
      func refusal() -> Refusal {
        Refusal(HelpTexts.Reidentify.notWritten(path, reason: String(cString: strerror(errno))))
      }
      let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw refusal() }
      defer { Glibc.close(descriptor) }
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          let refusal = refusal()
          unlink(path)
          throw refusal
        }
        rest = rest.dropFirst(written)
      }
    }

    /// A full hour in UTC, such as `2026-05-11T07:00:00Z`.
    struct HourArgument: ExpressibleByArgument {
      let hour: Hour

      init?(argument: String) {
        guard let time = Timestamp(isoText: argument), time == time.hour.start, time.isoText == argument else {
          return nil
        }
        hour = time.hour
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Reidentify.listAbstract.said)

    @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
    var store: String

    @OptionGroup var verification: VerificationOption

    func run() throws {
      let database = try verification.open(store)
      var keys: [SealedPartKeys] = []
      for named in try database.sessions().compactMap(\.settings.sealedPart) where !keys.contains(named) {
        keys.append(named)
      }
      for used in try database.blocks().map(\.keys) where !keys.contains(used) { keys.append(used) }
      Terminal.output(ReidentificationTexts.list(try database.reidentifications(), keys: keys, Language.current))
    }
  }

  /// Why nothing was opened, or nothing written.
  private struct Refusal: BilingualError {
    let text: LocalizedText

    init(_ text: LocalizedText) { self.text = text }

    init(_ error: SealedPartProblem) {
      typealias Texts = HelpTexts.Reidentify
      let problem =
        switch error.problem {
        case .nothingAsked: Texts.noReference
        case .tooMany(let flows): Texts.tooMany(flows, limit: SealedPartOpening.flowLimit)
        case .notRecordable: Texts.notRecordable
        case .nothingSealed(let deleted, let notKept): Texts.nothingSealed(deleted: deleted, notKept: notKept)
        case .exchanged: Texts.exchanged
        case .otherKey(.dataProtectionOfficer, let found, let expected):
          Texts.otherKey(option: "--dpo-key", found: found, expected: expected)
        case .otherKey(_, let found, let expected):
          Texts.otherKey(option: "--works-council-key", found: found, expected: expected)
        case .noEmergencyKey: Texts.noEmergencyKey
        case .otherEmergencyKey(let found, let expected):
          Texts.otherKey(option: "--emergency-key", found: found, expected: expected)
        case .damaged(let block): Texts.damaged(block: block)
        }
      text = LocalizedText(en: "\(error.store): \(problem.en)", de: "\(error.store): \(problem.de)")
    }
  }
}

extension Reidentification.Purpose: ExpressibleByArgument {}
