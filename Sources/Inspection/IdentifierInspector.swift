public import Model
import Wire

/// Finds the classes of identifiers that were sent in clear text; the values are read, never kept.
public enum IdentifierInspector {
  /// - Parameter text: clear text kept by the tracker, possibly truncated anywhere.
  /// - Returns: the classes found, with `notInspected` if a part has a format that is not inspected.
  /// - Complexity: linear in the bytes of `text`.
  public static func classes(in text: ClearText) -> Set<IdentifierClass> {
    var found: Set<IdentifierClass> = []
    var index = 0
    while index < text.messages.count {
      switch text.messages[index].form {
      case .httpRequest:
        let request = RequestText(text.content(index))
        request.inspectHead(&found)
        var body = request.body
        // The line end after a chunk is not part of its data.
        while index + 1 < text.messages.count, text.messages[index + 1].form == .httpBody {
          index += 1
          body += text.content(index)
          if body.last == UInt8(ascii: "\n") { body.removeLast() }
          if body.last == UInt8(ascii: "\r") { body.removeLast() }
        }
        if !body.isEmpty {
          if request.isReadable { inspect(body[...], &found) } else { found.insert(.notInspected) }
        }
      case .httpBody:
        // Its head, which gives its format, belongs to an earlier record.
        inspect(text.content(index), &found)
        found.insert(.notInspected)
      case .lines: SessionText.inspect(text.content(index), &found)
      case .directoryMessage: DirectoryText.inspect(text.content(index), &found)
      }
      index += 1
    }
    return found
  }

  /// Looks for named values in any text: JSON, forms, XML, queries.
  static func inspect(_ text: ArraySlice<UInt8>, _ found: inout Set<IdentifierClass>) {
    inspectForms(text, &found)
    NamedValues.inspect(text, &found)
  }

  /// Looks for e-mail addresses, GUIDs, and users in URLs.
  static func inspectForms(_ text: ArraySlice<UInt8>, _ found: inout Set<IdentifierClass>) {
    if EmailAddress.isIn(text) { found.insert(.emailAddress) }
    if holdsGUID(text) { found.insert(.deviceIdentifier) }
    inspectUserInformation(text, &found)
  }

  /// The part before the `@` of a URL's authority (RFC 3986 §3.2.1).
  private static func inspectUserInformation(_ text: ArraySlice<UInt8>, _ found: inout Set<IdentifierClass>) {
    var index = text.startIndex
    while index + 2 < text.endIndex {
      guard text[index] == UInt8(ascii: ":"), text[index + 1] == UInt8(ascii: "/"), text[index + 2] == UInt8(ascii: "/")
      else {
        index += 1
        continue
      }
      var end = index + 3
      var colon: Int?
      while end < text.endIndex, isAuthorityByte(text[end]) {
        if text[end] == UInt8(ascii: ":"), colon == nil { colon = end }
        end += 1
      }
      if end < text.endIndex, text[end] == UInt8(ascii: "@"), end > index + 3 {
        found.insert(.userName)
        if let colon, colon + 1 < end { found.insert(.accountCredential) }
      }
      index = end
    }
  }

  /// Unreserved characters, sub-delimiters, `%` and `:` (RFC 3986 §3.2.1).
  private static func isAuthorityByte(_ byte: UInt8) -> Bool {
    byte.isASCIIAlphanumeric || "-._~!$%*+:;=".utf8.contains(byte)
  }

  private static func holdsGUID(_ value: ArraySlice<UInt8>) -> Bool {
    var group = 0
    var digits = 0
    let lengths = [8, 4, 4, 4, 12]
    for byte in value {
      let isHexadecimal = byte.isASCIIHexadecimal
      if isHexadecimal {
        digits += 1
        if group == 4 && digits == 12 { return true }
      } else if byte == UInt8(ascii: "-") {
        // Only the last eight digits before the first dash count, because other text may precede them.
        let fits = group == 0 ? digits >= 8 : digits == lengths[group]
        group = fits ? group + 1 : (digits >= 8 ? 1 : 0)
        if group > 4 { group = digits >= 8 ? 1 : 0 }
        digits = 0
      } else {
        group = 0
        digits = 0
      }
    }
    return false
  }
}
