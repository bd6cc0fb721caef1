/// Who announces the network that an outside address lies in, and where it is said to be: what dated databases say. Nil is unknown.
///
/// The country is a hint: it tells where a network is said to be used, not where data are processed.
public struct NetworkOwner: Sendable, Hashable {
  /// Autonomous system number (RFC 6793), 1 to 2^32 - 1.
  public var systemNumber: UInt32?
  /// The autonomous system's name, as the database writes it.
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

/// What a database says of a network beside its owner. Each means that the country says nothing of the place.
public enum NetworkTrait: String, Sendable, Hashable, Comparable, CaseIterable {
  /// The same address stands for machines in many places.
  case anycast
  case satellite
  case anonymousProxy = "anonymous_proxy"

  public static func < (left: NetworkTrait, right: NetworkTrait) -> Bool { left.rawValue < right.rawValue }
}

/// Whether an address stands for many places, through anycast or a content delivery network.
public enum AnycastOrCDN: String, Sendable, Hashable, CaseIterable {
  case yes
  /// Only where a register with a source says so.
  case no
  case unknown

  /// Databases mark anycast in part only: that one marks nothing says nothing.
  ///
  /// - Parameter register: what a register of shared networks says of the address or the name; `.unknown` where there is none.
  public init(databaseSaysAnycast: Bool, register: AnycastOrCDN = .unknown) {
    self = databaseSaysAnycast ? .yes : register
  }
}

/// All that was known of a flow's outside end when it was seen.
public struct DestinationNetwork: Sendable, Hashable {
  public var owner: NetworkOwner
  public var anycastOrCDN: AnycastOrCDN

  public init(owner: NetworkOwner, anycastOrCDN: AnycastOrCDN) {
    self.owner = owner
    self.anycastOrCDN = anycastOrCDN
  }

  public static let unknown = DestinationNetwork(owner: .unknown, anycastOrCDN: .unknown)

  /// The country means a place.
  public var isPlaced: Bool { owner.traits.isEmpty && anycastOrCDN != .yes }
}

/// Which location database was asked: enough to cite it and to tell it from another.
public struct LocationDatabaseStamp: Sendable, Hashable, Codable {
  public enum Format: String, Sendable, Hashable, Codable {
    /// IPFire location database, `libloc`.
    case ipfire
    /// MaxMind DB.
    case maxMind = "maxmind"
  }

  public var format: Format
  /// Who or what it is, such as `IPFire Project location database` or `GeoLite2-Country`.
  public var name: String
  /// What it says of itself; nil where it says nothing.
  public var description: String?
  /// As the file states it; nil where it states none.
  public var licence: String?
  /// ISO 8601 date on which it was made.
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
