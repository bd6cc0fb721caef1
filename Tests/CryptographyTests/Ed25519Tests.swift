import Cryptography
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
  struct Vector: Sendable {
    var secret: String
    var publicKey: String
    var message: [UInt8]
    var signature: String
  }

  /// RFC 8032 §7.1, tests 1 to 3.
  static let vectors = [
    Vector(
      secret: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: [],
      signature:
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    Vector(
      secret: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: [0x72],
      signature:
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    Vector(
      secret: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: [0xaf, 0x82],
      signature:
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ]

  private func bytes(_ digits: String) -> [UInt8] {
    stride(from: 0, to: digits.utf8.count, by: 2).compactMap { UInt8(digits.dropFirst($0).prefix(2), radix: 16) }
  }

  @Test("gives the public keys and signatures of RFC 8032", arguments: vectors)
  func standard(vector: Vector) throws {
    let key = try #require(Ed25519.PrivateKey(bytes: bytes(vector.secret)))
    #expect(hexadecimal(key.publicKey.bytes) == vector.publicKey)
    #expect(hexadecimal(key.signature(of: vector.message)) == vector.signature)
    #expect(key.publicKey.isSignature(bytes(vector.signature), of: vector.message))
  }

  @Test("refuses another message, another key, and a signature with any bit changed or cut")
  func refused() throws {
    let vector = Self.vectors[1]
    let key = try #require(Ed25519.PublicKey(bytes: bytes(vector.publicKey)))
    let signature = bytes(vector.signature)
    #expect(!key.isSignature(signature, of: [0x73]))
    #expect(!key.isSignature(signature, of: []))
    #expect(!Ed25519.PrivateKey.generate().publicKey.isSignature(signature, of: vector.message))
    for bit in 0..<8 * signature.count {
      var changed = signature
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(!key.isSignature(changed, of: vector.message), "bit \(bit)")
    }
    for length in 0..<signature.count { #expect(!key.isSignature(Array(signature[..<length]), of: vector.message)) }
    #expect(!key.isSignature(signature + [0], of: vector.message))
  }

  @Test("refuses the same signature in its other form, the scalar plus the group order")
  func malleable() throws {
    let vector = Self.vectors[1]
    let key = try #require(Ed25519.PublicKey(bytes: bytes(vector.publicKey)))
    // 2^252 + 27742317777372353535851937790883648493, little endian (RFC 8032 §5.1).
    let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    var other = bytes(vector.signature)
    var carry = 0
    for index in 0..<32 {
      let sum = Int(other[32 + index]) + Int(order[index]) + carry
      other[32 + index] = UInt8(sum & 0xff)
      carry = sum >> 8
    }
    #expect(carry == 0)
    #expect(!key.isSignature(other, of: vector.message))
  }

  @Test("accepts only keys of 32 bytes; a key that is not a point verifies nothing")
  func keys() throws {
    #expect(Ed25519.PrivateKey(bytes: Array(repeating: 1, count: 31)) == nil)
    #expect(Ed25519.PublicKey(bytes: Array(repeating: 1, count: 33)) == nil)
    let none = try #require(Ed25519.PublicKey(bytes: Array(repeating: 0xff, count: 32)))
    #expect(!none.isSignature(Array(repeating: 0, count: 64), of: []))
  }

  @Test("makes a new key each time, and never prints it")
  func generated() {
    let key = Ed25519.PrivateKey.generate()
    #expect(key.bytes != Ed25519.PrivateKey.generate().bytes)
    let message = Array("rules".utf8)
    #expect(key.publicKey.isSignature(key.signature(of: message), of: message))
    #expect("\(key)" == "Ed25519.PrivateKey(secret)")
    #expect(String(reflecting: key) == "Ed25519.PrivateKey(secret)")
    #expect(Mirror(reflecting: key).children.isEmpty)
  }
}
