import FlowTracking
import Foundation
import Location
import Model
import Privacy
import Rules
import Store
import TestSupport
import Testing

@testable import Auditing

/// A reader of the store knows when one flow ended, his own, and looks for the times of others in the order of rows.
@Suite("The order of flows in a batch")
struct EvidenceOrderTests {
  private static let rules = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "rules").path

  /// Flows to a described name that end one after the other, each with other bytes.
  private func records(_ numbers: Range<Int>) -> [FlowRecord] {
    var tracker = FlowTracker(settings: TrackerSettings())
    for number in numbers {
      var client = PacketBuilder(from: "10.20.1.11", to: "198.51.100.7")
      client.sourceHardware = HardwareAddress(bits: 0x0200_0000_0a11)
      var hello = ClientHelloBuilder("v10.events.data.microsoft.com")
      hello.paddedTo = 600 + number
      var conversation = TCPConversation(
        client, clientPort: UInt16(20_000 + number), start: Timestamp(seconds: 1_700_000_000 + Int64(number)))
      conversation.open()
      conversation.send(.client, hello.record)
      conversation.send(.server, [UInt8](repeating: 7, count: 90))
      conversation.close()
      for frame in conversation.frames {
        tracker.process(
          frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
      }
    }
    _ = tracker.finish(atMost: .max)
    return tracker.takeRecords()
  }

  private func writer(key: UInt8, isOneStep: Bool = false) throws -> RecordWriter {
    let folder = try TemporaryDirectory()
    let key = PseudonymKey.fixed(bytes: Array(repeating: key, count: PseudonymKey.length))
    var configuration = AuditConfiguration()
    configuration.location = .none
    return RecordWriter(
      database: try AuditDatabase(path: folder.path("a.sqlite"), mode: .capture), session: 1,
      rules: try RuleSet(directory: Self.rules), pseudonyms: PseudonymSource(key), configuration: configuration,
      owners: try NetworkOwners(.none), isOneStep: isOneStep)
  }

  /// Shares of the pairs that are in order of time: 1 for the order in which flows ended, about 0.5 for one that shows
  /// nothing.
  static func shareInOrder<Value: Comparable>(_ values: [Value]) -> Double {
    var (inOrder, pairs) = (0, 0)
    for first in values.indices {
      for second in values.indices where second > first {
        pairs += 1
        if values[first] < values[second] { inOrder += 1 }
      }
    }
    return Double(inOrder) / Double(max(pairs, 1))
  }

  @Test("shows nothing about time, is the same for the same key, and another for another key")
  func withinABatch() throws {
    let records = records(0..<200)
    #expect(Self.shareInOrder(records.map(\.traffic.bytesUp)) == 1)
    let orders = try ([7, 7, 9] as [UInt8]).map { key in
      var writer = try writer(key: key)
      return writer.judge(RecordBatch(records: records, coverage: [])).flows.map(\.traffic.bytesUp)
    }
    for order in orders {
      #expect(Set(order) == Set(records.map(\.traffic.bytesUp)) && order.count == 200)
      #expect((0.4...0.6).contains(Self.shareInOrder(order)), "\(Self.shareInOrder(order))")
    }
    #expect(orders[0] == orders[1])
    #expect(orders[0] != orders[2])
  }

  @Test("of a capture does not show its batches either: they are put in order together")
  func acrossBatches() throws {
    var writer = try writer(key: 7, isOneStep: true)
    let batches = [records(0..<100), records(100..<200)]
    for batch in batches { #expect(writer.judge(RecordBatch(records: batch, coverage: [])).flows == []) }
  }

  @Test("what remains: the batches of the service are in order of time, as they are stored one after the other")
  func remains() throws {
    var writer = try writer(key: 7)
    let batches = [records(0..<100), records(100..<200)].map { RecordBatch(records: $0, coverage: []) }
    let bytes = batches.map { batch in writer.judge(batch).flows.map(\.traffic.bytesUp) }
    #expect(try #require(bytes[0].max()) < #require(bytes[1].min()))
  }
}
