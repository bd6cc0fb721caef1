import Testing
import TestSupport
@testable import Streams
@testable import Wire

/// Packets of RFC 9001 Appendix A and RFC 9369 Appendix A.
enum RFCPackets {
  /// A.2: the client's Initial with the hello for example.com, version 1.
  static let client1 = [UInt8](
    hexadecimal: """
      c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9bd8bab936b47d92ec356c0bab
      7df5976d27cd449f63300099f3991c260ec4c60d17b31f8429157bb35a1282a643a8d2262cad67500cadb8e7378c8eb7539e
      c4d4905fed1bee1fc8aafba17c750e2c7ace01e6005f80fcb7df621230c83711b39343fa028cea7f7fb5ff89eac2308249a0
      2252155e2347b63d58c5457afd84d05dfffdb20392844ae812154682e9cf012f9021a6f0be17ddd0c2084dce25ff9b06cde5
      35d0f920a2db1bf362c23e596d11a4f5a6cf3948838a3aec4e15daf8500a6ef69ec4e3feb6b1d98e610ac8b7ec3faf6ad760
      b7bad1db4ba3485e8a94dc250ae3fdb41ed15fb6a8e5eba0fc3dd60bc8e30c5c4287e53805db059ae0648db2f64264ed5e39
      be2e20d82df566da8dd5998ccabdae053060ae6c7b4378e846d29f37ed7b4ea9ec5d82e7961b7f25a9323851f681d582363a
      a5f89937f5a67258bf63ad6f1a0b1d96dbd4faddfcefc5266ba6611722395c906556be52afe3f565636ad1b17d508b73d874
      3eeb524be22b3dcbc2c7468d54119c7468449a13d8e3b95811a198f3491de3e7fe942b330407abf82a4ed7c1b311663ac698
      90f4157015853d91e923037c227a33cdd5ec281ca3f79c44546b9d90ca00f064c99e3dd97911d39fe9c5d0b23a229a234cb3
      6186c4819e8b9c5927726632291d6a418211cc2962e20fe47feb3edf330f2c603a9d48c0fcb5699dbfe5896425c5bac4aee8
      2e57a85aaf4e2513e4f05796b07ba2ee47d80506f8d2c25e50fd14de71e6c418559302f939b0e1abd576f279c4b2e0feb85c
      1f28ff18f58891ffef132eef2fa09346aee33c28eb130ff28f5b766953334113211996d20011a198e3fc433f9f2541010ae1
      7c1bf202580f6047472fb36857fe843b19f5984009ddc324044e847a4f4a0ab34f719595de37252d6235365e9b84392b0610
      85349d73203a4a13e96f5432ec0fd4a1ee65accdd5e3904df54c1da510b0ff20dcc0c77fcb2c0e0eb605cb0504db87632cf3
      d8b4dae6e705769d1de354270123cb11450efc60ac47683d7b8d0f811365565fd98c4c8eb936bcab8d069fc33bd801b03ade
      a2e1fbc5aa463d08ca19896d2bf59a071b851e6c239052172f296bfb5e72404790a2181014f3b94a4e97d117b438130368cc
      39dbb2d198065ae3986547926cd2162f40a29f0c3c8745c0f50fba3852e566d44575c29d39a03f0cda721984b6f440591f35
      5e12d439ff150aab7613499dbd49adabc8676eef023b15b65bfc5ca06948109f23f350db82123535eb8a7433bdabcb909271
      a6ecbcb58b936a88cd4e8f2e6ff5800175f113253d8fa9ca8885c2f552e657dc603f252e1a8e308f76f0be79e2fb8f5d5fbb
      e2e30ecadd220723c8c0aea8078cdfcb3868263ff8f0940054da48781893a7e49ad5aff4af300cd804a6b6279ab3ff3afb64
      491c85194aab760d58a606654f9f4400e8b38591356fbf6425aca26dc85244259ff2b19c41b9f96f3ca9ec1dde434da7d2d3
      92b905ddf3d1f9af93d1af5950bd493f5aa731b4056df31bd267b6b90a079831aaf579be0a39013137aac6d404f518cfd468
      40647e78bfe706ca4cf5e9c5453e9f7cfd2b8b4c8d169a44e55c88d4a9a7f9474241e221af44860018ab0856972e194cd934
      """)
  /// A.3: the server's answer.
  static let server1 = [UInt8](
    hexadecimal: """
      cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5
      a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4
      cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee
      """)
  /// A.4.
  static let retry1 = [UInt8](
    hexadecimal: "ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba")
  static let client2 = [UInt8](
    hexadecimal: """
      d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de806071bf03dceebfa162e75d6c9605
      8bdbfb127cdfcbf903388e99ad049f9a3dd4425ae4d0992cfff18ecf0fdb5a842d09747052f17ac2053d21f57c5d250f2c4f
      0e0202b70785b7946e992e58a59ac52dea6774d4f03b55545243cf1a12834e3f249a78d395e0d18f4d766004f1a2674802a7
      47eaa901c3f10cda5500cb9122faa9f1df66c392079a1b40f0de1c6054196a11cbea40afb6ef5253cd6818f6625efce3b6de
      f6ba7e4b37a40f7732e093daa7d52190935b8da58976ff3312ae50b187c1433c0f028edcc4c2838b6a9bfc226ca4b4530e7a
      4ccee1bfa2a3d396ae5a3fb512384b2fdd851f784a65e03f2c4fbe11a53c7777c023462239dd6f7521a3f6c7d5dd3ec9b3f2
      33773d4b46d23cc375eb198c63301c21801f6520bcfb7966fc49b393f0061d974a2706df8c4a9449f11d7f3d2dcbb90c6b87
      7045636e7c0c0fe4eb0f697545460c806910d2c355f1d253bc9d2452aaa549e27a1fac7cf4ed77f322e8fa894b6a83810a34
      b361901751a6f5eb65a0326e07de7c1216ccce2d0193f958bb3850a833f7ae432b65bc5a53975c155aa4bcb4f7b2c4e54df1
      6efaf6ddea94e2c50b4cd1dfe06017e0e9d02900cffe1935e0491d77ffb4fdf85290fdd893d577b1131a610ef6a5c32b2ee0
      293617a37cbb08b847741c3b8017c25ca9052ca1079d8b78aebd47876d330a30f6a8c6d61dd1ab5589329de714d19d61370f
      8149748c72f132f0fc99f34d766c6938597040d8f9e2bb522ff99c63a344d6a2ae8aa8e51b7b90a4a806105fcbca31506c44
      6151adfeceb51b91abfe43960977c87471cf9ad4074d30e10d6a7f03c63bd5d4317f68ff325ba3bd80bf4dc8b52a0ba03175
      8022eb025cdd770b44d6d6cf0670f4e990b22347a7db848265e3e5eb72dfe8299ad7481a408322cac55786e52f633b2fb6b6
      14eaed18d703dd84045a274ae8bfa73379661388d6991fe39b0d93debb41700b41f90a15c4d526250235ddcd6776fc77bc97
      e7a417ebcb31600d01e57f32162a8560cacc7e27a096d37a1a86952ec71bd89a3e9a30a2a26162984d7740f81193e8238e61
      f6b5b984d4d3dfa033c1bb7e4f0037febf406d91c0dccf32acf423cfa1e7071010d3f270121b493ce85054ef58bada423101
      38fe081adb04e2bd901f2f13458b3d6758158197107c14ebb193230cd1157380aa79cae1374a7c1e5bbcb80ee23e06ebfde2
      06bfb0fcbc0edc4ebec309661bdd908d532eb0c6adc38b7ca7331dce8dfce39ab71e7c32d318d136b6100671a1ae6a6600e3
      899f31f0eed19e3417d134b90c9058f8632c798d4490da4987307cba922d61c39805d072b589bd52fdf1e86215c2d54e6670
      e07383a27bbffb5addf47d66aa85a0c6f9f32e59d85a44dd5d3b22dc2be80919b490437ae4f36a0ae55edf1d0b5cb4e9a3ec
      abee93dfc6e38d209d0fa6536d27a5d6fbb17641cde27525d61093f1b28072d111b2b4ae5f89d5974ee12e5cf7d5da4d6a31
      123041f33e61407e76cffcdcfd7e19ba58cf4b536f4c4938ae79324dc402894b44faf8afbab35282ab659d13c93f70412e85
      cb199a37ddec600545473cfb5a05e08d0b209973b2172b4d21fb69745a262ccde96ba18b2faa745b6fe189cf772a9f84cbfc
      """)
  static let server2 = [UInt8](
    hexadecimal: """
      dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf8726301791
      5358230035f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2c984c707
      f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140
      """)
  static let retry2 = [UInt8](
    hexadecimal: "cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6")
}

/// A client's handshake, datagram by datagram.
private final class Client {
  var handshake = QUICClientHandshake()
  private var opener = QUICInitialOpener()

  func open(_ datagram: [UInt8]) -> QUICClientHandshake.Opening {
    handshake.open(QUICDatagram(datagram.span.bytes), with: &opener)
  }

  func insert(_ frames: [UInt8]) { handshake.insert(frames.span.bytes) }

  func read(isComplete: Bool = false) -> QUICClientHandshake.Reading { handshake.read(isComplete: isComplete) }
}

@Suite("QUIC handshakes are decrypted")
struct QUICHandshakeTests {
  private static let name = "v10.events.data.microsoft.com"
  private static let hello: [UInt8] = {
    var builder = ClientHelloBuilder(name)
    builder.applicationProtocols = ["h3"]
    builder.paddedTo = 900
    return builder.handshake
  }()
  private static let expected = QUICClientHandshake.Reading.clientHello(
    ClientHello(serverName: name, highestVersion: .tls13, applicationProtocol: "h3"))

  private func kind(_ datagram: [UInt8]) -> QUICDatagram.Kind { QUICDatagram(datagram.span.bytes).kind }

  /// How many Initial packets of one connection the datagram holds.
  private func count(_ datagram: [UInt8]) -> Int {
    var packets = QUICDatagram(datagram.span.bytes).initialPackets
    var count = 0
    while packets.next() != nil { count += 1 }
    return count
  }

  private func googleName(_ packet: [UInt8]) -> String? {
    GoogleClientHello(inClearPacket: packet.span.bytes)?.serverName
  }

  private func hasPublicHeader(_ packet: [UInt8]) -> Bool { GoogleClientHello.hasPublicHeader(packet.span.bytes) }

  private func reading(_ datagrams: [[UInt8]]) -> QUICClientHandshake.Reading {
    let client = Client()
    for datagram in datagrams { _ = client.open(datagram) }
    return client.handshake.read()
  }

  @Test(
    "the packets of RFC 9001 and RFC 9369 are decrypted with the client's keys, and with no others",
    arguments: [
      (RFCPackets.client1, RFCPackets.server1, RFCPackets.retry1),
      (RFCPackets.client2, RFCPackets.server2, RFCPackets.retry2),
    ])
  func vectors(client: [UInt8], server: [UInt8], retry: [UInt8]) throws {
    #expect(client.count == 1_200)
    let connection = Client()
    var packets = QUICDatagram(client.span.bytes).initialPackets
    let destination = packets.next()?.destinationConnectionID.bytes
    #expect(destination == [UInt8](hexadecimal: "8394c8f03e515708"))
    #expect(connection.open(client) == .opened)
    #expect(
      connection.read()
        == .clientHello(
          ClientHello(serverName: "example.com", highestVersion: .tls13, applicationProtocol: "alpn")))
    packets = QUICDatagram(server.span.bytes).initialPackets
    let source = packets.next()?.sourceConnectionID.bytes
    #expect(source == [UInt8](hexadecimal: "f067a5502a4262b5"))
    #expect(connection.open(server) == .failed)
    #expect(kind(retry) == .retry)
    // One bit anywhere, and the packet is refused.
    for index in stride(from: 0, to: client.count, by: 7) {
      var broken = client
      broken[index] ^= 0x10
      if kind(broken) == .initials { #expect(Client().open(broken) == .failed) }
    }
  }

  @Test("the tests encrypt a packet to the bytes in the RFC")
  func builder() {
    let hello = RFCPackets.client1
    var packets = QUICDatagram(hello.span.bytes).initialPackets
    var opener = QUICInitialOpener()
    guard let packet = packets.next(),
      opener.open(packet, derivingFrom: QUICConnectionID(QUICBuilder().keyID.span.bytes)) != nil
    else {
      Issue.record("not opened")
      return
    }
    let frames = opener.frames.copyBytes()
    #expect(QUICBuilder().initial(frames, number: 2) == hello)
    #expect(QUICBuilder.version2.initial(frames, number: 2) == RFCPackets.client2)
  }

  @Test(
    "every version whose salt is known is decrypted",
    arguments: [
      (0x0000_0001, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic ", false, UInt8(6)),
      (0x6b33_43cf, "0dede3def700a6db819381be6e269dcbf9bd2ed9", "quicv2 ", true, 6),
      (0x709a_50c4, "a707c203a59b47184a1d62ca570406ea7ae3e5d3", "quicv2 ", true, 6),
      (0xff02_0000, "a707c203a59b47184a1d62ca570406ea7ae3e5d3", "quicv2 ", false, 6),
      (0xff00_0022, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic ", false, 6),
      (0xff00_001d, "afbfec289993d24c9e9786f19c6111e04390a899", "quic ", false, 6),
      (0xff00_0017, "c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic ", false, 6),
      (0xff00_0016, "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a", "quic ", false, 6),
      (0xface_b002, "c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic ", false, 6),
      (0x5430_3530, "7ff579e5acd07291558030 4c43a2367c60488310", "quic ", false, 8),
      (0x5430_3531, "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d", "quic ", false, 8),
      // Forced negotiation: encrypted with the keys of the version that would be used.
      (0x1a2a_3a4a, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic ", false, 6),
      (0x0a0a_0a0a, "afbfec289993d24c9e9786f19c6111e04390a899", "quic ", false, 6),
      (0xfafa_fafa, "c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic ", false, 6),
    ] as [(UInt32, String, String, Bool, UInt8)])
  func versions(version: UInt32, salt: String, labels: String, turns: Bool, frame: UInt8) {
    var builder = QUICBuilder()
    builder.version = version
    builder.salt = salt
    builder.labels = labels
    builder.turnsHeaders = turns
    // PING before it, in the numbers of the version.
    let ping: UInt8 = frame == 8 ? 7 : 1
    let frames = [ping, 0, 0] + QUICBuilder.crypto(QUICHandshakeTests.hello, at: 0, type: frame)
    #expect(reading([builder.initial(frames)]) == QUICHandshakeTests.expected)
  }

  @Test("a hello in many pieces, over many packets and datagrams, repeated, overlapping and in any order, is one hello")
  func pieces() {
    let hello = QUICHandshakeTests.hello
    var chance = SeededGenerator(seed: 61)
    for round in 0..<40 {
      let cuts = Set(
        (0..<Int.random(in: 1...14, using: &chance)).map { _ in Int.random(in: 1..<hello.count, using: &chance) })
      let bounds = [0] + cuts.sorted() + [hello.count]
      var frames: [[UInt8]] = zip(bounds, bounds.dropFirst()).map { start, end in
        let back = max(start - Int.random(in: 0...20, using: &chance), 0)
        return QUICBuilder.crypto(hello[back..<end], at: back)
      }
      frames.append(frames[0])
      frames.shuffle(using: &chance)
      // Several frames a packet, several packets a datagram; PADDING and PING between.
      var packets: [[UInt8]] = []
      while !frames.isEmpty {
        let count = Int.random(in: 1...4, using: &chance)
        let content: [UInt8] = frames.prefix(count).flatMap { (frame: [UInt8]) in [0, 0, 1] + frame }
        frames.removeFirst(min(count, frames.count))
        var builder = QUICBuilder()
        builder.token = chance.bytes(Int.random(in: 0...70, using: &chance))
        packets.append(builder.initial(content, number: UInt32(packets.count)))
      }
      packets.shuffle(using: &chance)
      var datagrams: [[UInt8]] = []
      while !packets.isEmpty {
        let count = Int.random(in: 1...3, using: &chance)
        // 0-RTT before, between and after.
        let zero = QUICBuilder().later(.zeroRTT)
        datagrams.append(
          (round % 2 == 0 ? zero : []) + packets.prefix(count).flatMap { $0 + (round % 3 == 0 ? zero : []) })
        packets.removeFirst(min(count, packets.count))
      }
      #expect(reading(datagrams) == QUICHandshakeTests.expected, "round \(round)")
    }
  }

  @Test("the reader waits for a gap in the middle, and reads the part before it when no more will come")
  func gap() {
    let hello = QUICHandshakeTests.hello
    let first = QUICBuilder().initial(QUICBuilder.crypto(hello[..<300], at: 0))
    let last = QUICBuilder().initial(QUICBuilder.crypto(hello[400...], at: 400), number: 1)
    let middle = QUICBuilder().initial(QUICBuilder.crypto(hello[300..<400], at: 300), number: 2)
    #expect(reading([first, last]) == .needsMore)
    #expect(reading([first, last, middle]) == QUICHandshakeTests.expected)
    let connection = Client()
    _ = connection.open(first)
    guard case .clientHello(let cut) = connection.read(isComplete: true) else {
      Issue.record("nothing read")
      return
    }
    #expect(cut.serverName == QUICHandshakeTests.name)
    #expect(cut.isCut)
  }

  @Test("a Retry, a version negotiation, and a change of version in the handshake are followed")
  func changes() {
    let hello = QUICHandshakeTests.hello
    let half = QUICBuilder().initial(QUICBuilder.crypto(hello[..<300], at: 0))
    var retried = QUICBuilder()
    retried.keyID = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    retried.token = [UInt8]("token".utf8)
    let whole = QUICBuilder.crypto(hello, at: 0)
    #expect(reading([half, retried.initial(whole, number: 1)]) == QUICHandshakeTests.expected)
    #expect(reading([half, QUICBuilder.version2.initial(whole, number: 1)]) == QUICHandshakeTests.expected)
    // RFC 9368: the rest in version 2, to the id that the server chose, with keys from the first id.
    var changed = QUICBuilder.version2
    changed.destinationID = [9, 9, 9, 9]
    let rest = changed.initial(QUICBuilder.crypto(hello[300...], at: 300), number: 1)
    #expect(reading([half, rest]) == QUICHandshakeTests.expected)
    // The id that the server chose, in the same version.
    var answered = QUICBuilder()
    answered.destinationID = [9, 9, 9, 9]
    #expect(
      reading([half, answered.initial(QUICBuilder.crypto(hello[300...], at: 300), number: 1)])
        == QUICHandshakeTests.expected)
    let negotiation = QUICBuilder().versionNegotiation([1, 0x6b33_43cf])
    #expect(kind(negotiation) == .versionNegotiation)
    #expect(kind(QUICBuilder().retry(token: [1])) == .retry)
    #expect(kind(QUICBuilder.version2.retry(token: [1])) == .retry)
    #expect(kind(QUICBuilder().later(.zeroRTT)) == .later)
  }

  @Test("another connection on the same ports is read, and packets of the first one are ignored")
  func further() {
    let connection = Client()
    let first = QUICBuilder().initial(QUICBuilder.crypto(QUICHandshakeTests.hello, at: 0))
    #expect(connection.open(first) == .opened)
    connection.handshake.finish()
    #expect(!connection.handshake.isOpened && connection.handshake.isKnown)
    #expect(connection.open(first) == .done)
    var late = QUICBuilder()
    late.destinationID = [9, 9, 9, 9]
    let acknowledgment = late.initial([2, 0, 0, 0, 0], number: 1)
    #expect(connection.open(acknowledgment) == .done)
    #expect(connection.open(acknowledgment) == .done)
    #expect(connection.handshake.failures == 1)
    var other = QUICBuilder()
    other.keyID = [7, 7, 7, 7, 7, 7, 7, 7]
    let hello = ClientHelloBuilder("other.example").handshake
    #expect(connection.open(other.initial(QUICBuilder.crypto(hello, at: 0))) == .opened)
    #expect(connection.handshake.failures == 0)
    guard case .clientHello(let read) = connection.read() else {
      Issue.record("nothing read")
      return
    }
    #expect(read.serverName == "other.example")
  }

  @Test(
    "a datagram truncated at any length gives only whole packets, and false lengths and hostile counts end the reading")
  func hostile() {
    let first = QUICBuilder().initial(QUICBuilder.crypto(QUICHandshakeTests.hello, at: 0))
    let datagram = first + QUICBuilder().initial(QUICBuilder.crypto([1], at: 0), number: 1)
    for length in 0..<datagram.count {
      #expect(count(Array(datagram[..<length])) == (length < first.count ? 0 : 1), "length \(length)")
    }
    var chance = SeededGenerator(seed: 62)
    for _ in 0..<2_000 {
      let connection = Client()
      _ = connection.open(chance.mutation(of: datagram))
      connection.insert(chance.bytes(Int.random(in: 0...80, using: &chance)))
      connection.insert(chance.mutation(of: QUICBuilder.crypto(QUICHandshakeTests.hello, at: 0)))
      _ = connection.read(isComplete: Bool.random(using: &chance))
    }
    // An acknowledgment of very many ranges, and an offset at the end of the numbers.
    let connection = Client()
    connection.insert([2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0])
    #expect(connection.handshake.allocatedBytes == 0)
    connection.insert([6, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0])
    #expect(connection.read(isComplete: true) == .needsMore)
  }

  @Test("pieces that never join are bounded, and those that join are still accepted")
  func manyPieces() {
    var connection = Client()
    for offset in stride(from: 2_000, to: 4_000, by: 2) { connection.insert(QUICBuilder.crypto([7], at: offset)) }
    connection.insert(QUICBuilder.crypto(QUICHandshakeTests.hello, at: 0))
    #expect(connection.read() == .needsMore)
    #expect(connection.read(isComplete: true) == .broken(.tooMany(.quicFrame)))
    connection = Client()
    connection.insert(QUICBuilder.crypto(QUICHandshakeTests.hello[..<5], at: 0))
    for offset in stride(from: 2_000, to: 4_000, by: 2) { connection.insert(QUICBuilder.crypto([7], at: offset)) }
    connection.insert(QUICBuilder.crypto(QUICHandshakeTests.hello[5...], at: 5))
    #expect(connection.read() == QUICHandshakeTests.expected)
  }

  @Test("one opener opens packets of any length in turn, also after one that it refused")
  func reuse() {
    let frames = QUICBuilder.crypto(QUICHandshakeTests.hello, at: 0)
    var server = QUICBuilder()
    server.side = .server
    let connection = Client()
    for length in [64, 1_200, 20_000, 1_200] {
      connection.handshake = QUICClientHandshake()
      #expect(connection.open(server.initial(frames, paddedTo: length)) == .failed)
      #expect(connection.read() == .needsMore)
      #expect(connection.open(QUICBuilder().initial(frames, paddedTo: length)) == .opened)
      #expect(connection.read() == QUICHandshakeTests.expected)
    }
  }

  @Test("Google's public header and clear hello are read")
  func google() {
    var message = [UInt8]("CHLO".utf8) + [1, 0, 0, 0] + [UInt8]("SNI".utf8) + [0, 9, 0, 0, 0]
    message += [UInt8]("a.example".utf8)
    let header = [0x0d] + [UInt8](repeating: 5, count: 8) + [UInt8]("Q039".utf8) + [1]
    let packet = header + Array(repeating: 0, count: 12) + [0xa0, 1, 0, 0] + message
    #expect(hasPublicHeader(packet))
    #expect(googleName(packet) == "a.example")
    for length in 0..<packet.count {
      let cut = Array(packet[..<length])
      #expect(hasPublicHeader(cut) == (length >= 13))
      #expect(googleName(cut) == nil)
    }
  }
}
