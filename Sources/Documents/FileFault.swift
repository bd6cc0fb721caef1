public import Model

/// One thing that is wrong or doubtful in a file that people write, described so that its author can correct it.
public struct FileFault: Sendable, Hashable {
  public enum Severity: Sendable, Hashable {
    case fault
    /// It may be right; a person has to look.
    case warning
  }

  public enum Position: Sendable, Hashable {
    /// Line and column from 1; the column in Unicode scalars.
    case text(line: Int, column: Int)
    /// The row as a spreadsheet numbers it, with the headings as row 1, and the heading of the column; nil for the
    /// whole file or the whole row.
    case table(row: Int?, column: String?)
  }

  /// Path below the rule directory, or as the user named the file.
  public var file: String
  public var position: Position
  public var problem: LocalizedText
  public var expected: LocalizedText
  public var nextStep: LocalizedText
  public var severity = Severity.fault

  package init(
    file: String, position: Position, problem: LocalizedText, expected: LocalizedText, nextStep: LocalizedText
  ) {
    self.file = file
    self.position = position
    self.problem = problem
    self.expected = expected
    self.nextStep = nextStep
  }
}

extension FileFault: CustomStringConvertible {
  /// `file:line:column`, or `file, row 12, column "Status"`.
  public var place: LocalizedText {
    switch position {
    case .text(let line, let column): FileTexts.place(file, line: line, column: column)
    case .table(let row, let column): FileTexts.place(file, row: row, column: column)
    }
  }

  /// `place: problem; expected …; next step`; a warning has `warning:` after the place.
  public var text: LocalizedText { FileTexts.fault(self) }

  /// The same in English, for logs.
  public var description: String { text.en }
}

extension FileFault: Comparable {
  /// By place in the directory, then by text.
  public static func < (left: FileFault, right: FileFault) -> Bool {
    let (first, second) = (left.order, right.order)
    return (left.file, first.0, first.1, left.description) < (right.file, second.0, second.1, right.description)
  }

  private var order: (Int, Int) {
    switch position {
    case .text(let line, let column): (line, column)
    case .table(let row, _): (row ?? 0, 0)
    }
  }
}

/// A rule directory, a configuration or a saved table was refused; every fault of every file is listed.
public struct FileLoadError: BilingualError, Sendable, Hashable {
  /// At least one, in order of file, line and column.
  public let faults: [FileFault]

  package init(faults: [FileFault]) { self.faults = faults }

  package init(_ fault: FileFault) { self.init(faults: [fault]) }

  public var text: LocalizedText { faults.map(\.text).joined(separator: "\n") }
}

/// Position of a value in a file.
package struct Place: Sendable, Hashable, Comparable {
  package var file: String
  package var line: Int
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  package static func start(of file: String) -> Place { Place(file: file, line: 1, column: 1) }

  package static func < (left: Place, right: Place) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }

  package func fault(_ problem: LocalizedText, expected: LocalizedText, next nextStep: LocalizedText) -> FileFault {
    FileFault(
      file: file, position: .text(line: line, column: column), problem: problem, expected: expected, nextStep: nextStep)
  }
}

extension Place {
  package func warning(_ problem: LocalizedText, expected: LocalizedText, next nextStep: LocalizedText) -> FileFault {
    var fault = fault(problem, expected: expected, next: nextStep)
    fault.severity = .warning
    return fault
  }
}

/// A value with its place.
package struct Placed<Value> {
  package var value: Value
  package var place: Place

  package init(value: Value, place: Place) {
    self.value = value
    self.place = place
  }

  package func map<Other>(_ transform: (Value) -> Other) -> Placed<Other> {
    Placed<Other>(value: transform(value), place: place)
  }
}

extension Placed: Sendable where Value: Sendable {}

/// `text` between quotes for a message: control characters as `\xNN`, at most 60 characters.
package func quoted(_ text: String) -> String {
  let shown = printable(String(text.prefix(60)))
  return "'\(shown)\(text.count > 60 ? "…" : "")'"
}
