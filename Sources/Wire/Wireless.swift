import Model

// Wireless networks: the headers that capturing adapters prepend, and frames of IEEE 802.11.
extension PacketDecoder {
  /// Most words of presence bits: more than any adapter writes.
  private static let maximumPresenceWords = 8

  /// Radiotap: version 1, padding 1, length 2, presence bits 4 and more; little-endian.
  mutating func readRadiotap(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    guard try reader.readUInt8(.linkHeader) == 0 else { throw .badValue(.linkHeader) }
    try reader.skip(1, .linkHeader)
    let length = Int(try reader.readLittleUInt16(.linkHeader))
    guard length >= 8 else { throw .badLength(.linkHeader) }
    let first = try reader.readLittleUInt32(.linkHeader)
    var present = first
    var words = 1
    while present & 0x8000_0000 != 0 {
      guard words < PacketDecoder.maximumPresenceWords else { throw .tooMany(.linkHeader) }
      present = try reader.readLittleUInt32(.linkHeader)
      words += 1
    }
    // Bit 0 announces a timestamp of eight bytes, aligned to eight; bit 1 the flags, of which 0x20 means that the
    // frame's header is padded.
    var position = 4 + 4 * words
    if first & 1 != 0 { position = (position + 7) & ~7 + 8 }
    var isPadded = false
    if first & 2 != 0 {
      try reader.skip(position - (4 + 4 * words), .linkHeader)
      isPadded = try reader.readUInt8(.linkHeader) & 0x20 != 0
      position += 1
    } else {
      position = 4 + 4 * words
    }
    guard length >= position else { throw .badLength(.linkHeader) }
    try reader.skip(length - position, .linkHeader)
    return .wireless(padded: isPadded)
  }

  /// Prism: message 4, length 4, in the driver's byte order; or AVS: cookie 4, length 4, in network order.
  mutating func readPrism(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    let message = try reader.readUInt32(.linkHeader)
    var length = try reader.readUInt32(.linkHeader)
    let isAVS = message & 0xffff_f000 == 0x8021_1000
    if !isAVS, length > 0xffff { length = length.byteSwapped }
    guard length >= 8 else { throw .badLength(.linkHeader) }
    try reader.skip(Int(length) - 8, .linkHeader)
    return .wireless(padded: false)
  }

  /// IEEE 802.11 §9.2.3: frame control 2, duration 2, three addresses, sequence control 2; then, depending on the
  /// flags, a fourth address, QoS control 2 and HT control 4.
  ///
  /// - Returns: nil for frames that carry no data.
  mutating func readWireless(_ reader: inout ByteReader, isPadded: Bool) throws(WireError) -> Layer? {
    let kind = try reader.readUInt8(.wirelessHeader)
    let flags = try reader.readUInt8(.wirelessHeader)
    // Version 0, type data; bit 0x40 of the subtype means that the frame carries no data.
    guard kind & 0x0f == 0x08, kind & 0x40 == 0 else { return nil }
    try reader.skip(2, .wirelessHeader)
    let first = try PacketDecoder.readHardware(&reader, .wirelessHeader)
    let second = try PacketDecoder.readHardware(&reader, .wirelessHeader)
    let third = try PacketDecoder.readHardware(&reader, .wirelessHeader)
    let sequence = try reader.readUInt16(.wirelessHeader)
    let toDistribution = flags & 1 != 0
    let fromDistribution = flags & 2 != 0
    hardware = fromDistribution ? third : second
    destinationHardware = toDistribution ? third : first
    if toDistribution && fromDistribution { hardware = try PacketDecoder.readHardware(&reader, .wirelessHeader) }
    var isAggregate = false
    if kind & 0x80 != 0 {
      isAggregate = try reader.readUInt8(.wirelessHeader) & 0x80 != 0
      try reader.skip(1, .wirelessHeader)
      if flags & 0x80 != 0 { try reader.skip(4, .wirelessHeader) }
    }
    if isPadded { try reader.skip(-reader.position & 3, .wirelessHeader) }
    guard flags & 0x40 == 0 else { throw .encrypted(.wirelessHeader) }
    // A later fragment of a frame (the fragment number is in the low bits of the little-endian field).
    guard sequence & 0x0f00 == 0 else { throw .unsupported(.wirelessHeader) }
    return isAggregate ? .aggregate : .logicalLink
  }

  /// IEEE 802.11 §9.3.2.2.2: each subframe: destination 6, source 6, length 2, content, padding to four bytes.
  mutating func readAggregate(_ reader: inout ByteReader) throws(WireError) -> Layer? {
    destinationHardware = try PacketDecoder.readHardware(&reader, .wirelessHeader)
    hardware = try PacketDecoder.readHardware(&reader, .wirelessHeader)
    let length = Int(try reader.readUInt16(.wirelessHeader))
    rememberNext(after: (14 + length + 3) & ~3 - 14, .aggregate, reader)
    limit(to: length, reader)
    return .logicalLink
  }
}
