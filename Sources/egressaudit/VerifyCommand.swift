import ArgumentParser
import Auditing
import EvidencePackage
import Foundation
import Glibc
import Model
import Reporting
import Store

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: HelpTexts.Verify.abstract.said,
    discussion: HelpTexts.Verify.discussion.said)

  @Argument(help: ArgumentHelp(HelpTexts.Verify.store.said, valueName: "store"))
  var store: String

  @Option(
    help: ArgumentHelp(
      HelpTexts.Verify.head.said,
      valueName: "head"))
  var head: [String] = []

  @Option(help: ArgumentHelp(HelpTexts.Verify.publicKey.said, valueName: "file"))
  var publicKey: [String] = []

  @Option(help: ArgumentHelp(HelpTexts.Verify.timestampRequest.said, valueName: "file"))
  var timestampRequest: String?

  func run() throws {
    for path in timestampRequest.map({ [$0, $0 + ".head"] }) ?? [] where FileManager.default.fileExists(atPath: path) {
      throw ValidationError(HelpTexts.Verify.exists(path).said)
    }
    let kept = try KeptEvidence(heads: head, publicKeys: publicKey)
    Interruption.watch { signal in Drafts.abandon { _exit(128 + signal) } }
    var bar = ProgressBar()
    if PackageVerification.isPackage(store) {
      if timestampRequest != nil { throw ValidationError(HelpTexts.Verify.ofPackage.said) }
      let result = try PackageVerification(
        of: store, against: kept, in: NSTemporaryDirectory(), toolVersion: ToolVersion.current
      ) { bar.show(share: nil, VerificationTexts.step($0).said) }
      bar.clear()
      Terminal.output(PackageTexts.text(result, package: store, Language.current))
      if !result.holds { throw ExitCode(1) }
      return
    }
    let database = try AuditDatabase(path: store, mode: .readExisting)
    defer { database.close() }
    let result = try database.verify(against: kept) { bar.show(share: nil, VerificationTexts.step($0).said) }
    bar.clear()
    Terminal.output(VerificationTexts.text(result, store: store, Language.current))
    if let path = timestampRequest {
      guard result.holds, let head = result.lastSigned else {
        Terminal.say("egressaudit: \(HelpTexts.Verify.noHead.said)")
        throw ExitCode(1)
      }
      for (name, bytes) in [(path + ".head", Array(head.statement.utf8)), (path, head.timeStampRequest)] {
        var file = try OutputFile(path: name)
        try file.write(bytes)
        _ = try file.finish()
      }
      Terminal.output(HelpTexts.Verify.requested(path, seal: head.seal).said + "\n")
    }
    if !result.holds { throw ExitCode(1) }
  }
}
