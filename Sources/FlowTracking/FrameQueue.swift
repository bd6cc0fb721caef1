import Model
import Wire

/// A batch of small frames, so that the memory of their flows can be prefetched together.
///
/// With a million flows each packet waits for three cache lines, some 300 ns. For sixteen packets together these waits
/// overlap. Only small frames are worth the copy: a large one is usually followed by another of the same flow.
struct FrameQueue {
  struct Frame {
    var originalLength: Int
    var time: Timestamp
    var linkType: LinkType
    /// Hash of the flow's key, if `FlowKey.guess` found one.
    var hash: UInt32?
    fileprivate(set) var start: Int
    fileprivate(set) var count: Int
  }

  private(set) var frames: [Frame] = []
  private var bytes = [UInt8](repeating: 0, count: FrameQueue.capacity * FrameQueue.longest)

  static let capacity = 16
  /// Longest frame that is queued, in bytes.
  static let longest = 128

  init() { frames.reserveCapacity(FrameQueue.capacity) }

  private init(none: Void) { bytes = [] }

  /// An empty queue without storage, to swap for one that is moved out.
  static let none = FrameQueue(none: ())

  var isEmpty: Bool { frames.isEmpty }
  var isFull: Bool { frames.count == FrameQueue.capacity }

  /// - Precondition: the queue is not full, and the frame not longer than `longest`.
  mutating func append(
    _ frame: RawSpan, originalLength: Int, at time: Timestamp, linkType: LinkType, hash: UInt32?
  ) {
    let start = frames.count * FrameQueue.longest
    frame.withUnsafeBytes { source in
      bytes.withUnsafeMutableBytes { $0[start..<start + source.count].copyBytes(from: source) }
    }
    frames.append(
      Frame(
        originalLength: originalLength, time: time, linkType: linkType, hash: hash, start: start,
        count: frame.byteCount))
  }

  /// The bytes of the frame at an index of `frames`.
  @_lifetime(borrow self)
  func bytes(of index: Int) -> RawSpan {
    bytes.span.bytes.extracting(frames[index].start..<frames[index].start + frames[index].count)
  }

  mutating func removeAll() { frames.removeAll(keepingCapacity: true) }
}

extension FlowKey {
  /// The key of a frame's flow if it is plain Ethernet with IP and TCP or UDP. A guess for prefetching: the headers are
  /// not checked.
  static func guess(_ frame: RawSpan, _ linkType: LinkType) -> FlowKey? {
    guard linkType == .ethernet, frame.byteCount >= 42 else { return nil }
    switch frame.uint16(12) {
    case 0x0800:
      let ports = 14 + Int(frame.byte(14) & 0x0f) * 4
      guard ports + 4 <= frame.byteCount else { return nil }
      return FlowKey.of(
        IPAddress(v4: frame.uint32(26)), frame.uint16(ports), IPAddress(v4: frame.uint32(30)), frame.uint16(ports + 2),
        frame.byte(23), vlan: 0, scope: 0
      ).key
    case 0x86dd where frame.byteCount >= 58:
      return FlowKey.of(
        IPAddress(high: frame.uint64(22), low: frame.uint64(30)), frame.uint16(54),
        IPAddress(high: frame.uint64(38), low: frame.uint64(46)), frame.uint16(56), frame.byte(20), vlan: 0, scope: 0
      ).key
    default: return nil
    }
  }
}
