import Foundation
import Model
import Store
import TestSupport
import Testing

@Suite("Contracts and record of processing, from files to tables")
struct RegisterCommandTests {
  /// A Tuesday at 10:00 in Berlin.
  private static let start = Timestamp(seconds: 1_700_557_200)
  private let folder: TemporaryDirectory
  private let store: String
  private static let examples = Project.root.appending(path: "docs/examples").path

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("store.sqlite")
    var frames: [TimedFrame] = []
    // Six devices contact Microsoft, four contact Adform.
    for (index, (name, devices)) in [("v10.events.data.microsoft.com", 11...16), ("track.adform.net", 11...14)]
      .enumerated()
    {
      for device in devices {
        var conversation = TCPConversation(
          PacketBuilder(from: "10.0.0.\(device)", to: "203.0.113.\(index + 9)"),
          start: Self.start.advanced(by: .seconds(Int64(index * 20 + device))))
        conversation.open()
        conversation.send(.client, ClientHelloBuilder(name).record)
        conversation.send(.server, Array(repeating: 0x17, count: 100))
        conversation.close()
        frames += conversation.frames
      }
    }
    let capture = try folder.write(PcapWriter.pcap(frames.sorted { $0.time < $1.time }), to: "day.pcap")
    let site = try folder.write(
      "site: { name: rathaus }\ngate: { minimum_device_days: 1, maximum_gap: 1, maximum_rule_age_days: 100000 }\n",
      to: "site.yaml")
    try Project.replay([capture], into: store, configuration: site)
  }

  private func run(_ arguments: String...) throws -> Program.Run { try Program.run(arguments + ["--store", store]) }

  private func table(_ name: String) throws -> [[String: String]] {
    let export = try run("export", name, "--output", "-", "--profile", "rfc4180")
    let lines = export.output.split(separator: "\r\n").map {
      $0.dropFirst().dropLast().split(separator: "\",\"", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test(
    "a workbook with two lists is refused, since the rows of one would be left out; another sheet beside a list is none"
  )
  func twoSheets() throws {
    for (name, text) in [
      ("book-Contracts.csv", "recipient,reference\nGoogle LLC,V-7\n"), ("book-Notes.csv", "topic,who\na,b\n"),
    ] {
      try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
    }
    let book = try folder.workbook("cp '\(folder.path("book-"))'*.csv \"$outdir\"")
    let arguments = ["register", "import", "--contract", book.file, "--store", store]
    let one = try Program.run(arguments, environment: book.environment)
    #expect(one.code == 0, "\(one)")
    try "Empfänger;Vertrag\nAdobe;V-8\n".replacing(";", with: ",").write(
      toFile: folder.path("book-Old.csv"), atomically: true, encoding: .utf8)
    let two = try Program.run(arguments, environment: book.environment)
    #expect(two.code == 3 && two.output == "", "\(two)")
    #expect(
      two.said.contains(
        "2 sheets of the workbook have the headings of this list; expected one such sheet; put all rows into one sheet, or save the sheet that is meant as CSV and name that file"
      ), "\(two)")
  }

  @Test(
    "The example files of both languages are imported, listed, compared, reported and removed", arguments: ["de", "en"])
  func examples(language: String) throws {
    let done = try run(
      "register", "import", "--contract", Self.examples + "/contracts_\(language).csv", "--art30",
      Self.examples + "/record-art30_\(language).csv", "--language", language)
    #expect(done.code == 0, "\(done)")
    #expect(
      done.output.contains(language == "de" ? "zweifelhaft: \"Google\" – \"Google" : "doubtful: \"Google\" – \"Google"),
      "\(done.output)")
    #expect(try run("register", "list", "--language", language).output == done.output)

    let rows = try table("register")
    func result(_ list: String, _ name: String) -> [String] {
      rows.filter { $0["list"] == list && ($0["documented_name"] == name || $0["recipient"] == name) }.map {
        $0["result"]!
      }
    }
    let microsoft = "Microsoft Corporation"
    // The contract list confirms that its subsidiary stands for it; in the record that is open.
    #expect(result("contract", microsoft) == ["documented_and_observed"])
    #expect(result("art30", microsoft) == ["doubtful"])
    #expect(result("contract", "Microsoft Ireland Operations Limited").contains("documented_not_observed"))
    #expect(result("contract", "Adobe") == ["documented_not_observed"])
    #expect(Set(result("contract", "Google")) == ["doubtful"])
    #expect(Set(result("art30", "LinkedIn")) == ["doubtful"])
    // Four devices are fewer than five.
    #expect(result("art30", "Adform A/S") == ["documented_not_observed"])
    #expect(result("contract", "Adform A/S") == [])
    #expect(
      Set(try table("transfers").map { "\($0["recipient"]!): \($0["in_contract_list"]!), \($0["in_art30_record"]!)" })
        == ["\(microsoft): yes, doubtful", "Adform A/S: no, yes"])

    let report = try run("report", "--output", folder.path("report"), "--language", language)
    #expect(report.code == 0, "\(report)")
    let page = try String(contentsOfFile: report.output.trimmingCharacters(in: .newlines), encoding: .utf8)
    #expect(page.contains(language == "de" ? "Dokumentiert und nicht beobachtet" : "Documented and not observed"))

    #expect(try run("register", "remove", "contract").code == 0)
    #expect(try run("register", "remove", "contract").code == 2)
    #expect(try Set(table("transfers").map { $0["in_contract_list"]! }) == ["not_imported"])
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("If one of two files is refused, none is stored, and the exit code is 3; without a file it is 2")
  func refused() throws {
    let bad = try folder.write("Name,Ort\nGoogle,Dublin\n", to: "bad.csv")
    let run = try run(
      "register", "import", "--contract", Self.examples + "/contracts_de.csv", "--art30", bad, "--language", "en")
    #expect(
      run.code == 3
        && run.said.contains("bad.csv, row 1: the headings are 'Name,Ort'; expected one heading \"recipient\""),
      "\(run)")
    #expect(try self.run("register", "list", "--language", "en").output == "No list was imported.\n")
    #expect(try self.run("register", "import").code == 2)
  }
}
