import Foundation
import GRDB
import Store
import TestSupport
import Testing

@Suite("The verb verify")
struct VerifyCommandTests {
  let folder: TemporaryDirectory
  let store: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("audit.sqlite")
    let audit = try Program.run([
      "replay", Project.sample, "--store", store, "--rules", Project.rules, "--config", Project.sampleConfiguration,
    ])
    #expect(audit.code == 0)
  }

  private func verify(_ options: [String] = []) throws -> Program.Run { try Program.run(["verify", store] + options) }

  private func meddle(_ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: store, configuration: configuration)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  @Test("proves everything of a finished audit with a head and a key that were kept elsewhere")
  func proven() throws {
    let kept = try verify(["--head", store + ".heads", "--public-key", store + ".signing-key.pub"])
    #expect(kept.code == 0)
    #expect(!kept.output.contains("Not proven"))
    #expect(kept.output.hasSuffix("\(store): everything that is bound holds.\n"))
    let alone = try verify()
    #expect(alone.code == 0)
    #expect(alone.output.contains("\nNot proven:\n- That nothing was cut off at the end: name a head"))
  }

  @Test("writes a request that a time-stamp authority answers, and openssl finds the head in the answer")
  func timeStamp() throws {
    let request = folder.path("head.tsq")
    let run = try verify(["--timestamp-request", request])
    #expect(run.code == 0)
    #expect(run.output.contains(": \(request). The text that is stamped: \(request).head."))
    let statement = try String(contentsOfFile: request + ".head", encoding: .utf8)
    let heads = try String(contentsOfFile: store + ".heads", encoding: .utf8)
    #expect(statement.hasPrefix("egressaudit evidence head v1\nstore ") && heads.contains(statement))
    #expect(try Data(contentsOf: URL(fileURLWithPath: request)).count == 59)
    // The same name again could separate an answer from its text.
    #expect(try verify(["--timestamp-request", request]).code == 2)
    let script = """
      set -e; cd '\(folder.path(""))'
      cat > tsa.cnf <<'END'
      [req]
      distinguished_name = dn
      x509_extensions = ext
      prompt = no
      [dn]
      CN = Test authority
      [ext]
      basicConstraints = critical,CA:FALSE
      keyUsage = critical,digitalSignature
      extendedKeyUsage = critical,timeStamping
      [tsa]
      default_tsa = one
      [one]
      serial = ./serial
      signer_digest = sha256
      default_policy = 1.2.3.4.1
      digests = sha256
      certs = ./tsa.pem
      END
      openssl req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.pem -days 2 -config tsa.cnf 2>/dev/null
      echo 01 > serial
      openssl ts -query -in head.tsq -text
      openssl ts -reply -config tsa.cnf -queryfile head.tsq -signer tsa.pem -inkey tsa.key -out head.tsr 2>/dev/null
      openssl ts -verify -data head.tsq.head -in head.tsr -CAfile tsa.pem 2>/dev/null
      sed -i 's/^seal .*/seal 99/' head.tsq.head
      ! openssl ts -verify -data head.tsq.head -in head.tsr -CAfile tsa.pem 2>/dev/null
      """
    let stamped = try Tool.run("/bin/bash", ["-c", script])
    #expect(stamped.code == 0)
    for line in ["Version: 1", "Hash Algorithm: sha256", "Certificate required: yes", "Verification: OK"] {
      #expect(stamped.text.contains(line), "\(line)")
    }
  }

  @Test("writes no request for a store that does not hold")
  func noTimeStamp() throws {
    try meddle("UPDATE usage_hour SET bytes_up = bytes_up + 1")
    let run = try verify(["--timestamp-request", folder.path("head.tsq")])
    #expect(run.code == 1 && run.said.contains("No request was written"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("head.tsq")))
  }

  @Test(
    "reads a store on a read-only file system, and so does export",
    .enabled(if: NetworkNamespace.isPermitted, Comment(rawValue: "mounts a file system: run the tests as root")))
  func readOnly() throws {
    let program = Program.path
    let script = """
      set -e; mkdir '\(folder.path("medium"))'
      mount -t tmpfs medium '\(folder.path("medium"))'; cp '\(store)' '\(folder.path("medium"))/audit.sqlite'
      mount -o remount,ro '\(folder.path("medium"))'
      ! touch '\(folder.path("medium"))/file' 2>/dev/null
      '\(program)' verify '\(folder.path("medium"))/audit.sqlite'
      '\(program)' export findings --store '\(folder.path("medium"))/audit.sqlite' --output '\(folder.path("tables"))'
      """
    let run = try Tool.run("/usr/bin/unshare", ["-m", "bash", "-c", script])
    #expect(run.code == 0)
    #expect(run.text.contains("everything that is bound holds."))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("tables")).contains { $0.hasPrefix("findings_") })
  }

  @Test("names table, hour and kind of what does not hold, in both languages, and ends with 1")
  func broken() throws {
    try meddle("UPDATE usage_hour SET bytes_up = bytes_up + 1 WHERE hour = (SELECT min(hour) FROM usage_hour)")
    let english = try verify()
    #expect(english.code == 1)
    #expect(
      english.output.contains(
        "- usage_hour, 2026-05-11 06:00 UTC: rows were changed, added or removed after they were sealed.\n"))
    #expect(
      english.output.contains("- usage_hour, 2026-05-11 06:00 UTC: the sums are not those of the single flows.\n"))
    let german = try Program.run(["verify", store], environment: ["LANG": "de_DE.UTF-8"])
    #expect(german.code == 1)
    #expect(german.output.contains("- usage_hour, 2026-05-11 06:00 UTC: Zeilen wurden nach der Versiegelung geändert"))
  }

  @Test("finds a shortened chain by a head that is named as SEAL:HASH")
  func namedHead() throws {
    let heads = try String(contentsOfFile: store + ".heads", encoding: .utf8)
    let head = try #require(heads.firstMatch(of: /seal (\d+)\nhash ([0-9a-f]{64})/))
    #expect(try verify(["--head", "\(head.1):\(head.2)"]).code == 0)
    let other = String(repeating: "0", count: 64)
    let outcome = try verify(["--head", "\(head.1):\(other)"])
    #expect(outcome.code == 1)
    #expect(
      outcome.output.contains("- The head of seal \(head.1) that you named is not in the chain: its end was cut off"))
  }

  @Test("takes a head that a full disk cut off out of the file of heads, and adds it again whole")
  func tornHead() throws {
    let path = store + ".heads"
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    for length in [0, 1, 40, whole.utf8.count - 1] {
      try Data(whole.utf8.prefix(length)).write(to: URL(fileURLWithPath: path))
      #expect(try Program.run(["export", "coverage", "--store", store, "--output", "-"]).code == 0)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.hasPrefix(whole))
      #expect(try SignedHead.records(in: text) == AuditDatabase(path: store, mode: .readExisting).signedHeads())
      #expect(try verify(["--head", path]).code == 0)
    }
  }

  @Test("refuses a file of heads that is none, and a private key in place of the public one, with the place")
  func wrongFiles() throws {
    try Data("egressaudit evidence head v1\nstore 00\n".utf8).write(to: URL(fileURLWithPath: folder.path("heads")))
    let heads = try verify(["--head", folder.path("heads")])
    #expect(heads.code == 3)
    #expect(
      heads.said.contains(
        "\(folder.path("heads")):2:1: this is no record of a head; expected store and 64 hexadecimal digits"))
    let key = try verify(["--public-key", store + ".signing-key"])
    #expect(key.code == 3)
    #expect(key.said.contains("the file holds no public key of Ed25519"))
    #expect(!key.said.contains("MC4CAQAw"))
  }
}
