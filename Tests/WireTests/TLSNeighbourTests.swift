import TestSupport
import Testing
import Wire

private func open(_ stream: [UInt8], isComplete: Bool = false) -> TLSOpening {
  TLSOpening(stream.span.bytes, isComplete: isComplete)
}

@Suite("Old, small and answered hellos are read")
struct OldHelloTests {
  /// Length, type, version, cipher specifications, session id, challenge.
  private static let compatible = [UInt8](
    hexadecimal: "802b 01 0301 0012 0000 0010 000004 00000a 000005 000009 000064 000062"
      + String(repeating: "ab", count: 16))

  @Test("the hello of SSL 2.0 gives its version, and needs only its lengths")
  func compatible() {
    let hello = OldHelloTests.compatible
    #expect(hello.count == 2 + 0x2b)
    let expected = TLSOpening.clientHello(ClientHello(serverName: nil, highestVersion: .tls10))
    #expect(open(hello) == expected)
    for length in 1..<hello.count {
      let cut = Array(hello[..<length])
      #expect(open(cut) == (length < 11 ? .needsMore(11) : expected))
      #expect(open(cut, isComplete: true) == (length < 11 ? .notTLS : expected))
    }
    var resumed = hello
    resumed[1] += 16
    resumed[8] = 16
    #expect(
      open(resumed)
        == .clientHello(ClientHello(serverName: nil, highestVersion: .tls10, offersResumption: true)))
    // SSL 2.0 itself.
    var old = hello
    (old[3], old[4]) = (0, 2)
    guard case .clientHello = open(old) else {
      Issue.record("not read")
      return
    }
  }

  @Test(
    "a message with inconsistent lengths or other first bytes is not a hello",
    arguments: [(0, 0x82), (1, 0x2c), (2, 2), (3, 4), (4, 9), (6, 0x13), (8, 1), (10, 0x11)] as [(Int, UInt8)])
  func lies(index: Int, value: UInt8) {
    var hello = OldHelloTests.compatible
    hello[index] = value
    #expect(open(hello) == .notTLS)
  }

  @Test("SSL 3.0 is recognised")
  func secureSockets3() {
    var builder = ClientHelloBuilder(nil)
    builder.legacyVersion = 0x0300
    builder.supportedVersions = []
    builder.applicationProtocols = []
    builder.sessionIdentifier = []
    let stream = TLSRecords.bytes(builder.handshake, version: 0x0300)
    #expect(
      open(stream) == .clientHello(ClientHello(serverName: nil, highestVersion: TLSVersion(rawValue: 0x0300))))
  }

  @Test("a hello in records of one byte is requested in few steps")
  func tinyRecords() {
    var builder = ClientHelloBuilder("a.example")
    builder.paddedTo = 3_000
    let stream = builder.records(splitAt: Array(1..<builder.handshake.count))
    var length = 1
    var steps = 0
    while case .needsMore(let needed) = open(Array(stream[..<length])), steps < 100 {
      #expect(needed > length && needed <= stream.count)
      length = needed
      steps += 1
    }
    #expect(length == stream.count)
    #expect(steps < 50)
  }

  @Test(
    "a ticket that the server gave earlier is resumption; asking for one is not",
    arguments: [
      ([], 32, true, false), ([], 0, false, false), ([], 32, false, true), ([(35, [])], 0, false, false),
      ([(35, [1])], 0, false, true), ([(35, [1])], 32, true, true), ([(41, [0, 1])], 32, true, true),
    ] as [([(UInt16, [UInt8])], Int, Bool, Bool)])
  func resumption(extensions: [(UInt16, [UInt8])], session: Int, isNew: Bool, expected: Bool) throws {
    var builder = ClientHelloBuilder("a.example")
    builder.leadingExtensions = extensions.map { (type: $0.0, content: $0.1) }
    builder.sessionIdentifier = Array(repeating: 1, count: session)
    if !isNew { builder.supportedVersions = [] }
    let body = builder.body
    #expect(try ClientHello(body.span.bytes).offersResumption == expected)
    // A truncated one is resumption only if that is certain.
    for length in 2..<body.count {
      let cut = try ClientHello(body.span.bytes.extracting(0..<length), isCut: true)
      #expect(!cut.offersResumption || expected)
    }
  }

  @Test("an offer of ECH is plausible by its lengths; impossible ones are not")
  func ech() throws {
    var builder = ClientHelloBuilder("cover.example")
    builder.ech = .outer
    #expect(
      try ClientHello(builder.body.span.bytes).ech
        == EncryptedClientHelloExtension(configurationID: 0x2a, encapsulatedKeyLength: 32, payloadLength: 144))
    for (key, payload, isPlausible) in [(32, 57, true), (31, 144, false), (32, 56, false), (0, 144, false)] {
      builder.echKeyLength = key
      builder.echPayloadLength = payload
      #expect(try ClientHello(builder.body.span.bytes).ech?.isPlausible == isPlausible)
    }
    var broken = ClientHelloBuilder("cover.example")
    broken.leadingExtensions = [(0xfe0d, [0, 0, 1, 0, 1, 7, 0xff, 0xff])]
    let hello = try ClientHello(broken.body.span.bytes)
    #expect(hello.ech?.isPlausible == false)
    #expect(hello.serverName == "cover.example")
  }

  @Test("drafts of TLS 1.3 and HelloRetryRequest settle version 1.3")
  func serverVersions() throws {
    var draft = ServerHelloBuilder()
    draft.selectedVersion = 0x7f1c
    #expect(try ServerHello(draft.body.span.bytes).version == .tls13)
    // Draft 18: version, random, cipher suite, extensions.
    let old = [0x7f, 0x12] + Array(repeating: UInt8(1), count: 32) + [0x13, 0x01, 0, 0]
    #expect(try ServerHello(old.span.bytes).version == .tls13)
    // RFC 8446 §4.1.3: a ServerHello with a fixed random value.
    var retry = ServerHelloBuilder().body
    retry.replaceSubrange(
      2..<34, with: [UInt8](hexadecimal: "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"))
    #expect(try ServerHello(retry.span.bytes).version == .tls13)
  }
}

@Suite("Certificates are read")
struct ServerCertificateTests {
  private func read(_ bytes: [UInt8]) throws -> ServerCertificate { try ServerCertificate(bytes.span.bytes) }

  @Test("alternative names come before the common name", arguments: [false, true])
  func names(isCritical: Bool) throws {
    var builder = CertificateBuilder(["*.telemetry.example", "b.example"])
    builder.isCritical = isCritical
    builder.hasVersion = !isCritical
    let certificate = try read(builder.bytes)
    #expect(
      certificate
        == ServerCertificate(dnsNames: ["*.telemetry.example", "b.example"], commonName: "cn.example"))
    #expect(certificate.hostName == "*.telemetry.example")
  }

  @Test(
    "a common name is used if it can be a host name",
    arguments: [
      ("a.example", "a.example"), ("*.a.example", "*.a.example"), ("Router", nil), ("My Company Ltd.", nil),
      ("192.0.2.1", nil), ("a.exämple", nil), ("", nil),
    ] as [(String, String?)])
  func commonName(name: String, expected: String?) throws {
    var builder = CertificateBuilder(nil)
    builder.commonNames = ["first.example", name]
    #expect(try read(builder.bytes).hostName == expected)
    builder.dnsNames = []
    #expect(try read(builder.bytes).hostName == expected)
  }

  @Test("of many names the first 256 are kept")
  func manyNames() throws {
    #expect(try read(CertificateBuilder((0..<400).map { "n\($0).example" }).bytes).dnsNames.count == 256)
  }

  @Test("all alternative names count, also if texts are made of the first few only", arguments: [1, 2, 3, 4])
  func textLimit(limit: Int) throws {
    let long = String(repeating: "e", count: 200)
    let names = ["a.example", String(repeating: "b", count: 256), "", long, "c.example", "d.example"]
    let bytes = CertificateBuilder(names).bytes
    let certificate = try ServerCertificate(bytes.span.bytes, textLimit: limit)
    // The one that is too long for a host does not count, nor does the empty one.
    #expect(certificate.dnsNames == Array(["a.example", long, "c.example", "d.example"].prefix(limit)))
    #expect(certificate.nameCount == 4)
    #expect(certificate.hostName == "a.example")
  }

  @Test("a certificate truncated at any length is an error, and with any change in it reading ends")
  func hostile() throws {
    let bytes = CertificateBuilder(["a.example", "b.example"]).bytes
    for length in 0..<bytes.count {
      #expect(throws: WireError.truncated(.tlsCertificate)) { try read(Array(bytes[..<length])) }
    }
    var chance = SeededGenerator(seed: 71)
    for _ in 0..<20_000 { _ = try? read(chance.mutation(of: bytes)) }
    for _ in 0..<2_000 { _ = try? read([0x30] + chance.bytes(60)) }
    // Indefinite, too long, and long tags.
    for start: [UInt8] in [[0x30, 0x80, 0, 0], [0x30, 0x84, 0, 0, 0, 0]] {
      #expect(throws: WireError.badLength(.tlsCertificate)) { try read(start) }
    }
    #expect(throws: WireError.unsupported(.tlsCertificate)) { try read([0x3f, 0x81, 0]) }
  }

  private func reading(_ stream: [UInt8], isComplete: Bool = false) -> TLSCertificateReading {
    TLSCertificateReading(stream.span.bytes, isComplete: isComplete)
  }

  @Test("the server's own certificate is found in records of any size, and the reader waits for no other")
  func flight() {
    var builder = CertificateBuilder(["a.example"])
    builder.keyLength = 2_000
    let flight = builder.flight()
    let expected = TLSCertificateReading.certificate(
      ServerCertificate(dnsNames: ["a.example"], commonName: "cn.example"))
    for size in [1, 7, 100, 1_000, 16_000] {
      let stream = TLSRecords.bytes(
        flight, splitAt: Array(stride(from: size, to: flight.count, by: size)), version: 0x0303)
      #expect(reading(stream) == expected)
      var length = 1
      var steps = 0
      while case .needsMore(let needed) = reading(Array(stream[..<length])), steps < 200 {
        #expect(needed > length && needed <= stream.count)
        #expect(reading(Array(stream[..<length]), isComplete: true) == .none)
        length = needed
        steps += 1
      }
      #expect(reading(Array(stream[..<length])) == expected)
      // The reader does not wait for the second certificate of the chain.
      #expect(length < stream.count - 2_000)
      #expect(steps < 150)
    }
  }

  @Test("other messages, records and false lengths end the reading")
  func noCertificate() {
    var hello = ServerHelloBuilder()
    hello.selectedVersion = nil
    let message = Handshake.message(2, hello.body)
    #expect(reading(TLSRecords.bytes(message + Handshake.message(14, []))) == .none)
    #expect(reading(TLSRecords.bytes(message + Handshake.message(11, [0, 0, 0]))) == .none)
    #expect(reading(TLSRecords.bytes(message) + TLSRecords.bytes([1], type: 20)) == .none)
    #expect(
      reading(TLSRecords.bytes(message + Handshake.message(11, [0, 0, 9, 0, 9, 9, 1])))
        == .broken(.badLength(.tlsCertificate)))
    // Larger than the reader's limit.
    #expect(reading(TLSRecords.bytes(message + [11, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc, 0xff, 0xff, 0xf9])) == .none)
    var chance = SeededGenerator(seed: 72)
    let stream = TLSRecords.bytes(CertificateBuilder(["a.example"]).flight())
    for _ in 0..<5_000 { _ = reading(chance.mutation(of: stream), isComplete: Bool.random(using: &chance)) }
  }
}

@Suite("Plain beginnings of protocols that upgrade to TLS are read message by message")
struct PlainOpeningTests {
  private func open(_ stream: [UInt8], scanned: Int = 0) -> PlainOpening {
    PlainOpening(stream.span.bytes, scanned: scanned)
  }

  private static let messages: [(String, [UInt8])] = [
    ("SMTP", Array("EHLO mail.example\r\n".utf8)), ("IMAP", Array("a001 STARTTLS\r\n".utf8)),
    ("an answer", Array("220 2.0.0 Ready\r\n".utf8)), ("XMPP", Array("<starttls xmlns='urn:x'/>".utf8)),
    // Message 1, extended request, 1.3.6.1.4.1.1466.20037.
    ("LDAP", [UInt8](hexadecimal: "301d02010177188016") + Array("1.3.6.1.4.1.1466.20037".utf8)),
    ("LDAP, long form", [UInt8](hexadecimal: "30840000001d02010177188016") + Array("1.3.6.1.4.1.1466.20037".utf8)),
    ("PostgreSQL", [UInt8](hexadecimal: "0000000804d2162f")),
    ("MySQL", [UInt8](hexadecimal: "2000000185ae7f0000000001") + [0x21] + Array(repeating: 0, count: 23)),
    ("RDP", [UInt8](hexadecimal: "030000130ee000000000000100080003000000")),
    ("TDS", [UInt8](hexadecimal: "12010010000000000000060006010000")),
  ]

  @Test("each message is given with its length once it is whole, whatever follows", arguments: messages.map(\.0))
  func whole(_ name: String) {
    guard let message = PlainOpeningTests.messages.first(where: { $0.0 == name })?.1 else { return }
    let stream = message + [22, 3, 1, 2]
    var scanned = 0
    for length in 1...stream.count {
      let opening = open(Array(stream[..<length]), scanned: scanned)
      switch opening {
      case .message(let told):
        #expect(told == message.count)
        return
      case .needsMore(let needed):
        #expect(needed > length && needed <= message.count)
        scanned = length
      case .notPlain:
        Issue.record("not known at \(length)")
        return
      }
    }
    Issue.record("never told")
  }

  @Test("only the header of a TDS message that contains TLS is skipped")
  func tabularData() {
    #expect(open([UInt8](hexadecimal: "120100c80000000016030100bd")) == .message(8))
  }

  @Test(
    "other bytes are not a message",
    arguments: [
      [0], [0x80, 1], [0x17, 3, 3], [0x41, 0x42, 0], [0x3c, 0x61, 0], [0x20] + Array(repeating: 0, count: 40),
      [0, 0, 0, 8, 0, 0, 0, 0], [3, 0, 0, 19, 14, 0xf0], [0x12, 1, 0, 4, 0, 0, 0, 0, 0],
      [0x30, 0x0c, 4, 1, 0, 0, 0, 0, 0],
    ] as [[UInt8]])
  func others(_ bytes: [UInt8]) {
    let opening = open(bytes)
    #expect(opening == .notPlain || bytes.count == 1 && opening == .needsMore(8))
  }

  @Test("an endless line is given up after 1,024 bytes, a tag after 4,096")
  func bounds() {
    let line = Array(repeating: UInt8(0x41), count: 5_000)
    #expect(open(Array(line[..<1_023])) == .needsMore(1_024))
    #expect(open(line) == .notPlain)
    #expect(open([0x3c] + line[..<4_094]) == .needsMore(4_096))
    #expect(open([0x3c] + line) == .notPlain)
  }

  @Test("reading ends for any input")
  func hostile() {
    var chance = SeededGenerator(seed: 74)
    for _ in 0..<50_000 {
      let message = PlainOpeningTests.messages.randomElement(using: &chance)?.1 ?? []
      let bytes = Bool.random(using: &chance) ? chance.mutation(of: message) : chance.bytes(12)
      guard !bytes.isEmpty else { continue }
      if case .message(let length) = open(bytes) { #expect(length > 0 && length <= 32_767) }
    }
  }
}
