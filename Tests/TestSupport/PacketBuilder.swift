import Model
import Wire

/// A frame with its time, as a capture would give it.
public struct TimedFrame: Sendable, Equatable {
  public var time: Timestamp
  public var bytes: [UInt8]
  /// Bytes on the wire, >= `bytes.count`.
  public var originalLength: Int
  public var linkType: LinkType

  public init(time: Timestamp, bytes: [UInt8], originalLength: Int? = nil, linkType: LinkType = .ethernet) {
    self.time = time
    self.bytes = bytes
    self.originalLength = originalLength ?? bytes.count
    self.linkType = linkType
  }
}

/// An IEEE 802.1Q tag: EtherType 0x8100 for a customer tag, 0x88a8 for a service tag.
public struct VLANTag: Sendable, Equatable {
  public var identifier: UInt16
  public var etherType: UInt16

  public init(_ identifier: UInt16, etherType: UInt16 = 0x8100) {
    self.identifier = identifier
    self.etherType = etherType
  }
}

/// An IPv6 extension header (RFC 8200 §4).
public enum IPv6Extension: Sendable, Equatable {
  /// `content` is padded with zeros to full units of eight bytes.
  case hopByHop(content: [UInt8])
  case routing(content: [UInt8])
  case destination(content: [UInt8])
  case authentication(content: [UInt8])
  /// Offset in bytes, a multiple of eight.
  case fragment(offset: Int, more: Bool, identification: UInt32)

  var number: UInt8 {
    switch self {
    case .hopByHop: 0
    case .routing: 43
    case .fragment: 44
    case .authentication: 51
    case .destination: 60
    }
  }

  func bytes(next: UInt8) -> [UInt8] {
    switch self {
    case .hopByHop(let content), .routing(let content), .destination(let content):
      let units = (content.count + 2 + 7) / 8
      return [next, UInt8(units - 1)] + content + Array(repeating: 0, count: units * 8 - 2 - content.count)
    case .authentication(let content):
      let words = (content.count + 2 + 3) / 4
      return [next, UInt8(words - 2)] + content + Array(repeating: 0, count: words * 4 - 2 - content.count)
    case .fragment(let offset, let more, let identification):
      var bytes: [UInt8] = [next, 0]
      bytes.appendUInt16(offset & 0xfff8 | (more ? 1 : 0))
      bytes.appendUInt32(identification)
      return bytes
    }
  }
}

/// Makes whole frames with correct lengths and checksums from one end to another.
public struct PacketBuilder: Sendable {
  public var linkType = LinkType.ethernet
  public var sourceHardware = HardwareAddress(bits: 0x0200_0000_0001)
  public var destinationHardware = HardwareAddress(bits: 0x0200_0000_00fe)
  /// Outermost first.
  public var tags: [VLANTag] = []
  public var source: IPAddress
  public var destination: IPAddress
  /// IPv4 options in words of four bytes, 0 to 10.
  public var ipv4OptionWords = 0
  /// IPv4 fragment: offset in bytes, a multiple of eight.
  public var ipv4Fragment: (offset: Int, more: Bool)?
  public var identification: UInt16 = 1
  public var ipv6Extensions: [IPv6Extension] = []

  public init(from source: IPAddress, to destination: IPAddress) {
    self.source = source
    self.destination = destination
  }

  /// Traps on an invalid address; for literals in tests.
  public init(from source: String, to destination: String) {
    guard let source = IPAddress(source), let destination = IPAddress(destination) else {
      preconditionFailure("not an address")
    }
    self.init(from: source, to: destination)
  }

  /// The opposite direction: both ends exchanged.
  public var reversed: PacketBuilder {
    var result = self
    swap(&result.source, &result.destination)
    swap(&result.sourceHardware, &result.destinationHardware)
    return result
  }

  public func tcp(
    from sourcePort: UInt16, to destinationPort: UInt16, flags: TCPFlags, sequence: UInt32 = 0,
    acknowledgment: UInt32 = 0, optionWords: Int = 0, payload: [UInt8] = []
  ) -> [UInt8] {
    var segment: [UInt8] = []
    segment.appendUInt16(Int(sourcePort))
    segment.appendUInt16(Int(destinationPort))
    segment.appendUInt32(sequence)
    segment.appendUInt32(acknowledgment)
    segment.append(UInt8(5 + optionWords) << 4)
    segment.append(flags.rawValue)
    segment.appendUInt16(0xffff)
    segment.appendUInt32(0)
    segment.append(contentsOf: Array(repeating: 1, count: optionWords * 4))
    segment.append(contentsOf: payload)
    segment.setUInt16(transportChecksum(segment, TransportProtocol.tcp.rawValue), at: 16)
    return frame(transport: TransportProtocol.tcp.rawValue, segment)
  }

  public func udp(from sourcePort: UInt16, to destinationPort: UInt16, payload: [UInt8]) -> [UInt8] {
    var datagram: [UInt8] = []
    datagram.appendUInt16(Int(sourcePort))
    datagram.appendUInt16(Int(destinationPort))
    datagram.appendUInt16(8 + payload.count)
    datagram.appendUInt16(0)
    datagram.append(contentsOf: payload)
    let checksum = transportChecksum(datagram, TransportProtocol.udp.rawValue)
    datagram.setUInt16(checksum == 0 ? 0xffff : checksum, at: 6)
    return frame(transport: TransportProtocol.udp.rawValue, datagram)
  }

  /// ICMP (or ICMPv6) destination unreachable that quotes the beginning of `frame`'s IP packet.
  ///
  /// - Parameter frame: made by a builder with the same link type and tags as this one.
  public func unreachable(code: UInt8, quoting frame: [UInt8], quotedBytes: Int = 64) -> [UInt8] {
    let isIPv4 = source.isIPv4
    var message: [UInt8] = [isIPv4 ? 3 : 1, code, 0, 0, 0, 0, 0, 0]
    message.append(contentsOf: frame.dropFirst(linkLength).prefix(quotedBytes))
    let transport = isIPv4 ? TransportProtocol.icmp : .icmpv6
    let checksum = isIPv4 ? onesComplement(message) : transportChecksum(message, transport.rawValue)
    message.setUInt16(checksum, at: 2)
    return self.frame(transport: transport.rawValue, message)
  }

  /// A frame with any transport payload: for other protocols and for fragments.
  public func frame(transport: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let isIPv4 = source.isIPv4
    return link(etherType: isIPv4 ? 0x0800 : 0x86dd)
      + (isIPv4 ? ipv4(transport, payload) : ipv6(transport, payload))
  }

  /// Bytes before the IP header.
  public var linkLength: Int { link(etherType: 0).count }

  private func link(etherType: UInt16) -> [UInt8] {
    var bytes: [UInt8] = []
    var types = tags.map { Int($0.etherType) } + [Int(etherType)]
    let first = types.removeFirst()
    switch linkType {
    case .ethernet:
      bytes.appendHardware(destinationHardware)
      bytes.appendHardware(sourceHardware)
      bytes.appendUInt16(first)
    case .linuxCooked:
      bytes.appendUInt16(4)
      bytes.appendUInt16(1)
      bytes.appendUInt16(6)
      bytes.appendHardware(sourceHardware)
      bytes.appendUInt16(0)
      bytes.appendUInt16(first)
    case .linuxCooked2:
      bytes.appendUInt16(first)
      bytes.appendUInt16(0)
      bytes.appendUInt32(2)
      bytes.appendUInt16(1)
      bytes.append(4)
      bytes.append(6)
      bytes.appendHardware(sourceHardware)
      bytes.appendUInt16(0)
    case .null: return source.isIPv4 ? [2, 0, 0, 0] : [10, 0, 0, 0]
    case .loop: return source.isIPv4 ? [0, 0, 0, 2] : [0, 0, 0, 10]
    default: return []
    }
    for (tag, type) in zip(tags, types) {
      bytes.appendUInt16(Int(tag.identifier))
      bytes.appendUInt16(type)
    }
    return bytes
  }

  private func ipv4(_ transport: UInt8, _ payload: [UInt8]) -> [UInt8] {
    var header: [UInt8] = [0x40 | UInt8(5 + ipv4OptionWords), 0]
    header.appendUInt16(20 + ipv4OptionWords * 4 + payload.count)
    header.appendUInt16(Int(identification))
    let fragment = ipv4Fragment.map { $0.offset / 8 | ($0.more ? 0x2000 : 0) }
    header.appendUInt16(fragment ?? 0x4000)
    header.append(64)
    header.append(transport)
    header.appendUInt16(0)
    header.appendUInt32(source.v4)
    header.appendUInt32(destination.v4)
    header.append(contentsOf: Array(repeating: 1, count: ipv4OptionWords * 4))
    header.setUInt16(onesComplement(header), at: 10)
    return header + payload
  }

  private func ipv6(_ transport: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let numbers = ipv6Extensions.map(\.number) + [transport]
    let extensions = zip(ipv6Extensions, numbers.dropFirst()).flatMap { $0.bytes(next: $1) }
    var header: [UInt8] = [0x60, 0, 0, 0]
    header.appendUInt16(extensions.count + payload.count)
    header.append(numbers[0])
    header.append(64)
    header.appendAddress(source)
    header.appendAddress(destination)
    return header + extensions + payload
  }

  /// Over the pseudo-header of RFC 9293 §3.1 or RFC 8200 §8.1.
  private func transportChecksum(_ segment: [UInt8], _ transport: UInt8) -> Int {
    var bytes: [UInt8] = []
    if source.isIPv4 {
      bytes.appendUInt32(source.v4)
      bytes.appendUInt32(destination.v4)
    } else {
      bytes.appendAddress(source)
      bytes.appendAddress(destination)
    }
    bytes.appendUInt32(UInt32(segment.count))
    bytes.appendUInt32(UInt32(transport))
    return onesComplement(bytes + segment)
  }
}

/// Internet checksum (RFC 1071).
private func onesComplement(_ bytes: [UInt8]) -> Int {
  var sum = 0
  for index in stride(from: 0, to: bytes.count, by: 2) {
    sum += Int(bytes[index]) << 8 | (index + 1 < bytes.count ? Int(bytes[index + 1]) : 0)
  }
  while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
  return ~sum & 0xffff
}

extension [UInt8] {
  fileprivate mutating func appendHardware(_ address: HardwareAddress) {
    appendUInt16(Int(address.bits >> 32))
    appendUInt32(UInt32(truncatingIfNeeded: address.bits))
  }

  fileprivate mutating func appendAddress(_ address: IPAddress) {
    appendUInt64(address.high)
    appendUInt64(address.low)
  }
}
