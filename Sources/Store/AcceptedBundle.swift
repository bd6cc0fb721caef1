import GRDB
public import Model

/// Which rules a store accepts: none older than the newest bundle it has had, and after signed rules none that are
/// unsigned or signed with another key, unless the administrator allows it.
extension AuditDatabase {
  /// Throws if this store would refuse the rules.
  public func checkAcceptable(_ rules: RuleProvenance) throws {
    try Self.explaining(path) { try reader.read { try checkAcceptable(rules, in: $0) } }
  }

  /// Accepts the rules of a new session and remembers their bundle, or throws.
  ///
  /// The settings of the session remember the key.
  func accept(_ rules: RuleProvenance, in database: Database) throws {
    try checkAcceptable(rules, in: database)
    if let bundle = rules.bundle { try remember(bundle, in: database) }
  }

  /// The same for a reclassification, which begins no session: a bundle with another key than that of the sessions is
  /// not remembered.
  func acceptForReclassification(_ rules: RuleProvenance, in database: Database) throws {
    try checkAcceptable(rules, in: database)
    guard let bundle = rules.bundle, try knownKey(in: database) ?? bundle.signer == bundle.signer else { return }
    try remember(bundle, in: database)
  }

  private func remember(_ bundle: RuleBundleStamp, in database: Database) throws {
    try Seals(database: database).noteChanged([SealedPart(table: .bundle, part: 1)])
    try PreparedStatement(
      database, "INSERT OR REPLACE INTO accepted_bundle (only_row, version, content_hash) VALUES (1, ?, ?)"
    ).run([.text(bundle.version.description), .text(bundle.contentHash)])
  }

  private func checkAcceptable(_ rules: RuleProvenance, in database: Database) throws {
    let newest = try PreparedStatement(database, "SELECT version, content_hash FROM accepted_bundle").first { row in
      (version: try row.parsed(RuleSetVersion.self), contentHash: try row.text())
    }
    let key = try knownKey(in: database)
    guard let bundle = rules.bundle else {
      guard newest == nil && key == nil || rules.acceptsUnsigned else {
        throw StoreError(file: path, .rulesUnsigned(rules: rules.path, key: key))
      }
      return
    }
    if let key, key != bundle.signer {
      guard rules.acceptedKey == bundle.signer else {
        throw StoreError(file: path, .rulesKeyDiffers(rules: rules.path, known: key, given: bundle.signer))
      }
      // Versions of two publishers cannot be compared.
      return
    }
    guard let newest else { return }
    if bundle.version < newest.version {
      throw StoreError(
        file: path, .bundleOlder(known: newest.version.description, given: bundle.version.description))
    }
    if bundle.version == newest.version, bundle.contentHash != newest.contentHash {
      throw StoreError(file: path, .bundleDiffers(version: bundle.version.description))
    }
  }

  /// The key that the rules of the latest session with signed rules were signed with; nil if there is none, or none is
  /// known because version 0.1 did not store it.
  private func knownKey(in database: Database) throws -> String? {
    try PreparedStatement(
      database,
      "SELECT settings FROM capture_session WHERE settings LIKE '%\"rulesKey\":%' ORDER BY id DESC LIMIT 1"
    ).first { try $0.parsed(AuditSettings.self) }?.rulesKey
  }
}
