import Streams
import TestSupport
import Testing
import Wire

@Suite("DTLS hellos are put together")
struct DTLSTests {
  private static let name = "turn.example"
  private static let hello: ClientHelloBuilder = {
    var builder = ClientHelloBuilder(name)
    builder.legacyVersion = 0xfefd
    builder.supportedVersions = []
    builder.applicationProtocols = []
    builder.sessionIdentifier = []
    builder.cookie = []
    return builder
  }()
  private static let expected = ClientHello(serverName: name, highestVersion: .tls12)

  private func take(_ message: inout DTLSHandshakeMessage, _ datagram: [UInt8]) throws -> ClientHello? {
    try message.take(datagram.span.bytes)
    return try message.clientHello()
  }

  private func isHandshake(_ datagram: [UInt8]) -> Bool { DTLSDatagram.isHandshake(datagram.span.bytes) }

  @Test("in two fragments at every split, in either order, doubled and overlapping")
  func fragments() throws {
    let body = DTLSTests.hello.body
    for split in 0...body.count {
      let back = max(split - 9, 0)
      let first = Handshake.datagramRecord(1, body, 0..<split)
      let second = Handshake.datagramRecord(1, body, back..<body.count)
      for datagrams in [[first, second], [second, first], [first, first, second], [first + second]] {
        var message = DTLSHandshakeMessage(.clientHello)
        var hello: ClientHello?
        for datagram in datagrams { hello = try take(&message, datagram) ?? hello }
        #expect(hello == DTLSTests.expected)
      }
    }
  }

  @Test(
    "versions are those of the TLS they are made from",
    arguments: [(0xfeff, [], .tls11), (0xfefd, [], .tls12), (0xfefd, [0xfefc, 0xfefd], .tls13)]
      as [(UInt16, [UInt16], TLSVersion)])
  func versions(legacy: UInt16, supported: [UInt16], expected: TLSVersion) throws {
    var builder = DTLSTests.hello
    builder.legacyVersion = legacy
    builder.supportedVersions = supported
    var message = DTLSHandshakeMessage(.clientHello)
    let body = builder.body
    #expect(try take(&message, Handshake.datagramRecord(1, body, 0..<body.count))?.highestVersion == expected)
  }

  @Test("a second hello with a cookie begins a new message; encrypted and other records are passed over")
  func cookie() throws {
    let body = DTLSTests.hello.body
    var second = DTLSTests.hello
    second.cookie = Array(repeating: 0xc0, count: 20)
    let again = second.body
    var message = DTLSHandshakeMessage(.clientHello)
    #expect(try take(&message, Handshake.datagramRecord(1, body, 0..<50)) == nil)
    #expect(try take(&message, Handshake.datagramRecord(1, again, 50..<again.count, number: 1)) == nil)
    #expect(try take(&message, Handshake.datagramRecord(1, again, 0..<50, number: 1, epoch: 1)) == nil)
    #expect(try take(&message, Handshake.datagramRecord(2, again, 0..<50, number: 1)) == nil)
    #expect(try take(&message, Handshake.datagramRecord(1, again, 0..<50, number: 1)) == DTLSTests.expected)
  }

  @Test("cut at every length it tells the whole name or none")
  func cut() throws {
    let body = DTLSTests.hello.body
    let datagram = Handshake.datagramRecord(1, body, 0..<body.count)
    #expect(isHandshake(datagram))
    for length in 0..<datagram.count {
      let cut = Array(datagram[..<length])
      #expect(isHandshake(cut) == (length >= 25))
      var message = DTLSHandshakeMessage(.clientHello)
      #expect(try take(&message, cut) == nil)
      let hello = try? message.clientHello(isComplete: true)
      #expect(hello?.serverName == nil || hello?.serverName == DTLSTests.name)
    }
  }

  @Test("lying lengths are named, and whatever is changed, reading ends")
  func hostile() throws {
    let body = DTLSTests.hello.body
    var longer = Handshake.datagramRecord(1, body, 0..<body.count)
    longer[13 + 3] -= 1
    var message = DTLSHandshakeMessage(.clientHello)
    #expect(throws: WireError.badLength(.tlsHandshakeHeader)) { try take(&message, longer) }
    var huge = Handshake.datagramRecord(1, body, 0..<10)
    huge[13 + 1] = 0xff
    #expect(throws: WireError.badLength(.tlsHandshakeHeader)) { try take(&message, huge) }
    let many = (0..<65).flatMap { _ in Handshake.datagramRecord(2, [], 0..<0) }
    #expect(throws: WireError.tooMany(.dtlsRecordHeader)) { try take(&message, many) }
    var chance = SeededGenerator(seed: 73)
    let datagram = Handshake.datagramRecord(1, body, 0..<60) + Handshake.datagramRecord(1, body, 60..<body.count)
    for _ in 0..<10_000 {
      _ = try? take(&message, chance.mutation(of: datagram))
      _ = try? message.clientHello(isComplete: true)
      _ = try? message.certificate()
    }
  }

  @Test("the server's certificate is read from its fragments")
  func certificate() throws {
    let chain = CertificateBuilder(["a.example"]).chain()
    var message = DTLSHandshakeMessage(.certificate)
    var found: ServerCertificate?
    for start in stride(from: 0, to: chain.count, by: 97).reversed() {
      try message.take(
        Handshake.datagramRecord(11, chain, start..<min(start + 97, chain.count), number: 2).span.bytes)
      found = try message.certificate() ?? found
    }
    #expect(found == ServerCertificate(dnsNames: ["a.example"], commonName: "cn.example"))
  }
}
