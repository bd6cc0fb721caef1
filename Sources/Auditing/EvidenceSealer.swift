import Foundation
import Glibc
public import Model
public import Privacy
public import Store

/// Seals a store, signs the head of its evidence chain, and adds the head to the file that an auditor fetches.
///
/// The file is `STORE.heads`, mode 0644: it shows nothing but hashes and times.
public struct EvidenceSealer: Sendable {
  private let database: AuditDatabase
  private let store: String
  /// Nil if this user may not read the key; the service then signs within the hour.
  private let key: SigningKey?

  public init(_ database: AuditDatabase, store: String, key: SigningKey?) {
    self.database = database
    self.store = store
    self.key = key
  }

  /// For a verb that changes a store: signs if the store has a key that this user may read.
  ///
  /// Throws `KeyFileError` for a key that others may use, or that is none.
  public init(_ database: AuditDatabase, store: String) throws {
    self.init(database, store: store, key: try SigningKey.ofStore(store))
  }

  /// Path of the file of a store's heads.
  public static func headsPath(ofStoreAt store: String) -> String { store + ".heads" }

  /// - Returns: the head if it is signed now; nil if nothing happened since the last, or there is no key.
  ///
  /// Throws `StoreError`, and `HeadFileProblem` if the file cannot be written; the head is then in the store only.
  @discardableResult
  public func seal(at time: Timestamp = Today.now) throws -> SignedHead? {
    guard let key else {
      try database.seal(toolVersion: ToolVersion.current)
      return nil
    }
    let before = try database.lastSignedHead()
    guard let head = try database.seal(signedWith: key, at: time, toolVersion: ToolVersion.current), head != before
    else { return nil }
    try append()
    return head
  }

  /// Adds all heads that the file does not contain yet. A record that a full disk cut off is removed first.
  private func append() throws {
    let path = EvidenceSealer.headsPath(ofStoreAt: store)
    let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
    defer { if descriptor >= 0 { Glibc.close(descriptor) } }
    func problem() -> HeadFileProblem { HeadFileProblem(path: path, reason: String(cString: strerror(errno))) }
    guard descriptor >= 0 else { throw problem() }
    // The service creates files that others cannot read.
    fchmod(descriptor, 0o644)
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    let text = String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    let whole = text.ranges(of: "\n\n").last.map { text[..<$0.upperBound] } ?? ""
    let known = (try? SignedHead.records(in: String(whole)))?.map(\.seal).max() ?? 0
    let size = off_t(whole.utf8.count)
    let missing = try database.signedHeads().filter { $0.seal > known }.map(\.record).joined()
    let bytes = Array(missing.utf8)
    errno = ENOSPC
    guard ftruncate(descriptor, size) == 0, lseek(descriptor, size, SEEK_SET) == size,
      Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0
    else {
      let problem = problem()
      ftruncate(descriptor, size)
      throw problem
    }
  }
}

extension SigningKey {
  /// The key of a store; nil if it has none, or none that this user may read.
  ///
  /// Throws `KeyFileError` for a key that others may use, or that is none.
  public static func ofStore(_ store: String) throws(KeyFileError) -> SigningKey? {
    do {
      return try load(path: StoreKey.signingKeyPath(ofStoreAt: store))
    } catch {
      switch error.problem {
      case .missing, .unreadable: return nil
      default: throw error
      }
    }
  }
}

/// The file of heads could not be written.
public struct HeadFileProblem: BilingualError {
  let path: String
  let reason: String
}
