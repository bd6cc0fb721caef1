import Model
import Store

/// Columns of `claims.csv` in their order.
package enum ClaimColumn: String, CaseIterable, Sendable {
  case claimID = "claim_id"
  case verdict
  case says
  case why
  case gotThrough = "got_through"
  case blindSpots = "blind_spots"
  case deviceDays = "device_days"
  case devices
  case upperBoundDeviceDay = "upper_bound_device_day"
  case upperBoundDevice = "upper_bound_device"
  case detectionFloor = "detection_floor"
  case controlsSent = "controls_sent"
  case controlsSeen = "controls_seen"
  case controls
  case assessableHours = "assessable_hours"
  case hours
  case unexaminableShare = "unexaminable_share"
  case hiddenDeviceDays = "hidden_device_days"
  case sessions
  case blockedAttempts = "blocked_attempts"
  case mbUp = "mb_up"
  case firstSeen = "first_seen"
  case lastSeen = "last_seen"
  case purposeClass = "purpose_class"
  case services
  case groups
  case from
  case stated
  case site
  case periodStart = "period_start"
  case periodEnd = "period_end"
  case timeZone = "time_zone"
  case findings
  case coverageRef = "coverage_ref"
  case rulesetVersion = "ruleset_version"
  case rulesetHash = "ruleset_hash"
}

/// `claims.csv`: one row for each claim and scope.
enum ClaimsTable {
  static func cells(_ claim: ClaimAssessment) -> [Cell] {
    ClaimColumn.allCases.map { cell($0, claim) }
  }

  private static func cell(_ column: ClaimColumn, _ assessment: ClaimAssessment) -> Cell {
    let claim = assessment.claim
    switch column {
    case .claimID: return .text(claim.id)
    case .verdict: return .word(.claimVerdict, assessment.verdict.rawValue)
    case .says: return .localized(claim.says)
    case .why: return .localized(ClaimWords.both { $0.why(assessment) })
    case .gotThrough: return listed(ClaimWords.list { $0.gotThrough(assessment) })
    case .controls: return listed(ClaimWords.list { $0.controls(assessment) })
    case .blindSpots: return listed(ClaimWords.list { $0.blindSpots(assessment) })
    case .purposeClass: return claim.purpose.map { .word(.purpose, $0.rawValue) } ?? .notApplicable
    case .services: return claim.services.isEmpty ? .notApplicable : .list(claim.services)
    case .groups: return claim.groups.isEmpty ? .notApplicable : .list(claim.groups)
    case .from: return claim.from.map { .dates([$0]) } ?? .notApplicable
    case .stated: return assessment.statement.stated.map { .dates([$0.description]) } ?? .unknown
    case .findings:
      let ids = assessment.breaches.map(\.findingID).sorted()
      return ids.isEmpty ? .none : .list(ids)
    default:
      return assessment.period.map { cell(column, assessment, $0) } ?? .notAssessable
    }
  }

  private static func listed(_ parts: [LocalizedText]) -> Cell { parts.isEmpty ? .none : .localizedList(parts) }

  /// Based on what was measured.
  private static func cell(
    _ column: ClaimColumn, _ assessment: ClaimAssessment, _ period: AuditPeriod
  ) -> Cell {
    let figures = assessment.figures
    let ofDevices = { (count: Int) in
      period.groups.isSiteTooSmall ? Cell.unknown : .integer(UInt64(clamping: count))
    }
    let observed = period.coverage.filter { !$0.isMissing }
    switch column {
    case .deviceDays: return ofDevices(figures.deviceDays)
    case .devices: return ofDevices(figures.devices)
    case .upperBoundDeviceDay: return bound(figures.boundOverDeviceDays, assessment)
    case .upperBoundDevice: return bound(figures.boundOverDevices, assessment)
    case .detectionFloor:
      return .decimal(FixedDecimal(units: UInt64(figures.detectionFloor * 10_000), places: 4))
    case .controlsSent: return .integer(figures.canaries.expected)
    case .controlsSeen: return .integer(figures.canaries.seen)
    case .assessableHours: return .integer(UInt64(figures.assessableHours))
    case .hours: return .integer(UInt64(figures.hours))
    case .unexaminableShare:
      return figures.unexaminable.map { .decimal($0.part, dividedBy: $0.whole, places: 4) } ?? .unknown
    case .hiddenDeviceDays: return ofDevices(figures.hiddenDeviceDays)
    case .sessions: return .integer(assessment.breaches.map(\.sessions).saturatingSum)
    case .blockedAttempts: return .integer(figures.blockedAttempts)
    case .mbUp:
      return .decimal(assessment.breaches.map(\.bytesUp).saturatingSum, dividedBy: 1_000_000, places: 6)
    case .firstSeen: return assessment.firstSeen.map(Cell.instant) ?? .none
    case .lastSeen: return assessment.lastSeen.map(Cell.instant) ?? .none
    case .site: return .text(period.settings.site)
    case .periodStart: return .instant(period.hours.lowerBound)
    case .periodEnd: return .instant(period.hours.upperBound)
    case .timeZone: return .text(period.settings.timeZone)
    case .coverageRef: return .spans(period.coverageReference(Set(observed.map(\.sensor))))
    case .rulesetVersion:
      let versions = Set(observed.compactMap { period.register.version($0.ruleSetHash) }).sorted()
      return versions.isEmpty ? .unknown : .list(versions.map(versionText))
    case .rulesetHash: return .list(Set(observed.map(\.ruleSetHash)).sorted())
    default: return .unknown
    }
  }

  /// Rounded up. Only for claims that held: for others it would be read as if they had.
  private static func bound(_ value: Double, _ assessment: ClaimAssessment) -> Cell {
    switch assessment.verdict {
    case .held: .decimal(FixedDecimal(units: UInt64((value * 1_000_000).rounded(.up)), places: 6))
    case .notHeld: .notApplicable
    case .notAssessable: .notAssessable
    }
  }
}

extension ClaimAssessment {
  var firstSeen: Hour? { breaches.compactMap(\.hours?.lowerBound).min() }
  var lastSeen: Hour? { breaches.compactMap(\.hours?.upperBound).max() }
}
