import Foundation
import TestSupport
import Testing

@Suite("The verb retention")
struct RetentionCommandTests {
  let folder: TemporaryDirectory
  let store: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("audit.sqlite")
    try Project.replay([Project.sample], into: store)
  }

  private func configuration(_ retention: String) throws -> String {
    let sample = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    return try folder.write(sample + retention + "\n", to: "site.yaml")
  }

  /// The sample was captured on 11 May 2026: all of it is older than a day, and younger than a hundred years.
  @Test("counts beforehand, deletes older rows, and lists the deletion in store and exports")
  func deletes() throws {
    let file = try configuration("retention: { evidence_days: 1, usage_days: 36500 }")
    let preview = try Program.run(["retention", "delete", "--config", file, "--store", store, "--dry-run"])
    #expect(preview.code == 0)
    let lines = preview.output.split(separator: "\n")
    #expect(lines.count == 4)
    let rows = try #require(lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) })
    #expect(rows > 100)
    #expect(lines[0] == "evidence: \(rows) rows older than 1 days would be deleted")
    #expect(lines[1] == "usage: 0 rows older than 36500 days would be deleted")
    #expect(lines[2] == "coverage: kept indefinitely")
    #expect(lines[3] == "undescribed: kept indefinitely")
    #expect(
      try Program.run(["retention", "list", "--store", store]).output == "none: no stored row was deleted\n")

    let done = try Program.run(["retention", "delete", "--config", file, "--store", store])
    #expect(done.code == 0)
    #expect(done.output.hasPrefix("evidence: \(rows) rows older than 1 days deleted\n"))
    let list = try Program.run(["retention", "list", "--store", store])
    #expect(list.output.contains("single flows, observed before 2026-05-12T00:00:00Z: \(rows) rows deleted"))
    let flows = try Program.run(["export", "flows", "--store", store, "--profile", "rfc4180", "--output", "-"])
    #expect(flows.output.split(whereSeparator: \.isNewline).count == 1)
    let findings = try Program.run(["export", "findings", "--store", store, "--profile", "rfc4180", "--output", "-"])
    #expect(findings.output.split(whereSeparator: \.isNewline).count > 10)
  }

  @Test(
    "reports what is wrong with the times",
    arguments: [
      ("", "no retention times are set, so nothing was deleted"),
      ("retention: { evidence_days: 0 }", "expected a whole number of days from 1 to 36500"),
      ("retention: { evidence: 90 }", "unknown key 'evidence' in 'retention'"),
      ("retention: { usage_days: 90 }", "single flows would be kept longer than their sums"),
    ])
  func faults(retention: String, message: String) throws {
    let file = try configuration(retention)
    let run = try Program.run(["retention", "delete", "--config", file, "--store", store])
    #expect(run.code == 3)
    #expect(run.said.contains(message))
    #expect(run.output == "")
  }
}
