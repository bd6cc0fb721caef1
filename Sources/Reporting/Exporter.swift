import Foundation
import Model
import Privacy
public import Store

/// Writes the tables of a store as CSV files, each with its description for programs, and one legend for people; or as
/// one workbook.
public enum Exporter {
  /// Writes all files of `request`; a file appears under its name only once it is complete.
  ///
  /// Throws `ReportingError`, or what the database throws.
  ///
  /// - Parameters:
  ///   - reclassification: judgement by another rule set that is written instead of the first one.
  ///   - beforeWriting: is called once the sums are read; if it throws, nothing is written.
  public static func run(
    _ request: ExportRequest, database: AuditDatabase, reclassification: Reclassification? = nil,
    beforeWriting: () throws -> Void = {}, progress: (ExportProgress) -> Void = { _ in }
  ) throws -> [ExportedFile] {
    guard let reclassification else {
      return try run(request, source: database, beforeWriting: beforeWriting, progress: progress)
    }
    return try run(
      request, source: ReclassifiedSource(database, reclassification), judgement: reclassification.id,
      beforeWriting: beforeWriting, progress: progress)
  }

  /// Hands the bytes of one table to `output` piece by piece, without any other file.
  public static func write(
    _ table: ExportTable, profile: ExportProfile, from: LocalDate? = nil, to: LocalDate? = nil,
    baseline: BaselineChoice = .newest, reviewLimits: ReviewLimits = ReviewLimits(),
    filter: RowFilter = RowFilter(), database: AuditDatabase,
    reclassification: Reclassification? = nil,
    to output: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    guard let reclassification else {
      return try write(
        table, profile: profile, from: from, to: to, baseline: baseline, reviewLimits: reviewLimits, filter: filter,
        source: database, to: output)
    }
    try write(
      table, profile: profile, from: from, to: to, baseline: baseline, reviewLimits: reviewLimits, filter: filter,
      source: ReclassifiedSource(database, reclassification), to: output)
  }

  /// The bytes of tables, each in each of the profiles: the store is read and summed only once.
  public static func bytes(
    of tables: [ExportTable], profiles: [ExportProfile], from: LocalDate? = nil, to: LocalDate? = nil,
    baseline: BaselineChoice = .newest, database: AuditDatabase, reclassification: Reclassification? = nil
  ) throws -> [ExportTable: [ExportProfile: [UInt8]]] {
    guard let reclassification else {
      return try bytes(
        of: tables, profiles: profiles, from: from, to: to, baseline: baseline, source: database)
    }
    return try bytes(
      of: tables, profiles: profiles, from: from, to: to, baseline: baseline,
      source: ReclassifiedSource(database, reclassification))
  }

  static func bytes(
    of tables: [ExportTable], profiles: [ExportProfile], from: LocalDate?, to: LocalDate?, baseline: BaselineChoice,
    source: some AuditSource
  ) throws -> [ExportTable: [ExportProfile: [UInt8]]] {
    let period = try AuditPeriod(
      source: source, from: from, to: to, isCoverageOnly: tables == [.coverage],
      sumsUsage: tables.contains(where: \.restsOnUsage),
      baseline: tables.contains(where: \.isCompared) ? baseline : .none)
    var bytes: [ExportTable: [ExportProfile: [UInt8]]] = [:]
    for table in tables {
      let export = Export(period: period, profile: .rfc4180, source: source)
      bytes[table] = try export.bytes(of: table, profiles: profiles)
    }
    return bytes
  }

  static func run(
    _ request: ExportRequest, source: some AuditSource, judgement: Int64? = nil,
    beforeWriting: () throws -> Void = {}, progress: (ExportProgress) -> Void
  ) throws -> [ExportedFile] {
    let period = try AuditPeriod(
      source: source, from: request.from, to: request.to,
      isCoverageOnly: request.tables == [.coverage],
      sumsUsage: request.tables.contains(where: \.restsOnUsage) || !request.filter.isEmpty,
      baseline: request.tables.contains(where: \.isCompared) ? request.baseline : .none)
    try request.filter.check(request.tables, of: period)
    // All flows are read for it, which may as well be done while others still work.
    let evidence = try request.tables.contains(.findings) ? EvidenceOfFindings(source, period) : nil
    let export = Export(
      period: period, profile: request.profile, source: source, judgement: judgement, limits: request.reviewLimits,
      filter: request.filter, evidence: evidence)
    try beforeWriting()
    let directory = URL(fileURLWithPath: try OutputFile.folder(request.outputDirectory), isDirectory: true)
    return request.format == .csv
      ? try export.tables(request.tables, in: directory, progress: progress)
      : [try export.workbook(request, in: directory, progress: progress)]
  }

  static func write(
    _ table: ExportTable, profile: ExportProfile, from: LocalDate?, to: LocalDate?,
    baseline: BaselineChoice = .newest, reviewLimits: ReviewLimits = ReviewLimits(),
    filter: RowFilter = RowFilter(), source: some AuditSource,
    to output: (ArraySlice<UInt8>) throws -> Void
  ) throws {
    let period = try AuditPeriod(
      source: source, from: from, to: to, isCoverageOnly: table == .coverage,
      sumsUsage: table.restsOnUsage || !filter.isEmpty, baseline: table.isCompared ? baseline : .none)
    try filter.check([table], of: period)
    let export = Export(period: period, profile: profile, source: source, limits: reviewLimits, filter: filter)
    try export.write(table) { bytes, _ in
      try output(bytes[...])
    }
  }
}

/// One export: a period of a source in one profile.
struct Export<Source: AuditSource> {
  let period: AuditPeriod
  let profile: ExportProfile
  let source: Source
  /// Number of the stored judgement if it is not the first one; files of both may be in one folder.
  var judgement: Int64?
  var limits = ReviewLimits()
  var filter = RowFilter()
  /// Nil as long as nobody has read it.
  var evidence: EvidenceOfFindings?

  /// Content, site, days, filter and profile.
  func fileName(_ content: String, _ suffix: String, of tables: [ExportTable]) -> String {
    let what = judgement.map { "\(content)-reclassified-\($0)" } ?? content
    return period.fileName(what, chosen: filter.fileNamePart(for: tables), profile, suffix)
  }

  /// Rows between two reports of progress.
  private static var progressInterval: Int { 10_000 }

  private var format: CSVFormat { CSVFormat(profile: profile, clock: period.clock) }

  /// Writes a CSV file for each table with its description, and the legend.
  func tables(
    _ tables: [ExportTable], in directory: URL, progress: (ExportProgress) -> Void
  ) throws -> [ExportedFile] {
    let path = { (name: String) in directory.appendingPathComponent(name).path }
    let write = { (bytes: [UInt8], path: String) in
      var file = try OutputFile(path: path)
      try file.write(bytes)
      try file.finish()
    }
    var files: [ExportedFile] = []
    for table in ExportTable.allCases where tables.contains(table) {
      let name = fileName(table.rawValue, "csv", of: [table])
      var file = try OutputFile(path: path(name))
      var rows = 0
      try self.write(table) { bytes, isRow in
        try file.write(bytes)
        guard isRow else { return }
        rows += 1
        if rows % Self.progressInterval == 0 {
          progress(ExportProgress(table: table, rows: rows, isComplete: false))
        }
      }
      let kept = try file.finish(keepsOther: table.hasHumanColumns)
      progress(ExportProgress(table: table, rows: rows, isComplete: true))
      files.append(ExportedFile(content: .table(table), path: path(name), rows: rows, keptPath: kept))

      let metadata = CSVMetadata(table: table, profile: profile, fileName: name, isTrial: period.isTrial)
      let metadataPath = path(name + "-metadata.json")
      try write(metadata.json(), metadataPath)
      files.append(ExportedFile(content: .metadata(table), path: metadataPath, rows: nil))
    }
    let legendPath = path(fileName("legend", "html", of: tables))
    try write(legend(tables).html(), legendPath)
    files.append(ExportedFile(content: .legend, path: legendPath, rows: nil))
    return files
  }

  /// Writes one workbook with all tables and the sheet that explains them.
  func workbook(
    _ request: ExportRequest, in directory: URL, progress: (ExportProgress) -> Void
  ) throws -> ExportedFile {
    let name = fileName(
      request.tables.count == 1 ? request.tables[0].rawValue : "tables", request.format.rawValue, of: request.tables)
    let path = directory.appendingPathComponent(name).path
    // Before the tables are written, which may take long.
    if request.format == .ods { _ = try OfficeProgram.path }
    var file = try OutputFile(path: path)
    if request.format == .xlsx {
      try file.write { try workbook(request.tables, at: $0, progress: progress) }
    } else {
      let folder = try TemporaryFolder(in: directory.path)
      try workbook(request.tables, at: folder.path + "/tables.xlsx", progress: progress)
      try OfficeProgram.saveAsOpenDocument(
        folder.path + "/tables.xlsx", as: folder.path + "/tables.ods", in: folder.path)
      guard let bytes = FileManager.default.contents(atPath: folder.path + "/tables.ods") else {
        throw ReportingError.notWritable(path: path, reason: String(cString: strerror(errno)))
      }
      try file.write(Array(bytes))
    }
    let kept = try file.finish(keepsOther: request.tables.contains(where: \.hasHumanColumns))
    return ExportedFile(content: .workbook, path: path, rows: nil, keptPath: kept)
  }

  private func workbook(
    _ tables: [ExportTable], at path: String, progress: (ExportProgress) -> Void
  ) throws {
    let legend = legend(tables)
    let workbook = try Workbook(path: path, format: format, title: legend.title(profile.language))
    for table in legend.tables {
      var rows = 0
      rows = try workbook.add(table) { add in
        try forEachRow(of: table) { cells in
          try add(cells)
          rows += 1
          if rows % Self.progressInterval == 0 {
            progress(ExportProgress(table: table, rows: rows, isComplete: false))
          }
        }
      }
      progress(ExportProgress(table: table, rows: rows, isComplete: true))
    }
    try workbook.add(
      explanations: [.list(Texts.workbookRules.map { $0[profile.language] })] + legend.parts(profile.language),
      title: legend.title(profile.language))
    try workbook.close()
  }

  private func legend(_ tables: [ExportTable]) -> Legend {
    Legend(period: period, profile: profile, tables: ExportTable.allCases.filter(tables.contains), filter: filter)
  }

  /// Calls `output` with the header line, then with each row; the flag is true for rows.
  func write(_ table: ExportTable, to output: ([UInt8], Bool) throws -> Void) throws {
    let format = format
    try output(format.preamble + format.header(Texts.columns(of: table)), false)
    var previous = CSVFormat.PreviousRow()
    try forEachRow(of: table) { cells in try output(format.row(cells, after: &previous), true) }
  }

  /// As `write`, in each of the profiles.
  func bytes(of table: ExportTable, profiles: [ExportProfile]) throws -> [ExportProfile: [UInt8]] {
    let formats = profiles.map { CSVFormat(profile: $0, clock: period.clock) }
    var bytes = formats.map { $0.preamble + $0.header(Texts.columns(of: table)) }
    var previous = formats.map { _ in CSVFormat.PreviousRow() }
    try forEachRow(of: table) { cells in
      for (index, format) in formats.enumerated() { bytes[index] += format.row(cells, after: &previous[index]) }
    }
    return Dictionary(uniqueKeysWithValues: zip(profiles, bytes))
  }

  /// Calls `body` with the cells of each row of a table that is to be written.
  private func forEachRow(of table: ExportTable, _ body: ([Cell]) throws -> Void) throws {
    guard let selection = filter.selection(of: table) else { return try forEachRowOfAll(of: table, body) }
    try forEachRowOfAll(of: table) { cells in
      if selection.keeps(cells) { try body(cells) }
    }
  }

  private func forEachRowOfAll(of table: ExportTable, _ body: ([Cell]) throws -> Void) throws {
    guard table.hasHumanColumns else { return try forEachMeasuredRow(of: table, body) }
    let decisions = LatestDecisions(try source.reviewDecisions(), about: table, in: period, limits: limits)
    try forEachMeasuredRow(of: table) { try body(decisions.completed($0)) }
  }

  /// As `forEachRowOfAll`, but without what people decided.
  private func forEachMeasuredRow(of table: ExportTable, _ body: ([Cell]) throws -> Void) throws {
    switch table {
    case .findings:
      let tokens = try tokens()
      let evidence = try evidence ?? EvidenceOfFindings(source, period)
      let rows = FindingsTable(
        period: period,
        evidence: evidence.ranges.reduce(into: [:]) { names, entry in
          names[entry.key] = tokens.evidence(
            entry.value.digest, finding: period.identifier(of: entry.key))
        })
      let flows = evidence.flows
      for var finding in try period.findings() {
        finding.flows = flows[finding.key]
        try body(rows.cells(finding))
      }
    case .transfers:
      let rows = TransfersTable(period: period)
      for transfer in try period.transfers() { try body(rows.cells(transfer)) }
    case .flows:
      var rows = FlowsTable(period: period, tokens: try tokens())
      // Day by day, since a day's rows must be in memory to be put in another order than the chain's.
      for hours in try daysWithFlows() {
        var flows: [FlowEvidence] = []
        for hour in hours { try source.forEachEvidence(in: hour..<hour.next) { flows.append($0) } }
        for flow in rows.sorted(flows) { try body(rows.cells(flow)) }
      }
    case .coverage:
      let rows = CoverageTable(period: period)
      for row in period.coverage { try body(rows.cells(row)) }
    case .undescribed:
      let rows = UndescribedTable(period: period)
      for (index, summary) in try period.undescribed(source).enumerated() {
        try body(rows.cells(summary, rank: index + 1))
      }
    case .changes:
      let rows = ChangesTable(period: period)
      for change in rows.changes { try body(rows.cells(change)) }
    case .register:
      let rows = RegisterTable(period: period)
      for line in try period.registerLines() { try body(rows.cells(line)) }
    case .claims:
      for claim in try ClaimAssessment.all(source, period) { try body(ClaimsTable.cells(claim)) }
    }
  }

  private func tokens() throws -> ExportTokens { try ExportTokens(source, period) }

  /// The hours with flows of each reported day that has some, ascending.
  private func daysWithFlows() throws -> [[Hour]] {
    var days: [(date: LocalDate, hours: [Hour])] = []
    for hour in try source.evidenceHours(in: period.hours) {
      let date = period.clock.date(of: period.reporting.toldHour(hour))
      if days.last?.date == date {
        days[days.count - 1].hours.append(hour)
      } else {
        days.append((date, [hour]))
      }
    }
    return days.map(\.hours)
  }
}
