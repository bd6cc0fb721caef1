import Auditing
import Foundation
import GRDB
import Model
import Rules
import Store
import TestSupport
import Testing

@Suite("Facts of rules that a process wrote")
struct KnownRuleFactsTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test("are the facts that the store's text stands for, for all shipped rules")
  func sameAsParsed() throws {
    let store = folder.path("a.sqlite")
    let result = try Project.replay([Project.sample], into: store)
    let parsed = try AuditDatabase(path: store, mode: .readExisting).ruleFacts()
    let known = try AuditDatabase(path: store, mode: .readExisting, knownRules: result.knownRules).ruleFacts()
    #expect(parsed == known)
    #expect(parsed[result.ruleSet.hash].map { Set($0.values) } == Set(try Project.ruleSet.get().verdictFacts))
  }

  @Test("do not hide that somebody changed the text since")
  func changedText() throws {
    let store = folder.path("a.sqlite")
    let result = try Project.replay([Project.sample], into: store)
    try DatabaseQueue(path: store).write {
      try $0.execute(
        sql: """
          UPDATE rule_facts SET facts = replace(facts, '"purpose":"telemetry"', '"purpose":"unknown"')
          """)
    }
    let known = try AuditDatabase(path: store, mode: .readExisting, knownRules: result.knownRules).ruleFacts()
    #expect(known.values.flatMap(\.values).allSatisfy { $0.purpose != .telemetry })
  }
}
