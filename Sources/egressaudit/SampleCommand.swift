import ArgumentParser
import Auditing
import Enforcement
import Glibc
import Model
import Reporting
import Store

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: HelpTexts.Sample.abstract.said,
    subcommands: [Draw.self, Evaluate.self],
    defaultSubcommand: Draw.self)

  struct Draw: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Sample.drawAbstract.said, discussion: HelpTexts.Sample.drawDiscussion.said)

    @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp(HelpTexts.Sample.perClass.said, valueName: "number"))
    var perClass = ClassificationSample.usualPerClass

    @Option(help: ArgumentHelp(HelpTexts.Sample.seed.said, valueName: "number"))
    var seed: UInt32?

    @Option(help: ArgumentHelp(HelpTexts.firstDayOrStored.said, valueName: "date"))
    var from: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.lastDayOrStored.said, valueName: "date"))
    var to: LocalDate?

    @Option(help: ArgumentHelp(HelpTexts.profile.said))
    var profile: ExportProfile?

    @Option(help: ArgumentHelp(HelpTexts.folderForFiles.said, valueName: "directory"))
    var output: String

    @OptionGroup var verification: VerificationOption

    func validate() throws {
      guard ClassificationSample.perClassRange.contains(perClass) else {
        throw ValidationError(HelpTexts.Sample.perClassRange(ClassificationSample.perClassRange).said)
      }
    }

    func run() throws {
      Interruption.watch { signal in
        Drafts.abandon {
          Terminal.say("\negressaudit: \(HelpTexts.filesInterrupted.said)")
          _exit(128 + signal)
        }
      }
      let database = try verification.open(store)
      Terminal.sayUnfinished(in: try database.sessions())
      let sample = try ClassificationSample(
        database: database, perClass: perClass, seed: seed ?? .random(in: 0 ... .max), from: from, to: to)
      let files = try sample.write(
        to: output, profile: profile ?? (Language.current == .german ? .officeGerman : .rfc4180))
      for path in files.paths { Terminal.output(path + "\n") }
      if let kept = files.keptPath { Terminal.say(HelpTexts.Sample.kept(kept).said) }
      Terminal.write(sample.text(.current))
      try StoreUse(of: store, for: .export).recordAfterwards(
        from: from, to: to, filesDigest: try Checksums(of: files.paths).digest)
    }
  }

  struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Sample.evaluateAbstract.said, discussion: HelpTexts.Sample.evaluateDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.Sample.file.said))
    var file: String

    @Option(help: ArgumentHelp(HelpTexts.Sample.evaluateStore.said, valueName: "file"))
    var store: String?

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    @OptionGroup var verification: VerificationOption

    func run() throws {
      Interruption.watch { signal in
        // LibreOffice had a copy of the table in a temporary folder.
        Drafts.abandon { _exit(128 + signal) }
      }
      let database = try store.map { try verification.open($0) }
      let evaluation = try SampleEvaluation(path: file, database: database)
      Terminal.output(evaluation.text(language ?? .current))
    }
  }
}
