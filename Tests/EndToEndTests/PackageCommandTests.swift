import Foundation
import TestSupport
import Testing

@Suite("The verb package")
struct PackageCommandTests {
  let folder: TemporaryDirectory
  let store: String
  let package: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("audit.sqlite")
    package = folder.path("evidence.tar.zst")
    let audit = try Program.run([
      "replay", Project.sample, "--store", store, "--rules", Project.rules, "--config", Project.sampleConfiguration,
    ])
    #expect(audit.code == 0)
  }

  private func pack(_ options: [String] = []) throws -> Program.Run {
    try Program.run(["package", "--store", store, "--rules", Project.rules, "--output", package] + options)
  }

  private func tool(_ command: String, in path: String) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  /// An auditor has the package, the public key and a head from before, and stock tools.
  @Test("An auditor verifies a package in a clean folder, with our program and without it, and repeats its tables")
  func auditorsHour() throws {
    let clean = folder.path("auditor")
    try FileManager.default.createDirectory(atPath: clean, withIntermediateDirectories: false)
    func fetch(_ source: String, as name: String) throws {
      try FileManager.default.copyItem(atPath: source, toPath: clean + "/" + name)
    }
    // Fetched before the package was made: the key on the day of installation, the heads now and then.
    try fetch(store + ".signing-key.pub", as: "kept.pub")
    try fetch(store + ".heads", as: "kept-heads")
    #expect(try pack(["--with-store"]).code == 0)
    try fetch(package, as: "evidence.tar.zst")
    try fetch(store + ".heads", as: "later-heads")
    let verified = try Program.run(
      ["verify", "evidence.tar.zst", "--public-key", "kept.pub", "--head", "kept-heads"], folder: clean)
    #expect(verified.code == 0)
    #expect(verified.output.contains("19 files of tables and reports were made again from the store, byte for byte\n"))
    #expect(!verified.output.contains("Not proven"))
    #expect(verified.output.hasSuffix("evidence.tar.zst: everything in it holds.\n"))

    let later = try Program.run(["verify", "evidence.tar.zst", "--head", "later-heads"], folder: clean)
    #expect(later.code == 0)
    #expect(later.output.contains("- 1 of the heads that you named, signed after 20"))

    #expect(try tool("tar --zstd -xf evidence.tar.zst", in: clean).code == 0)
    #expect(try tool("sha256sum --quiet -c manifest.sha256", in: clean) == (0, ""))
    let signature =
      "openssl pkeyutl -verify -rawin -pubin -inkey kept.pub -in manifest.sha256 -sigfile manifest.sig"
    #expect(try tool(signature, in: clean).code == 0)
    let second = try tool(
      "python3 verifier/evidence-verifier.py store/audit.sqlite --head kept-heads --public-key kept.pub", in: clean)
    #expect(second.code == 0)
    #expect(second.output == "holds\n")
    let laterHeads = "python3 verifier/evidence-verifier.py store/audit.sqlite --head later-heads --public-key kept.pub"
    let missing = try tool(laterHeads, in: clean)
    #expect(missing.code == 1 && missing.output.contains("this store has no such seal"))
    let explained = try tool(laterHeads + " --protocol protocol.json", in: clean)
    #expect(explained.code == 0, "\(explained.output)")
    #expect(explained.output.contains("it was signed after the package was made, according to the protocol"))
  }

  @Test(
    "A flipped byte of any file is found, and the file named",
    arguments: [
      "tables/", "report/", "rules/", "heads", "protocol.json", "store/audit.sqlite", "manifest.sig", "signing-key.pub",
    ])
  func flippedByte(start: String) throws {
    #expect(try pack(["--with-store"]).code == 0)
    let parts = folder.path("parts")
    try FileManager.default.createDirectory(atPath: parts, withIntermediateDirectories: false)
    #expect(try tool("tar --zstd -xf '\(package)'", in: parts).code == 0)
    let names = try #require(FileManager.default.enumerator(atPath: parts)).compactMap { $0 as? String }.sorted()
    let name = try #require(
      names.first {
        $0.hasPrefix(start) && !$0.hasSuffix("/") && $0.contains(/\w\.\w|heads|store/) && !start.hasPrefix($0 + "/")
          && $0 != String(start.dropLast())
      })
    var bytes = try Data(contentsOf: URL(fileURLWithPath: parts + "/" + name))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: parts + "/" + name))
    #expect(try tool("find . -type f -printf '%P\\n' | tar --zstd -cf '\(package)' -T -", in: parts).code == 0)
    let verified = try Program.run(["verify", package, "--public-key", store + ".signing-key.pub"])
    #expect(verified.code != 0)
    let isKey = name.hasPrefix("manifest") || name.hasPrefix("signing-key")
    #expect(
      verified.output.contains(
        isKey
          ? "manifest.sig: the signature does not fit the manifest."
          : "- \(name): the file is not the one that the manifest lists."), "\(verified)")
  }

  @Test("A store in a package that cannot be read is told beside what else does not hold, by its name in the package")
  func unreadableStore() throws {
    #expect(try pack(["--with-store"]).code == 0)
    let parts = folder.path("parts")
    try FileManager.default.createDirectory(atPath: parts, withIntermediateDirectories: false)
    #expect(try tool("tar --zstd -xf '\(package)'", in: parts).code == 0)
    try """
    import sqlite3
    store = sqlite3.connect("store/audit.sqlite")
    store.execute("UPDATE rule_facts SET facts = '{}' WHERE rule_id = (SELECT min(rule_id) FROM rule_facts)")
    store.commit()
    """.write(toFile: folder.path("change.py"), atomically: true, encoding: .utf8)
    #expect(try tool("python3 '\(folder.path("change.py"))'", in: parts).code == 0)
    #expect(try tool("find . -type f -printf '%P\\n' | tar --zstd -cf '\(package)' -T -", in: parts).code == 0)
    let verified = try Program.run(["verify", package, "--public-key", store + ".signing-key.pub"])
    #expect(verified.code == 1, "\(verified)")
    #expect(
      verified.output.contains("- store/audit.sqlite: the file is not the one that the manifest lists.\n"),
      "\(verified)")
    #expect(verified.output.contains("- store/audit.sqlite: the store is damaged: table rule_facts,"), "\(verified)")
    #expect(!verified.output.contains(".partial"))
  }

  @Test("Without the store it says what is missing; a store that does not hold is not packed")
  func withoutStore() throws {
    #expect(try pack().code == 0)
    let verified = try Program.run(["verify", package, "--public-key", store + ".signing-key.pub"])
    #expect(verified.code == 0)
    #expect(verified.output.contains("- That the tables come from the stored rows: the store is not in the package."))
    #expect(try tool("tar --zstd -tf '\(package)'", in: folder.path("")).output.contains("flows") == false)
    #expect(
      try tool(
        "sqlite3 '\(store)' 'UPDATE usage_hour SET bytes_up = 0' || python3 -c \"import sqlite3; c = sqlite3.connect('\(store)'); c.execute('UPDATE usage_hour SET bytes_up = 0'); c.commit()\"",
        in: folder.path("")
      ).code == 0)
    let refused = try pack()
    #expect(refused.code == 1)
    #expect(refused.said.contains("does not hold, so nothing was written:"))
    #expect(refused.output.isEmpty)
  }

  @Test(
    "Archives with links, paths upwards, a file twice, or of other formats are refused, and leave nothing behind",
    arguments: [
      "mkdir a; ln -s /etc/passwd a/link; tar --zstd -cf p -C a link",
      "echo x > x; tar --zstd -P --transform 's,x,../x,' -cf p x",
      "echo x > x; tar --zstd -P --transform 's,x,/tmp/x,' -cf p x",
      "echo x > x; tar --zstd -cf p x x --hard-dereference",
      "mkdir d; tar --zstd -cf p d",
      "head -c 4000 /dev/urandom | zstd -q > p || python3 -c \"open('p','wb').write(b'\\x28\\xb5\\x2f\\xfd' + b'x' * 99)\"",
    ])
  func hostile(command: String) throws {
    let place = folder.path("hostile")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    #expect(try tool(command, in: place).code == 0)
    let before = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory()).filter {
      $0.hasSuffix(".partial")
    }
    let verified = try Program.run(["verify", place + "/p"])
    #expect(verified.code == 3)
    #expect(verified.said.hasPrefix("egressaudit: \(place)/p: "))
    let after = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory()).filter {
      $0.hasSuffix(".partial")
    }
    #expect(Set(after).subtracting(before).isEmpty)
  }
}
