import Model
import Privacy
import Store

/// Which key made each pseudonym, so that a device with pseudonyms of several keys does not count twice.
///
/// Nobody can link the pseudonyms that two keys made for one device. So for a set of pseudonyms, the greatest number
/// that one key made counts: there were at least that many devices. Empty and without cost if the key was never
/// changed.
struct DeviceEpochs: Sendable {
  /// First days of the keys that followed the first, in UTC, ascending; only those that lie within what is stored.
  let changes: [LocalDate]
  private var epochs: [DevicePseudonym: Int] = [:]

  static let none = DeviceEpochs(changes: [], presence: [])

  /// - Parameters:
  ///   - changes: first days of keys, ascending.
  ///   - presence: of all devices that are to be counted.
  init(changes: [LocalDate], presence: [DevicePresence]) {
    guard let first = presence.map(\.day).min(), let last = presence.map(\.day).max() else {
      self.changes = []
      return
    }
    self.changes = changes.filter { first < $0.day && $0.day <= last }
    guard !self.changes.isEmpty else { return }
    for entry in presence { epochs[entry.device] = number(of: entry.day) }
  }

  /// Number of the key that applies on a day (in UTC since 1970), from 0.
  private func number(of day: Int64) -> Int { changes.count { $0.day <= day } }

  /// Least number of devices that have these pseudonyms. O(pseudonyms), O(1) if the key was never changed.
  func count(_ devices: some Collection<DevicePseudonym>) -> Int {
    guard !changes.isEmpty else { return devices.count }
    var counts: [Int: Int] = [:]
    for device in devices { counts[epochs[device] ?? -1, default: 0] += 1 }
    return counts.values.max() ?? 0
  }

  /// Days (in UTC) within `hours` on which another key began.
  func changes(in hours: Range<Hour>) -> [LocalDate] {
    changes.filter { hours.lowerBound.dayUTC < $0.day && $0.day * 24 < hours.upperBound.sinceEpoch }
  }
}
