public import Model

/// One of the tables that leave the program.
public enum ExportTable: String, Sendable, Hashable, CaseIterable {
  case findings
  case transfers
  case flows
  case coverage
  /// Destinations that no rule describes.
  case undescribed
  case claims
  /// What is new, back or gone since a baseline.
  case changes
  /// What contracts and the record of processing name, beside what was observed.
  case register

  /// Those that name no device. `flows` must be requested by name: it shows in which hours devices sent.
  public static let withoutDevices = allCases.filter { $0 != .flows }

  /// People fill in some of its columns.
  package var hasHumanColumns: Bool { self == .findings || self == .transfers || self == .undescribed }

  /// Place of the first of its last columns, which repeat the period and refer to other rows; a workbook folds them.
  var firstTechnicalColumn: Int {
    let id =
      switch self {
      case .findings: FindingColumn.site.rawValue
      case .transfers: TransferColumn.geoDB.rawValue
      case .flows: FlowColumn.sensor.rawValue
      case .coverage: CoverageColumn.captureMode.rawValue
      case .undescribed: UndescribedColumn.site.rawValue
      case .claims: ClaimColumn.site.rawValue
      case .changes: ChangeColumn.site.rawValue
      case .register: RegisterColumn.site.rawValue
      }
    let columns = Texts.columns(of: self)
    return columns.firstIndex { $0.id == id } ?? columns.count
  }

  /// Its rows are compared with a baseline.
  var isCompared: Bool { self == .findings || self == .undescribed || self == .claims || self == .changes }

  /// Its rows are sums of the hourly aggregates.
  var restsOnUsage: Bool {
    self == .findings || self == .transfers || self == .claims || self == .changes || self == .register
  }
}

/// How a table is written; both profiles carry the same rows and columns.
public enum ExportProfile: String, Sendable, Hashable, CaseIterable {
  /// For programs: `,`, UTF-8 without byte order mark, decimal point, ISO 8601 in UTC, column ids as header.
  case rfc4180
  /// For a double click in German Excel: `;`, UTF-8 with byte order mark, decimal comma, local times, German header.
  case officeGerman = "office-de"

  var language: Language { self == .officeGerman ? .german : .english }
}

/// In which kind of file tables are written.
public enum ExportFormat: String, Sendable, Hashable, CaseIterable {
  /// One file for each table, with its description for programs: the reference.
  case csv
  /// One workbook with a sheet for each table, for Excel and LibreOffice.
  case xlsx
  /// The same workbook as an OpenDocument spreadsheet; LibreOffice makes it, and must be installed.
  case ods
}

/// What to export, over which days, and where to.
public struct ExportRequest: Sendable {
  public var tables: [ExportTable]
  public var profile: ExportProfile
  public var format: ExportFormat
  /// First local day; nil begins with the first stored hour.
  public var from: LocalDate?
  /// Last local day, inclusive; nil ends with the last stored hour.
  public var to: LocalDate?
  /// Created if it is missing.
  public var outputDirectory: String
  /// With which baseline the period is compared.
  public var baseline: BaselineChoice
  /// How long decisions are valid.
  public var reviewLimits: ReviewLimits
  /// Which rows are written.
  public var filter: RowFilter

  public init(
    tables: [ExportTable] = ExportTable.withoutDevices, profile: ExportProfile, format: ExportFormat = .csv,
    from: LocalDate? = nil, to: LocalDate? = nil, outputDirectory: String, baseline: BaselineChoice = .newest,
    reviewLimits: ReviewLimits = ReviewLimits(), filter: RowFilter = RowFilter()
  ) {
    self.tables = tables
    self.profile = profile
    self.format = format
    self.from = from
    self.to = to
    self.outputDirectory = outputDirectory
    self.baseline = baseline
    self.reviewLimits = reviewLimits
    self.filter = filter
  }
}

/// A file that an export wrote.
public struct ExportedFile: Sendable, Equatable {
  public enum Content: Sendable, Hashable {
    case table(ExportTable)
    case metadata(ExportTable)
    case legend
    /// All tables in one file.
    case workbook
  }

  public var content: Content
  public var path: String
  /// Rows without the header; nil if the file is not a table.
  public var rows: Int?
  /// Where a file of the same name with other content was moved to; nil if there was none.
  public var keptPath: String?
}

/// How far an export has come.
public struct ExportProgress: Sendable, Equatable {
  public var table: ExportTable
  public var rows: Int
  public var isComplete: Bool
}

/// Why an export could not be made; each message states the next step.
public enum ReportingError: Error, Equatable {
  case emptyStore
  /// So many audits, of which none is finished.
  case onlyUnfinished(Int)
  case daysReversed(from: LocalDate, to: LocalDate)
  case nothingStored(from: LocalDate, to: LocalDate)
  case unknownTimeZone(String)
  /// On none of the days that were asked for were enough devices at the site, or the only one is not over.
  case tooFewDevices(minimum: Int, stored: ClosedRange<LocalDate>, isOneBlock: Bool, unfinished: LocalDate?)
  case deleted(from: LocalDate, firstKept: LocalDate)
  case ruleFactsMissing(ruleID: String, ruleSetHash: String)
  case undatedList
  case baselineUnknown(BaselineName, known: [BaselineName])
  /// The coverage gate does not pass for the days that were to become a baseline; the limits that they miss, in words.
  case baselineNotAssessable([String])
  case notWritable(path: String, reason: String)
  /// There is a file at the path of the folder for the files.
  case fileInPlaceOfFolder(path: String)
  /// More than a sheet of a workbook has.
  case tooManyRows(ExportTable)
  /// Longer than a cell of a workbook may be.
  case cellTooLong(ExportTable, column: String)
  case officeProgramMissing
  /// LibreOffice did not make the file.
  case notConverted(path: String, reason: LocalizedText)

  public var description: String {
    switch self {
    case .emptyStore:
      "The store holds no observed hour, so there is nothing to export. Replay a capture or run the sensor first."
    case .onlyUnfinished(let count):
      "No audit of the store is finished: \(count == 1 ? "the one that was begun" : "the \(count) that were begun") ended early or still \(count == 1 ? "goes" : "go") on. Replay the same captures again."
    case .daysReversed(let from, let to):
      "The first day \(from) lies after the last day \(to). Exchange --from and --to."
    case .nothingStored(let from, let to):
      "No hour of the chosen days is stored; the store covers \(from) to \(to). Choose days within these, or leave out --from and --to."
    case .deleted(let from, let firstKept):
      "What was observed on \(from) was deleted when its retention time had passed. Choose \(firstKept) or a later day for --from; coverage alone goes back further."
    case .tooFewDevices(let minimum, let stored, true, _):
      "On no stored day were \(minimum) devices at the site (group_minimum), so its days are told only all together. Leave out --from and --to, or choose \(stored.lowerBound) to \(stored.upperBound)."
    case .tooFewDevices(let minimum, _, _, let unfinished):
      "On none of the chosen days were \(minimum) devices at the site (group_minimum); such days are told together with the next day that has as many."
        + (unfinished.map {
          " The day \($0) is told once it is over and the service has observed the three hours after it."
        } ?? "")
        + " Choose a later day for --to; coverage alone can be had for any day."
    case .unknownTimeZone(let name):
      "The time zone \"\(name)\" of the stored settings is not known on this machine. Install the package tzdata, or correct `time_zone` to an IANA name such as Europe/Berlin."
    case .ruleFactsMissing(let ruleID, let ruleSetHash):
      "The store names rule \"\(ruleID)\" of rule set \(ruleSetHash) but does not hold what it says. The store is damaged: restore it from a backup, or audit the captures into a new one."
    case .undatedList:
      "No confirmed row says on which day it was confirmed, so the list has no date. Fill the column confirmed_on (bestätigt am), or give --date 2026-05-31."
    case .baselineUnknown(let name, let known):
      "The store has no baseline \(name). "
        + (known.isEmpty
          ? "It has none at all; set one with `egressaudit baseline set`."
          : "Choose one of \(known.map(\.description).joined(separator: ", ")), or set it with `egressaudit baseline set`.")
    case .baselineNotAssessable(let failures):
      "These days cannot be a baseline, because what was not seen in them would look new later. They miss limits of the coverage gate: "
        + failures.joined(separator: ", ")
        + ". Choose days that were observed without gaps, or first do what the summary of these days advises."
    case .tooManyRows(let table):
      "The table \(table.rawValue) has more than \(Workbook.rowLimit - 1) rows, and a sheet of a workbook has no room for them. Choose fewer days with --from and --to, or write it with --format csv."
    case .cellTooLong(let table, let column):
      "A cell of the table \(table.rawValue), column \(column), is longer than \(Workbook.cellLimit) characters, and a workbook cannot hold it. Choose fewer days with --from and --to, or write the table with --format csv."
    case .officeProgramMissing:
      "LibreOffice (soffice) is not on the path, and only it can read and write this kind of file. Install it (apt-get install libreoffice-calc), or use xlsx or csv."
    case .notConverted(let path, let reason):
      "Cannot convert \(path): \(reason.en)"
    case .fileInPlaceOfFolder(let path):
      "\(path) is a file, and a folder is needed there to write several files into. Give another folder, or move the file away."
    case .notWritable(let path, let reason):
      "Cannot write \(path): \(reason) Choose a directory that you may write to and that has room."
    }
  }
}
