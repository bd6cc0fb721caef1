import Cryptography
import Documents
import Foundation
public import Model

/// An offline database of the operators and supposed countries of networks, a file in one of two formats.
///
/// May be used by any number of threads. Opening reads the whole file once, for its hash.
public struct LocationDatabase: Sendable {
  fileprivate enum Reader: Sendable {
    case ipfire(IPFireDatabase)
    case maxMind(MaxMindDatabase)

    func owner(of address: IPAddress) -> NetworkOwner {
      switch self {
      case .ipfire(let database): database.owner(of: address)
      case .maxMind(let database): database.owner(of: address)
      }
    }
  }

  public let path: String
  public let stamp: LocationDatabaseStamp
  fileprivate let reader: Reader

  /// Opens a file; its format is recognised by the content, not by the name.
  public init(path: String) throws(LocationDatabaseError) {
    let file = try Self.open(path)
    self.path = path
    if file.bytes(at: 0, count: IPFireDatabase.magic.count) == IPFireDatabase.magic {
      let database = try IPFireDatabase(file)
      stamp = try Self.stamp(
        .ipfire, file, name: "\(database.vendor) location database", description: database.description,
        licence: database.licence, seconds: database.createdAt)
      reader = .ipfire(database)
    } else if MaxMindDatabase.hasMarker(file) {
      let database = try MaxMindDatabase(file)
      stamp = try Self.stamp(
        .maxMind, file, name: database.type, description: database.description, licence: nil, seconds: database.builtAt)
      reader = .maxMind(database)
    } else {
      throw LocationDatabaseError(file: path, .otherFormat)
    }
  }

  /// The owner of the narrowest network that contains `address`; `.unknown` if there is none.
  ///
  /// O(prefix length); a database of IPFire reads the file once or twice.
  public func owner(of address: IPAddress) -> NetworkOwner { reader.owner(of: address) }

  private static func open(_ path: String) throws(LocationDatabaseError) -> RegularFile {
    do throws(RegularFile.Refusal) {
      return try RegularFile(path: path)
    } catch {
      switch error {
      case .missing: throw LocationDatabaseError(file: path, .missing)
      case .unreadable(let reason): throw LocationDatabaseError(file: path, .unreadable(reason))
      case .notRegular, .link: throw LocationDatabaseError(file: path, .noRegularFile)
      }
    }
  }

  private static func stamp(
    _ format: LocationDatabaseStamp.Format, _ file: RegularFile, name: String, description: String?, licence: String?,
    seconds: UInt64
  ) throws(LocationDatabaseError) -> LocationDatabaseStamp {
    // The first second of the year 10000.
    guard seconds < 253_402_300_800 else { throw LocationDatabaseError(file: file.path, .damaged(DamageTexts.noDate)) }
    guard let hash = file.hash() else {
      throw LocationDatabaseError(file: file.path, .damaged(DamageTexts.notReadToEnd))
    }
    let line = { (text: String) in
      printable(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }
    return LocationDatabaseStamp(
      format: format, name: line(name), description: description.map(line).flatMap { $0.isEmpty ? nil : $0 },
      licence: licence.map(line).flatMap { $0.isEmpty ? nil : $0 },
      date: LocalDate(day: Int64(seconds / 86_400)).description, hash: hash)
  }
}

/// Which location databases to ask.
public enum LocationSetting: Sendable, Hashable {
  /// The first of `standardPaths` that exists; without one, owners are unknown.
  case standard
  case none
  /// All of them: each fact is taken from the first file that has it.
  case files([String])

  /// Paths of the database that Debian's package `location` updates, and of the one that `libloc-database` installs.
  public static let standardPaths = ["/var/lib/location/database.db", "/usr/share/libloc-location/location.db"]

  /// Files to open.
  public var paths: [String] {
    switch self {
    case .standard: Array(Self.standardPaths.filter { FileManager.default.fileExists(atPath: $0) }.prefix(1))
    case .none: []
    case .files(let paths): paths
    }
  }
}

/// Looks up the owners of addresses in all databases together, with a cache of answers.
///
/// Used by one thread.
public struct NetworkOwners: Sendable {
  public let databases: [LocationDatabase]
  /// Of `databases`, whose descriptions need not be copied for an answer.
  private let readers: [LocationDatabase.Reader]
  /// The last answer at each place; empty without databases.
  private var answers: [Answer?]

  private struct Answer {
    let address: IPAddress
    let owner: NetworkOwner
  }

  /// A power of two. Some 80 bytes each.
  private static let answerPlaces = 16_384

  public init(_ setting: LocationSetting) throws(LocationDatabaseError) {
    var databases: [LocationDatabase] = []
    for path in setting.paths { databases.append(try LocationDatabase(path: path)) }
    self.databases = databases
    readers = databases.map(\.reader)
    answers = databases.isEmpty ? [] : Array(repeating: nil, count: Self.answerPlaces)
  }

  public var stamps: [LocationDatabaseStamp] { databases.map(\.stamp) }

  public mutating func owner(of address: IPAddress) -> NetworkOwner {
    guard !readers.isEmpty else { return .unknown }
    let place = Self.place(of: address)
    if let known = answers[place], known.address == address { return known.owner }
    var owner = NetworkOwner.unknown
    for reader in readers {
      let found = reader.owner(of: address)
      if owner.systemNumber == nil {
        owner.systemNumber = found.systemNumber
        owner.systemName = found.systemName
      }
      owner.country = owner.country ?? found.country
      owner.traits.formUnion(found.traits)
    }
    answers[place] = Answer(address: address, owner: owner)
    return owner
  }

  /// Whoever sends packets can make addresses meet at one place: a look-up for each of them.
  private static func place(of address: IPAddress) -> Int {
    let mixed = (address.high ^ address.low) &* 0x9e37_79b9_7f4a_7c15
    return Int(mixed >> UInt64(64 - answerPlaces.trailingZeroBitCount))
  }
}

extension RegularFile {
  /// `sha256:` and 64 hexadecimal digits over the whole file; nil if it cannot be read. O(bytes).
  fileprivate func hash() -> String? {
    let step = 1 << 20
    var hasher = SHA256Hasher()
    var offset = 0
    while offset < size {
      guard let piece = bytes(at: offset, count: min(step, size - offset)) else { return nil }
      hasher.update(piece)
      offset += piece.count
    }
    return "sha256:" + hexadecimal(hasher.finalize())
  }
}

/// `text` if it is an ISO 3166-1 code of a country; nil for `EU` and `AP` of the registries, and for codes without a
/// country.
func isoCountry(_ text: String) -> String? {
  let letters = Array(text.utf8)
  guard letters.count == 2, letters.allSatisfy({ $0.isASCIIUppercase }) else { return nil }
  // XK is not an ISO code, but the European Commission and the databases use it for Kosovo.
  if text == "XK" { return text }
  let isUserAssigned =
    text == "AA" || text == "ZZ" || text.first == "X" || text.first == "Q" && letters[1] >= UInt8(ascii: "M")
  return isUserAssigned || text == "EU" || text == "AP" ? nil : text
}
