import Model

/// Reads a list line by line.
protocol ListReader {
  /// `line` is without its line feed.
  mutating func read(_ line: ArraySlice<UInt8>, into collector: inout ListCollector)
  /// Called after the last line.
  mutating func end(into collector: inout ListCollector)
}

extension ListReader {
  mutating func end(into collector: inout ListCollector) {}

  /// Complexity: O(n).
  mutating func readAll(_ bytes: [UInt8], into collector: inout ListCollector) {
    var start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      collector.position += 1
      read(bytes[start..<end], into: &collector)
      start = end + 1
    }
    end(into: &collector)
  }
}

extension ArraySlice<UInt8> {
  /// Without blanks, tabs and carriage returns at both ends.
  var trimmed: ArraySlice<UInt8> {
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return self[startIndex..<startIndex]
    }
    return self[first...last]
  }

  /// Parts between blanks and tabs.
  var words: [ArraySlice<UInt8>] { split(whereSeparator: isBlank) }

  var text: String { String(decoding: self, as: UTF8.self) }

  /// The line up to the first `mark` at its beginning or after a blank.
  func beforeComment(_ mark: UInt8) -> ArraySlice<UInt8> {
    let comment = indices.first { self[$0] == mark && ($0 == startIndex || isBlank(self[$0 - 1])) }
    return self[..<(comment ?? endIndex)].trimmed
  }

  func begins(with text: String) -> Bool { starts(with: text.utf8) }

  func isText(_ text: String) -> Bool { elementsEqual(text.utf8) }

  /// Whether it equals `text`, which is in lower case, without regard to ASCII case.
  func isWord(_ text: String) -> Bool { lazy.map(\.asciiLowercased).elementsEqual(text.utf8) }
}

func isBlank(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
}
