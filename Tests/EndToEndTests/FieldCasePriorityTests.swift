import Foundation
import Testing

@Suite("The priorities of the field case's findings", .serialized)
struct FieldCasePriorityTests {
  @Test(
    "the device that still gets through after the block is the first row, with its counts in the first sentence",
    arguments: FieldCase.seeds, [true, false])
  func hiddenFirst(seed: Int, isWholePeriod: Bool) throws {
    let field = try FieldCase.with(seed: seed)
    let rows = try field.table("findings", from: isWholePeriod ? nil : field.site.measure_day)
    #expect(rows.map { $0["rank"] } == (1...rows.count).map(String.init))
    let first = try #require(rows.first)
    #expect(first.finding == field.hidden)
    #expect(first["priority"] == "high")
    let attempts = try #require(first["blocked_attempts"])
    #expect(first["reason"]?.hasPrefix("Although \(attempts) attempts have been blocked since ") == true)
    #expect(first["reason"]?.contains(" got through, from 1 of \(first["devices_observed"] ?? "-") devices") == true)
  }

  @Test(
    "at most a third of the rows are high, each class is used, and rows with only blocked attempts are low",
    arguments: FieldCase.seeds, [true, false])
  func classes(seed: Int, isWholePeriod: Bool) throws {
    let field = try FieldCase.with(seed: seed)
    let rows = try field.table("findings", from: isWholePeriod ? nil : field.site.measure_day)
    let count = { (word: String) in rows.count { $0["priority"] == word } }
    #expect(count("high") * 3 <= rows.count)
    for word in ["high", "medium", "low"] { #expect(count(word) > 3, "\(word)") }
    #expect(count("high") + count("medium") + count("low") == rows.count)
    let onlyBlocked = rows.filter { $0["sessions"] == "0" && $0["devices_seen"] == "0" }
    #expect(onlyBlocked.allSatisfy { $0["priority"] == "low" })
    #expect(onlyBlocked.isEmpty == isWholePeriod)
  }

  @Test("updates, licences and sign-in are not lifted by the secrecy zone: never high", arguments: FieldCase.seeds)
  func zone(seed: Int) throws {
    let rows = try FieldCase.with(seed: seed).table("findings").filter { $0["group"] == "Sozialamt" }
    let machine = rows.filter { ["update_security", "licence", "required_service"].contains($0["purpose_class"]) }
    #expect(!machine.isEmpty)
    #expect(machine.allSatisfy { $0["priority"] != "high" })
    #expect(
      machine.allSatisfy { $0["reason"]?.contains("Secrecy zone: yes, does not raise the severity") == true })
  }
}
