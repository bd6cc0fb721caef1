/// Whether the files that a program writes to are still where others look for them.
///
/// SQLite continues to write into a file that was deleted or moved, where nobody would find its rows.
final class StorePlace: Sendable {
  /// Of the store, and of the write-ahead log beside it.
  private struct Files: Equatable {
    var store: FileIdentity?
    var log: FileIdentity?

    init(_ path: String) {
      store = FileIdentity(path: path)
      log = FileIdentity(path: path + "-wal")
    }
  }

  private let path: String
  private let opened: Files

  /// To be made once SQLite has opened both files.
  init(_ path: String) {
    self.path = path
    opened = Files(path)
  }

  /// What has happened to the store; nil if it is in its place.
  var displacement: Displacement? {
    let now = Files(path)
    if now == opened { return nil }
    if now.store == nil { return .gone }
    return now.store == opened.store ? .logGone : .replaced
  }

  /// Another file has the log's name.
  var isLogReplaced: Bool { FileIdentity(path: path + "-wal").map { $0 != opened.log } ?? false }
}

/// What can happen to a store while a program writes to it.
public enum Displacement: Sendable, Equatable {
  /// Deleted, or moved away.
  case gone
  /// Another file has its name.
  case replaced
  /// The write-ahead log beside it was deleted, moved or replaced.
  case logGone
}
