import Auditing
import Foundation
import Model
import Reporting
import Store
import TestSupport
import Testing

/// Captures of others, which are not part of the project. `CAPTURE_CORPUS` names their folder.
private let corpus = ProcessInfo.processInfo.environment["CAPTURE_CORPUS"]

@Suite("Captures from outside the project")
struct CorpusTests {
  private func captures() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: corpus! + "/pcaps").sorted()
      .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") || $0.hasSuffix(".cap") }
      .map { corpus! + "/pcaps/" + $0 }
  }

  @Test(
    "each is audited and exported without a trap",
    .enabled(if: corpus != nil, "CAPTURE_CORPUS names no folder: nothing to audit"))
  func audited() throws {
    let folder = try TemporaryDirectory()
    var readable = 0
    for (index, capture) in try captures().enumerated() {
      let store = folder.path("\(index).sqlite")
      do {
        try Project.replay([capture], into: store, configuration: nil)
      } catch is ReplayError {
        continue
      }
      readable += 1
      _ = try Project.exports(of: store, folder: folder.path("\(index)"))
    }
    #expect(readable > 100)
  }

  /// Two addresses and ports over one transport in one capture, in no order.
  private struct Conversation: Hashable {
    struct End: Hashable {
      var address: IPAddress
      var port: UInt16
    }
    var capture: String
    var transport: String
    var ends: Set<End>
  }

  private func referencePackets() throws -> [Conversation: UInt64] {
    let table = try String(contentsOfFile: corpus! + "/flows.tsv", encoding: .utf8)
    var packets: [Conversation: UInt64] = [:]
    // file, l4, addr_a, port_a, addr_b, port_b, packets
    for line in table.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let ends = try [(2, 3), (4, 5)].map { address, port in
        Conversation.End(address: try #require(IPAddress(cells[address])), port: try #require(UInt16(cells[port])))
      }
      let count: UInt64 = try #require(UInt64(cells[6]))
      packets[Conversation(capture: cells[0], transport: cells[1], ends: Set(ends))] = count
    }
    return packets
  }

  @Test(
    "of a hundred conversations ninety-nine have as many packets as the reference counts; docs/naming.md explains the others",
    .enabled(if: corpus != nil, "CAPTURE_CORPUS names no folder: nothing to compare"))
  func packetsPerFlow() throws {
    let captures = try captures()
    let names = Set(captures.map { URL(fileURLWithPath: $0).lastPathComponent })
    let expected = try referencePackets().filter { names.contains($0.key.capture) }
    var seen: [Conversation: UInt64] = [:]
    var doubled: Set<String> = []
    for capture in captures {
      let inspected = CaptureInspector.inspect([capture])
      // The reference counts both copies of what a mirror port delivers twice.
      if inspected.anomalies[.frameDuplicated] != nil {
        doubled.insert(URL(fileURLWithPath: capture).lastPathComponent)
      }
      for flow in inspected.flows {
        let ends: Set = [
          Conversation.End(address: flow.originator, port: flow.originatorPort),
          Conversation.End(address: flow.responder, port: flow.responderPort),
        ]
        let conversation = Conversation(
          capture: URL(fileURLWithPath: capture).lastPathComponent, transport: "\(flow.transport)", ends: ends)
        seen[conversation, default: 0] += flow.traffic.packetsUp + flow.traffic.packetsDown
      }
    }
    #expect(doubled.count <= 12, "\(doubled.sorted())")
    let all = Set(expected.keys).union(seen.keys).filter { !doubled.contains($0.capture) }
    let equal = all.count { expected[$0] == seen[$0] }
    #expect(equal > 100 && equal * 100 >= all.count * 99, "\(equal) of \(all.count) conversations are equal")
  }
}
