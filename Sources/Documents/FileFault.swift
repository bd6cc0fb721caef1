import Model

/// One thing that is wrong in a rule file or a configuration file, told so that its author can mend it.
public struct FileFault: Sendable, Hashable {
  /// Path below the rule directory, or as the user named the file.
  public var file: String
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars.
  public var column: Int
  public var problem: String
  public var expected: String
  public var nextStep: String
}

extension FileFault: CustomStringConvertible {
  /// `file:line:column: what is wrong; expected …; next step`
  public var description: String { "\(file):\(line):\(column): \(problem); expected \(expected); \(nextStep)" }
}

extension FileFault: Comparable {
  /// By place in the directory, then by text.
  public static func < (left: FileFault, right: FileFault) -> Bool {
    (left.file, left.line, left.column, left.description) < (right.file, right.line, right.column, right.description)
  }
}

/// A rule directory or a configuration was refused; every fault of every file is listed.
public struct FileLoadError: Error, Sendable, Hashable, CustomStringConvertible {
  /// At least one, in order of file, line and column.
  public let faults: [FileFault]

  package init(faults: [FileFault]) { self.faults = faults }

  package init(_ fault: FileFault) { self.init(faults: [fault]) }

  public var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// Where in a file a value is written.
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

  package func fault(_ problem: String, expected: String, next nextStep: String) -> FileFault {
    FileFault(file: file, line: line, column: column, problem: problem, expected: expected, nextStep: nextStep)
  }
}

/// A value together with its place.
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
