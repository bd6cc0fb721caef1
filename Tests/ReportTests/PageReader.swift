import Foundation

/// Reads a report as a browser does, as far as the tests need it.
struct PageReader {
  let html: String

  init(_ bytes: [UInt8]) { html = String(decoding: bytes, as: UTF8.self) }

  /// Rows of the table with a caption, without its headings; nil if there is no such table.
  func table(_ caption: String) -> [[String]]? {
    guard let start = html.range(of: "<caption>\(caption)</caption>"),
      let end = html.range(of: "</table>", range: start.upperBound..<html.endIndex),
      let body = html.range(of: "<tbody", range: start.upperBound..<end.lowerBound)
    else { return nil }
    return html[body.lowerBound..<end.lowerBound].components(separatedBy: "<tr ").dropFirst().map { row in
      row.matches(of: /<t[hd] [^>]*>([^<]*)<\/t[hd]>/).map { Self.unescaped(String($0.1)) }
    }
  }

  /// Names of all elements in their order, and of those that were opened but not closed, or closed but not open.
  var elements: (names: [String], unbalanced: [String]) {
    var names: [String] = []
    var open: [String] = []
    var unbalanced: [String] = []
    for match in html.matches(of: /<(\/?)([a-zA-Z0-9]+)((?:\s[^<>]*)?)>/) {
      let name = String(match.2)
      if match.1 == "/" {
        if open.last == name { open.removeLast() } else { unbalanced.append(name) }
      } else {
        names.append(name)
        if name != "meta" { open.append(name) }
      }
    }
    return (names, unbalanced + open)
  }

  /// Values of an attribute.
  func values(of attribute: String) -> [String] {
    html.components(separatedBy: " \(attribute)=\"").dropFirst().map {
      Self.unescaped(String($0.prefix { $0 != "\"" }))
    }
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing(/&#(\d+);/) { String(UnicodeScalar(UInt8($0.1)!)) }
  }
}
