import Model
import Wire

/// Finds identifiers in the lines that a client sends to a file, mail or news server.
enum SessionText {
  /// - Parameter text: its lines from the first one on, possibly truncated.
  ///
  /// Lines of another protocol count as not inspected. O(bytes).
  static func inspect(_ text: ArraySlice<UInt8>, _ found: inout Set<IdentifierClass>) {
    var isKnown = false
    // Names that identify nobody: `anonymous` and `ftp` (RFC 1635).
    var isAnonymous = false
    for rawLine in text.split(separator: UInt8(ascii: "\n")) {
      let line = rawLine.last == UInt8(ascii: "\r") ? rawLine.dropLast() : rawLine
      IdentifierInspector.inspectForms(line, &found)
      guard let command = PlainCommand(line: line.span.bytes) else { continue }
      isKnown = true
      let words = line.split(separator: UInt8(ascii: " "))
      let argument = words.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
      switch command {
      case .userName:
        isAnonymous = ["anonymous", "ftp"].contains(argument.lowercased())
        if words.count > 1, !isAnonymous { found.insert(.userName) }
      case .password: if words.count > 1, !isAnonymous { found.insert(.accountCredential) }
      case .login:
        found.insert(.userName)
        found.insert(.accountCredential)
      case .authentication: found.insert(.accountCredential)
      case .greeting: if words.count > 1, argument.utf8.first != UInt8(ascii: "[") { found.insert(.deviceIdentifier) }
      case .other: break
      }
    }
    if !isKnown, !text.isEmpty { found.insert(.notInspected) }
  }
}
