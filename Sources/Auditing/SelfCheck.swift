import Documents
import FlowTracking
import Foundation
public import Model
import Rules

/// Looks at everything that decides whether an audit can work, and says for each failed point what to do.
public struct SelfCheck {
  public enum Status: String, Sendable {
    case ok
    case warning
    case failed
  }

  public struct Point: Sendable, Equatable {
    public var name: String
    public var status: Status
    public var message: String
    /// Nil where nothing is to be done.
    public var remedy: String?
  }

  public var configurationFile: String?
  public var rules: RuleSource
  public var store: String?
  public var pseudonymKey: String?
  /// For how long interfaces are listened at; 0 for not at all.
  public var listening = TimeSpan.seconds(0)
  /// May override keys of the configuration.
  public var environment: [String: String]

  public init(
    configurationFile: String?, rules: RuleSource, store: String?, pseudonymKey: String?,
    environment: [String: String] = [:]
  ) {
    self.configurationFile = configurationFile
    self.environment = environment
    self.rules = rules
    self.store = store
    self.pseudonymKey = pseudonymKey
  }

  public func run() -> [Point] {
    let loaded = Result { () throws(FileLoadError) in
      try AuditConfiguration(path: configurationFile, environment: environment)
    }
    // Points about what a faulty configuration would have set are left out: its faults are listed.
    let configuration = try? loaded.get()
    var points = [capturePoint()]
    points += configurationPoints(loaded)
    points.append(clockPoint())
    if let configuration { points += interfacePoints(configuration) + exclusionPoints(configuration) }
    points += rulePoints(configuration)
    if let configuration { points += locationPoints(configuration.location) }
    points.append(storePoint())
    points += unfinishedPoints()
    points.append(keyPoint())
    points.append(diskPoint())
    points.append(
      SelfCheck.memoryPoint(
        budget: configuration?.tracker.memoryBudget ?? MemoryShares.standardBudget, limit: .current()))
    if let configuration {
      points += retentionPoints(configuration)
      points += groupSizePoints(minimum: configuration.settings.groupMinimum)
      points += canaryPoints(isSetUp: configuration.canary != nil)
    }
    return points
  }
}

// MARK: - Text

extension SelfCheck {
  public static func text(_ points: [Point]) -> String {
    points.map { point in
      let mark =
        switch point.status {
        case .ok: "ok     "
        case .warning: "look   "
        case .failed: "FAILED "
        }
      return "\(mark) \(point.name): \(point.message)\(point.remedy.map { ". To do: \($0)" } ?? "")\n"
    }.joined()
  }

  public static func json(_ points: [Point]) -> String {
    let objects = points.map { point -> [String: String] in
      // Escaped here, lest the terminal's own escapes come into the JSON.
      var object = ["name": point.name, "status": point.status.rawValue, "message": printable(point.message)]
      object["remedy"] = point.remedy.map { printable($0) }
      return object
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(objects) else { return "[]\n" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
