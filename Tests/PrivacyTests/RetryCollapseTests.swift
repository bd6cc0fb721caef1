import Model
import Privacy
import Testing

@Suite("Retry collapse")
struct RetryCollapseTests {
  func device(_ number: UInt64) -> DeviceIdentity { .hardware(HardwareAddress(bits: number)) }

  func attempt(
    _ collapse: inout RetryCollapse, device number: UInt64 = 1, rule: String = "a", from start: Int64, to end: Int64
  ) -> Bool {
    collapse.isRetry(
      device: device(number), ruleID: rule, start: Timestamp(seconds: start), end: Timestamp(seconds: end))
  }

  @Test("counts an attempt within 60 s of the last one's end as its retry, and not later")
  func window() {
    var collapse = RetryCollapse()
    #expect(!attempt(&collapse, from: 0, to: 10))
    #expect(attempt(&collapse, from: 70, to: 71))
    #expect(attempt(&collapse, from: 131, to: 131))
    #expect(!attempt(&collapse, from: 192, to: 192))
  }

  @Test("keeps the latest end if an earlier attempt is reported later")
  func order() {
    var collapse = RetryCollapse()
    #expect(!attempt(&collapse, from: 0, to: 100))
    #expect(attempt(&collapse, from: 10, to: 20))
    #expect(attempt(&collapse, from: 160, to: 160))
  }

  @Test("distinguishes devices and rules")
  func apart() {
    var collapse = RetryCollapse()
    #expect(!attempt(&collapse, device: 1, rule: "a", from: 0, to: 0))
    #expect(!attempt(&collapse, device: 2, rule: "a", from: 0, to: 0))
    #expect(!attempt(&collapse, device: 1, rule: "b", from: 0, to: 0))
    #expect(attempt(&collapse, device: 1, rule: "b", from: 1, to: 1))
  }

  @Test("evicts the least recently used pairs, and counts those evicted too early")
  func bound() {
    var collapse = RetryCollapse(capacity: 4)
    for number in 1...4 { #expect(!attempt(&collapse, device: UInt64(number), from: 0, to: 0)) }
    // Newer half 3, 4; older half 1, 2. Device 1 is asked for again and moves; 2 goes.
    #expect(attempt(&collapse, device: 1, from: 1, to: 1))
    #expect(collapse.evictedEarly == 1)
    #expect(attempt(&collapse, device: 3, from: 1, to: 1))
    #expect(attempt(&collapse, device: 4, from: 1, to: 1))
    #expect(collapse.evictedEarly == 1)
    #expect(!attempt(&collapse, device: 2, from: 1, to: 1))
  }

  @Test("does not count evictions after the minute")
  func late() {
    var collapse = RetryCollapse(capacity: 2)
    for number in 1...5 {
      #expect(!attempt(&collapse, device: UInt64(number), from: Int64(number) * 100, to: Int64(number) * 100))
    }
    #expect(collapse.evictedEarly == 0)
  }
}
