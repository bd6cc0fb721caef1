import Model
import Testing

@testable import Auditing

@Suite("The number of single flows that an audit stores is limited, so that no sender can fill the disk")
struct EvidenceAllowanceTests {
  private static let noon: Int64 = 1_700_000_000

  /// Rows that `count` flows in one second get.
  private func rows(
    of count: Int, at second: Int64, _ allowance: inout EvidenceAllowance, _ device: inout EvidenceAllowance.Device
  ) -> Int {
    (0..<count).count { _ in allowance.take(at: Timestamp(seconds: second), of: &device) }
  }

  @Test("one device gets 4,096 rows at once, and then 32 in each second")
  func device() {
    var allowance = EvidenceAllowance()
    var device = EvidenceAllowance.Device()
    #expect(rows(of: 10_000, at: Self.noon, &allowance, &device) == 4_096)
    #expect(rows(of: 1_000, at: Self.noon, &allowance, &device) == 0)
    #expect(rows(of: 1_000, at: Self.noon + 1, &allowance, &device) == 32)
    #expect(rows(of: 1_000, at: Self.noon + 11, &allowance, &device) == 320)
    #expect(rows(of: 10_000, at: Self.noon + 100_000, &allowance, &device) == 4_096)
  }

  @Test("all devices together get 16,384 rows at once, and then 256 in each second, however many addresses are forged")
  func whole() {
    var allowance = EvidenceAllowance()
    func flood(at second: Int64) -> Int {
      (0..<40_000).count { _ in
        var device = EvidenceAllowance.Device()
        return allowance.take(at: Timestamp(seconds: second), of: &device)
      }
    }
    #expect(flood(at: Self.noon) == 16_384)
    #expect(flood(at: Self.noon + 1) == 256)
    #expect(flood(at: Self.noon + 3) == 512)
  }

  @Test("a device that uses up its share takes no row from the others")
  func fairness() {
    var allowance = EvidenceAllowance()
    var (loud, quiet) = (EvidenceAllowance.Device(), EvidenceAllowance.Device())
    var quietRows = 0
    for second in 0..<3_600 as Range<Int64> {
      _ = rows(of: 20_000, at: Self.noon + second, &allowance, &loud)
      quietRows += rows(of: 1, at: Self.noon + second, &allowance, &quiet)
    }
    #expect(quietRows == 3_600)
  }

  @Test("the busiest hour of 1,000 PCs gets a row for each flow: 200 a second, and 2,000 at once each minute")
  func ordinary() {
    var allowance = EvidenceAllowance()
    var devices = Array(repeating: EvidenceAllowance.Device(), count: 1_000)
    var (flows, kept) = (0, 0)
    for second in 0..<3_600 as Range<Int64> {
      for _ in 0..<(second % 60 == 0 ? 2_000 : 200) {
        if allowance.take(at: Timestamp(seconds: Self.noon + second), of: &devices[flows * 7 % 1_000]) { kept += 1 }
        flows += 1
      }
    }
    #expect(kept == flows)
  }

  @Test("a record that comes late takes a row of now, and a clock that was set back by hours refills again")
  func times() {
    var allowance = EvidenceAllowance()
    var device = EvidenceAllowance.Device()
    #expect(rows(of: 5_000, at: Self.noon, &allowance, &device) == 4_096)
    // Late records move no time, so that they and those after them refill nothing twice.
    #expect(rows(of: 10, at: Self.noon - 7_440, &allowance, &device) == 0)
    #expect(rows(of: 10, at: Self.noon, &allowance, &device) == 0)
    // After a step back, rows come with each second again.
    #expect(rows(of: 10, at: Self.noon - 20_000, &allowance, &device) == 0)
    #expect(rows(of: 100, at: Self.noon - 19_999, &allowance, &device) == 32)
    // No time traps.
    for second in [-9_000_000_000, 9_000_000_000, -9_000_000_000] as [Int64] {
      _ = rows(of: 1, at: second, &allowance, &device)
    }
    #expect(rows(of: 10_000, at: 9_000_000_000, &allowance, &device) == 4_096)
  }
}
