import Foundation
import Model
import Privacy
import Store
import Testing

@Suite("Rule bundles that a store accepted")
struct BundleTests {
  let folder: Folder
  let database: AuditDatabase

  init() throws {
    folder = try Folder()
    database = try AuditDatabase(path: folder.store, mode: .capture)
  }

  private func bundle(_ version: String, _ content: String = "a") throws -> RuleBundleStamp {
    RuleBundleStamp(
      version: try #require(RuleSetVersion(version)), contentHash: "sha256:" + String(repeating: content, count: 64))
  }

  private func begin(_ bundle: RuleBundleStamp?) throws {
    _ = try database.beginSession(
      sensor: "gw1", captureMode: "replay", interface: "file", toolVersion: "1.0", ruleSet: exampleRuleSet,
      rules: [exampleFacts()], bundle: bundle, settings: AuditSettings(), exportSalt: exampleKey.exportSalt)
  }

  @Test("the first is accepted, the same again, a newer one, and rules from a directory at any time")
  func taken() throws {
    try begin(nil)
    try begin(bundle("2026.11.1"))
    try begin(bundle("2026.11.1"))
    try begin(bundle("2026.11.10"))
    try begin(nil)
    #expect(try database.sessions().count == 5)
    #expect(throws: Never.self) { try database.checkAcceptable(bundle("2026.11.10")) }
  }

  @Test("an older one is refused and leaves no session, also after the store was closed and opened")
  func older() throws {
    try begin(bundle("2026.11.10"))
    let error = #expect(throws: StoreError.self) { try begin(bundle("2026.11.9")) }
    #expect(
      error?.description
        == "\(folder.store): the store has taken rule bundle version 2026.11.10; version 2026.11.9 is older and was refused: install the newer bundle. To go back on purpose, publish the older rules under a higher version"
    )
    #expect(try database.sessions().count == 1)
    let again = try AuditDatabase(path: folder.store, mode: .readExisting)
    let later = #expect(throws: StoreError.self) { try again.checkAcceptable(bundle("2026.11")) }
    #expect(later?.problem == .bundleOlder(known: "2026.11.10", given: "2026.11"))
  }

  @Test("one of the same version with other files is refused")
  func differs() throws {
    try begin(bundle("2026.11.1", "a"))
    for version in ["2026.11.1", "2026.011.1", "2026.11.1.0"] {
      let error = #expect(throws: StoreError.self) { try begin(bundle(version, "b")) }
      #expect(error?.problem == .bundleDiffers(version: version))
    }
    try begin(bundle("2026.11.2", "b"))
  }

  @Test("a reclassification follows the same order, and advances it")
  func reclassification() throws {
    try begin(bundle("2026.11.2"))
    let judge = { (bundle: RuleBundleStamp) in
      try database.reclassify(
        under: exampleRuleSet, rules: [exampleFacts()], bundle: bundle, toolVersion: "1.0", { _ in nil })
    }
    let older = try bundle("2026.11.1")
    #expect(throws: StoreError.self) { try judge(older) }
    #expect(try database.reclassifications() == [])
    _ = try judge(bundle("2026.11.3"))
    let error = #expect(throws: StoreError.self) { try begin(bundle("2026.11.2")) }
    #expect(error?.problem == .bundleOlder(known: "2026.11.3", given: "2026.11.2"))
  }

  @Test("a damaged version in the store is reported as such")
  func damaged() throws {
    try begin(bundle("2026.11.2"))
    try AuditDatabase.meddle(folder.store, "UPDATE accepted_bundle SET version = 'x'")
    let error = #expect(throws: StoreError.self) { try begin(bundle("2026.11.3")) }
    #expect(
      error?.description.contains(
        "table accepted_bundle, row 1, column version: found a text of 1 bytes, expected a version such as 2026.11.1")
        == true)
  }
}
