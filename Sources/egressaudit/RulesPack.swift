import ArgumentParser
import Model
import Reporting
import Rules

extension RulesCommand {
  struct Pack: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Packs a rule directory into one signed file, a bundle.",
      discussion: """
        The same files and key give the same bytes. Every verb that reads rules accepts a bundle instead of a directory if it \
        knows the public key. A store refuses a bundle that is older than the newest one it accepted.
        """)

    @Argument(help: "Rule directory.")
    var directory: String

    @Option(help: ArgumentHelp("Private key, made by 'rules key new'.", valueName: "file"))
    var key: String

    @Option(help: ArgumentHelp("Bundle to write.", valueName: "file"))
    var output: String

    func run() throws {
      let (bytes, rules) = try RulePublishing.pack(directory: directory, key: key)
      var file = try OutputFile(path: output)
      try file.write(bytes)
      try file.finish()
      Terminal.say("Packed \(output): \(rules.summary)")
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks that a rule bundle is signed with a key, whole, and free of faults.",
      discussion: "Exit code 3 means that it is not.")

    @Argument(help: "Rule bundle.")
    var bundle: String

    @Option(help: ArgumentHelp("Public key that it must be signed with.", valueName: "file"))
    var key: String

    func run() throws {
      let rules = try RuleSet(RuleSource(bundle, publicKey: key))
      Terminal.output("\(bundle): \(rules.summary)\n")
    }
  }

  struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "key", abstract: "Keys that rule bundles are signed with.", subcommands: [New.self])

    struct New: ParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Makes a key pair: FILE, which signs, and FILE.pub, which verifies.",
        discussion: """
          Both are PEM files with Ed25519 keys, as openssl reads and writes them. Keep FILE away from the machines that audit; \
          hand out FILE.pub. An existing file is never overwritten.
          """)

      @Argument(help: "File of the private key.")
      var file: String

      func run() throws {
        let publicKey = try RulePublishing.makeKey(path: file)
        Terminal.say("Wrote \(file) (secret) and \(file).pub, public key \(publicKey)")
      }
    }
  }
}

extension RuleSet {
  /// Such as `version 2026.11.1 of 2026-11-24, 331 rules, sha256:…`.
  fileprivate var summary: String {
    "version \(stamp.version) of \(stamp.date), \(facts.count) rules, \(stamp.hash)"
  }
}
