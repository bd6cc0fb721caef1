import Model

/// Makes capture files in the formats that libpcap reads.
public enum PcapWriter {
  public enum ByteOrder: Sendable {
    case little, big
  }

  public enum Resolution: Sendable {
    case microseconds, nanoseconds
  }

  /// A classic pcap file.
  ///
  /// - Parameter linkType: of all frames.
  public static func pcap(
    _ frames: [TimedFrame], linkType: LinkType = .ethernet, resolution: Resolution = .microseconds,
    byteOrder: ByteOrder = .little
  ) -> [UInt8] {
    var file = FileBytes(order: byteOrder)
    file.put32(resolution == .microseconds ? 0xa1b2_c3d4 : 0xa1b2_3c4d)
    file.put16(2)
    file.put16(4)
    file.put32(0)
    file.put32(0)
    file.put32(262_144)
    file.put32(UInt32(bitPattern: linkType.rawValue))
    for frame in frames {
      let fraction = frame.time.nanoseconds - frame.time.seconds * 1_000_000_000
      file.put32(UInt32(truncatingIfNeeded: frame.time.seconds))
      file.put32(UInt32(resolution == .microseconds ? fraction / 1_000 : fraction))
      file.put32(UInt32(frame.bytes.count))
      file.put32(UInt32(frame.originalLength))
      file.bytes += frame.bytes
    }
    return file.bytes
  }

  /// A pcapng file with one section, one interface with nanoseconds, and one enhanced packet block for each frame.
  ///
  /// - Parameter dropped: packets that statistics at the end state as dropped; nil for no statistics.
  public static func pcapng(
    _ frames: [TimedFrame], linkType: LinkType = .ethernet, byteOrder: ByteOrder = .little, dropped: UInt64? = nil
  ) -> [UInt8] {
    var file = FileBytes(order: byteOrder)
    file.block(0x0a0d_0d0a) { body in
      body.put32(0x1a2b_3c4d)
      body.put16(1)
      body.put16(0)
      body.put32(.max)
      body.put32(.max)
    }
    file.block(1) { body in
      body.put16(UInt16(truncatingIfNeeded: linkType.rawValue))
      body.put16(0)
      body.put32(262_144)
      // if_tsresol, one byte: 10^-9 s; then the end of options.
      body.put16(9)
      body.put16(1)
      body.bytes += [9, 0, 0, 0, 0, 0, 0, 0]
    }
    for frame in frames {
      file.block(6) { body in
        let time = UInt64(bitPattern: frame.time.nanoseconds)
        body.put32(0)
        body.put32(UInt32(time >> 32))
        body.put32(UInt32(truncatingIfNeeded: time))
        body.put32(UInt32(frame.bytes.count))
        body.put32(UInt32(frame.originalLength))
        body.bytes += frame.bytes
        while !body.bytes.count.isMultiple(of: 4) { body.bytes.append(0) }
      }
    }
    if let dropped {
      file.block(5) { body in
        let time = UInt64(bitPattern: frames.last?.time.nanoseconds ?? 0)
        body.put32(0)
        body.put32(UInt32(time >> 32))
        body.put32(UInt32(truncatingIfNeeded: time))
        // isb_ifdrop, eight bytes; then the end of options.
        body.put16(5)
        body.put16(8)
        body.put64(dropped)
        body.put32(0)
      }
    }
    return file.bytes
  }
}

private struct FileBytes {
  var bytes: [UInt8] = []
  let order: PcapWriter.ByteOrder

  init(order: PcapWriter.ByteOrder) { self.order = order }

  mutating func put16(_ value: UInt16) { put(order == .little ? value.littleEndian : value.bigEndian) }

  mutating func put32(_ value: UInt32) { put(order == .little ? value.littleEndian : value.bigEndian) }

  mutating func put64(_ value: UInt64) { put(order == .little ? value.littleEndian : value.bigEndian) }

  private mutating func put<Value: BitwiseCopyable>(_ value: Value) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }

  /// A pcapng block: type, length, body, length again.
  mutating func block(_ type: UInt32, _ fill: (inout FileBytes) -> Void) {
    var body = FileBytes(order: order)
    fill(&body)
    let length = UInt32(body.bytes.count + 12)
    put32(type)
    put32(length)
    bytes += body.bytes
    put32(length)
  }
}
