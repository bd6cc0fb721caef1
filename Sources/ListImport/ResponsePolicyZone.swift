import Model
import Rules

/// A response policy zone: names, and addresses in answers, that a resolver blocks.
struct ResponsePolicyZone: ListReader {
  private typealias Labels = [ArraySlice<UInt8>]

  /// Longest name in characters: 255 bytes, each written as an escape of four (RFC 1035 §5.1).
  private static let longestName = 1020

  private enum Action {
    case refuse, pass, answer
  }

  private enum Zone {
    case notRead
    /// The SOA record is at `@`, and the file does not state the name of the zone.
    case unnamed
    case named(Labels)

    var labels: Labels? {
      if case .named(let labels) = self { labels } else { nil }
    }
  }

  private var zone = Zone.notRead
  private var origin: Labels?
  private var owner: ArraySlice<UInt8>?
  /// Words of a record whose parentheses may still be open.
  private var words: [ArraySlice<UInt8>] = []
  private var openParentheses = 0
  private var beginsBlank = false

  mutating func read(_ line: ArraySlice<UInt8>, into collector: inout ListCollector) {
    if openParentheses == 0 {
      words.removeAll(keepingCapacity: true)
      beginsBlank = line.first.map(isBlank) ?? false
    }
    divide(line)
    if openParentheses == 0, !words.isEmpty { readRecord(into: &collector) }
  }

  mutating func end(into collector: inout ListCollector) {
    if openParentheses > 0 { collector.reject(.notOfFormat) }
  }

  /// Splits a line (RFC 1035 §5.1) into words at blanks, with quoted texts, comments after `;`, and parentheses over
  /// several lines.
  private mutating func divide(_ line: ArraySlice<UInt8>) {
    var start: Int?
    var isQuoted = false
    var isEscaped = false
    func word(before end: Int) -> ArraySlice<UInt8>? {
      defer { start = nil }
      return start.map { line[$0..<end] }
    }
    for (index, byte) in zip(line.indices, line) {
      defer { isEscaped = byte == UInt8(ascii: "\\") && !isEscaped }
      if isEscaped { continue }
      switch byte {
      case UInt8(ascii: "\""):
        isQuoted.toggle()
        start = start ?? index
      case _ where isQuoted: break
      case UInt8(ascii: ";"):
        if let word = word(before: index) { words.append(word) }
        return
      case UInt8(ascii: "("), UInt8(ascii: ")"):
        if let word = word(before: index) { words.append(word) }
        openParentheses = max(openParentheses + (byte == UInt8(ascii: "(") ? 1 : -1), 0)
      case _ where isBlank(byte):
        if let word = word(before: index) { words.append(word) }
      default: start = start ?? index
      }
    }
    if let word = word(before: line.endIndex) { words.append(word) }
  }

  private mutating func readRecord(into collector: inout ListCollector) {
    var rest = words[...]
    if let first = rest.first, first.first == UInt8(ascii: "$") { return readDirective(rest, into: &collector) }
    if !beginsBlank { owner = rest.popFirst() }
    while let next = rest.first, next.isWord("in") || next.first.map({ $0.isASCIIDigit }) == true {
      rest.removeFirst()
    }
    guard let owner, owner.count <= Self.longestName, let type = rest.popFirst() else {
      owner = nil
      return collector.reject(.notOfFormat)
    }
    if type.isWord("soa") {
      let apex =
        owner.isText("@") ? origin : owner.last == dot ? labels(of: owner) : origin.map { labels(of: owner) + $0 }
      zone = apex.map(Zone.named) ?? .unnamed
      return
    }
    guard let name = nameInZone(owner) else { return collector.reject(.outsideZone) }
    // Records of the zone itself are no policy.
    if name.isEmpty { return }
    let action = action(type: type, data: rest.first, name: name)
    if let trigger = name.last, trigger.begins(with: "rpz-") {
      guard trigger.isWord("rpz-ip") else { return collector.reject(.trigger) }
      switch (action, range(in: name.dropLast())) {
      case (.refuse, let range?): collector.add(range: range)
      case (.refuse, nil): collector.reject(.noAddress)
      case (.pass, _): collector.reject(.exception)
      case (.answer, _): collector.reject(.answer)
      }
      return
    }
    let isBelow = name[0].isText("*")
    let host = Array((isBelow ? name.dropFirst() : name[...]).joined(separator: [dot]))[...]
    switch action {
    case .answer: collector.reject(.answer)
    case .pass: collector.except(name: host, isBelow ? .below : .host)
    case .refuse where host.isEmpty: collector.reject(.everything)
    case .refuse where host.contains(star) || host.contains(UInt8(ascii: "\\")): collector.reject(.noHostName)
    case .refuse: collector.add(name: host, isBelow ? .below : .host)
    }
  }

  private mutating func readDirective(_ words: ArraySlice<ArraySlice<UInt8>>, into collector: inout ListCollector) {
    let name = words.dropFirst().first
    switch (words.first?.text.uppercased(), name) {
    case ("$TTL", _): break
    case ("$ORIGIN", let name?):
      let labels = labels(of: name) + (name.last == dot ? [] : origin ?? [])
      guard labels.count <= Self.longestName else { return collector.reject(.notOfFormat) }
      origin = labels
      if case .notRead = zone { zone = .named(labels) }
    case ("$INCLUDE", _): collector.reject(.include)
    default: collector.reject(.notOfFormat)
    }
  }

  private func labels(of name: ArraySlice<UInt8>) -> Labels { name.split(separator: dot) }

  /// Labels of a name without those of the zone; empty for the zone itself, nil if the name is outside or the zone is
  /// not known.
  private func nameInZone(_ name: ArraySlice<UInt8>) -> Labels? {
    var full = name.isText("@") ? [] : labels(of: name)
    if name.last != dot {
      // Without $ORIGIN, a name without trailing dot is in the zone.
      guard let origin else { return full }
      full += origin
    }
    guard let zone = zone.labels else { return nil }
    let isWithin =
      full.count >= zone.count
      && zip(full.suffix(zone.count), zone).allSatisfy {
        $0.lazy.map(\.asciiLowercased).elementsEqual($1.lazy.map(\.asciiLowercased))
      }
    return isWithin ? full.dropLast(zone.count) : nil
  }

  private func action(type: ArraySlice<UInt8>, data: ArraySlice<UInt8>?, name: Labels) -> Action {
    guard let data else { return .answer }
    if type.isWord("a") || type.isWord("aaaa") { return leadsNowhere(data) == true ? .refuse : .answer }
    guard type.isWord("cname") else { return .answer }
    if data.isText(".") || data.isText("*.") || data.isWord("rpz-drop.") { return .refuse }
    // A CNAME to the name itself is the older form of `rpz-passthru`.
    return data.isWord("rpz-passthru.") || labels(of: data) == name ? .pass : .answer
  }

  /// `24.0.2.0.192` is 192.0.2.0/24; in IPv6, `zz` is `::`.
  private func range(in labels: Labels) -> IPPrefix? {
    guard let length = labels.first?.text else { return nil }
    let groups = labels.dropFirst().reversed().map { $0.isWord("zz") ? "" : $0.text }
    let isIPv4 = groups.count == 4 && !groups.contains("")
    var address = groups.joined(separator: isIPv4 ? "." : ":")
    if groups.first == "" { address = ":" + address }
    if groups.last == "" { address += ":" }
    return IPPrefix("\(address)/\(length)")
  }
}
