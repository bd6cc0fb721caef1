import Model

/// The kept part of an HTTP/1 request: its head, and the received part of its body.
struct RequestText {
  private let head: ArraySlice<UInt8>
  /// Empty if there is none.
  let body: ArraySlice<UInt8>
  /// Whether the body is text: a textual media type, neither compressed nor in several parts of unknown types.
  let isReadable: Bool

  init(_ request: ArraySlice<UInt8>) {
    let end = RequestText.endOfHead(request)
    head = request[..<end]
    body = request[end...]
    var kind: ArraySlice<UInt8>?
    var isPacked = false
    RequestText.forEachField(head) { name, value in
      switch String(decoding: name, as: UTF8.self).lowercased() {
      case "content-type": kind = value
      case "content-encoding": isPacked = isPacked || String(decoding: value, as: UTF8.self).lowercased() != "identity"
      default: break
      }
    }
    isReadable = !isPacked && kind.map(RequestText.isText) == true
  }

  /// Index after the empty line (RFC 9112 §2.2).
  private static func endOfHead(_ request: ArraySlice<UInt8>) -> Int {
    var isEmptyLine = false
    for index in request.indices {
      switch request[index] {
      case UInt8(ascii: "\n"):
        if isEmptyLine { return index + 1 }
        isEmptyLine = true
      case UInt8(ascii: "\r"): break
      default: isEmptyLine = false
      }
    }
    return request.endIndex
  }

  /// Media types whose bodies are text (RFC 9110 §8.3).
  private static func isText(_ kind: ArraySlice<UInt8>) -> Bool {
    let essence = String(decoding: kind.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self).lowercased()
      .filter { $0 != " " && $0 != "\t" }
    return essence.hasPrefix("text/") || essence.hasSuffix("+json") || essence.hasSuffix("+xml")
      || [
        "application/json", "application/x-www-form-urlencoded", "application/xml", "application/ocsp-request",
        "application/x-json-stream", "application/javascript", "multipart/form-data",
      ].contains(essence)
  }

  /// Calls `body` with each field's name and its value without blanks around it.
  private static func forEachField(
    _ head: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Void
  ) {
    for line in head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropFirst() {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let value = line[line.index(after: colon)...]
      func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
      }
      guard let first = value.firstIndex(where: { !isBlank($0) }), let last = value.lastIndex(where: { !isBlank($0) })
      else { continue }
      body(line[..<colon], value[first...last])
    }
  }

  func inspectHead(_ found: inout Set<IdentifierClass>) {
    inspectRequestLine(head.prefix { $0 != UInt8(ascii: "\n") }, &found)
    RequestText.forEachField(head) { name, value in
      switch String(decoding: name, as: UTF8.self).lowercased() {
      case "cookie": found.insert(.cookie)
      case "user-agent": found.insert(.userAgent)
      case "authorization", "proxy-authorization": found.insert(.accountCredential)
      // The destination's name; a user may precede it (RFC 9110 §4.2.4 forbids that, but clients do it).
      case "host": if value.contains(UInt8(ascii: "@")) { found.insert(.userName) }
      // The referring page, whose URL may have the query of an earlier request.
      case "referer":
        IdentifierInspector.inspectForms(value, &found)
        inspectQuery(value, &found)
      default:
        if let identifier = NamedValues.identifierClass(named: name) { found.insert(identifier) }
        IdentifierInspector.inspectForms(value, &found)
      }
    }
  }

  private func inspectRequestLine(_ line: ArraySlice<UInt8>, _ found: inout Set<IdentifierClass>) {
    IdentifierInspector.inspectForms(line, &found)
    inspectQuery(line, &found)
  }

  private func inspectQuery(_ text: ArraySlice<UInt8>, _ found: inout Set<IdentifierClass>) {
    if let mark = text.firstIndex(of: UInt8(ascii: "?")) { NamedValues.inspect(text[mark...], &found) }
  }
}
