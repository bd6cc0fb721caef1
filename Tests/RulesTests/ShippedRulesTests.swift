import Documents
import Foundation
import Model
import RuleTestSupport
import Rules
import Testing

@Suite("The shipped rules")
struct ShippedRulesTests {
  private static let directory = fixtures.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "rules").path

  private func facts(_ name: String) throws -> RuleFacts {
    try #require(try RuleSet(directory: Self.directory).verdict(for: destination(name))?.facts, "\(name)")
  }

  @Test(
    "report telemetry that a broader pattern would hide as telemetry",
    arguments: [
      "upload.fp.measure.office.com", "measure.office.net", "telemetry.business.githubcopilot.com",
      "us-v20.events.endpoint.security.microsoft.com",
    ])
  func telemetry(name: String) throws {
    #expect(try facts(name).purpose == .telemetry)
  }

  @Test("name the host that tells Office which events to send, with the reason why it is no telemetry itself")
  func eventRules() throws {
    let name = "otelrules.svc.static.microsoft"
    let verdict = try #require(try RuleSet(directory: Self.directory).verdict(for: destination(name)))
    #expect(verdict.matchedPattern == name)
    #expect(verdict.facts.purpose == .telemetry || verdict.facts.purposeReason != nil)
  }

  @Test("never report a name that suggests telemetry and that no rule names as a function that users call")
  func unknownNames() throws {
    let rules = try RuleSet(directory: Self.directory)
    for domain in ["office.com", "office.net", "microsoft.com", "microsoft365.com", "githubcopilot.com"] {
      for label in ["telemetry-new", "measurement7", "events-eu", "stats", "crashes", "rum3"] {
        let name = "\(label).some-new-service.\(domain)"
        guard let facts = rules.verdict(for: destination(name))?.facts else { continue }
        #expect([.telemetry, .advertising, .unknown].contains(facts.purpose), "\(name): \(facts.id)")
      }
    }
  }

  @Test("have no fault that lint finds")
  func lint() {
    #expect(RuleLint.check(RuleSource(Self.directory)).prefix(3).map(\.description) == [])
  }
}
