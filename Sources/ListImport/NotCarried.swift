import Rules

/// Entries of a list that are in no rule, for one reason.
public struct NotCarried: Sendable, Hashable {
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

    /// For people.
    public var text: String {
      switch self {
      case .addressPart: "a path, a port or a piece of an address: no whole name"
      case .answer: "answered with a name or an address, not refused"
      case .carriedBefore: "an earlier set has it for some of the same ports"
      case .condition: "a condition that the wire does not show, or something else than a refusal"
      case .cosmetic: "hides parts of pages"
      case .everything: "stands for all names"
      case .exception: "an exception: it takes the same name out, a broader one still covers it"
      case .takenOut: "taken out by an exception of the list"
      case .include: "names another file: import that too"
      case .known: "a rule recognises it already"
      case .noAddress: "no address, range in CIDR form or 'first-last'"
      case .noHostName: "no host name"
      case .notASCII: "letters beyond ASCII: the ASCII form (xn--…) is read"
      case .notOfFormat: "not written as the format says"
      case .outsideZone: "outside of the zone, or of a zone that the file does not name"
      case .ownName: "a name that only a machine or a network of its own knows"
      case .ports: "ports that cannot be read"
      case .publicSuffix: "a public suffix: strangers register names under it"
      case .rangeTooBroad: "a range shorter than /8 (IPv4) or /16 (IPv6) speaks for networks of strangers"
      case .regularExpression: "a regular expression"
      case .setting: "another setting"
      case .star: "'*' that may stand for several labels"
      case .trigger: "a trigger other than the name or address of the destination"
      }
    }
  }

  public let reason: Reason
  /// File below the folder that was imported; nil where a single file was.
  public let part: String?
  /// What `numbers` count: `line` or `set`.
  let unit: String
  /// Number of entries; a line can hold several.
  public internal(set) var count = 0
  /// Lines from 1, or ids of endpoint sets: ascending where the list is.
  public internal(set) var numbers: [ClosedRange<Int>] = []

  init(_ reason: Reason, part: String?, unit: String) {
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
  public func places(limit: Int? = nil) -> String {
    let shown = numbers.prefix(limit ?? numbers.count).map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }
    let isOne = numbers.count == 1 && numbers[0].count == 1
    return (part.map { "\($0) " } ?? "") + "\(unit)\(isOne ? "" : "s") " + shown.joined(separator: ", ")
      + (shown.count < numbers.count ? ", …" : "")
  }
}
