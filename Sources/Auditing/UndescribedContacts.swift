import FlowTracking
import Inspection
import Model
import Privacy
import Store

/// Contacts with destinations that no rule describes: they leave no trace but in the list of such destinations, which
/// knows no device.
struct UndescribedContacts {
  private var list: UndescribedDestinations
  private var domains = RegisteredDomains()
  private var agreedHours: AgreedHours?
  private var takenAt = Timestamp(seconds: 0)
  private var lastEnd: Timestamp?

  /// Seconds of observed time after which the list is stored again.
  private static let interval: Int64 = 300

  init(_ settings: AuditSettings) {
    list = UndescribedDestinations(minimum: settings.groupMinimum)
    agreedHours = AgreedHours(settings)
  }

  /// Whether a flow is a contact: it was established and answered.
  static func isOne(_ record: FlowRecord) -> Bool {
    record.outcome == .established && record.traffic.packetsDown > 0
  }

  mutating func note(
    _ record: FlowRecord, of device: DevicePseudonym, _ namingClass: NamingClass, bytesUp: UInt64, owner: NetworkOwner
  ) {
    let identity: UndescribedDestination.Identity =
      if let domain = record.name.flatMap({ domains.domain(of: $0.name) }) {
        .domain(domain)
      } else if let number = owner.systemNumber {
        .network(number)
      } else {
        .unnamed
      }
    list.note(
      UndescribedDestinations.Contact(
        identity: identity, device: device, start: record.start, opensFlow: record.part == 0,
        isOutsideHours: agreedHours?.isOutside(record.start.hour), bytesUp: bytesUp,
        bytesDown: record.traffic.bytesDown, namingClass: namingClass, owner: owner))
  }

  /// What changed since the last time; nil if that is not long ago. `end`: of the last flow.
  mutating func takeDue(at end: Timestamp) -> [UndescribedDestination]? {
    lastEnd = end
    // A clock that was set back must not stop the list.
    guard !(0..<Self.interval).contains(end.seconds - takenAt.seconds) else { return nil }
    takenAt = end
    return list.takeChanged()
  }

  /// What changed since the last time.
  mutating func takeChanged() -> [UndescribedDestination] { list.takeChanged() }

  /// Number of contacts for which there was no room since the last time, and the hour that they count for; nil if
  /// there was room for all.
  mutating func takeNotNoted() -> (hour: Hour, contacts: UInt64)? {
    guard let lastEnd else { return nil }
    let contacts = list.takeDropped()
    return contacts > 0 ? (lastEnd.hour, contacts) : nil
  }
}
