import Cryptography
import Foundation
import GRDB
import Model
import Store
import TestSupport
import Testing

@Suite("Tables from a store that was changed")
struct UnverifiedStoreTests {
  let folder: TemporaryDirectory
  let store: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("audit.sqlite")
    #expect(
      try Program.run([
        "replay", Project.sample, "--store", store, "--rules", Project.rules, "--config", Project.sampleConfiguration,
      ]).code == 0)
  }

  private func change(_ sql: String) throws {
    let database = try DatabaseQueue(path: store)
    try database.write { try $0.execute(sql: sql) }
    try database.close()
  }

  @Test("are not written; with --unverified they are, and each name says so", arguments: ["export", "report"])
  func refused(verb: String) throws {
    try change("UPDATE coverage_hour SET packets_seen = packets_seen + 1")
    let arguments =
      (verb == "export" ? ["export", "all"] : ["report", "--from", "2026-05-11"]) + [
        "--store", store, "--output", folder.path("out"),
      ]
    let refused = try Program.run(arguments)
    #expect(refused.code == 1)
    #expect(refused.output.isEmpty)
    #expect(refused.said.contains("- coverage_hour, 2026-05-11 06:00 UTC to 2026-05-11 11:00 UTC: rows were changed"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    let written = try Program.run(arguments + ["--unverified"])
    #expect(written.code == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
    #expect(!names.isEmpty)
    #expect(names.allSatisfy { $0.contains("_unverified_") })
    let page = try #require(names.first { $0.hasSuffix(".html") })
    #expect(try String(contentsOfFile: folder.path("out/" + page), encoding: .utf8).contains("NOT VERIFIED"))
  }

  @Test(
    "are not the only thing: no verb says anything of such a store",
    arguments: [
      ["claims"], ["unknown"], ["review", "status"], ["baseline", "compare", "before"], ["reidentify", "list"],
      ["compare", "--before", "2026-05-11", "--after", "2026-05-11"], ["sample"],
      ["baseline", "set", "before", "--from", "2026-05-11", "--to", "2026-05-11"],
    ])
  func verbs(_ verb: [String]) throws {
    try change("UPDATE coverage_hour SET packets_seen = packets_seen + 1")
    let writes = ["compare", "sample"].contains(verb[0])
    let arguments = verb + ["--store", store] + (writes ? ["--output", folder.path("out")] : [])
    let run = try Program.run(arguments)
    #expect(run.code == 1 && run.output.isEmpty, "\(run)")
    #expect(run.said.contains("- coverage_hour, 2026-05-11 06:00 UTC to 2026-05-11 11:00 UTC: rows were changed"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
  }

  @Test("leave an entry in the chain with role, days and the digest of their list, which sha256sum accepts")
  func recorded() throws {
    let run = try Program.run(
      ["export", "findings", "--store", store, "--from", "2026-05-11", "--output", folder.path("out")])
    #expect(run.code == 0)
    let list = folder.path("out/findings_rathaus-musterstadt_2026-05-11_2026-05-11_rfc4180.sha256")
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let entry = try #require(try database.accessEntries().last)
    #expect(try database.accessEntries().filter { $0.action == .export }.count == 1)
    #expect(entry.action == .export)
    #expect(entry.firstDay == LocalDate("2026-05-11"))
    #expect(entry.lastDay == nil)
    #expect(entry.filesDigest == SHA256Digest.hash(try Data(contentsOf: URL(fileURLWithPath: list))))
    #expect(try database.verify().faults == [])
    #expect(try database.lastSignedHead()?.hash == database.chainHead().hash)
  }

  @Test("are there, and recorded, even if the file of heads cannot be written, which is said")
  func headsNotWritable() throws {
    try FileManager.default.removeItem(atPath: store + ".heads")
    try FileManager.default.createDirectory(atPath: store + ".heads", withIntermediateDirectories: false)
    let run = try Program.run(["export", "findings", "--store", store, "--output", folder.path("out")])
    #expect(run.code == 0)
    #expect(run.said.contains("\(store).heads: the signed head of the evidence chain could not be added"))
    let entries = try AuditDatabase(path: store, mode: .readExisting).accessEntries()
    #expect(entries.filter { $0.action == .export }.count == 1)
  }
}
