import Model

/// Counts of one device in one period that a comparison uses.
struct DeviceContact: Sendable, Equatable {
  var sessions: UInt64 = 0
  var blockedAttempts: UInt64 = 0
  var bytesUp: UInt64 = 0
  /// Contact was answered.
  var isReached = false

  mutating func add(_ other: DeviceContact) {
    sessions.addSaturating(other.sessions)
    blockedAttempts.addSaturating(other.blockedAttempts)
    bytesUp.addSaturating(other.bytesUp)
    isReached = isReached || other.isReached
  }

  subscript(measure: ComparedMeasure) -> UInt64 {
    switch measure {
    case .devices: isReached ? 1 : 0
    case .sessions: sessions
    case .blockedAttempts: blockedAttempts
    case .bytesUp: bytesUp
    }
  }
}

/// What a comparison measures: devices as a share of the devices present, everything else per device-day.
enum ComparedMeasure: Int, Sendable, CaseIterable {
  case devices
  case sessions
  case blockedAttempts
  case bytesUp
}

/// Two values, one for each period of a comparison.
struct BeforeAfter<Value> {
  var before: Value
  var after: Value

  func map<Other>(_ body: (Value) throws -> Other) rethrows -> BeforeAfter<Other> {
    BeforeAfter<Other>(before: try body(before), after: try body(after))
  }

  var both: [Value] { [before, after] }
}

extension BeforeAfter: Sendable where Value: Sendable {}
extension BeforeAfter: Equatable where Value: Equatable {}

/// How much a rate changed, relative to the rate before, in hundredths of a per cent: -10000 means that nothing is
/// left.
struct RelativeChange: Sendable, Equatable, Comparable {
  var hundredths: Int64

  /// Without bound: there was nothing before.
  static let unbounded = RelativeChange(hundredths: .max)
  static let least = RelativeChange(hundredths: -10_000)
  /// Above it a change counts as unbounded; a hundred million fold.
  private static let greatest: UInt128 = 1_000_000_000_000

  static func < (left: RelativeChange, right: RelativeChange) -> Bool { left.hundredths < right.hundredths }

  /// Change between two rates, each a number of events and the quantity it refers to; nil if one of these quantities is
  /// 0, or if there were no events at all.
  ///
  /// Integer arithmetic only, so that every machine computes the same. Rounded half up.
  init?(_ events: BeforeAfter<UInt64>, per base: BeforeAfter<UInt64>) {
    guard base.before > 0, base.after > 0, events.before > 0 || events.after > 0 else { return nil }
    guard events.before > 0 else {
      self = .unbounded
      return
    }
    let (whole, overflow) = (UInt128(events.after) * UInt128(base.before)).multipliedReportingOverflow(by: 10_000)
    let (part, isLarge) = UInt128(events.before).multipliedReportingOverflow(by: UInt128(base.after))
    let quotient = overflow || isLarge ? Self.greatest : (whole + part / 2) / part
    hundredths = quotient >= Self.greatest ? .max : Int64(quotient) - 10_000
  }

  private init(hundredths: Int64) { self.hundredths = hundredths }

  /// In whole per cent, half away from zero; nil if it has no bound.
  var percent: Int64? {
    guard self != .unbounded else { return nil }
    return hundredths < 0 ? (hundredths - 50) / 100 : (hundredths + 50) / 100
  }
}

/// An interval of a change, with 95 % confidence.
struct ChangeInterval: Sendable, Equatable {
  var low: RelativeChange
  /// `unbounded` if the devices do not bound it.
  var high: RelativeChange

  /// In whole per cent, rounded outwards.
  var lowPercent: Int64? { low == .unbounded ? nil : floorPercent(low.hundredths) }
  var highPercent: Int64? { high == .unbounded ? nil : -floorPercent(-high.hundredths) }

  private func floorPercent(_ hundredths: Int64) -> Int64 {
    hundredths / 100 - (hundredths % 100 < 0 ? 1 : 0)
  }

  /// Whether no change is among the values that the interval holds.
  var holdsNoChange: Bool { low.hundredths <= 0 && high.hundredths >= 0 }
}

/// Intervals of changes by a bootstrap over devices: whole devices are drawn with replacement, so that it counts how
/// much devices differ, and the days of one device need not be independent of each other (A. C. Davison, D. V. Hinkley,
/// Bootstrap Methods and their Application, 1997, §3.8).
///
/// The seed is fixed and all arithmetic is on integers: the same store gives the same interval on every machine.
struct ClusterBootstrap {
  static let draws = 2_000
  static let seed: UInt64 = 0x6567_7265_7373_0058

  /// Fewer devices give no interval.
  static let fewestDevices = 5

  /// Device-days of each device in each period. If the devices are paired, an index means the same device in both, with
  /// 0 device-days in a period in which it was absent.
  let days: BeforeAfter<[UInt64]>
  let isPaired: Bool

  /// One service, or a sum of services: contact by the device's place.
  typealias Contacts = BeforeAfter<[(device: Int, contact: DeviceContact)]>

  /// Of each measure; nil if there are too few devices, or if there were no events before.
  typealias Intervals = [ComparedMeasure: ChangeInterval]

  fileprivate struct Cell {
    /// Values by measure.
    var contacts: BeforeAfter<[(device: Int, values: SIMD4<UInt64>)]>
    var changes: [[RelativeChange]]
    var undefined: [Int]
  }

  /// Of each of `contacts`, in their order. O(draws × (devices + contacts)).
  func intervals(of contacts: [Contacts]) -> [Intervals] {
    let present = days.map { $0.count { $0 > 0 } }
    let devices = min(present.before, present.after)
    guard devices >= Self.fewestDevices else { return contacts.map { _ in [:] } }
    var cells = contacts.map { cell($0) }
    var generator = SplitMix64(state: Self.seed)
    var weights = days.map { [UInt64](repeating: 0, count: $0.count) }
    for _ in 0..<Self.draws {
      generator.draw(&weights.before)
      if isPaired { weights.after = weights.before } else { generator.draw(&weights.after) }
      let bases = BeforeAfter(
        before: Self.bases(days.before, weights.before), after: Self.bases(days.after, weights.after))
      for index in cells.indices { cells[index].note(weights, bases) }
    }
    return cells.map { $0.intervals(outside: Self.outside(devices: devices)) }
  }

  private func cell(_ contacts: Contacts) -> Cell {
    let count = ComparedMeasure.allCases.count
    let greatest = UInt64(1) << 62 / UInt64(max(days.before.count, days.after.count, 1))
    let values = contacts.map { side in
      side.map { entry in
        // A store that somebody changed may contain any number; sums of a draw stay below 2^62.
        let contact = entry.contact
        return (
          device: entry.device,
          values: SIMD4(
            min(contact[.devices], greatest), min(contact[.sessions], greatest),
            min(contact[.blockedAttempts], greatest),
            min(contact[.bytesUp], greatest))
        )
      }
    }
    return Cell(
      contacts: values, changes: Array(repeating: [], count: count), undefined: Array(repeating: 0, count: count))
  }

  /// Devices and device-days in a draw.
  private static func bases(_ days: [UInt64], _ weights: [UInt64]) -> (devices: UInt64, days: UInt64) {
    var (devices, sum): (UInt64, UInt64) = (0, 0)
    for (index, weight) in weights.enumerated() where weight > 0 && days[index] > 0 {
      devices += weight
      sum.addSaturating(weight * min(days[index], 1 << 32))
    }
    return (devices, sum)
  }

  /// Draws left outside at each end.
  ///
  /// The percentile interval is too narrow for few devices. Its ends are therefore moved outwards to the level
  /// Φ(-√(n/(n-1)) t) with the 97.5 % point t of the t distribution with n - 1 degrees of freedom (T. C. Hesterberg,
  /// The American Statistician 69 (2015) 371-386, §5.3). The table holds 2,000 times this level, rounded down.
  private static func outside(devices: Int) -> Int {
    let table = [
      (1_000, 49), (200, 48), (100, 46), (75, 44), (50, 42), (40, 40), (30, 37), (25, 35), (20, 31), (15, 26), (12, 21),
      (10, 17), (9, 14), (8, 11), (7, 8), (6, 4),
    ]
    return table.first { devices >= $0.0 }?.1 ?? 1
  }
}

extension ClusterBootstrap.Cell {
  fileprivate mutating func note(
    _ weights: BeforeAfter<[UInt64]>, _ bases: BeforeAfter<(devices: UInt64, days: UInt64)>
  ) {
    let sums = BeforeAfter(
      before: Self.sum(contacts.before, weights.before), after: Self.sum(contacts.after, weights.after))
    for measure in ComparedMeasure.allCases {
      let base = bases.map { measure == .devices ? $0.devices : $0.days }
      if let change = RelativeChange(sums.map { $0[measure.rawValue] }, per: base) {
        changes[measure.rawValue].append(change)
      } else {
        undefined[measure.rawValue] += 1
      }
    }
  }

  private static func sum(
    _ contacts: [(device: Int, values: SIMD4<UInt64>)], _ weights: [UInt64]
  ) -> SIMD4<UInt64> {
    var sum = SIMD4<UInt64>.zero
    for entry in contacts where weights[entry.device] > 0 { sum &+= entry.values &* weights[entry.device] }
    return sum
  }

  /// Draws without any event could mean any change, so they count at both ends.
  fileprivate func intervals(outside: Int) -> ClusterBootstrap.Intervals {
    var intervals: ClusterBootstrap.Intervals = [:]
    for measure in ComparedMeasure.allCases {
      let sorted = changes[measure.rawValue].sorted()
      guard !sorted.isEmpty, contacts.before.contains(where: { $0.values[measure.rawValue] > 0 }) else { continue }
      let rank = outside - 1 - undefined[measure.rawValue]
      let isDefined = rank >= 0 && rank < sorted.count
      intervals[measure] = ChangeInterval(
        low: isDefined ? sorted[rank] : .least,
        high: isDefined ? sorted[sorted.count - 1 - rank] : .unbounded)
    }
    return intervals
  }
}

/// Pseudo-random numbers of 64 bits whose sequence is defined everywhere (G. L. Steele, D. Lea, C. H. Flood, OOPSLA
/// 2014).
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }

  /// A number below `bound`, each with the same probability (D. Lemire, ACM TOMACS 29 (2019) 3).
  mutating func next(below bound: UInt64) -> UInt64 {
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let least = (0 &- bound) % bound
      while product.low < least { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// Draws as many places as there are, with replacement; `weights` becomes how often each was drawn.
  fileprivate mutating func draw(_ weights: inout [UInt64]) {
    let count = UInt64(weights.count)
    for index in weights.indices { weights[index] = 0 }
    for _ in 0..<count { weights[Int(next(below: count))] += 1 }
  }
}
