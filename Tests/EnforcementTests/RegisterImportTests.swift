import Documents
import Foundation
import Model
import TestSupport
import Testing

@testable import Enforcement

@Suite("Lists of contracts and records of processing, as office programs save them")
struct RegisterImportTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private static let recipients = ["Google LLC", "Google Ireland Limited", "Adobe Systems Software Ireland Ltd."].map {
    Recipient(
      id: $0, legalEntity: $0, seat: nil, parent: nil, parentSeat: nil, roleAssumed: "unknown",
      source: SourceReference(document: "register", date: "2026"))
  }

  private func read(_ bytes: [UInt8]) throws -> RegisterImport {
    try RegisterImport(path: try folder.write(bytes, to: "list.csv"), recipients: Self.recipients)
  }

  private func read(_ text: String) throws -> RegisterImport { try read(Array(text.utf8)) }

  private func faults(_ text: String) throws -> [String] {
    do {
      _ = try read(text)
      return []
    } catch let error as FileLoadError {
      return error.faults.map { $0.description.replacing(folder.path("list.csv"), with: "list.csv") }
    }
  }

  @Test("German and English headings, any order, any separator and any encoding give the same entries")
  func forms() throws {
    let german = "Vertragsnummer;Ansprechperson;Auftragsverarbeiter\r\nV-7;Müller;Bürosysteme Süd GmbH\r\n"
    let expected = DocumentedRecipients(
      entries: [.init(recipient: "Bürosysteme Süd GmbH", references: ["V-7"])])
    var utf16: [UInt8] = [0xff, 0xfe]
    for unit in german.utf16 { utf16 += [UInt8(unit & 0xff), UInt8(unit >> 8)] }
    let western = german.unicodeScalars.map { UInt8($0.value) }
    for bytes in [Array(german.utf8), [0xef, 0xbb, 0xbf] + Array(german.utf8), utf16, western] {
      #expect(try read(bytes).content == expected)
    }
    #expect(try read("processor,Contract\n\"Bürosysteme Süd GmbH\",V-7\n").content == expected)
    #expect(try read("sep=\t\nRecipient\treference\nBürosysteme Süd GmbH\tV-7\n").content == expected)
    // One column alone, with the separator of other files in the name.
    #expect(try read("Empfänger\nGoogle, LLC\n").content.entries == [.init(recipient: "Google, LLC")])
  }

  @Test("Rows of one recipient become one entry; a cell may name several; rows without one are counted")
  func rows() throws {
    let list = try read(
      """
      Verarbeitungstätigkeit;Empfänger
      Webseite;"Google LLC
      Adobe Systems"
      Karten;GOOGLE L.L.C.
      Wahlen;keine
      Personal;-
      ;
      Personal;
      """)
    #expect(
      list.content.entries == [
        .init(recipient: "Google LLC", aliases: ["GOOGLE L.L.C."], references: ["Webseite", "Karten"]),
        .init(recipient: "Adobe Systems", references: ["Webseite"]),
      ])
    #expect(list.rowsWithout == 3)
  }

  @Test("A cell without a word confirms nothing, since a person who writes a question mark has not decided")
  func undecided() throws {
    for sign in ["?", "-", "…", "??"] {
      let list = try read("Empfänger;bestätigter Empfänger\nGoogle;\(sign)\n")
      #expect(list.content.entries == [.init(recipient: "Google")], "\(sign)")
    }
  }

  @Test("More references than a cell of a workbook can show are refused with the row in which they are too many")
  func references() throws {
    let many = (1...501).map { "Google LLC;VT-\($0)" }.joined(separator: "\n")
    let found = try faults("Empfänger;Fundstelle\n" + many)
    #expect(
      found == [
        "list.csv, row 502, column \"Empfänger\": 'Google LLC' has 501 references and 0 other names up to here; expected at most 500 of each, and 30000 characters of references; summarise the references of this recipient, such as by the range of their numbers"
      ])
    let long = (1...120).map { "Google LLC;\($0) " + String(repeating: "x", count: 290) }.joined(separator: "\n")
    #expect(try faults("Empfänger;Fundstelle\n" + long).count == 1)
    // Time that grows with the square of the rows would not end.
    let longer = (1...200_000).map { "Google LLC;\($0)" }.joined(separator: "\n")
    #expect(try faults("Empfänger;Fundstelle\n" + longer).count == 1)
    let kept = (1...500).map { "Google LLC;VT-\($0)" }.joined(separator: "\n")
    #expect(try read("Empfänger;Fundstelle\n" + kept).content.entries[0].references.count == 500)
  }

  @Test("A confirmed recipient is one of the rules or none, and is kept as these spell it")
  func confirmed() throws {
    let list = try read(
      "Empfänger;bestätigter Empfänger\nGoogle;google ireland ltd\nAdobe;keiner\nMeta;\n")
    #expect(
      list.content.entries == [
        .init(recipient: "Google", confirmed: ["Google Ireland Limited"]), .init(recipient: "Adobe", confirmed: []),
        .init(recipient: "Meta"),
      ])
    #expect(
      try faults("recipient;confirmed recipient\nGoogle;Google Ireland Limitet\n") == [
        "list.csv, row 2, column \"confirmed recipient\": 'Google Ireland Limitet' is no recipient of the rules of this store; "
          + "expected a recipient as the column 'recipient' of the table 'transfers' or 'register' spells it, or none; "
          + "did you mean 'Google Ireland Limited'?"
      ])
    #expect(
      try faults("recipient;confirmed recipient\nGoogle;Google LLC\ngoogle;none\n") == [
        "list.csv, row 3, column \"confirmed recipient\": an earlier row confirms another recipient for the same name; "
          + "expected the same in both rows, or nothing in one of them; correct one of the two rows"
      ])
    #expect(try faults("recipient;confirmed recipient\nGoogle; Adobe;none\n").count == 1)
    #expect(try faults("recipient;confirmed recipient\n\"Google;Adobe\";none\n").first?.contains("row 2") == true)
  }

  @Test("What is no list is refused with file, place, expectation and next step")
  func refused() throws {
    #expect(
      try faults("Name;Ort\nGoogle;Dublin\n") == [
        "list.csv, row 1: the headings are 'Name', 'Ort'; expected one heading \"recipient\", \"Empfänger\" or \"Recipient\"; "
          + "name the right file, or give its columns these headings"
      ])
    #expect(
      try faults("Empfänger;Vertrag\n;V-1\n;V-2\n").first?.hasPrefix(
        "list.csv, column \"Empfänger\": no row names a recipient; expected the name of a legal entity") == true)
    #expect(try faults("Empfänger;Recipient\na;b\n").first?.contains("several columns have this heading") == true)
    #expect(
      try faults("Empfänger\n" + String(repeating: "x", count: 301)).first?.contains("has 301 characters") == true)
    #expect(try faults("").first?.hasPrefix("list.csv: the file is empty; expected ") == true)
    let many = "Empfänger\n" + (0...DocumentedRecipients.mostEntries).map { "Firma \($0)\n" }.joined()
    #expect(try faults(many).first?.contains("names 5001 recipients; expected at most 5000") == true)
    // Faults of thousands of cells are not all printed.
    let long = "Empfänger\n" + (0..<100).map { String(repeating: "y", count: 400) + "\($0)\n" }.joined()
    #expect(try faults(long).count == 20)
  }

  @Test("A file of 50 MB is refused before it is read, and the formula in a cell is nothing but its text")
  func hostileFiles() throws {
    let path = folder.path("list.csv")
    #expect(FileManager.default.createFile(atPath: path, contents: Data("Empfänger\n".utf8)))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: 50_000_000)
    try handle.close()
    let error = #expect(throws: FileLoadError.self) {
      try RegisterImport(path: path, recipients: Self.recipients)
    }
    #expect(error?.description.contains("has 50000000 bytes; expected at most 8388608 bytes") == true)
    #expect(
      try read("Empfänger\n\"=HYPERLINK(\"\"http://x\"\")\"\n").content.entries == [
        .init(recipient: "=HYPERLINK(\"http://x\")")
      ])
  }
}
