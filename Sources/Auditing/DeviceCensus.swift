import Model

/// Decides which senders are devices of the site, and which are only the source address of a packet.
///
/// Anybody inside can send packets with false source addresses. If each counted as a device, one machine could enlarge
/// a group at will: the share of devices in a finding would fall, and a group too small to be shown would become large
/// enough. So a sender counts once it was answered, or if it has a hardware address, of which only `silentLimit`
/// unanswered ones count on a day.
///
/// Bounded by numbers for each day: a site has fewer devices, and each costs the store a row.
struct DeviceCensus {
  /// The device under which all senders that do not count are stored.
  static let uncounted = DeviceIdentity.address(IPAddress(high: 0, low: 0))

  private var answered: Set<DeviceIdentity> = []
  /// Hardware addresses that nobody has answered yet.
  private var silent: Set<DeviceIdentity> = []
  private var day = Int64.min

  static let answeredLimit = 65_536
  /// Most unanswered hardware addresses of a day: more than a site has devices that are connected but unused.
  static let silentLimit = 16_384

  /// Whether the sender of a flow counts as a device. Must be called for each record whose originator is inside,
  /// whatever its destination: the answer of a resolver inside counts too.
  mutating func counts(_ record: FlowRecord) -> Bool {
    let recordDay = record.start.hour.dayUTC
    if recordDay > day {
      day = recordDay
      answered = []
      silent = []
    }
    if answered.contains(record.device) { return true }
    // An answer without a question is only a packet from outside to any address.
    if record.traffic.packetsDown > 0 && record.traffic.packetsUp > 0 || record.outcome == .dnsBlocked {
      guard answered.count < DeviceCensus.answeredLimit else { return false }
      answered.insert(record.device)
      silent.remove(record.device)
      return true
    }
    guard case .hardware = record.device else { return false }
    if silent.contains(record.device) { return true }
    guard silent.count < DeviceCensus.silentLimit else { return false }
    silent.insert(record.device)
    return true
  }
}
