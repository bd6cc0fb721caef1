import Foundation
import Model
import Store
import Testing

@Suite("Documented recipients in the store")
struct DocumentedListTests {
  let folder: Folder
  let database: AuditDatabase
  private static let digest = [UInt8](repeating: 7, count: 32)

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
    try database.append([flow { $0.hour = 1_000 }], to: database.begin())
  }

  private func list(_ names: String...) -> DocumentedRecipients {
    DocumentedRecipients(
      entries: names.map { .init(recipient: $0, aliases: ["x"], references: ["V-1"], confirmed: []) })
  }

  @discardableResult
  private func set(_ content: DocumentedRecipients, _ kind: DocumentedListKind, day: Int64) throws
    -> StoredDocumentedList
  {
    try database.setDocumentedList(content, kind: kind, fileDigest: Self.digest, day: day, toolVersion: "1.0")
  }

  @Test("One list of each kind is in force, each import is in the chain, and the recorded check confirms it")
  func roundTrip() throws {
    let art30 = try set(list("A GmbH"), .art30, day: 20_591)
    try set(list("Secret Ltd"), .contract, day: 20_592)
    let contract = try set(list("B Ltd", "C Ltd"), .contract, day: 20_593)
    #expect(try database.documentedLists() == [contract, art30])
    #expect(contract.content == list("B Ltd", "C Ltd") && contract.day == 20_593)
    #expect(try database.checkValues() > 0)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    #expect(try database.chainHead().sequence == 5)
    database.close()
    let check = try folder.recordedCheck()
    #expect(check.code == 0 && check.output.hasSuffix("holds\n"), "\(check.output)")
    #expect(try !Data(contentsOf: URL(fileURLWithPath: folder.store)).contains("Secret Ltd".utf8))
  }

  @Test("A removal deletes the content and stays in the chain; nothing can be removed twice")
  func removal() throws {
    try set(list("Secret Ltd"), .contract, day: 20_591)
    #expect(throws: StoreError(file: folder.store, .documentedListUnknown(.art30))) {
      try database.removeDocumentedList(.art30, day: 20_592, toolVersion: "1.1")
    }
    try database.removeDocumentedList(.contract, day: 20_592, toolVersion: "1.1")
    #expect(try database.documentedLists() == [])
    #expect(throws: StoreError(file: folder.store, .documentedListUnknown(.contract))) {
      try database.removeDocumentedList(.contract, day: 20_592, toolVersion: "1.1")
    }
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    database.close()
    let check = try folder.recordedCheck()
    #expect(check.code == 0 && check.output.hasSuffix("holds\n"), "\(check.output)")
    #expect(try !Data(contentsOf: URL(fileURLWithPath: folder.store)).contains("Secret Ltd".utf8))
  }

  @Test(
    "Whoever changes, moves, adds or drops a row is found by every reader and by the recorded check",
    arguments: [
      "UPDATE documented_list SET content = replace(content, 'B Ltd', 'D Ltd') WHERE id = 2",
      "UPDATE documented_list SET day = 7 WHERE id = 1",
      "UPDATE documented_list SET kind = 'art30' WHERE id = 2",
      "UPDATE documented_list SET file_digest = zeroblob(32) WHERE id = 2",
      "UPDATE documented_list SET content_digest = zeroblob(32) WHERE id = 1",
      "UPDATE documented_list SET content = NULL WHERE id = 2",
      "DELETE FROM documented_list WHERE id = 2",
      "DELETE FROM documented_list",
      "INSERT INTO documented_list VALUES (9, 99, 'art30', 3, '1.0', NULL, NULL, NULL)",
      "UPDATE documented_list SET content = '{\"entries\":[{\"recipient\":\"\"}]}' WHERE id = 2",
    ])
  func tampering(statement: String) throws {
    try set(list("A Ltd"), .contract, day: 20_591)
    try set(list("B Ltd"), .contract, day: 20_592)
    database.close()
    try AuditDatabase.meddle(folder.store, statement)
    let changed = try AuditDatabase(path: folder.store, mode: .readExisting)
    let error = #expect(throws: StoreError.self) { try changed.documentedLists() }
    #expect(error?.description.contains("table documented_list") == true)
    #expect(throws: StoreError.self) { try changed.checkValues() }
    let isIntact = (try? changed.verifyChain()).map { if case .intact = $0 { true } else { false } } ?? false
    #expect(!isIntact)
    changed.close()
    #expect(try folder.recordedCheck().code == 1)
  }
}
