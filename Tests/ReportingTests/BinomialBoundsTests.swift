import Foundation
import Testing

@testable import Reporting

@Suite("Exact binomial bounds")
struct BinomialBoundsTests {
  private func percent(_ share: Double) -> String { String(format: "%.3f", share * 100) }

  @Test(
    "The upper 95 % bound for nothing seen is that of published tables",
    arguments: [
      (1, "95.000"), (10, "25.887"), (30, "9.503"), (59, "4.951"), (60, "4.870"), (100, "2.951"), (299, "0.997"),
      (3_000, "0.100"),
    ])
  func nothingSeen(trials: Int, expected: String) {
    #expect(percent(BinomialBounds.upper(0, of: trials, error: 0.05)) == expected)
  }

  /// Ends of two-sided 95 % intervals (Clopper and Pearson), which are one-sided bounds of 97.5 %.
  @Test(
    "Both bounds for something seen are those of published tables",
    arguments: [
      (1, 10, "0.253", "44.502"), (5, 10, "18.709", "81.291"), (9, 10, "55.498", "99.747"), (2, 100, "0.243", "7.038"),
      // R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I.
      (81, 263, "25.274", "36.762"), (15, 148, "5.784", "16.165"), (1, 29, "0.087", "17.764"),
    ])
  func somethingSeen(seen: Int, trials: Int, low: String, high: String) {
    #expect(percent(BinomialBounds.lower(seen, of: trials, error: 0.025)) == low)
    #expect(percent(BinomialBounds.upper(seen, of: trials, error: 0.025)) == high)
  }

  /// With all devices at work on each day and a canary seen in each of its hours; see the first month in docs/claims.md.
  @Test(
    "a claim meets its limit after as many days as its description says",
    arguments: [
      (5, 15, 74), (10, 8, 37), (20, 4, 19), (40, 2, 10), (100, 1, 4), (1_000, 1, 1),
    ])
  func daysUntilAssessable(devices: Int, forFivePercent: Int, forOnePercent: Int) {
    func figures(_ days: Int) -> ClaimFigures {
      var figures = ClaimFigures()
      figures.deviceDays = devices * days
      figures.detectionFloor = BinomialBounds.lower(24 * days, of: 24 * days, error: 0.025)
      return figures
    }
    for (limit, days) in [(0.05, forFivePercent), (0.01, forOnePercent)] {
      #expect(figures(days).boundOverDeviceDays <= limit)
      #expect(days == 1 || figures(days - 1).boundOverDeviceDays > limit)
      // What a report says suffices is the least number that does.
      var exact = figures(days)
      exact.deviceDays = exact.deviceDays(for: limit) ?? 0
      #expect(exact.boundOverDeviceDays <= limit)
      exact.deviceDays -= 1
      #expect(exact.deviceDays == 0 || exact.boundOverDeviceDays > limit)
    }
    #expect(figures(3).deviceDays(for: 0) == nil)
  }

  @Test("All seen leaves the bound of nothing missed, and no trial bounds nothing")
  func ends() {
    #expect(percent(BinomialBounds.lower(336, of: 336, error: 0.025)) == "98.908")
    #expect(BinomialBounds.upper(0, of: 0, error: 0.05) == 1)
    #expect(BinomialBounds.upper(7, of: 7, error: 0.05) == 1)
    #expect(BinomialBounds.lower(0, of: 7, error: 0.05) == 0)
    #expect(BinomialBounds.lower(0, of: 0, error: 0.05) == 0)
  }

  @Test("At the bound, so few are just as probable as the error, summed term by term")
  func definition() {
    for (seen, trials, error) in [(1, 20, 0.05), (3, 50, 0.025), (12, 40, 0.1), (39, 40, 0.05)] {
      let bound = BinomialBounds.upper(seen, of: trials, error: error)
      let probability = (0...seen).reduce(0.0) { sum, count in
        let choices = (0..<count).reduce(1.0) { $0 * Double(trials - $1) / Double($1 + 1) }
        return sum + choices * pow(bound, Double(count)) * pow(1 - bound, Double(trials - count))
      }
      #expect(abs(probability - error) < 1e-9)
    }
  }

  @Test("A great number of trials neither overflows nor vanishes")
  func great() {
    let bound = BinomialBounds.upper(40_000, of: 1_000_000, error: 0.025)
    #expect(percent(bound) == "4.039")
    #expect(BinomialBounds.upper(0, of: .max, error: 0.05) > 0)
  }
}
