import Foundation
import Glibc
import Model
import TestSupport
import Testing
import Wire

/// What a crash of the service shows; an extension, since it needs the machine for itself as the service does.
extension LiveTests {
  @Test(
    "a crash while packets are read shows none of their bytes, only lines of the log",
    arguments: [SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP])
  func crash(signal: Int32) throws {
    let service = try crashed(by: signal)
    #expect(service.process.terminationReason == .uncaughtSignal && service.process.terminationStatus == signal)
    #expect(!service.log.isEmpty)
    for line in service.log.split(separator: "\n") {
      #expect(line.wholeMatch(of: /<[3-6]>event=[a-z_]+( [a-z_]+=("[^"]*"|[^ "]+))*/) != nil, "\(line)")
    }
    #expect(LiveTests.traces(in: service.log) == [])
  }

  @Test("the previous test would find packet bytes: they are in the crash report if it is switched on")
  func crashReport() throws {
    // The program of a package has no helper that would write a report.
    let service = try crashed(
      by: SIGSEGV, environment: ["SWIFT_BACKTRACE": "enable=yes,symbolicate=off"], program: Program.builtPath)
    #expect(service.log.contains("*** Program crashed"))
    // Which of the two depends on what the processor was at.
    #expect(LiveTests.traces(in: service.log).contains("memory in hexadecimal"))
  }

  /// A word that each packet holds eighty times, so that memory near any register is full of it.
  private static let marker = "Musterspur-4711"

  /// Ways in which packets show in a text.
  private static func traces(in text: String) -> [String] {
    let bytes = Array(marker.utf8)
    var found: [String] = []
    for length in [4, bytes.count] {
      let hexadecimal = bytes.prefix(length).map { String($0, radix: 16) }
      if text.contains(String(marker.prefix(length))) { found.append("\(length) letters") }
      if text.contains(hexadecimal.joined()) { found.append("\(length) in hexadecimal") }
    }
    if text.firstMatch(of: /([0-9a-f]{2} ){8}/) != nil { found.append("memory in hexadecimal") }
    return found
  }

  /// The service after a signal that nobody handles came from outside, in the midst of packets.
  private func crashed(
    by signal: Int32, environment: [String: String] = [:], program: String = Program.path
  ) throws -> Service {
    let network = try NetworkNamespace()
    let builder = PacketBuilder(from: "10.20.1.11", to: "198.51.100.7")
    let head = "GET /\(LiveTests.marker) HTTP/1.1\r\nHost: \(LiveTests.marker).example\r\n"
    let payload = Array((head + String(repeating: LiveTests.marker, count: 80)).utf8)
    let frames = (0..<2_000).map { index in
      TimedFrame(
        time: Timestamp(seconds: 1_700_000_000),
        bytes: builder.tcp(
          from: UInt16(10_000 + index), to: 80, flags: TCPFlags.ack, sequence: 1, payload: payload))
    }
    let capture = try folder.write(PcapWriter.pcap(frames), to: "marked.pcap")
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"]), program: program, environment: environment)
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread { [network = UncheckedBox(network)] in
      _ = try? network.value.send(capture, rounds: 4, burst: 50)
      done.signal()
    }
    Thread.sleep(forTimeInterval: 1)
    service.signal(signal)
    if !environment.isEmpty {
      // After the report a signal that came from outside lets the program go on.
      #expect(service.says("Backtrace took"))
      service.signal(SIGKILL)
    }
    service.process.waitUntilExit()
    done.wait()
    return service
  }
}
