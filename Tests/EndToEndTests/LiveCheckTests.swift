import Foundation
import Model
import Synchronization
import TestSupport
import Testing
import Wire

/// What `check` says of real interfaces; an extension, since it needs the machine for itself as the service does.
extension LiveTests {
  @Test("check reports for each interface whether it can be captured")
  func check() throws {
    let network = try NetworkNamespace(pairs: 2)
    try network.setLink("out1", up: false)
    let file = try folder.write(configuration(["in0", "in1", "nowhere0"]), to: "site.yaml")
    let output = try network.run(
      "sh", "-c", "'\(Program.path)' check --config '\(file)' --rules '\(Project.rules)' --listen 1; test $? -eq 1")
    #expect(output.contains("ok      interface: in0: can be captured, link type 1\n"))
    #expect(output.contains("look    interface: in1: is switched off or has no link. To do: "))
    #expect(output.contains("FAILED  interface: nowhere0: there is no such interface. To do: "))
    #expect(output.contains("ok      ring: 96 MB for 3 interfaces, "))
    #expect(output.contains("look    traffic: in0: no packet came. To do: "))
  }

  @Test("check detects whether both directions arrive, and how long frames are", arguments: [true, false])
  func listening(hasBothDirections: Bool) throws {
    let output = try heard(
      in: NetworkNamespace(), configuration(["in0"], more: "snap_length: 256"), hasBothDirections: hasBothDirections,
      code: hasBothDirections ? 0 : 1)
    #expect(
      output.contains(
        hasBothDirections
          ? "ok      traffic: both directions are seen" : "FAILED  traffic: only one direction is seen: "))
    #expect(output.contains("look    frame size: frames of 1654 bytes are cut at 256: card or kernel merge segments"))
    #expect(!output.contains("twice"))
  }

  @Test("check detects that a bridge and its port show the same packets")
  func listeningTwice() throws {
    let network = try NetworkNamespace()
    try network.run(
      "sh", "-c", "ip link add bridge type bridge && ip link set in0 master bridge && ip link set bridge up")
    let output = try heard(in: network, configuration(["in0", "bridge"], more: "promiscuous: true"), code: 1)
    #expect(
      output.contains(
        /FAILED  traffic: [0-9]+ % of the TCP packets with content came twice, at bridge and in0; copies that come later than 10 ms are counted twice. To do: name one of the two/
      ), "\(output)")
  }

  /// What `check` says while packets with content come.
  private func heard(
    in network: NetworkNamespace, _ configuration: String, hasBothDirections: Bool = true, code: Int
  ) throws -> String {
    let office = PacketBuilder(from: "10.20.1.11", to: "198.51.100.7")
    let server = PacketBuilder(from: "198.51.100.7", to: "10.20.1.11")
    let payload = [UInt8](repeating: 7, count: 1_600)
    let frames = (0..<1_000).map { index in
      let isBack = hasBothDirections && index % 2 == 1
      let sequence = UInt32(index * payload.count)
      return TimedFrame(
        time: Timestamp(seconds: 1_700_000_000),
        bytes: isBack
          ? server.tcp(from: 443, to: 50_000, flags: TCPFlags.ack, sequence: sequence, payload: payload)
          : office.tcp(from: 50_000, to: 443, flags: TCPFlags.ack, sequence: sequence, payload: payload))
    }
    let capture = try folder.write(PcapWriter.pcap(frames), to: "traffic.pcap")
    let file = try folder.write(configuration, to: "site.yaml")
    let ended = Mutex(false)
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread { [network = UncheckedBox(network)] in
      while !ended.withLock({ $0 }) { _ = try? network.value.send(capture) }
      done.signal()
    }
    defer {
      ended.withLock { $0 = true }
      done.wait()
    }
    return try network.run(
      "sh", "-c",
      "'\(Program.path)' check --config '\(file)' --rules '\(Project.rules)' --listen 3; test $? -eq \(code)")
  }
}
