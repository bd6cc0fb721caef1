import Documents
import Foundation
import Location
import Model
import Privacy
import Rules

// Rules, retention and delivery of reports.
extension AuditConfiguration {
  /// Uses other rules. The key of the standard bundle does not apply to them; a key that the configuration names does.
  public mutating func name(rules path: String) {
    rules.path = path
    if !namesPublicKey { rules.publicKey = nil }
  }

  mutating func readRules(_ fields: Fields) {
    guard
      let part = fields.fields(
        "rules", what: ConfigurationTexts.section("rules"), keys: keys(of: "rules"), required: false)
    else { return }
    let file = { (key: String, expected: LocalizedText) in
      part.text(key, expected: expected, required: false).map { path($0, namedIn: part) }
    }
    if let path = file("path", ConfigurationTexts.rulesPath) { name(rules: path) }
    if let path = file("public_key", ConfigurationTexts.rulesKeyFile) {
      rules.publicKey = path
      namesPublicKey = true
    }
    if let value = part.flag("accept_unsigned", required: false) { rules.acceptsUnsigned = value.value }
    if let key = part.parsed(
      "accept_key", expected: ConfigurationTexts.rulesKey, required: false,
      { RuleSource.isKey($0) ? $0 : nil })
    {
      rules.acceptedKey = key.value
    }
    if let path = file("overrides", ConfigurationTexts.overridesFile) { rules.overrides = path }
  }

  mutating func readLocation(_ fields: Fields, _ faults: FaultCollector) {
    if fields.holds("location", word: "none") {
      location = .none
      return
    }
    guard
      let part = fields.fields(
        "location", what: ConfigurationTexts.locationUnlessNone, keys: keys(of: "location"), required: false)
    else { return }
    location = .files(
      part.texts("databases", of: ConfigurationTexts.locationFiles, required: true).map { path($0, namedIn: part) })
  }

  mutating func readRetention(_ fields: Fields, _ faults: FaultCollector) {
    guard
      let part = fields.fields(
        "retention", what: ConfigurationTexts.section("retention"), keys: keys(of: "retention"), required: false)
    else { return }
    var days = retention.days
    for dataClass in DataClass.allCases {
      if let value = part.parsed(
        dataClass.rawValue + "_days", expected: ConfigurationTexts.retentionDays, required: false,
        { wholeNumber($0, 1...36_500) })
      {
        days[dataClass] = value.value
      }
    }
    guard let policy = RetentionPolicy(days: days) else {
      faults.add(
        part.place.fault(
          ConfigurationTexts.retentionReversed,
          expected:
            ConfigurationTexts.retentionOrder,
          next: ConfigurationTexts.lowerOrRaise))
      return
    }
    retention = policy
  }

  mutating func readReports(_ fields: Fields, _ faults: FaultCollector) {
    guard
      let part = fields.fields(
        "reports", what: ConfigurationTexts.section("reports"), keys: keys(of: "reports"), required: false)
    else {
      return
    }
    if let value = part.flag("patch_day", required: false) { reports.includesPatchDays = value.value }
    guard part.has("languages") else { return }
    let languages = part.texts("languages", of: FileTexts.words("de, en"), required: true).compactMap {
      parsed($0, ConfigurationTexts.germanOrEnglish, faults) { Language(rawValue: $0) }
    }
    if !languages.isEmpty { reports.languages = languages }
  }
}

/// What `deliver` writes for a finished period.
public struct ReportSettings: Sendable, Equatable {
  /// Languages of the reports; tables are written in the first.
  public var languages: [Language] = [.german, .english]
  /// Also writes a report about the days around each patch day.
  public var includesPatchDays = false
}
