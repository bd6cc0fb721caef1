import Model
import Rules

/// Filters of Adblock Plus and AdGuard. Filters of whole hosts are imported: `||name^` for the name and all below it, a
/// lone name for itself.
struct AdblockList: ListReader {
  /// In a list for browsers, a lone word is a part of a URL, not a name.
  private var isForBrowsers = false
  private var hosts = HostsList(reach: .host)

  private static let cosmeticMarks = ["##", "#@#", "#?#", "#@?#", "#$#", "#@$#", "#%#", "#@%#", "$$", "$@$"].map {
    Array($0.utf8)
  }
  /// Modifiers that do not change which names are meant.
  private static let plainModifiers: Set<String> = ["all", "doc", "document"]
  private static let thirdPartyModifiers: Set<String> = ["3p", "third-party"]

  private struct Effect {
    enum Kind {
      case refuse
      /// The filter disables the same filter without `badfilter`.
      case takeBack
      case other
    }

    var kind = Kind.refuse
    var isShared = false
    /// `important`: only exceptions with `important` win over it.
    var isImportant = false
  }

  mutating func read(_ line: ArraySlice<UInt8>, into collector: inout ListCollector) {
    let line = line.trimmed
    if line.isEmpty || line.first == UInt8(ascii: "!") { return }
    if line.first == UInt8(ascii: "["), line.last == UInt8(ascii: "]") {
      isForBrowsers = true
      return
    }
    if isCosmetic(line) { return collector.reject(.cosmetic) }
    if line.first == UInt8(ascii: "#") { return }
    let isException = line.begins(with: "@@")
    let filter = isException ? line.dropFirst(2) : line
    if filter.first == UInt8(ascii: "/"), let end = filter.lastIndex(of: UInt8(ascii: "/")), end > filter.startIndex,
      end == filter.endIndex - 1 || filter[end + 1] == UInt8(ascii: "$")
    {
      return collector.reject(isException ? .exception : .regularExpression)
    }
    let mark = filter.lastIndex(of: UInt8(ascii: "$"))
    let body = filter[..<(mark ?? filter.endIndex)]
    let effect = effect(of: mark.map { filter[($0 + 1)...] } ?? [])
    switch (isException, effect.kind) {
    case (false, .refuse): carry(body, effect, to: &collector)
    case (true, .refuse), (false, .takeBack):
      if let (name, reach) = host(in: body) {
        collector.except(
          name: name, reach, winsOverNarrower: isException,
          from: !effect.isImportant ? .ordinary : isException ? .all : .important)
      } else {
        collector.reject(.exception)
      }
    case (true, _): collector.reject(.exception)
    case (false, .other): collector.reject(.condition)
    }
  }

  private func isCosmetic(_ line: ArraySlice<UInt8>) -> Bool {
    line.indices.contains { index in
      (line[index] == UInt8(ascii: "#") || line[index] == UInt8(ascii: "$"))
        && Self.cosmeticMarks.contains { line[index...].starts(with: $0) }
    }
  }

  private func effect(of modifiers: ArraySlice<UInt8>) -> Effect {
    var effect = Effect()
    for modifier in modifiers.split(separator: UInt8(ascii: ",")).map(\.text) {
      if modifier == "badfilter" {
        effect.kind = .takeBack
      } else if modifier == "important" {
        effect.isImportant = true
      } else if Self.thirdPartyModifiers.contains(modifier) {
        effect.isShared = true
      } else if !Self.plainModifiers.contains(modifier) {
        return Effect(kind: .other)
      }
    }
    return effect
  }

  private mutating func carry(_ body: ArraySlice<UInt8>, _ effect: Effect, to collector: inout ListCollector) {
    if let (name, reach) = host(in: body) {
      if let range = IPPrefix(name.text) { return collector.add(range: range) }
      return collector.add(name: name, reach, isShared: effect.isShared, isImportant: effect.isImportant)
    }
    if body.begins(with: "||"), body.contains(star), !body.contains(UInt8(ascii: "/")) {
      return collector.reject(.star)
    }
    if let first = body.words.first, leadsNowhere(first) != nil, body.words.count > 1 {
      return hosts.read(body, into: &collector)
    }
    let isName = body.contains(dot) && body.allSatisfy { isNameByte($0) }
    guard isName, !isForBrowsers else { return collector.reject(.addressPart) }
    if let range = IPPrefix(body.text) { return collector.add(range: range) }
    collector.add(name: body, .host, isShared: effect.isShared, isImportant: effect.isImportant)
  }

  /// The name in `||name^`, `||*.name^` or `|name^`, with its reach; nil for anything else.
  private func host(in body: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, reach: ListCollector.Reach)? {
    var name = body.last == UInt8(ascii: "|") ? body.dropLast() : body
    guard name.popLast() == UInt8(ascii: "^") else { return nil }
    var reach = ListCollector.Reach.host
    if name.begins(with: "||") {
      name = name.dropFirst(2)
      reach = .hostAndBelow
    } else if name.first == UInt8(ascii: "|") {
      name = name.dropFirst()
    } else {
      return nil
    }
    if name.begins(with: "*.") {
      name = name.dropFirst(2)
      reach = .below
    }
    return !name.isEmpty && name.allSatisfy { isNameByte($0) } ? (name, reach) : nil
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }
}
