import Model

/// What a column may contain, and what was found instead.
enum DamagedValueTexts {
  static let nothing = LocalizedText(en: "nothing (NULL)", de: "nichts (NULL)")
  static let wholeNumber = LocalizedText(en: "a whole number", de: "eine ganze Zahl")
  static let text = LocalizedText(en: "a text", de: "ein Text")
  static let bytes = LocalizedText(en: "bytes", de: "Bytes")
  static let sixteenBytes = LocalizedText(en: "16 bytes", de: "16 Bytes")
  static let word = LocalizedText(en: "one of its words", de: "eines der vorgesehenen Wörter")
  static let danglingReference = LocalizedText(
    en: "a reference to a row that is not there", de: "ein Verweis auf eine Zeile, die es nicht gibt")
  static let otherRow = LocalizedText(
    en: "a row that differs from its entry in the evidence chain",
    de: "eine Zeile, die von ihrem Eintrag in der Nachweiskette abweicht")
  static let enteredRow = LocalizedText(en: "the row as it was entered", de: "die Zeile, wie sie eingetragen wurde")
  static let otherBytes = LocalizedText(en: "other bytes", de: "andere Bytes")
  static let bytesOfDigest = LocalizedText(
    en: "the bytes of the digest beside them", de: "die Bytes, deren Prüfsumme daneben steht")
  static let otherText = LocalizedText(en: "another text", de: "ein anderer Text")
  static let textOfDigest = LocalizedText(
    en: "the text of the digest beside it", de: "der Text, dessen Prüfsumme daneben steht")
  static let roomForNext = LocalizedText(
    en: "a number with room for the next", de: "eine Zahl, auf die noch eine folgen kann")
  static let auditNumber = LocalizedText(en: "the number of an audit", de: "die Nummer einer Auswertung")
  static let phaseOrder = LocalizedText(
    en: "one start for each name, and after it at most one stop with a later hour",
    de: "je Name ein Beginn und danach höchstens ein Ende mit späterer Stunde")

  static func number(_ number: some CustomStringConvertible) -> LocalizedText {
    LocalizedText(en: "the number \(number)", de: "die Zahl \(number)")
  }

  static func range(from first: some CustomStringConvertible, to last: some CustomStringConvertible) -> LocalizedText {
    LocalizedText(en: "a whole number from \(first) to \(last)", de: "eine ganze Zahl von \(first) bis \(last)")
  }

  static func numbers(_ numbers: [Int64]) -> LocalizedText {
    let list = numbers.map(String.init).joined(separator: ", ")
    return LocalizedText(en: "one of the numbers \(list)", de: "eine der Zahlen \(list)")
  }

  static func words(_ words: [String]) -> LocalizedText {
    let list = words.joined(separator: ", ")
    return LocalizedText(en: "one of the words \(list)", de: "eines der Wörter \(list)")
  }

  static func text(bytes count: Int) -> LocalizedText {
    LocalizedText(en: "a text of \(count) bytes", de: "ein Text von \(count) Bytes")
  }

  static func text(limit: Int) -> LocalizedText {
    LocalizedText(en: "a text of at most \(limit) bytes", de: "ein Text von höchstens \(limit) Bytes")
  }

  static func bytes(_ count: Int) -> LocalizedText { LocalizedText(en: "\(count) bytes", de: "\(count) Bytes") }

  static func bytes(_ counts: [Int]) -> LocalizedText {
    let counts = counts.map(String.init)
    return LocalizedText(
      en: counts.joined(separator: " or ") + " bytes", de: counts.joined(separator: " oder ") + " Bytes")
  }

  static func bytes(limit: Int) -> LocalizedText {
    LocalizedText(en: "at most \(limit) bytes", de: "höchstens \(limit) Bytes")
  }

  static func orNothing(_ text: LocalizedText) -> LocalizedText {
    LocalizedText(en: text.en + ", or nothing", de: text.de + " oder nichts")
  }

  static func row(of table: String) -> LocalizedText {
    LocalizedText(en: "the number of a row of table \(table)", de: "die Nummer einer Zeile der Tabelle \(table)")
  }

  static func entryWithoutRow(_ sequence: Int64) -> LocalizedText {
    LocalizedText(
      en: "no row for entry \(sequence) of the evidence chain",
      de: "keine Zeile zu Eintrag \(sequence) der Nachweiskette")
  }

  static func rowForEach(_ kind: String) -> LocalizedText {
    LocalizedText(en: "a row for each entry of the kind \(kind)", de: "eine Zeile zu jedem Eintrag der Art \(kind)")
  }

  static func outOfOrder(_ event: String) -> LocalizedText {
    LocalizedText(en: "a \(event) out of order", de: "das Ereignis \(event) in falscher Reihenfolge")
  }

  /// `expected`: in English words for programmers, since only they know the members of such a text.
  static func form(_ expected: String) -> LocalizedText {
    LocalizedText(en: expected, de: "ein Text der vorgesehenen Form (technische Angabe: \(expected))")
  }
}
