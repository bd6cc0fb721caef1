public import Model
import Documents

/// Why a location database could not be used, for people: file, cause, what was expected, next step.
public struct LocationDatabaseError: BilingualError, Sendable, Hashable {
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
    /// With the part that is damaged.
    case damaged(LocalizedText)
    /// A MaxMind DB of this type, which holds neither countries nor autonomous systems.
    case otherContent(String)
  }

  public let file: String
  public let problem: Problem

  init(file: String, _ problem: Problem) {
    self.file = file
    self.problem = problem
  }
}
