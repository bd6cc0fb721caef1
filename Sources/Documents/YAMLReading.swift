import Foundation
package import Model
import Yams

/// A node of a YAML file, which `Fields` reads.
package typealias YAMLNode = Node

/// Collects faults while files are read.
package final class FaultCollector {
  package private(set) var faults: [FileFault] = []

  package init() {}

  package func add(_ fault: FileFault) { faults.append(fault) }
}

/// The root of a YAML file, or nil with a fault.
package func composeYAML(_ bytes: [UInt8], file: String, faults: FaultCollector) -> Node? {
  func place(_ mark: Mark) -> Place { Place(file: file, line: mark.line, column: mark.column) }
  let start = Place.start(of: file)
  guard let text = String(validating: bytes, as: UTF8.self) else {
    faults.add(
      start.fault(FileTexts.notUTF8, expected: FileTexts.utf8, next: FileTexts.saveInUTF8))
    return nil
  }
  do {
    // `.basic` does not resolve types, which would try seven regular expressions on each key: the reader of a value
    // decides its type. Without an explicit encoding, Yams reads the environment for each file.
    guard let root = try compose(yaml: text, .basic, .default, .utf8) else {
      faults.add(
        start.fault(
          FileTexts.emptyFile, expected: FileTexts.keysAndValues,
          next: FileTexts.writeOrDeleteIt))
      return nil
    }
    return root
  } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
    for key in keys {
      faults.add(
        place(context.mark).fault(
          FileTexts.keyTwice(quoted(key)), expected: FileTexts.eachKeyOnce,
          next: FileTexts.removeOneOfTwo))
    }
  } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
    YamlError.composer(_, let problem, let mark, _)
  {
    faults.add(
      place(mark).fault(
        FileTexts.yamlUnreadable(problem), expected: FileTexts.yaml,
        next: FileTexts.correctOrQuote))
  } catch {
    faults.add(
      start.fault(
        FileTexts.notYAML, expected: FileTexts.yamlWithoutControls,
        next: FileTexts.lookForHiddenCharacters))
  }
  return nil
}

/// The keys and values of one YAML mapping, read one by one; each fault goes to the collector.
///
/// Each reader returns nil if the value is missing or faulty; the fault has then been reported. Texts of expectations
/// are autoclosures, made only for a fault, since the built-in rules have 50,000 values.
package struct Fields {
  let what: LocalizedText
  let file: String
  package let place: Place
  package let faults: FaultCollector
  /// By key; few enough that comparing finds one sooner than hashing.
  private let values: [(key: String, node: Node)]

  /// Nil if `node` is no mapping. Unknown keys are faults. `what` names the mapping in messages.
  ///
  /// `formerKeys`: keys of earlier versions, with what to write instead.
  package init?(
    _ node: Node, what: LocalizedText, keys: [String], formerKeys: [String: String] = [:], file: String,
    faults: FaultCollector
  ) {
    self.what = what
    self.file = file
    self.faults = faults
    place = Place(node, in: file)
    guard case .mapping(let mapping) = node else {
      faults.add(
        place.fault(
          FileTexts.isOfKind(what, kind(of: node)), expected: FileTexts.mapping(keys.joined(separator: ", ")),
          next: FileTexts.writeKeysAndValues))
      return nil
    }
    var values: [(key: String, node: Node)] = []
    values.reserveCapacity(mapping.count)
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key, keys.contains(scalar.string) else {
        let name = key.scalar?.string ?? ""
        faults.add(
          Place(key, in: file).fault(
            FileTexts.unknownKey(quoted(name), what), expected: FileTexts.oneOf(keys.joined(separator: ", ")),
            next: formerKeys[name].map { FileTexts.writeInstead($0) }
              ?? suggestion(for: name, in: keys, otherwise: FileTexts.removeOrRenameKey)))
        continue
      }
      values.append((scalar.string, value))
    }
    self.values = values
  }

  /// The mapping in a file of its own; nil with a fault if the file cannot be read as one.
  package init?(path: String, what: LocalizedText, keys: [String], faults: FaultCollector) {
    let start = Place.start(of: path)
    guard let bytes = FileManager.default.contents(atPath: path) else {
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      let (problem, next) =
        !exists
        ? (FileTexts.fileMissing, FileTexts.writeOrNameAnother)
        : isFolder.boolValue
          ? (FileTexts.isFolder, FileTexts.nameTheFileInIt) : (FileTexts.fileUnreadable, FileTexts.checkItsPermissions)
      faults.add(start.fault(problem, expected: FileTexts.yamlFile, next: next))
      return nil
    }
    guard let root = composeYAML([UInt8](bytes), file: path, faults: faults) else { return nil }
    self.init(root, what: what, keys: keys, file: path, faults: faults)
  }

  /// A mapping with one value from outside the file, at the end of a path of keys.
  ///
  /// - Parameters:
  ///   - value: the value in YAML, as it would be written in the file.
  ///   - source: its origin, for messages.
  package init?(
    value: String, at path: [String], of source: String, what: LocalizedText, keys: [String], faults: FaultCollector
  ) {
    guard !value.isEmpty else {
      faults.add(
        Place.start(of: source).fault(
          FileTexts.emptyValue, expected: FileTexts.valueAsInFile,
          next: FileTexts.giveOrUnset))
      return nil
    }
    guard var node = composeYAML(Array(value.utf8), file: source, faults: faults) else { return nil }
    for key in path.reversed() { node = Node([(Node(key), node)]) }
    self.init(node, what: what, keys: keys, file: source, faults: faults)
  }

  /// Whether there is a value for `key`.
  package func has(_ key: String) -> Bool { node(key) != nil }

  private func node(_ key: String) -> Node? { values.first { $0.key == key }?.node }

  /// The mappings of a list; empty if the key is missing.
  package func mappings(
    _ key: String, of items: @autoclosure () -> LocalizedText, what: LocalizedText, keys: [String]
  ) -> [Fields] {
    list(key, of: items()).compactMap { Fields($0, what: what, keys: keys, file: file, faults: faults) }
  }

  /// A mapping below `key`.
  package func fields(_ key: String, what: LocalizedText, keys: [String], required: Bool = true) -> Fields? {
    value(key, required: required, expected: FileTexts.mapping(keys.joined(separator: ", "))).flatMap {
      Fields($0, what: what, keys: keys, file: file, faults: faults)
    }
  }

  /// Whether the value for `key`, which may also be a mapping, is the single word `word`.
  package func holds(_ key: String, word: String) -> Bool { node(key)?.scalar?.string == word }

  /// The items of a list; empty if the key is missing and not required.
  package func list(_ key: String, of items: @autoclosure () -> LocalizedText, required: Bool = false) -> [Node] {
    guard let node = value(key, required: required, expected: FileTexts.list(items())) else { return [] }
    guard case .sequence(let sequence) = node else {
      faults.add(
        Place(node, in: file).fault(
          FileTexts.keyIsOfKind(key, what, kind(of: node)), expected: FileTexts.list(items()),
          next: FileTexts.writeItems))
      return []
    }
    if required && sequence.isEmpty {
      faults.add(
        Place(node, in: file).fault(
          FileTexts.keyEmpty(key, what), expected: FileTexts.atLeastOneOf(items()), next: FileTexts.addOne))
    }
    return Array(sequence)
  }

  package func texts(
    _ key: String, of items: @autoclosure () -> LocalizedText, required: Bool = false
  ) -> [Placed<String>] {
    list(key, of: items(), required: required).compactMap {
      text(in: $0, named: FileTexts.itemOf(key), expected: items())
    }
  }

  package func text(
    _ key: String, expected: @autoclosure () -> LocalizedText, required: Bool = true
  ) -> Placed<String>? {
    value(key, required: required, expected: expected()).flatMap {
      text(in: $0, named: FileTexts.keyOf(key, what), expected: expected())
    }
  }

  /// A text that `convert` understands.
  package func parsed<Value>(
    _ key: String, expected: @autoclosure () -> LocalizedText, required: Bool = true, _ convert: (String) -> Value?
  ) -> Placed<Value>? {
    guard let text = text(key, expected: expected(), required: required) else { return nil }
    guard let value = convert(text.value) else {
      faults.add(
        text.place.fault(
          FileTexts.keyIs(key, what, quoted(text.value)), expected: expected(), next: FileTexts.correctTheValue))
      return nil
    }
    return Placed(value: value, place: text.place)
  }

  /// One word out of a fixed vocabulary.
  package func word<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Word.Type, required: Bool = true
  ) -> Placed<Word>? where Word.RawValue == String {
    value(key, required: required, expected: Self.oneOf(type)).flatMap {
      word(in: $0, named: FileTexts.keyOf(key, what), type)
    }
  }

  private static func oneOf<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> LocalizedText
  where Word.RawValue == String {
    FileTexts.oneOf(type.allCases.map(\.rawValue).joined(separator: ", "))
  }

  /// One word out of a fixed vocabulary; `name` names it in messages.
  package func word<Word: RawRepresentable & CaseIterable>(
    in node: Node, named name: @autoclosure () -> LocalizedText, _ type: Word.Type
  ) -> Placed<Word>? where Word.RawValue == String {
    guard let text = text(in: node, named: name(), expected: Self.oneOf(type)) else { return nil }
    guard let word = Word(rawValue: text.value) else {
      faults.add(
        text.place.fault(
          FileTexts.valueIs(name(), quoted(text.value)), expected: Self.oneOf(type),
          next: suggestion(for: text.value, in: type.allCases.map(\.rawValue), otherwise: FileTexts.chooseOne)))
      return nil
    }
    return Placed(value: word, place: text.place)
  }

  package func flag(_ key: String, required: Bool = true) -> Placed<Bool>? {
    parsed(key, expected: FileTexts.trueOrFalse, required: required) { ["true": true, "false": false][$0] }
  }

  package func localized(_ key: String, required: Bool = true) -> LocalizedText? {
    guard let fields = fields(key, what: FileTexts.keyOf(key, what), keys: ["en", "de"], required: required),
      let en = fields.text("en", expected: FileTexts.englishText),
      let de = fields.text("de", expected: FileTexts.germanText)
    else { return nil }
    return LocalizedText(en: en.value, de: de.value)
  }

  /// One text for both languages, or a mapping with one or both of them; if one is missing, the other is used for it.
  package func wording(_ key: String, expected: LocalizedText) -> LocalizedText? {
    guard let node = value(key, required: true, expected: expected) else { return nil }
    guard case .mapping = node else {
      return text(key, expected: expected).map { LocalizedText(en: $0.value, de: $0.value) }
    }
    guard let fields = fields(key, what: FileTexts.keyOf(key, what), keys: ["en", "de"]) else { return nil }
    let en = fields.text("en", expected: FileTexts.englishText, required: false)?.value
    let de = fields.text("de", expected: FileTexts.germanText, required: false)?.value
    guard let either = en ?? de else {
      if !fields.has("en"), !fields.has("de") {
        faults.add(
          fields.place.fault(
            FileTexts.keyWithoutText(key, what), expected: expected, next: FileTexts.addALanguage))
      }
      return nil
    }
    return LocalizedText(en: en ?? either, de: de ?? either)
  }

  /// Checks the number of the file's format, which every file must state.
  package func checkFormat() {
    _ = parsed("format", expected: FileTexts.formatOne) { $0 == "1" ? 1 : nil }
  }

  func text(
    in node: Node, named name: @autoclosure () -> LocalizedText, expected: @autoclosure () -> LocalizedText
  ) -> Placed<String>? {
    let place = Place(node, in: file)
    guard case .scalar(let scalar) = node else {
      faults.add(
        place.fault(FileTexts.isOfKind(name(), kind(of: node)), expected: expected(), next: FileTexts.writeOneValue))
      return nil
    }
    if isEmpty(scalar) {
      faults.add(place.fault(FileTexts.valueEmpty(name()), expected: expected(), next: FileTexts.fillIn))
      return nil
    }
    if hasControls(scalar.string) {
      faults.add(
        place.fault(
          FileTexts.controlCharacter(name()), expected: FileTexts.oneLine,
          next: FileTexts.foldText))
      return nil
    }
    return Placed(value: scalar.string, place: place)
  }

  private func value(_ key: String, required: Bool, expected: @autoclosure () -> LocalizedText) -> Node? {
    if let node = node(key) { return node }
    if required {
      faults.add(
        place.fault(FileTexts.keyMissing(what, key), expected: expected(), next: FileTexts.addKey(key)))
    }
    return nil
  }
}

extension Place {
  package init(_ node: Node, in file: String) {
    self.init(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }
}

private func isEmpty(_ scalar: Node.Scalar) -> Bool {
  scalar.string.isEmpty || scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string)
}

private func hasControls(_ text: String) -> Bool {
  // Looking up Unicode properties is slow, and most texts are plain ASCII.
  text.utf8.contains { $0 < 0x20 || $0 >= 0x7f }
    && text.unicodeScalars.contains { $0.properties.generalCategory == .control }
}

private func kind(of node: Node) -> LocalizedText {
  switch node {
  case .scalar(let scalar): isEmpty(scalar) ? FileTexts.empty : FileTexts.singleValue(quoted(scalar.string))
  case .mapping: FileTexts.aMapping
  case .sequence: FileTexts.aList
  case .alias: FileTexts.anAlias
  }
}
