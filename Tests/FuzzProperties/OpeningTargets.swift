import TestSupport
import Wire
import Streams

extension FuzzTarget {
  /// Choice (low two bits; 0: stream; 1: header blocks; 2 and 3: one header block in several frames), then cuts and a
  /// stream after the preface, or header blocks preceded by their lengths in two bytes, or cuts and a header block.
  @Sendable
  static func http2(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    switch input.byte() & 3 {
    case 0:
      let (stream, cuts) = input.messageWithCuts()
      let inOne = try steps(stream, availableUpTo: [stream.count])
      try require(
        try steps(stream, availableUpTo: cuts + [stream.count]) == inOne, "frames that come in parts say the same")
      _ = HTTP2Reader.preface(of: stream.span.bytes)
    case 1: try headerBlocks(&input)
    default:
      let (block, cuts) = input.messageWithCuts()
      try continued(block, cuts)
    }
  }

  /// Reads frame by frame, as the bytes arrive.
  private static func steps(_ stream: [UInt8], availableUpTo ends: [Int]) throws(BrokenProperty) -> [HTTP2Reader.Step] {
    var reader = HTTP2Reader()
    var steps: [HTTP2Reader.Step] = []
    var offset = 0
    var needed = 0
    for end in ends {
      while offset + needed <= end, offset < end {
        let step = reader.read(stream.span.bytes.extracting(offset..<end))
        switch step {
        case .needsMore(let count):
          try require(count > end - offset, "what is asked for is new")
          needed = count
        case .frame(let length, let destination):
          try require(length >= 9, "a frame is no shorter than its header")
          if let destination { try checkDestination(destination) }
          steps.append(step)
          offset += length
          needed = 0
        case .broken:
          steps.append(step)
          return steps
        }
      }
    }
    return steps
  }

  private static func headerBlocks(_ input: inout FuzzInput) throws(BrokenProperty) {
    var decoder = HPACKDecoder()
    while !input.isAtEnd {
      let block = input.part16()
      try huffman(block)
      // After an error the table is no longer in step with the peer's.
      guard let destination = try? decoder.decode(block.span.bytes) else { return }
      try checkDestination(destination)
      try require((0...65_536).contains(decoder.tableSize), "the dynamic table is bounded")
    }
  }

  private static func huffman(_ bytes: [UInt8]) throws(BrokenProperty) {
    var emitted = 0
    guard let count = try? HuffmanCode.decode(bytes.span.bytes, emit: { _ in emitted += 1 }) else { return }
    try require(count == emitted, "every byte that is counted is given")
    // The shortest code has five bits.
    try require(count * 5 <= bytes.count * 8, "no byte is made from nothing")
  }

  private static func checkDestination(_ destination: HPACKDecoder.Destination) throws(BrokenProperty) {
    for name in [destination.authority, destination.host] {
      guard let name else { continue }
      try require(
        (1...512).contains(name.unicodeScalars.count), "the name of a destination is neither empty nor endless")
    }
  }

  /// RFC 9113 §6.2, §6.10: the same block in one frame, in a padded one with a priority, and in several.
  private static func continued(_ block: [UInt8], _ cuts: [Int]) throws(BrokenProperty) {
    guard !block.isEmpty else { return }
    let settings = HTTP2Frame(type: 4, stream: 0, []).bytes
    let inOne = HTTP2Frame(type: 1, flags: 4, stream: 1, block).bytes
    let expected = try outcome(settings + inOne)
    let padded = HTTP2Frame(type: 1, flags: 4 | 8 | 32, stream: 1, [3, 0, 0, 0, 0, 9] + block + [0, 0, 0]).bytes
    try require(try outcome(settings + padded) == expected, "padding and priority change nothing")
    var frames = settings
    for (start, end) in zip([0] + cuts, cuts + [block.count]) {
      let flags: UInt8 = end == block.count ? 4 : 0
      frames += HTTP2Frame(type: start == 0 ? 1 : 9, flags: flags, stream: 1, Array(block[start..<end])).bytes
    }
    try require(try outcome(frames) == expected, "a header block says the same in any frames")
  }

  private enum Outcome: Equatable {
    case destination(HPACKDecoder.Destination)
    case broken
  }

  private static func outcome(_ stream: [UInt8]) throws(BrokenProperty) -> Outcome? {
    switch try steps(stream, availableUpTo: [stream.count]).last {
    case .frame(_, let destination?): .destination(destination)
    case .broken: .broken
    default: nil
    }
  }

  /// Cuts, a client's stream.
  @Sendable
  static func socks(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let (stream, cuts) = input.messageWithCuts()
    let inOne = try messages(stream, availableUpTo: [stream.count])
    try require(
      try messages(stream, availableUpTo: cuts + [stream.count]) == inOne, "messages that come in parts say the same")
    for isOpening in [true, false] {
      let whole = message(stream, isOpening)
      for cut in cuts {
        let early = message(Array(stream.prefix(cut)), isOpening)
        if case .needsMore = early { continue }
        try require(early == whole, "what has been decided stays, however much follows")
      }
    }
  }

  private static func message(_ stream: [UInt8], _ isOpening: Bool) -> SOCKSMessage {
    isOpening ? SOCKSMessage(opening: stream.span.bytes) : SOCKSMessage(afterGreeting: stream.span.bytes)
  }

  /// Reads message by message up to the request, as the bytes arrive.
  private static func messages(_ stream: [UInt8], availableUpTo ends: [Int]) throws(BrokenProperty) -> [SOCKSMessage] {
    var messages: [SOCKSMessage] = []
    var offset = 0
    var needed = 1
    for end in ends {
      // A bad method may show before all requested bytes have come; the stream reader also reads once more at the end.
      if end == stream.count { needed = 1 }
      while offset + needed <= end {
        let message = message(Array(stream[offset..<end]), messages.isEmpty)
        let length: Int
        switch message {
        case .needsMore(let count):
          try require(count > end - offset, "what is asked for is new")
          needed = count
          continue
        case .greeting(let bytes), .credentials(let bytes): length = bytes
        case .request(let bytes, let host, _):
          length = bytes
          try checkHost(host)
        case .notSOCKS: return messages + [message]
        }
        try require((2...(end - offset)).contains(length), "a message lies in what has come")
        messages.append(message)
        if case .request = message { return messages }
        offset += length
        needed = 1
      }
    }
    return messages
  }

  private static func checkHost(_ host: String?) throws(BrokenProperty) {
    guard let host else { return }
    try require((1...255).contains(host.unicodeScalars.count), "a host's name is neither empty nor endless")
    try require(
      !host.unicodeScalars.contains { $0.value <= 0x20 || $0 == "/" }, "no blank and no path in a host's name")
  }

  /// Cuts, a client's stream.
  @Sendable
  static func plainOpening(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let (stream, cuts) = input.messageWithCuts()
    guard !stream.isEmpty else { return }
    let whole = PlainOpening(stream.span.bytes)
    if case .message(let length) = whole { try require(length > 0, "a message is not empty") }
    var scanned = 0
    for cut in cuts + [stream.count] {
      let prefix = stream.span.bytes.extracting(0..<cut)
      let reading = PlainOpening(prefix, scanned: scanned)
      try require(reading == PlainOpening(prefix), "what was looked at before need not be looked at again")
      if case .needsMore(let needed) = reading {
        try require(needed > cut, "what is asked for is new")
        try require(needed <= 4_097, "no message that is longer than any is waited for")
        scanned = cut
      } else {
        try require(reading == whole, "what has been decided stays, however much follows")
      }
    }
    try require(
      try plainMessages(stream, availableUpTo: cuts + [stream.count])
        == plainMessages(stream, availableUpTo: [stream.count]), "messages that come in parts are the same")
  }

  /// Ends of the messages of a stream, read as the bytes arrive; -1 after the last one if something else follows.
  private static func plainMessages(_ stream: [UInt8], availableUpTo ends: [Int]) throws(BrokenProperty) -> [Int] {
    var found: [Int] = []
    var offset = 0
    var scanned = 0
    var needed = 1
    for end in ends {
      while offset + needed <= end {
        switch PlainOpening(stream.span.bytes.extracting(offset..<end), scanned: scanned) {
        case .message(let length):
          offset += length
          found.append(offset)
          (scanned, needed) = (0, 1)
        case .needsMore(let count):
          try require(count > end - offset, "what is asked for is new")
          (scanned, needed) = (end - offset, count)
        case .notPlain: return found + [-1]
        }
      }
    }
    return found
  }
}
