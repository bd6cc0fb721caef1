import ArgumentParser
import Model
import Reporting
import Rules

extension RulesCommand {
  struct Pack: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.RulesPack.abstract.said,
      discussion: HelpTexts.RulesPack.discussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.RulesPack.directory.said))
    var directory: String

    @Option(help: ArgumentHelp(HelpTexts.RulesPack.key.said, valueName: "file"))
    var key: String

    @Option(help: ArgumentHelp(HelpTexts.RulesPack.output.said, valueName: "file"))
    var output: String

    func run() throws {
      let (bytes, rules) = try RulePublishing.pack(directory: directory, key: key)
      var file = try OutputFile(path: output)
      try file.write(bytes)
      try file.finish()
      Terminal.say(HelpTexts.RulesPack.packed(output, rules.summary).said)
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.RulesPack.verifyAbstract.said,
      discussion: HelpTexts.RulesPack.verifyDiscussion.said)

    @Argument(help: ArgumentHelp(HelpTexts.RulesPack.bundle.said))
    var bundle: String

    @Option(help: ArgumentHelp(HelpTexts.RulesPack.publicKey.said, valueName: "file"))
    var key: String

    func run() throws {
      let rules = try RuleSet(RuleSource(bundle, publicKey: key))
      Terminal.output("\(bundle): \(rules.summary)\n")
    }
  }

  struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "key", abstract: HelpTexts.RulesPack.keyAbstract.said, subcommands: [New.self])

    struct New: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: HelpTexts.RulesPack.newAbstract.said,
        discussion: HelpTexts.RulesPack.newDiscussion.said)

      @Argument(help: ArgumentHelp(HelpTexts.RulesPack.file.said))
      var file: String

      func run() throws {
        let publicKey = try RulePublishing.makeKey(path: file)
        Terminal.say(HelpTexts.RulesPack.wroteKey(file, publicKey).said)
      }
    }
  }
}

extension RuleSet {
  /// Such as `version 2026.11.1 of 2026-11-24, 331 rules, sha256:…`.
  fileprivate var summary: String {
    HelpTexts.RulesPack.summary(version: stamp.version, date: stamp.date, rules: facts.count, hash: stamp.hash).said
  }
}
