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

  private static let key = String(repeating: "1", count: 64)
  private static let otherKey = String(repeating: "2", count: 64)

  private func bundle(_ version: String, _ content: String = "a", key: String = Self.key) throws -> RuleProvenance {
    RuleProvenance(
      path: "rules.bundle",
      bundle: RuleBundleStamp(
        version: try #require(RuleSetVersion(version)), contentHash: "sha256:" + String(repeating: content, count: 64),
        signer: key))
  }

  private let directory = RuleProvenance(path: "/srv/rules")

  private func begin(_ rules: RuleProvenance) throws {
    _ = try database.beginSession(
      sensor: "gw1", captureMode: "replay", interface: "file", toolVersion: "1.0", ruleSet: exampleRuleSet,
      rules: [exampleFacts()], provenance: rules, settings: AuditSettings(), exportSalt: exampleKey.exportSalt)
  }

  @Test("before the first bundle, rules from a directory are accepted; then the same bundle again, and a newer one")
  func taken() throws {
    try begin(directory)
    try begin(bundle("2026.11.1"))
    try begin(bundle("2026.11.1"))
    try begin(bundle("2026.11.10"))
    #expect(try database.sessions().count == 4)
    #expect(throws: Never.self) { try database.checkAcceptable(bundle("2026.11.10")) }
  }

  @Test("after a bundle, a directory is refused, and the message says how to go on")
  func unsigned() throws {
    try begin(bundle("2026.11.1"))
    let error = #expect(throws: StoreError.self) { try begin(directory) }
    #expect(
      error?.description
        == "\(folder.store): /srv/rules: these rules are not signed, and this store has taken signed ones; expected a bundle that is signed with the key \(Self.key); name it and its public key with 'rules.path' and 'rules.public_key' in the configuration, or with --rules and --rules-key. To use unsigned rules on purpose, say --accept-unsigned-rules, or 'accept_unsigned: true' below 'rules' in the configuration"
    )
    #expect(try database.sessions().count == 1)
    let again = try AuditDatabase(path: folder.store, mode: .readExisting)
    let later = #expect(throws: StoreError.self) { try again.checkAcceptable(directory) }
    #expect(later?.problem == .rulesUnsigned(rules: "/srv/rules", key: Self.key))
  }

  @Test("unsigned rules that the administrator accepts are taken, and must be accepted each time")
  func unsignedAccepted() throws {
    try begin(bundle("2026.11.2"))
    var accepted = directory
    accepted.acceptsUnsigned = true
    try begin(accepted)
    #expect(throws: StoreError.self) { try begin(directory) }
    // The store still knows key and version.
    let other = #expect(throws: StoreError.self) { try begin(bundle("2026.11.3", key: Self.otherKey)) }
    #expect(
      other?.problem == .rulesKeyDiffers(rules: "rules.bundle", known: Self.key, given: Self.otherKey))
    let older = #expect(throws: StoreError.self) { try begin(bundle("2026.11.1")) }
    #expect(older?.problem == .bundleOlder(known: "2026.11.2", given: "2026.11.1"))
    // Accepting what is unsigned accepts no other key.
    var both = try bundle("2026.11.3", key: Self.otherKey)
    both.acceptsUnsigned = true
    #expect(throws: StoreError.self) { try begin(both) }
  }

  @Test("a bundle with another key is refused unless exactly this key is accepted; then the former key is refused")
  func otherKey() throws {
    try begin(bundle("2026.11.2"))
    var other = try bundle("2026.11.1", "b", key: Self.otherKey)
    let error = #expect(throws: StoreError.self) { try begin(other) }
    #expect(
      error?.description
        == "\(folder.store): rules.bundle: these rules are signed with the key \(Self.otherKey), and this store has taken rules signed with another one; expected a bundle that is signed with the key \(Self.key). If the publisher says over a way that you trust that this is the new key, accept it once with --accept-rules-key \(Self.otherKey), or with 'accept_key: \(Self.otherKey)' below 'rules' in the configuration"
    )
    other.acceptedKey = Self.key
    #expect(throws: StoreError.self) { try begin(other) }
    other.acceptedKey = String(repeating: "3", count: 64)
    #expect(throws: StoreError.self) { try begin(other) }
    // The versions of the new publisher begin their own order.
    other.acceptedKey = Self.otherKey
    try begin(other)
    other.acceptedKey = nil
    try begin(other)
    let former = #expect(throws: StoreError.self) { try begin(bundle("2026.11.3")) }
    #expect(former?.problem == .rulesKeyDiffers(rules: "rules.bundle", known: Self.otherKey, given: Self.key))
    let older = #expect(throws: StoreError.self) { try begin(bundle("2026.11.0", key: Self.otherKey)) }
    #expect(older?.problem == .bundleOlder(known: "2026.11.1", given: "2026.11.0"))
  }

  @Test("the key is part of the session's settings, which the evidence chain binds")
  func keyInChain() throws {
    try begin(directory)
    try begin(bundle("2026.11.1"))
    #expect(try database.sessions().map(\.settings.rulesKey) == [nil, Self.key])
    let head = try database.chainHead()
    #expect(try database.verifyChain() == .intact(head: head))
    try AuditDatabase.meddle(
      folder.store, "UPDATE capture_session SET settings = replace(settings, '\(Self.key)', '\(Self.otherKey)')")
    #expect(try database.verifyChain() != .intact(head: head))
  }

  @Test("a store of version 0.1 that took a bundle without storing its key refuses a directory, and learns the key")
  func olderStore() throws {
    try begin(bundle("2026.11.1"))
    try AuditDatabase.meddle(folder.store, "UPDATE capture_session SET settings = json_remove(settings, '$.rulesKey')")
    let error = #expect(throws: StoreError.self) { try begin(directory) }
    #expect(error?.problem == .rulesUnsigned(rules: "/srv/rules", key: nil))
    try begin(bundle("2026.11.2", key: Self.otherKey))
    let other = #expect(throws: StoreError.self) { try begin(bundle("2026.11.3")) }
    #expect(other?.problem == .rulesKeyDiffers(rules: "rules.bundle", known: Self.otherKey, given: Self.key))
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
    let judge = { (rules: RuleProvenance) in
      try database.reclassify(
        under: exampleRuleSet, rules: [exampleFacts()], provenance: rules, toolVersion: "1.0", { _ in nil })
    }
    let older = try bundle("2026.11.1")
    #expect(throws: StoreError.self) { try judge(older) }
    #expect(try database.reclassifications() == [])
    _ = try judge(bundle("2026.11.3"))
    let error = #expect(throws: StoreError.self) { try begin(bundle("2026.11.2")) }
    #expect(error?.problem == .bundleOlder(known: "2026.11.3", given: "2026.11.2"))
  }

  @Test("a reclassification refuses unsigned rules and other keys; with a key that is accepted it changes no order")
  func reclassificationByOtherRules() throws {
    try begin(bundle("2026.11.2"))
    let judge = { (rules: RuleProvenance) in
      try database.reclassify(
        under: exampleRuleSet, rules: [exampleFacts()], provenance: rules, toolVersion: "1.0", { _ in nil })
    }
    let (unsigned, other) = (directory, try bundle("2099.1", key: Self.otherKey))
    #expect(throws: StoreError.self) { try judge(unsigned) }
    #expect(throws: StoreError.self) { try judge(other) }
    var accepted = other
    accepted.acceptedKey = Self.otherKey
    _ = try judge(accepted)
    try begin(bundle("2026.11.2"))
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
