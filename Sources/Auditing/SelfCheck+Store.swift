import Foundation
import Glibc
import Model
import Privacy
import Store

// Points about the store, its key and its disk.
extension SelfCheck {
  func storePoint() -> Point {
    guard let store else {
      return Point(
        name: "store", status: .warning, message: "none given, so not looked at", remedy: "name it with --store")
    }
    guard FileManager.default.fileExists(atPath: store) else {
      let folder = (store as NSString).deletingLastPathComponent
      let isWritable = access(folder.isEmpty ? "." : folder, W_OK) == 0
      return isWritable
        ? Point(name: "store", status: .ok, message: "\(store): will be made", remedy: nil)
        : Point(
          name: "store", status: .failed, message: "\(store): its folder cannot be written to",
          remedy: "make the folder, or give this user the right to write there")
    }
    do {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      let sessions = try database.sessions()
      _ = try database.checkValues()
      return Point(
        name: "store", status: .ok,
        message: "\(store): \(sessions.count == 1 ? "1 session" : "\(sessions.count) sessions"), "
          + "all rows hold what they may", remedy: nil)
    } catch {
      return Point(
        name: "store", status: .failed, message: "\(error)", remedy: "restore it from a backup, or name another store")
    }
  }

  /// Audits that did not finish; a store that cannot be opened has its own point.
  func unfinishedPoints() -> [Point] {
    guard let store, let sessions = try? AuditDatabase(path: store, mode: .readExisting).sessions() else { return [] }
    let unfinished = sessions.filter(\.isUnfinished).map { String($0.id) }
    guard !unfinished.isEmpty else { return [] }
    return [
      Point(
        name: "audits", status: .warning,
        message: unfinished.count == 1
          ? "audit \(unfinished[0]) was not finished, or could not read all its captures to their end"
          : "audits \(unfinished.joined(separator: ", ")) were not finished, or could not read all their captures to their end",
        remedy: "replay the same captures again; until then these days are not assessable")
    ]
  }

  func keyPoint() -> Point {
    guard let path = pseudonymKey ?? store.map({ $0 + ".key" }) else {
      return Point(
        name: "pseudonym key", status: .warning, message: "none given, so not looked at",
        remedy: "name it with --pseudonym-key")
    }
    // A store that cannot be opened has its own point.
    let isNeeded = store.flatMap { try? AuditDatabase.exportSalt(ofStoreAt: $0) } != nil
    guard isNeeded || FileManager.default.fileExists(atPath: path) else {
      return Point(name: "pseudonym key", status: .ok, message: "\(path): will be made on first use", remedy: nil)
    }
    do {
      guard let store, isNeeded else {
        _ = try PseudonymKey.load(path: path)
        return Point(name: "pseudonym key", status: .ok, message: "\(path): readable for its owner alone", remedy: nil)
      }
      _ = try StoreKey.loadOrCreate(path: path, store: store)
      return Point(
        name: "pseudonym key", status: .ok, message: "\(path): readable for its owner alone, and that of the store",
        remedy: nil)
    } catch {
      return Point(
        name: "pseudonym key", status: .failed, message: "\(error)", remedy: "correct the file as the message says")
    }
  }

  func diskPoint() -> Point {
    let folder = store.map { ($0 as NSString).deletingLastPathComponent } ?? "."
    var status = statvfs()
    guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else {
      return Point(
        name: "disk", status: .failed, message: "the store's folder cannot be looked at", remedy: "make the folder")
    }
    // In whole hundreds: a store that grows by a megabyte shows that somebody is at work.
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize) / 100_000_000 * 100
    return free < 1_000
      ? Point(
        name: "disk", status: .warning, message: "\(free) MB free where the store lies",
        remedy: "make room: at least 1000 MB")
      : Point(name: "disk", status: .ok, message: "\(free) MB free where the store lies", remedy: nil)
  }
}
