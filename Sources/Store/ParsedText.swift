import Cryptography
import Foundation
import Model

/// A value that is stored as text in one column, in one canonical form.
protocol ParsedText: SendableMetatype {
  /// Throws `TextFault` for a text of another form, and for members that no program writes.
  init(storedText text: String) throws(TextFault)
}

/// What a stored text was expected to be.
struct TextFault: Error {
  var expected: String

  init(_ expected: String) { self.expected = expected }
}

/// JSON with sorted keys, so that equal values have equal texts.
enum JSONText {
  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()

  static func encode(_ value: some Encodable) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func decode<Value: Decodable>(
    _: Value.Type, from text: String, expecting expected: String
  ) throws(TextFault) -> Value {
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else { throw TextFault(expected) }
    return value
  }
}

extension AuditSettings: ParsedText {
  init(storedText text: String) throws(TextFault) {
    let settings = try JSONText.decode(AuditSettings.self, from: text, expecting: "settings as JSON with all members")
    func require(_ holds: Bool, _ member: String, _ expected: String) throws(TextFault) {
      if !holds { throw TextFault("settings with \(expected) as \(member)") }
    }
    let gate = settings.gate
    for (name, share) in [
      ("maximumLoss", gate.maximumLoss), ("maximumGap", gate.maximumGap), ("minimumCanaries", gate.minimumCanaries),
      ("minimumNamed", gate.minimumNamed), ("negativeProofLimit", gate.negativeProofLimit),
      ("maximumUnexaminable", gate.maximumUnexaminable),
      ("maximumOneSided", gate.maximumOneSided), ("minimumContacted", gate.minimumContacted),
      ("maximumHiddenDeviceDays", gate.maximumHiddenDeviceDays),
    ] {
      try require((0...1).contains(share), "gate." + name, "a share from 0 to 1")
    }
    let days = 0...100_000
    try require(days.contains(gate.maximumRuleAgeDays), "gate.maximumRuleAgeDays", "days from 0 to 100000")
    try require(days.contains(gate.minimumDeviceDays), "gate.minimumDeviceDays", "device-days from 0 to 100000")
    try require((1...1_000).contains(settings.groupMinimum), "groupMinimum", "a number from 1 to 1000")
    for (name, hours) in [("workingHours", settings.workingHours), ("campaign.hours", settings.campaign?.hours)] {
      guard let hours else { continue }
      try require(hours.weekdays.allSatisfy((1...7).contains), name + ".weekdays", "numbers from 1 to 7")
      try require((0...23).contains(hours.from), name + ".from", "an hour from 0 to 23")
      try require((1...24).contains(hours.to), name + ".to", "an hour from 1 to 24")
    }
    if let campaign = settings.campaign {
      let days = Int64(-106_752)...106_751
      try require(
        days.contains(campaign.firstDay) && days.contains(campaign.lastDay) && campaign.firstDay <= campaign.lastDay
          && campaign.lastDay - campaign.firstDay < Campaign.longest, "campaign",
        "days since 1970 in their order, \(Campaign.longest) at most,")
    }
    if let keys = settings.sealedPart {
      try require(
        [keys.dataProtectionOfficer, keys.worksCouncil, keys.emergency].allSatisfy {
          $0.map { $0.utf8.count == 64 && decodeHexadecimal(Array($0.utf8)) != nil } ?? true
        }, "sealedPart", "64 hexadecimal digits for each key")
    }
    // It becomes the name of a file that the system looks up.
    try require(
      (1...64).contains(settings.timeZone.utf8.count)
        && settings.timeZone.unicodeScalars.allSatisfy { scalar in
          scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            || "/_+-".unicodeScalars.contains(scalar)
        }, "timeZone", "an IANA name such as Europe/Berlin")
    try require(
      settings.insideNetworks.allSatisfy { IPPrefix($0) != nil }, "insideNetworks", "address ranges such as 10.0.0.0/8")
    try require(
      settings.claims.count <= Claim.most && Set(settings.claims.map(\.id)).count == settings.claims.count
        && settings.claims.allSatisfy { $0.from.map { LocalDate($0) != nil } ?? true }, "claims",
      "at most \(Claim.most) claims with ids of their own and dates such as 2026-05-01")
    self = settings
  }
}

extension RuleFacts: ParsedText {
  init(storedText text: String) throws(TextFault) {
    let facts = try JSONText.decode(RuleFacts.self, from: text, expecting: "facts of a rule as JSON with all members")
    guard facts.revision >= 0 else { throw TextFault("facts of a rule with a number from 0 as revision") }
    self = facts
  }
}

/// Location databases of a session, or names of groups.
extension Array: ParsedText where Element: StoredListElement {
  init(storedText text: String) throws(TextFault) {
    self = try JSONText.decode([Element].self, from: text, expecting: Element.listExpectation)
  }
}

/// An element of a list that is stored in one column.
protocol StoredListElement: Decodable, SendableMetatype {
  /// The list, for people.
  static var listExpectation: String { get }
}

extension LocationDatabaseStamp: StoredListElement {
  static var listExpectation: String { "location databases as JSON with all members" }
}

extension String: StoredListElement {
  static var listExpectation: String { "names as a JSON array" }
}

extension PhaseName: ParsedText {
  init(storedText text: String) throws(TextFault) {
    guard let name = PhaseName(text) else { throw TextFault("the name of a phase") }
    self = name
  }
}

extension PhaseSetting: ParsedText {
  init(storedText text: String) throws(TextFault) {
    guard let setting = PhaseSetting(text) else { throw TextFault("the setting of a phase in one line") }
    self = setting
  }
}

extension ControlCounts: ParsedText {
  init(storedText text: String) throws(TextFault) {
    let expected = "controls as JSON with all members and counts from 0 to \(StoredColumn.greatestCount)"
    let counts = try JSONText.decode(ControlCounts.self, from: text, expecting: expected)
    guard counts == counts.clamped(to: UInt64(StoredColumn.greatestCount)) else { throw TextFault(expected) }
    self = counts
  }
}

extension CoverageHour: ParsedText {
  init(storedText text: String) throws(TextFault) {
    let expected = "coverage of an hour as JSON with all members and counts from 0 to \(StoredColumn.greatestCount)"
    let coverage = try JSONText.decode(CoverageHour.self, from: text, expecting: expected)
    guard coverage == coverage.clamped else { throw TextFault(expected) }
    self = coverage
  }
}

extension ReviewDecision.Content: ParsedText {
  init(storedText text: String) throws(TextFault) {
    self = try JSONText.decode(
      ReviewDecision.Content.self, from: text, expecting: "entries and facts by column, as JSON")
  }
}

extension RuleSetVersion: ParsedText {
  init(storedText text: String) throws(TextFault) {
    guard let version = RuleSetVersion(text) else { throw TextFault("a version such as 2026.11.1") }
    self = version
  }
}

/// Counts by kind, in coverage.
extension Dictionary: ParsedText where Key: RawRepresentable<String> & CaseIterable, Value == UInt64 {
  init(storedText text: String) throws(TextFault) {
    let expected =
      "counts from 0 to \(StoredColumn.greatestCount) as JSON by "
      + Key.allCases.map(\.rawValue).joined(separator: ", ")
    var counts: [Key: UInt64] = [:]
    for (name, count) in try JSONText.decode([String: UInt64].self, from: text, expecting: expected) {
      guard let kind = Key(rawValue: name), count <= UInt64(StoredColumn.greatestCount) else {
        throw TextFault(expected)
      }
      counts[kind] = count
    }
    self = counts
  }
}

extension Dictionary where Key: RawRepresentable<String>, Value == UInt64 {
  var byName: [String: UInt64] {
    Dictionary<String, UInt64>(uniqueKeysWithValues: map { ($0.key.rawValue, $0.value) })
  }
}
