import ArgumentParser
import Auditing
import EvidencePackage
import Foundation
import Model
import Reporting
import Store

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Verifies a store or an evidence package offline: chain, seals, signatures, sums.",
    discussion: """
      Every row that a table is made of is bound in the evidence chain: at once, or with the seal that the service makes once an hour and each \
      audit at its end. The heads of the chain are signed; they are in the file STORE.heads, and in the journal of the service.

      A head that was kept elsewhere (--head) proves that nothing before it was cut off or rewritten. A copy of the public key that was kept \
      elsewhere (--public-key) proves who signed.

      Exit codes: 0 everything that is bound holds, 1 something does not. What is not proven is listed in both cases.
      """)

  @Argument(help: ArgumentHelp("Store to verify, or a package that 'package' wrote.", valueName: "store"))
  var store: String

  @Option(
    help: ArgumentHelp(
      "Heads that were kept elsewhere: a file such as STORE.heads, or ENTRY:HASH. Can be given several times.",
      valueName: "head"))
  var head: [String] = []

  @Option(help: ArgumentHelp("Public key that was kept elsewhere (PEM).", valueName: "file"))
  var publicKey: String?

  func run() throws {
    let kept = try KeptEvidence(heads: head, publicKey: publicKey)
    var bar = ProgressBar()
    if PackageVerification.isPackage(store) {
      let result = try PackageVerification(
        of: store, against: kept, in: NSTemporaryDirectory(), toolVersion: ToolVersion.current
      ) { bar.show(share: nil, $0) }
      bar.clear()
      Terminal.output(PackageTexts.text(result, package: store, Language.current))
      if !result.holds { throw ExitCode(1) }
      return
    }
    let database = try AuditDatabase(path: store, mode: .readExisting)
    defer { database.close() }
    let result = try database.verify(against: kept) { bar.show(share: nil, $0) }
    bar.clear()
    Terminal.output(VerificationTexts.text(result, store: store, Language.current))
    if !result.holds { throw ExitCode(1) }
  }
}
