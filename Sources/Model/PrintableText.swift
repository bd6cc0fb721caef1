extension Unicode.Scalar {
  /// Changes what a terminal or a page shows without being seen itself: control characters, with them the escape of a terminal, and format
  /// characters, with them those that turn the direction of writing.
  package var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

/// The text with what is hidden, or has no sign of its own, as `\xNN`: texts from the wire, from rules and from stores are shown to people.
///
/// - Parameter keepsLines: leaves line feeds and tabs as they are.
package func printable(_ text: String, keepingLines keepsLines: Bool = false) -> String {
  func isKept(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7f || keepsLines && (byte == 0x0a || byte == 0x09) }
  // Looking up what Unicode says takes long, and most texts are plain.
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
