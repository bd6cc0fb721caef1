import ArgumentParser
import Model
import Reporting
import Store

struct EvidenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Finds the flows of an exported row in the evidence chain of the store, and verifies the chain.",
    discussion: """
      Names of flows (flow_id in flows.csv, such as L-0011223344556677) and of the evidence of a finding (evidence_ref in findings.csv, \
      such as E-0011223344556677) are valid in one export only. With the store and the days of the export, this verb finds their entries in the chain.

      Exit code 1 means that a name belongs to no row of such an export, or that the chain is broken.
      """)

  @Argument(help: "Names from the export.")
  var references: [String]

  @Option(help: ArgumentHelp("Store from which the export was made.", valueName: "file"))
  var store: String

  @Option(help: ArgumentHelp("First day of the export, if it named one.", valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp("Last day of the export, if it named one.", valueName: "date"))
  var to: LocalDate?

  @Option(help: ArgumentHelp("Number of the reclassification, if the export named one.", valueName: "number"))
  var reclassified: Int64?

  func validate() throws {
    if references.isEmpty { throw ValidationError("Name at least one reference such as L-0011223344556677.") }
    for reference in references where !EvidenceLookup.isReference(reference) {
      throw ValidationError(
        "A reference is L- or E- and 16 hexadecimal digits, as in flow_id or evidence_ref; one of those given is not.")
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
    let verification = try database.verifyChain()
    Terminal.output(EvidenceTexts.sentence(verification, Language.current) + "\n")
    var isIntact = false
    if case .intact = verification { isIntact = true }
    guard isIntact, !places.contains(.unknown) else { throw ExitCode(1) }
  }
}
