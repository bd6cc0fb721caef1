import Model
import Privacy

/// Devices and device-days of each reported group in a period.
struct DeviceCounts {
  private struct DeviceDay: Hashable {
    var device: DevicePseudonym
    var date: LocalDate
  }

  private let reporting: ReportingDays
  /// By the groups' own names.
  private var days: [String: Set<DeviceDay>] = [:]

  init(_ reporting: ReportingDays) { self.reporting = reporting }

  mutating func note(_ device: DevicePseudonym, group: String, on date: LocalDate) {
    days[group, default: []].insert(DeviceDay(device: device, date: date))
  }

  mutating func formUnion(_ other: DeviceCounts) {
    days.merge(other.days) { $0.union($1) }
  }

  /// Devices of all groups. O(device-days).
  var deviceCount: Int { reporting.epochs.count(Set(days.values.joined().map(\.device))) }

  /// `minimum`: smallest number of devices that may be shown as a group (k).
  func reportedGroups(minimum: Int, settings: [GroupSettings]) -> ReportedGroups {
    let zones = Set(settings.filter(\.isSecrecyZone).map(\.name))
    var reported: [String: Set<DeviceDay>] = [:]
    var collected: Set<String> = []
    for (group, members) in days {
      for member in members {
        let name = reporting.reportedGroup(group, on: member.date)
        if name == GroupName.collecting { collected.insert(group) }
        reported[name, default: []].insert(member)
      }
    }
    let site = days.values.reduce(into: Set<DeviceDay>()) { $0.formUnion($1) }
    return ReportedGroups(
      collected: collected,
      groups: Dictionary(
        uniqueKeysWithValues: reported.map { name, members in
          let zone: ReportedGroups.SecrecyZone =
            name == GroupName.collecting
            ? collected.isDisjoint(with: zones) ? .none : .contained : zones.contains(name) ? .whole : .none
          return (name, ReportedGroups.Group(members, zone, reporting.epochs, \.device))
        }),
      site: ReportedGroups.Group(site, .none, reporting.epochs, \.device),
      isSiteTooSmall: reporting.epochs.count(Set(site.map(\.device))) < minimum)
  }
}

/// Groups as they may be shown: none has fewer devices than the smallest number, unless the whole site is smaller.
struct ReportedGroups: Equatable {
  enum SecrecyZone: Sendable, Equatable {
    case none
    case whole
    /// The collecting group contains at least one secrecy zone.
    case contained
  }

  struct Group: Sendable, Equatable {
    /// At least so many, if the pseudonym key was changed.
    var devices: Int
    var deviceDays: Int
    var secrecyZone: SecrecyZone
  }

  /// Names of the settings' groups that are part of the collecting group on at least one day.
  let collected: Set<String>
  /// By reported name.
  let groups: [String: Group]
  let site: Group
  /// Fewer devices than the smallest number: no figure about devices leaves the program.
  let isSiteTooSmall: Bool
}

extension ReportedGroups.Group {
  fileprivate init<DeviceDay>(
    _ days: Set<DeviceDay>, _ zone: ReportedGroups.SecrecyZone, _ epochs: DeviceEpochs,
    _ device: (DeviceDay) -> DevicePseudonym
  ) {
    self.init(devices: epochs.count(Set(days.map(device))), deviceDays: days.count, secrecyZone: zone)
  }
}
