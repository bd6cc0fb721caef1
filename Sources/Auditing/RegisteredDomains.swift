import Foundation
import Model
import Rules

/// Finds the registered domain of names, with a cache of recent ones.
struct RegisteredDomains {
  private let suffixes = PublicSuffixList.installed
  private var known: [String: String?] = [:]

  /// Most cached names; a site contacts fewer in a day. A look-up searches a trie of 9,000 suffixes.
  private static let limit = 20_000

  /// One label more than the public suffix, in lower case; the name itself if it is a public suffix, nil if it is an
  /// address or has one label only.
  mutating func domain(of name: String) -> String? {
    if let domain = known[name] { return domain }
    if known.count >= Self.limit { known = [:] }
    let domain = find(name)
    known[name] = .some(domain)
    return domain
  }

  private func find(_ name: String) -> String? {
    var text = name.lowercased()
    while text.hasSuffix(".") { text.removeLast() }
    guard text.contains("."), IPAddress(text) == nil else { return nil }
    return suffixes.registrableDomain(of: text) ?? text
  }
}

/// Decides whether an hour is outside the agreed working hours.
struct AgreedHours {
  private let hours: WorkingHours
  private let calendar: Calendar
  private var known: [Hour: Bool] = [:]

  /// Nil if none were agreed, or if this machine does not know the time zone.
  init?(_ settings: AuditSettings) {
    guard let hours = settings.workingHours, let zone = TimeZone(identifier: settings.timeZone) else { return nil }
    self.hours = hours
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    self.calendar = calendar
  }

  mutating func isOutside(_ hour: Hour) -> Bool {
    if let known = known[hour] { return known }
    if known.count >= 1_000 { known = [:] }
    let parts = calendar.dateComponents(
      [.weekday, .hour], from: Date(timeIntervalSince1970: Double(hour.start.seconds)))
    // Foundation counts weekdays from Sunday, 1; ISO 8601 from Monday, 1.
    let weekday = ((parts.weekday ?? 1) + 5) % 7 + 1
    let isOutside = !hours.contains(weekday: weekday, hour: parts.hour ?? 0)
    known[hour] = isOutside
    return isOutside
  }
}
