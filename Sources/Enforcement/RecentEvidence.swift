import Model
import Privacy
import Reporting
public import Store

/// Destinations of the last 14 local days of a store, with how often and by how many devices they were contacted.
///
/// An address that was not seen for two weeks may belong to somebody else by now.
public struct RecentEvidence {
  struct Destination: Hashable {
    /// With tokens for personal parts; nil if the flow has no name.
    var name: String?
    /// Nil if it is not the destination's own: inside addresses belong to proxies, reserved ones to nobody.
    var address: IPAddress?
    var rule: String
    /// The pattern of the rule that decided.
    var pattern: String
  }

  struct Contacts {
    var flows: UInt64 = 0
    /// Attempts that were blocked already; retries within 60 s count once.
    var blockedAttempts: UInt64 = 0
    /// Devices of answered flows.
    var devices: Set<DevicePseudonym> = []
    /// The address or the name is known to belong to a shared network.
    var isOnSharedNetwork = false

    mutating func add(_ other: Contacts) {
      flows += other.flows
      blockedAttempts += other.blockedAttempts
      devices.formUnion(other.devices)
      isOnSharedNetwork = isOnSharedNetwork || other.isOnSharedNetwork
    }
  }

  static let length = 14

  /// The last one inclusive; days before the first stored one are not counted.
  let days: ClosedRange<LocalDate>
  /// Days with at least one observed hour.
  let daysObserved: Int
  /// Nil if the whole site is smaller than the smallest group: no figure about devices leaves the program.
  let devicesObserved: Int?
  let contacts: [Destination: Contacts]
  private let period: AuditPeriod

  /// Reads the evidence once; O(flows of the days). Throws `ReportingError`, or what the database throws.
  public init(database: AuditDatabase) throws { try self.init(source: database) }

  init(source: some AuditSource) throws {
    let whole = try AuditPeriod(source: source, from: nil, to: nil, baseline: .none)
    let last = whole.days.upperBound
    let first = max(whole.days.lowerBound, LocalDate(day: last.day - Int64(Self.length) + 1))
    // Tables of a small site must cover all days. A list needs no such limit, since it shows no device and its maker
    // has the store.
    let isWhole = first == whole.days.lowerBound || whole.reportsAllDaysTogether
    let period = isWhole ? whole : try AuditPeriod(source: source, from: first, to: last, baseline: .none)
    let hours = max(period.hours.lowerBound, period.clock.firstHour(of: first))..<period.hours.upperBound
    self.period = period
    days = first...last
    daysObserved =
      Set(
        period.coverage.filter { !$0.isMissing }.map(\.coverage.hour).filter(hours.contains).map {
          period.clock.date(of: $0)
        }
      ).count
    devicesObserved = period.siteDevices
    let inside = Set(try source.sessions().flatMap(\.settings.insideNetworks)).compactMap(IPPrefix.init)
    var contacts: [Destination: Contacts] = [:]
    try source.forEachEvidence(in: hours) { evidence in
      let flow = evidence.flow
      let isAnswered = !flow.outcome.isBlockedAttempt
      let address = flow.destinationAddress.flatMap { address in
        isAnswered && address.isForeign && !inside.contains { $0.contains(address) } ? address : nil
      }
      var contact = Contacts()
      if isAnswered {
        contact.flows = flow.opensFlow ? 1 : 0
        contact.devices = [flow.device]
        contact.isOnSharedNetwork = flow.destinationNetwork.anycastOrCDN == .yes
      } else {
        contact.blockedAttempts = flow.opensFlow && !flow.isRetry ? 1 : 0
      }
      let destination = Destination(
        name: flow.destinationName, address: address, rule: flow.ruleID, pattern: flow.matchedPattern)
      contacts[destination, default: Contacts()].add(contact)
    }
    self.contacts = contacts
  }

  /// Least number of devices that have these pseudonyms.
  func count(_ devices: Set<DevicePseudonym>) -> Int { period.deviceCount(devices) }

  /// Names that were seen for a pattern, in a form that is safe for a list: without tokens, with legal characters only,
  /// since they come from the network.
  func names(of pattern: String, rule: String) -> Set<String> {
    Set(
      contacts.keys.lazy.filter { $0.rule == rule && $0.pattern == pattern }.compactMap(\.name)
        .filter(HostName.isLegal))
  }
}

/// Host names that lists for resolvers may contain.
enum HostName {
  /// Labels of 1 to 63 letters in lower case, digits, `-` and `_`; at least two, at most 253 characters (RFC 1035
  /// §2.3.4).
  static func isLegal(_ name: String) -> Bool {
    let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return name.utf8.count <= 253 && labels.count >= 2
      && labels.allSatisfy { label in
        (1...63).contains(label.count)
          && label.allSatisfy {
            $0.isASCIILowercase || $0.isASCIIDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
          }
      }
  }

  /// The name without its first label; nil for a single label.
  static func parent(_ name: String) -> String? {
    name.firstIndex(of: ".").map { String(name[name.index(after: $0)...]) }
  }
}

extension IPAddress {
  /// Whether it can be the unicast address of a host on the Internet.
  fileprivate var isForeign: Bool {
    !isUnspecified && !isLoopback && !isMulticast && !isLinkLocal && !isIPv4Broadcast
  }
}
