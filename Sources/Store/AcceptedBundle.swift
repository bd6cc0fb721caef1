import GRDB
public import Model

/// The newest rule bundle that a store has accepted. Older ones are refused, so that nobody can restore rules that were
/// replaced.
extension AuditDatabase {
  /// Throws where this store would refuse the bundle.
  public func checkAcceptable(_ bundle: RuleBundleStamp) throws {
    try Self.explaining(path) { try reader.read { try checkAcceptable(bundle, in: $0) } }
  }

  /// Takes the bundle and remembers it, or throws; nil is a rule directory, which has no order.
  func accept(_ bundle: RuleBundleStamp?, in database: Database) throws {
    guard let bundle else { return }
    try checkAcceptable(bundle, in: database)
    try PreparedStatement(
      database, "INSERT OR REPLACE INTO accepted_bundle (only_row, version, content_hash) VALUES (1, ?, ?)"
    ).run([.text(bundle.version.description), .text(bundle.contentHash)])
  }

  private func checkAcceptable(_ bundle: RuleBundleStamp, in database: Database) throws {
    let newest = try PreparedStatement(database, "SELECT version, content_hash FROM accepted_bundle").first { row in
      RuleBundleStamp(version: try row.parsed(RuleSetVersion.self), contentHash: try row.text())
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
}
