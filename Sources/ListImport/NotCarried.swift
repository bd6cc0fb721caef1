public import Model
import Rules

/// Entries of a list that are in no rule, for one reason.
public struct NotCarried: Sendable, Hashable {
  enum Unit: Sendable, Hashable {
    case line
    /// A set of endpoints.
    case set
  }

  public enum Reason: Sendable, Hashable {
    /// It contains a path, a port or a part of a URL.
    case addressPart
    /// It answers with another name or address instead of a refusal.
    case answer
    /// An earlier endpoint set has it for some of the same ports.
    case carriedBefore
    /// It has a condition that the network traffic does not show, or another effect than blocking.
    case condition
    /// It hides parts of pages.
    case cosmetic
    /// It matches all names.
    case everything
    /// It is an exception.
    case exception
    /// An exception of the list removes it.
    case takenOut
    /// It includes another file.
    case include
    /// A rule already recognises it.
    case known
    case noAddress
    case noHostName
    case notASCII
    /// It does not conform to the format.
    case notOfFormat
    /// An absolute name of a zone file, outside of its zone, or of a zone that the file does not name.
    case outsideZone
    /// It is, or ends in, a name that is valid only in this machine or network.
    case ownName
    /// Ports that cannot be read.
    case ports
    case publicSuffix
    case rangeTooBroad
    case regularExpression
    /// Another setting of the program.
    case setting
    /// `*` that may match more than one label.
    case star
    /// A trigger of a response policy zone other than the destination's name or address.
    case trigger
  }

  public let reason: Reason
  /// File below the imported folder; nil if a single file was imported.
  public let part: String?
  /// What `numbers` count.
  let unit: Unit
  /// Number of entries; a line can contain several.
  public internal(set) var count = 0
  /// Lines from 1, or IDs of endpoint sets, in the order of the list.
  public internal(set) var numbers: [ClosedRange<Int>] = []

  init(_ reason: Reason, part: String?, unit: Unit) {
    self.reason = reason
    self.part = part
    self.unit = unit
  }

  mutating func add(_ number: Int) {
    count += 1
    guard let last = numbers.last, last.contains(number) || number - 1 == last.upperBound else {
      numbers.append(number...number)
      return
    }
    if number > last.upperBound { numbers[numbers.count - 1] = last.lowerBound...number }
  }

  /// Places of the entries: `lines 3, 7-9`; at most the first `limit`, if it is given.
  public func places(limit: Int? = nil) -> LocalizedText {
    let shown = numbers.prefix(limit ?? numbers.count).map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }
    let isOne = numbers.count == 1 && numbers[0].count == 1
    let unit = ListTexts.unit(unit, isOne: isOne)
    let places = shown.joined(separator: ", ") + (shown.count < numbers.count ? ", …" : "")
    let part = part.map { "\($0) " } ?? ""
    return LocalizedText(en: "\(part)\(unit.en) \(places)", de: "\(part)\(unit.de) \(places)")
  }
}
