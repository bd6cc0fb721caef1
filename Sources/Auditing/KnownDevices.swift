import Model
import Privacy
import Store

/// Devices with their pseudonyms and what was noted of each of them.
struct KnownDevices {
  private let source: PseudonymSource
  private(set) var pseudonymiser: Pseudonymiser
  /// Of the pseudonymiser, in its source.
  private var version: Int
  private var devices: [Key: Device] = [:]

  /// A device has another pseudonym with each key.
  fileprivate struct Key: Hashable {
    let device: DeviceIdentity
    let epoch: Int
  }

  struct Device {
    let pseudonym: DevicePseudonym
    var evidence = EvidenceAllowance.Device()
    /// Where it was seen last, which is stored already or in the batch under way.
    fileprivate var presence: (day: Int64, group: String)?
  }

  /// A place holds until the next one is asked for.
  struct Place {
    fileprivate let index: Dictionary<Key, Device>.Index
  }

  /// A pseudonym costs an HMAC; a site has far fewer devices than this.
  private static let limit = 100_000

  init(_ source: PseudonymSource) {
    self.source = source
    let current = source.current
    (version, pseudonymiser) = (current.number, current.pseudonymiser)
  }

  /// Takes the source's keys of now, and forgets all devices if they changed.
  mutating func refresh() {
    let current = source.current
    guard current.number != version else { return }
    (version, pseudonymiser) = (current.number, current.pseudonymiser)
    devices = [:]
  }

  subscript(place: Place) -> Device {
    get { devices.values[place.index] }
    _modify { yield &devices.values[place.index] }
  }

  /// The day decides about the key, whenever the flow is stored: so a device has one pseudonym on each day.
  mutating func place(of device: DeviceIdentity, on day: Int64) -> Place {
    let key = Key(device: device, epoch: pseudonymiser.epoch(of: day))
    if let known = devices.index(forKey: key) { return Place(index: known) }
    if devices.count >= KnownDevices.limit { devices = [:] }
    devices[key] = Device(pseudonym: pseudonymiser.pseudonym(of: device, epoch: key.epoch))
    return Place(index: devices.index(forKey: key)!)
  }

  /// The row of a device for a day and a group; nil if it was returned before. Each device has one, however many flows
  /// it has.
  mutating func notePresence(of place: Place, on day: Int64, in group: String) -> DevicePresence? {
    if let last = self[place].presence, last == (day, group) { return nil }
    self[place].presence = (day, group)
    return DevicePresence(day: day, group: group, device: self[place].pseudonym)
  }
}
