import Model
import Wire

/// Puts one direction of a TCP stream in order, holding only what has not been read yet.
///
/// Bounded: at most `limit` bytes in order and as many that wait behind a gap. Where segments overlap, the bytes that are in order stay
/// (behind a gap, the segment that closes it wins, as on Linux), and a difference is reported.
struct StreamBuffer {
  /// In order, not yet consumed.
  private(set) var bytes: [UInt8] = []
  /// Sequence number behind `bytes`.
  private(set) var next: UInt32
  /// Bytes to pass over before the next message, such as the body of a request.
  private var skip = 0
  /// Of those, the next ones that are kept all the same, for `takeKept`.
  private var toKeep = 0
  private var kept: [UInt8] = []
  /// Some of those were lost.
  private var lostSomeToKeep = false
  private var waiting: [(sequence: UInt32, bytes: [UInt8])] = []
  private var waitingBytes = 0
  /// The last segment contradicts bytes that came before.
  private(set) var sawDifference = false
  /// How far `bytes` have been searched without success.
  var scan = Scan.nothing
  /// The reader said that nothing changes before so many bytes are there.
  var needed = 1

  /// What one reader need not look at again; others have not looked there.
  struct Scan {
    private enum Reader: UInt8 { case none, http, plain, tls }

    private var reader: Reader
    // Streams hold two of these each; neither number exceeds `limit`.
    private var count: UInt32
    private var content: UInt32

    private init(_ reader: Reader, count: Int = 0, content: Int = 0) {
      self.reader = reader
      self.count = UInt32(clamping: count)
      self.content = UInt32(clamping: content)
    }

    static let nothing = Scan(.none)
    /// Bytes from the beginning in which the reader of requests has found no end.
    static func http(_ count: Int) -> Scan { Scan(.http, count: count) }
    /// Bytes from the beginning in which the reader of lines has found no end.
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

  /// - Parameter skip: bytes from `next` on that are passed over.
  init(next: UInt32, skipping skip: Int = 0) {
    self.next = next
    self.skip = skip
  }

  enum Insertion {
    /// There may be something new to read.
    case extended
    case waiting
    /// More than the bounds allow: the stream has to be given up.
    case overflow
  }

  mutating func insert(_ segment: RawSpan, at sequence: UInt32) -> Insertion {
    sawDifference = false
    guard segment.byteCount > 0 else { return .waiting }
    var ahead = Int32(bitPattern: sequence &- next)
    if ahead > 0, Int(ahead) <= skip {
      // What is passed over anyway need not be there.
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

  /// True where the segment had bytes that are new.
  private mutating func append(_ segment: RawSpan, at sequence: UInt32) -> Bool {
    // Not `next &- sequence`: half the sequence space away, that is negative too.
    let known = -Int(Int32(bitPattern: sequence &- next))
    // Compare with what is still here of the known part: the first bytes stay.
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

  /// What it takes in memory; each segment that waits has a buffer of its own.
  var allocatedBytes: Int { bytes.allocatedBytes + waiting.allocatedBytes + waitingBytes + waiting.count * 64 }

  /// Of the bytes that are passed over from here on, the first `count` are to be kept.
  mutating func keepPassed(_ count: Int) { toKeep = min(count, skip) }

  var hasKept: Bool { !kept.isEmpty || lostSomeToKeep }

  /// Gives up the bytes that were passed over and kept; `isWhole` where none of them was lost.
  mutating func takeKept() -> (bytes: [UInt8], isWhole: Bool) {
    defer {
      kept = []
      lostSomeToKeep = false
    }
    return (kept, !lostSomeToKeep)
  }

  /// Gives up the segments behind a gap, in order.
  mutating func takeWaiting() -> [(sequence: UInt32, bytes: [UInt8])] {
    defer {
      waiting = []
      waitingBytes = 0
    }
    return waiting.sorted { Int32(bitPattern: $0.sequence &- next) < Int32(bitPattern: $1.sequence &- next) }
  }

  /// Drops `count` bytes from the front; those that are not there yet are passed over when they come.
  mutating func consume(_ count: Int) {
    let here = min(count, bytes.count)
    // An array that was large keeps its room.
    if here == bytes.count { bytes = [] } else { bytes.removeFirst(here) }
    skip += count - here
    scan = .nothing
    needed = 1
  }
}
