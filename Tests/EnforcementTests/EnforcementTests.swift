import Foundation
import Model
import ReportTestSupport
import Reporting
import Rules
import Store
import TestSupport
import Testing

@testable import Enforcement

@Suite("Lists for firewalls and resolvers")
struct EnforcementTests {
  private static let named = Tool.find("/usr/bin/named-checkzone", "/usr/sbin/named-checkzone")
  private static let nft = Tool.find("/usr/sbin/nft")
  private static let dnsmasq = Tool.find("/usr/sbin/dnsmasq")
  private static let unbound = Tool.find("/usr/sbin/unbound-checkconf")

  private func body(_ format: EnforcementFormat, evidence: Bool = true, includesShared: Bool = false) throws -> String {
    let text = try EnforcementExample.list(format, evidence: evidence, includesShared: includesShared)
      .text(toolVersion: "0.1.0")
    return text.split(separator: "\n").filter { !$0.contains("sha256:") }.joined(separator: "\n")
  }

  private func checked(
    _ format: EnforcementFormat, _ tool: String?, _ arguments: (String) -> [String]
  ) throws -> Tool.Run {
    let directory = try TemporaryDirectory()
    let path = directory.url.path + "/list"
    try EnforcementExample.list(format).write(to: path, toolVersion: "0.1.0")
    return try Tool.run(#require(tool), arguments(path))
  }

  @Test(
    "a zone has each confirmed pattern, the names that stay reachable below it, and those that a wildcard would lose")
  func zone() throws {
    #expect(
      try body(.rpz) == """
        ; egressaudit 0.1.0: confirmed findings as rpz
        ; date 2026-05-12
        ; evidence 2026-05-07 to 2026-05-20
        ; v1.events.example.net is covered by *.events.example.net: F-000000000005 example.second
        $TTL 300
        @ IN SOA localhost. hostmaster.localhost. ( 2026051200 3600 600 86400 300 )
        @ IN NS localhost.
        *.both.example.org IN CNAME . ; F-000000000000 example.both
        *.deep.events.example.net IN CNAME rpz-passthru. ; stays reachable: example.deep
        *.events.example.net IN CNAME . ; F-000000000002 example.events
        *.keep.events.example.net IN CNAME . ; as *.events.example.net
        both.example.org IN CNAME . ; F-000000000000 example.both
        deep.events.example.net IN CNAME . ; as *.events.example.net
        exact.example.net IN CNAME . ; F-000000000002 example.events
        keep.events.example.net IN CNAME rpz-passthru. ; stays reachable: example.keep
        watson.eu.example.net IN CNAME . ; F-000000000007 example.wild
        """)
  }

  @Test("dnsmasq distinguishes a name from the names below it")
  func dnsmasqText() throws {
    #expect(
      try body(.dnsmasq).split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n") == """
        address=/both.example.org/
        address=/exact.example.net/
        server=/*.exact.example.net/#
        server=/keep.events.example.net/#
        address=/*.keep.events.example.net/
        address=/watson.eu.example.net/
        server=/*.watson.eu.example.net/#
        address=/*.both.example.org/
        server=/*.deep.events.example.net/#
        address=/*.events.example.net/
        """)
  }

  @Test("hosts files and Unbound get the names that were seen if they cannot express a pattern")
  func seenNames() throws {
    #expect(
      try body(.hosts) == """
        # egressaudit 0.1.0: confirmed findings as hosts
        # date 2026-05-12
        # evidence 2026-05-07 to 2026-05-20
        0.0.0.0 both.example.org # F-000000000000 example.both
        :: both.example.org # F-000000000000 example.both
        0.0.0.0 exact.example.net # F-000000000002 example.events
        :: exact.example.net # F-000000000002 example.events
        0.0.0.0 v1.events.example.net # F-000000000005 example.second
        :: v1.events.example.net # F-000000000005 example.second
        0.0.0.0 v9.events.example.net # F-000000000002 example.events
        :: v9.events.example.net # F-000000000002 example.events
        0.0.0.0 watson.eu.example.net # F-000000000007 example.wild
        :: watson.eu.example.net # F-000000000007 example.wild
        """)
    let unbound = try body(.unbound)
    #expect(unbound.contains("  local-zone: \"both.example.org.\" always_nxdomain"))
    #expect(unbound.contains("  local-zone: \"v9.events.example.net.\" transparent"))
    #expect(!unbound.contains("\"events.example.net.\""))
    #expect(!unbound.contains("user") && !unbound.contains("old.events"))
    let without = try EnforcementExample.list(.hosts, evidence: false)
    #expect(try !without.text(toolVersion: "0.1.0").contains("v9.events"))
    #expect(
      without.report(.english).contains(
        "*.events.example.net (example.events): hosts cannot express it; --store adds the names that were seen"))
  }

  @Test("sets of addresses contain the ranges of rules and addresses that serve nothing else")
  func addresses() throws {
    #expect(
      try body(.nftables) == """
        # egressaudit 0.1.0: confirmed findings as nftables
        # date 2026-05-12
        # evidence 2026-05-07 to 2026-05-20
        table inet egressaudit {
          set blocked_ipv4 { type ipv4_addr; flags interval; }
          set blocked_ipv6 { type ipv6_addr; flags interval; }
        }
        flush set inet egressaudit blocked_ipv4
        flush set inet egressaudit blocked_ipv6
        add element inet egressaudit blocked_ipv4 {
          198.51.100.1, # F-000000000002 example.events
          198.51.100.2, # F-000000000002 example.events
          203.0.113.0/24, # F-000000000004 example.range
        }
        add element inet egressaudit blocked_ipv6 {
          2001:db8:7::/48, # F-000000000004 example.range
        }
        """)
    let all = try body(.nftables, includesShared: true)
    #expect(all.contains("  198.51.100.3, # F-000000000002 example.events"))
    #expect(all.contains("  198.51.100.4, # F-000000000007 example.wild"))
    #expect(!all.contains("10.1.1.1") && !all.contains("198.51.100.99"))
    let report = try EnforcementExample.list(.nftables).report(.german)
    for line in [
      "198.51.100.3 (example.events): die Adresse wurde auch für die nicht bestätigte Regel example.keep gesehen; --include-shared nimmt sie auf",
      "198.51.100.4 (example.wild): liegt in einem Anycast- oder Verteilnetz, das auch anderen dient; --include-shared nimmt sie auf",
      "both.example.org (example.both): in den letzten 14 Tagen wurde keine Adresse gesehen",
      "shared.example.net (example.shared): dient auch anderen Zwecken; --include-shared nimmt es auf",
    ] { #expect(report.contains("  \(line)\n"), "\(report)") }
  }

  @Test("a range within another one is not written twice")
  func overlap() throws {
    let list = try EnforcementExample.list(.nftables)
    guard case .addresses(let policy) = list.content else { Issue.record("no addresses"); return }
    #expect(policy.range(holding: try #require(IPAddress("203.0.113.77")))?.description == "203.0.113.0/24")
    #expect(policy.range(holding: try #require(IPAddress("198.51.100.1")))?.description == "198.51.100.1/32")
    #expect(policy.range(holding: try #require(IPAddress("198.51.100.3"))) == nil)
    #expect(!policy.ranges.keys.contains { $0.description == "203.0.113.77/32" })
  }

  @Test("OPNsense gets one alias for each rule and one that contains them, in its import format")
  func aliases() throws {
    struct File: Decodable {
      struct Alias: Decodable {
        var enabled: String
        var name: String
        var type: String
        var content: String
        var description: String
      }
      var aliases: [String: [String: Alias]]
      var egressaudit: [String]
    }
    let text = try EnforcementExample.list(.opnsense).text(toolVersion: "0.1.0")
    let file = try JSONDecoder().decode(File.self, from: Data(text.utf8))
    #expect(file.egressaudit.count == 5)
    let aliases = try #require(file.aliases["alias"])
    #expect(aliases.count == 3)
    for (identifier, alias) in aliases {
      #expect(UUID(uuidString: identifier) != nil)
      #expect(alias.name.wholeMatch(of: /[a-zA-Z][a-zA-Z0-9_]{0,30}/) != nil)
      #expect(alias.description.wholeMatch(of: /[ 0-9a-zA-Z.\-,_]{1,255}/) != nil)
      #expect(alias.enabled == "1")
    }
    let byDescription = Dictionary(uniqueKeysWithValues: aliases.values.map { ($0.description, $0) })
    #expect(byDescription["example.events F-000000000002"]?.content == "198.51.100.1\n198.51.100.2")
    #expect(byDescription["example.range F-000000000004"]?.content == "203.0.113.0/24\n2001:db8:7::/48")
    let group = try #require(aliases.values.first { $0.type == "networkgroup" })
    #expect(group.name == "egressaudit")
    #expect(
      group.content.split(separator: "\n").map(String.init)
        == aliases.values.filter { $0.type == "network" }.map(\.name).sorted())
  }

  @Test(
    "every list names program, rules, tables, evidence and date, and is the same each time",
    arguments: EnforcementFormat.allCases)
  func head(format: EnforcementFormat) throws {
    let list = try EnforcementExample.list(format)
    let text = try list.text(toolVersion: "0.1.0")
    for part in [
      "egressaudit 0.1.0: confirmed findings as \(format.rawValue)", "date 2026-05-12",
      "rules 2026.5.1 \(list.ruleSet.hash)", "reviewed \(list.reviewed[0])", "evidence 2026-05-07 to 2026-05-20",
    ] { #expect(text.contains(part)) }
    #expect(try EnforcementExample.list(format).text(toolVersion: "0.1.0") == text)
  }

  @Test("without a day of confirmation a list needs --date; the last day is used, and a given date overrides it")
  func date() throws {
    let rules = try EnforcementExample.rules()
    let undated = try EnforcementExample.table(rules, confirmedOn: "")
    let list = { (tables: [ReviewedFindings], date: LocalDate?) in
      try EnforcementList(.hosts, of: tables, rules: rules.endpoints(day: 20_000), ruleSet: rules.stamp, date: date)
    }
    #expect(throws: ReportingError.undatedList) { try list([undated], nil).text(toolVersion: "0.1.0") }
    #expect(try list([undated], LocalDate("2026-06-01")).date?.description == "2026-06-01")
    let later = try EnforcementExample.table(rules, confirmedOn: "13.05.2026")
    #expect(try list([later, undated], nil).date?.description == "2026-05-13")
    #expect(try list([later, undated], nil).reviewed.count == 2)
  }

  @Test("rows that are unconfirmed, gone from the rules, shared or disputed are reported, in either language")
  func report() throws {
    let rules = try EnforcementExample.rules()
    let extra = """
      F-00000000000a;Sozialamt;Beispiel;exact.example.net;example.events;\(rules.stamp.hash);zurückgestellt;
      F-00000000000b;Sozialamt;Beispiel;gone.example.net|exact.example.net;example.keep;sha256:old;bestätigt;

      """
    let table = try EnforcementExample.table(rules, extra: extra)
    let list = try EnforcementList(.rpz, of: [table], rules: rules.endpoints(day: 20_000), ruleSet: rules.stamp)
    #expect(
      list.report(.german) == """
        4 Einträge als rpz, aus 7 bestätigten Feststellungen.
        Nicht bestätigt, also nicht auf der Liste:
          findings.csv, Zeile 3: F-000000000001, Beispiel, Bürgeramt, offen
          findings.csv, Zeile 5: F-000000000003, Beispiel, Bürgeramt, offen
          findings.csv, Zeile 10: F-000000000008, Beispiel, Bürgeramt, offen
          findings.csv, Zeile 11: F-00000000000a, Beispiel, Sozialamt, zurückgestellt
        Bestätigt, aber nicht auf der Liste:
          2001:db8:7::/48 (example.range): eine Liste von Namen kann keine Adressen ausdrücken
          203.0.113.0/24 (example.range): eine Liste von Namen kann keine Adressen ausdrücken
          exact.example.net: die Regeln der Feststellung haben dieses Muster heute nicht
          gone.example.net: die Regeln der Feststellung haben dieses Muster heute nicht
          shared.example.net (example.shared): dient auch anderen Zwecken; --include-shared nimmt es auf
          watson.*.example.net (example.wild): rpz kann es nicht ausdrücken; --store nimmt die Namen auf, die gesehen wurden
        Zu beachten:
          example.events: UNENTBEHRLICH. Bei Sperrung: Berichte bleiben hier.
          example.events: eine Liste kennt keine Gruppen, und bestätigt ist die Regel nicht überall: F-00000000000a, Beispiel, Sozialamt, zurückgestellt
          *crash.events.example.net (example.zcrash) ist nicht bestätigt und kann nicht ausgenommen werden
          Feststellungen entstanden mit einem anderen Regelsatz, sha256:old; Zweck und Wirkung nennt der heutige
        egressaudit sperrt nichts. Das tut, wer die Liste lädt; vorher --dry-run mit --store ausführen.

        """)
    let shared = try EnforcementList(
      .rpz, of: [table], rules: rules.endpoints(day: 20_000), ruleSet: rules.stamp, includesShared: true)
    #expect(shared.report(.english).contains("  example.shared: the endpoint also serves other purposes\n"))
    #expect(
      try shared.text(toolVersion: "0.1.0").contains(
        "\nshared.example.net IN CNAME . ; F-000000000006 example.shared\n"))
  }

  @Test("a name that only the name of a content network contains is on no list, even with shared endpoints")
  func containedName() throws {
    let rules = try EnforcementExample.rules()
    for rule in ["example.events+contained-name", "example.events|example.events+contained-name"] {
      let extra =
        "F-00000000000a;Sozialamt;Beispiel;*.events.example.net.edgekey.net;\(rule);\(rules.stamp.hash);bestätigt;12.05.2026\n"
      for includesShared in [false, true] {
        let lists = try ["", extra].map { extra in
          try EnforcementList(
            .rpz, of: [EnforcementExample.table(rules, open: ["deep", "events", "keep", "zcrash"], extra: extra)],
            rules: rules.endpoints(day: 20_000), ruleSet: rules.stamp,
            evidence: RecentEvidence(source: EnforcementExample.evidence()), includesShared: includesShared)
        }
        let entries = try lists.map { list in
          try list.text(toolVersion: "0.1.0").split(separator: "\n").filter { !$0.hasPrefix(";") }
        }
        #expect(entries[0] == entries[1])
        #expect(!entries[1].isEmpty)
        #expect(
          lists[1].report(.english).contains(
            "  *.events.example.net.edgekey.net: a content network's customer chose this name, and no rule has it\n"))
        #expect(
          lists[1].report(.german).contains(
            "  *.events.example.net.edgekey.net: diesen Namen wählte ein Kunde eines Content-Netzes, und keine Regel enthält ihn\n"
          ))
      }
    }
  }

  @Test("for each name the longest entry decides, and names of other rules below a confirmed pattern stay reachable")
  func policy() throws {
    let list = try EnforcementExample.list(.rpz, open: ["deep", "keep", "second", "zcrash"])
    guard case .names(let policy) = list.content else { Issue.record("no names"); return }
    #expect(policy.decision(for: "other.events.example.net")?.text == "*.events.example.net")
    #expect(policy.decision(for: "v1.events.example.net")?.entry.action == .pass)
    #expect(policy.decision(for: "x.v1.events.example.net")?.entry.action == .block)
    #expect(policy.decision(for: "a.b.deep.events.example.net")?.text == "*.deep.events.example.net")
    #expect(policy.decision(for: "events.example.net") == nil)
    #expect(policy.alsoBlocked.map(\.pattern) == ["*crash.events.example.net"])
  }

  @Test(
    "a dry run counts flows, devices and attempts of the last fourteen days by entry, and names other affected rules")
  func dryRun() throws {
    let names = try #require(try EnforcementExample.list(.rpz).dryRun(.english))
    #expect(
      names == """
        Dry run as rpz: 2026-05-07 to 2026-05-20, 1 of 14 days are stored. Nothing was blocked or written.
        Would have been blocked in total: 7 flows, 5 of 5 devices, 1 attempts already blocked
          *.events.example.net: 4 flows, 2 of 5 devices, 0 attempts already blocked
            example.events (Example, telemetry)
          both.example.org: 1 flows, 1 of 5 devices, 1 attempts already blocked
            example.both (Example, telemetry)
          exact.example.net: 1 flows, 1 of 5 devices, 0 attempts already blocked
            example.events (Example, telemetry)
          watson.eu.example.net: 1 flows, 1 of 5 devices, 0 attempts already blocked
            example.wild (Example, telemetry)
        Documented side effects:
          example.both: No effect of blocking is documented.
          example.events: ESSENTIAL. If blocked: Reports stay here.
          example.range: No effect of blocking is documented.
          example.second: No effect of blocking is documented.
          example.wild: No effect of blocking is documented.
        Only flows that a rule describes are stored. Other uses of the same names or addresses are not known here.

        """)
    let addresses = try #require(try EnforcementExample.list(.nftables, includesShared: true).dryRun(.german))
    #expect(addresses.contains("  198.51.100.3: 2 Datenflüsse, 2 von 5 Geräten, 0 schon blockierte Versuche\n"))
    #expect(addresses.contains("    example.keep (Beispiel, Telemetrie), NICHT BESTÄTIGT\n"))
    #expect(addresses.contains("  203.0.113.0/24: 1 Datenflüsse"))
    #expect(try EnforcementExample.list(.rpz, evidence: false).dryRun(.english) == nil)
  }

  @Test("a dry run counts no devices if the whole site is smaller than the smallest group")
  func smallSite() throws {
    var source = try EnforcementExample.evidence()
    source.storedSessions[0].settings.groupMinimum = 6
    let rules = try EnforcementExample.rules()
    let list = try EnforcementList(
      .rpz, of: [EnforcementExample.table(rules)], rules: rules.endpoints(day: 20_000), ruleSet: rules.stamp,
      evidence: RecentEvidence(source: source))
    let text = try #require(list.dryRun(.english))
    #expect(text.contains("7 flows, devices unknown (site too small), 1 attempts"))
    #expect(!text.contains(" of 5"))
  }

  @Test("named-checkzone accepts the zone", .enabled(if: named != nil, "apt-get install bind9-utils"))
  func namedAccepts() throws {
    let run = try checked(.rpz, Self.named) { ["rpz.test", $0] }
    #expect(run.code == 0, "\(run.text)")
    #expect(run.text.contains("loaded serial 2026051200"))
  }

  @Test("dnsmasq accepts the configuration", .enabled(if: dnsmasq != nil, "apt-get install dnsmasq-base"))
  func dnsmasqAccepts() throws {
    let run = try checked(.dnsmasq, Self.dnsmasq) { ["--test", "-C", $0] }
    #expect(run.code == 0, "\(run.text)")
  }

  @Test("Unbound accepts the configuration", .enabled(if: unbound != nil, "apt-get install unbound"))
  func unboundAccepts() throws {
    let run = try checked(.unbound, Self.unbound) { [$0] }
    #expect(run.code == 0, "\(run.text)")
  }

  @Test(
    "nft accepts the sets, replaces them when loaded again, and keeps a rule that uses them",
    .enabled(if: nft != nil, "apt-get install nftables"))
  func nftAccepts() throws {
    let rule =
      "nft add chain inet egressaudit out; nft add rule inet egressaudit out ip daddr @blocked_ipv4 drop; "
    let run = try checked(.nftables, Tool.find("/usr/bin/unshare")) { path in
      // In a separate namespace, so that the machine's firewall is not touched.
      (geteuid() == 0 ? [] : ["-r"]) + [
        "-n", "sh", "-ec",
        "PATH=/usr/sbin:$PATH; nft -c -f '\(path)'; nft -f '\(path)'; \(rule) nft -f '\(path)'; nft list ruleset",
      ]
    }
    #expect(run.code == 0, "\(run.text)")
    #expect(run.text.contains("198.51.100.2"))
    #expect(run.text.contains("203.0.113.0/24"))
    #expect(run.text.contains("ip daddr @blocked_ipv4 drop"))
  }
}
