import Auditing
import Foundation
import Model
import Rules
import Store
import TestSupport
import Testing

@Suite("Rules in a signed bundle, from the command line to the tables")
struct BundleTests {
  let folder: TemporaryDirectory
  let key: String
  let bundle: String

  init() throws {
    folder = try TemporaryDirectory()
    key = folder.path("rules.key")
    bundle = folder.path("rules.bundle")
    try expectDone(Program.run(["rules", "key", "new", key]))
    try expectDone(Program.run(["rules", "pack", Project.rules, "--key", key, "--output", bundle]))
  }

  private func expectDone(_ run: Program.Run) { #expect(run.code == 0, "said: \(run.said)") }

  private func tool(_ path: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  /// A bundle of the project's rules with another version.
  private func bundle(version: String, named name: String) throws -> String {
    let rules = folder.path("rules-" + name)
    try FileManager.default.copyItem(atPath: Project.rules, toPath: rules)
    let header = URL(fileURLWithPath: rules + "/ruleset.yaml")
    let text = try String(contentsOf: header, encoding: .utf8)
    try Data(text.replacing(/version: .*/, with: "version: \(version)").utf8).write(to: header)
    let path = folder.path(name)
    try expectDone(Program.run(["rules", "pack", rules, "--key", key, "--output", path]))
    return path
  }

  /// The lines of each file without references to evidence and flows, which depend on the evidence chain as the order of flows does; the
  /// chain binds the key of the rules.
  private func withoutReferences(_ files: [String: Data]) -> [String: [String]] {
    files.mapValues {
      String(decoding: $0, as: UTF8.self).replacing(/[EL]-[0-9a-f]{16}/, with: "")
        .split(whereSeparator: \.isNewline).map(String.init).sorted()
    }
  }

  @Test("an audit with the bundle exports the same as one with its directory, but for references to evidence and flows")
  func sameBytes() throws {
    try Project.replay([Project.sample], into: folder.path("a.sqlite"))
    try Project.replay(
      [Project.sample], into: folder.path("b.sqlite"), rules: RuleSource(bundle, publicKey: key + ".pub"))
    let loose = try Project.exports(of: folder.path("a.sqlite"), folder: folder.path("a"))
    let bundled = try Project.exports(of: folder.path("b.sqlite"), folder: folder.path("b"))
    #expect(loose.count == 34)
    #expect(loose != bundled)
    #expect(withoutReferences(loose) == withoutReferences(bundled))
  }

  @Test("packing again gives the same bytes, and verify prints version, rules and hash")
  func verify() throws {
    let again = folder.path("again.bundle")
    try expectDone(Program.run(["rules", "pack", Project.rules, "--key", key, "--output", again]))
    #expect(try Data(contentsOf: URL(fileURLWithPath: again)) == Data(contentsOf: URL(fileURLWithPath: bundle)))
    let run = try Program.run(["rules", "verify", bundle, "--key", key + ".pub"])
    let rules = try Project.ruleSet.get()
    #expect(run.code == 0)
    #expect(
      run.output
        == "\(bundle): version \(rules.stamp.version) of \(rules.stamp.date), \(rules.facts.count) rules, \(rules.stamp.hash)\n"
    )
    try expectDone(Program.run(["rules", "key", "new", folder.path("other.key")]))
    let other = try Program.run(["rules", "verify", bundle, "--key", folder.path("other.key.pub")])
    #expect(other.code == 3)
    #expect(other.said.contains("\(bundle):2:1: the bundle is signed with the key "))
    let directory = try Program.run(["rules", "verify", Project.rules, "--key", key + ".pub"])
    #expect(directory.code == 3)
    #expect(directory.said.contains("these rules are not signed"))
  }

  @Test("openssl verifies the program's signatures, and the program accepts keys of openssl")
  func openssl() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: bundle)))
    let mark = Array("\nsignature ".utf8)
    let start =
      try #require((0..<bytes.count - mark.count).first { bytes[$0..<$0 + mark.count].elementsEqual(mark) }) + 1
    let digits = String(decoding: bytes[start + 10..<start + 138], as: UTF8.self)
    let signature = stride(from: 0, to: 128, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
    let list = try folder.write(Array(bytes[..<start]), to: "list")
    let verify = { (list: String) in
      try tool(
        "/usr/bin/openssl",
        [
          "pkeyutl", "-verify", "-pubin", "-inkey", key + ".pub", "-rawin", "-in", list, "-sigfile",
          folder.write(signature, to: "signature"),
        ])
    }
    let good = try verify(list)
    #expect(good.code == 0 && good.output.contains("Signature Verified Successfully"), "\(good.output)")
    #expect(try verify(folder.write(Array(bytes[..<(start - 1)]), to: "list")).code != 0)

    let made = folder.path("openssl.key")
    #expect(try tool("/usr/bin/openssl", ["genpkey", "-algorithm", "ed25519", "-out", made]).code == 0)
    #expect(try tool("/usr/bin/openssl", ["pkey", "-in", made, "-pubout", "-out", made + ".pub"]).code == 0)
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: made)
    try expectDone(Program.run(["rules", "pack", Project.rules, "--key", made, "--output", folder.path("o.bundle")]))
    try expectDone(Program.run(["rules", "verify", folder.path("o.bundle"), "--key", made + ".pub"]))
  }

  @Test("every verb that reads rules accepts the bundle, by the command line and by the configuration")
  func verbs() throws {
    let named = ["--rules", bundle, "--rules-key", key + ".pub"]
    let store = folder.path("a.sqlite")
    try expectDone(
      Program.run(["replay", Project.sample, "--config", Project.sampleConfiguration, "--store", store] + named))
    try expectDone(Program.run(["rules", "lint", bundle, "--rules-key", key + ".pub"]))
    try expectDone(Program.run(["rules", "explain", "v10.events.data.microsoft.com"] + named))
    try expectDone(
      Program.run(["rules", "diff", Project.rules, bundle, "--rules-key", key + ".pub", "--store", store]))
    try expectDone(Program.run(["rules", "reclassify", "--store", store] + named))
    try expectDone(Program.run(["inspect", Project.sample] + named))
    let sample = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    let configuration = try folder.write(
      sample + "\nrules: { path: rules.bundle, public_key: rules.key.pub }\n", to: "site.yaml")
    let check = try Program.run(["check", "--config", configuration, "--store", store])
    let signer = try #require(
      String(decoding: Data(contentsOf: URL(fileURLWithPath: bundle)).prefix(200), as: UTF8.self)
        .split(separator: "\n").dropFirst().first?.dropFirst("signer ".count))
    #expect(check.output.contains("ok      rule signature: version "), "\(check.output)")
    #expect(check.output.contains(", signed with the key \(signer); the store takes them\n"))
    let again = folder.path("b.sqlite")
    try expectDone(Program.run(["replay", Project.sample, "--config", configuration, "--store", again]))
    let hashes = try [store, again].map { try AuditDatabase(path: $0, mode: .readExisting).sessions()[0].ruleSet.hash }
    #expect(hashes[0] == hashes[1])
  }

  @Test("a store refuses an older bundle, and another one of the same version, with the next step")
  func downgrade() throws {
    let store = folder.path("a.sqlite")
    let replay = { (bundle: String) in
      try Program.run([
        "replay", Project.sample, "--config", Project.sampleConfiguration, "--store", store, "--again", "--rules",
        bundle,
        "--rules-key", key + ".pub",
      ])
    }
    let newest = try bundle(version: "2099.2", named: "newest.bundle")
    try expectDone(replay(newest))
    let older = try replay(bundle(version: "2099.1.9", named: "older.bundle"))
    #expect(older.code == 3)
    #expect(
      older.said.contains(
        "the store has taken rule bundle version 2099.2; version 2099.1.9 is older and was refused: install the newer bundle."
      ))
    let twin = try bundle(version: "2099.2.0", named: "twin.bundle")
    let differs = try replay(twin)
    #expect(differs.code == 3)
    #expect(differs.said.contains("of the same version 2099.2.0 with other files"))
    let judged = try Program.run([
      "rules", "reclassify", "--store", store, "--rules", folder.path("older.bundle"), "--rules-key", key + ".pub",
    ])
    #expect(judged.code == 3 && judged.said.contains("is older and was refused"))
    let check = try Program.run([
      "check", "--store", store, "--rules", folder.path("older.bundle"), "--rules-key", key + ".pub",
    ])
    #expect(check.code == 1)
    #expect(check.output.contains("FAILED  rule signature: \(store): the store has taken rule bundle version 2099.2"))
    try expectDone(replay(newest))
  }

  @Test("once a store took signed rules, it refuses a directory and another key, unless the administrator says so")
  func unsignedAfterSigned() throws {
    let store = folder.path("a.sqlite")
    let replay = { (more: [String]) in
      try Program.run(
        ["replay", Project.sample, "--config", Project.sampleConfiguration, "--store", store, "--again"] + more)
    }
    let signed = ["--rules", bundle, "--rules-key", key + ".pub"]
    try expectDone(replay(signed))
    let unsigned = try replay(["--rules", Project.rules])
    #expect(unsigned.code == 3)
    #expect(
      unsigned.said.contains("\(store): \(Project.rules): these rules are not signed, and this store has taken signed"))
    let check = try Program.run(["check", "--store", store, "--rules", Project.rules])
    #expect(check.code == 1 && check.output.contains("FAILED  rule signature: \(store): \(Project.rules): these rules"))
    let judged = try Program.run(["rules", "reclassify", "--store", store, "--rules", Project.rules])
    #expect(judged.code == 3)
    try expectDone(replay(["--rules", Project.rules, "--accept-unsigned-rules"]))
    #expect(try replay(["--rules", Project.rules]).code == 3)
    let sample = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    let configuration = try folder.write(
      sample + "\nrules: { path: \(Project.rules), public_key: rules.key.pub, accept_unsigned: true }\n",
      to: "site.yaml")
    try expectDone(Program.run(["replay", Project.sample, "--config", configuration, "--store", store, "--again"]))

    let other = folder.path("other.key")
    try expectDone(Program.run(["rules", "key", "new", other]))
    let otherBundle = folder.path("other.bundle")
    try expectDone(Program.run(["rules", "pack", Project.rules, "--key", other, "--output", otherBundle]))
    let resigned = ["--rules", otherBundle, "--rules-key", other + ".pub"]
    let refused = try replay(resigned)
    #expect(refused.code == 3)
    let said = try #require(refused.said.firstMatch(of: /--accept-rules-key ([0-9a-f]{64}),/))
    try expectDone(replay(resigned + ["--accept-rules-key", String(said.output.1)]))
    try expectDone(replay(resigned))
    #expect(try replay(signed).code == 3)
    #expect(try replay(resigned + ["--accept-rules-key", "12"]).code == 2)
  }

  @Test("replay and check name what lint finds in rules that load, with counts, the first findings and the command")
  func lintFindings() throws {
    let rules = folder.path("linted")
    let good = Project.root.appending(path: "Tests/RulesTests/Files/good").path
    try FileManager.default.copyItem(atPath: good, toPath: rules)
    let list = try folder.write("0.0.0.0 events.microsft.com\n0.0.0.0 z.microsft.com\n", to: "list.txt")
    try expectDone(
      Program.run([
        "rules", "import", "hosts", list, "--date", "2024", "--recipient", "example-unknown", "--output",
        rules + "/list.yaml",
      ]))
    let run = try Program.run([
      "replay", Project.sample, "--store", folder.path("l.sqlite"), "--rules", rules,
    ])
    #expect(run.code == 0)
    #expect(
      run.said.hasPrefix("egressaudit: lint finds 2 warnings in the rules, which are used all the same:\n  list.yaml:"))
    #expect(run.said.contains("\n  To see all, run: egressaudit rules lint \(rules)\n"))
    let check = try Program.run(["check", "--rules", rules])
    #expect(check.output.contains("look    rule lint: 2 warnings; first: list.yaml:"))
    #expect(check.output.contains(". To do: run: egressaudit rules lint \(rules)\n"))
  }

  @Test("a bundle without its key, or with one byte changed, audits nothing")
  func refused() throws {
    let store = folder.path("a.sqlite")
    let arguments = ["replay", Project.sample, "--config", Project.sampleConfiguration, "--store", store]
    let keyless = try Program.run(arguments + ["--rules", bundle])
    #expect(keyless.code == 3)
    #expect(keyless.said.contains("no public key is named for this bundle"))
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: bundle)))
    bytes[bytes.count - 2] ^= 1
    let changed = try folder.write(bytes, to: "changed.bundle")
    let run = try Program.run(arguments + ["--rules", changed, "--rules-key", key + ".pub"])
    #expect(run.code == 3)
    #expect(run.said.contains("are not those that were signed"))
    #expect(!FileManager.default.fileExists(atPath: store))
  }
}
