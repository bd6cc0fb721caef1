import Model

extension Markup {
  /// The page as Markdown (CommonMark, tables of GitHub Flavored Markdown), in UTF-8: the same texts and cells, without
  /// pictures and links.
  ///
  /// No text becomes markup: whatever could is escaped. O(bytes).
  var markdown: [UInt8] {
    var blocks: [String] = []
    Self.append(self, to: &blocks)
    return Array((blocks.joined(separator: "\n\n") + "\n").utf8)
  }

  private static func append(_ markup: Markup, to blocks: inout [String]) {
    switch markup {
    case .style: break
    case .text: appendLine(inline(markup), to: &blocks)
    case .all(let parts): appendParts(parts, to: &blocks)
    case .element(let tag, _, let content):
      switch tag {
      // The figures of pictures are in tables; links would be broken in a file that is pasted elsewhere.
      case .head, .nav, .figure, .svg: break
      case .h1: appendLine("# " + inline(.all(content)), to: &blocks)
      case .h2: appendLine("## " + inline(.all(content)), to: &blocks)
      case .h3: appendLine("### " + inline(.all(content)), to: &blocks)
      case .p, .dt, .dd: appendLine(inline(.all(content)), to: &blocks)
      case .ul, .ol: appendLine(items(content, numbered: tag == .ol).joined(separator: "\n"), to: &blocks)
      case .table: blocks.append(table(content))
      default: appendParts(content, to: &blocks)
      }
    }
  }

  /// Adjacent inline parts become one paragraph.
  private static func appendParts(_ parts: [Markup], to blocks: inout [String]) {
    var line = ""
    func end() {
      appendLine(line, to: &blocks)
      line = ""
    }
    for part in parts {
      if part.isInline {
        line += inline(part)
      } else {
        end()
        append(part, to: &blocks)
      }
    }
    end()
  }

  private static func appendLine(_ line: String, to blocks: inout [String]) {
    // Items of a list keep their lines.
    let lines = line.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    let text = lines.filter { !$0.isEmpty }.joined(separator: "\n")
    if !text.isEmpty { blocks.append(text) }
  }

  private var isInline: Bool {
    switch self {
    case .text, .element(.strong, _, _), .element(.span, _, _), .element(.a, _, _): true
    case .all(let parts): parts.allSatisfy(\.isInline)
    default: false
    }
  }

  private static func items(_ content: [Markup], numbered: Bool) -> [String] {
    content.flatMap { part -> [String] in
      switch part {
      case .all(let parts): return items(parts, numbered: numbered)
      case .element(.li, _, let content): return [(numbered ? "1. " : "- ") + inline(.all(content))]
      default: return []
      }
    }
  }

  /// Caption, headings and rows; a table without headings cannot be written, and there is none.
  private static func table(_ content: [Markup]) -> String {
    var caption = ""
    var rows: [[String]] = []
    func collect(_ parts: [Markup]) {
      for part in parts {
        switch part {
        case .all(let parts): collect(parts)
        case .element(.caption, _, let content): caption = inline(.all(content))
        case .element(.tr, _, let cells): rows.append(cells.flatMap(self.cells))
        case .element(_, _, let content): collect(content)
        case .text, .style: break
        }
      }
    }
    collect(content)
    guard let width = rows.map(\.count).max() else { return "**\(caption)**" }
    var lines = rows.map { row in
      "| " + (row + Array(repeating: "", count: width - row.count)).joined(separator: " | ") + " |"
    }
    lines.insert("|" + String(repeating: " --- |", count: width), at: 1)
    return "**\(caption)**\n\n" + lines.joined(separator: "\n")
  }

  private static func cells(_ part: Markup) -> [String] {
    switch part {
    case .all(let parts): parts.flatMap(cells)
    case .element(.th, _, let content), .element(.td, _, let content): [inline(.all(content))]
    default: []
    }
  }

  /// Text of one line.
  private static func inline(_ markup: Markup) -> String {
    switch markup {
    case .text(let text): return escaped(text)
    case .style, .element(.svg, _, _), .element(.nav, _, _): return ""
    case .all(let parts): return parts.map(inline).joined()
    case .element(.strong, _, let content):
      let text = content.map(inline).joined()
      return text.isEmpty ? "" : "**\(text)**"
    case .element(let tag, _, let content):
      let text = content.map(inline).joined()
      // Separates blocks and figures within a line.
      return tag == .a ? text : text + " "
    }
  }

  /// Every character that has a meaning somewhere is escaped: a backslash before ASCII punctuation is always allowed
  /// (CommonMark §2.4).
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in printable(text) {
      switch character {
      case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "#", "+", "!", "|", "~", "&", "=", "-", "$", "@":
        // A hyphen within a word or a number has no meaning, and escaping it would make texts unreadable.
        if character == "-" || character == "=" || character == "+",
          result.last.map({ $0.isLetter || $0.isNumber }) ?? false
        {
          result.append(character)
        } else {
          result.append("\\")
          result.append(character)
        }
      default: result.append(character)
      }
    }
    return escapingNumberedStart(result)
  }

  /// `2026. ` at the beginning of a line would begin a list.
  private static func escapingNumberedStart(_ text: String) -> String {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let rest = text.dropFirst(digits.count)
    guard !digits.isEmpty, let mark = rest.first, mark == "." || mark == ")" else { return text }
    return digits + "\\" + rest
  }
}
