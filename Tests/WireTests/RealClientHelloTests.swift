import TestSupport
import Testing
import Wire

/// First flights of TLS libraries over loopback, to a listener that did not answer.
struct RecordedHello: Sendable, CustomTestStringConvertible {
  /// Program, library and version.
  let sender: String
  let expected: ClientHello
  let hexadecimal: String

  var stream: [UInt8] { [UInt8](hexadecimal: hexadecimal) }
  var testDescription: String { sender }

  static let all = [
    RecordedHello(
      sender: "openssl s_client, OpenSSL 3.0.19",
      expected: ClientHello(
        serverName: "v10.events.data.microsoft.com", highestVersion: .tls13, applicationProtocol: "h2",
        isCut: false),
      hexadecimal: """
        160301015c010001580303e88f91d8cf243bfad760eca909886e43589df59a9308e48a7db7fc17d18335da20182b95f7
        9671728c4c709a4046ecc6b5359ab0e56f05933a81b367cac5d8f6a1003e130213031301c02cc030009fcca9cca8ccaa
        c02bc02f009ec024c028006bc023c0270067c00ac0140039c009c0130033009d009c003d003c0035002f00ff010000d1
        00000022002000001d7631302e6576656e74732e646174612e6d6963726f736f66742e636f6d000b000403000102000a
        00160014001d0017001e0019001801000101010201030104002300000010000e000c02683208687474702f312e310016
        000000170000000d002a0028040305030603080708080809080a080b0804080508060401050106010303030103020402
        05020602002b0009080304030303020301002d00020101003300260024001d00206af1c731bcfb782b2b078e00931f9f
        fcb060fc88e8dce4329af3cb5a1671a563
        """),
    RecordedHello(
      sender: "openssl s_client -tls1_2, OpenSSL 3.0.19",
      expected: ClientHello(
        serverName: "self.events.data.microsoft.com", highestVersion: .tls12, applicationProtocol: nil, isCut: false),
      hexadecimal: """
        16030100de010000da030385ec4262ca0df1e7c60ddbdcb901ff7a5a80ec26542f253fd75d2029c81ad11c000038c02c
        c030009fcca9cca8ccaac02bc02f009ec024c028006bc023c0270067c00ac0140039c009c0130033009d009c003d003c
        0035002f00ff0100007900000023002100001e73656c662e6576656e74732e646174612e6d6963726f736f66742e636f
        6d000b000403000102000a000c000a001d0017001e00190018002300000016000000170000000d002a00280403050306
        03080708080809080a080b080408050806040105010601030303010302040205020602
        """),
    RecordedHello(
      sender: "curl 7.88.1, OpenSSL 3.0.19",
      expected: ClientHello(
        serverName: "watson.telemetry.microsoft.com", highestVersion: .tls13, applicationProtocol: "h2",
        isCut: false),
      hexadecimal: """
        1603010200010001fc0303d60cbebe1292e459a821c3fda38bb0bf5762c7462e3d8df5c70c6ba110f7ac2620856aea78
        b0377cc78982fac20c03f79c5aeffaaf49c9be15a6afdc536a379220003e130213031301c02cc030009fcca9cca8ccaa
        c02bc02f009ec024c028006bc023c0270067c00ac0140039c009c0130033009d009c003d003c0035002f00ff01000175
        00000023002100001e776174736f6e2e74656c656d657472792e6d6963726f736f66742e636f6d000b00040300010200
        0a00160014001d0017001e00190018010001010102010301040010000e000c02683208687474702f312e310016000000
        17000000310000000d002a0028040305030603080708080809080a080b08040805080604010501060103030301030204
        0205020602002b0009080304030303020301002d00020101003300260024001d0020fd2b736ea7aabe3bb39189e3a20e
        d84f106cdaaacd23493e88fa1339f245fb470015009f0000000000000000000000000000000000000000000000000000
        000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
        00000000000000000000000000000000000000000000000000000000000000000000000000
        """),
    RecordedHello(
      sender: "gnutls-cli, GnuTLS 3.7.9",
      expected: ClientHello(
        serverName: "settings-win.data.microsoft.com", highestVersion: .tls13, applicationProtocol: nil, isCut: false),
      hexadecimal: """
        16030101980100019403036e2318a316abfecf05f1e06ef454deee0b920ef0b601c5abfc75e00da1d642652007040428
        cb75fb36376409028abed78e48d090c80df7109bc585a2736a5f56b1003a1302130313011304c02ccca9c0adc00ac02b
        c0acc009c030cca8c014c02fc013009dc09d0035009cc09c002f009fccaac09f0039009ec09e00330100011100050005
        0100000000000a00160014001700180019001d001e01000101010201030104000b00020100000d002200200401080908
        04040308070501080a0805050308080601080b08060603020102030016000000170000002300000033006b0069001700
        4104f14a2136cffb3c04db14681480fcac5236e9a06a69275646466a50bf6441d7c793a5c800354e6d48fe27eba103d3
        9858fc8aab07d3b9f4e37e1b5b4dd04980c2001d0020257954b9032d16904c7fc671a89a88932f409b8228b86ec6de59
        0ea672dcab39002b0009080304030303020301ff0100010000000024002200001f73657474696e67732d77696e2e6461
        74612e6d6963726f736f66742e636f6d002d0003020100001c00024001
        """),
  ]
}

@Suite("ClientHellos of real TLS libraries are read")
struct RealClientHelloTests {
  @Test("the whole first flight gives name, version and protocols", arguments: RecordedHello.all)
  func whole(hello: RecordedHello) {
    let stream = hello.stream
    #expect(TLSOpening(stream.span.bytes) == .clientHello(hello.expected))
  }

  @Test(
    "a hello fed byte by byte is found with its last byte, and a truncated one gives the whole name or none",
    arguments: RecordedHello.all)
  func dripped(hello: RecordedHello) {
    let stream = hello.stream
    for length in 0..<stream.count {
      let prefix = Array(stream.prefix(length))
      guard case .needsMore(let needed) = TLSOpening(prefix.span.bytes) else {
        Issue.record("decided at \(length)")
        continue
      }
      #expect(needed > length && needed <= stream.count)
      if case .clientHello(let cut) = TLSOpening(prefix.span.bytes, isComplete: true) {
        #expect(cut.isCut)
        #expect(cut.serverName == nil || cut.serverName == hello.expected.serverName)
      }
    }
  }
}
