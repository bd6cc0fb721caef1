import Documents

/// Why a location database could not be used, for people: file, cause, what was expected, next step.
public struct LocationDatabaseError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Problem: Sendable, Hashable {
    case missing
    /// With the system's reason.
    case unreadable(String)
    /// A directory, a device, a pipe.
    case noRegularFile
    /// Neither of the formats that are read.
    case otherFormat
    /// An IPFire location database of this version of the format.
    case otherVersion(UInt8)
    /// With the place that does not hold.
    case damaged(String)
    /// A MaxMind DB of this type, which holds neither countries nor autonomous systems.
    case otherContent(String)
  }

  public let file: String
  public let problem: Problem

  init(file: String, _ problem: Problem) {
    self.file = file
    self.problem = problem
  }

  public var description: String { "\(file): \(cause); expected \(expected); \(nextStep)" }

  /// What is wrong, without the file.
  public var cause: String {
    switch problem {
    case .missing: "the location database is missing"
    case .unreadable(let reason): "the location database cannot be read (\(reason))"
    case .noRegularFile: "the location database is no regular file"
    case .otherFormat: "the file is no location database"
    case .otherVersion(let version): "the IPFire location database has format version \(version)"
    case .damaged(let place): "the location database is damaged: \(place)"
    case .otherContent(let type):
      "the MaxMind DB is of type \(quoted(type)), which holds neither countries nor autonomous systems"
    }
  }

  public var expected: String {
    switch problem {
    case .missing, .unreadable, .noRegularFile: "a readable file"
    case .otherFormat: "an IPFire location database (location.db) or a MaxMind DB (.mmdb)"
    case .otherVersion: "format version 1"
    case .damaged: "a whole file"
    case .otherContent: "a type with Country, City, Enterprise, ASN or ISP in its name"
    }
  }

  public var nextStep: String {
    switch problem {
    case .missing: "install the Debian package libloc-database, or correct 'location' in the configuration"
    case .unreadable, .noRegularFile: "check the path and its permissions"
    case .otherFormat, .otherVersion, .otherContent: "name another file under 'location' in the configuration"
    case .damaged: "install or download the file again, or write 'location: none' to go without"
    }
  }
}
