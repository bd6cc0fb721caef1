import Foundation
import Model
import Privacy
import ReportTestSupport
import Store
import TestSupport
import Testing

@testable import Reporting

@Suite struct ExporterTests {
  @Test("Columns that people read and fill in come first, columns for machines last")
  func columnOrder() {
    #expect(
      FindingColumn.allCases.map(\.rawValue)
        == words(
          """
          rank priority group service recipient purpose_class devices_seen devices_observed sessions
          blocked_attempts mb_up new_since_baseline reason
          latest_decision latest_decision_on latest_decision_state review_again_by
          status dpo_note severity_confirmed
          likelihood_confirmed confirmed_by_role confirmed_on measure dsk_case confidence severity_proposed
          likelihood_proposed active_days days_observed first_seen last_seen baseline_day baseline idle_share up_per_device_day
          upload_ratio data_categories_documented documented_source documented_date products class_disputed
          cleartext_identifier_classes third_country_hint third_party_access encryption naming_share_A_B
          ech_share alias_flows contradicted_flows
          destination_pattern destination_example site period_start period_end time_zone bytes_up bytes_down
          finding_id coverage_ref evidence_ref rule_id ruleset_version ruleset_hash
          """))
    #expect(
      TransferColumn.allCases.map(\.rawValue)
        == words(
          """
          recipient recipient_seat group_parent parent_seat third_country transfer_tool_state
          transfer_tool_register register_date
          service purpose_class groups devices_seen sessions mb_up mb_down data_categories_documented
          latest_decision latest_decision_on latest_decision_state review_again_by
          legal_basis transfer_tool_confirmed supplementary_measures tdddg25_assessment decision
          decided_by_role decided_on role_assumed data_subjects_assumed documented_source documented_date
          in_contract_list in_art30_record confidence destinations asn_list ip_country_hint anycast_or_cdn
          geo_db geo_db_date site period_start period_end time_zone transfer_id findings coverage_ref
          ruleset_hash
          """))
    #expect(
      RegisterColumn.allCases.map(\.rawValue)
        == words(
          """
          result list documented_name recipient doubt observed reference imported_on transfers group_minimum
          site period_start period_end time_zone
          """))
    #expect(
      FlowColumn.allCases.map(\.rawValue)
        == words(
          """
          start_bucket time_zone group device_token dst_name dst_ip proto dst_port outcome opens_flow is_retry
          bytes_up bytes_down packets_up packets_down duration_s purpose_class tls_version alpn ech
          name_method name_class matched_by is_contradicted dns_age_s complete missed_bytes direction_inferred
          sensor interface finding_id flow_id rule_id ruleset_hash phase sample_ref
          """))
    #expect(
      CoverageColumn.allCases.map(\.rawValue)
        == words(
          """
          hour_utc sensor assessable why_not outbound_flows bytes_out share_A share_B share_C share_D share_E
          ech_share doh_flows vpn_flows unexaminable_flows unexaminable_bytes flows_without_dns two_sided_flows
          one_sided_flows web_flows quic_flows names_resolved names_contacted frames_captured_short transit_flows packets_seen packets_dropped_kernel tcp_missed_bytes
          loss_estimate gap_seconds gap_causes restarts flows_evicted records_lost anomalies clock_sync
          clock_offset_ms clock_steps canaries_expected canaries_seen controls capture_mode tool_version ruleset_hash
          """))
  }

  @Test("The catalogue describes exactly the columns, each with titles of its own", arguments: ExportTable.allCases)
  func catalogue(table: ExportTable) {
    let columns = Texts.columns(of: table)
    let ids =
      switch table {
      case .findings: FindingColumn.allCases.map(\.rawValue)
      case .transfers: TransferColumn.allCases.map(\.rawValue)
      case .flows: FlowColumn.allCases.map(\.rawValue)
      case .coverage: CoverageColumn.allCases.map(\.rawValue)
      case .undescribed: UndescribedColumn.allCases.map(\.rawValue)
      case .claims: ClaimColumn.allCases.map(\.rawValue)
      case .changes: ChangeColumn.allCases.map(\.rawValue)
      case .register: RegisterColumn.allCases.map(\.rawValue)
      }
    #expect(columns.map(\.id) == ids)
    #expect(Set(columns.map(\.title.de)).count == columns.count)
    #expect(Set(columns.map(\.title.en)).count == columns.count)
  }

  @Test("Findings have exactly these bytes in both profiles, with every cell quoted")
  func findingBytes() throws {
    let source = Example.smallMorning()
    let id = try #require(try table(.findings, source)[0]["finding_id"])
    #expect(id.wholeMatch(of: /F-[0-9a-f]{12}/) != nil)
    let row = { (cells: [FindingColumn: String], separator: String) in
      FindingColumn.allCases.map { "\"\(cells[$0] ?? "")\"" }.joined(separator: separator) + "\r\n"
    }
    let hour = "2026-05-11T06:00:00Z"
    var digest = EvidenceDigest()
    for flow in source.evidence { digest.add(chainHash: flow.chainHash) }
    let first = Example.hour("2026-05-11", 6)
    let evidence = ExportTokens(exportSalt: source.exportSalt(), site: "rathaus-gw1", period: first..<first.next)
      .evidence(digest, finding: id)
    let cells: [FindingColumn: String] = [
      .rank: "1", .findingID: id, .site: "rathaus-gw1", .periodStart: hour, .periodEnd: "2026-05-11T07:00:00Z",
      .timeZone: "Europe/Berlin", .group: "Sozialamt", .recipient: "Microsoft Ireland Operations Limited",
      .service: "Windows diagnostic data", .destinationPattern: "*.events.data.microsoft.com",
      .destinationExample: "v10.events.data.microsoft.com", .purposeClass: "telemetry", .classDisputed: "no",
      .dataCategoriesDocumented: "app-usage", .documentedSource: "Microsoft (link)", .documentedDate: "2026-04-01",
      .products: "unknown",
      .cleartextIdentifierClasses: "none", .devicesSeen: "2", .devicesObserved: "5", .sessions: "2",
      .blockedAttempts: "0", .bytesUp: "3000", .bytesDown: "1000", .mbUp: "0.003000", .upPerDeviceDay: "0.600",
      .uploadRatio: "0.7500", .activeDays: "1", .daysObserved: "1", .idleShare: "unknown", .firstSeen: hour,
      .lastSeen: hour, .newSinceBaseline: "unknown", .baselineDay: "not_applicable", .baseline: "none",
      .latestDecision: "none", .latestDecisionOn: "none", .latestDecisionState: "none", .reviewAgainBy: "none",
      .encryption: "tls1.3", .namingShareAB: "1.0000",
      .echShare: "0.0000", .aliasFlows: "0", .contradictedFlows: "0", .confidence: "not_assessable",
      .dskCase: "3_not_minimised", .thirdCountryHint: "possible", .thirdPartyAccess: "parent_access",
      .severityProposed: "not_assessable", .likelihoodProposed: "not_assessable", .priority: "not_assessable",
      .reason: FindingsTests.notAssessableReason.en, .ruleID: "windows-diag",
      .rulesetVersion: "v2026.4.1", .rulesetHash: Example.hash, .coverageRef: "gw1:\(hour)/2026-05-11T07:00:00Z",
      .evidenceRef: "\(evidence)|\(id)",
    ]
    #expect(
      String(decoding: try bytes(.findings, source), as: UTF8.self)
        == Texts.findings.map { "\"\($0.id)\"" }.joined(separator: ",") + "\r\n" + row(cells, ","))
    let germanHour = "11.05.2026 08:00:00"
    let germanCells = cells.merging([
      .periodStart: germanHour, .periodEnd: "11.05.2026 09:00:00", .service: "Windows-Diagnosedaten (für Geräte)",
      .products: "unbekannt", .purposeClass: "Telemetrie", .classDisputed: "nein",
      .dataCategoriesDocumented: "Nutzung von Anwendungen",
      .documentedDate: "01.04.2026", .cleartextIdentifierClasses: "keine", .mbUp: "0,003000", .upPerDeviceDay: "0,600",
      .uploadRatio: "0,7500", .idleShare: "unbekannt", .firstSeen: germanHour, .lastSeen: germanHour,
      .newSinceBaseline: "unbekannt", .baselineDay: "entfällt", .baseline: "keine",
      .latestDecision: "keine", .latestDecisionOn: "keine", .latestDecisionState: "keine", .reviewAgainBy: "keine",
      .encryption: "TLS 1.3",
      .namingShareAB: "1,0000", .echShare: "0,0000",
      .confidence: "nicht bewertbar", .dskCase: "3 nicht minimiert", .thirdCountryHint: "möglich",
      .thirdPartyAccess: "Zugriff der Konzernmutter im Drittland",
      .severityProposed: "nicht bewertbar", .likelihoodProposed: "nicht bewertbar", .priority: "nicht bewertbar",
      .reason: FindingsTests.notAssessableReason.de,
      .coverageRef: "gw1: \(germanHour) bis 11.05.2026 09:00:00",
    ]) { $1 }
    let german = try bytes(.findings, source, .officeGerman)
    #expect(Array(german.prefix(3)) == [0xef, 0xbb, 0xbf])
    #expect(
      String(decoding: german.dropFirst(3), as: UTF8.self)
        == Texts.findings.map { "\"\($0.title.de)\"" }.joined(separator: ";") + "\r\n" + row(germanCells, ";"))
  }

  @Test("A decision about a night's hours on two days holds while nothing changes")
  func decisionOverMidnight() throws {
    var source = Example.smallMorning()
    // To 01:00 of the next day in Berlin: 18 hours, which are not one day.
    var late = source.rows[0]
    late.coverage.hour = Hour(sinceEpoch: late.coverage.hour.sinceEpoch + 17)
    late.coverage.outboundFlows = 0
    source.rows.append(late)
    let row = try #require(try table(.transfers, source).first)
    let days = LocalDate("2026-05-11")!...LocalDate("2026-05-12")!
    source.decided = [
      ReviewDecision(
        table: "transfers", row: try #require(row["transfer_id"]), days: days, role: "DPO",
        recordedAt: Timestamp(seconds: 1_778_630_400), fileDigest: [UInt8](repeating: 0, count: 32),
        content: .init(entries: ["decision": "keep"], facts: row))
    ]
    let decided = try #require(try table(.transfers, source).first)
    #expect(decided["latest_decision"] == "keep" && decided["latest_decision_on"] == "2026-05-13")
    #expect(decided["latest_decision_state"] == "holds" && decided["review_again_by"] == "2027-05-13")
    source.decided[0].content.facts["mb_up"] = "0.001"
    #expect(try table(.transfers, source).first?["latest_decision_state"] == "changed")
  }

  @Test("A row keeps its id in every period; another site, group or service has another")
  func namesWithoutPeriod() throws {
    let source = Example.smallMorning()
    let id = try AuditPeriod(source: source, from: nil, to: nil).findings()[0].id
    var longer = source
    longer.rows += longer.rows.map { row in
      var next = row
      next.coverage.hour = Hour(sinceEpoch: row.coverage.hour.sinceEpoch + 30)
      return next
    }
    let period = try AuditPeriod(source: longer, from: nil, to: nil)
    #expect(period.hours != (try AuditPeriod(source: source, from: nil, to: nil)).hours)
    #expect(try period.findings()[0].id == id)
    var moved = source
    moved.storedSessions[0].settings.site = "rathaus-gw2"
    #expect(try AuditPeriod(source: moved, from: nil, to: nil).findings()[0].id != id)
  }

  @Test("Flows escape odd names, and refer to their finding")
  func flowRows() throws {
    var source = Example.smallMorning()
    let hour = Example.hour("2026-05-11", 6)
    source.evidence = [
      Example.flow(hour, device: 1, sequence: 1, name: "=cmd|' /c calc'!a0", address: IPAddress("151.101.129.140")),
      Example.flow(hour, device: 2, sequence: 2, name: nil, address: nil, outcome: .dnsBlocked, dnsAge: 5, alpn: nil),
    ]
    let finding = try table(.findings, source)[0]["finding_id"]
    let rows = try table(.flows, source).sorted { ($0["outcome"] ?? "") > ($1["outcome"] ?? "") }
    #expect(rows.allSatisfy { $0["flow_id"]?.wholeMatch(of: /L-[0-9a-f]{16}/) != nil })
    #expect(rows[0]["dst_name"] == #"\x3dcmd\x7c\x27\x20\x2fc\x20calc\x27\x21a0"#)
    #expect(rows[0]["dns_age_s"] == "not_applicable")
    #expect(rows[0]["dst_ip"] == "151.101.129.140")
    #expect(rows[1]["dst_ip"] == "not_applicable")
    #expect(rows[1]["dst_name"] == "unknown")
    #expect(rows[1]["dns_age_s"] == "5")
    #expect(rows[1]["alpn"] == "unknown")
    #expect(rows[1]["outcome"] == "dns_blocked")
    #expect(rows.allSatisfy { $0["finding_id"] == finding })
    let german = try table(.flows, source, .officeGerman).sorted { ($0["dst_ip"] ?? "") < ($1["dst_ip"] ?? "") }
    #expect(german[0]["dst_ip"] == "IP 151.101.129.140")
    #expect(german[1]["outcome"] == "Name gesperrt")
    #expect(german[0]["start_bucket"] == "11.05.2026 08:00:00")
  }

  @Test("The order in which rows are read does not change a byte", arguments: ExportProfile.allCases)
  func determinism(profile: ExportProfile) throws {
    var source = Example.workedExample()
    source.facts[Example.hash]?["crash"] = Example.rule(id: "crash", disputes: ["x"])
    for index in stride(from: 0, to: source.usage.count, by: 3) { source.usage[index].ruleID = "crash" }
    let expected = try ExportTable.allCases.map { try bytes($0, source, profile) }
    var generator = SeededGenerator(state: 42)
    for _ in 0..<3 {
      source.usage.shuffle(using: &generator)
      source.present.shuffle(using: &generator)
      source.rows.shuffle(using: &generator)
      #expect(try ExportTable.allCases.map { try bytes($0, source, profile) } == expected)
    }
  }

  @Test("Tables in several profiles at once are those that are written one by one, and usage is read once for all")
  func severalProfiles() throws {
    var source = Example.workedExample()
    let tables = ExportTable.allCases.filter(\.hasHumanColumns)
    let profiles = ExportProfile.allCases
    let reads = MemorySource.Counter()
    source.usageReads = reads
    let together = try Exporter.bytes(
      of: tables, profiles: profiles, from: nil, to: nil, baseline: .newest, source: source)
    #expect(reads.count == 1)
    for table in tables {
      for profile in profiles {
        var alone: [UInt8] = []
        try Exporter.write(table, profile: profile, from: nil, to: nil, source: source) { alone += $0 }
        #expect(together[table]?[profile] == alone)
      }
    }
    #expect(reads.count == 1 + tables.filter(\.restsOnUsage).count * profiles.count)
  }

  @Test(
    "Coverage, and the flows of a site with enough devices, are written without reading the sums of usage",
    arguments: [ExportTable.coverage, .flows])
  func readsNoUsage(_ table: ExportTable) throws {
    func bytes(_ table: ExportTable, of source: MemorySource) throws -> [UInt8] {
      var bytes: [UInt8] = []
      try Exporter.write(table, profile: .rfc4180, from: nil, to: nil, source: source) { bytes += $0 }
      return bytes
    }
    var source = Example.workedExample()
    let whole = try bytes(table, of: source)
    source.refusesUsage = true
    #expect(try bytes(table, of: source) == whole)
    #expect(throws: MemorySource.UsageWasRead.self) { try bytes(.findings, of: source) }
    // Fewer devices were there than a group needs: usage may know of more.
    source.present.removeAll { $0.device > Example.device(4) }
    if table == .flows {
      #expect(throws: (any Error).self) { try bytes(table, of: source) }
    } else {
      #expect(try bytes(table, of: source) == whole)
    }
  }

  @Test("An export writes tables, metadata and legend under descriptive names and leaves no temporary file")
  func files() throws {
    let directory = try TemporaryDirectory()
    let output = directory.url.path + "/new/report"
    var progress: [ExportProgress] = []
    let files = try Exporter.run(
      ExportRequest(profile: .officeGerman, to: LocalDate("2026-05-31"), outputDirectory: output),
      source: Example.smallMorning(), progress: { progress.append($0) })
    let names = [ExportTable.findings, .transfers, .coverage, .undescribed, .claims, .changes, .register].flatMap {
      table in
      let name = "\(table)_rathaus-gw1_2026-05-11_2026-05-31_office-de.csv"
      return [name, name + "-metadata.json"]
    }
    #expect(
      files.map { URL(fileURLWithPath: $0.path).lastPathComponent }
        == names + ["legend_rathaus-gw1_2026-05-11_2026-05-31_office-de.html"])
    #expect(files.compactMap(\.rows) == [1, 1, 1, 0, 0, 0, 0])
    #expect(
      try Set(FileManager.default.contentsOfDirectory(atPath: output))
        == Set(
          files.map {
            URL(fileURLWithPath: $0.path).lastPathComponent
          }))
    #expect(progress.map(\.isComplete) == [true, true, true, true, true, true, true])
    #expect(
      try [UInt8](Data(contentsOf: URL(fileURLWithPath: files[0].path)))
        == bytes(.findings, Example.smallMorning(), .officeGerman))
  }

  @Test("Metadata is JSON that names every column with its written header", arguments: ExportProfile.allCases)
  func metadata(profile: ExportProfile) throws {
    for table in ExportTable.allCases {
      let json = try CSVMetadata(table: table, profile: profile, fileName: "x.csv", isTrial: false).json()
      let root = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
      #expect(root["url"] as? String == "x.csv")
      let dialect = try #require(root["dialect"] as? [String: Any])
      #expect(dialect["delimiter"] as? String == (profile == .officeGerman ? ";" : ","))
      #expect(dialect["encoding"] as? String == "utf-8")
      #expect(dialect["header"] as? Bool == true)
      let schema = try #require(root["tableSchema"] as? [String: Any])
      let columns = try #require(schema["columns"] as? [[String: Any]])
      #expect(columns.compactMap { $0["name"] as? String } == Texts.columns(of: table).map(\.id))
      for (column, text) in zip(columns, Texts.columns(of: table)) {
        let titles = try #require(column["titles"] as? [String: Any])
        if profile == .officeGerman {
          #expect(titles["de"] as? String == text.title.de)
        } else {
          #expect((titles["en"] as? [String])?.first == text.id)
        }
        #expect((column["dc:description"] as? [[String: String]])?.count == 2)
        #expect(column["datatype"] != nil)
      }
    }
  }

  @Test("The legend is in both languages, escapes all texts, and is built for screen readers")
  func legend() throws {
    var source = Example.smallMorning()
    source.storedSessions[0].settings.site = "<b>&gw"
    let period = try AuditPeriod(source: source, from: nil, to: nil)
    let html = String(
      decoding: try Legend(period: period, profile: .officeGerman, tables: ExportTable.allCases).html(), as: UTF8.self)
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"de\">"))
    #expect(html.contains("<section lang=\"de\">"))
    #expect(html.contains("<section lang=\"en\">"))
    #expect(html.contains("&lt;b&gt;&amp;gw"))
    #expect(!html.contains("<b>"))
    #expect(!html.contains("{{"))
    #expect(html.split(separator: "<table>").count - 1 == 26)
    #expect(html.split(separator: "<caption>").count - 1 == 26)
    for column in Texts.findings {
      #expect(html.contains("<th scope=\"row\">\(column.title.de)</th><td>\(column.id)</td>"), "\(column.id)")
    }
    #expect(
      html.contains("<tr><th scope=\"row\">S3</th><td>niedrig</td><td>mittel</td><td>mittel</td><td>hoch</td></tr>"))
    #expect(html.contains("<p>Nicht bewertbar, weil:</p>"))
    #expect(html.contains("Lücken höchstens 2 % der Zeit, die zu beobachten war"))
  }

  @Test("The legend names the configuration of each audit of the period by its hash, and no other")
  func configurations() throws {
    var source = Example.workedExample()
    let hash = { (digit: String) in "sha256:" + String(repeating: digit, count: 64) }
    func audit(_ id: Int64, _ first: String, _ last: String, _ digit: String?) -> CaptureSession {
      var audit = source.storedSessions[0]
      audit.id = id
      (audit.firstHour, audit.lastHour) = (Example.hour(first, 6), Example.hour(last, 6))
      audit.settings.configurationHash = digit.map(hash)
      return audit
    }
    var trial = audit(5, "2026-05-17", "2026-05-17", "d")
    trial.settings.isTrial = true
    trial.settings.groupMinimum = 3
    var takenOut = audit(6, "2026-05-06", "2026-05-07", "e")
    takenOut.isTakenOut = true
    source.storedSessions = [
      audit(1, "2026-05-04", "2026-05-06", "a"), audit(2, "2026-05-07", "2026-05-08", "a"),
      audit(3, "2026-05-09", "2026-05-12", nil), audit(4, "2026-04-01", "2026-04-02", "c"), trial, takenOut,
    ]
    let k = source.storedSessions[0].settings.groupMinimum
    func configurations(_ from: String, _ to: String, _ language: Language) throws -> [String] {
      let period = try AuditPeriod(source: source, from: LocalDate(from), to: LocalDate(to), isCoverageOnly: true)
      return Texts.configurations(period, language)
    }
    #expect(
      try configurations("2026-05-05", "2026-05-17", .english) == [
        "hash of the configuration file \(hash("a")): 2 audits from 2026-05-05 to 2026-05-08, smallest group (group_minimum) \(k), trial: no",
        "no configuration file: 1 audit from 2026-05-09 to 2026-05-12, smallest group (group_minimum) \(k), trial: no",
        "hash of the configuration file \(hash("d")): 1 audit from 2026-05-17 to 2026-05-17, smallest group (group_minimum) 3, trial: yes",
      ])
    #expect(
      try configurations("2026-05-07", "2026-05-08", .german) == [
        "Prüfsumme der Konfigurationsdatei \(hash("a")): 1 Auswertung vom 07.05.2026 bis 08.05.2026, kleinste Gruppe (group_minimum) \(k), Probebetrieb (trial): nein"
      ])
    let period = try AuditPeriod(source: source, from: nil, to: nil, isCoverageOnly: true)
    let legend = Legend(period: period, profile: .officeGerman, tables: [.coverage])
    for language in [Language.german, .english] {
      #expect(try legend.parts(language).contains(.list(Texts.configurations(period, language))))
    }
  }

  @Test("Errors say what is wrong and what to do")
  func errors() throws {
    let directory = try TemporaryDirectory()
    let run = { (source: MemorySource, from: String?, to: String?, path: String) in
      _ = try Exporter.run(
        ExportRequest(
          profile: .rfc4180, from: from.flatMap { LocalDate($0) }, to: to.flatMap { LocalDate($0) },
          outputDirectory: path), source: source, progress: { _ in })
    }
    #expect(throws: ReportingError.emptyStore) { try run(MemorySource(), nil, nil, directory.url.path) }
    let day = LocalDate("2026-05-11")!
    #expect(throws: ReportingError.nothingStored(from: day, to: day)) {
      try run(Example.smallMorning(), "2026-05-12", nil, directory.url.path)
    }
    #expect(throws: ReportingError.daysReversed(from: day.next, to: day)) {
      try run(Example.smallMorning(), "2026-05-12", "2026-05-11", directory.url.path)
    }
    var source = Example.smallMorning()
    source.storedSessions[0].settings.timeZone = "Europe/Atlantis"
    #expect(throws: ReportingError.unknownTimeZone("Europe/Atlantis")) { try run(source, nil, nil, directory.url.path) }
    #expect(throws: ReportingError.self) { try run(Example.smallMorning(), nil, nil, "/dev/null/x") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path) == [])
  }

  @Test("A period without a match gives tables with only a header, and its coverage")
  func noUsage() throws {
    var source = Example.smallMorning()
    source.usage = []
    source.evidence = []
    #expect(try table(.findings, source) == [])
    #expect(try table(.transfers, source) == [])
    #expect(try table(.flows, source) == [])
    #expect(try table(.coverage, source).count == 1)
  }

  private func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }
}

/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
