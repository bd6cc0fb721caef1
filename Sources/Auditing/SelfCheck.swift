import Documents
import FlowTracking
import Foundation
public import Model
import Rules

/// Checks everything on which an audit depends, and states for each failed point what to do.
public struct SelfCheck {
  public enum Status: String, Sendable {
    case ok
    case warning
    case failed
  }

  public struct Point: Sendable, Equatable {
    public var name: String
    public var status: Status
    public var message: LocalizedText
    /// Nil if nothing is to be done.
    public var remedy: LocalizedText?
  }

  public var configurationFile: String?
  public var rules: RuleSource
  public var store: String?
  public var pseudonymKey: String?
  /// How long to listen at the interfaces; 0 for not at all.
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
    // A faulty configuration has only points about its faults.
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
      points += sealedPartPoints(configuration)
      points += groupSizePoints(minimum: configuration.settings.groupMinimum)
      points += canaryPoints(isSetUp: configuration.canary != nil)
    }
    return points
  }
}

// MARK: - Text

extension SelfCheck {
  public static func text(_ points: [Point], _ language: Language = .english) -> String {
    let german = language == .german
    return points.map { point in
      let mark =
        switch point.status {
        case .ok: "ok     "
        case .warning: german ? "prüfen " : "look   "
        case .failed: german ? "FEHLER " : "FAILED "
        }
      let name = german ? germanNames[point.name] ?? point.name : point.name
      let remedy = point.remedy.map { (german ? ". Zu tun: " : ". To do: ") + $0[language] } ?? ""
      return "\(mark) \(name): \(point.message[language])\(remedy)\n"
    }.joined()
  }

  private static let germanNames = [
    "capture library": "Bibliothek zum Erfassen von Paketen", "clock": "Uhr", "interface": "Schnittstelle",
    "ring": "Ringpuffer", "traffic": "Verkehr", "frame size": "Rahmengröße", "configuration": "Konfiguration",
    "configuration mode": "Rechte der Konfiguration", "trial": "Probebetrieb", "group size": "Gruppengröße",
    "retention": "Speicherfrist", "exclusions": "Ausnahmen", "group sizes": "Größe der Gruppen",
    "canary": "Kontrollflüsse", "rules": "Regeln", "rule lint": "Prüfung der Regeln", "rule age": "Alter der Regeln",
    "registers": "Verzeichnisse", "claims": "Zusicherungen", "rule signature": "Signatur der Regeln",
    "local overrides": "Lokale Abweichungen", "location database": "Adressdatenbank", "store": "Speicher",
    "audits": "Auswertungen", "pseudonym key": "Pseudonymschlüssel", "disk": "Datenträger",
    "memory": "Arbeitsspeicher", "sealed part": "Versiegelter Teil",
  ]

  /// A text that exists only in English.
  static func asTold(_ text: String) -> LocalizedText { LocalizedText(en: text, de: text) }

  /// A remedy from what a fault expects and its next step.
  static func remedy(expected: LocalizedText, next: LocalizedText) -> LocalizedText {
    LocalizedText(en: "expected \(expected.en); \(next.en)", de: "erwartet: \(expected.de); \(next.de)")
  }

  /// For programs, in English.
  public static func json(_ points: [Point]) -> String {
    let objects = points.map { point -> [String: String] in
      // Escaped here, so that no control characters get into the JSON.
      var object = ["name": point.name, "status": point.status.rawValue, "message": printable(point.message.en)]
      object["remedy"] = point.remedy.map { printable($0.en) }
      return object
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(objects) else { return "[]\n" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
