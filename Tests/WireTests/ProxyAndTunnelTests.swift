import TestSupport
import Testing
import Wire

private func opening(_ bytes: [UInt8]) -> SOCKSMessage { SOCKSMessage(opening: bytes.span.bytes) }
private func following(_ bytes: [UInt8]) -> SOCKSMessage { SOCKSMessage(afterGreeting: bytes.span.bytes) }

@Suite("Messages of a client to a SOCKS proxy are read")
struct SOCKSTests {
  private static let name = Array("telemetry.example".utf8)
  private static let four: [UInt8] = [4, 1, 0x01, 0xbb, 203, 0, 113, 9] + Array("user".utf8) + [0]
  private static let fourA: [UInt8] = [4, 1, 0x01, 0xbb, 0, 0, 0, 1] + Array("user".utf8) + [0] + name + [0]
  private static let named: [UInt8] = [5, 1, 0, 3, UInt8(name.count)] + name + [0x01, 0xbb]

  @Test("requests give host and port; an address is not a host")
  func requests() {
    #expect(opening(SOCKSTests.four) == .request(length: 13, host: nil, port: 443))
    #expect(opening(SOCKSTests.fourA + [22]) == .request(length: 31, host: "telemetry.example", port: 443))
    #expect(following(SOCKSTests.named + [22]) == .request(length: 24, host: "telemetry.example", port: 443))
    #expect(following([5, 1, 0, 1, 203, 0, 113, 9, 0, 80]) == .request(length: 10, host: nil, port: 80))
    #expect(
      following([5, 1, 0, 4] + Array(repeating: 1, count: 16) + [0, 80]) == .request(length: 22, host: nil, port: 80))
  }

  @Test("greetings and credentials are skipped")
  func greetings() {
    #expect(opening([5, 1, 0]) == .greeting(length: 3))
    #expect(opening([5, 3, 0, 2, 0x80, 5]) == .greeting(length: 5))
    #expect(following([1, 4] + Array("user".utf8) + [6] + Array("secret".utf8)) == .credentials(length: 13))
    #expect(following([1, 0, 0]) == .credentials(length: 3))
  }

  @Test("for a message truncated anywhere the reader asks for more")
  func cuts() {
    for message in [SOCKSTests.four, SOCKSTests.fourA, [5, 3, 0, 1, 2]] {
      for length in 0..<message.count {
        guard case .needsMore(let needed) = opening(Array(message.prefix(length))) else {
          Issue.record("\(length) bytes are no message")
          continue
        }
        #expect(needed > length)
        #expect(needed <= message.count)
      }
    }
    for message in [SOCKSTests.named, [1, 1, 0x61, 1, 0x62]] {
      for length in 0..<message.count {
        guard case .needsMore(let needed) = following(Array(message.prefix(length))) else {
          Issue.record("\(length) bytes are no message")
          continue
        }
        #expect(needed > length)
        #expect(needed <= message.count)
      }
    }
  }

  @Test(
    "anything else is not SOCKS",
    arguments: [
      [5, 0], [5, 17, 0], [5, 1, 0xff], [5, 1, 0x10], [4, 2, 0, 80, 1, 1, 1, 1, 0], [4, 1, 0, 0, 1, 1, 1, 1, 0],
      [4, 1, 0, 80, 0, 0, 0, 0, 0], [4, 1, 0, 80, 1, 1, 1, 1, 7, 0], [4, 1, 0, 80, 0, 0, 0, 1, 0, 0],
      [4, 1, 0, 80, 0, 0, 0, 1, 0, 0x61, 0x2f, 0], [22, 3, 1],
    ] as [[UInt8]])
  func none(bytes: [UInt8]) {
    #expect(opening(bytes) == .notSOCKS)
  }

  @Test(
    "anything else is not a request",
    arguments: [
      [5, 2, 0, 1, 0], [5, 1, 1, 1, 0], [5, 1, 0, 2, 0], [5, 1, 0, 3, 0, 0, 80], [5, 1, 0, 3, 1, 0x20, 0, 80], [2, 1],
    ] as [[UInt8]])
  func noRequest(bytes: [UInt8]) {
    #expect(following(bytes) == .notSOCKS)
  }

  @Test("noise never traps, and endless text is refused")
  func noise() {
    var chance = SeededGenerator(seed: 43)
    for round in 0..<20_000 {
      let bytes = [UInt8(round % 2 == 0 ? 4 : 5)] + chance.bytes(Int.random(in: 0...60, using: &chance))
      _ = opening(bytes)
      _ = following(chance.mutation(of: SOCKSTests.named))
    }
    #expect(opening([4, 1, 0, 80, 1, 1, 1, 1] + Array(repeating: 0x61, count: 256)) == .notSOCKS)
  }
}

@Suite("Chunked bodies are skipped")
struct HTTPChunkTests {
  private func chunk(_ text: String, isTrailer: Bool = false) -> HTTPChunk {
    HTTPChunk(Array(text.utf8).span.bytes, isTrailer: isTrailer)
  }

  @Test("size lines give the length of the chunk")
  func sizes() {
    #expect(chunk("5\r\nhello\r\n") == .chunk(length: 10))
    #expect(chunk("1aF\r\n") == .chunk(length: 5 + 0x1af + 2))
    #expect(chunk("5;name=\"value\"\r\n") == .chunk(length: 16 + 5 + 2))
    #expect(chunk("5 \r\n") == .chunk(length: 4 + 7))
    #expect(chunk("5\nhello\n") == .chunk(length: 2 + 5 + 1))
    #expect(chunk("0\r\n") == .last(length: 3))
    #expect(chunk("000;x\r\n") == .last(length: 7))
    #expect(chunk("ffffffffff\r\n") == .chunk(length: 12 + 0xff_ffff_ffff + 2))
  }

  @Test("trailers end at the empty line")
  func trailers() {
    #expect(chunk("Checksum: x\r\n\r\n", isTrailer: true) == .trailer(length: 13))
    #expect(chunk("\r\nGET", isTrailer: true) == .end(length: 2))
    #expect(chunk("\nGET", isTrailer: true) == .end(length: 1))
  }

  @Test("anything else is malformed", arguments: ["\r\n", "x\r\n", "-5\r\n", "5x\r\n", "0x5\r\n", "10000000000\r\n"])
  func broken(text: String) { #expect(chunk(text) == .broken) }

  @Test("for an unfinished line the reader asks for more, up to 4 KiB")
  func endless() {
    #expect(chunk("5") == .needsMore(2))
    #expect(chunk("") == .needsMore(1))
    let line = "5;" + String(repeating: "x", count: 4_093)
    #expect(chunk(line) == .needsMore(4_096))
    #expect(chunk(line + "x") == .broken)
    #expect(chunk(line + "xx\r\n") == .broken)
  }

  @Test("a body is chunked only if that is the last coding")
  func heads() {
    func isChunked(_ fields: String) -> Bool? {
      let text = "POST / HTTP/1.1\r\n\(fields)\r\n\r\n"
      guard case .request(let head) = HTTPOpening(Array(text.utf8).span.bytes) else { return nil }
      return head.isChunked
    }
    #expect(isChunked("Transfer-Encoding: chunked") == true)
    #expect(isChunked("Transfer-Encoding: gzip, Chunked") == true)
    #expect(isChunked("Transfer-Encoding: chunked\r\nContent-Length: 3") == true)
    #expect(isChunked("Transfer-Encoding: chunked, gzip") == false)
    #expect(isChunked("Content-Length: 3") == false)
  }
}

@Suite("Handshakes of VPNs are recognised")
struct PrivateNetworkHandshakeTests {
  private func padded(_ bytes: [UInt8], to length: Int) -> [UInt8] {
    bytes + Array(repeating: 0xaa, count: length - bytes.count)
  }

  @Test("WireGuard by type and exact length")
  func wireGuard() {
    func isWireGuard(_ bytes: [UInt8], of length: Int? = nil) -> Bool {
      PrivateNetworkHandshake.isWireGuard(bytes.span.bytes, lengthOnWire: length ?? bytes.count)
    }
    #expect(isWireGuard(padded([1, 0, 0, 0], to: 148)))
    #expect(isWireGuard(padded([2, 0, 0, 0], to: 92)))
    for length in [3, 91, 92, 147, 149] { #expect(!isWireGuard(Array(padded([1, 0, 0, 0], to: 200).prefix(length)))) }
    #expect(!isWireGuard(padded([2, 0, 0, 0], to: 148)))
    #expect(!isWireGuard(padded([1, 0, 0, 1], to: 148)))
    // Cut by the snapshot, its length on the wire decides.
    #expect(isWireGuard([1, 0, 0, 0], of: 148))
    #expect(!isWireGuard([1, 0, 0], of: 148))
  }

  @Test("IKE by version and length, with the marker on port 4500; ESP by its index")
  func ipsec() {
    var header: [UInt8] = Array(repeating: 7, count: 8) + Array(repeating: 0, count: 8) + [33, 0x20, 34, 8, 0, 0, 0, 0]
    header.appendUInt32(40)
    let message = padded(header, to: 40)
    func isIKE(_ bytes: [UInt8], marker: Bool) -> Bool {
      PrivateNetworkHandshake.isIKE(bytes.span.bytes, lengthOnWire: bytes.count, hasMarker: marker)
    }
    #expect(isIKE(message, marker: false))
    #expect(isIKE([0, 0, 0, 0] + message, marker: true))
    #expect(!isIKE(message, marker: true))
    #expect(!isIKE(message + [0], marker: false))
    for length in 0..<40 { #expect(!isIKE(Array(message.prefix(length)), marker: false)) }
    var zero = message
    zero.replaceSubrange(0..<8, with: Array(repeating: 0, count: 8))
    #expect(!isIKE(zero, marker: false))
    func isESP(_ bytes: [UInt8]) -> Bool {
      PrivateNetworkHandshake.isEncapsulatedESP(bytes.span.bytes, lengthOnWire: bytes.count)
    }
    #expect(isESP(padded([0xc0, 0, 0, 1], to: 24)))
    #expect(!isESP(padded([0, 0, 0, 0xff], to: 24)))
    #expect(!isESP(padded([0xc0, 0, 0, 1], to: 23)))
    #expect(!isESP([0xff]))
  }

  @Test("OpenVPN by its hard resets")
  func openVPN() {
    func asks(_ bytes: [UInt8]) -> Bool {
      PrivateNetworkHandshake.isOpenVPNClientReset(bytes.span.bytes, lengthOnWire: bytes.count)
    }
    let plain: [UInt8] = [0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0]
    #expect(asks(plain))
    for length in 0..<14 { #expect(!asks(Array(plain.prefix(length)))) }
    #expect(!asks([0x38, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0, 0, 0]))
    for length in [42, 54, 86] { #expect(asks(padded([0x38], to: length))) }
    for length in [15, 43, 100] { #expect(!asks(padded([0x38], to: length))) }
    #expect(asks(padded([0x50], to: 400)))
    #expect(!asks(padded([0x50], to: 300)))
    func answers(_ bytes: [UInt8]) -> Bool {
      PrivateNetworkHandshake.isOpenVPNServerReset(bytes.span.bytes, lengthOnWire: bytes.count)
    }
    #expect(answers(padded([0x40], to: 26)))
    #expect(!answers(padded([0x40], to: 25)))
    #expect(!answers(padded([0x41], to: 26)))
  }

  @Test("L2TP and PPTP by the headers of their control messages")
  func tunnels() {
    func isL2TP(_ bytes: [UInt8]) -> Bool {
      PrivateNetworkHandshake.isL2TP(bytes.span.bytes, lengthOnWire: bytes.count)
    }
    #expect(isL2TP(padded([0xc8, 2, 0, 20], to: 20)))
    #expect(isL2TP(padded([0xc8, 3, 0, 20], to: 20)))
    #expect(!isL2TP(padded([0xc8, 2, 0, 21], to: 20)))
    #expect(!isL2TP(padded([0x48, 2, 0, 20], to: 20)))
    #expect(!isL2TP(padded([0xc8, 4, 0, 20], to: 20)))
    #expect(!isL2TP([0xc8, 2, 0, 4]))
    func isPPTP(_ bytes: [UInt8]) -> Bool { PrivateNetworkHandshake.isPPTP(bytes.span.bytes) }
    let start: [UInt8] = [0, 156, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d]
    #expect(isPPTP(start))
    for length in 0..<8 { #expect(!isPPTP(Array(start.prefix(length)))) }
  }
}
