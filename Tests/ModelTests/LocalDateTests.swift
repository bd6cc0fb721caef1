import Model
import Testing

@Suite("Dates")
struct LocalDateTests {
  @Test(
    "a date without a day, or without day and month, means all days of that month or year",
    arguments: [
      ("2024-02-29", "2024-02-29", "2024-02-29"), ("2024-02", "2024-02-01", "2024-02-29"),
      ("2023-02", "2023-02-01", "2023-02-28"), ("2023-12", "2023-12-01", "2023-12-31"),
      ("2023", "2023-01-01", "2023-12-31"),
    ])
  func meant(text: String, first: String, last: String) {
    let days = LocalDate.days(meantBy: text)
    #expect(days?.lowerBound.description == first)
    #expect(days?.upperBound.description == last)
  }

  @Test(
    "what is no date means no day",
    arguments: ["", "20", "2024-13", "2023-02-29", "2024-00", "24-01-01", "2024-1-1", "2024/01", "+024", "2024-01-"])
  func none(text: String) {
    #expect(LocalDate.days(meantBy: text) == nil)
  }

  @Test("an instant is written in UTC to the second, also before 1970")
  func instant() {
    #expect(Timestamp(seconds: 1_778_479_200).isoText == "2026-05-11T06:00:00Z")
    #expect(Timestamp(seconds: -1).isoText == "1969-12-31T23:59:59Z")
  }
}
