import Foundation
import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite("Exports after deletions")
struct DeletionTests {
  private static func deletion(
    _ dataClass: DataClass, before: Hour, rows: UInt64 = 7, id: Int64 = 1, day: String = "2026-04-01"
  ) -> Deletion {
    Deletion(
      id: id, chainSequence: 40 + id, dataClass: dataClass, before: before, rows: rows, day: LocalDate(day)!.day,
      toolVersion: "0.1.0")
  }

  /// Three days from 28 March in UTC, of which the sums before noon UTC of the 29th are gone.
  private static var source: MemorySource {
    var source = Example.smallMorning()
    source.usage = []
    source.rows = (0..<72).map { Example.sensorHour(Hour(sinceEpoch: LocalDate("2026-03-28")!.day * 24 + $0)) }
    source.deleted = [deletion(.usage, before: Example.hour("2026-03-29", 12))]
    return source
  }

  @Test("begin where the sums begin, since hours without sums would look like hours without transfers")
  func clipped() throws {
    let period = try AuditPeriod(source: Self.source, from: nil, to: nil)
    #expect(SiteClock.isoText(period.hours.lowerBound) == "2026-03-29T12:00:00Z")
    #expect(period.coverage.count == 36)
  }

  @Test("refuse days whose sums are deleted, and name the first whole day")
  func refused() throws {
    let day = LocalDate("2026-03-29")!
    #expect(throws: ReportingError.deleted(from: day, firstKept: LocalDate("2026-03-30")!)) {
      try AuditPeriod(source: Self.source, from: day, to: nil)
    }
    #expect(
      ReportingError.deleted(from: day, firstKept: LocalDate("2026-03-30")!).description
        == "What was observed on 2026-03-29 was deleted when its retention time had passed. Choose 2026-03-30 or a later day for --from; coverage alone goes back further."
    )
    #expect(try AuditPeriod(source: Self.source, from: LocalDate("2026-03-30"), to: nil).coverage.count == 26)
  }

  @Test("of coverage alone begin where the coverage begins")
  func coverageAlone() throws {
    var csv: [UInt8] = []
    try Exporter.write(.coverage, profile: .rfc4180, from: LocalDate("2026-03-28"), to: nil, source: Self.source) {
      csv += $0
    }
    #expect(String(decoding: csv, as: UTF8.self).split(whereSeparator: \.isNewline).count == 1 + 72)
  }

  @Test("list all deletions in the legend, in both languages, without what shows how much happened on the deleted days")
  func legend() throws {
    func legend(_ source: MemorySource) throws -> String {
      let period = try AuditPeriod(source: source, from: nil, to: nil)
      return String(
        decoding: try Legend(period: period, profile: .officeGerman, tables: [.coverage]).html(), as: UTF8.self)
    }
    var source = Self.source
    source.deleted.append(Self.deletion(.usage, before: Example.hour("2026-03-29", 13), rows: 3, id: 2))
    source.deleted.append(Self.deletion(.evidence, before: Example.hour("2026-03-30", 0), id: 3, day: "2026-04-02"))
    let told = try legend(source)
    #expect(
      told.contains(
        "<li>Summen je Gerät und Stunde, beobachtet vor 29.03.2026 15:00:00: gelöscht, zuletzt am 01.04.2026</li>"
      ))
    #expect(
      told.contains(
        "<li>single flows, observed before 2026-03-30T00:00:00Z: deleted, last on 2026-04-02</li>"
      ))
    source.deleted = []
    #expect(try legend(source).contains("<li>keine: alles Gespeicherte ist noch da</li>"))
  }
}
