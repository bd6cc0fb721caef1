import Documents
import Foundation
import Model
import RuleTestSupport
import Rules
import TestSupport
import Testing

@Suite("Signed rule bundles")
struct BundleTests {
  let folder: TemporaryDirectory
  let key: String
  let publicKey: String

  init() throws {
    folder = try TemporaryDirectory()
    key = folder.path("rules.key")
    publicKey = key + ".pub"
    _ = try RulePublishing.makeKey(path: key)
  }

  private func pack(_ directory: String = goodDirectory, key: String? = nil) throws -> [UInt8] {
    try RulePublishing.pack(directory: directory, key: key ?? self.key).bytes
  }

  private func load(_ bytes: [UInt8], key: String? = nil) throws -> RuleSet {
    try RuleSet(RuleSource(folder.write(bytes, to: "rules.bundle"), publicKey: key ?? publicKey))
  }

  /// The message about a refused bundle, with its path as `BUNDLE`.
  private func refusal(_ bytes: [UInt8], key: String? = nil) -> String? {
    do {
      _ = try load(bytes, key: key)
      return nil
    } catch {
      return "\(error)".replacing(folder.path("rules.bundle"), with: "BUNDLE")
    }
  }

  /// The smallest rules that load.
  private func small(version: String = "2026.11.1") throws -> RuleDirectory {
    try RuleDirectory(only: [
      "ruleset.yaml": "format: 1\nversion: \(version)\ndate: 2026-11-24\n",
      "registers/data-categories.yaml": try fixture("good/registers/data-categories.yaml"),
      "registers/recipients.yaml": """
      format: 1
      compared: 2026-11-24
      recipients:
        - id: example
          legal_entity: Example Corporation
          seat: US
          role: unknown
          source: { document: Example book, date: 2026 }

      """,
      "s.yaml": """
      format: 1
      service: s
      title: { en: S, de: S }
      vendor: Example
      recipient: example
      rules:
      \(rule("s.a", patterns: ["example.net"]))

      """,
    ])
  }

  private func packSmall() throws -> [UInt8] {
    let directory = try small()
    return try withExtendedLifetime(directory) { try pack(directory.path) }
  }

  @Test("a bundle contains the same rules as its directory: text, hash, registers and faults")
  func same() throws {
    let bytes = try pack()
    let bundled = try load(bytes)
    let loose = try RuleSet(directory: goodDirectory)
    #expect(bundled.canonicalText == loose.canonicalText)
    #expect(bundled.stamp == loose.stamp)
    #expect(loose.provenance == RuleProvenance(path: goodDirectory))
    #expect(bundled.provenance.path == folder.path("rules.bundle"))
    #expect(bundled.provenance.bundle?.version == RuleSetVersion("2026.11.1"))
    let signer = try #require(String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().first)
    #expect(bundled.provenance.bundle.map { "signer \($0.signer)" } == String(signer))
    #expect(bundled.networks.services == loose.networks.services)
    let source = RuleSource(folder.path("rules.bundle"), publicKey: publicKey)
    #expect(RuleLint.check(source) == [])
    #expect(try NetworkRegisters(source).services == loose.networks.services)
  }

  @Test("lint reads a bundle like its directory, including left-out.yaml")
  func lint() throws {
    let broken = try BrokenFile("broken/linted/left-out-against-rules.yaml")
    let directory = try RuleDirectory(replacing: [broken.path: broken.contents])
    _ = try folder.write(pack(directory.path), to: "rules.bundle")
    let faults = RuleLint.check(RuleSource(folder.path("rules.bundle"), publicKey: publicKey))
    #expect(!faults.isEmpty)
    #expect(faults == directory.lint())
  }

  @Test("the same files and key give the same bytes; other files or another key give others")
  func deterministic() throws {
    let first = try pack()
    #expect(try pack() == first)
    _ = try RulePublishing.makeKey(path: folder.path("other.key"))
    let other = try pack(key: folder.path("other.key"))
    #expect(other != first)
    // The signer does not change the hash of the contents.
    let (mine, theirs) = (try load(first), try load(other, key: folder.path("other.key.pub")))
    #expect(mine.provenance.bundle?.contentHash == theirs.provenance.bundle?.contentHash)
    #expect(mine.provenance.bundle?.signer != theirs.provenance.bundle?.signer)
    let changed = try RuleDirectory(replacing: ["ruleset.yaml": "format: 1\nversion: 2026.11.1\ndate: 2026-11-25\n"])
    let moved = try withExtendedLifetime(changed) { try load(pack(changed.path)) }
    #expect(moved.provenance.bundle?.contentHash != mine.provenance.bundle?.contentHash)
  }

  @Test("begins with a list that people can read")
  func list() throws {
    let bytes = try packSmall()
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(7).map(String.init)
    #expect(lines[0] == "egressaudit rule bundle 1")
    #expect(lines[1].hasPrefix("signer ") && lines[1].count == 71)
    #expect(
      lines[2...5].map { $0.split(separator: " ")[3] } == [
        "registers/data-categories.yaml", "registers/recipients.yaml", "ruleset.yaml", "s.yaml",
      ])
    #expect(lines[2...5].allSatisfy { $0.hasPrefix("file ") })
    #expect(lines[6].hasPrefix("signature ") && lines[6].count == 138)
  }

  @Test("is refused at every length but its own")
  func truncated() throws {
    let bytes = try packSmall()
    #expect(refusal(bytes) == nil)
    for length in bytes.indices { #expect(refusal(Array(bytes[..<length])) != nil, "length \(length)") }
    #expect(
      refusal(bytes + [0x0a])
        == "BUNDLE:7:1: bytes follow behind the last file; expected the end; fetch the bundle again from its publisher")
  }

  @Test("is refused with any byte changed")
  func changed() throws {
    let bytes = try packSmall()
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1 << (index % 8)
      #expect(refusal(changed) != nil, "byte \(index)")
      guard (0x61...0x66).contains(bytes[index]) else { continue }
      // This bit changes the case of hexadecimal digits.
      changed[index] = bytes[index] ^ 0x20
      #expect(refusal(changed) != nil, "byte \(index), case")
    }
  }

  @Test("reports what is wrong with a bundle")
  func messages() throws {
    let bytes = try packSmall()
    let text = String(decoding: bytes, as: UTF8.self)
    let refused = { (old: String, new: String) in
      refusal(Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
    }
    #expect(
      refusal([])
        == "BUNDLE:1:1: the file is no rule bundle that this program reads; expected 'egressaudit rule bundle 1' in its first line; name a rule directory, or a file that 'egressaudit rules pack' wrote"
    )
    #expect(refused("bundle 1\n", "bundle 2\n")?.hasPrefix("BUNDLE:1:1: the file is no rule bundle") == true)
    #expect(
      refused("signer ", "signed ")
        == "BUNDLE:2:1: the line of the signer is damaged or missing; expected 'signer' and 64 hexadecimal digits in lower case; fetch the bundle again from its publisher"
    )
    #expect(
      refused(" s.yaml", " t.yaml")
        == "BUNDLE:7:1: the signature does not fit: the bundle was changed after it was signed; expected the list as it was signed; fetch the bundle again from its publisher"
    )
    #expect(
      refused("version: 2026.11.1", "version: 2026.11.2")
        == "BUNDLE:7:1: the contents of 'ruleset.yaml' are not those that were signed; expected its bytes, whole and unchanged; fetch the bundle again from its publisher"
    )
    for path in ["../s.yaml", "/s.yaml", "a/b/s.yaml", "s.yml", "S.yaml", ".yaml", "s .yaml", "\u{e9}.yaml"] {
      #expect(
        refused(" s.yaml", " " + path)
          == "BUNDLE:6:1: the line of a file is damaged; expected 'file', its length, its SHA-256 and its path; fetch the bundle again from its publisher",
        "\(path)")
    }
    #expect(
      refused(" s.yaml", " aa.yaml")
        == "BUNDLE:6:1: the list of files is not sorted, or too long; expected at most 10000 files, by path; make the bundle again with 'egressaudit rules pack'"
    )
  }

  @Test("is refused under another key, with the beginnings of both")
  func otherKey() throws {
    let other = try RulePublishing.makeKey(path: folder.path("other.key"))
    let mine = try RulePublishing.makeKey(path: folder.path("mine.key"))
    let bytes = try pack(key: folder.path("other.key"))
    #expect(
      refusal(bytes, key: folder.path("mine.key.pub"))
        == "BUNDLE:2:1: the bundle is signed with the key \(other.prefix(16))…; expected the key \(mine.prefix(16))…; get the bundle from whom the key belongs to, or the public key that belongs to the bundle"
    )
  }

  @Test("needs a public key, and with one a directory is refused")
  func keyNeeded() throws {
    let path = try folder.write(pack(), to: "rules.bundle")
    let none = #expect(throws: FileLoadError.self) { try RuleSet(RuleSource(path)) }
    #expect(
      none?.description
        == "\(path):1:1: no public key is named for this bundle; expected the file with the public key that it is signed with; name it with 'rules.public_key' in the configuration, or on the command line"
    )
    let loose = #expect(throws: FileLoadError.self) { try RuleSet(RuleSource(goodDirectory, publicKey: "k.pub")) }
    #expect(
      loose?.description
        == "\(goodDirectory):1:1: these rules are not signed; expected a bundle that is signed with the key of 'k.pub'; name a bundle (made by 'egressaudit rules pack'), or accept unsigned rules with --accept-unsigned-rules"
    )
    var accepted = RuleSource(goodDirectory, publicKey: "k.pub")
    accepted.acceptsUnsigned = true
    #expect(try RuleSet(accepted).provenance == RuleProvenance(path: goodDirectory, acceptsUnsigned: true))
    // That rules need not be signed does not make a signature of another key valid.
    _ = try RulePublishing.makeKey(path: folder.path("third.key"))
    var bundle = RuleSource(path, publicKey: folder.path("third.key.pub"))
    bundle.acceptsUnsigned = true
    #expect(throws: FileLoadError.self) { try RuleSet(bundle) }
  }

  @Test("is not made of rules that do not load, or whose version cannot be compared")
  func notPacked() throws {
    let illegal = try RuleDirectory(replacing: ["ruleset.yaml": nil])
    let missing = #expect(throws: FileLoadError.self) { try withExtendedLifetime(illegal) { try pack(illegal.path) } }
    #expect(missing?.faults.map(\.file) == ["ruleset.yaml"])
    let named = try RuleDirectory(replacing: ["registers/Notes.yaml": "format: 1\n"])
    let strange = #expect(throws: FileLoadError.self) { try withExtendedLifetime(named) { try pack(named.path) } }
    #expect(
      strange?.description
        == "registers/Notes.yaml:1:1: a bundle cannot hold a file of this name; expected lower-case letters, digits and '-' before '.yaml'; rename it"
    )
    let worded = try small(version: "autumn")
    let error = #expect(throws: FileLoadError.self) { try withExtendedLifetime(worded) { try pack(worded.path) } }
    #expect(
      error?.description
        == "ruleset.yaml:1:1: the version 'autumn' of a bundle cannot be compared with others; expected one to four whole numbers with dots between, such as 2026.11.1; correct 'version'"
    )
  }

  @Test("a key pair is PEM, only the owner may read the private file, and no file is overwritten")
  func keys() throws {
    let secret = try String(contentsOfFile: key, encoding: .utf8)
    #expect(secret.hasPrefix("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI"))
    #expect(secret.hasSuffix("\n-----END PRIVATE KEY-----\n"))
    let open = try String(contentsOfFile: publicKey, encoding: .utf8)
    #expect(open.hasPrefix("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA"))
    let mode = { (path: String) in
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    #expect(try mode(key) == 0o400)
    #expect(try mode(publicKey) == 0o644)
    let again = #expect(throws: FileLoadError.self) { try RulePublishing.makeKey(path: key) }
    #expect(
      again?.description
        == "\(key):1:1: there is a file of this name; expected a new file in a folder that is yours to write; name another; a key is never written over"
    )
    #expect(try String(contentsOfFile: key, encoding: .utf8) == secret)
  }

  @Test(
    "a file that is not a key, the other key of the pair, or a file open to others is refused without showing its content"
  )
  func keyFiles() throws {
    let bundle = try folder.write(pack(), to: "rules.bundle")
    let told = { (path: String) in
      #expect(throws: FileLoadError.self) { try RuleSet(RuleSource(bundle, publicKey: path)) }?.description
    }
    #expect(
      told(key)
        == "\(key):1:1: this is the private key of the rules; expected the public key of the rules: a PEM file that begins with '-----BEGIN PUBLIC KEY-----'; name the other file of the pair"
    )
    let missing = folder.path("none.pub")
    #expect(
      told(missing)
        == "\(missing):1:1: the public key of the rules is missing; expected a readable file; check the path")
    let whole = try String(contentsOfFile: publicKey, encoding: .utf8)
    for length in 0..<whole.utf8.count - 1 {
      let cut = try folder.write(String(whole.prefix(length)), to: "cut.pub")
      #expect(
        told(cut)
          == "\(cut):1:1: the file holds no Ed25519 key, or an encrypted one; expected the public key of the rules: a PEM file that begins with '-----BEGIN PUBLIC KEY-----'; make a pair with 'egressaudit rules key new FILE'"
      )
    }
    #expect(told(goodDirectory)?.contains("is a folder or a device") == true)
    #expect(told("/dev/zero")?.contains("is a folder or a device") == true)
    let large = try folder.write(Array(repeating: 0x2d, count: 5_000), to: "large.pub")
    #expect(told(large)?.contains("the public key of the rules has 5000 bytes; expected at most 4096 bytes") == true)
    let copy = try folder.write(String(contentsOfFile: key, encoding: .utf8), to: "copy.key")
    try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: copy)
    let open = #expect(throws: FileLoadError.self) { try RulePublishing.pack(directory: goodDirectory, key: copy) }
    #expect(
      open?.description
        == "\(copy):1:1: the private key of the rules may be used by others than its owner; expected the mode 0400; run: chmod 0400 '\(copy)'"
    )
  }
}
