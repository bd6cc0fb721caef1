/// A table with a caption and header cells; on a narrow screen each row becomes a block in which each value repeats its
/// heading.
struct DataTable {
  struct Heading {
    enum Kind {
      case text
      /// Aligned to the right, with digits of equal width.
      case number
      /// Never broken over lines.
      case date
      /// Identifiers and host names, which may be broken anywhere.
      case code
    }

    let text: String
    var kind = Kind.text

    static func number(_ text: String) -> Heading { Heading(text: text, kind: .number) }
    static func date(_ text: String) -> Heading { Heading(text: text, kind: .date) }
    static func code(_ text: String) -> Heading { Heading(text: text, kind: .code) }
  }

  /// With more columns, letters are smaller and words may be broken anywhere.
  private static let manyColumns = 8

  let caption: String
  let headings: [Heading]
  /// The first value of each row is its heading.
  let rows: [[Markup]]
  /// Shown instead of the rows if there are none.
  let nothing: String
  /// Target for links to the table; nil for none.
  var id: String?

  init(caption: String, headings: [Heading], rows: [[Markup]], nothing: String, id: String? = nil) {
    self.caption = caption
    self.headings = headings
    self.rows = rows
    self.nothing = nothing
    self.id = id
  }

  init(caption: String, headings: [Heading], rows: [[String]], nothing: String, id: String? = nil) {
    self.init(
      caption: caption, headings: headings, rows: rows.map { $0.map { .text($0) } }, nothing: nothing, id: id)
  }

  /// Roles repeat the meaning of the elements, which is lost if a style sheet shows rows as blocks.
  var markup: Markup {
    guard !rows.isEmpty else {
      return .element(.p, id.map { [.id($0)] } ?? [], [.element(.strong, .text(caption)), .text(": " + nothing)])
    }
    let head = headings.map { heading in
      Markup.element(
        .th,
        [.init("scope", "col"), .init("role", "columnheader")]
          + (heading.kind == .number ? [.kind("number")] : []),
        [.text(heading.text)])
    }
    return .element(
      .table,
      [.init("role", "table")] + (headings.count > Self.manyColumns ? [.kind("wide")] : [])
        + (id.map { [.id($0)] } ?? []),
      [
        .element(.caption, .text(caption)),
        .element(.thead, [.init("role", "rowgroup")], [.element(.tr, [.init("role", "row")], head)]),
        .element(.tbody, [.init("role", "rowgroup")], rows.map(row)),
      ])
  }

  private func row(_ values: [Markup]) -> Markup {
    .element(
      .tr, [.init("role", "row")],
      zip(headings, values).enumerated().map { index, pair in
        let (heading, value) = pair
        let kind: [Markup.Attribute] =
          switch heading.kind {
          case .text: []
          case .number: [.kind("number")]
          case .date: [.kind("date")]
          case .code: [.kind("code")]
          }
        let attributes: [Markup.Attribute] =
          (index == 0
            ? [.init("scope", "row"), .init("role", "rowheader")]
            : [.init("role", "cell"), .init("data-heading", heading.text)]) + kind
        return .element(index == 0 ? .th : .td, attributes, [value])
      })
  }
}
