import Cryptography
import Testing

@Suite("Keyed hashes")
struct KeyedHashTests {
  /// RFC 4231 §4.2 to §4.4, §4.6 and §4.7; the truncated case 5 is left out.
  static let hmacVectors: [(key: [UInt8], message: [UInt8], code: String)] = [
    (
      Array(repeating: 0x0b, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      Array(repeating: 0xaa, count: 20), Array(repeating: 0xdd, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      Array(1...25), Array(repeating: 0xcd, count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      Array(repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      Array(repeating: 0xaa, count: 131),
      Array(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
          .utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ]

  @Test("HMAC-SHA-256 gives the codes of RFC 4231", arguments: hmacVectors.indices)
  func hmac(index: Int) {
    let vector = Self.hmacVectors[index]
    #expect(hexadecimal(HMACSHA256.code(of: vector.message, key: vector.key)) == vector.code)
  }

  @Test("HMAC-SHA-256 accepts an empty key and an empty message")
  func emptyHMAC() {
    #expect(
      hexadecimal(HMACSHA256.code(of: [], key: []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test("HKDF-SHA-256 gives the keys of RFC 5869, test case 1")
  func hkdfBasic() {
    let key = HKDFSHA256.derive(
      from: Array(repeating: 0x0b, count: 22), salt: Array(0x00...0x0c), info: Array(0xf0...0xf9), length: 42)
    #expect(
      hexadecimal(key) == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
  }

  @Test("HKDF-SHA-256 gives the keys of RFC 5869, test case 2 with long inputs")
  func hkdfLong() {
    let key = HKDFSHA256.derive(
      from: Array(0x00...0x4f), salt: Array(0x60...0xaf), info: Array(0xb0...0xff), length: 82)
    #expect(
      hexadecimal(key)
        == "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
    )
  }

  @Test("HKDF-SHA-256 gives the keys of RFC 5869, test case 3 with neither salt nor info")
  func hkdfEmpty() {
    let key = HKDFSHA256.derive(from: Array(repeating: 0x0b, count: 22), info: [], length: 42)
    #expect(
      hexadecimal(key) == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
  }

  @Test("random bytes have the requested length and do not repeat")
  func random() {
    let first = SecureRandom.bytes(count: 32)
    #expect(first.count == 32)
    #expect(first != SecureRandom.bytes(count: 32))
    #expect(SecureRandom.bytes(count: 0) == [])
  }
}
