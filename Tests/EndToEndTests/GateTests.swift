import Auditing
import Foundation
import Model
import Reporting
import Store
import TestSupport
import Testing

@Suite("No table calls prevented what the capture could not have seen")
struct GateTests {
  /// Ends of a frame of the sample, tagged or not.
  private struct Ends {
    var sourceIsInside: Bool
    var destinationIsInside: Bool
    var ports: [Int]

    init?(_ frame: [UInt8]) {
      let half = { (offset: Int) in Int(frame[offset]) << 8 | Int(frame[offset + 1]) }
      var offset = 12
      if half(offset) == 0x8100 { offset += 4 }
      let type = half(offset)
      offset += 2
      let inside: (Int) -> Bool
      let next: Int
      let transport: Int
      switch type {
      case 0x0800:
        inside = { frame[$0] == 10 }
        (sourceIsInside, destinationIsInside) = (inside(offset + 12), inside(offset + 16))
        (transport, next) = (Int(frame[offset + 9]), offset + Int(frame[offset] & 15) * 4)
      case 0x86dd:
        inside = { Array(frame[$0..<$0 + 6]) == [0x20, 0x01, 0x0d, 0xb8, 0x00, 0x20] }
        (sourceIsInside, destinationIsInside) = (inside(offset + 8), inside(offset + 24))
        (transport, next) = (Int(frame[offset + 6]), offset + 40)
      default: return nil
      }
      ports = transport == 6 || transport == 17 ? [half(next), half(next + 2)] : []
    }
  }

  private struct Audit {
    let folder: TemporaryDirectory
    let summary: String
    let coverage: [FieldCase.Row]
    let findings: [FieldCase.Row]

    var firstLine: String { summary.split(separator: "\n").first.map(String.init) ?? "" }
  }

  private func audit(
    _ captures: [[UInt8]], configuration: String? = Project.sampleConfiguration, from: LocalDate? = nil,
    to: LocalDate? = nil
  ) throws -> Audit {
    let folder = try TemporaryDirectory()
    let files = try captures.enumerated().map { try folder.write($0.element, to: "\($0.offset).pcap") }
    try Project.replay(files, into: folder.path("a.sqlite"), configuration: configuration)
    let database = try AuditDatabase(path: folder.path("a.sqlite"), mode: .readExisting)
    func rows(_ table: ExportTable) throws -> [FieldCase.Row] {
      var bytes: [UInt8] = []
      try Exporter.write(table, profile: .rfc4180, from: from, to: to, database: database) { bytes += $0 }
      let records = FieldCase.records(of: String(decoding: bytes, as: UTF8.self))
      return records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(records[0], $0)) }
    }
    return Audit(
      folder: folder,
      summary: try AuditSummary.text(database: database, language: .english, from: from, to: to),
      coverage: try rows(.coverage), findings: try rows(.findings))
  }

  private func sample(where isKept: (Ends) -> Bool) throws -> [TimedFrame] {
    try SampleFrames.all().filter { Ends($0.bytes).map(isKept) ?? true }
  }

  /// Sites whose department sent hundreds of diagnostic sessions: what is left of them must not look like success.
  private func expectNothingPrevented(_ audit: Audit, saying reason: String) {
    #expect(audit.firstLine == "Not assessable because:")
    #expect(audit.summary.contains(reason), "\(audit.summary)")
    #expect(audit.coverage.count == 6)
    #expect(audit.coverage.allSatisfy { $0["assessable"] == "no" && $0["why_not"]?.contains(reason) == true })
    #expect(audit.findings.allSatisfy { $0["dsk_case"] != "1_prevented" })
  }

  @Test("a capture without port 443 proves nothing, and each hour gives the reason")
  func withoutWebPort() throws {
    let audit = try audit([PcapWriter.pcap(sample { !$0.ports.contains(443) })])
    expectNothingPrevented(audit, saying: "nothing to TCP port 443 although names were resolved")
    #expect(audit.summary.contains("of the names resolved only 8 % were then contacted (minimum 25 %)"))
    #expect(audit.coverage.allSatisfy { $0["web_flows"] == "0" })
    #expect(audit.coverage[0]["names_resolved"] == "27" && audit.coverage[0]["names_contacted"] == "3")
  }

  @Test("a capture of only one direction proves nothing, and each hour gives the reason", arguments: [true, false])
  func oneDirection(isDown: Bool) throws {
    let audit = try audit([
      PcapWriter.pcap(sample { isDown ? $0.destinationIsInside : $0.sourceIsInside })
    ])
    expectNothingPrevented(audit, saying: "only one direction of 100 % of the flows (limit 10 %)")
    #expect(audit.coverage.allSatisfy { $0["two_sided_flows"] == "0" && $0["one_sided_flows"] != "0" })
    #expect(audit.summary.contains("not one outbound flow was seen") == isDown)
  }

  @Test("a capture with truncated packets proves nothing, and each hour gives the reason")
  func shortPackets() throws {
    let frames = try SampleFrames.all().map { frame in
      TimedFrame(time: frame.time, bytes: Array(frame.bytes.prefix(96)), originalLength: frame.bytes.count)
    }
    let audit = try audit([PcapWriter.pcap(frames)])
    #expect(audit.firstLine == "Not assessable because:")
    #expect(audit.summary.contains("truncated packets 40.19 % (limit 1 %)"))
    #expect(audit.coverage.allSatisfy { $0["why_not"]?.contains("truncated packets") == true })
    #expect(audit.coverage.compactMap { $0.number("frames_captured_short") }.reduce(0, +) == 2_234)
    #expect(audit.findings.allSatisfy { $0["dsk_case"] != "1_prevented" })
  }

  /// Devices of both groups of the sample, and what each sends.
  private func devices(_ sent: (PacketBuilder, Timestamp) -> [TimedFrame]) -> [TimedFrame] {
    (1...2).flatMap { group in
      (1...4).flatMap { device in
        var builder = PacketBuilder(from: "10.20.\(group).\(10 + device)", to: "203.0.113.9")
        builder.sourceHardware = HardwareAddress(bits: 0x0200_0000_0000 | UInt64(group * 16 + device))
        return sent(builder, Timestamp(seconds: 1_778_479_228 + Int64(group * 60 + device)))
      }
    }.sorted { $0.time < $1.time }
  }

  /// The same; each device asks for a blocked name first.
  private func blocked(_ elsewhere: (PacketBuilder, Timestamp) -> [TimedFrame]) -> [TimedFrame] {
    devices { builder, start in
      var asking = builder
      asking.destination = IPAddress("10.20.0.53")!
      let question = DNSBuilder.query("v10.events.data.microsoft.com", identifier: 7)
      var answer = question
      (answer.isResponse, answer.responseCode) = (true, 3)
      return [
        TimedFrame(time: start, bytes: asking.udp(from: 50_053, to: 53, payload: question.message)),
        TimedFrame(time: start, bytes: asking.reversed.udp(from: 53, to: 50_053, payload: answer.message)),
      ] + elsewhere(builder, start)
    }
  }

  /// Eighteen connections with a hello for `name`, all answered.
  private func connections(_ builder: PacketBuilder, _ start: Timestamp, name: String) -> [TimedFrame] {
    (0..<18).flatMap { number -> [TimedFrame] in
      var conversation = TCPConversation(
        builder, clientPort: 50_100 + UInt16(number), start: start.advanced(by: .seconds(Int64(number) + 1)))
      conversation.open()
      conversation.send(.client, ClientHelloBuilder(name).record)
      conversation.send(.server, [22, 3, 3])
      conversation.close()
      return conversation.frames
    }
  }

  @Test("144 flows into a relay are hidden, none of their bytes is named, and nothing is prevented")
  func relay() throws {
    let audit = try audit([
      PcapWriter.pcap(blocked { connections($0, $1, name: "mask.icloud.com") })
    ])
    let hour = try #require(audit.coverage.first)
    #expect(audit.coverage.count == 1)
    #expect(hour["outbound_flows"] == "144")
    #expect(hour["unexaminable_flows"] == "144")
    #expect(hour["unexaminable_bytes"] == hour["bytes_out"])
    #expect(
      [hour["share_A"], hour["share_B"], hour["share_C"], hour["share_D"]] == ["0.0000", "0.0000", "0.0000", "1.0000"])
    #expect(hour["assessable"] == "no")
    #expect(hour["why_not"]?.contains("hidden 100 % of the flows or bytes (limit 10 %)") == true)
    #expect(audit.firstLine == "Not assessable because:")
    #expect(
      audit.summary.contains(
        "Hidden (VPN, relay, Tor, encrypted DNS, ECH, or without a name): 100 % of the outbound flows, 100 % of the bytes sent."
      ))
    #expect(audit.findings.contains { $0["blocked_attempts"] == "4" })
    #expect(audit.findings.allSatisfy { $0["dsk_case"] == "open" })
  }

  @Test("one device in a relay hides more of its group than of the site")
  func relayOfOneGroup() throws {
    let all = blocked { builder, start in
      let isHidden = builder.source == IPAddress("10.20.2.11")
      return connections(builder, start, name: isHidden ? "mask-h2.icloud.com" : "www.bundesregierung.de")
    }
    let audit = try audit([PcapWriter.pcap(all)])
    // 18 of 144 flows of the site are above the limit, 18 of 72 of the group further so.
    let hidden = audit.findings.filter { $0["group"] == "Sozialamt" }
    #expect(!hidden.isEmpty)
    #expect(hidden.allSatisfy { $0["reason"]?.contains("hidden 25 % of the flows or bytes") == true })
  }

  @Test("Tor, recognised by its handshakes, is hidden; names that were resolved are not")
  func tor() throws {
    let frames = blocked { connections($0, $1, name: "www.ugl2k5tfmd4qa.com") }
    let audit = try audit([PcapWriter.pcap(frames)])
    #expect(audit.coverage[0]["unexaminable_flows"] == "144")
    let plain = try self.audit([PcapWriter.pcap(blocked { connections($0, $1, name: "www.bundesregierung.de") })])
    #expect(plain.coverage[0]["unexaminable_flows"] == "0")
    #expect(plain.coverage[0]["share_A"] == "1.0000")
  }

  @Test("a service that was blocked while the group reached others is prevented only if QUIC would have been seen")
  func proof() throws {
    let web = blocked { connections($0, $1, name: "www.bundesregierung.de") }
    let open = try audit([PcapWriter.pcap(web)])
    let row = try #require(open.findings.first { $0["blocked_attempts"] == "4" })
    #expect(open.firstLine == "Assessable: the coverage keeps all limits.")
    #expect(row["dsk_case"] == "open")
    #expect(row["reason"]?.contains("nothing ever went to UDP port 443") == true)

    let quic = PacketBuilder(from: "10.20.1.11", to: "203.0.113.8")
    let attempt = TimedFrame(
      time: web[0].time, bytes: quic.udp(from: 50_099, to: 443, payload: [UInt8](repeating: 1, count: 40)))
    let proven = try audit([PcapWriter.pcap([attempt] + web)])
    #expect(
      proven.findings.filter { $0["blocked_attempts"] == "4" }.map { $0["dsk_case"] } == ["1_prevented", "1_prevented"])

    let folder = try TemporaryDirectory()
    let text = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    let file = try folder.write(
      text.replacing("minimum_device_days: 4", with: "minimum_device_days: 4, expects_quic: false"), to: "site.yaml")
    let declared = try audit([PcapWriter.pcap(web)], configuration: file)
    #expect(
      declared.findings.filter { $0["blocked_attempts"] == "4" }.map { $0["dsk_case"] } == [
        "1_prevented", "1_prevented",
      ])
  }

  @Test("a group that reached nothing at all in the hour proves nothing")
  func silentGroup() throws {
    let quic = PacketBuilder(from: "10.20.1.11", to: "203.0.113.8")
    var frames = blocked { builder, start in
      builder.source.description.hasPrefix("10.20.1.")
        ? connections(builder, start, name: "www.bundesregierung.de") : []
    }
    frames.insert(
      TimedFrame(
        time: frames[0].time, bytes: quic.udp(from: 50_099, to: 443, payload: [UInt8](repeating: 1, count: 40))), at: 0)
    let audit = try audit([PcapWriter.pcap(frames)])
    let rows = audit.findings.filter { $0["blocked_attempts"] == "4" }.sorted {
      ($0["group"] ?? "") < ($1["group"] ?? "")
    }
    #expect(rows.map { $0["group"] } == ["Bürgeramt", "Sozialamt"])
    #expect(rows.map { $0["dsk_case"] } == ["1_prevented", "open"])
    #expect(rows[1]["reason"]?.contains("on 1 day with attempts the group reached nothing else either") == true)
  }

  @Test("the verdict is the first line if no rule matched and almost nothing is named, and if nothing went out")
  func verdictFirst() throws {
    let asked = { (builder: PacketBuilder, start: Timestamp) in
      var conversation = TCPConversation(builder, serverPort: 8_000, start: start)
      conversation.open()
      conversation.send(.client, [UInt8](repeating: 1, count: 20_000))
      return conversation.frames
    }
    let unnamed = try audit([PcapWriter.pcap(devices(asked))])
    #expect(unnamed.firstLine == "Not assessable because:")
    #expect(unnamed.summary.contains("  named bytes 0 % (minimum 80 %)"))
    #expect(unnamed.summary.contains("No flow matched a rule. This holds only for the observed path and period."))

    let nothing = try audit([
      PcapWriter.pcap(
        devices { builder, start in
          var inward = builder
          inward.destination = IPAddress("10.20.1.200")!
          return [
            TimedFrame(time: start, bytes: inward.udp(from: 50_000, to: 9_999, payload: [1])),
            TimedFrame(time: start, bytes: inward.reversed.udp(from: 9_999, to: 50_000, payload: [1])),
          ]
        })
    ])
    #expect(nothing.summary.hasPrefix("Not assessable because:\n  not one outbound flow was seen: "))
    #expect(nothing.summary.contains("No flow matched a rule. This holds only for the observed path and period."))
  }

  // MARK: Gaps

  private func hours(_ range: Range<Int64>, of frames: [TimedFrame]) -> [TimedFrame] {
    let first = Timestamp(seconds: 1_778_479_200)
    return frames.filter { range.contains($0.time.since(first).seconds / 60) }
  }

  @Test("five minutes cut from the middle of a file appear as an improbable silence")
  func cutFromTheMiddle() throws {
    let all = try SampleFrames.all()
    let audit = try audit([
      PcapWriter.pcap(hours(0..<150, of: all) + hours(155..<360, of: all))
    ])
    #expect(audit.coverage.map { $0["assessable"] } == ["yes", "yes", "no", "yes", "yes", "yes"])
    #expect(audit.coverage[2]["gap_causes"] == "silence: 339")
    #expect(audit.summary.contains("Not everything could be seen: 339 seconds without capture."))
    let whole = try self.audit([PcapWriter.pcap(all)])
    #expect(whole.coverage.allSatisfy { $0["gap_seconds"] == "0" && $0["assessable"] == "yes" })
  }

  @Test(
    "hours of a missing middle file are in coverage as the gate counted them, and consecutive files leave no gap"
  )
  func missingFile() throws {
    let all = try SampleFrames.all()
    let parts = [0..<120, 120..<240, 240..<360].map { PcapWriter.pcap(hours($0, of: all)) }
    let whole = try audit(parts)
    #expect(whole.coverage.map { $0["gap_seconds"] } == ["0", "0", "0", "0", "0", "0"])
    let audit = try audit([parts[0], parts[2]])
    #expect(audit.coverage.map { $0["capture_mode"] } == ["replay", "replay", "none", "none", "replay", "replay"])
    // Answers of DNS were in the missing file: in the hour after it, flows have no name.
    #expect(audit.coverage.map { $0["assessable"] } == ["yes", "yes", "no", "no", "no", "yes"])
    #expect(audit.coverage[4]["why_not"]?.hasPrefix("hidden 12.") == true)
    let missing = audit.coverage[2]
    #expect([missing["gap_seconds"], missing["gap_causes"]] == ["3600", "no_file: 3600"])
    #expect(
      [missing["packets_seen"], missing["bytes_out"], missing["ruleset_hash"]] == ["unknown", "unknown", "unknown"])
    #expect(audit.firstLine == "Not assessable because:")
    #expect(audit.summary.contains("gaps 33."))
  }

  @Test("twelve quiet hours of an office are not a gap: they were captured")
  func quietNight() throws {
    let all = try SampleFrames.all()
    let evening = all.filter { $0.time.seconds < 1_778_479_200 + 3_600 }
    let morning = evening.map { frame in
      TimedFrame(time: frame.time.advanced(by: .seconds(13 * 3_600)), bytes: frame.bytes)
    }
    let audit = try audit([PcapWriter.pcap(evening + morning)])
    #expect(audit.coverage.count == 14)
    #expect(audit.coverage.allSatisfy { $0["gap_seconds"] == "0" && $0["assessable"] == "yes" })
    #expect(audit.coverage[1...12].allSatisfy { $0["packets_seen"] == "0" })
    #expect(audit.firstLine == "Assessable: the coverage keeps all limits.")
  }

  @Test("a campaign is complete if all its hours were captured, and its uncaptured hours are gaps")
  func campaign() throws {
    // 08:00 to 09:00 in Berlin on a Monday and on the Tuesday after.
    let all = try SampleFrames.all().filter { $0.time.seconds < 1_778_479_200 + 3_600 }
    let tuesday = all.map { TimedFrame(time: $0.time.advanced(by: .seconds(86_400)), bytes: $0.bytes) }
    let folder = try TemporaryDirectory()
    let text = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    func configuration(_ campaign: String) throws -> String {
      try folder.write(text + "\ncampaign: \(campaign)\n", to: "site.yaml")
    }
    let days = [PcapWriter.pcap(all), PcapWriter.pcap(tuesday)]
    let undeclared = try audit(days)
    #expect(undeclared.coverage.count == 25)
    #expect(undeclared.firstLine == "Not assessable because:")
    let whole = try audit(
      days,
      configuration: configuration(
        "{ first_day: 2026-05-11, last_day: 2026-05-17, days: [mon, tue], from: 8, to: 9 }"))
    #expect(whole.coverage.map { $0["hour_utc"] } == ["2026-05-11T06:00:00Z", "2026-05-12T06:00:00Z"])
    #expect(whole.firstLine == "Assessable: the coverage keeps all limits.")
    let longer = try audit(
      days,
      configuration: configuration(
        "{ first_day: 2026-05-11, last_day: 2026-05-15, days: [mon, tue, wed], from: 8, to: 9 }"))
    #expect(longer.coverage.map { $0["capture_mode"] } == ["replay", "replay", "none"])
    #expect(longer.coverage[2]["hour_utc"] == "2026-05-13T06:00:00Z")
    #expect(longer.summary.contains("gaps 33."))
    let early = try audit(
      [PcapWriter.pcap(all.filter { $0.time.seconds >= 1_778_479_200 + 1_200 }), PcapWriter.pcap(tuesday)],
      configuration: configuration(
        "{ first_day: 2026-05-11, last_day: 2026-05-12, days: [mon, tue], from: 8, to: 9 }"))
    #expect(try #require(early.coverage[0].number("gap_seconds")) >= 1_200)
    #expect(early.coverage[0]["gap_causes"]?.hasPrefix("no_file: ") == true)
  }

  @Test(
    "the dropped packets that a recording states are in coverage and in the gate; without a statement they are unknown")
  func statedDrops() throws {
    let all = try SampleFrames.all()
    func recording(dropped: UInt64?) -> [UInt8] {
      PcapWriter.pcapng(all, dropped: dropped)
    }
    let silent = try audit([recording(dropped: nil)])
    #expect(silent.coverage.allSatisfy { $0["packets_dropped_kernel"] == "unknown" })
    let none = try audit([recording(dropped: 0)])
    #expect(none.coverage.allSatisfy { $0["packets_dropped_kernel"] == "0" })
    let lossy = try audit([recording(dropped: 600)])
    #expect(lossy.coverage.map { $0["packets_dropped_kernel"] } == Array(repeating: "unknown", count: 5) + ["600"])
    #expect(lossy.summary.contains("  loss 9.75 % (limit 1 %)"))
  }

  // MARK: Older stores

  @Test("a store from before these measurements is migrated, and the missing values are unknown")
  func firstVersion() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("a.sqlite")
    try Project.replay([Project.sample], into: store)
    let before = try AuditDatabase(path: store, mode: .readExisting).chainHead()
    // As a version without this step left it.
    let sqlite = try #require(Tool.find("/usr/bin/sqlite3"))
    let columns = [
      "unexaminable_flows", "unexaminable_bytes", "two_sided_flows", "one_sided_flows", "web_flows", "quic_flows",
      "names_resolved", "names_contacted", "frames_captured_short", "drop_statements",
    ]
    let script =
      columns.map { "ALTER TABLE coverage_hour DROP COLUMN \($0);" }.joined()
      + "DROP TABLE group_hour; DROP TABLE capture_span; DELETE FROM schema_migration WHERE identifier LIKE 'V0002%';"
    #expect(try Tool.run(sqlite, [store, script]).code == 0)

    let upgraded = try AuditDatabase(path: store, mode: .maintain)
    #expect(try upgraded.verifyChain(knownHead: before) == .intact(head: before))
    _ = try upgraded.checkValues()
    upgraded.close()
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let hours = try #require(try database.period())
    #expect(try database.coverage(in: hours).allSatisfy { $0.coverage.sight == nil })
    var bytes: [UInt8] = []
    try Exporter.write(.coverage, profile: .rfc4180, database: database) { bytes += $0 }
    let records = FieldCase.records(of: String(decoding: bytes, as: UTF8.self))
    let place = try #require(records[0].firstIndex(of: "unexaminable_flows"))
    #expect(records.dropFirst().map { $0[place] } == Array(repeating: "unknown", count: 6))
    let summary = try AuditSummary.text(database: database, language: .english)
    #expect(summary.contains("at least 0.4 % of the outbound flows, at least 0.3 % of the bytes sent"))
    bytes = []
    try Exporter.write(.findings, profile: .rfc4180, database: database) { bytes += $0 }
    #expect(!String(decoding: bytes, as: UTF8.self).contains("1_prevented"))
  }
}
