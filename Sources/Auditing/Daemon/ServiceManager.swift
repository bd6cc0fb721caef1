import Foundation
import Glibc
import Model

/// The service manager that started the program, if it wants notifications: systemd's protocol of sd_notify(3).
struct ServiceManager: Sendable {
  /// Nil if there is no socket.
  private let address: [UInt8]?
  /// Nil if the watchdog is not enabled.
  let watchdogInterval: TimeSpan?

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let path = environment["NOTIFY_SOCKET"].map { Array($0.utf8) } ?? []
    // A leading `@` means the NUL of an abstract address.
    let isUsable = path.count > 1 && path.count < 108 && (path[0] == UInt8(ascii: "/") || path[0] == UInt8(ascii: "@"))
    address = isUsable ? (path[0] == UInt8(ascii: "@") ? [0] + path.dropFirst() : path) : nil
    let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
    watchdogInterval =
      isForUs && (1...3_600_000_000).contains(microseconds) ? TimeSpan(nanoseconds: microseconds * 1_000) : nil
  }

  /// Sends assignments such as `READY=1` in one message; errors are ignored.
  func notify(_ assignments: String...) {
    guard let address else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // A manager that does not read must not block the service.
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
    // An abstract address ends with its length, not with a NUL.
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + address.count + (address[0] == 0 ? 0 : 1)
    let message = Array(assignments.joined(separator: "\n").utf8)
    withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length))
      }
    }
  }
}
