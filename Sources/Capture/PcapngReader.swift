import Glibc
import Model

/// Reads the blocks of a pcapng file (draft-ietf-opsawg-pcapng): several sections and interfaces, each with its own
/// link type and clock.
///
/// Used by one thread. The current frame's bytes are valid until the next `advance()`.
final class PcapngReader {
  /// Why a file cannot be read further, for people.
  struct Fault: Error {
    var reason: LocalizedText
    /// Nothing of the file could be read: it may not be a capture.
    var isAtStart = false
  }

  private struct Interface {
    var linkType: LinkType
    /// Longest captured frame; 0 for no limit.
    var snapshotLength: Int
    var ticksPerSecond: UInt64 = 1_000_000
    var offset = TimeSpan(nanoseconds: 0)
    /// Dropped packets as the last statistics block stated.
    var dropped: UInt64 = 0
  }

  /// Longest block that is read, in bytes. Blocks that are skipped may be longer.
  private static let maximumBlock = 16 << 20
  /// Most interfaces of a section: each takes some bytes, and no recorder has so many.
  private static let maximumInterfaces = 65_536

  /// Block types (draft-ietf-opsawg-pcapng §11.1). The type of a section header reads the same in both byte orders.
  private enum Block {
    static let sectionHeader: UInt32 = 0x0a0d_0d0a
    static let interfaceDescription: UInt32 = 1
    /// Obsolete, written by old recorders.
    static let packet: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let interfaceStatistics: UInt32 = 5
    static let enhancedPacket: UInt32 = 6
  }

  /// Option codes (draft-ietf-opsawg-pcapng §3.5, §4.2, §4.6).
  private enum Option {
    static let end: UInt16 = 0
    /// `if_tsresol` of an interface description: resolution of its clock.
    static let clockResolution: UInt16 = 9
    /// `if_tsoffset`: seconds to add to its times.
    static let clockOffset: UInt16 = 14
    /// `isb_ifdrop` of interface statistics: packets that the interface dropped.
    static let droppedByInterface: UInt16 = 5
    /// `isb_osdrop`: packets that the operating system dropped.
    static let droppedBySystem: UInt16 = 7
  }

  private let stream: UnsafeMutablePointer<FILE>
  /// Body of the current block.
  private var buffer: UnsafeMutableRawPointer
  private var capacity = 1 << 16
  private var isSwapped = false
  private var hasSection = false
  private var interfaces: [Interface] = []

  /// Bytes of the current frame.
  private(set) var data: UnsafeRawPointer
  private(set) var captured = 0
  private(set) var originalLength = 0
  private(set) var timestamp = Timestamp(nanoseconds: 0)
  private(set) var linkType = LinkType.ethernet
  /// Packets that the recorder stated to have dropped since the last call of `takeDrops`.
  private var drops: DropStatement?

  /// - Parameter stream: at the file's beginning; the caller closes it after the last `advance()`.
  init(_ stream: UnsafeMutablePointer<FILE>) {
    self.stream = stream
    buffer = .allocate(byteCount: capacity, alignment: 8)
    data = UnsafeRawPointer(buffer)
  }

  deinit { buffer.deallocate() }

  /// Bytes read so far; 0 if the position is unknown, as for a pipe.
  var bytesRead: Int { max(ftello(stream), 0) }

  /// Reads the next frame; false at the end of the file.
  func advance() throws(Fault) -> Bool {
    while true {
      let got = fread(buffer, 1, 8, stream)
      if got == 0 { return false }
      guard got == 8 else { throw fault(PcapngTexts.headerCut) }
      let type = word(0)
      if buffer.loadUnaligned(as: UInt32.self) == Block.sectionHeader {
        try readSection()
        continue
      }
      guard hasSection else { throw fault(PcapngTexts.noSection) }
      let length = try bodyLength(word(4))
      switch type {
      case Block.interfaceDescription:
        try fill(length)
        try readInterface(length)
      case Block.interfaceStatistics:
        try fill(length)
        readStatistics(length)
      case Block.enhancedPacket, Block.simplePacket, Block.packet:
        try fill(length)
        try readFrame(type, length)
        return true
      default:
        try pass(length)
      }
    }
  }

  // MARK: Blocks

  /// Length of a block's body, from its total length: header 8, body, length again 4.
  private func bodyLength(_ total: UInt32) throws(Fault) -> Int {
    guard total >= 12 else { throw fault(PcapngTexts.blockLength(Int(total))) }
    return Int(total) - 12
  }

  /// Reads a block's body and checks the length behind it.
  private func fill(_ length: Int) throws(Fault) {
    guard length <= PcapngReader.maximumBlock else { throw fault(PcapngTexts.blockLength(length + 12)) }
    let padded = (length + 3) & ~3
    if padded + 4 > capacity { try grow(to: padded + 4) }
    guard fread(buffer, 1, padded + 4, stream) == padded + 4 else { throw fault(PcapngTexts.blockCut) }
    guard word(padded) == UInt32(length + 12) else { throw fault(PcapngTexts.lengthsDiffer) }
  }

  private func grow(to needed: Int) throws(Fault) {
    buffer.deallocate()
    capacity = needed * 2
    buffer = .allocate(byteCount: capacity, alignment: 8)
  }

  /// Skips the rest of a block's body, of which `consumed` bytes have been read.
  private func pass(_ length: Int, after consumed: Int = 0) throws(Fault) {
    var left = (length + 3) & ~3 - consumed
    while left > 0 {
      let step = min(left, capacity)
      guard fread(buffer, 1, step, stream) == step else { throw fault(PcapngTexts.blockCut) }
      left -= step
    }
    guard fread(buffer, 1, 4, stream) == 4 else { throw fault(PcapngTexts.blockCut) }
    guard word(0) == UInt32(length + 12) else { throw fault(PcapngTexts.lengthsDiffer) }
  }

  /// Section header: byte-order magic 4, version 2 + 2, section length 8, options.
  private func readSection() throws(Fault) {
    guard fread(buffer.advanced(by: 8), 1, 4, stream) == 4 else { throw fault(PcapngTexts.sectionCut) }
    switch buffer.loadUnaligned(fromByteOffset: 8, as: UInt32.self) {
    case 0x1a2b_3c4d: isSwapped = false
    case 0x4d3c_2b1a: isSwapped = true
    default: throw fault(PcapngTexts.noByteOrder)
    }
    let length = try bodyLength(word(4))
    guard length >= 16 else { throw fault(PcapngTexts.sectionTooShort(length + 12)) }
    guard length <= PcapngReader.maximumBlock else { throw fault(PcapngTexts.blockLength(length + 12)) }
    guard fread(buffer, 1, 4, stream) == 4 else { throw fault(PcapngTexts.sectionCut) }
    guard half(0) == 1 else { throw fault(PcapngTexts.otherVersion(Int(half(0)))) }
    // Byte-order magic and version have been read.
    try pass(length, after: 8)
    interfaces.removeAll(keepingCapacity: true)
    hasSection = true
  }

  /// Interface description: link type 2, reserved 2, snapshot length 4, options.
  private func readInterface(_ length: Int) throws(Fault) {
    guard length >= 8 else { throw fault(PcapngTexts.interfaceTooShort(length + 12)) }
    guard interfaces.count < PcapngReader.maximumInterfaces else { throw fault(PcapngTexts.tooManyInterfaces) }
    var interface = Interface(
      linkType: PcapngReader.linkType(ofFile: half(0)), snapshotLength: Int(word(4)))
    var position = 8
    // Option: code 2, length 2, value, padding to four bytes.
    while position + 4 <= length {
      let code = half(position)
      let size = Int(half(position + 2))
      position += 4
      guard code != Option.end, position + size <= length else { break }
      switch code {
      case Option.clockResolution where size == 1:
        interface.ticksPerSecond = try ticks(buffer.load(fromByteOffset: position, as: UInt8.self))
      case Option.clockOffset where size == 8:
        interface.offset = TimeSpan(
          nanoseconds: Timestamp(seconds: Int64(bitPattern: double(position))).nanoseconds)
      default: break
      }
      position += (size + 3) & ~3
    }
    interfaces.append(interface)
  }

  /// Packets that the recorder stated to have dropped since the last call; nil if it stated nothing.
  func takeDrops() -> DropStatement? {
    defer { drops = nil }
    return drops
  }

  /// Interface statistics: interface 4, time 4 + 4, options. Counts are totals of the recording so far; a block without
  /// them states nothing about drops.
  private func readStatistics(_ length: Int) {
    guard length >= 12, Int(word(0)) < interfaces.count else { return }
    let index = Int(word(0))
    var dropped: UInt64?
    var position = 12
    while position + 4 <= length {
      let code = half(position)
      let size = Int(half(position + 2))
      position += 4
      guard code != Option.end, position + size <= length else { break }
      if code == Option.droppedByInterface || code == Option.droppedBySystem, size == 8 {
        dropped = .saturatingSum(dropped ?? 0, double(position))
      }
      position += (size + 3) & ~3
    }
    guard let dropped else { return }
    let time = PcapngReader.time(UInt64(word(4)) << 32 | UInt64(word(8)), interfaces[index])
    let more = dropped > interfaces[index].dropped ? dropped - interfaces[index].dropped : 0
    interfaces[index].dropped = max(dropped, interfaces[index].dropped)
    drops = DropStatement(time: time, packets: .saturatingSum(drops?.packets ?? 0, more))
  }

  /// Ticks per second from `if_tsresol`: the resolution is a negative power of ten, or of two if the highest bit is
  /// set.
  private func ticks(_ resolution: UInt8) throws(Fault) -> UInt64 {
    let exponent = Int(resolution & 0x7f)
    if resolution & 0x80 != 0 {
      guard exponent <= 63 else { throw fault(PcapngTexts.clockTooFine("2^-63")) }
      return 1 << UInt64(exponent)
    }
    guard exponent <= 19 else { throw fault(PcapngTexts.clockTooFine("10^-19")) }
    return (0..<exponent).reduce(1) { product, _ in product * 10 }
  }

  private func readFrame(_ type: UInt32, _ length: Int) throws(Fault) {
    if type == Block.simplePacket {
      // Simple packet: original length 4, bytes. It has no time: that of the previous packet is kept.
      guard length >= 4 else { throw fault(PcapngTexts.packetTooShort(length + 12)) }
      let interface = try interface(0)
      originalLength = Int(word(0))
      let limit = interface.snapshotLength == 0 ? Int.max : interface.snapshotLength
      captured = min(originalLength, limit, length - 4)
      data = UnsafeRawPointer(buffer).advanced(by: 4)
      linkType = interface.linkType
      return
    }
    // Enhanced packet: interface 4; the old packet block: interface 2, drops 2. Then time 4 + 4, captured 4, original
    // 4, bytes.
    guard length >= 20 else { throw fault(PcapngTexts.packetTooShort(length + 12)) }
    let interface = try interface(type == Block.enhancedPacket ? Int(word(0)) : Int(half(0)))
    captured = Int(word(12))
    guard captured <= length - 20 else {
      throw fault(PcapngTexts.packetTooLong(Int(captured), block: length - 20))
    }
    originalLength = Int(word(16))
    data = UnsafeRawPointer(buffer).advanced(by: 20)
    linkType = interface.linkType
    timestamp = PcapngReader.time(UInt64(word(4)) << 32 | UInt64(word(8)), interface)
  }

  private func interface(_ index: Int) throws(Fault) -> Interface {
    guard index < interfaces.count else {
      throw fault(PcapngTexts.unknownInterface(Int(index), known: interfaces.count))
    }
    return interfaces[index]
  }

  private static func time(_ ticks: UInt64, _ interface: Interface) -> Timestamp {
    let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: interface.ticksPerSecond)
    // The remainder is smaller than the divisor, so the quotient fits.
    let nanoseconds = interface.ticksPerSecond.dividingFullWidth(rest.multipliedFullWidth(by: 1_000_000_000)).quotient
    return Timestamp(seconds: Int64(clamping: seconds))
      .advanced(by: TimeSpan(nanoseconds: Int64(clamping: nanoseconds)))
      .advanced(by: interface.offset)
  }

  /// The link type of libpcap on Linux for the number in a file (LINKTYPE_…), which differs for raw IP and for RFC 1483
  /// over ATM.
  private static func linkType(ofFile number: UInt16) -> LinkType {
    switch number {
    case 101, 14: .raw
    case 100: LinkType(rawValue: 11)
    default: LinkType(rawValue: Int32(number))
    }
  }

  // MARK: Fields

  /// An unsigned field of two bytes in the section's byte order.
  private func half(_ offset: Int) -> UInt16 {
    let value = buffer.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    return isSwapped ? value.byteSwapped : value
  }

  /// The same of four bytes.
  private func word(_ offset: Int) -> UInt32 {
    let value = buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return isSwapped ? value.byteSwapped : value
  }

  /// The same of eight bytes.
  private func double(_ offset: Int) -> UInt64 {
    let value = buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    return isSwapped ? value.byteSwapped : value
  }

  private func fault(_ reason: LocalizedText) -> Fault { Fault(reason: reason, isAtStart: !hasSection) }
}
