extension Unicode.Scalar {
  /// An invisible character that changes what a terminal or a page shows: control characters, including terminal
  /// escapes, and format characters, including those that reverse the writing direction.
  package var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

/// The text with invisible, private-use and unassigned characters as `\xNN`, for texts from the wire, rules and stores
/// that people read.
///
/// - Parameter keepsLines: leaves line feeds and tabs unchanged.
package func printable(_ text: String, keepingLines keepsLines: Bool = false) -> String {
  func isKept(_ byte: UInt8) -> Bool {
    byte.isASCIIPrintable || keepsLines && (byte == 0x0a || byte == UInt8(ascii: "\t"))
  }
  // Looking up Unicode properties is slow, and most texts are plain ASCII.
  if text.utf8.allSatisfy(isKept) { return text }
  var shown = ""
  for scalar in text.unicodeScalars {
    let isShown =
      scalar.isASCII
      ? isKept(UInt8(scalar.value))
      : !scalar.isHidden && scalar.properties.generalCategory != .privateUse
        && scalar.properties.generalCategory != .unassigned
    if isShown {
      shown.unicodeScalars.append(scalar)
    } else {
      let digits = String(scalar.value, radix: 16)
      shown += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
    }
  }
  return shown
}
