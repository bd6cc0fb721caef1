public import Model
public import Privacy

/// One run of the program over one packet source.
public struct CaptureSession: Sendable, Equatable {
  public var id: Int64
  public var sensor: String
  /// `replay` or `live`.
  public var captureMode: String
  public var toolVersion: String
  public var ruleSet: RuleSetStamp
  public var settings: AuditSettings
  /// The location databases, in the order in which they were used; empty if there was none.
  public var locationDatabases: [LocationDatabaseStamp]
  public var firstHour: Hour?
  public var lastHour: Hour?
  public var packets: UInt64
  /// Ended in an orderly way; false for a run that was cut off.
  public var isClosed: Bool
  /// All named captures were read to their end; nil before the end, or if an older version did not store it.
  public var isWhole: Bool?
  /// Its rows are no longer in the store: another audit replaced it, or it was refused.
  public var isTakenOut: Bool

  public init(
    id: Int64, sensor: String, captureMode: String, toolVersion: String, ruleSet: RuleSetStamp,
    settings: AuditSettings, locationDatabases: [LocationDatabaseStamp] = [], firstHour: Hour?, lastHour: Hour?,
    packets: UInt64, isClosed: Bool, isWhole: Bool? = nil, isTakenOut: Bool = false
  ) {
    self.id = id
    self.sensor = sensor
    self.captureMode = captureMode
    self.toolVersion = toolVersion
    self.ruleSet = ruleSet
    self.settings = settings
    self.locationDatabases = locationDatabases
    self.firstHour = firstHour
    self.lastHour = lastHour
    self.packets = packets
    self.isClosed = isClosed
    self.isWhole = isWhole
    self.isTakenOut = isTakenOut
  }

  /// An audit of captures that was broken off, still goes on, or could not read all that was named.
  ///
  /// A live sensor that was broken off has a gap in its coverage instead.
  public var isUnfinished: Bool { captureMode == "replay" && !isTakenOut && (!isClosed || isWhole == false) }

  /// Whether the missing part of an unfinished audit may be in `period`.
  public func mayLack(in period: Range<Hour>) -> Bool {
    guard isUnfinished else { return false }
    guard let firstHour else { return true }
    // It is unknown how far a run that stored nothing would have come.
    return firstHour < period.upperBound && (lastHour.map { $0 >= period.lowerBound } ?? true)
  }
}

/// What the writer stores in one transaction.
public struct AuditBatch: Sendable {
  /// Flows that get a row of evidence, in the order of the chain.
  public var flows: [PseudonymousFlow] = []
  /// Flows that count in the sums only.
  public var flowsWithoutRow: [PseudonymousFlow] = []
  /// Additions to the sensor's hours.
  public var coverage: [CoverageHour] = []
  public var presence: Set<DevicePresence> = []
  /// Connections by which traffic is recognised that another audit counts too.
  public var connections: Set<ConnectionSample> = []
  /// Additions to the hours of groups.
  public var groups: [GroupHour] = []
  /// The times that the whole capture covers; given once, with its last batch.
  public var spans: [CaptureSpan] = []
  /// Destinations that no rule describes, with all that is known of their day.
  public var undescribed: [UndescribedDestination] = []
  /// Exact values of flows that were stored before.
  public var blocks: [EnvelopedBlock] = []
  /// How far a live sensor had stored its traffic; nil for a replay.
  public var progress: LiveProgress?

  public init() {}
  public var isEmpty: Bool {
    flows.isEmpty && flowsWithoutRow.isEmpty && coverage.isEmpty && presence.isEmpty && connections.isEmpty
      && groups.isEmpty && spans.isEmpty
      && undescribed.isEmpty && blocks.isEmpty && progress == nil
  }
}

/// What the store returns for a stored batch.
public struct StoredBatch: Sendable, Equatable {
  /// How many of the batch's connections each other session counts, too.
  public var countedBefore: [Int64: Int] = [:]
  /// Place of the batch's first flow in the evidence chain, from 1; the others follow it. Nil if it has none.
  public var firstFlow: Int64?
}

/// A connection that was answered, by its hour and a keyed digest of what both sides chose for it.
public struct ConnectionSample: Sendable, Hashable {
  public var hour: Hour
  public var digest: Int64

  public init(hour: Hour, digest: Int64) {
    self.hour = hour
    self.digest = digest
  }
}

/// How far a live sensor has stored its observations.
public struct LiveProgress: Sendable, Equatable {
  /// Everything that ended before this time is stored; in whole seconds.
  public var coveredUntil: Timestamp
  /// Number of flows open at that time, of which nothing is stored since their beginning or the last full hour.
  public var openFlows: UInt64

  public init(coveredUntil: Timestamp, openFlows: UInt64) {
    self.coveredUntil = coveredUntil
    self.openFlows = openFlows
  }
}

/// Where the latest live run of a sensor ended.
public struct LiveEnd: Sendable, Equatable {
  public var progress: LiveProgress
  /// False for a run that was cut off.
  public var isClosed: Bool

  public init(progress: LiveProgress, isClosed: Bool) {
    self.progress = progress
    self.isClosed = isClosed
  }
}

/// The presence of a device of a group on a day, the base of "38 of 40 devices". Days in UTC since 1970; without hour
/// and destination.
public struct DevicePresence: Sendable, Hashable {
  public var day: Int64
  public var group: String
  public var device: DevicePseudonym

  public init(day: Int64, group: String, device: DevicePseudonym) {
    self.day = day
    self.group = group
    self.device = device
  }
}

/// One sensor's hour with what it was classified by.
public struct SensorHour: Sendable, Equatable {
  public var sensor: String
  public var captureMode: String
  public var toolVersion: String
  public var ruleSetHash: String
  public var coverage: CoverageHour

  public init(
    sensor: String, captureMode: String, toolVersion: String, ruleSetHash: String, coverage: CoverageHour
  ) {
    self.sensor = sensor
    self.captureMode = captureMode
    self.toolVersion = toolVersion
    self.ruleSetHash = ruleSetHash
    self.coverage = coverage
  }
}

/// A period that a capture of one sensor covers.
public struct ObservedSpan: Sendable, Hashable {
  public var sensor: String
  public var toolVersion: String
  public var ruleSetHash: String
  public var span: CaptureSpan

  public init(sensor: String, toolVersion: String, ruleSetHash: String, span: CaptureSpan) {
    self.sensor = sensor
    self.toolVersion = toolVersion
    self.ruleSetHash = ruleSetHash
    self.span = span
  }
}

/// Test flows of one sensor: in an hour, or in many.
public struct CanaryCounts: Sendable, Equatable {
  public var expected: UInt64 = 0
  /// How many of those expected were seen. One in an hour without an expected canary does not count for another hour.
  public var seen: UInt64 = 0

  public init(expected: UInt64, seen: UInt64) {
    self.expected = expected
    self.seen = min(seen, expected)
  }

  /// Sensor and hour, with several rows if rules or program changed.
  public struct Key: Sendable, Hashable {
    public var sensor: String
    public var hour: Hour

    public init(_ row: SensorHour) {
      sensor = row.sensor
      hour = row.coverage.hour
    }
  }

  public static func byHour(_ rows: [SensorHour]) -> [Key: CanaryCounts] {
    var sums: [Key: (expected: UInt64, seen: UInt64)] = [:]
    for row in rows where row.coverage.canariesExpected > 0 || row.coverage.canariesSeen > 0 {
      sums[Key(row), default: (0, 0)].expected.addSaturating(row.coverage.canariesExpected)
      sums[Key(row), default: (0, 0)].seen.addSaturating(row.coverage.canariesSeen)
    }
    return sums.mapValues { CanaryCounts(expected: $0.expected, seen: $0.seen) }
  }

  /// The sums of many hours and sensors.
  public init(_ rows: [SensorHour]) {
    for hour in CanaryCounts.byHour(rows).values {
      expected.addSaturating(hour.expected)
      seen.addSaturating(hour.seen)
    }
  }
}

/// Hourly aggregate: the key fields, then counts that add up.
public struct RuleUsage: Sendable, Equatable {
  public var sensor: String
  public var hour: Hour
  public var group: String
  public var device: DevicePseudonym
  public var ruleSetHash: String
  public var ruleID: String
  public var matchedPattern: String
  public var namingClass: NamingClass
  public var encryption: Encryption

  /// Flows with outcome established that began here.
  public var sessions: UInt64
  /// Blocked attempts; retries within 60 s count once.
  public var blockedAttempts: UInt64
  /// Flows that began here and offered ECH.
  public var echFlows: UInt64
  public var traffic: Traffic
  public var cleartextIdentifierClasses: Set<IdentifierClass>
  /// Alphabetically first tokenised name; nil if no flow had one.
  public var exampleName: String?
  /// How many of the sessions and attempts were attributed by an alias; nil if a version without this count stored some
  /// of them.
  public var aliasFlows: UInt64?
  /// For how many of the sessions and attempts DNS named another service than the flow; nil if a version without this
  /// count stored some of them.
  public var contradictedFlows: UInt64?

  public init(
    sensor: String, hour: Hour, group: String, device: DevicePseudonym, ruleSetHash: String, ruleID: String,
    matchedPattern: String, namingClass: NamingClass, encryption: Encryption, sessions: UInt64,
    blockedAttempts: UInt64, echFlows: UInt64, traffic: Traffic,
    cleartextIdentifierClasses: Set<IdentifierClass>, exampleName: String?, aliasFlows: UInt64? = 0,
    contradictedFlows: UInt64? = 0
  ) {
    self.sensor = sensor
    self.hour = hour
    self.group = group
    self.device = device
    self.ruleSetHash = ruleSetHash
    self.ruleID = ruleID
    self.matchedPattern = matchedPattern
    self.namingClass = namingClass
    self.encryption = encryption
    self.sessions = sessions
    self.blockedAttempts = blockedAttempts
    self.echFlows = echFlows
    self.traffic = traffic
    self.cleartextIdentifierClasses = cleartextIdentifierClasses
    self.exampleName = exampleName
    self.aliasFlows = aliasFlows
    self.contradictedFlows = contradictedFlows
  }
}

/// A network into which established flows of a rule went, according to the databases of one session.
public struct RuleNetwork: Sendable, Hashable {
  /// Number of the capture session.
  public var session: Int64
  public var ruleSetHash: String
  public var ruleID: String
  public var network: DestinationNetwork

  public init(session: Int64, ruleSetHash: String, ruleID: String, network: DestinationNetwork) {
    self.session = session
    self.ruleSetHash = ruleSetHash
    self.ruleID = ruleID
    self.network = network
  }
}

/// One stored flow with its place in the evidence chain.
public struct FlowEvidence: Sendable, Equatable {
  /// Number of the capture session.
  public var session: Int64
  public var sensor: String
  /// `interface` or `file`.
  public var interface: String
  public var ruleSetHash: String
  /// Place in the chain, from 1.
  public var chainSequence: Int64
  /// 32 bytes.
  public var chainHash: [UInt8]
  public var flow: PseudonymousFlow

  public init(
    session: Int64, sensor: String, interface: String, ruleSetHash: String, chainSequence: Int64, chainHash: [UInt8],
    flow: PseudonymousFlow
  ) {
    self.session = session
    self.sensor = sensor
    self.interface = interface
    self.ruleSetHash = ruleSetHash
    self.chainSequence = chainSequence
    self.chainHash = chainHash
    self.flow = flow
  }

  /// The network that the flow went into; nil for an attempt that got nothing out.
  public var network: RuleNetwork? {
    flow.outcome.isBlockedAttempt
      ? nil
      : RuleNetwork(
        session: session, ruleSetHash: ruleSetHash, ruleID: flow.ruleID, network: flow.destinationNetwork)
  }
}
