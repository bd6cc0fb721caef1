import ArgumentParser
import Model
import Reporting
import Store

struct EvidenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: HelpTexts.Evidence.abstract.said,
    discussion: HelpTexts.Evidence.discussion.said)

  @Argument(help: ArgumentHelp(HelpTexts.Evidence.references.said))
  var references: [String]

  @Option(help: ArgumentHelp(HelpTexts.Evidence.store.said, valueName: "file"))
  var store: String

  @Option(help: ArgumentHelp(HelpTexts.Evidence.from.said, valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.Evidence.to.said, valueName: "date"))
  var to: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.Evidence.reclassified.said, valueName: "number"))
  var reclassified: Int64?

  func validate() throws {
    if references.isEmpty { throw ValidationError(HelpTexts.Evidence.noReference.said) }
    for reference in references where !EvidenceLookup.isReference(reference) {
      throw ValidationError(
        HelpTexts.Evidence.noSuchForm.said)
    }
  }

  func run() throws {
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let reclassification = try reclassified.map { try Reclassified.find($0, in: database, store: store) }
    let places = try EvidenceLookup.places(
      of: references, database: database, from: from, to: to, reclassification: reclassification)
    for (reference, place) in zip(references, places) {
      Terminal.output(reference + ": " + EvidenceTexts.sentence(place, Language.current) + "\n")
    }
    let result = try database.verify(reconciles: false)
    Terminal.output(EvidenceTexts.sentence(result.chain, Language.current) + "\n")
    if let faults = VerificationTexts.besideChain(result, store: store, Language.current) { Terminal.say(faults) }
    guard result.holds, !places.contains(.unknown) else { throw ExitCode(1) }
  }
}
