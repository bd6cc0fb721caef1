import Cryptography
import Model

/// The text of a file of pseudonym keys.
enum PseudonymKeyFile {
  private static let header = "# egressaudit pseudonym key: keep it secret and apart from the store\n"

  static func text(of key: PseudonymKey) -> String {
    if key.epochs.count == 1, key.epochs[0].firstDay == nil, key.epochs[0].credential == nil {
      return header + hexadecimal(key.epochs[0].stored) + "\n"
    }
    let lasting = key.lasting
    var text = header + "lasting " + hexadecimal(lasting.exportSalt + lasting.captures + lasting.connections) + "\n"
    for epoch in key.epochs {
      text += "key " + hexadecimal(epoch.stored)
      text += epoch.firstDay.map { " from \(LocalDate(day: $0))" } ?? ""
      text += (epoch.credential.map { " with " + hexadecimal($0) } ?? "") + "\n"
    }
    return text
  }

  static func parse(
    _ content: [UInt8], path: String, credential: KeyCredential?
  ) throws(KeyFileError) -> PseudonymKey {
    let lines = lines(of: content)
    guard lines.first?.bytes.starts(with: Array("lasting ".utf8)) == true else {
      return .fixed(bytes: try digits(in: content, of: .pseudonyms, path: path))
    }
    var lasting: PseudonymKey.Lasting?
    var epochs: [PseudonymKey.Epoch] = []
    for line in lines {
      let words = line.bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map(Array.init)
      if lasting == nil {
        lasting = PseudonymKey.Lasting(words)
        guard lasting != nil else { throw malformed(line, path) }
      } else {
        // Days ascend, and only the first may have none.
        guard let read = Line(words), epochs.last.map({ $0.firstDay ?? .min < read.firstDay ?? .min }) ?? true
        else { throw malformed(line, path) }
        epochs.append(try epoch(read, path: path, credential: credential))
      }
    }
    guard let lasting, !epochs.isEmpty else {
      throw KeyFileError(.pseudonyms, .malformed(line: (lines.last?.number ?? 0) + 1, length: 0), path: path)
    }
    return PseudonymKey(epochs: epochs, lasting: lasting)
  }

  /// The bytes of the one line that is no comment: 64 hexadecimal digits.
  static func digits(in content: [UInt8], of key: KeyFileError.Key, path: String) throws(KeyFileError) -> [UInt8] {
    let lines = lines(of: content)
    guard let line = lines.first else {
      let end = content.count { $0 == UInt8(ascii: "\n") } + 1
      throw KeyFileError(key, .malformed(line: end, length: 0), path: path)
    }
    guard let bytes = decodeHexadecimal(line.bytes), bytes.count == PseudonymKey.length else {
      throw KeyFileError(key, .malformed(line: line.number, length: line.bytes.count), path: path)
    }
    guard lines.count == 1 else {
      throw KeyFileError(key, .malformed(line: lines[1].number, length: lines[1].bytes.count), path: path)
    }
    return bytes
  }

  private static func lines(of content: [UInt8]) -> [(number: Int, bytes: [UInt8])] {
    content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
      .filter { !$0.element.isEmpty && $0.element.first != UInt8(ascii: "#") }
      .map { ($0.offset + 1, Array($0.element)) }
  }

  private static func malformed(_ line: (number: Int, bytes: [UInt8]), _ path: String) -> KeyFileError {
    KeyFileError(.pseudonyms, .malformed(line: line.number, length: line.bytes.count), path: path)
  }

  /// A line `key DIGITS [from DAY] [with DIGITS]`.
  private struct Line {
    var stored: [UInt8]
    var firstDay: Int64?
    var credential: [UInt8]?

    init?(_ words: [[UInt8]]) {
      guard words.count % 2 == 0, words.count >= 2, words[0].elementsEqual("key".utf8),
        let stored = decodeHexadecimal(words[1]), stored.count == PseudonymKey.length
      else { return nil }
      self.stored = stored
      for place in stride(from: 2, to: words.count, by: 2) {
        if words[place].elementsEqual("from".utf8), place == 2 {
          guard let day = LocalDate(String(decoding: words[place + 1], as: UTF8.self)) else { return nil }
          firstDay = day.day
        } else if words[place].elementsEqual("with".utf8), place == words.count - 2 {
          guard let identity = decodeHexadecimal(words[place + 1]), identity.count == 16 else { return nil }
          credential = identity
        } else {
          return nil
        }
      }
    }
  }

  private static func epoch(
    _ line: Line, path: String, credential: KeyCredential?
  ) throws(KeyFileError) -> PseudonymKey.Epoch {
    guard let identity = line.credential else {
      return PseudonymKey.Epoch(
        stored: line.stored, firstDay: line.firstDay, credential: nil, secret: line.stored)
    }
    guard let credential else { throw KeyFileError(.pseudonyms, .credentialMissing, path: path) }
    guard credential.identity == identity else { throw KeyFileError(.pseudonyms, .credentialDiffers, path: path) }
    return PseudonymKey.Epoch(
      stored: line.stored, firstDay: line.firstDay, credential: identity, secret: credential.secret(with: line.stored))
  }
}

extension PseudonymKey.Lasting {
  /// The words of a line `lasting DIGITS`.
  fileprivate init?(_ words: [[UInt8]]) {
    guard words.count == 2, words[0].elementsEqual("lasting".utf8), let bytes = decodeHexadecimal(words[1]),
      bytes.count == 96
    else { return nil }
    self.init(
      exportSalt: Array(bytes[..<32]), captures: Array(bytes[32..<64]), connections: Array(bytes[64...]))
  }
}
