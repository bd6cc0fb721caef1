import Model
import Privacy
import Store

/// Devices and device-days of each group in a period, and which groups are too small to stand alone.
struct DeviceCounts {
  private struct DeviceDay: Hashable {
    var device: DevicePseudonym
    var day: Int64
  }

  private var days: [String: Set<DeviceDay>] = [:]

  mutating func note(_ device: DevicePseudonym, group: String, day: Int64) {
    days[group, default: []].insert(DeviceDay(device: device, day: day))
  }

  /// Presence is stored by UTC day: a day counts where at least half of it, or half of a shorter period, is observed.
  mutating func note(_ presence: [DevicePresence], in period: Range<Hour>) {
    let length = min(24, period.upperBound.sinceEpoch - period.lowerBound.sinceEpoch)
    for entry in presence {
      let from = max(entry.day * 24, period.lowerBound.sinceEpoch)
      let to = min(entry.day * 24 + 24, period.upperBound.sinceEpoch)
      if (to - from) * 2 >= length { note(entry.device, group: entry.group, day: entry.day) }
    }
  }

  /// `minimum`: smallest number of devices that may stand as a group (k).
  func reportedGroups(minimum: Int, settings: [GroupSettings]) -> ReportedGroups {
    let devices = days.mapValues { Set($0.map(\.device)) }
    var collected = Set(devices.filter { $0.value.count < minimum }.keys)
    var collectedDevices = collected.reduce(into: Set<DevicePseudonym>()) { $0.formUnion(devices[$1] ?? []) }
    var remaining =
      devices.filter { !collected.contains($0.key) }
      .sorted { ($1.value.count, $1.key) > ($0.value.count, $0.key) }[...]
    while !collected.isEmpty, collectedDevices.count < minimum, let smallest = remaining.popFirst() {
      collected.insert(smallest.key)
      collectedDevices.formUnion(smallest.value)
    }
    let all = devices.values.reduce(into: Set<DevicePseudonym>()) { $0.formUnion($1) }
    let zones = Set(settings.filter(\.isSecrecyZone).map(\.name))
    var groups: [String: ReportedGroups.Group] = [:]
    for (name, members) in devices where !collected.contains(name) {
      groups[name] = ReportedGroups.Group(
        devices: members.count, deviceDays: days[name]?.count ?? 0, secrecyZone: zones.contains(name) ? .whole : .none)
    }
    if !collected.isEmpty {
      let deviceDays = collected.reduce(into: Set<DeviceDay>()) { $0.formUnion(days[$1] ?? []) }
      groups[GroupName.collecting] = ReportedGroups.Group(
        devices: collectedDevices.count, deviceDays: deviceDays.count,
        secrecyZone: collected.isDisjoint(with: zones) ? .none : .contained)
    }
    let siteDays = days.values.reduce(into: Set<DeviceDay>()) { $0.formUnion($1) }
    return ReportedGroups(
      collected: collected, groups: groups,
      site: ReportedGroups.Group(devices: all.count, deviceDays: siteDays.count, secrecyZone: .none),
      isSiteTooSmall: all.count < minimum)
  }
}

/// Groups as they may be shown: none stands for fewer devices than the smallest number, unless the whole site is smaller.
struct ReportedGroups: Equatable {
  enum SecrecyZone: Sendable, Equatable {
    case none
    case whole
    /// The collecting group holds at least one secrecy zone.
    case contained
  }

  struct Group: Sendable, Equatable {
    var devices: Int
    var deviceDays: Int
    var secrecyZone: SecrecyZone
  }

  /// Names of the settings' groups that stand in the collecting group.
  let collected: Set<String>
  /// By reported name.
  let groups: [String: Group]
  let site: Group
  /// Fewer devices than the smallest number: no figure about devices leaves the program.
  let isSiteTooSmall: Bool

  func name(for group: String) -> String { collected.contains(group) ? GroupName.collecting : group }
}
