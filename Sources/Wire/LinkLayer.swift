import Model

/// What a link header says: who sent the frame on this link, and what it carries.
struct LinkHeader {
  /// Bytes before the network header.
  var length: Int
  /// EtherType of the payload; 0 where only the IP version nibble tells.
  var etherType: UInt16
  var source: HardwareAddress?
  /// Innermost VLAN identifier, 0 for untagged.
  var vlan: UInt16 = 0
  /// Outer tags of a stacked frame (IEEE 802.1ad), 12 bits each, 0 for none.
  var outerVLANs: UInt32 = 0
}

enum EtherType {
  static let ipv4: UInt16 = 0x0800
  static let ipv6: UInt16 = 0x86dd
  static let vlan: UInt16 = 0x8100
  static let serviceVLAN: UInt16 = 0x88a8
  static let oldServiceVLAN: UInt16 = 0x9100
}

extension LinkHeader {
  /// More stacked tags than any network uses; a frame of nothing but tags must not cost more than this.
  static let maximumTags = 4

  /// Reads the link header of a whole frame.
  init(_ frame: RawSpan, type: LinkType, isCapturedShort: Bool) throws(WireError) {
    var reader = ByteReader(frame, isCapturedShort: isCapturedShort)
    switch type {
    case .ethernet:
      // IEEE 802.3: destination 6, source 6, EtherType 2.
      try reader.skip(6, .linkHeader)
      let high = try reader.readUInt16(.linkHeader)
      let low = try reader.readUInt32(.linkHeader)
      self.init(
        length: 0, etherType: try reader.readUInt16(.linkHeader),
        source: HardwareAddress(bits: UInt64(high) << 32 | UInt64(low)))
    case .linuxCooked:
      // LINKTYPE_LINUX_SLL: packet type 2, ARPHRD 2, address length 2, address 8, protocol 2.
      try reader.skip(2, .linkHeader)
      let hardwareType = try reader.readUInt16(.linkHeader)
      let addressLength = try reader.readUInt16(.linkHeader)
      let source = try LinkHeader.cookedAddress(&reader, hardwareType: hardwareType, length: addressLength)
      self.init(length: 0, etherType: try reader.readUInt16(.linkHeader), source: source)
    case .linuxCooked2:
      // LINKTYPE_LINUX_SLL2: protocol 2, reserved 2, interface 4, ARPHRD 2, packet type 1, address length 1, address 8.
      let etherType = try reader.readUInt16(.linkHeader)
      try reader.skip(6, .linkHeader)
      let hardwareType = try reader.readUInt16(.linkHeader)
      try reader.skip(1, .linkHeader)
      let addressLength = UInt16(try reader.readUInt8(.linkHeader))
      let source = try LinkHeader.cookedAddress(&reader, hardwareType: hardwareType, length: addressLength)
      self.init(length: 0, etherType: etherType, source: source)
    case .null, .loop:
      // LINKTYPE_NULL: address family in the capturing machine's byte order; LINKTYPE_LOOP: in network order. The IP version tells the same.
      try reader.skip(4, .linkHeader)
      self.init(length: 0, etherType: 0, source: nil)
    case .raw, .ipv4, .ipv6:
      self.init(length: 0, etherType: 0, source: nil)
    default:
      throw .unsupported(.linkHeader)
    }
    var tags = 0
    while etherType == EtherType.vlan || etherType == EtherType.serviceVLAN || etherType == EtherType.oldServiceVLAN {
      guard tags < LinkHeader.maximumTags else { throw .tooMany(.vlanTag) }
      // IEEE 802.1Q §9.6: priority 3, drop eligible 1, identifier 12; then the next EtherType.
      let tag = try reader.readUInt16(.vlanTag) & 0x0fff
      if tags > 0 { outerVLANs = outerVLANs << 12 | UInt32(vlan) }
      vlan = tag
      tags += 1
      etherType = try reader.readUInt16(.etherType)
    }
    length = reader.position
  }

  private static func cookedAddress(
    _ reader: inout ByteReader, hardwareType: UInt16, length: UInt16
  ) throws(WireError) -> HardwareAddress? {
    let high = try reader.readUInt32(.linkHeader)
    let low = try reader.readUInt32(.linkHeader)
    // ARPHRD_ETHER; other media have no IEEE 802 address here.
    guard hardwareType == 1, length == 6 else { return nil }
    return HardwareAddress(bits: UInt64(high) << 16 | UInt64(low >> 16))
  }
}
