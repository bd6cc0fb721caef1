public import Model
public import Reporting

/// The papers that an office needs about the tool itself, as pages that office programs open and people complete.
public struct ToolPaper: Sendable {
  /// `KIND_SITE_LANGUAGE.html`; characters of the site other than letters and digits become `-`.
  public let fileName: String
  /// UTF-8. The same facts and language give the same bytes.
  public var html: [UInt8] { markup.page }
  private let markup: Markup

  public init(_ kind: PaperKind, facts: PaperFacts, language: Language) {
    let words = PaperWords(facts, language)
    let paper = words.paper(kind)
    let sections = paper.sections.map { section -> Markup in
      .element(
        .section, [], [.element(.h2, [], [.text(section.heading)])] + section.blocks.map { Self.markup($0, words) })
    }
    markup = .document(
      title: paper.title,
      [.element(.header, .element(.h1, .text(paper.title))), .element(.main, [.id("content")], sections)],
      DocumentWords(language))
    fileName = "\(kind.rawValue)_\(facts.settings.site.fileNamePart)_\(language.rawValue).html"
  }

  /// Writes the page into a folder, which is created if it does not exist.
  ///
  /// A file of that name with other content, which somebody may have completed, is moved aside. Throws
  /// `ReportingError.notWritable`.
  ///
  /// - Returns: path of the page, and where the other file is now.
  public func write(to folder: String) throws -> (path: String, kept: String?) {
    let path = try OutputFile.folder(folder) + "/" + fileName
    var file = try OutputFile(path: path)
    try file.write(html)
    return (path, try file.finish(keepsOther: true))
  }

  /// Makes another form of the paper beside the file that `write(to:)` wrote, and returns its path. Throws
  /// `DocumentFormError`.
  public func write(_ form: DocumentForm, besides path: String) throws -> String {
    try form.convert(form == .pdf ? html : markup.forOfficePrograms.page, besides: path)
  }

  private static func markup(_ block: Paper.Block, _ words: PaperWords) -> Markup {
    switch block {
    case .line(let line): .element(.p, [], [markup(line, words)])
    case .list(let lines): .list(lines.map { markup($0, words) })
    case .table(let caption, let headings, let rows):
      DataTable(
        caption: caption, headings: headings.map { DataTable.Heading(text: $0) },
        rows: rows.map { $0.map { markup($0, words) } }, nothing: "–"
      ).markup
    }
  }

  private static func markup(_ line: Paper.Line, _ words: PaperWords) -> Markup {
    switch line {
    case .fact(let text): .text(text)
    case .fill(let text): .all([.element(.strong, .text(words.fillMark)), .text(" " + text)])
    case .open(let text): .all([.element(.strong, .text(words.openMark)), .text(" " + text)])
    }
  }
}

extension Markup {
  /// A whole page, which loads nothing and runs nothing.
  static func document(title: String, _ content: [Markup], _ words: DocumentWords) -> Markup {
    .element(
      .html, [.init("lang", words.language.rawValue)],
      [
        .element(
          .head,
          .element(.meta, [.init("charset", "utf-8")], []),
          .element(.meta, [.init("name", "viewport"), .init("content", "width=device-width, initial-scale=1")], []),
          .element(
            .meta,
            [
              .init("http-equiv", "Content-Security-Policy"),
              .init("content", "default-src 'none'; style-src 'unsafe-inline'"),
            ], []),
          .element(.title, .text(title)),
          .style(StyleSheet(runningTitle: title, pageWord: words.say("page", "Seite")))),
        .element(.body, [], content),
      ])
  }
}
