import Foundation
import Model
import ReportTestSupport
import Store
import TestSupport
import Testing

@testable import Reporting

@Suite struct StoredAuditTests {
  @Test("A stored audit is exported as findings, transfers, coverage and claims")
  func stored() throws {
    let directory = try TemporaryDirectory()
    let path = directory.url.path + "/audit.sqlite"
    let hour = Example.hour("2026-05-11", 6)
    let writer = try AuditDatabase(path: path, mode: .capture)
    let session = try writer.beginSession(
      sensor: "gw1", captureMode: "replay", interface: "file", toolVersion: "0.1.0",
      ruleSet: RuleSetStamp(version: "2026.4.1", hash: Example.hash, date: "2026-04-01"), rules: [Example.rule()],
      settings: Example.settings(), exportSalt: Array(repeating: 7, count: 32))
    var batch = AuditBatch()
    batch.flows = (UInt8(1)...6).map { Example.flow(hour, device: $0, sequence: Int64($0)).flow }
    batch.coverage = [Example.sensorHour(hour).coverage]
    batch.presence = Set(
      (UInt8(1)...8).map { DevicePresence(day: hour.dayUTC, group: "Sozialamt", device: Example.device($0)) })
    try writer.append(batch, to: session)
    try writer.endSession(session, packets: 10_000)

    let database = try AuditDatabase(path: path, mode: .readExisting)
    let files = try Exporter.run(
      ExportRequest(profile: .rfc4180, outputDirectory: directory.url.path + "/report"), database: database)
    #expect(files.compactMap(\.rows) == [1, 1, 1, 0, 0, 0, 0])
    var streamed: [UInt8] = []
    try Exporter.write(.findings, profile: .rfc4180, database: database) { streamed += $0 }
    #expect(try Data(contentsOf: URL(fileURLWithPath: files[0].path)) == Data(streamed))
    let period = try AuditPeriod(source: database, from: nil, to: nil)
    let finding = try #require(try period.findings().first)
    #expect(finding.totals.sessions == 6)
    #expect(finding.totals.devicesSeen.count == 6)
    #expect(finding.group.devices == 8)
    #expect(String(decoding: streamed, as: UTF8.self).contains("|\(finding.id)\""))
    #expect(try AuditSummary.text(database: database, language: .german).contains("8 Geräte und 20 Datenflüsse"))
  }

  @Test("Two threads that read the sums of a period give the same tables as one")
  func twoThreads() throws {
    let directory = try TemporaryDirectory()
    let path = directory.url.path + "/audit.sqlite"
    let writer = try AuditDatabase(path: path, mode: .capture)
    let session = try writer.beginSession(
      sensor: "gw1", captureMode: "replay", interface: "file", toolVersion: "0.1.0",
      ruleSet: RuleSetStamp(version: "2026.4.1", hash: Example.hash, date: "2026-04-01"), rules: [Example.rule()],
      settings: Example.settings(), exportSalt: Array(repeating: 7, count: 32))
    for (number, day) in ["2026-05-11", "2026-05-12", "2026-05-13", "2026-05-14"].enumerated() {
      let hour = Example.hour(day, 6)
      var batch = AuditBatch()
      batch.flows = (UInt8(number)...9).map { Example.flow(hour, device: $0, sequence: Int64($0)).flow }
      batch.coverage = [Example.sensorHour(hour).coverage]
      batch.presence = Set(
        (UInt8(0)...9).map { DevicePresence(day: hour.dayUTC, group: "Sozialamt", device: Example.device($0)) })
      try writer.append(batch, to: session)
    }
    try writer.endSession(session, packets: 10_000)

    let one = try AuditDatabase(path: path, mode: .readExisting)
    let two = try AuditDatabase(path: path, mode: .readExisting, hasTwin: true)
    #expect(two.twin != nil)
    #expect(
      try Exporter.bytes(of: ExportTable.withoutDevices, profiles: [.rfc4180], database: two)
        == Exporter.bytes(of: ExportTable.withoutDevices, profiles: [.rfc4180], database: one))
    let period = try AuditPeriod(source: two, from: nil, to: nil)
    let totals = try #require(try period.findings().first?.totals)
    #expect(totals.sessions == 34)
    #expect(totals.devicesSeen.count == 10)
    #expect(totals.activeDays.count == 4)
    #expect(totals.firstHour == Example.hour("2026-05-11", 6))
    #expect(totals.lastHour == Example.hour("2026-05-14", 6))
  }
}
