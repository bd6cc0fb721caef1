import Wire

/// The Huffman code of HPACK (RFC 7541 appendix B). It is canonical: the codes follow from their lengths.
package enum HuffmanCode {
  /// Calls `emit` for each decoded byte.
  ///
  /// - Returns: the number of decoded bytes.
  /// - Throws: for the symbol EOS, and for padding that is longer than seven bits or not a prefix of EOS (RFC 7541
  ///   §5.2).
  package static func decode(_ bytes: RawSpan, emit: (UInt8) -> Void) throws(WireError) -> Int {
    var count = 0
    var code = 0
    var length = 0
    for index in 0..<bytes.byteCount {
      let byte = bytes.byte(index)
      for bit in (0..<8).reversed() {
        code = code << 1 | Int(byte >> UInt8(bit) & 1)
        length += 1
        guard length <= longest else { throw .badValue(.http2Field) }
        let place = code - firstCodes[length]
        guard place >= 0, place < counts[length] else { continue }
        let symbol = symbols[firstPlaces[length] + place]
        guard symbol < 256 else { throw .badValue(.http2Field) }
        emit(UInt8(symbol))
        count += 1
        code = 0
        length = 0
      }
    }
    guard length < 8, code == 1 << length - 1 else { throw .badValue(.http2Field) }
    return count
  }

  private static let longest = 30
  /// Symbols in the order of code length, then of value.
  private static let symbols = (0...256).sorted { (lengths[$0], $0) < (lengths[$1], $1) }
  /// Number of codes of each length.
  private static let counts = (0...longest).map { length in lengths.count { $0 == length } }
  /// Index into `symbols` of the first symbol of each length.
  private static let firstPlaces = (0...longest).map { length in lengths.count { $0 < length } }
  private static let firstCodes = counts.indices.reduce(into: [Int]()) { codes, length in
    codes.append(length == 0 ? 0 : (codes[length - 1] + counts[length - 1]) << 1)
  }

  /// Lengths in bits of the codes of bytes 0 to 255 and of EOS.
  private static let lengths: [Int] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12,
    10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6,
    5,
    6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22,
    23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
    22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26,
    26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27,
    27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27,
    27, 27, 27, 27, 26, 30,
  ]
}
