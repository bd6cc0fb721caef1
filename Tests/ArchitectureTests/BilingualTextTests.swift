import Foundation
import Testing

/// The sources as text: what the compiler cannot say of them.
private struct SourceText {
  let path: String
  let bytes: [UInt8]

  static func all() throws -> [SourceText] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    return try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }.map { file in
      SourceText(
        path: String(file.path.dropFirst(root.path.count + 1)), bytes: [UInt8](try Data(contentsOf: file)))
    }
  }

  /// Literals behind a label such as `de`, without what is interpolated; and their lines. Comments hold none.
  func literals(_ labels: [String]) -> [(label: String, text: String, line: Int)] {
    var found: [(label: String, text: String, line: Int)] = []
    var (place, line) = (0, 1)
    var label: String?
    var word: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "/") where place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: "/"):
        while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
        continue
      case UInt8(ascii: "\""):
        let start = place
        let text = literal(&place)
        if let label { found.append((label, text, line)) }
        line += bytes[start..<place].count { $0 == UInt8(ascii: "\n") }
        continue
      case UInt8(ascii: ":"):
        let name = String(decoding: word, as: UTF8.self)
        label = labels.contains(name) ? name : nil
      case UInt8(ascii: ","), UInt8(ascii: ")"), UInt8(ascii: "("): label = nil
      case UInt8(ascii: "\n"): line += 1
      default: break
      }
      let isLetter = byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
      if isLetter { word.append(byte) } else { word.removeAll(keepingCapacity: true) }
      place += 1
    }
    return found
  }

  /// From the quotation mark at `place`, which moves behind the last one.
  private func literal(_ place: inout Int) -> String {
    let quote = UInt8(ascii: "\"")
    let isLong = bytes[place...].starts(with: [quote, quote, quote])
    place += isLong ? 3 : 1
    var text: [UInt8] = []
    while place < bytes.count {
      if isLong ? bytes[place...].starts(with: [quote, quote, quote]) : bytes[place] == quote { break }
      guard bytes[place] == UInt8(ascii: "\\") else {
        text.append(bytes[place])
        place += 1
        continue
      }
      place += 2
      guard bytes[place - 1] == UInt8(ascii: "(") else {
        text.append(bytes[place - 1])
        continue
      }
      var depth = 1
      while place < bytes.count, depth > 0 {
        switch bytes[place] {
        case UInt8(ascii: "("): depth += 1
        case UInt8(ascii: ")"): depth -= 1
        case quote:
          _ = literal(&place)
          continue
        default: break
        }
        place += 1
      }
      text.append(UInt8(ascii: "1"))
    }
    place += isLong ? 3 : 1
    return String(decoding: text, as: UTF8.self)
  }
}

/// Words of a text outside of quotation marks, in which commands, keys and names stand.
private func words(_ text: String) -> Set<String> {
  var plain = ""
  var end: Character?
  let marks: [Character: Character] = ["'": "'", "`": "`", "„": "“", "\"": "\""]
  for character in text {
    if let mark = end {
      if character == mark { end = nil }
    } else if let mark = marks[character] {
      end = mark
      plain += " "
    } else {
      plain.append(character)
    }
  }
  return Set(plain.split { !$0.isLetter && $0 != "-" && $0 != "_" }.map(String.init))
}

@Suite("Texts for people are in both languages")
struct BilingualTextTests {
  private static let english: Set<String> = [
    "the", "The", "and", "is", "are", "of", "with", "not", "this", "This", "that", "which", "must", "cannot", "be",
    "has",
    "have", "from", "for", "by", "as", "file", "line", "found", "expected", "or", "to", "one", "key",
  ]
  private static let german: Set<String> = [
    "der", "Der", "die", "Die", "das", "Das", "und", "ist", "nicht", "eine", "einen", "mit", "für", "von", "werden",
    "wird", "kein", "keine", "auf", "oder", "dem", "den",
  ]

  @Test("no German text has words that only English has, and no English text words that only German has")
  func noMixture() throws {
    var count = 0
    for source in try SourceText.all() {
      for (label, text, line) in source.literals(["de", "en"]) {
        count += 1
        let foreign = words(text).intersection(label == "de" ? Self.english : Self.german)
        #expect(foreign.isEmpty, "\(source.path):\(line), \(label): \(foreign.sorted()) in: \(text)")
      }
    }
    // Else the texts are written otherwise than this reader looks for them.
    #expect(count > 3_000)
  }

  @Test("finds a text in the wrong language, behind a label, in one line or several, with interpolations")
  func finds() {
    let source = SourceText(
      path: "x.swift",
      bytes: Array(
        #"LocalizedText(en: "no \(a ? "x" : "der") row", de: "die Datei is missing") // de: "the""#.utf8))
    let found = source.literals(["de", "en"])
    #expect(found.map(\.text) == ["no 1 row", "die Datei is missing"])
    #expect(words(found[1].text).intersection(Self.english) == ["is"])
    #expect(words("'the file' `is` „of“ wird").intersection(Self.english) == [])
  }

  /// Errors that only programs and logs see, which are English.
  private static let internalErrors: Set<String> = ["DiskNearlyFull", "MetricsFileError"]

  @Test("an error that describes itself does so in both languages, unless only logs have it")
  func errors() throws {
    var others: Set<String> = []
    var both = 0
    let heading = /(?:struct|enum|class) (\w+)(?:<[^>]*>)?: ([^{\n]*)\{/
    for source in try SourceText.all() {
      for match in String(decoding: source.bytes, as: UTF8.self).matches(of: heading) {
        let kinds = match.2.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if kinds.contains("BilingualError") { both += 1 }
        if kinds.contains("Error") || kinds.contains("LocalizedError"), kinds.contains("CustomStringConvertible") {
          others.insert(String(match.1))
        }
      }
    }
    #expect(others == Self.internalErrors)
    #expect(both >= 18)
  }
}
