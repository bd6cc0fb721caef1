import TestSupport
import Testing

@Suite("The order of the field case's findings compared with that of a person who knows what happened", .serialized)
struct FieldCaseExpectationTests {
  /// Findings of which the makers say `word`.
  private func expected(_ word: String, _ field: FieldCase) -> [[String]] {
    field.truth.filter { $0["expected"] == word }.map(\.finding)
  }

  @Test("no row that can wait is among the first ten, and the leak is", arguments: FieldCase.seeds)
  func firstTen(seed: Int) throws {
    let field = try FieldCase.with(seed: seed)
    let ten = try field.table("findings").filter { (1...10).contains($0.number("rank") ?? 0) }.map(\.finding)
    #expect(ten.count == 10)
    let wait = expected("later", field) + expected("low", field)
    #expect(wait.count > 20)
    #expect(ten.filter { wait.contains($0) } == [])
    #expect(expected("first_5", field) == [field.hidden] && ten.contains(field.hidden))
  }

  @Test("services that run the PCs and reveal little about people are low", arguments: FieldCase.seeds)
  func low(seed: Int) throws {
    let field = try FieldCase.with(seed: seed)
    let low = expected("low", field)
    // The number of a file in the path of an update is told as an identifier of the device in the clear, which lifts
    // its severity.
    let update = "Windows Update and delivery"
    let others = try field.table("findings").filter { low.contains($0.finding) && $0["priority"] != "low" }
    #expect(others.allSatisfy { $0["service"] == update && $0["priority"] == "medium" })
    #expect(low.contains { $0.contains(update) } && low.contains { !$0.contains(update) })
  }
}
