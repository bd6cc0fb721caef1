/// Escaped form of text from the network, for people and their programs.
public enum WireText {
  /// Letters, digits, `.`, `_` and `-` are unchanged, except a leading `-`; everything else becomes `\xNN`, byte by
  /// byte.
  ///
  /// So no name can shift a cell or a line, begin a formula in a spreadsheet, or control a terminal. A scalar up to
  /// U+00FF is one byte of the wire; a higher one is written as its UTF-8 bytes.
  public static func escaped(_ text: String) -> String {
    // Most names need no escape.
    if text.utf8.first != UInt8(ascii: "-"), text.utf8.allSatisfy({ isPlain(Unicode.Scalar($0)) }) { return text }
    return escaped(text.unicodeScalars)
  }

  /// The same for a part of a text.
  public static func escaped(_ text: some Sequence<Unicode.Scalar>, isBeginning: Bool = true) -> String {
    var result = ""
    for scalar in text {
      if isPlain(scalar), !(scalar == "-" && isBeginning && result.isEmpty) {
        result.unicodeScalars.append(scalar)
      } else if scalar.value <= 0xff {
        result += hexadecimal(UInt8(scalar.value))
      } else {
        for byte in String(scalar).utf8 { result += hexadecimal(byte) }
      }
    }
    return result
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_": true
    default: false
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> String { "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
