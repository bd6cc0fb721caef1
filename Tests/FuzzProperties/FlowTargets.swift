import Capture
import FlowTracking
import Glibc
import Model
import TestSupport
import Wire

extension FuzzTarget {
  private static let ports: [UInt16] = [443, 80, 8_443, 53, 25, 1_080, 853, 5_432]

  /// Order of delivery (bit 0: last segment first; bit 1: all twice; bits 2 to 4: place in `ports`), cuts, bytes of a
  /// TCP client.
  @Sendable
  static func stream(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let order = input.byte()
    let (stream, cuts) = input.messageWithCuts()
    guard !stream.isEmpty else { return }
    let port = ports[order >> 2 & 7]
    let inOne = names([(0, stream)], port: port)
    var segments: [(offset: Int, bytes: [UInt8])] = []
    for (start, end) in zip([0] + cuts, cuts + [stream.count]) { segments.append((start, Array(stream[start..<end]))) }
    if order & 1 != 0 { segments.reverse() }
    if order & 2 != 0 { segments += segments }
    let inParts = names(segments, port: port)
    try require(
      inOne.isSubset(of: inParts),
      "what a stream names in one segment it names in any: \(inOne.count) names, \(inParts.count) in parts")
  }

  private static func names(_ segments: [(offset: Int, bytes: [UInt8])], port: UInt16) -> Set<NameSighting> {
    var conversation = TCPConversation(PacketBuilder(from: "10.0.0.5", to: "203.0.113.9"), serverPort: port)
    conversation.open()
    for segment in segments { conversation.deliver(.client, segment.bytes, at: segment.offset) }
    conversation.close()
    var settings = TrackerSettings()
    settings.collectsSightings = true
    settings.flowLimit = 4
    var tracker = FlowTracker(settings: settings)
    for frame in conversation.frames {
      tracker.process(
        frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
    }
    tracker.finish()
    return Set(tracker.takeSightings())
  }

  /// Most flows at a time (power of two), then for each frame: link type, wire bytes beyond the captured ones (in steps
  /// of 8), time step (two bytes), length (two bytes), bytes.
  @Sendable
  static func tracker(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let flowLimit = 1 << (input.byte() & 7)
    var time = Timestamp(seconds: 1_699_999_199)
    var frames: [TimedFrame] = []
    while !input.isAtEnd {
      let link = linkTypes[input.byte() % linkTypes.count]
      let beyond = input.byte() * 8
      time = time.advanced(by: timeStep(input.number16()))
      let frame = input.part16()
      frames.append(TimedFrame(time: time, bytes: frame, originalLength: frame.count + beyond, linkType: link))
    }
    let first = try Tracked(frames, flowLimit: flowLimit)
    try require(try Tracked(frames, flowLimit: flowLimit) == first, "the same frames give the same records")
  }

  /// Milliseconds: four bits exponent of 4, one bit sign, eleven bits mantissa; up to seventy years either way.
  private static func timeStep(_ bits: Int) -> TimeSpan {
    let milliseconds = Int64(bits & 0x07ff) << Int64(2 * (bits >> 12))
    return TimeSpan(nanoseconds: (bits & 0x0800 == 0 ? milliseconds : -milliseconds) * 1_000_000)
  }

  private struct Tracked: Equatable {
    var records: [FlowRecord]
    var sightings: [NameSighting]
    var coverage: [CoverageHour]

    /// Packets in all frames; nil if some are fragments, which count together and may contain further packets.
    private static func packets(_ frames: [TimedFrame]) -> UInt64? {
      var count = UInt64(0)
      for frame in frames {
        var decoder = PacketDecoder(
          frame.bytes.span.bytes, originalLength: frame.originalLength, linkType: frame.linkType)
        var packet = Packet()
        var isAtEnd = false
        while !isAtEnd {
          do throws(WireError) {
            isAtEnd = try !decoder.next(&packet)
            guard !isAtEnd else { break }
            guard packet.fragment == nil else { return nil }
            count += 1
          } catch {
            continue
          }
        }
      }
      return count
    }

    init(_ frames: [TimedFrame], flowLimit: Int) throws(BrokenProperty) {
      var settings = TrackerSettings()
      settings.collectsSightings = true
      settings.flowLimit = flowLimit
      var tracker = FlowTracker(settings: settings)
      for frame in frames {
        tracker.process(
          frame.bytes.span.bytes, originalLength: frame.originalLength, at: frame.time, linkType: frame.linkType)
      }
      tracker.finish()
      try require(tracker.framesSeen == frames.count, "every frame is counted")
      records = tracker.takeRecords()
      sightings = tracker.takeSightings()
      coverage = tracker.takeCoverage()
      tracker.finish()
      try require(
        tracker.takeRecords().isEmpty && tracker.takeCoverage().isEmpty, "no flow is left behind the end")
      try check(frames, flowsSeen: tracker.flowsSeen)
    }

    private func check(_ frames: [TimedFrame], flowsSeen: UInt64) throws(BrokenProperty) {
      try require(
        coverage.map(\.packetsSeen).reduce(0, +) == UInt64(frames.count), "every frame lies in an hour")
      if let packets = Tracked.packets(frames) {
        let recorded = records.reduce(0) { $0 + $1.traffic.packetsUp + $1.traffic.packetsDown }
        let copies = coverage.reduce(0) { $0 + ($1.anomalies[.frameDuplicated] ?? 0) }
        try require(
          recorded + copies == packets,
          "each of \(packets) packets belongs to one record or came twice, not \(recorded) and \(copies)")
      }
      var parts: Set<[UInt64]> = []
      for record in records {
        try require(record.start <= record.end, "no record ends before it begins")
        try require(record.flowNumber < flowsSeen, "flows are numbered from 0")
        try require(
          parts.insert([record.flowNumber, UInt64(record.part)]).inserted, "each part of a flow has a number of its own"
        )
      }
    }
  }

  /// A capture file.
  @Sendable
  static func pcap(_ bytes: [UInt8]) throws(BrokenProperty) {
    guard let first = MemoryFile(bytes), let second = MemoryFile(bytes) else {
      throw BrokenProperty("no file in memory can be made")
    }
    // Two files, because one file named twice is refused.
    var files = CaptureFiles(paths: [first.path, second.path])
    var settings = TrackerSettings()
    settings.flowLimit = 64
    var tracker = FlowTracker(settings: settings)
    var frames = UInt64(0)
    var captured = 0
    var isInside = true
    var repeated = UInt64(0)
    files.forEachFrame(repeated: { _ in repeated += 1 }) { frame in
      frames += 1
      captured += frame.bytes.byteCount
      isInside = isInside && frame.originalLength >= frame.bytes.byteCount
      tracker.process(frame.bytes, originalLength: frame.originalLength, at: frame.timestamp, linkType: frame.linkType)
    }
    tracker.finish()
    try require(isInside, "no more is captured than was on the wire")
    try require(captured <= 2 * bytes.count, "no captured byte is made from nothing")
    try require((frames + repeated).isMultiple(of: 2), "two files of the same bytes have the same frames")
    try require(tracker.framesSeen == frames, "every frame is counted")
    try require(
      tracker.takeCoverage().map(\.packetsSeen).reduce(0, +) == frames, "every frame lies in an hour")
    try require(
      files.problems.allSatisfy { !$0.description.isEmpty }, "every problem is told in words")
  }
}

/// An unnamed file that exists as long as this value; `path` can be opened repeatedly.
private struct MemoryFile: ~Copyable {
  private let descriptor: Int32

  init?(_ bytes: [UInt8]) {
    var name = Array("/dev/shm/egressaudit-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { return nil }
    unlink(name)
    guard write(descriptor, bytes, bytes.count) == bytes.count else { return nil }
  }

  deinit { close(descriptor) }

  var path: String { "/proc/self/fd/\(descriptor)" }
}
