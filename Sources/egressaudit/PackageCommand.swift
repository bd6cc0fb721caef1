import ArgumentParser
import Auditing
import EvidencePackage
import Foundation
import Glibc
import Model
import Privacy
import Reporting
import Rules
import Store

struct PackageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "package",
    abstract: HelpTexts.Package.abstract.said,
    discussion: HelpTexts.Package.discussion.said)

  @Option(help: ArgumentHelp(HelpTexts.Package.store.said, valueName: "file"))
  var store = "/var/lib/egressaudit/audit.sqlite"

  @Option(help: ArgumentHelp(HelpTexts.firstDayOrStored.said, valueName: "date"))
  var from: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.lastDay.said, valueName: "date"))
  var to: LocalDate?

  @Option(help: ArgumentHelp(HelpTexts.Package.output.said, valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp(HelpTexts.Package.rules.said, valueName: "path"))
  var rules: String?

  @Flag(help: ArgumentHelp(HelpTexts.Package.withStore.said))
  var withStore = false

  func run() throws {
    Interruption.watch { signal in
      Drafts.abandon {
        Terminal.say("\negressaudit: \(HelpTexts.Package.interrupted.said)")
        _exit(128 + signal)
      }
    }
    let key = try SigningKey.ofStore(store)
    // What was written since the last seal is sealed and signed before it is copied.
    if key != nil, access(store, W_OK) == 0 {
      let database = try AuditDatabase(path: store, mode: .maintain)
      defer { database.close() }
      try EvidenceSealer(database, store: store).seal()
    }
    let database = try AuditDatabase(path: store, mode: .readExisting)
    var bar = ProgressBar()
    let verification = try database.verify { bar.show(share: nil, VerificationTexts.step($0).said) }
    bar.clear()
    guard verification.holds else {
      let refusal = VerificationTexts.refusal(verification, store: store, hasOption: false, Language.current)
      Terminal.say("egressaudit: \(refusal)")
      throw ExitCode(1)
    }
    var request = EvidencePackage.Request(toolVersion: ToolVersion.current)
    (request.from, request.to, request.includesStore) = (from, to, withStore)
    request.rules = try ruleFiles(database)
    request.verifier = verifierFiles
    if key == nil {
      Terminal.say("egressaudit: \(HelpTexts.Package.unsigned.said)")
    }
    let site = try database.sessions().last?.settings.site ?? ""
    let path = output ?? "evidence_\(site.fileNamePart)_\(LocalDate(day: Today.dayUTC)).tar.zst"
    let written = try EvidencePackage.write(
      request, of: database, verification: verification, key: key, time: Today.now, to: path)
    Terminal.output(written.path + "\n")
    let use = StoreUse(of: store, for: .package)
    try use.recordAfterwards(from: from, to: to, filesDigest: written.manifestDigest)
  }

  /// The rules, if an audit of the store used them.
  private func ruleFiles(_ database: AuditDatabase) throws -> [String: String] {
    var configuration = AuditConfiguration()
    if let rules { configuration.name(rules: rules) }
    let source = configuration.rules
    guard FileManager.default.fileExists(atPath: source.path) else { return [:] }
    let hash = try RuleSet(source).stamp.hash
    guard try database.sessions().contains(where: { $0.ruleSet.hash == hash }) else {
      Terminal.say("egressaudit: \(HelpTexts.Package.otherRules(source.path).said)")
      return [:]
    }
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: source.path, isDirectory: &isFolder)
    guard isFolder.boolValue else { return ["rules/rules.bundle": source.path] }
    let names = FileManager.default.enumerator(atPath: source.path)?.compactMap { $0 as? String } ?? []
    let files = names.filter { $0.hasSuffix(".yaml") }
    return Dictionary(uniqueKeysWithValues: files.map { ("rules/" + $0, source.path + "/" + $0) })
  }

  /// Files of the second verifier, of the package or of the source tree.
  private var verifierFiles: [String: String] {
    for folder in ["/usr/share/doc/egressaudit/docs", "docs"] {
      let files = ["evidence-verifier.py", "evidence-format.md"].map { (name: $0, path: folder + "/" + $0) }
      if files.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }) {
        return Dictionary(uniqueKeysWithValues: files.map { ("verifier/" + $0.name, $0.path) })
      }
    }
    Terminal.say("egressaudit: \(HelpTexts.Package.withoutVerifier.said)")
    return [:]
  }
}
