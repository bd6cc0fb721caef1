import Cryptography
import Foundation
import GRDB
import Model
import Privacy
import Store
import TestSupport
import Testing

@testable import Auditing

/// The sealed part of the sample: exact values in two envelopes, opened by both keys.
@Suite("The sealed part")
struct SealedPartTests {
  let folder: TemporaryDirectory
  let maker: CertificateMaker
  let store: String

  init() throws {
    folder = try TemporaryDirectory()
    maker = CertificateMaker(folder)
    store = folder.path("audit.sqlite")
    for name in ["dpo", "council"] { try maker.make(name) }
  }

  private func configuration(_ more: String = "", section: String = "") throws -> String {
    try folder.write(
      String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
        + "\nsealed_part: { dpo_certificate: dpo.pem, works_council_certificate: council.pem\(section) }\n" + more,
      to: "site.yaml")
  }

  private func fill(_ more: String = "", section: String = "") throws {
    try Project.replay([Project.sample], into: store, configuration: try configuration(more, section: section))
  }

  private func read() throws -> AuditDatabase { try AuditDatabase(path: store, mode: .readExisting) }

  private func evidence() throws -> [FlowEvidence] {
    let database = try read()
    var flows: [FlowEvidence] = []
    try database.forEachEvidence(in: try #require(try database.period())) { flows.append($0) }
    return flows
  }

  /// Rows of a table by its columns.
  private func exported(table: String) throws -> [[String: String]] {
    let output = folder.path("out")
    let run = try Program.run(["export", table, "--store", store, "--profile", "rfc4180", "--output", output])
    #expect(run.code == 0, "\(run.said)")
    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: output).first {
        $0.hasPrefix(table + "_") && $0.hasSuffix(".csv")
      })
    let lines = try String(contentsOfFile: output + "/" + file, encoding: .utf8).components(separatedBy: "\r\n")
    func cells(_ line: String) -> [String] { line.dropFirst().dropLast().components(separatedBy: "\",\"") }
    let columns = cells(lines[0])
    return lines.dropFirst().filter { !$0.isEmpty }.map { line in
      Dictionary(zip(columns, cells(line))) { first, _ in first }
    }
  }

  /// Names of flows of a group in an export, in the order of its rows, with their hours and tokens. The other group is one with special
  /// secrecy.
  private func exported(of group: String = "Bürgeramt") throws
    -> [(name: String, hour: String, token: String, group: String)]
  {
    try exported(table: "flows").map {
      (
        name: $0["flow_id"] ?? "", hour: $0["start_bucket"] ?? "", token: $0["device_token"] ?? "",
        group: $0["group"] ?? ""
      )
    }.filter { $0.group == group }
  }

  private func open(_ references: [String], _ more: [String] = [], dpo: String = "dpo", council: String = "council")
    throws
    -> Program.Run
  {
    try Program.run(
      ["reidentify", "open"] + references + [
        "--store", store, "--dpo-key", folder.path(dpo + ".key"), "--works-council-key", folder.path(council + ".key"),
        "--purpose", "security_incident", "--file-reference", "2026-17/DSB",
      ] + more)
  }

  private func rows(_ output: String) -> [[String]] {
    output.split(separator: "\n").dropFirst().map { $0.components(separatedBy: "\t") }
  }

  @Test("opens with openssl cms, twice, and each row belongs to a flow of the store; one key alone does not open it")
  func openssl() throws {
    try fill()
    let flows = try evidence().filter { $0.flow.group != "Sozialamt" }
    let blocks = try read().blocks()
    #expect(blocks.count == 1 && flows.count > 50)
    let block = try folder.write(try #require(blocks[0].content), to: "block.cms")
    let (inner, text) = (folder.path("inner.cms"), folder.path("text"))
    func decrypt(_ file: String, _ name: String, _ target: String) throws {
      try maker.openssl([
        "cms", "-decrypt", "-binary", "-inform", "DER", "-in", file, "-inkey", folder.path(name + ".key"), "-out",
        target,
      ])
    }
    #expect(throws: OpenSSLFailure.self) { try decrypt(block, "council", inner) }
    try decrypt(block, "dpo", inner)
    #expect(throws: OpenSSLFailure.self) { try decrypt(inner, "dpo", text) }
    try decrypt(inner, "council", text)
    let opened = try #require(SealedPartText.rows(of: [UInt8](Data(contentsOf: URL(fileURLWithPath: text)))))
    #expect(opened.map(\.place) == flows.map(\.chainSequence))
    for (row, flow) in zip(opened, flows) {
      let start = try #require(Timestamp(isoText: String(row.cells[1].prefix(19)) + "Z"))
      #expect(start.hour == flow.flow.hour && row.cells[1] <= row.cells[2])
      #expect(IPAddress(row.cells[6]) == flow.flow.destinationAddress || flow.flow.destinationAddress == nil)
      #expect(row.cells[7] == String(flow.flow.destinationPort))
      #expect(HardwareAddress(row.cells[3]) != nil || IPAddress(row.cells[3]) != nil)
    }
    // What a flow costs; two envelopes cost some 1,100 bytes a block.
    let bytes = Double(blocks[0].content?.count ?? 0) / Double(flows.count)
    #expect((100...220).contains(bytes), "\(bytes) bytes a flow")
  }

  @Test("gives the flows that were asked for and no other, and enters it before; the list shows it")
  func scope() throws {
    try fill()
    let exported = try exported()
    let asked = [exported[3].name, exported[20].name]
    let run = try open(asked)
    #expect(run.code == 0 && run.said == "2 flows opened.\n", "\(run.said)")
    #expect(
      run.output.hasPrefix("flow\tstart\tend\tdevice\tclient\tclient_port\tserver\tserver_port\ttransport\tname\n"))
    let opened = rows(run.output)
    #expect(opened.count == 2)
    let trace = try Program.run(["evidence"] + asked + ["--store", store])
    for row in opened { #expect(trace.output.contains("entry \(row[0]) of"), "\(trace.output)") }
    // One device in one hour.
    let (token, hour) = (exported[3].token, exported[3].hour)
    let hours = exported.filter { $0.token == token && $0.hour == hour }
    let device = try open([token], ["--hour", hour])
    #expect(device.code == 0 && rows(device.output).count == hours.count, "\(device.said)")
    #expect(Set(rows(device.output).map { $0[3] }).count == 1)
    // All flows of a finding, whose name counts them.
    let findings = try self.exported(table: "findings")
    let finding = try #require(
      findings.first { $0["group"] == "Bürgeramt" && $0["evidence_ref"]?.hasPrefix("E-") == true })
    let reference = String((finding["evidence_ref"] ?? "").prefix(18))
    let traced = try Program.run(["evidence", reference, "--store", store]).output
    let all = try open([reference])
    #expect(all.code == 0 && traced.contains("\(rows(all.output).count) flow"), "\(traced) \(all.said)")
    #expect(Set(rows(all.output).map { $0[9] }).count >= 1)
    let entries = try read().reidentifications()
    #expect(entries.map(\.flows) == [2, UInt64(hours.count), UInt64(rows(all.output).count)])
    #expect(
      entries.allSatisfy { $0.purpose == .securityIncident && $0.fileReference == "2026-17/DSB" && !$0.isEmergency })
    #expect(entries.allSatisfy { $0.role == .administrator })
    let list = try Program.run(["reidentify", "list", "--store", store])
    #expect(list.code == 0)
    #expect(
      list.output.contains(
        ": 2 flows of 2026-05-11 to 2026-05-11, role: administrator, purpose: security incident, file 2026-17/DSB\n"))
    #expect(list.output.contains("Sealed to: data protection officer "))
    let german = try Program.run(["reidentify", "list", "--store", store], environment: ["LANG": "de_DE.UTF-8"])
    #expect(
      german.output.contains(
        ": 2 Datenflüsse vom 2026-05-11 bis 2026-05-11, Rolle: Administration, Zweck: Sicherheitsvorfall, Aktenzeichen 2026-17/DSB\n"
      ))
    #expect(try read().verify().holds)
  }

  @Test("is not opened by exchanged keys, by one key twice, by another key, or by a user who cannot enter it")
  func keysThatDoNotFit() throws {
    try fill()
    let name = try exported()[0].name
    try maker.make("other")
    let exchanged = try open([name], dpo: "council", council: "dpo")
    #expect(exchanged.code == 3 && exchanged.output == "" && exchanged.said.contains("the two keys are exchanged"))
    let twice = try open([name], council: "dpo")
    #expect(twice.code == 3 && twice.output == "" && twice.said.contains("--works-council-key has the public key "))
    let other = try open([name], dpo: "other")
    #expect(
      other.code == 3 && other.said.contains("--dpo-key has the public key ")
        && other.said.contains("Nothing was opened"))
    let absent = try open([name], dpo: "none")
    #expect(absent.code == 3 && absent.said.contains("none.key: there is no private key file here"), "\(absent.said)")
    chmod(folder.path("dpo.key"), 0o444)
    let open = try open([name])
    #expect(open.code == 3 && open.said.contains("others than the owner may use this private key file"), "\(open.said)")
    #expect(try read().reidentifications() == [], "what was refused has no entry")
  }

  @Test(
    "is not opened without a scope, a file reference or both keys",
    arguments: [
      ([], "Missing expected argument"), (["L-12"], "one of those given is not"),
      (["D-0123456789ab"], "A device token needs --hour"),
      (["L-0011223344556677", "--emergency"], "Both keys are needed"),
      (["L-0011223344556677", "--file-reference", "Erika"], "--file-reference is 1 to 40"),
      (["L-0011223344556677", "--purpose", "curiosity"], "curiosity"),
    ])
  func usage(arguments: [String], message: String) throws {
    let run = try open([], arguments)
    #expect(run.code == 2 && run.said.contains(message), "\(run.said)")
    let german = try Program.run(
      ["reidentify", "open", "L-12", "--store", store, "--purpose", "test", "--file-reference", "1"],
      environment: ["LANG": "de_DE.UTF-8"])
    #expect(german.code == 2 && german.said.contains("Eine Bezeichnung besteht aus"), "\(german.said)")
  }

  @Test("a name of no row opens nothing; an output that fails has its entry all the same")
  func failingOutput() throws {
    try fill()
    let name = try exported()[0].name
    let unknown = try open([name, "L-0011223344556677"])
    #expect(unknown.code == 1 && unknown.output == "" && unknown.said.contains("L-0011223344556677 belongs to no row"))
    #expect(try read().reidentifications() == [])
    let taken = try folder.write("mine", to: "taken")
    let failed = try open([name], ["--output", taken])
    #expect(failed.code == 3 && failed.said.contains("The opening is entered"), "\(failed.said)")
    #expect(try String(contentsOfFile: taken, encoding: .utf8) == "mine")
    #expect(try read().reidentifications().count == 1)
    let written = try open([name], ["--output", folder.path("rows.tsv")])
    #expect(written.code == 0 && written.output == "")
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path("rows.tsv"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try rows(String(contentsOfFile: folder.path("rows.tsv"), encoding: .utf8)).count == 1)
    #expect(try read().reidentifications().count == 2)
  }

  @Test("takes passphrases from files, and asks nobody where there is no terminal")
  func passphrases() throws {
    for name in ["dpo", "council"] {
      chmod(folder.path(name + ".key"), 0o600)
      try maker.openssl([
        "pkey", "-aes-256-cbc", "-passout", "pass:word of \(name)", "-in", folder.path(name + ".key"), "-out",
        folder.path(name + "-locked.key"),
      ])
      chmod(folder.path(name + "-locked.key"), 0o400)
      chmod(try folder.write("word of \(name)\n", to: name + ".pass"), 0o400)
    }
    try fill()
    let name = try exported()[0].name
    let files = [
      "--dpo-passphrase-file", folder.path("dpo.pass"), "--works-council-passphrase-file", folder.path("council.pass"),
    ]
    let opened = try open([name], files, dpo: "dpo-locked", council: "council-locked")
    #expect(opened.code == 0 && rows(opened.output).count == 1, "\(opened.said)")
    let wrong = try open(
      [name], [files[0], folder.path("council.pass"), files[2], folder.path("council.pass")], dpo: "dpo-locked",
      council: "council-locked")
    #expect(wrong.code == 3 && wrong.said.contains("the passphrase does not open the key"), "\(wrong.said)")
    #expect(!wrong.said.contains("word of"))
    #expect(try read().reidentifications().count == 1)
  }

  @Test("opens in an emergency with the third key alone, which is declared, entered and listed first")
  func emergency() throws {
    try maker.make("third")
    try fill(section: ", emergency_certificate: third.pem")
    let name = try exported()[0].name
    #expect(try open([name]).code == 0)
    func emergency(_ key: String) throws -> Program.Run {
      try Program.run([
        "reidentify", "open", name, "--store", store, "--emergency", "--emergency-key", folder.path(key + ".key"),
        "--purpose", "security_incident", "--file-reference", "N-1",
      ])
    }
    let other = try emergency("dpo")
    #expect(other.code == 3 && other.said.contains("--emergency-key has the public key "))
    let opened = try emergency("third")
    #expect(opened.code == 0 && rows(opened.output).count == 1, "\(opened.said)")
    // The third key is no way around the declaration.
    #expect(try open([name], dpo: "third", council: "third").code == 3)
    #expect(try read().reidentifications().map(\.isEmergency) == [false, true])
    let list = try Program.run(["reidentify", "list", "--store", store]).output
    #expect(list.hasPrefix("EMERGENCY "), "\(list)")
  }

  @Test("without a key for emergencies, or off, there is nothing to open in another way")
  func none() throws {
    try fill()
    let name = try exported()[0].name
    let emergency = try Program.run([
      "reidentify", "open", name, "--store", store, "--emergency", "--emergency-key", folder.path("dpo.key"),
      "--purpose", "test", "--file-reference", "1",
    ])
    #expect(emergency.code == 3 && emergency.said.contains("sealed without a key for emergencies"))
    let off = folder.path("off.sqlite")
    try Project.replay([Project.sample], into: off)
    let database = try AuditDatabase(path: off, mode: .readExisting)
    #expect(try database.blocks() == [] && database.sessions().allSatisfy { $0.settings.sealedPart == nil })
    let run = try Program.run([
      "reidentify", "open", name, "--store", off, "--dpo-key", folder.path("dpo.key"), "--works-council-key",
      folder.path("council.key"), "--purpose", "test", "--file-reference", "1",
    ])
    #expect(run.code != 0 && run.output == "")
  }

  @Test("of an earlier audit is gone with it; a package holds none, and verify of both holds")
  func againAndPackage() throws {
    let replay = [
      "replay", Project.sample, "--store", store, "--config", try configuration(), "--rules",
      Project.rules,
    ]
    #expect(try Program.run(replay).code == 0)
    #expect(try Program.run(replay + ["--again"]).code == 0)
    #expect(try read().blocks().count == 1)
    let content = try #require(try read().blocks()[0].content)
    let run = try Program.run([
      "package", "--store", store, "--with-store", "--output", folder.path("a.tar.zst"), "--rules", Project.rules,
    ])
    #expect(run.code == 0, "\(run.said)")
    let verified = try Program.run(["verify", folder.path("a.tar.zst")])
    #expect(verified.code == 0 && verified.output.contains("1 blocks of the sealed part"), "\(verified.output)")
    let unpacked = try Tool.run("/usr/bin/tar", ["-C", folder.path(""), "--zstd", "-xf", folder.path("a.tar.zst")])
    #expect(unpacked.code == 0, "\(unpacked.text)")
    let copy = try Data(contentsOf: folder.url.appending(path: "store/audit.sqlite"))
    #expect(copy.range(of: Data(content.prefix(64))) == nil)
    #expect(try read().blocks().count == 1)
  }

  @Test("that was changed is refused before anything is opened, although whoever changed it corrected its digest")
  func changed() throws {
    try fill()
    let name = try exported()[0].name
    let queue = try DatabaseQueue(path: store)
    try queue.write { database in
      var content = [UInt8](try Data.fetchOne(database, sql: "SELECT content FROM enveloped_block")!)
      content[content.count - 5] ^= 1
      try database.execute(
        sql: "UPDATE enveloped_block SET content = ?, content_digest = ?",
        arguments: [Data(content), Data(SHA256Digest.hash(content))])
    }
    try queue.close()
    let run = try open([name])
    #expect(
      run.code == 1 && run.output == "" && run.said.contains("the row was changed after it was written"), "\(run.said)")
    #expect(!run.said.contains("--unverified"), "the verb has no such option: \(run.said)")
    #expect(try read().reidentifications().isEmpty)
  }

  @Test("that was changed with all of the chain behind it is refused after its entry, because no key opens it")
  func recomputed() throws {
    try fill()
    let name = try exported()[0].name
    func form(_ value: DatabaseValue) -> [UInt8] {
      func sized(_ bytes: [UInt8]) -> [UInt8] { bigEndian(UInt64(bytes.count)).suffix(4) + bytes }
      func bigEndian(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian, Array.init) }
      return switch value.storage {
      case .null: [255, 255, 255, 255]
      case .int64(let number): sized(bigEndian(UInt64(bitPattern: number)))
      case .string(let text): sized(Array(text.utf8))
      case .blob(let data): sized(Array(data))
      case .double: []
      }
    }
    let queue = try DatabaseQueue(path: store)
    try queue.write { database in
      var content = [UInt8](try Data.fetchOne(database, sql: "SELECT content FROM enveloped_block")!)
      content[content.count - 5] ^= 1
      try database.execute(
        sql: "UPDATE enveloped_block SET content = ?, content_digest = ?",
        arguments: [Data(content), Data(SHA256Digest.hash(content))])
      let row = try Row.fetchOne(
        database,
        sql:
          "SELECT id, session_id, day, dpo_key, works_council_key, emergency_key, content_digest FROM enveloped_block")!
      let digest = Data(SHA256Digest.hash(row.databaseValues.flatMap(form)))
      try database.execute(sql: "UPDATE chain_entry SET digest = ? WHERE kind = 'enveloped_block'", arguments: [digest])
      var before = SHA256Digest.hash("egressaudit evidence chain v1".utf8)
      for entry in try Row.fetchAll(database, sql: "SELECT kind, seq, digest FROM chain_entry ORDER BY seq") {
        before = SHA256Digest.hash(before + entry.databaseValues.flatMap(form))
        let place: Int64 = entry["seq"]
        try database.execute(sql: "UPDATE chain_entry SET hash = ? WHERE seq = ?", arguments: [Data(before), place])
      }
      try database.execute(sql: "DELETE FROM signed_head")
    }
    try queue.close()
    #expect(try Program.run(["verify", store]).code == 0, "only a head kept elsewhere shows it")
    let run = try open([name])
    #expect(
      run.code == 3 && run.output == "" && run.said.contains("block 1 of the sealed part does not open"), "\(run.said)")
    #expect(try read().reidentifications().count == 1)
  }

  @Test("keeps nothing exact of groups with special secrecy, and what was not sealed is said to be missing")
  func secrecy() throws {
    try fill()
    let secret = try exported(of: "Sozialamt")
    #expect(secret.count > 20)
    let alone = try open([secret[0].name])
    #expect(alone.code == 0 && rows(alone.output).isEmpty)
    #expect(alone.said == "0 flows opened. Of 1 no exact values were kept.\n")
    // Only the open block shows that, so there is an entry.
    #expect(try read().reidentifications().map(\.flows) == [1])
    let both = try open([secret[0].name, try exported()[0].name])
    #expect(both.code == 0 && rows(both.output).count == 1, "\(both.said)")
    #expect(both.said == "1 flows opened. Of 1 no exact values were kept.\n")
  }

  @Test(
    "leaves no trace of a flow outside its envelopes: neither in the files beside the store, nor in what the verbs say")
  func traces() throws {
    try fill()
    let name = try exported()[0].name
    let opened = try open([name], ["--output", folder.path("rows.tsv")])
    let row = try #require(
      try rows(String(contentsOfFile: folder.path("rows.tsv"), encoding: .utf8)).first)
    // Device, client, exact time, and its second of the day; not the destination, which the store names.
    let secrets = [row[3], row[4], row[1], String(row[1].dropFirst(11).prefix(8))]
    #expect(secrets.allSatisfy { $0.count > 7 })
    var said = Data((opened.said + opened.output).utf8)
    for arguments in [
      ["verify", store], ["reidentify", "list", "--store", store], ["retention", "list", "--store", store],
    ] {
      let run = try Program.run(arguments)
      said += Data((run.output + run.said).utf8)
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path("")) where name.hasPrefix("audit") {
      said += try Data(contentsOf: folder.url.appending(path: name))
    }
    for secret in secrets { #expect(said.range(of: Data(secret.utf8)) == nil, "\(secret)") }
  }
}
