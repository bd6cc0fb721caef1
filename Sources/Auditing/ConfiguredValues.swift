import Documents
import Foundation
import Model

/// Relative paths begin at the folder of the configuration.
func path(_ text: Placed<String>, namedIn fields: Fields) -> String {
  let folder = URL(fileURLWithPath: fields.place.file).deletingLastPathComponent()
  return URL(fileURLWithPath: text.value, relativeTo: folder).path
}

let weekdays = ["mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7]

func parsed<Value>(
  _ text: Placed<String>, _ expected: LocalizedText, _ faults: FaultCollector, _ convert: (String) -> Value?
) -> Value? {
  if let value = convert(text.value) { return value }
  faults.add(text.place.fault(ConfigurationTexts.unfitting, expected: expected, next: FileTexts.correctTheValue))
  return nil
}

func wholeNumber(_ text: String, _ range: ClosedRange<Int>) -> Int? {
  guard !text.isEmpty, text.utf8.allSatisfy({ $0.isASCIIDigit }), let value = Int(text),
    range.contains(value)
  else { return nil }
  return value
}

func decimal(_ text: String) -> Double? {
  guard text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") }), let value = Double(text),
    (0...1).contains(value)
  else { return nil }
  return value
}
