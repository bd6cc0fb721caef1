import Documents
import Foundation
import Glibc
import ListImport
import Model
import RuleTestSupport
import Rules
import TestSupport
import Testing

/// The rule file of a list, with the labels that all these tests give.
private func imported(_ path: String, _ format: ListFormat, subdomains: Bool = false) throws -> RuleImport {
  var labels = RuleImport.Labels(service: "imported", date: "2024-07-13")
  labels.recipient = "example-unknown"
  labels.includesSubdomains = subdomains
  return try RuleImport(format, path: path, labels: labels)
}

private func imported(text: String, _ format: ListFormat, subdomains: Bool = false) throws -> RuleImport {
  let folder = try TemporaryDirectory()
  return try imported(folder.write(text, to: "list.txt"), format, subdomains: subdomains)
}

/// The report of the entries that could not be imported.
private func left(_ list: RuleImport) -> [String] {
  list.notCarried.map { "\($0.count) × \($0.reason.text.en): \($0.places().en)" }
}

/// Patterns and ranges of the rule file, in its order.
private func entries(_ list: RuleImport) -> [String] {
  list.text.split(separator: "\n").filter { $0.hasPrefix("      - ") && !$0.contains("document:") }.map {
    String($0.dropFirst("      - ".count)).replacing("\"", with: "")
  }
}

/// A list in its published format, and the rule that wins for a destination once it is a rule file.
struct ListCase: CustomTestStringConvertible {
  let format: ListFormat
  let path: String
  let verdicts: [(destination: Destination, rule: String?)]

  var testDescription: String { format.rawValue }

  init(_ format: ListFormat, _ path: String, _ verdicts: [(Destination, String?)]) {
    self.format = format
    self.path = fixtures.appending(path: "lists/\(path)").path
    self.verdicts = verdicts.map { (destination: $0.0, rule: $0.1.map { "imported." + $0 }) }
  }

  static let all: [ListCase] = [
    ListCase(
      .hosts, "hosts.txt",
      [
        (destination("telemetry.example.net"), "listed"), (destination("a.telemetry.example.net"), nil),
        (destination("ads.example.net"), "listed"), (destination("two.example.org"), "listed"),
        (destination("intranet.example.net"), nil), (destination("events.microsft.com"), "listed"),
      ]),
    ListCase(
      .adblock, "adblock.txt",
      [
        (destination("telemetry.example.net"), "listed"), (destination("a.b.telemetry.example.net"), "listed"),
        (destination("ads.example.net"), "listed-shared"), (destination("both.example.net"), "listed"),
        (destination("a.below.example.net"), "listed"), (destination("below.example.net"), nil),
        (destination("exact.example.net"), "listed"), (destination("a.exact.example.net"), nil),
        (destination("plain.example.org"), "listed"), (destination("hosts.example.org"), "listed"),
        (destination(nil, address: "192.0.2.7"), "listed"), (destination("kept.example.net"), nil),
        (destination("off.example.net"), nil), (destination("strangers.azurewebsites.net"), "listed-shared"),
        (destination("myshop.azurewebsites.net"), "listed"), (destination("path.example.net"), nil),
        (destination("types.example.net"), nil),
      ]),
    ListCase(
      .dnsmasq, "dnsmasq.conf",
      [
        (destination("telemetry.example.net"), "listed"), (destination("a.telemetry.example.net"), "listed"),
        (destination("beacon.example.org"), "listed"), (destination("a.dotted.example.org"), "listed"),
        (destination("set.example.org"), "listed"), (destination("corp.example.org"), nil),
        (destination("kept.example.org"), nil), (destination("wiki.example.org"), nil),
      ]),
    ListCase(
      .responsePolicyZone, "policy.rpz",
      [
        (destination("telemetry.example.net"), "listed"), (destination("a.telemetry.example.net"), "listed"),
        (destination("drop.example.net"), "listed"), (destination("a.drop.example.net"), nil),
        (destination("nodata.example.net"), "listed"), (destination("sink.example.net"), "listed"),
        (destination("good.example.net"), nil), (destination("older.example.net"), nil),
        (destination("garden.example.net"), nil), (destination("metrics.example.org"), "listed"),
        (destination("crash.example.org"), "listed"), (destination(nil, address: "192.0.2.200"), "listed"),
        (destination(nil, address: "2001:db8:101::57"), "listed"),
        (destination(nil, address: "2001:db8:101:9::1"), "listed"), (destination(nil, address: "192.0.3.7"), nil),
      ]),
    ListCase(
      .domains, "domains.txt",
      [
        (destination("telemetry.example.net"), "listed"), (destination("a.telemetry.example.net"), nil),
        (destination("a.events.example.org"), "listed"), (destination("events.example.org"), nil),
        (destination("a.squid.example.net"), "listed"), (destination("clash.example.net"), "listed"),
        (destination("a.exact.example.org"), nil), (destination("a.whole.example.org"), "listed"),
        (destination(nil, address: "192.0.2.9"), "listed"),
      ]),
    ListCase(
      .cidr, "ranges.txt",
      [
        (destination(nil, address: "192.0.2.1"), "listed"), (destination(nil, address: "203.0.113.1"), "listed"),
        (destination(nil, address: "203.0.113.6"), "listed"), (destination(nil, address: "203.0.113.7"), nil),
        (destination(nil, address: "203.0.113.0"), nil), (destination(nil, address: "2001:db8:2::3"), "listed"),
        (destination(nil, address: "2001:db8:2::4"), nil), (destination("192.0.2.1.example.net"), nil),
      ]),
    ListCase(
      .microsoft365, "endpoints.json",
      [
        (destination("mail.example.net"), "set-1-tcp"),
        (destination("mail.example.net", transport: .udp), "set-1-udp"),
        (destination("mail.example.net", port: 25), nil),
        (destination("a.calls.example.net", port: 3479, transport: .udp), "set-2-udp"),
        (destination("team-files.example.org", port: 3481, transport: .udp), "set-2-udp"),
        (destination("a.calls.example.net"), nil), (destination("v10.events.example.net"), "set-69-tcp"),
        (destination("shop.azurewebsites.net"), "set-69-tcp-shared"),
        (destination("everywhere.example.org", port: 9), "set-70"),
        (destination(nil, address: "192.0.2.9"), "set-1-tcp"), (destination("ports.example.org"), nil),
      ]),
    ListCase(
      .windowsSpyBlocker, "windows-spy-blocker",
      [
        (destination("watson.example.net"), "spy"), (destination(nil, address: "198.51.100.200"), "spy"),
        (destination("update.example.net"), "update"), (destination("maps.example.net"), "extra"),
        (destination("mscrl.mircosoft.com"), "extra"),
      ]),
  ]
}

@Suite("Importing lists")
struct ImportTests {
  @Test(
    "a list of each format becomes a rule file without fault, whose rules match the names of the list",
    arguments: ListCase.all)
  func roundTrip(list: ListCase) throws {
    let file = try imported(list.path, list.format)
    try checkSnapshot(file.text, "imported-\(list.format.rawValue).yaml")
    let directory = try RuleDirectory(replacing: [
      "example-telemetry.yaml": nil, "example-updates.yaml": nil, "imported.yaml": file.text,
    ])
    // Names that may be misspelt are carried over, and lint warns of them.
    #expect(directory.lint().filter { $0.severity == .fault }.map(\.description) == [])
    let rules = try directory.load()
    for (destination, rule) in list.verdicts {
      #expect(rules.verdict(for: destination)?.facts.id == rule, "\(destination)")
    }
  }

  @Test("every format has a list that is tested")
  func allFormats() {
    #expect(Set(ListCase.all.map(\.format)) == Set(ListFormat.allCases))
  }

  @Test("the programs of the formats accept the lists")
  func realShapes() throws {
    let lists = fixtures.appending(path: "lists")
    let programs = [
      ("/usr/sbin/dnsmasq", ["--test", "--conf-file=\(lists.appending(path: "dnsmasq.conf").path)"]),
      ("/usr/bin/named-checkzone", ["-q", "rpz.example", lists.appending(path: "policy.rpz").path]),
    ]
    for (program, arguments) in programs {
      let process = try Process.run(URL(fileURLWithPath: program), arguments: arguments)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(program)")
    }
  }

  @Test("the origin is in the file and in the sources of each rule")
  func origin() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write("0.0.0.0 telemetry.example.net\n", to: "My \"list\".txt")
    var labels = RuleImport.Labels(service: "imported", date: "2024-07")
    let sha256 = "9bd6177056a6acdf3f1fec5c284537ebad572cb97ef2f6cf0e9a601a0e6a0b26"
    let file = try RuleImport(.hosts, path: path, labels: labels)
    #expect(
      file.text == """
        # Made by 'egressaudit rules import' from a list in the format 'hosts', as of 2024-07.
        #   My "list".txt, 1 line, sha256 \(sha256)
        format: 1
        service: imported
        title: { en: "List My \\"list\\".txt", de: "Liste My \\"list\\".txt" }
        vendor: "unknown"
        recipient: "unknown"
        origin: import
        rules:
          - id: imported.listed
            revision: 1
            compared: "2024-07-31"
            purpose: unknown
            kind: other
            purpose_reason: "The list was imported with this purpose for all of its names."
            patterns:
              - telemetry.example.net
            sources:
              - document: "My \\"list\\".txt"
                place: "all lines"
                kind: blocklist
                date: "2024-07"
                revision: "sha256:\(sha256)"
            blocking: { essential: false }
            examples:
              match: ["telemetry.example.net"]
              differ: [example.invalid]

        """)
    labels.document = "Example list\u{1b}[1m, https://example.org/list"
    labels.vendor = "Example"
    labels.purpose = .telemetry
    labels.kind = .telemetry
    let labelled = try RuleImport(.hosts, path: path, labels: labels).text
    #expect(labelled.contains("- document: \"Example list\\\\x1b[1m, https://example.org/list\"\n"))
    #expect(
      labelled.contains("\nvendor: \"Example\"\n") && labelled.contains("    purpose: telemetry\n    kind: telemetry\n")
    )
  }

  @Test("names of hosts and domains also include the names below them on request")
  func subdomains() throws {
    #expect(
      try entries(imported(text: "0.0.0.0 b.example.net\n0.0.0.0 a.example.net\n", .hosts, subdomains: true))
        == ["*.a.example.net", "*.b.example.net", "a.example.net", "b.example.net"])
    #expect(
      try entries(imported(text: "example.org\nfull:a.example.net", .domains, subdomains: true))
        == ["*.example.org", "a.example.net", "example.org"])
  }

  @Test("an exception removes the names that it overrides in its format, and no others")
  func exceptions() throws {
    let filters =
      "||a.kept.example.net^\n||kept.example.net^\n||unkept.example.net^\n@@||kept.example.net^\n||example.org^\n@@||www.example.org^\n"
    #expect(
      try entries(imported(text: filters, .adblock))
        == ["*.example.org", "*.unkept.example.net", "example.org", "unkept.example.net"])
    let same = "||a.off.example.net^\n||off.example.net^\n||off.example.net^$badfilter\n"
    #expect(try entries(imported(text: same, .adblock)) == ["*.a.off.example.net", "a.off.example.net"])
    let options = "address=/a.kept.example.net/\naddress=/kept.example.net/\nserver=/kept.example.net/#\n"
    #expect(try entries(imported(text: options, .dnsmasq)) == ["*.a.kept.example.net", "a.kept.example.net"])
    let zone =
      "a.kept.example.net CNAME .\nb.example.net CNAME .\n*.kept.example.net CNAME rpz-passthru.\nb.example.net CNAME rpz-passthru.\n"
    #expect(try entries(imported(text: zone, .responsePolicyZone)) == ["a.kept.example.net"])
  }

  @Test("names that exceptions take out are listed where they stood")
  func takenOut() throws {
    let filters =
      "||a.kept.example.net^\n||kept.example.net^\n||b.example.net^\n@@||kept.example.net^\n||kept.example.net^\n"
    let list = try imported(text: filters, .adblock)
    #expect(entries(list) == ["*.b.example.net", "b.example.net"])
    #expect(
      left(list) == [
        "3 × taken out by an exception of the list: lines 1-2, 5",
        "1 × an exception: it takes the same name out, a broader one still covers it: line 4",
      ])
    #expect(list.text.contains("\n#   3 × taken out by an exception of the list: lines 1-2, 5\n"))
    let folder = try TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: folder.path("hosts"), withIntermediateDirectories: false)
    let zone = try imported(
      text: "a.example.net CNAME .\n*.a.example.net CNAME .\na.example.net CNAME rpz-passthru.\n", .responsePolicyZone)
    #expect(entries(zone) == ["*.a.example.net"])
    #expect(left(zone).first == "1 × an exception: it takes the same name out, a broader one still covers it: line 3")
    #expect(left(zone).last == "1 × taken out by an exception of the list: line 1")
  }

  @Test("$important wins over @@, and only @@ with $important wins over that, as in AdGuard")
  func important() throws {
    let names = { (filters: String) in try entries(imported(text: filters, .adblock)) }
    let other = "||z.example.org^\n"
    let rest = ["*.z.example.org", "z.example.org"]
    #expect(
      try names(other + "||ads.example.net^$important\n@@||ads.example.net^\n")
        == ["*.ads.example.net"] + [rest[0]] + ["ads.example.net"] + [rest[1]])
    #expect(
      try names(other + "@@||example.net^\n||ads.example.net^$important\n")
        == ["*.ads.example.net"] + [rest[0]] + ["ads.example.net"] + [rest[1]])
    #expect(try names(other + "||ads.example.net^$important\n@@||ads.example.net^$important\n") == rest)
    #expect(try names(other + "||ads.example.net^\n@@||ads.example.net^$important\n") == rest)
    // A filter is switched off by the one that is the same but for 'badfilter'.
    #expect(try names(other + "||ads.example.net^$important\n||ads.example.net^$badfilter\n").count == 4)
    #expect(try names(other + "||ads.example.net^\n||ads.example.net^$important,badfilter\n").count == 4)
    #expect(try names(other + "||ads.example.net^$important\n||ads.example.net^$important,badfilter\n") == rest)
    // Of the same name in both forms, the important one remains.
    let both = try imported(
      text: other + "||ads.example.net^\n||ads.example.net^$important\n@@||ads.example.net^\n", .adblock)
    #expect(entries(both).count == 4)
    #expect(left(both).contains("1 × taken out by an exception of the list: line 2"))
  }

  @Test("beside rules, only what no rule of a known purpose recognises is carried over, and the rest is counted")
  func onlyNew() throws {
    let directory = try RuleDirectory(rules: [
      "windows": [
        rule("windows.events", patterns: ["*.events.example.net", "v10.example.net"]),
        rule("windows.range", addresses: ["192.0.2.0/24"]),
      ],
      "domain": [
        rule("domain.rest", patterns: ["*.example.net"]).replacing("purpose: telemetry", with: "purpose: unknown")
      ],
    ])
    let known = try directory.load()
    let folder = try TemporaryDirectory()
    let labels = RuleImport.Labels(service: "imported", date: "2024-07-13")
    let take = { (text: String, format: ListFormat) in
      try RuleImport(format, path: folder.write(text, to: "list.txt"), labels: labels, known: known)
    }
    let list = try take(
      "||v10.example.net^\n||a.events.example.net^\n||events.example.net^\n||new.example.net^\n", .adblock)
    #expect(
      entries(list) == ["*.new.example.net", "*.v10.example.net", "events.example.net", "new.example.net"])
    #expect(left(list) == ["1 × a rule recognises it already: line 2"])
    let ranges = try take("192.0.2.7\n192.0.0.0/16\n", .cidr)
    #expect(entries(ranges) == ["192.0.0.0/16"])
    #expect(left(ranges) == ["1 × a rule recognises it already: line 1"])
    let none = #expect(throws: FileLoadError.self) { try take("v10.example.net\n", .domains) }
    #expect(none?.description.hasSuffix("expected a list in the format 'domains'; no file is needed") == true)
  }

  @Test("a hosts file has no '*'")
  func starInHosts() throws {
    let list = try imported(text: "0.0.0.0 *.example.net a.example.net\n", .hosts)
    #expect(entries(list) == ["a.example.net"] && left(list) == ["1 × no host name: line 1"])
  }

  @Test("in a list for browsers, a lone word is not a name")
  func browserList() throws {
    let list = try imported(text: "[Adblock Plus 2.0]\nads.example.net\n-banner-\n||a.example.net^\n", .adblock)
    #expect(entries(list) == ["*.a.example.net", "a.example.net"])
    #expect(left(list) == ["2 × a path, a port or a piece of an address: no whole name: lines 2-3"])
  }

  @Test(
    "a zone file gives its zone by its SOA record or by $ORIGIN; without either, absolute names are not used",
    arguments: [
      (
        "rpz.example. SOA a. b. 1 1 1 1 1\na.example.net.rpz.example. CNAME .\nb.example.net CNAME .",
        ["a.example.net", "b.example.net"], []
      ),
      ("$ORIGIN rpz.example.\n@ SOA a. b. 1 1 1 1 1\nA.example.net.RPZ.example. CNAME .\n", ["a.example.net"], []),
      (
        "@ SOA a. b. 1 1 1 1 1\na.example.net.rpz.example. CNAME .\nb.example.net CNAME .", ["b.example.net"],
        ["1 × outside of the zone, or of a zone that the file does not name: line 2"]
      ),
      (
        "$ORIGIN rpz.example.\na.example.net. CNAME .\n$ORIGIN net\nc.example CNAME .\n", ["c.example.net"],
        ["1 × outside of the zone, or of a zone that the file does not name: line 2"]
      ),
      (
        "a.example.net CNAME .\nb.example.net CNAME ( ; open\n.\n", ["a.example.net"],
        ["1 × not written as the format says: line 3"]
      ),
      (
        "$INCLUDE other\n$GENERATE 1-9 n$ CNAME .\na\\.b.example.net CNAME .\na.example.net\n  CNAME .\nb.example.net CNAME .",
        ["b.example.net"],
        [
          "3 × not written as the format says: lines 2, 4-5", "1 × names another file: import that too: line 1",
          "1 × no host name: line 3",
        ]
      ),
    ])
  func zones(text: String, names: [String], notCarried: [String]) throws {
    let list = try imported(text: text, .responsePolicyZone)
    #expect(entries(list) == names)
    #expect(left(list) == notCarried)
  }

  @Test("a range first-last becomes the fewest prefixes that cover exactly it")
  func ranges() throws {
    let cases: [(String, [String])] = [
      ("192.0.2.0-192.0.2.255", ["192.0.2.0/24"]),
      ("192.0.2.1-192.0.2.1", ["192.0.2.1/32"]),
      ("192.0.2.1-192.0.2.8", ["192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/30", "192.0.2.8/32"]),
      ("255.255.255.254-255.255.255.255", ["255.255.255.254/31"]),
      ("2001:db8::-2001:db8::ffff", ["2001:db8::/112"]),
      (
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127"]
      ),
    ]
    for (text, expected) in cases { #expect(try entries(imported(text: text, .cidr)) == expected) }
    let most = try imported(text: "2001:db8::1-2001:db8:ffff:ffff:ffff:ffff:ffff:fffe", .cidr)
    #expect(most.rangeCount == 190)
    let whole = try imported(
      text: "192.0.2.1\n0.0.0.0-255.255.255.255\n::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .cidr)
    #expect(left(whole).count == 1 && whole.notCarried[0].reason == .rangeTooBroad)
  }

  @Test("the message about an unreadable list names the file, the cause and the next step")
  func refused() throws {
    let folder = try TemporaryDirectory()
    func message(_ format: ListFormat, _ path: String) -> String? {
      #expect(throws: FileLoadError.self) { try imported(path, format) }?.description.replacing(
        folder.path(""), with: "")
    }
    #expect(
      message(.hosts, folder.path("none.txt"))
        == "none.txt:1:1: the list is missing; expected a readable file; check the path"
    )
    #expect(
      message(.hosts, "/dev/zero")
        == "/dev/zero:1:1: the list is no regular file; expected a regular file; write the list to a file first")
    let ranges = try folder.write("# nothing\n192.0.2.0/24\n", to: "ranges.txt")
    #expect(
      message(.hosts, ranges + "/none")
        == "ranges.txt/none:1:1: the list cannot be read (Not a directory); expected a readable file; check the path and its permissions"
    )
    #expect(
      message(.hosts, ranges)
        == "ranges.txt:1:1: nothing in the list could be carried over; most often: not written as the format says, line 2; expected a list in the format 'hosts'; look whether another of the formats fits: adblock, cidr, dnsmasq, domains, hosts, microsoft-365, rpz, windows-spy-blocker"
    )
    let wide = try folder.write([0xff, 0xfe, 0x61, 0x00], to: "wide.txt")
    #expect(
      message(.domains, wide) == "wide.txt:1:1: the list is in UTF-16; expected UTF-8 text; save it again in UTF-8")
    #expect(
      message(.windowsSpyBlocker, folder.path("none"))
        == "none:1:1: the folder has none of the lists; expected hosts/spy.txt, firewall/spy.txt and their like below it; name the folder 'data' of WindowsSpyBlocker"
    )
    let expected = "an array of objects with 'id', 'urls', 'ips', 'tcpPorts', 'udpPorts' and 'required'"
    let json = { (text: String) in message(.microsoft365, try folder.write(text, to: "set.json")) }
    #expect(
      try json("[{\"id\": 1, \"urls\": [7]}]")
        == "set.json:1:1: the file is no answer of the endpoints web service: an entry is otherwise than expected at '/0/urls/0'; expected \(expected); fetch the endpoints again, as JSON"
    )
    #expect(
      try json("[")
        == "set.json:1:1: the file is no answer of the endpoints web service: it is no JSON; expected \(expected); fetch the endpoints again, as JSON"
    )
    let large = try folder.write("", to: "large.json")
    #expect(truncate(large, 16 << 20 | 1) == 0)
    #expect(
      message(.microsoft365, large)
        == "large.json:1:1: the list is longer than 16 MiB; expected a list that fits into memory; divide it into several files"
    )
  }

  @Test("a list truncated at any byte is refused, or read without a fault", arguments: ListCase.all)
  func truncated(list: ListCase) throws {
    guard list.format != .windowsSpyBlocker else { return }
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: list.path)))
    let folder = try TemporaryDirectory()
    for length in bytes.indices {
      let path = try folder.write(Array(bytes[..<length]), to: "list")
      do {
        let file = try imported(path, list.format)
        #expect(file.ruleCount > 0)
        guard length % 50 == 0 else { continue }
        let directory = try RuleDirectory(replacing: [
          "example-telemetry.yaml": nil, "example-updates.yaml": nil, "imported.yaml": file.text,
        ])
        #expect(directory.lint().filter { $0.severity == .fault }.map(\.description) == [], "\(length)")
      } catch let error as FileLoadError {
        #expect(error.faults.count == 1)
      }
    }
  }

  /// Bytes that are difficult for a reader, each repeated.
  static let hostile: [String] = [
    ".", "*", "/", "|", "||", "@@||", "#", "$", "##", "$ORIGIN a\n", "(", ")", "\"", ";", "\\", "-", "0", "a.", "*.a.",
    ":", "::", "%",
    "address=/", "address=/a/", "\0", "\r", "\n", "\r\n", "é", "a", "a CNAME .\n", " CNAME .\n", "1.2.3.4-1.2.3.4\n",
    "[", "{\"id\":1},", "\u{feff}",
    "||a^$", "$,", "||a.example^$third-party,", "zz.", "128.zz.rpz-ip CNAME .\n", "0.0.0.0 ", "full:", "domain:",
    "0-ffff::",
  ]

  @Test("hostile bytes neither trap nor hang", .timeLimit(.minutes(2)), arguments: ListFormat.allCases)
  func hostile(format: ListFormat) throws {
    guard format != .windowsSpyBlocker else { return }
    let folder = try TemporaryDirectory()
    for piece in Self.hostile {
      let text = String(repeating: piece, count: 4000)
      let path = try folder.write(format == .microsoft365 ? "[" + text : text, to: "list")
      _ = try? imported(path, format)
      let mixed = try folder.write("a.example.net CNAME .\n||a.example.net^\n" + text + "\na.example.net", to: "list")
      _ = try? imported(mixed, format)
    }
  }

  @Test("names, values and reasons from the list cannot become other keys of the file")
  func injection() throws {
    let text =
      "a.example.net\n\"]\nrules: []\n# x\n- id: evil\nb.example.net: {}\n\u{1b}[31m.example.net\n'c.example.net'\n"
    let list = try imported(text: text, .domains)
    #expect(entries(list) == ["a.example.net"])
    #expect(!list.text.contains("evil") && !list.text.contains("\u{1b}"))
  }

  @Test("a long list keeps its order and its sum, and has a short report")
  func long() throws {
    let count = 20_000
    let lines = (0..<count).reversed().map { "0.0.0.0 n\($0).example.net\n0.0.0.0 localhost\n" }
    let list = try imported(text: lines.joined(), .hosts)
    let names = entries(list)
    #expect(names.count == count && names == names.sorted() && list.patternCount == count)
    #expect(list.notCarried.count == 1 && list.notCarried[0].count == count)
    #expect(list.notCarried[0].places(limit: 3).en == "lines 2, 4, 6, …")
    #expect(list.text.split(separator: "\n").allSatisfy { $0.utf8.count <= 150 })
  }

  @Test(
    "a service is named after the file if possible",
    arguments: [("/a/Spy List.v2.txt", "spy-list-v2"), ("hosts", "hosts"), ("é.txt", "list"), ("-a-.txt", "a")])
  func serviceName(path: String, service: String) {
    #expect(RuleImport.service(fromFileName: path) == service)
    #expect(RuleImport.isServiceName(service))
  }
}
