import FlowTracking
import Glibc
import Model
import TestSupport
import Testing

/// Counts the objects that the Swift runtime allocates in one thread, through its hook for measuring tools.
///
/// Arrays, strings, closures and class instances are such objects; the raw storage of the flow table is not.
private enum HeapObjects {
  private typealias Allocate = @convention(c) (UnsafeRawPointer?, Int, Int) -> UnsafeMutableRawPointer?

  private struct State {
    var original: Allocate
    var thread: pthread_t
    var count = 0
  }

  nonisolated(unsafe) private static var state: UnsafeMutablePointer<State>?

  /// Runs `body` and returns the number of objects it allocated; nil if the runtime has no hook. Call it only in a
  /// separate process.
  static func allocated(by body: () -> Void) -> Int? {
    guard let symbol = dlsym(nil, "_swift_allocObject"),
      let flag = dlsym(nil, "_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly")
    else { return nil }
    let hook = symbol.assumingMemoryBound(to: UnsafeRawPointer?.self)
    let original = hook.pointee
    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    state.initialize(to: State(original: unsafeBitCast(original, to: Allocate.self), thread: pthread_self()))
    HeapObjects.state = state
    let counting: Allocate = { metadata, size, alignment in
      // Never freed: another thread may still be in here when the hook is taken off.
      guard let state = HeapObjects.state else { return nil }
      if pthread_equal(state.pointee.thread, pthread_self()) != 0 { state.pointee.count += 1 }
      return state.pointee.original(metadata, size, alignment)
    }
    hook.pointee = unsafeBitCast(counting, to: UnsafeRawPointer.self)
    flag.assumingMemoryBound(to: UInt8.self).pointee = 1
    // The test library hooks into every throw and boxes the error; the program itself does not.
    for name in ["_swift_willThrow", "_swift_willThrowTypedImpl"] {
      dlsym(nil, name)?.assumingMemoryBound(to: UnsafeRawPointer?.self).pointee = nil
    }
    body()
    flag.assumingMemoryBound(to: UInt8.self).pointee = 0
    hook.pointee = original
    return state.pointee.count
  }
}

/// Each case runs in a separate process: the hook sees every thread, and would slow other tests down.
@Suite("The packet path allocates nothing")
struct AllocationTests {
  /// Objects in a hundred packets that are tolerated: in a debug build each literal of an option set is an array.
  private static var limit: Int {
    #if DEBUG
      200
    #else
      1
    #endif
  }

  /// Processes 100,000 frames, `frames` again and again, on the flows that `opening` began.
  private static func expectNone(opening: [TimedFrame], _ frames: [TimedFrame]) {
    let packets = 100_000
    var tracker = FlowTracker()
    for frame in opening {
      tracker.process(
        frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
    }
    let time = opening.last?.time ?? fullHour
    let count = HeapObjects.allocated {
      for index in 0..<packets {
        let frame = frames[index % frames.count]
        // A new second every thousand packets, so that the timer wheel turns too.
        tracker.process(
          frame.bytes.span.bytes, originalLength: frame.originalLength,
          at: time.advanced(by: TimeSpan(nanoseconds: Int64(index) * 1_000_000)), linkType: frame.linkType)
      }
    }
    guard let count else { preconditionFailure("the runtime has no hook for allocations") }
    precondition(count <= packets / 100 * limit, "\(count) objects were allocated for \(packets) packets")
  }

  @Test("the counter counts")
  func counter() async {
    await #expect(processExitsWith: .success) {
      var kept: [[Int]] = []
      kept.reserveCapacity(100)
      let count = HeapObjects.allocated { for index in 0..<100 { kept.append([index]) } }
      precondition((100...110).contains(count ?? 0))
    }
  }

  @Test("for data on a flow whose name is known")
  func data() async {
    await #expect(processExitsWith: .success) {
      var conversation = TCPConversation(client, start: fullHour)
      conversation.open()
      conversation.send(.client, ClientHelloBuilder("a.example").record)
      conversation.send(.server, ServerHelloBuilder().record)
      let opening = conversation.frames
      conversation.frames = []
      conversation.send(.client, Array(repeating: 1, count: 1_400))
      conversation.send(.server, Array(repeating: 1, count: 1_400))
      conversation.acknowledge(.client)
      AllocationTests.expectNone(opening: opening, conversation.frames)
    }
  }

  @Test("for data on a flow that shows no name")
  func opaqueData() async {
    await #expect(processExitsWith: .success) {
      var conversation = TCPConversation(client, start: fullHour)
      conversation.send(.client, Array(repeating: 1, count: 1_400))
      conversation.send(.server, Array(repeating: 1, count: 1_400))
      AllocationTests.expectNone(opening: conversation.frames, conversation.frames)
    }
  }

  @Test("for datagrams")
  func datagrams() async {
    await #expect(processExitsWith: .success) {
      let frames = [
        client.udp(from: 50_000, to: 443, payload: [1]), client.reversed.udp(from: 443, to: 50_000, payload: [1]),
      ].map { TimedFrame(time: fullHour, bytes: $0) }
      AllocationTests.expectNone(opening: frames, frames)
    }
  }

  @Test("for frames that are malformed or not IP")
  func rejected() async {
    await #expect(processExitsWith: .success) {
      let whole = client.udp(from: 1, to: 2, payload: [1])
      var foreign = whole
      foreign.setUInt16(0x0806, at: 12)
      let frames = [foreign, Array(whole.prefix(9)), Array(whole.prefix(30))].map {
        TimedFrame(time: fullHour, bytes: $0)
      }
      AllocationTests.expectNone(opening: frames, frames)
    }
  }
}
