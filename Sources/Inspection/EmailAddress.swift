import Model

/// Distinguishes e-mail addresses from other text with an `@`, such as `logo@2x.png`.
enum EmailAddress {
  /// Whether a text contains `local@domain.tld`, with the `@` also as `%40` or `\u0040`. O(bytes).
  static func isIn(_ text: ArraySlice<UInt8>) -> Bool {
    var index = text.startIndex
    // After `://`, an `@` ends the user of a URL.
    var isAuthority = false
    while index < text.endIndex {
      guard let after = endOfSign(text, index) else {
        switch text[index] {
        case UInt8(ascii: ":")
        where text[index...].starts(with: [UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "/")]):
          isAuthority = true
          index += 2
        case 0...UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: ">"),
          UInt8(ascii: "?"):
          isAuthority = false
        default: break
        }
        index += 1
        continue
      }
      let (end, isDomain) = domain(text, from: after)
      if isDomain, !isAuthority, isEndOfLocalPart(text, index) { return true }
      isAuthority = false
      index = max(end, after)
    }
    return false
  }

  /// Index after an `@` that begins here.
  private static func endOfSign(_ text: ArraySlice<UInt8>, _ index: Int) -> Int? {
    func holds(_ form: StaticString) -> Bool {
      guard index + form.utf8CodeUnitCount <= text.endIndex else { return false }
      for offset in 0..<form.utf8CodeUnitCount where text[index + offset] != form.utf8Start[offset] { return false }
      return true
    }
    switch text[index] {
    case UInt8(ascii: "@"): return index + 1
    case UInt8(ascii: "%"): return holds("%40") ? index + 3 : nil
    case UInt8(ascii: "\\"): return holds("\\u0040") ? index + 6 : nil
    default: return nil
    }
  }

  /// A letter or digit, or another character that may end a local part; the `@` of a package or a handle follows none.
  private static func isEndOfLocalPart(_ text: ArraySlice<UInt8>, _ sign: Int) -> Bool {
    guard sign > text.startIndex else { return false }
    let last = text[sign - 1]
    return last.isASCIIAlphanumeric || last == UInt8(ascii: "_") || last == UInt8(ascii: "-")
  }

  /// - Returns: the end of the domain's characters, and whether they are a domain that can receive mail: two labels or
  ///   more, the last one of letters, and not the name of a file or a version.
  private static func domain(_ text: ArraySlice<UInt8>, from start: Int) -> (end: Int, isDomain: Bool) {
    var end = start
    while end < text.endIndex,
      text[end].isASCIIAlphanumeric || text[end] == UInt8(ascii: "-") || text[end] == UInt8(ascii: ".")
    { end += 1 }
    var last = end
    // The full stop of a sentence.
    while last > start, text[last - 1] == UInt8(ascii: ".") || text[last - 1] == UInt8(ascii: "-") { last -= 1 }
    // RFC 1035 §2.3.4.
    guard last - start <= 253 else { return (end, false) }
    let labels = text[start..<last].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.count >= 2, let top = labels.last, (2...24).contains(top.count),
      top.allSatisfy({ $0.isASCIILetter }) || isInternational(top),
      labels.allSatisfy({ (1...63).contains($0.count) && $0.first != UInt8(ascii: "-") && $0.last != UInt8(ascii: "-") }
      ),
      !isScale(labels[0]), !(isNumber(labels[0]) && isNumber(labels[1]))
    else { return (end, false) }
    return (end, !fileEndings.contains(String(decoding: top, as: UTF8.self).lowercased()))
  }

  /// `2x` and `1x` in names of pictures for high-resolution screens; `1.5x` begins with a number too.
  private static func isScale(_ label: ArraySlice<UInt8>) -> Bool {
    label.count <= 3 && label.last == UInt8(ascii: "x") && isNumber(label.dropLast())
  }

  private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
    !label.isEmpty && label.allSatisfy { $0.isASCIIDigit }
  }

  private static func isInternational(_ label: ArraySlice<UInt8>) -> Bool { label.starts(with: Array("xn--".utf8)) }

  /// File extensions that are not top-level domains, or (`zip`) are hardly used for mail. Extensions that are also
  /// common mail domains (`pl`, `sh`, `rs`) are not listed.
  private static let fileEndings: Set<String> = [
    "apk", "appx", "asp", "aspx", "avif", "bak", "bin", "bmp", "bz", "cab", "cfg", "cjs", "css", "csv", "dat", "deb",
    "dll", "dmg", "doc", "docx", "eot", "exe", "gif", "gz", "heic", "htm", "html", "ico", "ini", "iso", "jar", "jpeg",
    "jpg", "js", "json", "jsp", "jsx", "less", "lock", "log", "map", "mjs", "msi", "msix", "ogg", "otf", "pdf", "php",
    "png", "ppt", "pptx", "rar", "rpm", "scss", "sql", "svg", "tar", "tgz", "tif", "tiff", "tmp", "ts", "tsx", "ttf",
    "txt", "vue", "wasm", "wav", "webm", "webp", "woff", "xhtml", "xls", "xlsx", "xml", "xz", "yaml", "yml", "zip",
  ]
}
