/// Operator and supposed country of the network of an outside address, according to dated databases. Nil is unknown.
///
/// The country is a hint about where the network is used, not about where data are processed.
public struct NetworkOwner: Sendable, Hashable {
  /// Autonomous system number (RFC 6793), 1 to 2^32 - 1.
  public var systemNumber: UInt32?
  /// The autonomous system's name in the database.
  public var systemName: String?
  /// ISO 3166-1 code of two letters.
  public var country: String?
  public var traits: Set<NetworkTrait>

  public init(
    systemNumber: UInt32? = nil, systemName: String? = nil, country: String? = nil, traits: Set<NetworkTrait> = []
  ) {
    self.systemNumber = systemNumber
    self.systemName = systemName
    self.country = country
    self.traits = traits
  }

  public static let unknown = NetworkOwner()
}

/// Flags of a network in a database. With any of them, the country says nothing about the place.
public enum NetworkTrait: String, Sendable, HashedByCase, Comparable, CaseIterable {
  /// The same address is used by machines in many places.
  case anycast
  case satellite
  case anonymousProxy = "anonymous_proxy"

  public static func < (left: NetworkTrait, right: NetworkTrait) -> Bool { left.rawValue < right.rawValue }
}

/// Whether an address is used in many places, through anycast or a content delivery network.
public enum AnycastOrCDN: String, Sendable, HashedByCase, CaseIterable {
  case yes
  /// Only if a register with a source says so.
  case no
  case unknown

  /// Databases mark only some anycast networks, so the absence of the mark proves nothing.
  ///
  /// - Parameter register: the entry of a register of shared networks for the address or the name; `.unknown` if there
  ///   is none.
  public init(databaseSaysAnycast: Bool, register: AnycastOrCDN = .unknown) {
    self = databaseSaysAnycast ? .yes : register
  }
}

/// What was known about a flow's outside end when the flow was seen.
public struct DestinationNetwork: Sendable, Hashable {
  public var owner: NetworkOwner
  public var anycastOrCDN: AnycastOrCDN

  public init(owner: NetworkOwner, anycastOrCDN: AnycastOrCDN) {
    self.owner = owner
    self.anycastOrCDN = anycastOrCDN
  }

  public static let unknown = DestinationNetwork(owner: .unknown, anycastOrCDN: .unknown)

  /// The country indicates a place.
  public var isPlaced: Bool { owner.traits.isEmpty && anycastOrCDN != .yes }
}

/// A location database that was used, described well enough to cite and identify it.
public struct LocationDatabaseStamp: Sendable, Hashable, Codable {
  public enum Format: String, Sendable, Hashable, Codable {
    /// IPFire location database, `libloc`.
    case ipfire
    /// MaxMind DB.
    case maxMind = "maxmind"
  }

  public var format: Format
  /// Publisher or product, such as `IPFire Project location database` or `GeoLite2-Country`.
  public var name: String
  /// Its own description; nil if it has none.
  public var description: String?
  /// Licence stated in the file; nil if it states none.
  public var licence: String?
  /// ISO 8601 date of its creation.
  public var date: String
  /// `sha256:` and 64 hexadecimal digits over the file.
  public var hash: String

  public init(
    format: Format, name: String, description: String?, licence: String?, date: String, hash: String
  ) {
    self.format = format
    self.name = name
    self.description = description
    self.licence = licence
    self.date = date
    self.hash = hash
  }

  /// Name and licence, as a citation needs them.
  public var citation: String { licence.map { "\(name), \($0)" } ?? name }
}
