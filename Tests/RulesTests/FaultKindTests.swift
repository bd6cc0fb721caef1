import Model
import Foundation
import RuleTestSupport
import Testing

/// A message in the sources: its fixed parts in order, without interpolations.
private struct Message: Hashable, CustomStringConvertible {
  let fixed: [String]

  var description: String { fixed.joined(separator: "…") }

  func stands(in line: Substring) -> Bool {
    var rest = line
    return fixed.allSatisfy { part in
      guard let found = rest.range(of: part) else { return false }
      rest = rest[found.upperBound...]
      return true
    }
  }
}

/// The string literals of the first argument of each `call`.
private func messages(behind call: String, in source: String) -> [Message] {
  var messages: [Message] = []
  for start in source.ranges(of: call) {
    var position = start.upperBound
    var depth = 0
    var fixed: [String]?
    // One level for each literal that interpolates another.
    var outer: [(fixed: [String], depth: Int)] = []
    var isEnded = false
    while !isEnded, position < source.endIndex {
      let character = source[position]
      let next = source.index(after: position)
      if var parts = fixed {
        if character == "\"" {
          if outer.isEmpty { messages.append(Message(fixed: parts.filter { !$0.isEmpty })) }
          fixed = nil
        } else if character == "\\", next < source.endIndex, source[next] == "(" {
          outer.append((parts, depth))
          depth = 0
          fixed = nil
          position = next
        } else if character == "\\", next < source.endIndex {
          parts[parts.count - 1].append(source[next])
          fixed = parts
          position = next
        } else {
          parts[parts.count - 1].append(character)
          fixed = parts
        }
      } else {
        switch character {
        case "\"": fixed = [""]
        case "(", "[", "{": depth += 1
        case ")" where depth == 0 && !outer.isEmpty:
          let (parts, outerDepth) = outer.removeLast()
          fixed = parts + [""]
          depth = outerDepth
        case ")", "]", "}":
          depth -= 1
          isEnded = depth < 0
        case "," where depth == 0 && outer.isEmpty: isEnded = true
        default: break
        }
      }
      position = source.index(after: position)
    }
  }
  return messages.filter { !$0.fixed.isEmpty }
}

/// The text of the first argument of each `call`, which holds no literal.
private func firstArguments(behind call: String, in source: String) -> [Substring] {
  source.ranges(of: call).map { start in
    var depth = 0
    let end = source[start.upperBound...].firstIndex { character in
      switch character {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      default: break
      }
      return depth < 0 || depth == 0 && character == ","
    }
    return source[start.upperBound..<(end ?? source.endIndex)]
  }
}

/// The English messages of each text in the catalogues, by `Catalogue.name`.
private func catalogue(_ sources: [String]) -> [String: [Message]] {
  var texts: [String: [Message]] = [:]
  for source in sources {
    var name = ""
    // A catalogue goes on in extensions.
    let declarations = source.replacing("\nextension ", with: "\nenum ")
    for part in declarations.split(separator: "enum ", omittingEmptySubsequences: false) {
      name = String(part.prefix { $0.isLetter })
      for text in part.split(separator: "static ").dropFirst() {
        guard let declared = text.firstMatch(of: /^(?:let|func|var) (\w+)/) else { continue }
        texts["\(name).\(declared.1)", default: []] += messages(
          behind: "en:", in: String(text[..<(text.ranges(of: "\n}").first?.lowerBound ?? text.endIndex)]))
      }
    }
  }
  return texts
}

/// Faults of packing rules and writing keys, which need a failing disk, a file of hundreds of megabytes, or a second
/// writer.
private let notOfLint: Set<[String]> = [
  ["the bundle would have ", " bytes"], ["the key file cannot be written"],
  ["the rules changed while they were packed"], ["the file was changed while it was read"],
  ["the list was changed while it was read"],
  // A fault of an environment variable, which overrides a key of the configuration.
  ["the value is empty"],
  // A fault of a claim in the configuration.
  ["'", "' of ", " has no text"],
]

@Suite("Kinds of faults")
struct FaultKindTests {
  @Test("finds the English of a text in a catalogue, and the texts in an argument")
  func catalogues() {
    let texts = catalogue([
      #"""
      enum RuleTexts {
        static let one = LocalizedText(en: "the first", de: "das erste")
        static func two(_ name: String) -> LocalizedText {
          LocalizedText(
            en: "the \(name) second", de: "das zweite")
        }
      }
      """#
    ])
    #expect(
      texts.mapValues { $0.map(\.fixed) } == [
        "RuleTexts.one": [["the first"]], "RuleTexts.two": [["the ", " second"]],
      ])
    #expect(
      firstArguments(behind: "fault(", in: "x.fault(a ? RuleTexts.one : RuleTexts.two(b, c), expected: d)")
        == ["a ? RuleTexts.one : RuleTexts.two(b, c)"])
  }

  @Test("finds each literal of a message, without its interpolations")
  func scanner() {
    let source = #"""
      x.fault("the \(kind(of: "a", n)) is \"bad\"", expected: "y"); y.fault(
        ok ? "one" : "two \(quoted(z))", next: "w"); z.fault(problem, expected: "v")
      """#
    #expect(
      messages(behind: "fault(", in: source).map(\.fixed) == [["the ", " is \"bad\""], ["one"], ["two "]])
  }

  @Test("every fault that a rule directory can have is word for word in a broken file or a test")
  func everyKind() throws {
    let root = fixtures.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let swiftFiles = { (folder: URL) in
      try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)).compactMap {
        $0 as? URL
      }.filter { $0.pathExtension == "swift" }
    }
    var told: [String] = []
    for folder in ["broken/refused", "broken/linted"] {
      told += try fixtureNames(folder).map { try fixture("\(folder)/\($0)") }
    }
    let tests = root.appending(path: "Tests")
    for file in try swiftFiles(tests.appending(path: "RulesTests"))
      + swiftFiles(tests.appending(path: "ListImportTests"))
    where file.lastPathComponent != "FaultKindTests.swift" {
      told.append(try String(contentsOf: file, encoding: .utf8))
    }
    let lines = told.flatMap { $0.replacing("\\\"", with: "\"").split(separator: "\n") }
    let sources = try ["Documents", "ListImport", "Rules"].flatMap { folder in
      try swiftFiles(root.appending(path: "Sources/\(folder)")).map { try String(contentsOf: $0, encoding: .utf8) }
    }
    let texts = catalogue(sources)
    var kinds: Set<Message> = []
    for source in sources {
      for call in ["fault(", "warning(", "defect("] {
        for argument in firstArguments(behind: call, in: source) {
          for text in argument.matches(of: /\w+Texts\.\w+/) {
            kinds.formUnion(try #require(texts[String(text.0)], "\(text.0) is in no catalogue"))
          }
        }
      }
    }
    #expect(kinds.count > 60)
    for kind in kinds.sorted(by: { $0.description < $1.description }) where !notOfLint.contains(kind.fixed) {
      let isShown = lines.contains(where: kind.stands)
      #expect(isShown, "no broken file has: \(kind)")
    }
  }
}
