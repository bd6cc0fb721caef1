public import Model
public import Reporting
public import Store

/// The report of a period for people: one self-contained HTML page with pictures and tables, which loads nothing.
///
/// The first page answers what is asked first. The chapters after it follow the order of an impact assessment (Art.
/// 35(7) GDPR), and the evidence comes last.
public struct ReportDocument: Sendable {
  /// `report_SITE_FROM_TO_LANGUAGE.html`; characters of the site other than letters and digits become `-`.
  public let fileName: String
  /// UTF-8. The same store, days and language give the same bytes.
  public var html: [UInt8] { markup.page }
  /// The same as Markdown, without pictures: for texts and wikis into which the page is to be pasted.
  public var markdown: [UInt8] { markup.markdown }
  private let markdownName: String
  private let markup: Markup

  /// Reads the local days `from` to `to`, inclusive; nil means the first or the last stored day. O(rows of the store).
  ///
  /// Throws `ReportingError`, `ComparisonError`, `PhaseError`, or what the database throws.
  ///
  /// - Parameters:
  ///   - compared: two phases or ranges of days, of which chapter 5 shows the comparison; nil for none.
  ///   - sample: sentences about a judged sample of flows, for chapter 6.
  public init(
    database: AuditDatabase, language: Language, from: LocalDate? = nil, to: LocalDate? = nil,
    baseline: BaselineChoice = .newest, filter: RowFilter = RowFilter(),
    compared: (before: String, after: String)? = nil, sample: [String] = []
  ) throws {
    var supplements = ReportSupplements()
    supplements.sample = sample
    if let compared {
      let report = try ComparisonReport(
        before: compared.before, after: compared.after, database: database, language: language)
      supplements.phases = ReportSupplements.Result(report, language)
    }
    self.init(
      try ReportedPeriod(database: database, from: from, to: to, baseline: baseline, filter: filter), language,
      supplements: supplements)
  }

  /// Writes the page into a folder, which is created if it does not exist, and returns its path. A page of the same
  /// name is replaced.
  ///
  /// Throws `ReportingError.notWritable`.
  public func write(to folder: String) throws -> String { try Self.write(html, to: folder, as: fileName) }

  /// The same for Markdown.
  public func writeMarkdown(to folder: String) throws -> String {
    try Self.write(markdown, to: folder, as: markdownName)
  }

  private static func write(_ bytes: [UInt8], to folder: String, as name: String) throws -> String {
    let path = try OutputFile.folder(folder) + "/" + name
    var file = try OutputFile(path: path)
    try file.write(bytes)
    try file.finish()
    return path
  }

  package init(_ period: ReportedPeriod, _ language: Language, supplements: ReportSupplements = ReportSupplements()) {
    let words = DocumentWords(language)
    let figures = Figures(period)
    let title = words.title(period.site, period.days)
    let summary = Summary(period: period, figures: figures, words: words)
    let chapters = Chapters(period: period, figures: figures, words: words, supplements: supplements)
    let evidence = Evidence(period: period, figures: figures, words: words)
    let parts = chapters.all + [evidence.section]
    let content: [Markup] = [
      .element(
        .nav, [.init("aria-label", words.say("Skip links", "Sprungmarken"))],
        [.element(.a, [.place("content"), .kind("skip")], [.text(words.say("To the content", "Zum Inhalt"))])]),
      .element(.header, .element(.h1, .text(title))),
      .element(
        .main, [.id("content")],
        [summary.section]
          + [
            .element(
              .nav, [.init("aria-label", words.say("Chapters", "Kapitel"))],
              [.list(parts.map { .element(.a, [.place($0.id)], [.text($0.heading)]) })])
          ] + parts.map(\.markup)),
    ]
    markup = .document(title: title, content, words)
    fileName = Self.fileName("report", period, language, "html")
    markdownName = Self.fileName("report", period, language, "md")
  }

  /// Makes another form of the report beside the file that `write(to:)` wrote, and returns its path.
  ///
  /// Throws `DocumentFormError`.
  public func write(_ form: DocumentForm, besides path: String) throws -> String {
    switch form {
    case .pdf: try form.convert(html, besides: path)
    case .odt, .docx: try form.convert(markup.forOfficePrograms.page, besides: path)
    }
  }

  /// `KIND_SITE_FROM_TO_LANGUAGE.SUFFIX`; characters of the site other than letters and digits become `-`.
  static func fileName(_ kind: String, _ period: ReportedPeriod, _ language: Language, _ suffix: String) -> String {
    let chosen =
      (period.filter.fileNamePart(for: ExportTable.withoutDevices).map { "_" + $0 } ?? "")
      + (period.isUnverified ? "_unverified" : "")
    let days = "\(period.days.lowerBound)_\(period.days.upperBound)"
    return "\(kind)_\(period.site.fileNamePart)_\(days)\(chosen)_\(language.rawValue).\(suffix)"
  }
}

/// Results of other parts of the program about the period. A chapter prints a result, or states that it is missing.
package struct ReportSupplements: Sendable {
  /// A table that another part computed, with its own sentences.
  package struct Result: Sendable {
    package let sentences: [String]
    package let caption: String
    package let headings: [String]
    /// The first value of each row is its heading.
    package let rows: [[String]]

    package init(sentences: [String], caption: String, headings: [String], rows: [[String]]) {
      self.sentences = sentences
      self.caption = caption
      self.headings = headings
      self.rows = rows
    }

    init(_ report: ComparisonReport, _ language: Language) {
      let words = DocumentWords(language)
      let excerpt = report.excerpt(language)
      self.init(
        sentences: report.text.split(separator: "\n").map(String.init), caption: words.comparison,
        headings: excerpt.headings, rows: excerpt.rows)
    }
  }

  /// Two phases of an experiment, or two periods, compared with each other: chapter 5.
  package var phases: Result?
  /// What people found when they judged a random sample of flows: chapter 6. Empty without a sample.
  package var sample: [String] = []

  package init(phases: Result? = nil) {
    self.phases = phases
  }
}

/// A chapter of the document.
struct Chapter {
  let id: String
  let heading: String
  let content: [Markup]

  var markup: Markup {
    .element(
      .section, [.id(id), .init("aria-labelledby", "\(id)-heading")],
      [.element(.h2, [.id("\(id)-heading")], [.text(heading)])] + content)
  }
}
