import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite("Contracts and record of processing beside what was observed")
struct RegisterTests {
  private static func recipient(
    _ name: String, aliases: [String] = [], parent: String? = nil
  ) -> Recipient {
    Recipient(
      id: name, legalEntity: name, aliases: aliases, seat: "IE", parent: parent, parentSeat: parent.map { _ in "US" },
      roleAssumed: "processor", source: SourceReference(document: "register", date: "2026-04-01"))
  }

  @Test(
    "Spellings of one name are equal",
    arguments: [
      [
        "Microsoft Ireland Operations Limited", "MICROSOFT IRELAND OPERATIONS LTD.",
        "Microsoft  Ireland Operations, Ltd",
      ],
      ["Müller & Söhne GmbH & Co. KG", "Mueller und Soehne G.m.b.H. & Co KG", "Müller + Söhne GmbH & Co.KG"],
      ["Actalis S.p.A.", "Actalis SpA", "ACTALIS S. p. A.", "Actalis Società per azioni"],
      ["Adform A/S", "Adform AS", "Adform Aktieselskab"],
      ["McDonald's Corporation", "McDonald’s Corp.", "McDonalds Corp"],
      ["Dataport AöR", "Dataport Anstalt des öffentlichen Rechts", "DATAPORT A.ö.R."],
      [
        "Example Aktiengesellschaft", "Ｅｘａｍｐｌｅ AG", "Exam\u{ad}ple AG",
        "E\u{301}xample\u{200b} AG".replacing("E\u{301}", with: "E"),
      ],
      ["LinkedIn Ireland Unlimited Company", "LinkedIn Ireland UC"],
      ["Google LLC", "Google™ LLC", "GOOGLE® LLC"],
      ["Amazon Europe Core S.à r.l.", "Amazon Europe Core SARL", "Amazon Europe Core S.a.r.l."],
    ])
  func spellings(names: [String]) {
    #expect(Set(names.map(LegalName.init)).count == 1, "\(names.map(LegalName.init))")
  }

  @Test(
    "Different names and different legal forms are not equal",
    arguments: [
      ("Google LLC", "Google Ireland Limited"), ("Google LLC", "Google Limited"), ("Google LLC", "Google"),
      ("Example GmbH", "Example GmbH & Co. KG"), ("AG", "SE"), ("Limited Brands Inc.", "Brands Inc."),
      ("1&1 AG", "1 AG"),
    ])
  func differentNames(left: String, right: String) {
    #expect(LegalName(left) != LegalName(right))
  }

  @Test("A name of legal forms or signs alone is a name all the same, and the longest text does not trap")
  func oddNames() {
    #expect(LegalName("AG").words == ["ag"])
    #expect(LegalName("").words == [] && LegalName("–&–").words == ["and"])
    #expect(LegalName(String(repeating: "Co. ", count: 5_000)).forms.count == 4_999)
  }

  @Test("Only the same name is certain; other forms, brands, parents, parts and slips are doubtful")
  func matching() {
    let matching = DocumentedMatching([
      Self.recipient("Microsoft Ireland Operations Limited", parent: "Microsoft Corporation"),
      Self.recipient("Microsoft Corporation", aliases: ["Bing"]),
      Self.recipient("Adjust GmbH", aliases: ["Adjust"]),
      Self.recipient("Google LLC"), Self.recipient("Google Ireland Limited"), Self.recipient("SAP SE"),
    ])
    func matches(_ name: String, aliases: [String] = [], confirmed: [String]? = nil) -> [String: String] {
      Dictionary(
        uniqueKeysWithValues: matching.matches(.init(recipient: name, aliases: aliases, confirmed: confirmed)).map {
          ($0.recipient, $0.doubt?.rawValue ?? "certain")
        })
    }
    #expect(
      matches("Microsoft Corp.") == [
        "Microsoft Corporation": "certain", "Microsoft Ireland Operations Limited": "parent",
      ])
    #expect(
      matches("Microsoft") == [
        "Microsoft Corporation": "other_legal_form", "Microsoft Ireland Operations Limited": "parent",
      ])
    #expect(
      matches("Microsoft Ireland Operations Ltd") == [
        "Microsoft Ireland Operations Limited": "certain", "Microsoft Corporation": "subsidiary",
      ])
    #expect(matches("Bing") == ["Microsoft Corporation": "other_name"])
    // Two candidates: neither is chosen.
    #expect(matches("Google") == ["Google LLC": "other_legal_form", "Google Ireland Limited": "part_of_name"])
    #expect(matches("Google Cloud EMEA Limited") == ["Google LLC": "part_of_name"])
    #expect(matches("Gogle LLC") == ["Google LLC": "one_letter"])
    // A spelling that is certain takes no doubt from another one of the same entry.
    #expect(matches("Adjust GmbH", aliases: ["Google"])["Google LLC"] == "other_legal_form")
    #expect(matches("Adjust Inc.") == ["Adjust GmbH": "other_legal_form"])
    #expect(matches("Dataport AöR") == [:] && matches("=cmd|' /c calc'!A0") == [:])
    // Three letters are no part of a name.
    #expect(matches("SAP Deutschland SE & Co. KG") == [:])
    #expect(matches("Suchdienst", aliases: ["GOOGLE L.L.C."]) == ["Google LLC": "certain"])
    #expect(matches("Google", confirmed: ["google ireland ltd."]) == ["Google Ireland Limited": "certain"])
    #expect(matches("Google", confirmed: []) == [:])
  }

  // MARK: Tables

  /// The worked example, in which 38 of 40 devices contact Microsoft Ireland, and so many of them two others.
  private func source(contacts: Int = 0, _ lists: (DocumentedListKind, [DocumentedRecipients.Entry])...) -> MemorySource
  {
    var source = Example.workedExample()
    source.facts[Example.hash]?["other"] = Example.rule(
      id: "other", service: "other", recipient: Self.recipient("Other Services Inc."))
    source.facts[Example.hash]?["third"] = Example.rule(
      id: "third", service: "third", recipient: Self.recipient("Third Party B.V."))
    let hour = Hour(sinceEpoch: LocalDate("2026-05-06")!.day * 24 + 9)
    for number in 0..<contacts {
      source.usage.append(Example.use(hour, device: UInt8(number + 1), rule: "other", up: 100, down: 0))
    }
    source.documented = lists.map { kind, entries in
      StoredDocumentedList(
        kind: kind, day: 20_600, fileDigest: Array(repeating: 0, count: 32),
        content: DocumentedRecipients(entries: entries))
    }
    return source
  }

  private func results(_ source: MemorySource) throws -> [String] {
    try table(.register, source).map { row in
      [row["list"]!, row["result"]!, row["documented_name"]!, row["recipient"]!].joined(separator: " / ")
    }
  }

  @Test("Without a list there is no row, and the transfers say that none was imported")
  func noList() throws {
    #expect(try results(source()) == [])
    let row = try #require(try table(.transfers, source()).first)
    #expect(row["in_contract_list"] == "not_imported" && row["in_art30_record"] == "not_imported")
    #expect(try table(.transfers, source(), .officeGerman).first?["in_art30_record"] == "keine Liste eingelesen")
  }

  @Test("The two lists are compared on their own, and the transfers repeat how each recipient stands")
  func twoLists() throws {
    let source = source(
      contacts: 6,
      (
        .contract,
        [
          .init(recipient: "MICROSOFT IRELAND OPERATIONS LTD", references: ["V-1", "V-2"]),
          .init(recipient: "Other Services"),
        ]
      ),
      (.art30, [.init(recipient: "Third Party BV"), .init(recipient: "Dataport AöR")]))
    #expect(
      try results(source) == [
        "contract / doubtful / Other Services / Other Services Inc.",
        "contract / documented_and_observed / MICROSOFT IRELAND OPERATIONS LTD / Microsoft Ireland Operations Limited",
        "art30 / observed_not_documented / none / Microsoft Ireland Operations Limited",
        "art30 / observed_not_documented / none / Other Services Inc.",
        "art30 / documented_not_observed / Third Party BV / Third Party B.V.",
        "art30 / without_rule / Dataport AöR / none",
      ])
    let transfers = Dictionary(
      uniqueKeysWithValues: try table(.transfers, source).map { row in
        (row["recipient"]!, [row["in_contract_list"]!, row["in_art30_record"]!, row["transfer_id"]!])
      })
    #expect(transfers["Microsoft Ireland Operations Limited"]?.prefix(2) == ["yes", "no"])
    #expect(transfers["Other Services Inc."]?.prefix(2) == ["doubtful", "no"])
    let rows = try table(.register, source)
    #expect(
      rows[1]["reference"] == "V-1|V-2" && rows[1]["imported_on"] == "2026-05-27"
        && rows[1]["doubt"] == "not_applicable")
    #expect(rows[1]["transfers"] == transfers["Microsoft Ireland Operations Limited"]?[2])
    #expect(rows[0]["doubt"] == "other_legal_form" && rows[0]["observed"] == "yes")
    #expect(rows[4]["observed"] == "no" && rows[4]["transfers"] == "none" && rows[5]["observed"] == "unknown")
  }

  @Test(
    "An entry that fewer devices than the smallest group contacted looks like one that was never contacted, certain or doubtful",
    arguments: [1, 4])
  func belowTheSmallestGroup(devices: Int) throws {
    for name in ["Other Services Inc.", "Other Services", "Somebody Else Ltd"] {
      let lists = [(DocumentedListKind.contract, [DocumentedRecipients.Entry(recipient: name)])]
      let never = try bytes(.register, source(contacts: 0, lists[0]))
      #expect(try bytes(.register, source(contacts: devices, lists[0])) == never)
      #expect(try bytes(.register, source(contacts: 5, lists[0])) != never)
      // The same for the sum of days of which none reaches the smallest group.
      let period = (from: LocalDate("2026-05-04"), to: LocalDate("2026-05-07"))
      #expect(
        try bytes(.register, source(contacts: devices, lists[0]), from: period.from, to: period.to)
          == bytes(.register, source(contacts: 0, lists[0]), from: period.from, to: period.to))
    }
  }

  @Test("Nothing is called unobserved if the gate is missed or a rule set of the period did not know the recipient")
  func notAssessable() throws {
    var blind = source(contacts: 0, (.contract, [.init(recipient: "Other Services Inc.")]))
    for index in blind.rows.indices { blind.rows[index].coverage.canariesSeen = 0 }
    #expect(try results(blind).last == "contract / not_assessable / Other Services Inc. / Other Services Inc.")
    #expect(try table(.register, blind).last?["observed"] == "not_assessable")

    var young = source(contacts: 0, (.contract, [.init(recipient: "Other Services Inc.")]))
    let older = "sha256:" + String(repeating: "cd", count: 32)
    young.facts[older] = ["windows-diag": Example.rule()]
    young.storedSessions[0].ruleSet = RuleSetStamp(version: "1", hash: older, date: "2026-05-01")
    young.rows[0].ruleSetHash = older
    #expect(try results(young).last == "contract / without_rule / Other Services Inc. / Other Services Inc.")
  }

  @Test("Texts of the list that a spreadsheet would run or a page would show as markup stay text")
  func hostileTexts() throws {
    let name = "=HYPERLINK(\"http://x\")<script>\u{202e}"
    let source = source((.contract, [.init(recipient: name, references: ["@SUM(1)", "a|b"])]))
    let row = try #require(try table(.register, source).last { $0["result"] == "without_rule" })
    #expect(row["documented_name"]?.hasPrefix("\\x3dHYPERLINK(") == true)
    #expect(row["documented_name"]?.contains("\u{202e}") == false)
    #expect(row["reference"] == "\\x40SUM(1)|a\\x7cb")
  }
}
