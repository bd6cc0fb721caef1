import Model
import Wire

/// Reassembles one direction of a TCP stream, holding only bytes that have not been read yet.
///
/// Bounded: at most `limit` bytes in order, and as many that wait behind a gap. If segments overlap, bytes that are
/// already in order are kept (behind a gap, the segment that closes it wins, as on Linux), and a difference is
/// reported.
struct StreamBuffer {
  /// Bytes in order that have not been consumed yet.
  private(set) var bytes: [UInt8] = []
  /// Sequence number behind `bytes`.
  private(set) var next: UInt32
  /// Number of bytes to skip up to the next message, such as the body of a request.
  private var skip = 0
  /// How many of those to keep for `takeKept`.
  private var toKeep = 0
  private var kept: [UInt8] = []
  /// Some of the bytes to keep were lost.
  private var lostSomeToKeep = false
  private var waiting: [(sequence: UInt32, bytes: [UInt8])] = []
  private var waitingBytes = 0
  /// The last segment contradicts bytes that arrived earlier.
  private(set) var sawDifference = false
  /// How far `bytes` have been searched without result.
  var scan = Scan.nothing
  /// Number of bytes that the reader needs before it is called again.
  var needed = 1

  /// What one reader has already searched, and need not search again; other readers must.
  struct Scan {
    private enum Reader: UInt8 { case none, http, plain, tls }

    private var reader: Reader
    // 32 bits, to keep streams small; neither number is much larger than `limit`.
    private var count: UInt32
    private var content: UInt32

    private init(_ reader: Reader, count: Int = 0, content: Int = 0) {
      self.reader = reader
      self.count = UInt32(clamping: count)
      self.content = UInt32(clamping: content)
    }

    static let nothing = Scan(.none)
    /// The first `count` bytes contain no end of a request's head.
    static func http(_ count: Int) -> Scan { Scan(.http, count: count) }
    /// The first `count` bytes contain no end of a line or message.
    static func plain(_ count: Int) -> Scan { Scan(.plain, count: count) }
    static func tls(_ walk: TLSRecordWalk) -> Scan { Scan(.tls, count: walk.offset, content: walk.content) }

    var httpCount: Int { reader == .http ? Int(count) : 0 }
    var plainCount: Int { reader == .plain ? Int(count) : 0 }
    var recordWalk: TLSRecordWalk {
      reader == .tls ? TLSRecordWalk(offset: Int(count), content: Int(content)) : TLSRecordWalk()
    }
  }

  static let limit = 32_768
  private static let maximumWaiting = 64

  /// - Parameter skip: number of bytes from `next` on to skip.
  init(next: UInt32, skipping skip: Int = 0) {
    self.next = next
    self.skip = skip
  }

  enum Insertion {
    /// There may be something new to read.
    case extended
    case waiting
    /// The bounds are exceeded: the stream must be given up.
    case overflow
  }

  mutating func insert(_ segment: RawSpan, at sequence: UInt32) -> Insertion {
    sawDifference = false
    guard segment.byteCount > 0 else { return .waiting }
    var ahead = Int32(bitPattern: sequence &- next)
    if ahead > 0, Int(ahead) <= skip {
      // Bytes that are skipped may be missing.
      skip -= Int(ahead)
      if toKeep > 0 { lostSomeToKeep = true }
      toKeep = max(toKeep - Int(ahead), 0)
      next = sequence
      ahead = 0
    }
    if ahead > 0 {
      guard waiting.count < StreamBuffer.maximumWaiting, waitingBytes + segment.byteCount <= StreamBuffer.limit
      else { return .overflow }
      waiting.append((sequence, segment.copyBytes()))
      waitingBytes += segment.byteCount
      return .waiting
    }
    guard append(segment, at: sequence) else { return overflowOrWaiting() }
    while let index = waiting.firstIndex(where: { Int32(bitPattern: $0.sequence &- next) <= 0 }) {
      let piece = waiting.remove(at: index)
      waitingBytes -= piece.bytes.count
      _ = append(piece.bytes.span.bytes, at: piece.sequence)
    }
    return overflowOrWaiting(otherwise: .extended)
  }

  private func overflowOrWaiting(otherwise: Insertion = .waiting) -> Insertion {
    bytes.count > StreamBuffer.limit ? .overflow : otherwise
  }

  /// Returns true if the segment has new bytes.
  private mutating func append(_ segment: RawSpan, at sequence: UInt32) -> Bool {
    // Not `next &- sequence`: at a distance of half the sequence space, that is negative too.
    let known = -Int(Int32(bitPattern: sequence &- next))
    // Compares the part that is known with the bytes that are still here; the earlier bytes are kept.
    let overlap = min(known, segment.byteCount, bytes.count)
    if overlap > 0 {
      let start = bytes.count - min(known, bytes.count)
      let offset = known - min(known, bytes.count)
      for index in 0..<max(min(segment.byteCount - offset, bytes.count - start), 0)
      where bytes[start + index] != segment.byte(offset + index) {
        sawDifference = true
        break
      }
    }
    guard known < segment.byteCount else { return false }
    next = next &+ UInt32(segment.byteCount - known)
    let passed = min(skip, segment.byteCount - known)
    skip -= passed
    if toKeep > 0, passed > 0 {
      let length = min(passed, toKeep)
      segment.extracting(known..<known + length).withUnsafeBytes { kept.append(contentsOf: $0) }
      toKeep -= length
    }
    if known + passed < segment.byteCount {
      segment.extracting(known + passed..<segment.byteCount).withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    return true
  }

  var hasWaiting: Bool { !waiting.isEmpty }
  var hasSomething: Bool { !bytes.isEmpty || !waiting.isEmpty }

  /// Memory in bytes; each waiting segment has a buffer of its own.
  var allocatedBytes: Int { bytes.allocatedBytes + waiting.allocatedBytes + waitingBytes + waiting.count * 64 }

  /// Keeps the first `count` of the bytes that will be skipped.
  mutating func keepPassed(_ count: Int) { toKeep = min(count, skip) }

  var hasKept: Bool { !kept.isEmpty || lostSomeToKeep }

  /// Removes the bytes that were kept while skipping; `isWhole` if none of them was lost.
  mutating func takeKept() -> (bytes: [UInt8], isWhole: Bool) {
    defer {
      kept = []
      lostSomeToKeep = false
    }
    return (kept, !lostSomeToKeep)
  }

  /// Removes the segments behind a gap, in order.
  mutating func takeWaiting() -> [(sequence: UInt32, bytes: [UInt8])] {
    defer {
      waiting = []
      waitingBytes = 0
    }
    return waiting.sorted { Int32(bitPattern: $0.sequence &- next) < Int32(bitPattern: $1.sequence &- next) }
  }

  /// Drops `count` bytes from the front; those that have not arrived yet are skipped when they do.
  mutating func consume(_ count: Int) {
    let here = min(count, bytes.count)
    // A new array, since one that was large keeps its capacity.
    if here == bytes.count { bytes = [] } else { bytes.removeFirst(here) }
    skip += count - here
    scan = .nothing
    needed = 1
  }
}
