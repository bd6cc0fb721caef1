import Model
import Privacy
import Testing

@Suite("Retention policy")
struct RetentionPolicyTests {
  @Test("a class is kept for whole days after the day of observation, one without a time indefinitely")
  func cutoff() throws {
    let policy = try #require(RetentionPolicy(days: [.evidence: 90, .usage: 400]))
    #expect(policy.cutoff(.evidence, on: 100) == Hour(sinceEpoch: 240))
    #expect(policy.cutoff(.usage, on: 500) == Hour(sinceEpoch: 2_400))
    #expect(policy.cutoff(.coverage, on: 500) == nil)
    #expect(RetentionPolicy.keepAll.cutoff(.evidence, on: 500) == nil)
  }

  @Test(
    "data that reveals more is never kept longer than data that reveals less",
    arguments: [
      ([DataClass.evidence: 90, .usage: 90, .coverage: 90], true), ([.evidence: 90], true), ([:], true),
      ([.usage: 90], false), ([.evidence: 91, .usage: 90], false), ([.evidence: 1, .usage: 91, .coverage: 90], false),
      ([.evidence: 91, .coverage: 90], false),
    ] as [([DataClass: Int], Bool)])
  func order(days: [DataClass: Int], isLegal: Bool) {
    #expect((RetentionPolicy(days: days) != nil) == isLegal)
  }
}
