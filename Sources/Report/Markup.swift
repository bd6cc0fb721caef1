import Model

/// A piece of a page. Text and markup are two types, so that no text becomes markup.
enum Markup: Sendable {
  case text(String)
  case element(Tag, [Attribute], [Markup])
  case all([Markup])
  /// A style sheet, which contains values of a store only as `StyleSheet` quotes them.
  case style(StyleSheet)

  /// Elements that a page may have; none of them runs or loads anything.
  enum Tag: String, Sendable {
    case a, article, body, caption, dd, desc, div, dl, dt, figcaption, figure, footer, g, h1, h2, h3, head, header, html
    case li, line, main, meta, nav, ol, p, path, pattern, rect, section, span, strong, svg, table, tbody, td, text, th
    case thead, title, tr, ul, defs

    /// Without content and without an end tag.
    fileprivate var isVoid: Bool { self == .meta }
  }

  /// A name from this program, with any value.
  struct Attribute: Sendable {
    fileprivate let name: String
    fileprivate let value: String

    init(_ name: StaticString, _ value: String) {
      self.name = name.description
      self.value = value
    }

    /// A length or a coordinate in a picture, to a tenth.
    init(_ name: StaticString, _ value: Double) {
      self.init(name, decimal(value))
    }

    static func kind(_ name: StaticString) -> Attribute { Attribute("class", name.description) }
    static func id(_ name: String) -> Attribute { Attribute("id", name) }
    /// A place on the same page, the only kind of link.
    static func place(_ id: String) -> Attribute { Attribute("href", "#" + id) }
  }

  /// A page in UTF-8. O(bytes).
  var page: [UInt8] {
    var bytes = Array("<!DOCTYPE html>\n".utf8)
    write(to: &bytes)
    bytes.append(0x0a)
    return bytes
  }

  /// The same without pictures, links to chapters and style, which office programs read wrongly; tables get lines.
  var forOfficePrograms: Markup {
    switch self {
    case .text: self
    case .style: .all([])
    case .all(let parts): .all(parts.map(\.forOfficePrograms))
    case .element(.figure, _, _), .element(.nav, _, _): .all([])
    case .element(.table, let attributes, let content):
      .element(
        .table, attributes + [.init("border", "1"), .init("cellpadding", "3"), .init("cellspacing", "0")],
        content.map(\.forOfficePrograms))
    case .element(let tag, let attributes, let content): .element(tag, attributes, content.map(\.forOfficePrograms))
    }
  }

  private func write(to bytes: inout [UInt8]) {
    switch self {
    case .text(let text): Self.write(text, to: &bytes)
    case .all(let parts): for part in parts { part.write(to: &bytes) }
    case .style(let sheet): bytes += "<style>\(sheet.text)</style>\n".utf8
    case .element(let tag, let attributes, let content):
      bytes += "<\(tag.rawValue)".utf8
      for attribute in attributes {
        bytes += " \(attribute.name)=\"".utf8
        Self.write(attribute.value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
      }
      bytes.append(UInt8(ascii: ">"))
      guard !tag.isVoid else { return bytes.append(0x0a) }
      for part in content { part.write(to: &bytes) }
      bytes += "</\(tag.rawValue)>".utf8
      if tag.endsLine { bytes.append(0x0a) }
    }
  }

  /// Characters that could end a text or an attribute are written as numeric references, invisible ones as `\xNN`.
  private static func write(_ text: String, to bytes: inout [UInt8]) {
    for byte in printable(text).utf8 {
      switch byte {
      case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"):
        bytes += "&#\(byte);".utf8
      default: bytes.append(byte)
      }
    }
  }
}

extension Markup.Tag {
  fileprivate var endsLine: Bool {
    switch self {
    case .a, .span, .strong, .td, .th, .text, .title, .desc, .rect, .path, .line: false
    default: true
    }
  }
}

extension Markup: ExpressibleByStringInterpolation {
  init(stringLiteral value: String) { self = .text(value) }
}

extension Markup {
  static func element(_ tag: Tag, _ content: Markup...) -> Markup { .element(tag, [], content) }

  static func list(_ items: [Markup]) -> Markup {
    .element(.ul, [], items.map { .element(.li, [], [$0]) })
  }

  static func list(_ items: [String]) -> Markup { list(items.map { .text($0) }) }

  static func paragraph(_ text: String) -> Markup { .element(.p, [], [.text(text)]) }
}

/// A number to a tenth, the same on every machine.
func decimal(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let tenths = Int((min(max(value, -100_000), 100_000) * 10).rounded())
  let sign = tenths < 0 ? "-" : ""
  let (whole, rest) = abs(tenths).quotientAndRemainder(dividingBy: 10)
  return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
}
