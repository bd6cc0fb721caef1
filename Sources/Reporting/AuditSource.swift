import Model
import Privacy
import Store

/// What the exports read; the database in service, plain rows in tests.
package protocol AuditSource {
  /// The same rows, to be read on another thread; nil if they can only be read here.
  var beside: (any AuditSource & Sendable)? { get }
  /// The store was not verified, which its tables have to state.
  var isUnverified: Bool { get }
  /// No seal binds the sums, which its tables have to state.
  func isNeverSealed() throws -> Bool
  func sessions() throws -> [CaptureSession]
  func period() throws -> Range<Hour>?
  func coverage(in period: Range<Hour>) throws -> [SensorHour]
  func presence(in period: Range<Hour>) throws -> [DevicePresence]
  /// There may be several of a group in an hour.
  func groupHours(in period: Range<Hour>) throws -> [GroupHour]
  /// By sensor, then by time.
  func spans() throws -> [ObservedSpan]
  func ruleFacts() throws -> [String: [String: RuleFacts]]
  func exportSalt() throws -> [UInt8]
  /// Faster if the rows come by hour; passes the names to which the rows refer.
  func scanUsage(in period: Range<Hour>, _ body: (LabelledUsage, UsageNames) throws -> Void) throws
    -> UsageNames
  func devicesWithUsage(in period: Range<Hour>) throws -> Set<DevicePseudonym>
  /// Each once, in any order.
  func networks(in period: Range<Hour>) throws -> [RuleNetwork]
  /// By destination, then day; days in UTC since 1970.
  func undescribedDestinations(on days: ClosedRange<Int64>) throws -> [UndescribedDestination]
  /// For each destination the first stored day, up to `day`, on which at least `devices` devices had contact.
  func firstDaysOfUndescribed(through day: Int64, devices: UInt64) throws -> [UndescribedDestination.Identity: Int64]
  /// Those that were not removed, in the order in which they were set.
  func baselines() throws -> [StoredBaseline]
  /// In the order in which they were recorded.
  func reviewDecisions() throws -> [ReviewDecision]
  /// By first hour, then by name.
  func phases() throws -> [Phase]
  /// Lists of recipients that the controller's papers name, at most one of each kind, in the order of the kinds.
  func documentedLists() throws -> [StoredDocumentedList]
  /// First days of the pseudonym keys that followed the first, in UTC, ascending.
  func pseudonymChanges() throws -> [LocalDate]
  /// What retention deleted, by number.
  func deletions() throws -> [Deletion]
  /// By number of their records.
  func takenOutAudits() throws -> [TakenOutAudit]
  /// Hours with flows, ascending.
  func evidenceHours(in period: Range<Hour>) throws -> [Hour]
  /// In chain order.
  func forEachEvidence(in period: Range<Hour>, _ body: (FlowEvidence) throws -> Void) throws
}

extension AuditSource {
  package var beside: (any AuditSource & Sendable)? { nil }
}

extension AuditDatabase: AuditSource {
  package var beside: (any AuditSource & Sendable)? { twin }
}
