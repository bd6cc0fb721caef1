import Glibc
public import Model
public import Privacy

/// The values that many rows of the hourly aggregates have in common.
public struct UsageLabel: Sendable, Hashable {
  public var matchedPattern: String
  public var ruleID: String
  public var group: String
  public var sensor: String
  public var ruleSetHash: String
  public var namingClass: NamingClass
  public var encryption: Encryption
  public var cleartextIdentifierClasses: Set<IdentifierClass>
}

/// One row of the hourly aggregates without the counts of packets; label and device are indices into `UsageNames`.
public struct LabelledUsage: Sendable {
  public var label: Int
  public var device: Int
  public var hour: Hour
  /// The counts as in `RuleUsage`.
  public var sessions: UInt64
  public var blockedAttempts: UInt64
  public var echFlows: UInt64
  public var bytesUp: UInt64
  public var bytesDown: UInt64
  public var exampleName: String?
  public var aliasFlows: UInt64?
  public var contradictedFlows: UInt64?

  /// Whether the destination answered: a flow began, or one that began in an earlier hour received something.
  ///
  /// Rows that were stored before bytes down left out blocked attempts may have only resets. They count as answered, so
  /// that no claim holds because of them.
  public var isAnswered: Bool { sessions > 0 || bytesDown > 0 }
}

/// Labels and devices of one scan, each once, in the order in which they were met.
public struct UsageNames: Sendable {
  public private(set) var labels: [UsageLabel] = []
  public private(set) var devices: [DevicePseudonym] = []
  private var labelIndices: [UsageLabel: Int] = [:]
  private var deviceIndices: [DevicePseudonym: Int] = [:]

  public init() {}

  mutating func index(of label: UsageLabel) -> Int {
    Self.index(of: label, in: &labels, &labelIndices)
  }

  mutating func index(of device: DevicePseudonym) -> Int {
    Self.index(of: device, in: &devices, &deviceIndices)
  }

  private static func index<Value: Hashable>(
    of value: Value, in values: inout [Value], _ indices: inout [Value: Int]
  ) -> Int {
    if let known = indices[value] { return known }
    indices[value] = values.count
    values.append(value)
    return values.count - 1
  }

  /// Calls `body` with rows in memory as `AuditDatabase.scanUsage` does, and collects their names.
  public init(
    scanning rows: some Sequence<RuleUsage>, _ body: (LabelledUsage, UsageNames) throws -> Void
  ) rethrows {
    for row in rows { try body(labelled(row), self) }
  }

  private mutating func labelled(_ usage: RuleUsage) -> LabelledUsage {
    let label = UsageLabel(
      matchedPattern: usage.matchedPattern, ruleID: usage.ruleID, group: usage.group,
      sensor: usage.sensor,
      ruleSetHash: usage.ruleSetHash, namingClass: usage.namingClass, encryption: usage.encryption,
      cleartextIdentifierClasses: usage.cleartextIdentifierClasses)
    return LabelledUsage(
      label: index(of: label), device: index(of: usage.device), hour: usage.hour,
      sessions: usage.sessions,
      blockedAttempts: usage.blockedAttempts, echFlows: usage.echFlows,
      bytesUp: usage.traffic.bytesUp,
      bytesDown: usage.traffic.bytesDown, exampleName: usage.exampleName,
      aliasFlows: usage.aliasFlows,
      contradictedFlows: usage.contradictedFlows)
  }
}

extension AuditDatabase {
  /// Calls `body` with all rows of a period in the order of their table, by hour first, so that nothing is sorted.
  ///
  /// The values of a label are decoded and checked once for each label, everything else in each row. `body` may read
  /// from the store, too.
  ///
  /// - Returns: the names that the rows refer to; `body` gets those that were met so far.
  public func scanUsage(
    in period: Range<Hour>, _ body: (_ row: LabelledUsage, _ names: UsageNames) throws -> Void
  ) throws -> UsageNames {
    var scan = UsageScan(
      ruleSets: try rows("SELECT id, hash FROM rule_set") { (try $0.integer(), try $0.text()) },
      parts: usageParts?.claim(period) == true ? usageParts : nil)
    try forEachRow(UsageScan.query, period.bounds) { try body(try scan.usage(&$0), scan.names) }
    scan.finish()
    return scan.names
  }
}

extension AuditDatabase {
  /// Devices that have sums in a period, by any rule. O(rows of the period), of which only the device is read.
  public func devicesWithUsage(in period: Range<Hour>) throws -> Set<DevicePseudonym> {
    Set(
      try rows("SELECT DISTINCT device FROM usage_hour WHERE hour >= ? AND hour < ?", period.bounds) { try $0.device() }
    )
  }
}

/// One row of `usage_hour` in its canonical form, whose columns are of the types that they should be; valid as long as the form.
private struct UsageForm: RawValues {
  /// Of the row in the order of its columns, up to the last that is read here.
  private(set) var hour: Int64
  private(set) var device: UnsafeRawBufferPointer
  private(set) var sessions: Int64
  private(set) var blockedAttempts: Int64
  private(set) var echFlows: Int64
  private(set) var bytesUp: Int64
  private(set) var bytesDown: Int64
  private(set) var name: UnsafeRawBufferPointer?
  private(set) var aliasFlows: Int64?
  private(set) var contradictedFlows: Int64?
  /// The columns of the label: those before the device, those behind it, and the classes of clear text.
  private let labels: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer)

  private static let integers = bits([0, 5] + Array(9...17))
  private static let texts = bits([1, 2, 4, 6, 7, 8])
  private static let blobs = bits([3])
  private static let optionalIntegers = bits([19, 20])
  private static let optionalText = bits([18])

  private static func bits(_ columns: [Int32]) -> UInt64 { columns.reduce(0) { $0 | ColumnKinds.bit($1) } }

  /// Nil if a column holds another type.
  init?(_ form: UnsafeRawBufferPointer, _ kinds: ColumnKinds) {
    guard kinds.integers | Self.optionalIntegers == Self.integers | Self.optionalIntegers,
      kinds.texts | Self.optionalText == Self.texts | Self.optionalText, kinds.blobs == Self.blobs
    else { return nil }
    var rest = FormReader(form)
    hour = rest.integer()
    let first = rest.position
    rest.skip(2)
    let second = rest.position
    device = rest.content()
    let third = rest.position
    rest.skip(5)
    let fourth = rest.position
    sessions = rest.integer()
    blockedAttempts = rest.integer()
    echFlows = rest.integer()
    bytesUp = rest.integer()
    bytesDown = rest.integer()
    rest.skip(3)
    let fifth = rest.position
    rest.skip(1)
    labels = (
      UnsafeRawBufferPointer(rebasing: form[first..<second]), UnsafeRawBufferPointer(rebasing: form[third..<fourth]),
      UnsafeRawBufferPointer(rebasing: form[fifth..<rest.position])
    )
    name = rest.optionalContent()
    aliasFlows = rest.optionalInteger()
    contradictedFlows = rest.optionalInteger()
  }

  var form: [UInt8] { Array(labels.0) + Array(labels.1) + Array(labels.2) }

  func have(_ form: UnsafeRawBufferPointer) -> Bool {
    guard form.count == labels.0.count + labels.1.count + labels.2.count else { return false }
    var start = 0
    func holds(_ part: UnsafeRawBufferPointer) -> Bool {
      guard let own = part.baseAddress, let other = form.baseAddress else { return false }
      defer { start += part.count }
      return memcmp(own, other + start, part.count) == 0
    }
    return holds(labels.0) && holds(labels.1) && holds(labels.2)
  }
}

/// Reads values of a canonical form, one after another; who calls it knows their types. Nothing is read behind the end of the form.
private struct FormReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func integer() -> Int64 {
    let content = content()
    precondition(content.count == 8, "an integer has eight bytes")
    return Int64(bigEndian: content.loadUnaligned(as: Int64.self))
  }

  mutating func optionalInteger() -> Int64? {
    guard let content = optionalContent() else { return nil }
    precondition(content.count == 8, "an integer has eight bytes")
    return Int64(bigEndian: content.loadUnaligned(as: Int64.self))
  }

  mutating func content() -> UnsafeRawBufferPointer {
    guard let content = optionalContent() else { preconditionFailure("the value is not NULL") }
    return content
  }

  /// Nil for NULL, also for one that was left out at the end.
  mutating func optionalContent() -> UnsafeRawBufferPointer? {
    guard position < bytes.count else { return nil }
    precondition(bytes.count - position >= CanonicalForm.lengthSize, "the form is whole")
    let length = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
    position += CanonicalForm.lengthSize
    guard length != .max else { return nil }
    precondition(bytes.count - position >= Int(length), "the form is whole")
    defer { position += Int(length) }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(length)])
  }

  mutating func skip(_ count: Int) { for _ in 0..<count { _ = optionalContent() } }
}

/// Turns rows of `usage_hour` into `LabelledUsage`.
private struct UsageScan: ~Copyable {
  /// All columns in the order of the table, as seals bind them.
  static let query = """
    SELECT \(SealedTable.usage.columns) FROM usage_hour WHERE hour >= ? AND hour < ? ORDER BY \(SealedTable.usage.key)
    """

  private(set) var names = UsageNames()
  /// Hash of each rule set by its number.
  private let ruleSets: [Int64: String]
  private var known = RawValueIndex()
  /// Index into `names` of each combination in `known`. Two of them may be one label: texts that differ only in broken
  /// UTF-8.
  private var labels: [Int] = []
  /// The name that was met last with each label.
  private var exampleNames: [String?] = []
  private var hasher: PartHasher
  /// Nil if nobody needs the digests.
  private let parts: SharedUsageParts?
  private var part: Int64?
  /// Looking at the declaration of a column in each row would cost as much as the rest of the check.
  private let hours: ClosedRange<Int64>

  init(ruleSets: [(Int64, String)], parts: SharedUsageParts?) {
    self.ruleSets = Dictionary(ruleSets) { first, _ in first }
    self.parts = parts
    hasher = PartHasher(isNeeded: parts != nil)
    guard case .integer(let hours) = StoredColumn.hour.content else { preconditionFailure("an hour is a number") }
    self.hours = hours
  }

  mutating func usage(_ row: inout StoredRow) throws -> LabelledUsage {
    let number = row.rawInteger(0)
    if number != part {
      finish()
      part = number
    }
    let kinds = hasher.add(&row)
    if let usage = usage(kinds) { return usage }
    return try checkedUsage(&row, kinds)
  }

  /// Gives the digest of the last part.
  mutating func finish() {
    if let parts, let part { parts.add(part, hasher.endPart()) }
  }

  /// The row that was added last; nil if its label is a new one, or if one of its values is not what it should be.
  private mutating func usage(_ kinds: ColumnKinds) -> LabelledUsage? {
    let counts = 0...StoredColumn.greatestCount
    return hasher.withLastRow { bytes in
      guard let form = UsageForm(bytes, kinds), let number = known.number(of: form), form.device.count == 16,
        hours.contains(form.hour), counts.contains(form.sessions),
        counts.contains(form.blockedAttempts), counts.contains(form.echFlows), counts.contains(form.bytesUp),
        counts.contains(form.bytesDown), form.name.map({ $0.count <= StoredColumn.textLimit }) ?? true,
        form.aliasFlows.map(counts.contains) ?? true, form.contradictedFlows.map(counts.contains) ?? true
      else { return nil }
      let label = labels[number]
      var usage = LabelledUsage(
        label: label,
        device: names.index(
          of: DevicePseudonym(
            high: UInt64(bigEndian: form.device.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: form.device.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))),
        hour: Hour(sinceEpoch: form.hour), sessions: UInt64(form.sessions),
        blockedAttempts: UInt64(form.blockedAttempts), echFlows: UInt64(form.echFlows), bytesUp: UInt64(form.bytesUp),
        bytesDown: UInt64(form.bytesDown))
      if let name = form.name {
        usage.exampleName = exampleNames[label]
        if usage.exampleName?.hasUTF8(name) != true {
          usage.exampleName = String(decoding: name, as: UTF8.self)
          exampleNames[label] = usage.exampleName
        }
      }
      usage.aliasFlows = form.aliasFlows.map { UInt64($0) }
      usage.contradictedFlows = form.contradictedFlows.map { UInt64($0) }
      return usage
    }
  }

  /// The same of any row, with a look at the declaration of each column.
  private mutating func checkedUsage(_ row: inout StoredRow, _ kinds: ColumnKinds) throws -> LabelledUsage {
    row.move(to: 1)
    let (rule, group) = (try row.text(), try row.text())
    row.move(to: 4)
    let sensor = try row.text()
    let ruleSet = try ruleSetHash(&row)
    let pattern = try row.text()
    let (namingClass, encryption) = (try row.value(NamingClass.self), try row.value(Encryption.self))
    row.move(to: 17)
    let label = names.index(
      of: UsageLabel(
        matchedPattern: pattern, ruleID: rule, group: group, sensor: sensor, ruleSetHash: ruleSet,
        namingClass: namingClass, encryption: encryption, cleartextIdentifierClasses: Set(mask: try row.integer())))
    if label == exampleNames.count { exampleNames.append(nil) }
    remember(label, kinds)
    row.move(to: 3)
    let device = names.index(of: try row.device())
    row.move(to: 0)
    let hour = try row.hour()
    row.move(to: 9)
    var usage = LabelledUsage(
      label: label, device: device, hour: hour, sessions: try row.count(), blockedAttempts: try row.count(),
      echFlows: try row.count(), bytesUp: try row.count(), bytesDown: try row.count())
    row.move(to: 18)
    usage.exampleName = try row.optionalText(known: exampleNames[label])
    if usage.exampleName != nil { exampleNames[label] = usage.exampleName }
    usage.aliasFlows = try row.optionalNumber(UInt64.self)
    usage.contradictedFlows = try row.optionalNumber(UInt64.self)
    return usage
  }

  /// Notes that the label of the row that was added last was decoded and checked.
  private mutating func remember(_ label: Int, _ kinds: ColumnKinds) {
    hasher.withLastRow { bytes in
      guard let form = UsageForm(bytes, kinds), known.number(of: form) == nil else { return }
      if known.insert(form) == 0 { labels.removeAll() }
      labels.append(label)
    }
  }

  private func ruleSetHash(_ row: inout StoredRow) throws -> String {
    guard let hash = ruleSets[try row.integer()] else { throw row.missing("rule_set") }
    return hash
  }
}
