import Cryptography
import Foundation
import TestSupport
import Testing

@Suite("An envelope")
struct EnvelopeTests {
  let folder: TemporaryDirectory
  let maker: CertificateMaker

  init() throws {
    folder = try TemporaryDirectory()
    maker = CertificateMaker(folder)
  }

  private func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

  private func certificate(_ name: String, _ kind: CertificateMaker.Kind = .ellipticCurve) throws -> EnvelopeCertificate
  {
    try EnvelopeCertificate(pem: bytes(maker.make(name, kind)))
  }

  private func key(_ name: String, passphrase: String? = nil) throws -> EnvelopeKey {
    try EnvelopeKey(pem: bytes(folder.path(name + ".key")), passphrase: passphrase.map { Array($0.utf8) })
  }

  private static let text = Array("exact values\nof two lines\n".utf8)

  @Test(
    "for keys of RSA and of an elliptic curve opens with each of them, and with openssl cms",
    arguments: [["rsa"], ["curve"], ["rsa", "curve"]])
  func opens(names: [String]) throws {
    let certificates = try names.map { try certificate($0, $0 == "rsa" ? .rsa(bits: 3_072) : .ellipticCurve) }
    let sealed = try #require(Envelope.seal(Self.text, to: certificates))
    let file = try folder.write(sealed, to: "sealed.cms")
    for (name, certificate) in zip(names, certificates) {
      let key = try key(name)
      #expect(key.open(sealed) == Self.text)
      #expect(key.publicKeyDigest == certificate.keyDigest)
      #expect(certificate.kind == (name == "rsa" ? .rsa : .ellipticCurve))
      let target = folder.path(name + ".txt")
      try maker.openssl([
        "cms", "-decrypt", "-binary", "-inform", "DER", "-in", file, "-inkey", folder.path(name + ".key"), "-recip",
        folder.path(name + ".pem"), "-out", target,
      ])
      #expect(try bytes(target) == Self.text)
    }
    let form = try maker.openssl(["asn1parse", "-inform", "DER", "-in", file])
    #expect(form.contains("id-smime-ct-authEnvelopedData") && form.contains("aes-256-gcm"))
    if names == ["rsa"] { #expect(form.contains("rsaesOaep") && form.contains("sha256")) }
    if names == ["curve"] { #expect(form.contains("dhSinglePass-stdDH-sha256kdf-scheme")) }
  }

  @Test("does not open with another key")
  func otherKey() throws {
    let sealed = try #require(Envelope.seal(Self.text, to: [certificate("one")]))
    try maker.make("other")
    try maker.make("large", .rsa(bits: 3_072))
    #expect(try key("other").open(sealed) == nil)
    #expect(try key("large").open(sealed) == nil)
  }

  @Test("is refused if a bit of it was changed, wherever that is, or if its end is missing")
  func changed() throws {
    let sealed = try #require(Envelope.seal(Self.text, to: [certificate("one")]))
    let key = try key("one")
    for index in sealed.indices {
      var other = sealed
      other[index] ^= 0x01
      // A changed name of the recipient does not change what is inside.
      let opened = key.open(other)
      #expect(opened == nil || opened == Self.text, "byte \(index)")
      if index >= sealed.count - Self.text.count { #expect(opened == nil, "byte \(index)") }
    }
    for length in 0..<sealed.count { #expect(key.open(Array(sealed.prefix(length))) == nil) }
    #expect(key.open([UInt8](repeating: 0x30, count: 100)) == nil)
  }

  @Test("of nothing and of a megabyte opens to the same", arguments: [0, 1, 65_536, 1_000_000])
  func lengths(count: Int) throws {
    let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let sealed = try #require(Envelope.seal(content, to: [certificate("one")]))
    #expect(try key("one").open(sealed) == content)
  }

  @Test("without a recipient is not made")
  func nobody() { #expect(Envelope.seal(Self.text, to: []) == nil) }

  @Test("of an encrypted key needs its passphrase, and never asks at a terminal")
  func passphrase() throws {
    let certificate = try EnvelopeCertificate(pem: bytes(maker.make("locked", passphrase: "long and secret")))
    let sealed = try #require(Envelope.seal(Self.text, to: [certificate]))
    #expect(try key("locked", passphrase: "long and secret").open(sealed) == Self.text)
    #expect(throws: EnvelopeKey.Fault.passphraseMissing) { try key("locked") }
    #expect(throws: EnvelopeKey.Fault.passphraseWrong) { try key("locked", passphrase: "long and secre") }
    #expect(throws: EnvelopeKey.Fault.passphraseWrong) { try key("locked", passphrase: "") }
    #expect(throws: EnvelopeKey.Fault.noKey) { try EnvelopeKey(pem: Array("no key".utf8), passphrase: nil) }
    #expect(throws: EnvelopeKey.Fault.noKey) { try EnvelopeKey(pem: [], passphrase: nil) }
  }

  @Test("is addressed only to certificates for encryption with keys that are long enough")
  func certificates() throws {
    func fault(_ pem: [UInt8]) -> EnvelopeCertificate.Fault? {
      #expect(throws: EnvelopeCertificate.Fault.self) { try EnvelopeCertificate(pem: pem) }
    }
    #expect(try fault(bytes(maker.make("short", .rsa(bits: 2_048)))) == .shortKey(bits: 2_048, least: 3_000))
    #expect(try fault(bytes(maker.make("signer", .ed25519))) == .otherKey)
    #expect(try fault(bytes(maker.make("usage", usage: "digitalSignature"))) == .otherUsage)
    _ = try EnvelopeCertificate(pem: bytes(maker.make("agreement", usage: "keyAgreement")))
    _ = try EnvelopeCertificate(pem: bytes(maker.make("wrap", .rsa(bits: 3_072), usage: "keyEncipherment")))
    #expect(try fault(bytes(folder.path("short.key"))) == .holdsPrivateKey)
    #expect(try fault(bytes(folder.path("short.key")) + bytes(folder.path("short.pem"))) == .holdsPrivateKey)
    #expect(fault(Array("a text".utf8)) == .noCertificate)
    #expect(fault([]) == .noCertificate)
    let whole = try bytes(folder.path("wrap.pem"))
    for length in stride(from: 0, to: whole.count - 1, by: 7) {
      #expect(fault(Array(whole.prefix(length))) == .noCertificate)
    }
  }
}
