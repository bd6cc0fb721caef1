import Capture
import Foundation
import Glibc
import Model
import TestSupport
import Testing

/// All frames of `files`, in the order of delivery.
private func frames(_ files: inout CaptureFiles) -> [TimedFrame] {
  var result: [TimedFrame] = []
  files.forEachFrame { frame in
    let bytes = frame.bytes.withUnsafeBytes { Array($0) }
    result.append(
      TimedFrame(
        time: frame.timestamp, bytes: bytes, originalLength: frame.originalLength, linkType: frame.linkType))
  }
  return result
}

private func read(_ paths: [String]) -> (frames: [TimedFrame], problems: [CaptureError]) {
  var files = CaptureFiles(paths: paths)
  return (frames(&files), files.problems)
}

/// `count` frames, one a millisecond and a bit, each with bytes and a length of its own.
private func sample(_ count: Int, from second: Int64 = 1_700_000_000, marker: UInt8 = 0) -> [TimedFrame] {
  (0..<count).map { index in
    TimedFrame(
      time: Timestamp(seconds: second).advanced(by: TimeSpan(nanoseconds: Int64(index) * 1_001_001)),
      bytes: Array(repeating: UInt8(truncatingIfNeeded: index), count: 20 + index % 7) + [marker],
      originalLength: 100 + index)
  }
}

/// The times that a file with microseconds gives.
private func cutToMicroseconds(_ frames: [TimedFrame]) -> [TimedFrame] {
  frames.map { frame in
    var frame = frame
    frame.time.nanoseconds -= frame.time.nanoseconds % 1_000
    return frame
  }
}

@Suite("Capture files are read")
struct CaptureFilesTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(
    "pcap gives times, lengths and bytes in both byte orders and resolutions",
    arguments: [PcapWriter.Resolution.microseconds, .nanoseconds], [PcapWriter.ByteOrder.little, .big])
  func pcap(resolution: PcapWriter.Resolution, order: PcapWriter.ByteOrder) throws {
    let expected = sample(9)
    let path = try directory.write(PcapWriter.pcap(expected, resolution: resolution, byteOrder: order), to: "a.pcap")
    let result = read([path])
    #expect(result.frames == (resolution == .nanoseconds ? expected : cutToMicroseconds(expected)))
    #expect(result.problems.isEmpty)
  }

  @Test("pcapng gives times, lengths and bytes", arguments: [PcapWriter.ByteOrder.little, .big])
  func pcapng(order: PcapWriter.ByteOrder) throws {
    let expected = sample(9)
    let result = read([try directory.write(PcapWriter.pcapng(expected, byteOrder: order), to: "a.pcapng")])
    #expect(result.frames == expected)
    #expect(result.problems.isEmpty)
  }

  @Test("the link type goes with each frame", arguments: [LinkType.linuxCooked, .linuxCooked2, .null])
  func linkTypes(link: LinkType) throws {
    let result = read([try directory.write(PcapWriter.pcap(sample(2), linkType: link), to: "a.pcap")])
    #expect(result.frames.map(\.linkType) == [link, link])
    #expect(result.problems.isEmpty)
  }

  @Test("raw IP has the number 101 in files and 12 in libpcap; both are read")
  func rawLink() throws {
    let file = PcapWriter.pcap(sample(1), linkType: LinkType(rawValue: 101))
    #expect(read([try directory.write(file, to: "a.pcap")]).frames.map(\.linkType) == [.raw])
  }

  @Test("an unsupported link type is noted, and its frames are delivered to be counted")
  func unsupportedLink() throws {
    let path = try directory.write(PcapWriter.pcap(sample(3), linkType: LinkType(rawValue: 189)), to: "a.pcap")
    let result = read([path])
    #expect(result.frames.count == 3)
    #expect(
      result.problems == [CaptureError(file: path, cause: .unsupportedLinkType(name: "USB_LINUX", number: 189))])
  }

  @Test("a capture without packets is not a problem")
  func noPackets() throws {
    let result = read([
      try directory.write(PcapWriter.pcap([]), to: "a.pcap"),
      try directory.write(PcapWriter.pcapng([]), to: "b.pcapng"),
    ])
    #expect(result.frames.isEmpty)
    #expect(result.problems.isEmpty)
  }

  @Test("a file that is not a capture is named, and the others are still read")
  func notCaptures() throws {
    let empty = try directory.write([UInt8](), to: "empty.pcap")
    let gzip = try directory.write([0x1f, 0x8b, 8, 0] + [UInt8](repeating: 0, count: 40), to: "a.pcap.gz")
    let text = try directory.write("time,source,destination\n1,2,3\n", to: "a.csv")
    let good = try directory.write(PcapWriter.pcap(sample(2)), to: "good.pcap")
    let missing = directory.path("missing.pcap")
    let folder = directory.url.path(percentEncoded: false)
    let result = read([empty, folder, missing, gzip, text, good])
    #expect(result.frames.count == 2)
    #expect(result.problems.map(\.file) == [empty, folder, missing, gzip, text])
    #expect(
      result.problems.dropLast().map(\.cause)
        == [.empty, .isDirectory, .cannotOpen("No such file or directory"), .compressed])
    guard case .notACapture = result.problems.last?.cause else {
      Issue.record("\(result.problems)")
      return
    }
  }

  @Test("every problem is reported with the file and what to do")
  func words() throws {
    let missing = directory.path("missing.pcap")
    #expect(
      read([missing]).problems.map(\.description)
        == ["\(missing): cannot be opened (No such file or directory). Check the path and your rights."])
    #expect(CaptureError(file: "-", cause: .empty).description.hasPrefix("standard input: is empty."))
  }

  @Test("a file that ends early gives what was readable, and says after how many packets", arguments: [true, false])
  func cutShort(isPcapng: Bool) throws {
    let all = sample(3)
    func file(_ count: Int) -> [UInt8] {
      isPcapng
        ? PcapWriter.pcapng(Array(all.prefix(count)))
        : PcapWriter.pcap(Array(all.prefix(count)), resolution: .nanoseconds)
    }
    let ends = (0...3).map { file($0).count }
    let whole = file(3)
    for length in 1..<whole.count {
      let path = try directory.write(Array(whole.prefix(length)), to: "cut")
      let result = read([path])
      let packets = ends.lastIndex { $0 <= length } ?? 0
      #expect(result.frames == Array(all.prefix(packets)))
      // A section header alone is a complete recording without interfaces.
      if ends.contains(length) || isPcapng && length == 28 {
        #expect(result.problems.isEmpty)
        continue
      }
      #expect(result.problems.count == 1)
      switch result.problems.first?.cause {
      case .notACapture: #expect(length < ends[0])
      case .cutShort(let after, _):
        #expect(after == UInt64(packets))
        #expect(isPcapng || length > ends[0])
      case let other: Issue.record("\(String(describing: other)) at \(length)")
      }
    }
  }

  @Test("files given in the wrong order are read in the order of their times")
  func order() throws {
    let all = sample(30)
    var paths: [String] = []
    for part in 0..<5 {
      let file = PcapWriter.pcap(Array(all[part * 6..<part * 6 + 6]), resolution: .nanoseconds)
      paths.append(try directory.write(file, to: "\(part).pcap"))
    }
    for order in [[4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [0, 1, 2, 3, 4]] {
      let result = read(order.map { paths[$0] })
      #expect(result.frames == all)
      #expect(result.problems.isEmpty)
    }
  }

  @Test("a capture split at any packet reads as the whole")
  func split() throws {
    var all = sample(12)
    // Three packets with the same time, so that a split also falls between equal times.
    all[6].time = all[5].time
    all[7].time = all[5].time
    for split in 1..<all.count {
      let first = try directory.write(PcapWriter.pcapng(Array(all[..<split])), to: "first")
      let second = try directory.write(PcapWriter.pcap(Array(all[split...]), resolution: .nanoseconds), to: "second")
      #expect(read([first, second]).frames == all)
      if split != 1 { #expect(read([second, first]).frames == all) }
    }
  }

  @Test("overlapping files are merged by time, equal times in the order of the arguments")
  func overlap() throws {
    let first = sample(40, marker: 1)
    let second = sample(40, marker: 2)
    var third = sample(40, marker: 3)
    for index in third.indices { third[index].time = third[index].time.advanced(by: TimeSpan(nanoseconds: 500_000)) }
    let paths = try [("1", first), ("2", second), ("3", third)].map { name, frames in
      try directory.write(PcapWriter.pcap(frames, resolution: .nanoseconds), to: name)
    }
    var expected: [TimedFrame] = []
    for index in 0..<40 { expected += [first[index], second[index], third[index]] }
    #expect(read(paths).frames == expected)
    #expect(read([paths[2], paths[0], paths[1]]).frames == expected)
    expected = []
    for index in 0..<40 { expected += [second[index], first[index], third[index]] }
    #expect(read([paths[1], paths[0], paths[2]]).frames == expected)
  }

  @Test("a broken file among good ones loses only its own remainder")
  func brokenAmongGood() throws {
    let first = sample(5)
    let second = sample(5, from: 1_700_000_100, marker: 2)
    let broken = try directory.write(Array(PcapWriter.pcap(first, resolution: .nanoseconds).dropLast()), to: "1")
    let good = try directory.write(PcapWriter.pcap(second, resolution: .nanoseconds), to: "2")
    let result = read([broken, good])
    #expect(result.frames == Array(first.dropLast()) + second)
    #expect(result.problems.count == 1)
    guard case .cutShort(afterPackets: 4, _) = result.problems.first?.cause else {
      Issue.record("\(result.problems)")
      return
    }
  }

  @Test("packets that go back in time within a file stay in the file's order")
  func timeGoesBack() throws {
    var all = sample(6)
    all.swapAt(2, 3)
    #expect(read([try directory.write(PcapWriter.pcapng(all), to: "a")]).frames == all)
  }

  @Test("progress is reported in bytes, rises, and can stop the reading")
  func progress() throws {
    let count = 140_000
    let frame = TimedFrame(time: Timestamp(seconds: 1), bytes: Array(repeating: 0, count: 14))
    let file = PcapWriter.pcap(Array(repeating: frame, count: count))
    let path = try directory.write(file, to: "a.pcap")
    var files = CaptureFiles(paths: [path])
    #expect(files.totalBytes == file.count)
    var steps: [Int] = []
    var frames = 0
    files.forEachFrame { bytes in
      steps.append(bytes)
      return true
    } _: { _ in
      frames += 1
    }
    #expect(frames == count)
    #expect(steps.count == 2)
    #expect(steps == steps.sorted() && steps.allSatisfy { $0 > 0 && $0 <= file.count })
    files = CaptureFiles(paths: [path])
    frames = 0
    files.forEachFrame { _ in
      false
    } _: { _ in
      frames += 1
    }
    #expect(frames == 65_536)
  }

  @Test("a pipe is opened once and read to its end")
  func pipe() throws {
    let path = directory.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let expected = sample(2_000)
    let file = PcapWriter.pcap(expected, resolution: .nanoseconds)
    let other = try directory.write(
      PcapWriter.pcap(sample(3, from: 1_600_000_000), resolution: .nanoseconds), to: "other")
    Thread.detachNewThread {
      guard let stream = fopen(path, "wb") else { return }
      fwrite(file, 1, file.count, stream)
      fclose(stream)
    }
    var files = CaptureFiles(paths: [path, other])
    #expect(frames(&files) == sample(3, from: 1_600_000_000) + expected)
    #expect(files.problems.isEmpty)
  }

  @Test("a dash is standard input")
  func standardInput() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let expected = sample(5)
      let path = try directory.write(PcapWriter.pcapng(expected), to: "a")
      precondition(dup2(Glibc.open(path, O_RDONLY), STDIN_FILENO) == STDIN_FILENO)
      let result = read(["-"])
      precondition(result.frames == expected && result.problems.isEmpty)
    }
  }
}

@Suite("Packets that several capture files hold")
struct RepeatedFramesTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private struct Reading {
    var frames: [TimedFrame]
    var repeated: [Timestamp]
    var notes: [CaptureError]
    var problems: [CaptureError]
  }

  private func reading(_ paths: [String]) -> Reading {
    var files = CaptureFiles(paths: paths)
    var (frames, repeated): ([TimedFrame], [Timestamp]) = ([], [])
    files.forEachFrame(repeated: { repeated.append($0) }) { frame in
      frames.append(
        TimedFrame(
          time: frame.timestamp, bytes: frame.bytes.withUnsafeBytes { Array($0) },
          originalLength: frame.originalLength, linkType: frame.linkType))
    }
    return Reading(frames: frames, repeated: repeated, notes: files.notes, problems: files.problems)
  }

  private func pcap(_ frames: [TimedFrame], _ name: String) throws -> String {
    try directory.write(PcapWriter.pcap(frames, resolution: .nanoseconds), to: name)
  }

  @Test("are delivered once if both formats of one capture are given", arguments: [false, true])
  func formats(reversed: Bool) throws {
    let capture = sample(2_000)
    let paths = [
      try directory.write(PcapWriter.pcap(capture), to: "a.pcap"),
      try directory.write(PcapWriter.pcapng(capture), to: "a.pcapng"),
    ]
    let result = reading(reversed ? paths.reversed() : paths)
    #expect(cutToMicroseconds(result.frames) == cutToMicroseconds(capture))
    #expect(result.repeated.count == 2_000)
    #expect(result.problems == [])
    let counts = result.notes.map { note -> (UInt64, UInt64) in
      guard case .repeatsOthers(let packets, let all) = note.cause else { return (0, 0) }
      return (packets, all)
    }
    #expect(counts.reduce(0) { $0 + $1.0 } == 2_000 && counts.allSatisfy { $0.1 == 2_000 })
    #expect(result.notes.allSatisfy { !$0.cause.isLoss })
  }

  @Test("are delivered once if a file has two names, or rotations overlap")
  func overlaps() throws {
    let capture = sample(1_000)
    let whole = try pcap(capture, "a.pcap")
    let copy = try pcap(capture, "copy.pcap")
    #expect(reading([whole, copy]).frames == capture)
    #expect(reading([whole, copy, try pcap(capture, "third.pcap")]).repeated.count == 2_000)
    let parts = [
      try pcap(Array(capture[..<400]), "1.pcap"), try pcap(Array(capture[300..<700]), "2.pcap"),
      try pcap(Array(capture[699...]), "3.pcap"),
    ]
    let result = reading(parts.reversed())
    #expect(result.frames == capture)
    #expect(result.repeated.count == 101)
    let last = try pcap(Array(capture[999...]), "last.pcap")
    #expect(reading([whole, last]).frames == capture)
  }

  @Test("are kept if files only meet; files that do not overlap cost nothing")
  func neighbours() throws {
    let capture = sample(1_000)
    let result = reading([try pcap(Array(capture[..<500]), "1.pcap"), try pcap(Array(capture[500...]), "2.pcap")])
    #expect(result.frames == capture)
    #expect(result.repeated == [] && result.notes == [])
  }

  @Test("are delivered as often as one file holds them, even if equal in content and time")
  func genuine() throws {
    let frame = sample(1)[0]
    let twice = Array(repeating: frame, count: 2)
    let thrice = Array(repeating: frame, count: 3)
    #expect(reading([try pcap(twice, "alone.pcap")]).frames == twice)
    let result = reading([try pcap(twice, "a.pcap"), try pcap(thrice, "b.pcap")])
    #expect(result.frames == thrice)
    #expect(result.repeated.count == 2)
  }

  @Test("differ by time, length or content")
  func different() throws {
    let frame = sample(1)[0]
    var later = frame
    later.time.nanoseconds += 1_000
    var longer = frame
    longer.originalLength += 1
    var other = frame
    other.bytes[19] ^= 1
    for (index, changed) in [later, longer, other].enumerated() {
      let result = reading([try pcap([frame], "a\(index).pcap"), try pcap([changed], "b\(index).pcap")])
      #expect(result.frames.count == 2 && result.repeated == [])
    }
  }
}
