/// AES-128 (FIPS 197) and its Galois/Counter Mode (NIST SP 800-38D), slow and plain: encrypts packets for tests,
/// independently of the library that decrypts them.
struct AES128 {
  private static let substitutions: [UInt8] = {
    var table = [UInt8](repeating: 0x63, count: 256)
    var value: UInt8 = 1
    var inverse: UInt8 = 1
    repeat {
      // Times 3, and divided by 3.
      value ^= double(value)
      inverse ^= inverse << 1
      inverse ^= inverse << 2
      inverse ^= inverse << 4
      if inverse & 0x80 != 0 { inverse ^= 0x09 }
      var turned = inverse
      for bits in UInt8(1)...4 { turned ^= (inverse << bits) | (inverse >> (8 - bits)) }
      table[Int(value)] = turned ^ 0x63
    } while value != 1
    return table
  }()

  private static func double(_ value: UInt8) -> UInt8 { value << 1 ^ (value & 0x80 != 0 ? 0x1b : 0) }

  private var roundKeys: [UInt8]

  init(key: [UInt8]) {
    roundKeys = key
    var constant: UInt8 = 1
    while roundKeys.count < 176 {
      var word = Array(roundKeys.suffix(4))
      if roundKeys.count % 16 == 0 {
        word = [word[1], word[2], word[3], word[0]].map { AES128.substitutions[Int($0)] }
        word[0] ^= constant
        constant = AES128.double(constant)
      }
      roundKeys += zip(word, roundKeys[(roundKeys.count - 16)...]).map { $0 ^ $1 }
    }
  }

  func encrypt(_ block: [UInt8]) -> [UInt8] {
    var state = zip(block, roundKeys).map { $0 ^ $1 }
    for round in 1...10 {
      let shifted = (0..<16).map { AES128.substitutions[Int(state[($0 + 4 * ($0 % 4)) % 16])] }
      state = shifted
      if round < 10 {
        for column in stride(from: 0, to: 16, by: 4) {
          let all = shifted[column] ^ shifted[column + 1] ^ shifted[column + 2] ^ shifted[column + 3]
          for row in 0..<4 {
            let pair = shifted[column + row] ^ shifted[column + (row + 1) % 4]
            state[column + row] = shifted[column + row] ^ all ^ AES128.double(pair)
          }
        }
      }
      for index in 0..<16 { state[index] ^= roundKeys[round * 16 + index] }
    }
    return state
  }

  /// Ciphertext and tag.
  func seal(_ message: [UInt8], nonce: [UInt8], header: [UInt8]) -> [UInt8] {
    func stream(_ counter: UInt32) -> [UInt8] {
      var block = nonce
      block.appendUInt32(counter)
      return encrypt(block)
    }
    var sealed: [UInt8] = []
    for (index, start) in stride(from: 0, to: message.count, by: 16).enumerated() {
      sealed += zip(message[start..<min(start + 16, message.count)], stream(UInt32(index + 2))).map { $0 ^ $1 }
    }
    func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + Array(repeating: 0, count: (16 - bytes.count % 16) % 16) }
    var hashed = padded(header) + padded(sealed)
    hashed.appendUInt64(UInt64(header.count * 8))
    hashed.appendUInt64(UInt64(sealed.count * 8))
    return sealed + zip(hash(hashed), stream(1)).map { $0 ^ $1 }
  }

  /// GHASH.
  private func hash(_ bytes: [UInt8]) -> [UInt8] {
    func halves(_ block: some Sequence<UInt8>) -> (high: UInt64, low: UInt64) {
      block.reduce((UInt64(0), UInt64(0))) { ($0.0 << 8 | $0.1 >> 56, $0.1 << 8 | UInt64($1)) }
    }
    let key = halves(encrypt(Array(repeating: 0, count: 16)))
    var sum: (high: UInt64, low: UInt64) = (0, 0)
    for start in stride(from: 0, to: bytes.count, by: 16) {
      let block = halves(bytes[start..<start + 16])
      let factor = (high: sum.high ^ block.high, low: sum.low ^ block.low)
      var product: (high: UInt64, low: UInt64) = (0, 0)
      var term = key
      for bit in 0..<128 {
        let isSet = (bit < 64 ? factor.high >> UInt64(63 - bit) : factor.low >> UInt64(127 - bit)) & 1 == 1
        if isSet { product = (product.high ^ term.high, product.low ^ term.low) }
        let isOdd = term.low & 1 == 1
        term = (term.high >> 1 ^ (isOdd ? 0xe1 << 56 : 0), term.low >> 1 | term.high << 63)
      }
      sum = product
    }
    var result: [UInt8] = []
    result.appendUInt64(sum.high)
    result.appendUInt64(sum.low)
    return result
  }
}
