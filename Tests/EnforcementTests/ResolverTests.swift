import Foundation
import Model
import Reporting
import TestSupport
import Testing

@testable import Enforcement

/// Loads the lists into real resolvers on the loopback and asks them.
@Suite("Resolvers with the lists", .serialized)
struct ResolverTests {
  private static let programs = ["/usr/sbin/dnsmasq", "/usr/sbin/named", "/usr/sbin/unbound"]
  private static let areThere = programs.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

  private static let exactly = [
    "events.example.net": false, "a.events.example.net": true, "a.b.events.example.net": true,
    "v1.events.example.net": true, "x.v1.events.example.net": true, "keep.events.example.net": false,
    "x.keep.events.example.net": true, "deep.events.example.net": true, "x.deep.events.example.net": false,
    "x.y.deep.events.example.net": false, "exact.example.net": true, "sub.exact.example.net": false,
    "both.example.org": true, "x.both.example.org": true, "shared.example.net": false, "watson.eu.example.net": true,
    "watson.us.example.net": false, "other.example.com": false,
  ]

  /// For formats that cannot express "only the names below": only the names that were seen.
  private static let unbound = [
    "events.example.net": false, "a.events.example.net": false, "v1.events.example.net": true,
    "v9.events.example.net": true, "x.v9.events.example.net": false, "keep.events.example.net": false,
    "exact.example.net": true, "sub.exact.example.net": false, "both.example.org": true, "x.both.example.org": true,
    "shared.example.net": false, "watson.eu.example.net": true, "watson.us.example.net": false,
  ]

  @Test(
    "confirmed names get no address, everything else does",
    .enabled(if: areThere, "apt-get install dnsmasq-base bind9 unbound"),
    arguments: [(EnforcementFormat.rpz, exactly), (.dnsmasq, exactly), (.unbound, unbound)])
  func answers(format: EnforcementFormat, expected: [String: Bool]) throws {
    let directory = try TemporaryDirectory()
    let path = directory.url.path
    try EnforcementExample.list(format).write(to: path + "/list", toolVersion: "0.1.0")
    let (upstream, port) = (try LoopbackPort(), try LoopbackPort())
    let (above, own) = (upstream.release(), port.release())
    // Answers every question with one address.
    let everything = try Daemon(
      "/usr/sbin/dnsmasq",
      [
        "--no-daemon", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--port=\(above)",
        "--listen-address=127.0.0.1", "--bind-interfaces", "--address=/#/192.0.2.9", "--user=",
      ])
    let resolver: Daemon
    switch format {
    case .rpz:
      try Data(
        """
        options { directory "\(path)"; listen-on port \(own) { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none;
          session-keyfile none; recursion yes; forward only; forwarders port \(above) { 127.0.0.1; };
          dnssec-validation no; response-policy { zone "rpz.test"; } qname-wait-recurse no; };
        zone "rpz.test" { type primary; file "list"; };
        controls {};
        """.utf8
      ).write(to: URL(fileURLWithPath: path + "/named.conf"))
      resolver = try Daemon("/usr/sbin/named", ["-g", "-n", "1", "-c", path + "/named.conf"])
    case .unbound:
      try Data(
        """
        server:
          interface: 127.0.0.1
          port: \(own)
          do-daemonize: no
          username: ""
          chroot: ""
          pidfile: ""
          use-syslog: no
          do-not-query-localhost: no
          module-config: "iterator"
        include: "\(path)/list"
        forward-zone:
          name: "."
          forward-addr: 127.0.0.1@\(above)
        """.utf8
      ).write(to: URL(fileURLWithPath: path + "/unbound.conf"))
      resolver = try Daemon("/usr/sbin/unbound", ["-d", "-c", path + "/unbound.conf"])
    case .dnsmasq, .hosts, .nftables, .opnsense:
      resolver = try Daemon(
        "/usr/sbin/dnsmasq",
        [
          "--no-daemon", "--conf-file=\(path)/list", "--no-hosts", "--no-resolv", "--port=\(own)",
          "--listen-address=127.0.0.1", "--bind-interfaces", "--server=127.0.0.1#\(above)", "--user=",
        ])
    }
    defer {
      resolver.stop()
      everything.stop()
    }
    for (name, isBlocked) in expected.sorted(by: { $0.key < $1.key }) {
      let address = try LoopbackPort.ask(name, port: own)
      #expect((address != "192.0.2.9") == isBlocked, "\(format.rawValue): \(name) got \(address ?? "no address")")
    }
  }
}

/// A program that runs until the test ends.
///
/// Not `Process`: a child inherits the descriptors by which Foundation learns that an earlier child has ended, so a
/// long-running one would keep the others from ever ending.
private struct Daemon {
  private let identifier: pid_t

  init(_ path: String, _ arguments: [String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    // Closed descriptors are skipped.
    for descriptor: Int32 in 3..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var started: pid_t = 0
    try #require(posix_spawn(&started, path, &actions, nil, &words, environ) == 0)
    identifier = started
  }

  func stop() {
    kill(identifier, SIGKILL)
    waitpid(identifier, nil, 0)
  }
}

/// A UDP socket on 127.0.0.1.
private final class LoopbackPort {
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var place = Self.place(0)
    let bound = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(descriptor >= 0 && bound == 0)
  }

  /// The port's number; from now on another program may use it.
  func release() -> UInt16 {
    var place = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    close(descriptor)
    return UInt16(bigEndian: place.sin_port)
  }

  /// The IPv4 address that a resolver gives for a name; nil if it gives none. Waits for the resolver, at most 15 s.
  static func ask(_ name: String, port: UInt16) throws -> String? {
    var question: [UInt8] = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    for label in name.split(separator: ".") { question += [UInt8(label.utf8.count)] + Array(label.utf8) }
    question += [0, 0, 1, 0, 1]
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var wait = timeval(tv_sec: 0, tv_usec: 250_000)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    var place = place(port)
    for _ in 0..<60 {
      _ = withUnsafePointer(to: &place) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          sendto(descriptor, question, question.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      var answer = [UInt8](repeating: 0, count: 512)
      let length = recv(descriptor, &answer, answer.count, 0)
      if length < 0 {
        // Refused at once until the resolver listens.
        usleep(100_000)
        continue
      }
      // SERVFAIL: the resolver runs, but its upstream does not yet.
      if answer[3] & 15 == 2 {
        usleep(100_000)
        continue
      }
      guard answer[6] != 0 || answer[7] != 0 else { return nil }
      return answer[..<length].suffix(4).map(String.init).joined(separator: ".")
    }
    throw ResolverSilent(name: name)
  }

  private struct ResolverSilent: Error { var name: String }

  private static func place(_ port: UInt16) -> sockaddr_in {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return place
  }
}
