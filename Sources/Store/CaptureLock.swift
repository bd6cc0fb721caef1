import Foundation
import Glibc
import Synchronization

/// Keeps a second program from capturing into a store: both would count the same traffic.
///
/// A locked file beside the store, which contains the holder's process number. The kernel unlocks it when the holder
/// ends; a leftover file locks nothing. The store itself is not used, since SQLite would lose its own locks when any
/// descriptor of that file is closed.
final class CaptureLock: Sendable {
  private let store: String
  private let path: String
  /// Nil after it was released.
  private let descriptor: Mutex<Int32?>

  /// Throws `StoreError`: `.capturing` if another program holds it.
  init(store: String) throws {
    self.store = store
    path = Self.resolved(store) + ".lock"
    descriptor = Mutex(try Self.acquire(path, store: store))
  }

  deinit { release() }

  func release() {
    descriptor.withLock { descriptor in
      guard let held = descriptor else { return }
      // This happens while the lock is still held; afterwards the file could belong to another program.
      if FileIdentity(descriptor: held) == FileIdentity(path: path) { unlink(path) }
      close(held)
      descriptor = nil
    }
  }

  /// Takes the lock again if somebody has removed its file, since another program could then capture.
  func renew() throws {
    try descriptor.withLock { descriptor in
      guard let held = descriptor, FileIdentity(descriptor: held) != FileIdentity(path: path) else { return }
      let fresh = try Self.acquire(path, store: store)
      close(held)
      descriptor = fresh
    }
  }

  private static func acquire(_ path: String, store: String) throws -> Int32 {
    // Repeated if the previous holder has removed the file in the meantime.
    for _ in 0..<100 {
      let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw StoreError(file: store, .cannotOpen) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        defer { close(descriptor) }
        guard errno == EWOULDBLOCK else { throw StoreError(file: store, .cannotOpen) }
        throw StoreError(file: store, .capturing(process: holder(descriptor)))
      }
      if FileIdentity(descriptor: descriptor) == FileIdentity(path: path) {
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, text, text.count, 0)
        return descriptor
      }
      close(descriptor)
    }
    throw StoreError(file: store, .capturing(process: nil))
  }

  /// Nil if the holder has not written it yet.
  private static func holder(_ descriptor: Int32) -> Int32? {
    var text = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &text, text.count, 0)
    return count > 0 ? Int32(String(decoding: text.prefix(count), as: UTF8.self).prefix { $0.isNumber }) : nil
  }

  /// The same path for every name of one store; the file need not exist.
  private static func resolved(_ store: String) -> String {
    let url = URL(fileURLWithPath: store)
    if let whole = realPath(store) { return whole }
    guard let folder = realPath(url.deletingLastPathComponent().path) else { return store }
    return folder + "/" + url.lastPathComponent
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// Identity of a file, whatever its name.
struct FileIdentity: Equatable {
  private let device: dev_t
  private let number: ino_t

  /// Nil if there is no file.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }
}
