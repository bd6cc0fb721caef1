import Glibc

/// Keeps the store from filling a disk that the machine needs.
struct DiskGuard: Sendable {
  /// Bytes that stay free for the machine; more than SQLite's side files grow between two checks.
  static let reserve: UInt64 = 64_000_000

  private let folder: String

  /// `store`: path of the store, which need not exist.
  init(store: String) {
    folder = store.lastIndex(of: "/").map { String(store[...$0]) } ?? "."
  }

  func check() throws(DiskNearlyFull) {
    var status = statvfs()
    // If the folder cannot be queried, SQLite reports the reason better.
    guard statvfs(folder, &status) == 0 else { return }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    if free < DiskGuard.reserve { throw DiskNearlyFull(folder: folder, freeBytes: free) }
  }
}

struct DiskNearlyFull: Error, Equatable, CustomStringConvertible {
  var folder: String
  var freeBytes: UInt64

  var description: String {
    """
    \(folder): \(freeBytes / 1_000_000) MB are free, and \(DiskGuard.reserve / 1_000_000) MB are left to the machine; nothing is stored \
    until there is room again: delete or move what is not needed
    """
  }
}
