import TestSupport
import Testing
import Wire
import Streams

private func blocks(_ texts: String...) -> [[UInt8]] { texts.map { [UInt8](hexadecimal: $0) } }

@Suite("Header blocks of HTTP/2 are decoded")
struct HPACKTests {
  private func decode(
    _ blocks: [[UInt8]]
  ) throws -> (destinations: [HPACKDecoder.Destination], sizes: [Int]) {
    var decoder = HPACKDecoder()
    var destinations: [HPACKDecoder.Destination] = []
    var sizes: [Int] = []
    for block in blocks {
      destinations.append(try decoder.decode(block.span.bytes))
      sizes.append(decoder.tableSize)
    }
    return (destinations, sizes)
  }

  @Test(
    "the requests of RFC 7541 C.3 and C.4 give authority and table sizes",
    arguments: [
      blocks(
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"),
      blocks(
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"),
    ])
  func requests(blocks: [[UInt8]]) throws {
    let result = try decode(blocks)
    #expect(result.destinations == Array(repeating: .init(authority: "www.example.com"), count: 3))
    #expect(result.sizes == [57, 110, 164])
  }

  @Test(
    "the responses of RFC 7541 C.5 and C.6 evict from a table of 256 bytes",
    arguments: [
      blocks(
        """
        3fe1 01 4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
        3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d
        """, "4803 3330 37c1 c0bf",
        """
        88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f
        6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b
        2076 6572 7369 6f6e 3d31
        """),
      blocks(
        """
        3fe1 01 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
        1718 63c7 8f0b 97c8 e9ae 82ae 43d3
        """, "4883 640e ffc1 c0bf",
        """
        88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
        dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07
        """),
    ])
  func responses(blocks: [[UInt8]]) throws {
    let result = try decode(blocks)
    #expect(result.destinations == Array(repeating: .init(), count: 3))
    #expect(result.sizes == [222, 222, 215])
  }

  @Test(
    "Huffman coded texts of RFC 7541 are decoded",
    arguments: [
      ("f1e3 c2e5 f23a 6ba0 ab90 f4ff", "www.example.com"), ("a8eb 1064 9cbf", "no-cache"),
      ("d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff", "Mon, 21 Oct 2013 20:13:21 GMT"),
      (
        "94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
        "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
      ), ("", ""),
      // The longest codes: line feed, followed by NUL.
      ("fffffff3ff1f", "\n\0"),
    ])
  func huffman(coded: String, text: String) throws {
    var bytes: [UInt8] = []
    let length = try HuffmanCode.decode([UInt8](hexadecimal: coded).span.bytes) { bytes.append($0) }
    #expect(bytes == Array(text.utf8))
    #expect(length == bytes.count)
  }

  @Test("wrong padding and the end symbol are refused", arguments: ["f0", "ffff", "ffff ffff", "1fff", "00"])
  func huffmanFaults(coded: String) {
    // f0: padded with zeros; ffff: more than seven bits; ffff ffff: the end itself.
    #expect(throws: WireError.badValue(.http2Field)) {
      try HuffmanCode.decode([UInt8](hexadecimal: coded).span.bytes) { _ in }
    }
  }

  @Test("CONNECT and a host field are read, also from the table")
  func destinations() throws {
    // `:method: CONNECT` into the table, `:authority: a.example:443` without; then by index. `host: b` never indexed.
    let result = try decode([
      [0x42, 7] + Array("CONNECT".utf8) + [0x01, 13] + Array("a.example:443".utf8), [0xbe, 0x1f, 0x17, 1, 0x62],
      [0x40, 4] + Array("host".utf8) + [1, 0x63], [0xbe],
    ])
    #expect(
      result.destinations == [
        .init(authority: "a.example:443", isConnect: true), .init(host: "b", isConnect: true), .init(host: "c"),
        .init(host: "c"),
      ])
  }

  @Test("values of other fields are not kept, and long ones are not names")
  func values() throws {
    let long = [UInt8](repeating: 0x61, count: 600)
    // 600 = 127 + 473: 0x7f, 0xd9, 0x03.
    let result = try decode([[0x41, 0x7f, 0xd9, 0x03] + long, [0xbe], [0x41, 1, 0x62, 0xbe]])
    #expect(result.destinations == [.init(), .init(), .init(authority: "b")])
    #expect(result.sizes == [10 + 600 + 32, 642, 642 + 43])
  }

  @Test(
    "faults are reported",
    arguments: [
      ("80", WireError.badValue(.http2Field)), ("be", .badValue(.http2Field)),
      ("ff80 8080 8080 01", .badLength(.http2Field)),
      ("3fff ffff 7f", .badLength(.http2Field)), ("41", .truncated(.http2Field)), ("4105 61", .truncated(.http2Field)),
      ("7f", .truncated(.http2Field)), ("4181 00", .badValue(.http2Field)),
    ])
  func faults(block: String, fault: WireError) {
    var decoder = HPACKDecoder()
    #expect(throws: fault) { try decoder.decode([UInt8](hexadecimal: block).span.bytes) }
  }

  @Test("a block of indexed fields beyond 256 is hostile")
  func manyFields() throws {
    var decoder = HPACKDecoder()
    _ = try decoder.decode([UInt8](repeating: 0x82, count: 256).span.bytes)
    #expect(throws: WireError.tooMany(.http2Field)) {
      try decoder.decode([UInt8](repeating: 0x82, count: 257).span.bytes)
    }
  }

  @Test("the table never exceeds its limit, whatever the input")
  func tableBound() {
    var chance = SeededGenerator(seed: 41)
    for _ in 0..<2_000 {
      var decoder = HPACKDecoder()
      for _ in 0..<8 {
        let block = chance.bytes(Int.random(in: 0...120, using: &chance))
        guard (try? decoder.decode(block.span.bytes)) != nil else { break }
        #expect(decoder.tableSize <= 65_536)
      }
    }
  }
}

@Suite("HTTP/2 without TLS is read frame by frame")
struct HTTP2ReaderTests {
  private static let request = [UInt8](hexadecimal: "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")
  private static let settings = HTTP2Frame(type: 4, stream: 0, [0, 3, 0, 0, 0, 100]).bytes

  /// All destinations, or nil if the reader reported malformed input.
  private func read(_ stream: [UInt8]) -> [HPACKDecoder.Destination]? {
    var reader = HTTP2Reader()
    var result: [HPACKDecoder.Destination] = []
    var rest = stream[...]
    while !rest.isEmpty {
      switch reader.read(Array(rest).span.bytes) {
      case .needsMore(let needed):
        #expect(needed > rest.count)
        return result
      case .frame(let length, let destination):
        if let destination { result.append(destination) }
        rest = rest.dropFirst(length)
      case .broken: return nil
      }
    }
    return result
  }

  @Test("the preface is known by its 24 bytes")
  func preface() {
    let bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    for length in 0..<24 { #expect(HTTP2Reader.preface(of: Array(bytes.prefix(length)).span.bytes) == .needsMore(24)) }
    #expect(HTTP2Reader.preface(of: (bytes + [0]).span.bytes) == .whole(24))
    for index in 0..<24 {
      var changed = bytes
      changed[index] ^= 1
      #expect(HTTP2Reader.preface(of: changed.span.bytes) == .none)
    }
  }

  @Test("padding, priority, continuations and promises are removed")
  func frames() {
    let block = HTTP2ReaderTests.request
    let expected = HPACKDecoder.Destination(authority: "www.example.com")
    let variants: [[UInt8]] = [
      HTTP2Frame(type: 1, flags: 4, stream: 1, block).bytes,
      HTTP2Frame(type: 1, flags: 4 | 8, stream: 1, [3] + block + [0, 0, 0]).bytes,
      HTTP2Frame(type: 1, flags: 4 | 0x20, stream: 1, [0, 0, 0, 0, 16] + block).bytes,
      HTTP2Frame(type: 1, flags: 4 | 8 | 0x20, stream: 1, [1, 0, 0, 0, 0, 16] + block + [9]).bytes,
      HTTP2Frame(type: 5, flags: 4, stream: 1, [0, 0, 0, 2] + block).bytes,
      HTTP2Frame(type: 1, flags: 0, stream: 1, Array(block[..<5])).bytes
        + HTTP2Frame(type: 9, flags: 0, stream: 1, Array(block[5..<6])).bytes
        + HTTP2Frame(type: 9, flags: 4, stream: 1, Array(block[6...])).bytes,
    ]
    for variant in variants {
      #expect(read(HTTP2ReaderTests.settings + variant) == [expected])
      #expect(
        read(
          HTTP2ReaderTests.settings + HTTP2Frame(type: 0, stream: 1, Array(repeating: 1, count: 500)).bytes + variant)
          == [expected])
    }
  }

  @Test("other bytes are not HTTP/2")
  func faults() {
    let block = HTTP2ReaderTests.request
    let headers = HTTP2Frame(type: 1, flags: 4, stream: 1, block).bytes
    // Settings come first; only continuations may follow an open block, and nowhere else; streams have numbers.
    #expect(read(headers) == nil)
    #expect(read(HTTP2ReaderTests.settings + HTTP2Frame(type: 9, flags: 4, stream: 1, block).bytes) == nil)
    #expect(read(HTTP2ReaderTests.settings + HTTP2Frame(type: 1, flags: 0, stream: 1, block).bytes + headers) == nil)
    #expect(read(HTTP2ReaderTests.settings + HTTP2Frame(type: 1, flags: 4, stream: 0, block).bytes) == nil)
    #expect(read(HTTP2ReaderTests.settings + HTTP2Frame(type: 1, flags: 4 | 8, stream: 1, [200] + block).bytes) == nil)
    #expect(read(HTTP2Frame(type: 4, stream: 0, [1]).bytes) == nil)
  }

  @Test("header blocks beyond 64 KiB and frames beyond 16 KiB are refused before they are kept")
  func bounds() {
    let large = HTTP2Frame(type: 1, flags: 0, stream: 1, Array(repeating: 0x82, count: 16_385)).bytes
    #expect(read(HTTP2ReaderTests.settings + large) == nil)
    let part = [UInt8](repeating: 0x82, count: 16_384)
    let flood =
      HTTP2Frame(type: 1, flags: 0, stream: 1, part).bytes
      + (0..<4).flatMap { _ in HTTP2Frame(type: 9, flags: 0, stream: 1, part).bytes }
    #expect(read(HTTP2ReaderTests.settings + flood) == nil)
  }

  @Test("mutations never trap, and every step advances")
  func mutations() {
    var chance = SeededGenerator(seed: 42)
    let stream =
      HTTP2ReaderTests.settings + HTTP2Frame(type: 1, flags: 0, stream: 1, Array(HTTP2ReaderTests.request[..<6])).bytes
      + HTTP2Frame(type: 9, flags: 4, stream: 1, Array(HTTP2ReaderTests.request[6...])).bytes
    for _ in 0..<20_000 { _ = read(chance.mutation(of: stream)) }
    for _ in 0..<5_000 { _ = read(HTTP2ReaderTests.settings + chance.bytes(100)) }
  }
}
