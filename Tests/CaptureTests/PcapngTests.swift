import Capture
import Foundation
import Model
import TestSupport
import Testing

/// Puts a pcapng file together, block by block.
private struct Blocks {
  var bytes: [UInt8] = []
  var isBig = false

  func half(_ value: UInt16) -> [UInt8] { order([UInt8(value >> 8), UInt8(value & 0xff)]) }
  func word(_ value: UInt32) -> [UInt8] { order((0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - $0 * 8)) }) }
  func double(_ value: UInt64) -> [UInt8] { order((0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - $0 * 8)) }) }
  private func order(_ bytes: [UInt8]) -> [UInt8] { isBig ? bytes : bytes.reversed() }

  mutating func block(_ type: UInt32, _ body: [UInt8], length: UInt32? = nil, lengthBehind: UInt32? = nil) {
    let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
    let total = length ?? UInt32(padded.count + 12)
    bytes += word(type) + word(total) + padded + word(lengthBehind ?? total)
  }

  mutating func section() {
    block(0x0a0d_0d0a, word(0x1a2b_3c4d) + half(1) + half(0) + double(.max))
  }

  mutating func interface(_ link: UInt16, snapshot: UInt32 = 0, options: [UInt8] = []) {
    block(1, half(link) + half(0) + word(snapshot) + options)
  }

  mutating func packet(_ interface: UInt32, ticks: UInt64, _ data: [UInt8], original: Int? = nil) {
    block(
      6,
      word(interface) + word(UInt32(ticks >> 32)) + word(UInt32(truncatingIfNeeded: ticks)) + word(UInt32(data.count))
        + word(UInt32(original ?? data.count)) + data)
  }

  func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
    half(code) + half(UInt16(value.count)) + value + [UInt8](repeating: 0, count: -value.count & 3)
  }
}

@Suite("pcapng files are read block by block")
struct PcapngTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(_ bytes: [UInt8]) throws -> (frames: [TimedFrame], causes: [CaptureError.Cause]) {
    var files = CaptureFiles(paths: [try directory.write(bytes, to: "a.pcapng")])
    var frames: [TimedFrame] = []
    files.forEachFrame { frame in
      frames.append(
        TimedFrame(
          time: frame.timestamp, bytes: frame.bytes.withUnsafeBytes { Array($0) },
          originalLength: frame.originalLength, linkType: frame.linkType))
    }
    return (frames, files.problems.map(\.cause))
  }

  private func cutShort(_ bytes: [UInt8]) throws -> String? {
    guard case .cutShort(_, let reason) = try read(bytes).causes.first else { return nil }
    return reason.en
  }

  @Test("interfaces have link types, snapshot lengths and clocks of their own", arguments: [false, true])
  func interfaces(isBig: Bool) throws {
    var file = Blocks(isBig: isBig)
    file.section()
    file.interface(1, snapshot: 65_535)
    file.interface(
      101, snapshot: 96, options: file.option(9, [9]) + file.option(2, [0x65, 0x6e]) + file.half(0) + file.half(0))
    file.interface(113, options: file.option(9, [0x80 | 10]) + file.option(14, file.double(1_700_000_000)))
    file.packet(0, ticks: 1_700_000_000_000_001, [1, 2, 3])
    file.packet(1, ticks: 1_700_000_000_000_002_003, [4], original: 1_500)
    // 2^-10 seconds: 512 ticks are half a second.
    file.packet(2, ticks: 512, [5, 6])
    let result = try read(file.bytes)
    #expect(result.causes.isEmpty)
    let start = Timestamp(seconds: 1_700_000_000)
    #expect(
      result.frames == [
        TimedFrame(time: start.advanced(by: TimeSpan(nanoseconds: 1_000)), bytes: [1, 2, 3]),
        TimedFrame(
          time: start.advanced(by: TimeSpan(nanoseconds: 2_003)), bytes: [4], originalLength: 1_500, linkType: .raw),
        TimedFrame(
          time: start.advanced(by: TimeSpan(nanoseconds: 500_000_000)), bytes: [5, 6], linkType: .linuxCooked),
      ])
  }

  @Test("a new section forgets the interfaces and may have another byte order")
  func sections() throws {
    var first = Blocks()
    first.section()
    first.interface(1)
    first.packet(0, ticks: 1, [1])
    var second = Blocks(isBig: true)
    second.section()
    second.interface(101)
    second.packet(0, ticks: 2, [2])
    let result = try read(first.bytes + second.bytes)
    #expect(result.frames.map(\.linkType) == [.ethernet, .raw])
    #expect(result.frames.map(\.bytes) == [[1], [2]])
    #expect(result.causes.isEmpty)
    second = Blocks(isBig: true)
    second.section()
    second.packet(0, ticks: 2, [2])
    #expect(try cutShort(first.bytes + second.bytes) == "a packet is of interface 0, but only 0 are described")
  }

  @Test("simple packets have the time of the packet before, and are truncated to the interface's snapshot length")
  func simplePackets() throws {
    var file = Blocks()
    file.section()
    file.interface(1, snapshot: 3)
    file.packet(0, ticks: 7_000_000, [9])
    file.block(3, file.word(5) + [1, 2, 3])
    file.block(3, file.word(2) + [1, 2])
    let result = try read(file.bytes)
    let time = Timestamp(seconds: 7)
    #expect(
      result.frames == [
        TimedFrame(time: time, bytes: [9]), TimedFrame(time: time, bytes: [1, 2, 3], originalLength: 5),
        TimedFrame(time: time, bytes: [1, 2]),
      ])
  }

  @Test("old packet blocks are read, and unknown blocks are skipped")
  func otherBlocks() throws {
    var file = Blocks()
    file.section()
    file.interface(1)
    file.block(5, [UInt8](repeating: 7, count: 40))
    file.block(2, file.half(0) + file.half(3) + file.word(0) + file.word(9) + file.word(1) + file.word(60) + [8])
    // Longer than the part of a block that is kept: a secret or a comment of 100 kB.
    file.block(10, [UInt8](repeating: 7, count: 100_000))
    file.packet(0, ticks: 10, [1])
    let result = try read(file.bytes)
    #expect(result.causes.isEmpty)
    #expect(result.frames.map(\.bytes) == [[8], [1]])
    #expect(result.frames.map(\.originalLength) == [60, 1])
    #expect(result.frames.map(\.time.nanoseconds) == [9_000, 10_000])
  }

  @Test("lengths that contradict each other end the file")
  func lies() throws {
    var start = Blocks()
    start.section()
    start.interface(1)
    var file = start
    file.block(6, file.word(0) + file.word(0) + file.word(0) + file.word(5) + file.word(5) + [1, 2, 3, 4])
    #expect(try cutShort(file.bytes) == "a packet says that 5 bytes of it were captured, but its block has 4")
    file = start
    file.block(6, [1, 2])
    #expect(try cutShort(file.bytes) == "a packet block has only 16 bytes")
    file = start
    file.block(5, [1, 2, 3, 4], lengthBehind: 20)
    #expect(try cutShort(file.bytes) == "a block's two lengths differ")
    file = start
    file.block(5, [], length: 8)
    #expect(try cutShort(file.bytes) == "a block says that it has 8 bytes")
    file = start
    file.block(6, [], length: .max)
    #expect(try cutShort(file.bytes) == "a block says that it has 4294967295 bytes")
    file = start
    file.block(10, [], length: .max)
    #expect(try cutShort(file.bytes) == "a block is cut off")
    file = start
    file.interface(1, options: file.option(9, [20]))
    #expect(try cutShort(file.bytes) == "an interface's clock is finer than 10^-19 seconds")
    // An option that reaches beyond its block is ignored.
    file = start
    file.interface(1, options: file.half(9) + file.half(40) + [9])
    file.packet(1, ticks: 1, [1])
    #expect(try read(file.bytes).frames.count == 1)
  }

  @Test(
    "statistics give the drops of the recorder since its last statistics, and nothing if other files overlap or there is no count"
  )
  func statistics() throws {
    var file = Blocks()
    file.section()
    file.interface(1, options: file.option(9, [0]))
    file.packet(0, ticks: 10, [1])
    let statistics = { (ticks: UInt32, options: [UInt8]) in file.word(0) + file.word(0) + file.word(ticks) + options }
    let (first, second, third) = (
      statistics(11, file.option(4, file.double(90)) + file.option(5, file.double(3)) + file.option(7, file.double(2))),
      statistics(20, file.option(5, file.double(9))), statistics(21, file.option(4, file.double(99)))
    )
    file.block(5, first)
    file.packet(0, ticks: 20, [1])
    file.block(5, second)
    file.packet(0, ticks: 21, [1])
    file.block(5, third)
    // A count that decreases, an undescribed interface, and a block too short for its time.
    file.block(5, statistics(22, file.option(5, file.double(1))))
    file.block(5, file.word(8) + file.word(0) + file.word(22) + file.option(5, file.double(50)))
    file.block(5, [1, 2, 3, 4])
    let folder = try TemporaryDirectory()
    var stated: [DropStatement] = []
    var files = CaptureFiles(paths: [try folder.write(file.bytes, to: "a.pcapng")])
    files.forEachFrame(drops: { stated.append($0) }) { _ in }
    #expect(
      stated == [
        DropStatement(time: Timestamp(seconds: 11), packets: 5),
        DropStatement(time: Timestamp(seconds: 20), packets: 4),
        DropStatement(time: Timestamp(seconds: 22), packets: 0),
      ])
    stated = []
    var both = CaptureFiles(paths: [
      try folder.write(file.bytes, to: "b.pcapng"), try folder.write(file.bytes, to: "c.pcapng"),
    ])
    both.forEachFrame(drops: { stated.append($0) }) { _ in }
    #expect(stated == [])
  }

  @Test("clocks at the edges of the range are read")
  func clocks() throws {
    for resolution: UInt8 in [0, 1, 19, 0x80, 0x80 | 63] {
      var file = Blocks()
      file.section()
      file.interface(1, options: file.option(9, [resolution]) + file.option(14, file.double(.max)))
      file.packet(0, ticks: .max, [1])
      file.packet(0, ticks: 0, [1])
      #expect(try read(file.bytes).frames.count == 2)
    }
  }

  @Test("mutations never trap")
  func mutations() throws {
    var file = Blocks()
    file.section()
    file.interface(1, options: file.option(9, [9]))
    file.packet(0, ticks: 1, [1, 2, 3])
    file.block(3, file.word(3) + [1, 2, 3])
    file.block(2, file.half(0) + file.half(3) + file.word(0) + file.word(9) + file.word(1) + file.word(60) + [8])
    var chance = SeededGenerator(seed: 81)
    for _ in 0..<400 { _ = try read([0x0a] + chance.mutation(of: file.bytes).dropFirst()) }
  }
}
