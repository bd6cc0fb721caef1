public import Model

/// Collects traffic to destinations that no rule describes, and returns nothing below the smallest number of devices
/// (k).
///
/// Which device contacted what is kept in memory only, for the current days. A contact of fewer than k devices leaves
/// no trace. Memory is bounded by numbers; contacts without room are counted in `dropped`.
public struct UndescribedDestinations: Sendable {
  /// One flow, or the part of it that fell into an hour.
  public struct Contact: Sendable {
    public var identity: UndescribedDestination.Identity
    public var device: DevicePseudonym
    /// Time of its first packet.
    public var start: Timestamp
    /// It is the first record of its flow.
    public var opensFlow: Bool
    /// Nil if no working hours were agreed.
    public var isOutsideHours: Bool?
    public var bytesUp: UInt64
    public var bytesDown: UInt64
    public var namingClass: NamingClass
    public var owner: NetworkOwner

    public init(
      identity: UndescribedDestination.Identity, device: DevicePseudonym, start: Timestamp, opensFlow: Bool,
      isOutsideHours: Bool?, bytesUp: UInt64, bytesDown: UInt64, namingClass: NamingClass, owner: NetworkOwner
    ) {
      self.identity = identity
      self.device = device
      self.start = start
      self.opensFlow = opensFlow
      self.isOutsideHours = isOutsideHours
      self.bytesUp = bytesUp
      self.bytesDown = bytesDown
      self.namingClass = namingClass
      self.owner = owner
    }
  }

  private struct Key: Hashable {
    var day: Int64
    var identity: UndescribedDestination.Identity
  }

  fileprivate struct Entry {
    /// First halves of pseudonyms.
    var devices: Set<UInt64> = []
    var sums: UndescribedDestination
    var ownersDiffer = false
    fileprivate var rhythms: [Rhythm] = []
    var hasChanged = true
  }

  private let minimum: Int
  private let entryLimit: Int
  private let deviceLimit: Int
  private var entries: [Key: Entry] = [:]
  /// In the order of arrival; those in front of `oldest` have been removed.
  private var order: [Key] = []
  private var oldest = 0
  private var devices = 0
  private var latestDay = Int64.min

  /// Contacts for which there was no room, since the last call of `takeDropped`.
  public private(set) var dropped: UInt64 = 0

  /// - Parameters:
  ///   - minimum: k, from 1.
  ///   - entryLimit: most pairs of destination and day in memory; the oldest with fewer than k devices are evicted.
  ///   - deviceLimit: most devices of all destinations together.
  public init(minimum: Int, entryLimit: Int = 50_000, deviceLimit: Int = 500_000) {
    self.minimum = max(minimum, 1)
    self.entryLimit = entryLimit
    self.deviceLimit = deviceLimit
  }

  /// Records a flow to a destination without a rule. O(1) on average.
  public mutating func note(_ contact: Contact) {
    let key = Key(day: contact.start.hour.dayUTC, identity: contact.identity)
    if key.day > latestDay {
      latestDay = key.day
      removeFinishedDays()
    }
    if entries[key] == nil {
      guard makeRoom() else {
        dropped += 1
        return
      }
      order.append(key)
      entries[key] = Entry(
        sums: UndescribedDestination(
          identity: contact.identity, day: key.day, devices: 0, flows: 0,
          flowsOutsideHours: contact.isOutsideHours == nil ? nil : 0, bytesUp: 0, bytesDown: 0,
          namingClass: contact.namingClass, systemNumber: contact.owner.systemNumber,
          systemName: contact.owner.systemName, period: nil))
    }
    let mayGrow = devices < deviceLimit
    let grew = entries[key]?.add(contact, mayGrow: mayGrow)
    if grew == true { devices += 1 }
    if grew == nil { dropped += 1 }
  }

  /// What has changed since the last call, of at least k devices each; by day, then destination. O(destinations).
  public mutating func takeChanged() -> [UndescribedDestination] {
    var changed: [UndescribedDestination] = []
    for index in entries.values.indices
    where entries.values[index].hasChanged && entries.values[index].devices.count >= minimum {
      entries.values[index].hasChanged = false
      changed.append(entries.values[index].result)
    }
    return changed.sorted { ($0.day, $0.identity.text) < ($1.day, $1.identity.text) }
  }

  /// Number of contacts for which there was no room since the last call.
  public mutating func takeDropped() -> UInt64 {
    defer { dropped = 0 }
    return dropped
  }

  // MARK: Room

  /// Removes finished days, except yesterday, which may still get parts of long flows.
  private mutating func removeFinishedDays() {
    guard entries.contains(where: { $0.key.day < latestDay - 1 && $0.value.isFinished(minimum) }) else { return }
    for (key, entry) in entries where key.day < latestDay - 1 && entry.isFinished(minimum) {
      entries[key] = nil
      devices -= entry.devices.count
    }
    order = order[oldest...].filter { entries[$0] != nil }
    oldest = 0
  }

  /// Makes room for another destination by evicting the oldest with few devices; false if there is none.
  private mutating func makeRoom() -> Bool {
    guard entries.count >= entryLimit else { return true }
    // Entries with k devices or more are moved to the end. A few steps suffice, unless all room is taken by such
    // entries.
    for _ in 0..<16 where oldest < order.count {
      let key = order[oldest]
      oldest += 1
      guard let entry = entries[key] else { continue }
      if entry.devices.count >= minimum {
        order.append(key)
        continue
      }
      entries[key] = nil
      devices -= entry.devices.count
      dropped += entry.sums.flows
      compact()
      return true
    }
    compact()
    return false
  }

  /// Compacts `order` once half of its keys have been removed.
  private mutating func compact() {
    guard oldest > order.count / 2 else { return }
    order.removeFirst(oldest)
    oldest = 0
  }
}

extension UndescribedDestination.Identity {
  /// As stored: a domain, `AS` and a number, or nothing. No domain of two labels looks like `AS64500`.
  package var text: String {
    switch self {
    case .domain(let name): name
    case .network(let number): "AS\(number)"
    case .unnamed: ""
    }
  }

  /// The reverse of `text`.
  package init(text: String) {
    if text.isEmpty {
      self = .unnamed
    } else if text.hasPrefix("AS"), let number = UInt32(text.dropFirst(2)) {
      self = .network(number)
    } else {
      self = .domain(text)
    }
  }
}

extension UndescribedDestinations.Entry {
  /// There is nothing more to return for it.
  fileprivate func isFinished(_ minimum: Int) -> Bool { !hasChanged || devices.count < minimum }

  /// - Returns: whether the device is new; nil if there was no room.
  fileprivate mutating func add(_ contact: UndescribedDestinations.Contact, mayGrow: Bool) -> Bool? {
    let device = contact.device.high
    var isNew = false
    if !devices.contains(device) {
      guard mayGrow else { return nil }
      devices.insert(device)
      isNew = true
    }
    hasChanged = true
    sums.bytesUp.addSaturating(contact.bytesUp)
    sums.bytesDown.addSaturating(contact.bytesDown)
    sums.namingClass = min(sums.namingClass, contact.namingClass)
    if contact.owner.systemNumber != sums.systemNumber { ownersDiffer = true }
    guard contact.opensFlow else { return isNew }
    sums.flows.addSaturating(1)
    if contact.isOutsideHours == true { sums.flowsOutsideHours = (sums.flowsOutsideHours ?? 0) + 1 }
    if let index = rhythms.firstIndex(where: { $0.device == device }) {
      rhythms[index].note(contact.start.seconds)
    } else if rhythms.count < Rhythm.sampled {
      rhythms.append(Rhythm(device: device, last: contact.start.seconds))
    }
    return isNew
  }

  fileprivate var result: UndescribedDestination {
    var result = sums
    result.devices = UInt64(devices.count)
    if ownersDiffer {
      result.systemNumber = nil
      result.systemName = nil
    }
    result.period = Rhythm.period(of: rhythms)
    return result
  }
}

/// Whether one device contacts a destination in steady intervals: mean and variance in one pass (Welford 1962).
fileprivate struct Rhythm {
  /// Most devices of a destination that are sampled.
  static let sampled = 8
  /// Shortest interval in seconds: shorter ones are between connections of one contact.
  private static let shortest: Int64 = 2
  private static let fewest = 6.0
  /// Standard deviation, as a share of the mean, up to which intervals are steady.
  private static let spread = 0.1

  let device: UInt64
  var last: Int64
  private var count = 0.0
  private var mean = 0.0
  private var squares = 0.0

  init(device: UInt64, last: Int64) {
    self.device = device
    self.last = last
  }

  mutating func note(_ seconds: Int64) {
    // Flows are in the order of their ends.
    let interval = seconds - last
    guard interval >= Self.shortest else { return }
    last = seconds
    count += 1
    let difference = Double(interval) - mean
    mean += difference / count
    squares += difference * (Double(interval) - mean)
  }

  private var isSteady: Bool { count >= Self.fewest && (squares / count).squareRoot() <= Self.spread * mean }

  /// The median of the steady devices' means, if they are more than half of those sampled.
  static func period(of rhythms: [Rhythm]) -> UInt64? {
    let steady = rhythms.filter(\.isSteady).map(\.mean).sorted()
    guard !steady.isEmpty, steady.count * 2 > rhythms.count else { return nil }
    return UInt64(steady[steady.count / 2].rounded())
  }
}
