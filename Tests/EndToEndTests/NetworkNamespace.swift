import Foundation
import Glibc
import TestSupport

/// A network of its own, without any way out: pairs of linked interfaces `outN` and `inN`, in which frames sent into
/// one come out of the other.
///
/// What is mounted in it is seen in it alone. It goes with its last process.
final class NetworkNamespace {
  /// Whether this user may make one.
  static let isPermitted: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    process.arguments = ["--net", "true"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  static let requirement: String = "makes network namespaces and captures in them: run the tests as root"

  private let holder = Process()
  private let input = Pipe()

  init(pairs: Int = 1) throws {
    // Without IPv6 the kernel itself sends nothing, so that the tests count their own packets only.
    let links = (0..<pairs).map { "ip link add out\($0) type veth peer name in\($0)\n" + NetworkNamespace.up($0) }
    let script = """
      set -e
      for setting in all default; do echo 1 >/proc/sys/net/ipv6/conf/$setting/disable_ipv6; done
      \(links.joined(separator: "\n"))
      echo ready
      exec cat
      """
    let output = Pipe()
    holder.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    holder.arguments = ["--net", "--mount", "sh", "-c", script]
    holder.standardInput = input
    holder.standardOutput = output
    try holder.run()
    let answer = output.fileHandleForReading.availableData
    guard answer == Data("ready\n".utf8) else { throw NamespaceError() }
  }

  struct NamespaceError: Error {}

  deinit {
    try? input.fileHandleForWriting.close()
    holder.waitUntilExit()
  }

  private static func up(_ pair: Int) -> String {
    "ip link set out\(pair) mtu 65535 up; ip link set in\(pair) mtu 65535 up"
  }

  /// The words that run a program in here.
  func entering(_ program: [String]) -> [String] {
    let place = "/proc/\(holder.processIdentifier)/ns"
    return ["/usr/bin/nsenter", "--net=\(place)/net", "--mount=\(place)/mnt"] + program
  }

  /// Runs to the end; the output.
  @discardableResult
  func run(_ program: String...) throws -> String {
    let process = Process()
    let output = Pipe()
    let words = entering(program)
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw NamespaceError() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Removes a pair of interfaces, and makes it anew.
  func remove(_ pair: Int = 0) throws { try run("ip", "link", "del", "out\(pair)") }

  func restore(_ pair: Int = 0) throws {
    try run("sh", "-c", "ip link add out\(pair) type veth peer name in\(pair); \(Self.up(pair))")
  }

  func setLink(_ interface: String, up: Bool) throws { try run("ip", "link", "set", interface, up ? "up" : "down") }

  /// Sends a classic pcap file; number of packets sent.
  @discardableResult
  func send(_ capture: String, into interfaces: [String] = ["out0"], rounds: Int = 1, burst: Int = 50) throws -> Int {
    let script = Project.root.appending(path: "Tests/EndToEndTests/Files/send-capture.py").path
    let process = Process()
    let output = Pipe()
    let words = entering(
      ["python3", script, capture] + interfaces + ["--rounds", "\(rounds)", "--burst", "\(burst)"])
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard let count = Int(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw NamespaceError()
    }
    return count
  }
}

/// The service under test, in a network of its own.
final class Service {
  let process = Process()
  let manager: NotifySocket
  private let logFile: String

  /// Starts it, and returns once it says that it is ready.
  init(
    in network: NetworkNamespace, folder: TemporaryDirectory, configuration: String, store: String? = nil,
    rules: String? = Project.rules, arguments: [String] = [], program: String = Program.path,
    environment: [String: String] = [:], rights: [String] = []
  ) throws {
    manager = try NotifySocket(in: folder)
    let file = try folder.write(configuration, to: "site.yaml")
    logFile = folder.path("log-\(UUID().uuidString)")
    try Data().write(to: URL(fileURLWithPath: logFile))
    let words = network.entering(
      rights + [program, "run", "--config", file, "--store", store ?? folder.path("live.sqlite")]
        + (rules.map { ["--rules", $0] } ?? []) + arguments)
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "NOTIFY_SOCKET": manager.name]
      .merging(environment) { $1 }
    process.standardError = FileHandle(forWritingAtPath: logFile)
    try process.run()
    guard manager.wait(for: "READY=1") != nil else {
      process.terminate()
      throw NotReady(log: log)
    }
  }

  struct NotReady: Error { var log: String }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

  /// Names of its threads, as the kernel tells them.
  var threads: Set<String> {
    let folder = "/proc/\(process.processIdentifier)/task"
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Set(
      tasks.compactMap { try? String(contentsOfFile: "\(folder)/\($0)/comm", encoding: .utf8) }
        .map { $0.trimmingCharacters(in: .newlines) })
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits until the log holds `text` so many times; false after `seconds`.
  func says(_ text: String, times: Int = 1, seconds: Double = 90) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if log.ranges(of: text).count >= times { return true }
      Thread.sleep(forTimeInterval: 0.1)
    }
    return false
  }

  /// Ends it in order; exit code and seconds that it took.
  func stop() -> (code: Int32, seconds: Double) {
    let start = Date()
    signal(SIGTERM)
    process.waitUntilExit()
    return (process.terminationStatus, Date().timeIntervalSince(start))
  }
}
