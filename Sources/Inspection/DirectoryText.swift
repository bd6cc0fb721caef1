import Model

/// Finds identifiers in one message to a directory (LDAP, RFC 4511).
enum DirectoryText {
  /// - Parameter message: a sequence of message id and operation, possibly truncated, with lengths that may be false.
  ///
  /// Bind requests are read, requests for an upgrade to TLS hold nothing, and all others count as not inspected.
  /// O(bytes).
  static func inspect(_ message: ArraySlice<UInt8>, _ found: inout Set<IdentifierClass>) {
    guard var rest = element(message)?.content, let number = element(rest), let operation = element(rest[number.end...])
    else {
      found.insert(.notInspected)
      return
    }
    rest = operation.content
    switch operation.tag {
    // §4.2: version, name, authentication.
    case 0x60:
      guard let version = element(rest), let name = element(rest[version.end...]),
        let proof = element(rest[name.end...])
      else {
        found.insert(.notInspected)
        return
      }
      IdentifierInspector.inspectForms(name.content, &found)
      if !name.content.isEmpty { found.insert(.userName) }
      // Simple authentication has a password, SASL a mechanism and its credentials.
      if (proof.tag == 0x80 && !proof.content.isEmpty) || proof.tag == 0xa3 { found.insert(.accountCredential) }
    // Unbind and abandon; extended requests with only their object identifier, such as StartTLS (§4.14).
    case 0x42, 0x50: break
    case 0x77:
      let name = element(rest)
      if name == nil || name?.end != rest.endIndex { found.insert(.notInspected) }
    default:
      IdentifierInspector.inspectForms(rest, &found)
      found.insert(.notInspected)
    }
  }

  private struct Element {
    var tag: UInt8
    /// The received part of the value.
    var content: ArraySlice<UInt8>
    /// Index after the value, at most the end of the bytes.
    var end: Int
  }

  /// Tag and length (X.690 §8.1), with a length of one to four bytes; nil if they are truncated.
  private static func element(_ bytes: ArraySlice<UInt8>) -> Element? {
    guard bytes.count >= 2 else { return nil }
    var start = bytes.startIndex + 2
    var length = Int(bytes[start - 1])
    if length >= 0x80 {
      let size = length & 0x7f
      guard (1...4).contains(size), bytes.endIndex - start >= size else { return nil }
      length = bytes[start..<start + size].reduce(0) { $0 << 8 | Int($1) }
      start += size
    }
    let end = min(start + length, bytes.endIndex)
    return Element(tag: bytes[bytes.startIndex], content: bytes[start..<end], end: end)
  }
}
