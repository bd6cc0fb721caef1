public import Model
import Rules

/// Entries of a list that are in no rule, for one reason.
public struct NotCarried: Sendable, Hashable {
  enum Unit: Sendable, Hashable {
    case line
    /// Of endpoints.
    case set
  }

  public enum Reason: Sendable, Hashable {
    /// It speaks of a path, a port or a piece of an address.
    case addressPart
    /// Its answer is another name or address, not a refusal.
    case answer
    /// An earlier endpoint set has it for some of the same ports.
    case carriedBefore
    /// It depends on what the wire does not show, or asks for something else than refusing.
    case condition
    /// It hides parts of pages.
    case cosmetic
    /// It stands for all names.
    case everything
    /// It takes a name out.
    case exception
    /// An exception of the list names it, or a name above it.
    case takenOut
    /// It names another file.
    case include
    /// A rule recognises it already.
    case known
    case noAddress
    case noHostName
    case notASCII
    /// Not written as the format says.
    case notOfFormat
    /// An absolute name of a zone file, outside of its zone, or of a zone that the file does not name.
    case outsideZone
    /// Its last labels, or the whole, are a name that only this machine or network knows.
    case ownName
    /// Ports that cannot be read.
    case ports
    case publicSuffix
    case rangeTooBroad
    case regularExpression
    /// Another setting of the program.
    case setting
    /// `*` that may stand for more than one label.
    case star
    /// A trigger of a response policy zone that neither name nor address of the destination pulls.
    case trigger
  }

  public let reason: Reason
  /// File below the folder that was imported; nil where a single file was.
  public let part: String?
  /// What `numbers` count.
  let unit: Unit
  /// Number of entries; a line can hold several.
  public internal(set) var count = 0
  /// Lines from 1, or ids of endpoint sets: ascending where the list is.
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

  /// Where the entries stand: `lines 3, 7-9`. The first `limit` places only, where one is given.
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
