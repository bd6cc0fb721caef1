import TestSupport
import Testing
import Wire

private func read(_ body: [UInt8], isCut: Bool = false) throws -> ClientHello {
  try ClientHello(body.span.bytes, isCut: isCut)
}

private func open(_ stream: [UInt8], isComplete: Bool = false) -> TLSOpening {
  TLSOpening(stream.span.bytes, isComplete: isComplete)
}

private let name = "v10.events.data.microsoft.com"
private let whole = ClientHello(
  serverName: name, highestVersion: .tls13, applicationProtocol: "h2", isCut: false)

@Suite("ClientHello messages are read")
struct ClientHelloTests {
  @Test("name, versions and protocols are read")
  func plain() throws {
    #expect(try read(ClientHelloBuilder(name).body) == whole)
  }

  @Test("without extensions the hello's own version is used")
  func bare() throws {
    var builder = ClientHelloBuilder(nil)
    builder.applicationProtocols = []
    builder.supportedVersions = []
    builder.legacyVersion = 0x0301
    builder.sessionIdentifier = []
    let body = builder.body
    let expected = ClientHello(
      serverName: nil, highestVersion: .tls10, applicationProtocol: nil, isCut: false)
    #expect(try read(body) == expected)
    // RFC 5246 §7.4.1.2: the extensions' length may be missing altogether.
    #expect(try read(Array(body.dropLast(2))) == expected)
  }

  @Test(
    "only an outer ClientHello counts as ECH",
    arguments: [(ClientHelloBuilder.ECH?.none, false), (.outer, true), (.inner, false)])
  func ech(ech: ClientHelloBuilder.ECH?, expected: Bool) throws {
    var builder = ClientHelloBuilder("public.example")
    builder.ech = ech
    #expect(try (read(builder.body).ech != nil) == expected)
  }

  @Test("GREASE versions are skipped, and drafts of TLS 1.3 count as TLS 1.3")
  func greaseVersions() throws {
    var builder = ClientHelloBuilder(nil)
    builder.supportedVersions = [0xfafa, 0x0303, 0x0302]
    #expect(try read(builder.body).highestVersion == .tls12)
    builder.supportedVersions = [0xfafa, 0x7f1c, 0x0303, 0x0302]
    #expect(try read(builder.body).highestVersion == .tls13)
  }

  @Test("a name of arbitrary bytes is kept byte by byte")
  func oddName() throws {
    #expect(try read(ClientHelloBuilder("\u{0}\u{ff}a").body).serverName == "\u{0}\u{ff}a")
  }

  @Test("an empty name or extension is not a name")
  func emptyName() throws {
    #expect(try read(ClientHelloBuilder("").body).serverName == nil)
    var builder = ClientHelloBuilder(nil)
    builder.leadingExtensions = [(0, [])]
    #expect(try read(builder.body).serverName == nil)
  }

  @Test("other name types are skipped, and the first host name is used")
  func nameTypes() throws {
    var builder = ClientHelloBuilder(nil)
    builder.leadingExtensions = [(0, [0, 12, 7, 0, 1, 0x7a, 0, 0, 1, 0x61, 0, 0, 1, 0x62])]
    #expect(try read(builder.body).serverName == "a")
  }

  @Test("a hello of 128 extensions is read, one of more is refused")
  func extensionLimit() throws {
    var builder = ClientHelloBuilder(name)
    builder.leadingExtensions = (0..<125).map { (UInt16(0x1000 + $0), []) }
    #expect(try read(builder.body) == whole)
    builder.leadingExtensions.append((0x2000, []))
    #expect(throws: WireError.tooMany(.tlsExtensions)) { try read(builder.body) }
  }

  @Test("of many protocols the first one is kept")
  func protocolLimit() throws {
    var builder = ClientHelloBuilder(name)
    builder.applicationProtocols = (0..<100).map { "p\($0)" }
    #expect(try read(builder.body).applicationProtocol == "p0")
  }

  @Test("a hello that ends early is truncated at every length")
  func truncated() throws {
    let body = ClientHelloBuilder(name).body
    for length in 0..<body.count {
      // Up to the compression methods a hello of TLS 1.2 may end.
      let bareEnd = 2 + 32 + 33 + 10 + 2
      let cut = Array(body.prefix(length))
      if length == bareEnd { continue }
      #expect(throws: WireError.self) { try read(cut) }
    }
  }

  @Test("a truncated hello gives the whole name or none, at every length")
  func cut() throws {
    var builder = ClientHelloBuilder(name)
    builder.leadingExtensions = [(23, []), (35, [1, 2, 3])]
    builder.ech = .outer
    let body = builder.body
    let full = try read(body)
    var names: Set<String?> = []
    for length in 0..<body.count {
      let cut = Array(body.prefix(length))
      guard length >= 2 else {
        #expect(throws: WireError.capturedShort(.tlsVersion)) { try read(cut, isCut: true) }
        continue
      }
      let hello = try read(cut, isCut: true)
      #expect(hello.isCut)
      #expect(hello.serverName == nil || hello.serverName == name)
      #expect(hello.applicationProtocol == nil || hello.applicationProtocol == full.applicationProtocol)
      #expect(hello.highestVersion == .tls12 || hello.highestVersion == .tls13)
      #expect(hello.ech == nil || full.ech != nil)
      names.insert(hello.serverName)
    }
    #expect(names == [nil, name])
  }

  @Test("each false length is named")
  func lies() {
    func lie(_ builder: ClientHelloBuilder = ClientHelloBuilder("ab"), _ change: (inout [UInt8]) -> Void) -> [UInt8] {
      var builder = builder
      builder.applicationProtocols = builder.applicationProtocols.isEmpty ? [] : ["h2"]
      builder.supportedVersions = builder.supportedVersions.isEmpty ? [] : [0x0304]
      var body = builder.body
      change(&body)
      return body
    }
    // Offsets in the body: session 34, suites 67, compression 77, extensions 79, then server_name 81 (11 bytes), ALPN
    // 92 (9 bytes), versions 101.
    let cases: [(WireError, [UInt8])] = [
      (.badValue(.tlsVersion), lie { $0[0] = 2 }),
      (.badLength(.tlsSessionID), lie { $0[34] = 33 }),
      (.truncated(.tlsCipherSuites), lie { $0.setUInt16(9_999, at: 67) }),
      (.truncated(.tlsCompressionMethods), lie { $0[77] = 200 }),
      (.badLength(.tlsExtensions), lie { $0.setUInt16(9_999, at: 79) }),
      (.badLength(.tlsExtensions), lie { $0.setUInt16(9_999, at: 83) }),
      (.badLength(.tlsServerName), lie { $0.setUInt16(6, at: 85) }),
      (.truncated(.tlsServerName), lie { $0.setUInt16(3, at: 88) }),
      (.truncated(.tlsServerName), lie { $0.setUInt16(4, at: 85) }),
      (.badLength(.tlsProtocolNames), lie { $0.setUInt16(4, at: 96) }),
      (.truncated(.tlsProtocolNames), lie { $0[98] = 3 }),
      (.badLength(.tlsSupportedVersions), lie { $0[105] = 3 }),
      (.truncated(.tlsExtensions), lie { $0.setUInt16(22, at: 79) }),
    ]
    for (index, (error, body)) in cases.enumerated() {
      #expect(throws: error, "case \(index)") { try read(body) }
    }
  }
}

@Suite("The beginning of a TLS stream is read")
struct TLSOpeningTests {
  /// Checks the promise of `needsMore`: fed byte by byte, nothing changes before the requested bytes, and the whole
  /// gives `expected`. How far the records were walked over before changes none of it.
  private func feed(_ stream: [UInt8], _ expected: TLSOpening) {
    var promised = 0
    var walk = TLSRecordWalk()
    for length in 0...stream.count {
      let bytes = Array(stream.prefix(length))
      let opening = open(bytes)
      var last = walk
      #expect(TLSOpening(bytes.span.bytes, resuming: &last, isComplete: true) == open(bytes, isComplete: true))
      #expect(TLSOpening(bytes.span.bytes, resuming: &walk) == opening)
      if case .needsMore(let needed) = opening {
        #expect(needed > length)
        promised = max(promised, needed)
        continue
      }
      #expect(length >= promised, "changed at \(length), promised nothing before \(promised)")
      #expect(opening == expected)
      #expect(length == stream.count)
      return
    }
    Issue.record("not found at full length \(stream.count)")
  }

  @Test("a hello in one record is found with its last byte")
  func oneRecord() { feed(ClientHelloBuilder(name).record, .clientHello(whole)) }

  @Test("a hello in two records, split at every byte, is found with its last byte")
  func twoRecords() {
    let builder = ClientHelloBuilder(name)
    for split in 1..<builder.handshake.count { feed(builder.records(splitAt: [split]), .clientHello(whole)) }
  }

  @Test("a hello in many records of any size is found")
  func manyRecords() {
    var builder = ClientHelloBuilder(name)
    builder.paddedTo = 700
    let length = builder.handshake.count
    #expect(length == 700)
    for size in [1, 2, 3, 4, 5, 7, 64, 333, 699] {
      feed(builder.records(splitAt: Array(stride(from: size, to: length, by: size))), .clientHello(whole))
    }
    var chance = SeededGenerator(seed: 7)
    for _ in 0..<20 {
      let splits = Set((0..<8).map { _ in Int.random(in: 1..<length, using: &chance) })
      feed(builder.records(splitAt: splits.sorted()), .clientHello(whole))
    }
  }

  @Test("records that were walked over once are not walked over again")
  func resumedWalk() {
    var builder = ClientHelloBuilder(name)
    builder.paddedTo = 700
    var stream = builder.records(splitAt: Array(1..<700))
    var walk = TLSRecordWalk()
    // 100 records of one byte, and the header of another.
    let beginning = Array(stream.prefix(605))
    #expect(TLSOpening(beginning.span.bytes, resuming: &walk) == .needsMore(605 + 600))
    #expect(walk == TLSRecordWalk(offset: 600, content: 100))
    // A fault in what was passed is not seen any more; one behind it is.
    stream[300] = 99
    #expect(TLSOpening(stream.span.bytes, resuming: &walk) == .clientHello(whole))
    stream[3_000] = 99
    #expect(TLSOpening(stream.span.bytes, resuming: &walk) == .broken(.badValue(.tlsRecordHeader)))
  }

  @Test("bytes after the hello change nothing")
  func trailing() {
    let record = ClientHelloBuilder(name).record
    #expect(open(record + [20, 3, 3, 0, 1, 1]) == .clientHello(whole))
    #expect(open(record + [0xff, 0xff]) == .clientHello(whole))
    // A second handshake message in the same record.
    let handshake = ClientHelloBuilder(name).handshake
    #expect(open(TLSRecords.bytes(handshake + [0, 0, 0, 0])) == .clientHello(whole))
  }

  @Test("a hello padded to any size is read as long as it is no larger than the limit")
  func sizes() {
    var builder = ClientHelloBuilder(name)
    for size in [512, 1_800, 16_384, TLSOpening.maximumHello] {
      builder.paddedTo = size
      let splits = size > 16_384 ? Array(stride(from: 16_384, to: size, by: 16_384)) : []
      #expect(open(builder.records(splitAt: splits)) == .clientHello(whole))
    }
    builder.paddedTo = TLSOpening.maximumHello + 1
    #expect(open(builder.records(splitAt: [16_384, 32_768])) == .broken(.badLength(.tlsHandshakeHeader)))
    // As soon as the header is complete.
    #expect(
      open(Array(builder.records(splitAt: [16_384, 32_768]).prefix(9))) == .broken(.badLength(.tlsHandshakeHeader)))
  }

  @Test("a record larger than the protocol allows is not TLS, at every length")
  func largeRecord() {
    var builder = ClientHelloBuilder(name)
    builder.paddedTo = 16_385
    let record = builder.record
    for length in [6, 9, 10, 5_000, record.count] { #expect(open(Array(record.prefix(length))) == .notTLS) }
  }

  @Test("a hello that will not be completed gives its received part: the whole name or none")
  func cut() {
    let builder = ClientHelloBuilder(name)
    for stream in [builder.record, builder.records(splitAt: [60]), builder.records(splitAt: [2, 100])] {
      for length in 0..<stream.count {
        switch open(Array(stream.prefix(length)), isComplete: true) {
        case .clientHello(let hello):
          #expect(hello.isCut)
          #expect(hello.serverName == nil || hello.serverName == name)
        case .notTLS, .broken(.capturedShort(.tlsVersion)): #expect(length < 22)
        case .needsMore: #expect(length == 0)
        case let other: Issue.record("\(other) at \(length)")
        }
      }
    }
  }

  @Test("a ServerHello gives the negotiated version")
  func serverHello() throws {
    var builder = ServerHelloBuilder()
    feed(builder.record, .serverHello(try ServerHello(builder.body.span.bytes)))
    #expect(try ServerHello(builder.body.span.bytes).version == .tls13)
    builder.selectedVersion = nil
    #expect(try ServerHello(builder.body.span.bytes).version == .tls12)
    let body = builder.body
    for length in 0..<body.count {
      #expect(throws: WireError.self) { try ServerHello(Array(body.prefix(length)).span.bytes) }
    }
  }

  @Test(
    "other bytes are not a hello",
    arguments: [
      ([21, 3, 3, 0, 2, 2, 40], TLSOpening.other), ([22, 3, 3, 0, 4, 11, 0, 0, 0], .other),
      ([22, 3, 3, 0, 5, 11, 0, 0, 1, 0], .other), ([23, 3, 3, 0, 1, 0], .notTLS), ([0x47], .notTLS),
      ([22, 2, 0, 0, 1, 1], .notTLS), ([22, 3, 9, 0, 1, 1], .notTLS), ([22, 3, 1, 0, 0, 1], .notTLS),
      ([22, 3, 1, 0xff, 0xff, 1], .notTLS), ([22, 3], .needsMore(6)), ([22, 2], .notTLS), ([22], .needsMore(6)),
      ([], .needsMore(6)),
    ] as [([UInt8], TLSOpening)])
  func notHello(stream: [UInt8], expected: TLSOpening) { #expect(open(stream) == expected) }

  @Test("another record in the middle makes a hello malformed")
  func interrupted() {
    let builder = ClientHelloBuilder(name)
    var stream = builder.records(splitAt: [50])
    stream[55] = 21
    #expect(open(stream) == .broken(.badValue(.tlsRecordHeader)))
    stream[55] = 22
    stream.setUInt16(0, at: 58)
    #expect(open(stream) == .broken(.badValue(.tlsRecordHeader)))
  }

  @Test("a malformed hello names the field")
  func broken() {
    var record = ClientHelloBuilder(name).record
    record[5 + 4 + 34] = 33
    #expect(open(record) == .broken(.badLength(.tlsSessionID)))
  }
}
