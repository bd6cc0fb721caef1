import Model
import Wire
import Streams

extension FuzzTarget {
  /// DLT numbers, supported or not. Seeds refer to indices in this list: add new ones at the end.
  static let linkTypes = [
    1, 113, 276, 0, 108, 12, 228, 229, 147, 9, 50, 51, 105, 119, 127, 163, 192, 219, 104, 109, 117, 166, 204, 226, 239,
    258,
  ]
  .map(LinkType.init(rawValue:))

  /// Link type (index in `linkTypes`), wire bytes beyond the captured ones (in steps of 8), snapshot length (share of
  /// 256), frame.
  @Sendable
  static func frame(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let link = linkTypes[input.byte() % linkTypes.count]
    let beyond = input.byte() * 8
    let share = input.byte()
    let frame = input.rest()
    let whole = try packets(frame, onWire: frame.count + beyond, link)
    let cut = Array(frame.prefix(frame.count * share / 256))
    let short = try packets(cut, onWire: frame.count + beyond, link)
    for (left, right) in zip(short, whole) {
      try require(
        left.source == right.source && left.destination == right.destination && left.transport == right.transport
          && left.sourcePort == right.sourcePort && left.destinationPort == right.destinationPort
          && left.ipPayloadLength == right.ipPayloadLength && left.vlan == right.vlan && left.scope == right.scope
          && left.depth == right.depth && left.fragment == right.fragment,
        "a frame cut by the snapshot reads as nothing, or as what the whole frame is: \(left), not \(right)")
      // Truncated within a tunnel's header, it may not be recognised as a tunnel.
      if left.carriesPacket != right.carriesPacket { break }
    }
  }

  /// The packets up to the first malformed one; later ones are read, but not compared.
  private static func packets(_ frame: [UInt8], onWire length: Int, _ link: LinkType) throws(BrokenProperty) -> [Packet]
  {
    var decoder = PacketDecoder(frame.span.bytes, originalLength: length, linkType: link)
    var packets: [Packet] = []
    var isSound = true
    for _ in 0..<1_000 {
      var packet = Packet()
      do throws(WireError) {
        guard try decoder.next(&packet) else { return packets }
      } catch {
        isSound = false
        continue
      }
      try require(
        packet.payloadOffset >= 0 && packet.payloadCaptured >= 0
          && packet.payloadOffset + packet.payloadCaptured <= frame.count, "the payload lies in the frame")
      try require(packet.payloadLength >= packet.payloadCaptured, "no more payload is captured than there is")
      try require(packet.ipPayloadLength >= 0, "no length is negative")
      if isSound { packets.append(packet) }
    }
    throw BrokenProperty("a frame of \(frame.count) bytes holds no thousand packets")
  }

  /// Length to which the message is truncated (share of 256), message.
  @Sendable
  static func dns(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let share = input.byte()
    let bytes = input.rest()
    guard let whole = try message(bytes, isCapturedShort: false) else { return }
    let cut = Array(bytes.prefix(bytes.count * share / 256))
    guard let short = try message(cut, isCapturedShort: true) else { return }
    try require(whole.questions.starts(with: short.questions), "a cut message has the first questions of the whole one")
    try require(
      whole.addresses.starts(with: short.addresses) && whole.aliases.starts(with: short.aliases),
      "a cut message has the first answers of the whole one")
  }

  private static func message(_ bytes: [UInt8], isCapturedShort: Bool) throws(BrokenProperty) -> DNSMessage? {
    guard let message = try? DNSMessage(bytes.span.bytes, isCapturedShort: isCapturedShort) else { return nil }
    let names = message.questions.map(\.name) + message.aliases
    try require(names.allSatisfy { $0.unicodeScalars.count <= 253 }, "no name is longer than DNS allows")
    try require(message.questions.count <= 128 && message.aliases.count <= 32, "the parts of a message are bounded")
    try require(message.addresses.count * 4 <= bytes.count, "no address is made from nothing")
    return message
  }

  /// Cuts, stream.
  @Sendable
  static func clientHello(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let (stream, cuts) = input.messageWithCuts()
    let whole = TLSOpening(stream.span.bytes)
    if case .needsMore(let needed) = whole { try require(needed > stream.count, "what is asked for is new") }
    for cut in cuts {
      switch TLSOpening(stream.span.bytes.extracting(0..<cut)) {
      case .needsMore(let needed): try require(needed > cut, "what is asked for is new")
      case let early: try require(early == whole, "what has been decided stays, however much follows")
      }
    }
    let final = TLSOpening(stream.span.bytes, isComplete: true)
    if case .needsMore = final { try require(stream.isEmpty, "nothing is waited for when no more will come") }
    if case .needsMore = whole {} else { try require(final == whole, "the end of a stream changes no decision") }
    // The hello of SSL 2.0 is not in a record.
    if case .clientHello = whole, stream[0] == 22 {
      let again = recordsAnew(stream, cuts)
      try require(TLSOpening(again.span.bytes) == whole, "other records around the same hello change nothing")
    }
    _ = try? ClientHello(stream.span.bytes, isCut: true)
    _ = try? ServerHello(stream.span.bytes)
  }

  /// The content of all whole records, put into new records that end at the cuts.
  static func recordsAnew(_ stream: [UInt8], _ cuts: [Int]) -> [UInt8] {
    var content: [UInt8] = []
    var offset = 0
    while offset + 5 <= stream.count, stream[offset] == 22 {
      let length = Int(stream[offset + 3]) << 8 | Int(stream[offset + 4])
      guard length > 0, offset + 5 + length <= stream.count else { break }
      content += stream[offset + 5..<offset + 5 + length]
      offset += 5 + length
    }
    // The bytes missing in the last record are not part of the hello, which is whole.
    if offset + 5 < stream.count, stream[offset] == 22 { content += stream[(offset + 5)...] }
    var records: [UInt8] = []
    let ends = cuts.filter { $0 < content.count } + [content.count]
    var start = 0
    for end in ends {
      for begin in stride(from: start, to: end, by: 16_384) {
        let part = content[begin..<min(begin + 16_384, end)]
        records += [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 0xff)] + part
      }
      start = end
    }
    return records
  }

  /// Cuts, stream.
  @Sendable
  static func http(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let (stream, cuts) = input.messageWithCuts()
    let whole = HTTPOpening(stream.span.bytes)
    try checkHead(whole, stream)
    if case .needsMore(let needed) = whole { try require(needed > stream.count, "what is asked for is new") }
    var scanned = 0
    for cut in cuts + [stream.count] {
      switch HTTPOpening(stream.span.bytes.extracting(0..<cut), scanned: scanned) {
      case .needsMore(let needed):
        try require(needed > cut, "what is asked for is new")
        scanned = cut
      case let early:
        try require(early == whole, "what has been decided stays, however much follows")
      }
    }
    let final = HTTPOpening(stream.span.bytes, isComplete: true)
    if case .needsMore = final { throw BrokenProperty("nothing is waited for when no more will come") }
    if case .needsMore = whole {} else { try require(final == whole, "the end of a stream changes no decision") }
    try checkHead(final, stream)
  }

  private static func checkHead(_ opening: HTTPOpening, _ stream: [UInt8]) throws(BrokenProperty) {
    guard case .request(let head) = opening else { return }
    try require(head.length <= stream.count, "a head is no longer than its stream")
    try require(head.targetAuthority?.contains("@") != true, "user names are no part of a name")
    try require(head.host?.contains("@") != true, "user names are no part of a name")
    try require(head.bodyLength ?? 0 >= 0, "no length is negative")
  }

  /// Even first byte: datagrams, each preceded by its length in two bytes. Odd: frames of decrypted packets, likewise.
  @Sendable
  static func quicInitial(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let isOpened = input.byte() & 1 == 1
    var handshake = QUICClientHandshake()
    var opener = QUICInitialOpener()
    var received = 0
    var again: [[UInt8]] = []
    while !input.isAtEnd {
      let part = input.part16()
      if isOpened {
        received += part.count
        handshake.insert(part.span.bytes)
        // A piece has a frame of at least four bytes, and takes twelve beside its own; arrays double when they grow.
        try require(handshake.allocatedBytes <= 96 + 8 * received, "memory grows by what was received")
        again.append(part)
      } else if QUICDatagram(part.span.bytes).kind == .initials {
        let datagram = QUICDatagram(part.span.bytes)
        var packets = datagram.initialPackets
        var count = 0
        while let packet = packets.next() {
          count += 1
          try require(
            packet.destinationConnectionID.bytes.count <= 20 && packet.sourceConnectionID.bytes.count <= 20,
            "connection ids are bounded")
        }
        try require(1...16 ~= count, "the packets of a datagram are bounded")
        _ = handshake.open(datagram, with: &opener)
      } else {
        _ = GoogleClientHello(inClearPacket: part.span.bytes)
      }
      _ = handshake.read()
    }
    let reading = handshake.read(isComplete: true)
    for part in again { handshake.insert(part.span.bytes) }
    try require(handshake.read(isComplete: true) == reading, "packets that come again change nothing")
  }
}
