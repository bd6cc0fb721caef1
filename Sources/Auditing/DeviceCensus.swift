import Model

/// Tells which senders are devices of the site, and which only a source address that a packet bears.
///
/// Anybody inside can send packets with whatever source address. Were each a device, one machine could give a group as many as it likes: the
/// share of devices that a finding names would sink, and a group too small to be shown would become large enough. So a sender counts once it was
/// answered, or shows a hardware address, of which a day may show only so many that nobody answers.
///
/// Bounded by numbers for each day: a site has fewer devices, and each costs the store a row.
struct DeviceCensus {
  /// All senders that do not count, in the store: one device, whatever addresses they bear.
  static let uncounted = DeviceIdentity.address(IPAddress(high: 0, low: 0))

  private var answered: Set<DeviceIdentity> = []
  /// Hardware addresses that nobody has answered yet.
  private var silent: Set<DeviceIdentity> = []
  private var day = Int64.min

  static let answeredLimit = 65_536
  /// More devices than a site has that are connected and send nothing.
  static let silentLimit = 16_384

  /// Whether the sender of a flow counts as a device. To be asked for each record whose originator is inside, wherever it goes: the
  /// answer of a resolver inside counts too.
  mutating func counts(_ record: FlowRecord) -> Bool {
    let recordDay = record.start.hour.dayUTC
    if recordDay > day {
      day = recordDay
      answered = []
      silent = []
    }
    if answered.contains(record.device) { return true }
    // An answer without a question is only a packet from outside to whatever address.
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
