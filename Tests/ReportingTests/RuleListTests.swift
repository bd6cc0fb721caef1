import Foundation
import Model
import RuleTestSupport
import Rules
import Testing

@testable import Reporting

@Suite("List of all patterns for other programs")
struct RuleListTests {
  private func list() throws -> RuleList { RuleList(try RuleSet(directory: goodDirectory), day: 20_000) }

  @Test("has one row for each pattern and range, with the sources that name it; the same rules give the same bytes")
  func csv() throws {
    let bytes = try list().bytes(.csv)
    #expect(bytes == (try list().bytes(.csv)))
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    #expect(lines.count == 1 + 7 + 1)
    #expect(
      lines[0].hasPrefix(
        "\"pattern\",\"match\",\"vendor\",\"service\",\"service_title\",\"purpose\",\"kind\",\"level\",\"recipient\",\"recipient_seat\""
      ))
    let row = try #require(lines.first { $0.hasPrefix("\"v10.events.example.net\"") })
    #expect(
      row.hasPrefix(
        "\"v10.events.example.net\",\"host\",\"Example\",\"example-telemetry\",\"Example diagnostics\",\"telemetry\",\"telemetry\",\"required\",\"Example Corporation\",\"NO\",\"yes\",\"\",\"\",\"\",\"Example Office 11|Example Desktop\",\"\",\"yes\",\"Example handbook|Example list\",\"table row \"\"Events\"\"|line 7\",\"vendor|blocklist\",\"2024-03|2023\",\"|\",\"\",\"2026-11-24\""
      ))
    let star = try #require(lines.first { $0.hasPrefix("\"*.events.example.net\"") })
    #expect(star.contains(",\"below\",") && star.contains("\"tenant\"") && !star.contains("blocklist"))
    #expect(lines.contains { $0.hasPrefix("\"192.0.2.0/24\",\"address_range\"") })
    #expect(lines.contains { $0.hasPrefix("\"watson.*.example.net\",\"wildcard\"") })
  }

  @Test("is valid JSON with the same rows")
  func json() throws {
    let bytes = try list().bytes(.json)
    #expect(bytes == (try list().bytes(.json)))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let ruleSet = try #require(object["rule_set"] as? [String: String])
    #expect(ruleSet["version"] == "2026.11.1")
    let rows = try #require(object["patterns"] as? [[String: Any]])
    #expect(rows.count == 7)
    let row = try #require(rows.first { $0["pattern"] as? String == "v10.events.example.net" })
    #expect(row["purpose"] as? String == "telemetry")
    let sources = try #require(row["sources"] as? [[String: Any]])
    #expect(sources.map { $0["kind"] as? String } == ["vendor", "blocklist"])
    #expect(sources.map { $0["names_pattern"] as? Bool } == [true, true])
    #expect((row["recipient"] as? [String: Any])?["parent_seat"] as? String == "US")
  }
}
