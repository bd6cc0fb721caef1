import Model

/// Finer class of an endpoint, as sources use it.
public enum EndpointKind: String, CaseIterable, Sendable {
  case advertising
  case appStore = "app-store"
  case authentication
  case certificateCheck = "certificate-check"
  case cloudStorage = "cloud-storage"
  case collaboration
  case connectedExperience = "connected-experience"
  case connectivityProbe = "connectivity-probe"
  case contentDelivery = "content-delivery"
  case diagnosticsCrash = "diagnostics-crash"
  case experimentationConfig = "experimentation-config"
  case licensing
  case location
  case other
  case searchSuggest = "search-suggest"
  case securityReputation = "security-reputation"
  case speechInking = "speech-inking"
  case sync
  case telemetry
  case time
  case update
}

/// Level at which a source places a transmission.
enum DataLevel: String, CaseIterable, Sendable {
  case connectedExperience = "connected-experience"
  case optional
  case required
  case requiredDiagnostic = "required-diagnostic"
  case requiredService = "required-service"
  case security
}

/// Part that a recipient claims to play under data protection law.
enum RecipientRole: String, CaseIterable, Sendable {
  case controller
  case processor
  case subProcessor = "sub_processor"
  case unknown
}

/// What the part of a name under `*` stands for where it is personal.
enum PersonalLabel: String, CaseIterable, Sendable {
  case device
  case tenant
  case user
}

package enum RuleTransport: String, CaseIterable, Sendable {
  case tcp
  case udp

  var transport: TransportProtocol { self == .tcp ? .tcp : .udp }
}

/// A day of the Gregorian calendar, or the last day of a month or year where the text names no day.
package struct CivilDate: Sendable, Comparable {
  let year: Int
  let month: Int
  let day: Int

  /// Reads `YYYY-MM-DD`; with `wholeDay` false also `YYYY-MM` and `YYYY`.
  package init?(_ text: String, wholeDay: Bool = true) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard wholeDay ? parts.count == 3 : (1...3).contains(parts.count), parts[0].utf8.count == 4,
      parts.dropFirst().allSatisfy({ $0.utf8.count == 2 }),
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    let numbers = parts.compactMap { Int($0) }
    year = numbers[0]
    month = numbers.count > 1 ? numbers[1] : 12
    guard (1...12).contains(month) else { return nil }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let last = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    day = numbers.count > 2 ? numbers[2] : last
    guard (1...last).contains(day) else { return nil }
  }

  /// Days since 1970-01-01 (Hinnant, `days_from_civil`); for years from 0.
  package var daysSinceEpoch: Int {
    let year = month <= 2 ? self.year - 1 : self.year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  package static func < (left: CivilDate, right: CivilDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }
}
