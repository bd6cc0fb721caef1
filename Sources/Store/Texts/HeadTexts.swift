import Model

/// What a record of a head of the evidence chain consists of.
enum HeadTexts {
  static let firstLine = LocalizedText(
    en: "the line 'egressaudit evidence head v1'", de: "die Zeile 'egressaudit evidence head v1'")
  static let seal = LocalizedText(en: "seal and a number from 1", de: "seal und eine Zahl ab 1")
  static let time = LocalizedText(
    en: "time and a time such as 2026-11-30T14:00:00Z", de: "time und ein Zeitpunkt wie 2026-11-30T14:00:00Z")
  static let signature = LocalizedText(
    en: "signature and 88 characters of Base64", de: "signature und 88 Zeichen Base64")
  static func line(_ name: String) -> LocalizedText {
    LocalizedText(en: "a line with '\(name)' and its value", de: "eine Zeile mit '\(name)' und dem Wert dazu")
  }
  static func digits(_ name: String, _ count: Int) -> LocalizedText {
    LocalizedText(en: "\(name) and \(count) hexadecimal digits", de: "\(name) und \(count) hexadezimale Ziffern")
  }
}
