import Auditing
import Model
import Privacy
import Store
import TestSupport
import Testing
import Wire

@Suite("A flood of flows that rules describe")
struct EvidenceAllowanceReplayTests {
  private static let flood = 4_196

  /// One device sends a message to a described name from that many ports within half a second; then another device sends one.
  private func capture(
    _ message: [UInt8] = ClientHelloBuilder("v10.events.data.microsoft.com").record, to serverPort: UInt16 = 443,
    into folder: TemporaryDirectory
  ) throws -> String {
    let start = Timestamp(seconds: 1_700_000_000)
    func frame(_ client: String, _ hardware: UInt64, port: UInt16, at milliseconds: Int64) -> TimedFrame {
      var builder = PacketBuilder(from: client, to: "203.0.113.9")
      builder.sourceHardware = HardwareAddress(bits: 0x0200_0000_0000 | hardware)
      return TimedFrame(
        time: Timestamp(nanoseconds: start.nanoseconds + milliseconds * 1_000_000),
        bytes: builder.tcp(from: port, to: serverPort, flags: [.psh, .ack], sequence: 1, payload: message))
    }
    var frames = (0..<Self.flood).map {
      frame("10.0.0.5", 5, port: UInt16(10_000 + $0), at: Int64($0 / 10))
    }
    frames.append(frame("10.0.0.6", 6, port: 50_000, at: 500))
    return try folder.write(PcapWriter.pcap(frames), to: "flood.pcap")
  }

  @Test(
    "is whole in every sum; 4,096 of its flows are stored singly, the rest is counted in the coverage, and others keep their rows"
  )
  func sums() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("a.sqlite")
    let result = try Project.replay([try capture(into: folder)], into: store, configuration: nil)
    #expect(result.counts.matchedFlows == UInt64(Self.flood + 1))
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let period = try #require(try database.period())
    var usage: [UInt64] = []
    try database.forEachUsage(in: period) { usage.append($0.sessions + $0.blockedAttempts) }
    #expect(usage.sorted() == [1, UInt64(Self.flood)])
    var byDevice: [DevicePseudonym: Int] = [:]
    try database.forEachEvidence(in: period) {
      byDevice[$0.flow.device, default: 0] += 1
    }
    #expect(byDevice.values.sorted() == [1, 4_096])
    let coverage = try database.coverage(in: period)
    #expect(coverage.compactMap { $0.coverage.anomalies[.evidenceNotKept] } == [100])
    #expect(coverage.map(\.coverage.outboundFlows) == [UInt64(Self.flood + 1)])
    #expect(coverage.map(\.coverage.recordsLost) == [0])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    _ = try database.checkValues()
  }

  @Test("is searched for identifiers only in the flows that are stored singly, and the sum states that others were not")
  func identifiers() throws {
    let folder = try TemporaryDirectory()
    let store = folder.path("a.sqlite")
    let request = "GET / HTTP/1.1\r\nHost: v10.events.data.microsoft.com\r\nUser-Agent: a\r\n\r\n"
    try Project.replay([try capture(Array(request.utf8), to: 80, into: folder)], into: store, configuration: nil)
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let period = try #require(try database.period())
    var classes: [UInt64: Set<IdentifierClass>] = [:]
    try database.forEachUsage(in: period) { classes[$0.sessions] = $0.cleartextIdentifierClasses }
    #expect(classes == [1: [.userAgent], UInt64(Self.flood): [.userAgent, .notInspected]])
    var rows: [Set<IdentifierClass>: Int] = [:]
    try database.forEachEvidence(in: period) { rows[$0.flow.cleartextIdentifierClasses, default: 0] += 1 }
    #expect(rows == [[.userAgent]: 4_097])
  }

  @Test("gives the same rows each time")
  func deterministic() throws {
    let folder = try TemporaryDirectory()
    let capture = try capture(into: folder)
    let heads = try ["a", "b"].map { name in
      try Project.replay([capture], into: folder.path(name), configuration: nil)
      return try AuditDatabase(path: folder.path(name), mode: .readExisting).lastFlowHash()
    }
    #expect(heads[0] == heads[1])
  }
}
