public import Privacy
import Store

/// The pseudonym key that belongs to a store.
public enum StoreKey {
  /// The key in the file at `path`; it is made only for a store that holds no pseudonyms yet.
  ///
  /// Throws before anything is made: `StoreError` where the file is missing beside pseudonyms, or holds another key than theirs, and
  /// `KeyFileError`.
  public static func loadOrCreate(path: String, store: String) throws -> PseudonymKey {
    guard let salt = try AuditDatabase.exportSalt(ofStoreAt: store) else {
      return try PseudonymKey.loadOrCreate(path: path)
    }
    let key: PseudonymKey
    do {
      key = try PseudonymKey.load(path: path)
    } catch  where error.problem == .missing {
      throw StoreError(file: store, .pseudonymKeyMissing(keyFile: path))
    }
    guard key.exportSalt == salt else { throw StoreError(file: store, .pseudonymKeyDiffers) }
    return key
  }

  /// Where the signing key of a store is, if nothing else is named.
  public static func signingKeyPath(ofStoreAt store: String) -> String { store + ".signing-key" }
}
