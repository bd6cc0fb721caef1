import Cryptography
import Testing

@Suite("SHA-256")
struct DigestTests {
  /// FIPS 180-4 examples and NIST CAVP SHA256ShortMsg.
  static let vectors: [(message: [UInt8], digest: String)] = [
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ([0xd3], "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
    ([0x11, 0xaf], "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"),
  ]

  @Test("gives the digests of the standard", arguments: vectors)
  func standardVectors(message: [UInt8], digest: String) {
    #expect(hexadecimal(SHA256Digest.hash(message)) == digest)
  }

  @Test("gives the standard's digest of a million letters, in pieces of any size")
  func millionLetters() {
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    for size in [1_000_000, 4096, 63, 64, 65] {
      var hasher = SHA256Hasher()
      var start = 0
      while start < letters.count {
        let end = min(start + size, letters.count)
        hasher.update(letters[start..<end])
        start = end
      }
      #expect(
        hexadecimal(hasher.finalize()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }
  }

  @Test("accepts sequences that are not contiguous")
  func lazySequence() {
    #expect(SHA256Digest.hash((0..<200).lazy.map { UInt8($0) }) == SHA256Digest.hash((0..<200).map { UInt8($0) }))
  }

  @Test("a hasher may be dropped unfinished or unused")
  func unfinished() {
    var dropped = SHA256Hasher()
    dropped.update([1, 2, 3])
    #expect(SHA256Hasher().finalize() == SHA256Digest.hash([]))
  }

  @Test("writes hexadecimal in lower case with leading zeros")
  func hexadecimalText() {
    #expect(hexadecimal([0x00, 0x0a, 0xff, 0x10]) == "000aff10")
    #expect(hexadecimal([]) == "")
  }
}
