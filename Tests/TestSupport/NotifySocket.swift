import Foundation
import Glibc

/// The service manager's side of the socket that the program notifies.
public final class NotifySocket {
  /// As in `NOTIFY_SOCKET`.
  public let name: String
  private let descriptor: Int32

  /// `isAbstract`: a name outside the file system.
  public init(in folder: TemporaryDirectory, isAbstract: Bool = false) throws {
    let unique = "notify-\(UInt32.random(in: 0 ... .max))"
    let path = isAbstract ? "@egressaudit-\(unique)" : folder.path(unique)
    name = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    if isAbstract { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(2 + bytes.count + (isAbstract ? 0 : 1))
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard descriptor >= 0, status == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  deinit { close(descriptor) }

  /// The next message that holds `assignment`; earlier messages are skipped. Nil after `seconds`.
  public func wait(for assignment: String, seconds: Double = 30) -> String? {
    let end = Date().addingTimeInterval(seconds)
    while true {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let rest = end.timeIntervalSinceNow
      guard rest > 0, poll(&waiting, 1, Int32(rest * 1_000)) > 0 else { return nil }
      var buffer = [UInt8](repeating: 0, count: 4_096)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      let message = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
      if message.split(separator: "\n").contains(where: { $0.hasPrefix(assignment) }) { return message }
    }
  }
}
