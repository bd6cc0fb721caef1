public import Privacy
import Foundation
import Store

/// The pseudonym key that belongs to a store.
public enum StoreKey {
  /// The key in the file at `path`; a new one is made only for a store without pseudonyms.
  ///
  /// Throws before anything is made: `StoreError` if the file is missing or has another key than the stored pseudonyms,
  /// and `KeyFileError`.
  public static func loadOrCreate(
    path: String, store: String, credential: KeyCredential? = nil
  ) throws -> PseudonymKey {
    guard let state = try AuditDatabase.keyState(ofStoreAt: store) else {
      return try PseudonymKey.loadOrCreate(path: path, credential: credential)
    }
    let loaded = Result { () throws(KeyFileError) in try PseudonymKey.load(path: path, credential: credential) }
    if case .failure(let error) = loaded, error.problem == .missing {
      throw StoreError(file: store, .pseudonymKeyMissing(keyFile: path))
    }
    let key = try loaded.get()
    guard key.exportSalt == state.exportSalt else { throw StoreError(file: store, .pseudonymKeyDiffers) }
    // A key file from before the last change would make pseudonyms with a key that was to be destroyed.
    if let identity = state.latestIdentity, let since = state.latestFirstDay,
      !key.identities.contains(where: { $0.identity == identity })
    {
      throw StoreError(file: store, .pseudonymKeyEarlier(since: since))
    }
    return key
  }

  /// What the service manager passes to this program; nil if it passes none.
  ///
  /// Throws `KeyFileError`.
  public static func credential() throws(KeyFileError) -> KeyCredential? {
    try KeyCredential.load(folder: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"])
  }

  /// Where the signing key of a store is, if nothing else is named.
  public static func signingKeyPath(ofStoreAt store: String) -> String { store + ".signing-key" }
}
