import Foundation
import Model
import Privacy
import Store

/// Verdict of a report on a claim. The raw value is its word in `claims.csv`.
public enum ClaimVerdict: String, Sendable, CaseIterable {
  /// Nothing was seen, and it is known that something would have been.
  case held
  /// Something was seen, which holds regardless of what could not be seen.
  case notHeld = "not_held"
  case notAssessable = "not_assessable"
}

/// A need for *held* that is not met, with its figure.
enum ClaimGap: Sendable, Equatable {
  case gate(GateFailure)
  /// The claim begins after the last day of the period.
  case beginsLater(LocalDate)
  /// No figures may be shown, or none are stored, for these days.
  case noFigures
  /// Days that were asked for and of which nothing is stored.
  case notStored(days: Int)
  /// The rules of some hours know no destination of the claim, or not of all its services.
  case noRules(hours: Int)
  /// Hours that an older version stored, which did not measure what could be seen.
  case notMeasured(hours: Int)
  /// Flows of which neither end is inside; nil if an older version did not count them.
  case transit(UInt64?)
  /// No canary was expected in the whole period.
  case noCanary
  /// Controls of one way that were seen, in hundredths of a per cent.
  case control(ControlPath, share: Int, limit: Int)
  /// Share of the hours in which a canary was seen and nothing was lost, in hundredths of a per cent.
  case hours(Int, limit: Int)
  /// Device-days with a flow whose true destination cannot be seen: their number at most, and their share and its limit
  /// in hundredths of a per cent.
  case hidden(Int, share: Int, limit: Int)
  /// Flows whose name belongs to one service while DNS pointed to another; nil if some were stored by a version that
  /// did not compare them.
  case contradicted(UInt64?)
  /// Nothing went to UDP port 443 in the whole period.
  case noQUIC
  /// Local overrides that switched a rule of the claim off, or changed its purpose, patterns or address ranges.
  case overridden(Int)
  /// Sessions in the collecting group, which contains groups of the claim on some days.
  case collected(sessions: UInt64)
  /// Bound over device-days, in hundredths of a per cent, rounded up, and how many device-days there are and would
  /// suffice if as many controls were seen; nil if no number suffices.
  case bound(Int, limit: Int, deviceDays: Int, needed: Int?)
}

/// A service that got through although a claim states that it does not.
struct ClaimBreach {
  let key: AuditPeriod.FindingKey
  let findingID: String
  let rules: MergedRules
  /// As written in the rules, sorted.
  let patterns: [String]
  let sessions: UInt64
  let devices: Int
  let days: Int
  let bytesUp: UInt64
  let hours: ClosedRange<Hour>?
  /// The latest measure that was meant for it and was in force when it was seen last.
  let measure: Measure?
}

/// What a period shows about the groups of a claim.
struct ClaimFigures {
  var devices = 0
  /// On days with at least one assessable hour.
  var deviceDays = 0
  /// Devices times observed days, without those.
  var absentDeviceDays = 0
  /// Device-days, at most, with a flow whose true destination cannot be seen.
  var hiddenDeviceDays = 0
  var hours = 0
  var assessableHours = 0
  var canaries = CanaryCounts(expected: 0, seen: 0)
  /// Controls by way, in the order of the ways; empty if none is configured.
  var controls: [ClaimControl] = []
  /// Least probability, 0 to 1, with which contact on a device-day would have been seen.
  var detectionFloor = 0.0
  /// Of the groups: flows to anything, and how many of them no rule describes, at most.
  var flows: UInt64 = 0
  var flowsWithoutRule: UInt64 = 0
  /// Destinations without a rule that at least k devices contacted on one day; of these, those that are new in the
  /// period, and those of which this is not known because the store does not reach far enough back.
  var undescribed = (listed: 0, new: 0, undated: 0)
  /// The baseline since which they are new; nil if they are new in the period.
  var undescribedSince: BaselineName?
  var unexaminableFlows: UInt64 = 0
  var unexaminableBytes: UInt64 = 0
  var unexaminable: Share?
  /// Flows of the whole site that offered an encrypted ClientHello, or one that looks the same.
  var encryptedHellos: UInt64 = 0
  /// Sessions with destinations of a known vendor whose purpose is not known.
  var unknownPurposeSessions: UInt64 = 0
  var blockedAttempts: UInt64 = 0
  /// IP payload of attempts at services of the claim that were never answered.
  var unansweredBytes: UInt64 = 0
  /// IP payload of both directions of flows to other services that no certain name attributes: class D.
  var uncertainBytes: UInt64 = 0
  /// Established flows of the whole site: of which one direction alone was seen, and all.
  var oneSided = (flows: UInt64(0), all: UInt64(0))
  /// Hours that capture files alone show.
  var recordedHours: UInt64 = 0
  /// Configured groups of the claim of which no device was seen on any day, sorted.
  var unseenGroups: [String] = []
  var contradicted: UInt64? = 0
  /// Local overrides in force that changed the purpose of a rule, or disabled it.
  var overrides = 0

  /// Share of device-days, and of devices, that had any contact at most, if none was seen: 0 to 1, with 95 % confidence
  /// each.
  var boundOverDeviceDays: Double { bound(deviceDays) }
  /// Devices with flows that cannot be examined are left out, as if each such device-day were another device's.
  var boundOverDevices: Double { bound(max(devices - hiddenDeviceDays, 0)) }

  /// 2.5 % for the sample of device-days and 2.5 % for that of canaries make 5 % together (Bonferroni's inequality).
  private static let error = 0.025

  /// The least number of device-days whose bound is within `limit`, 0 to 1, with this detection floor; nil if there is
  /// none.
  func deviceDays(for limit: Double) -> Int? {
    let share = limit * detectionFloor
    guard share > 0 else { return nil }
    return share < 1 ? max(Int((log(Self.error) / log(1 - share)).rounded(.up)), 1) : 1
  }

  private func bound(_ trials: Int) -> Double {
    guard detectionFloor > 0 else { return 1 }
    return min(BinomialBounds.upper(0, of: trials, error: Self.error) / detectionFloor, 1)
  }

  /// Of the way that is seen least; the error is divided among the canary and the ways.
  static func floor(_ canaries: CanaryCounts, _ controls: [ClaimControl], hourShare: Double) -> Double {
    let error = Self.error / Double(controls.count + 1)
    let bounds = ([canaries] + controls.map(\.counts)).map {
      BinomialBounds.lower(Int(clamping: $0.seen), of: Int(clamping: $0.expected), error: error)
    }
    return (bounds.min() ?? 0) * hourShare
  }
}

/// Controls of one way in a period.
struct ClaimControl: Sendable, Equatable {
  let path: ControlPath
  let counts: CanaryCounts
  /// Machines that sent the controls which were seen, sorted.
  let groups: [String]
}

/// A claim with the judgement of one period.
struct ClaimAssessment {
  let statement: ClaimStatement
  let verdict: ClaimVerdict
  let gaps: [ClaimGap]
  let breaches: [ClaimBreach]
  let figures: ClaimFigures
  /// The days that are judged; nil if nothing of them is stored or may be reported.
  let period: AuditPeriod?

  var claim: Claim { statement.claim }

  /// Every claim of the store for the days of `whole`; by id, then in the order in which they were stated.
  static func all(_ source: some AuditSource, _ whole: AuditPeriod) throws -> [ClaimAssessment] {
    var periods = ClaimPeriods(whole)
    return try ClaimStatement.all(try source.sessions(), whole.clock).compactMap { statement in
      switch try periods.days(of: statement, source) {
      case .before: nil
      case .later(let date): ClaimAssessment(statement, without: .beginsLater(date))
      case .untold: ClaimAssessment(statement, without: .noFigures)
      case .days(let period): try ClaimAssessment(statement, of: period, source)
      }
    }
  }

  private init(_ statement: ClaimStatement, without gap: ClaimGap) {
    self.statement = statement
    verdict = .notAssessable
    gaps = [gap]
    breaches = []
    figures = ClaimFigures()
    period = nil
  }

  private init(_ statement: ClaimStatement, of period: AuditPeriod, _ source: some AuditSource) throws {
    let reading = try ClaimReading(statement.claim, period, source)
    self.statement = statement
    self.period = period
    figures = reading.figures
    gaps = reading.gaps
    breaches = reading.breaches
    verdict = !breaches.isEmpty ? .notHeld : gaps.isEmpty ? .held : .notAssessable
  }
}

/// The periods for which claims are judged, each worked out once.
private struct ClaimPeriods {
  enum Days {
    /// Before the period.
    case before
    case later(LocalDate)
    case untold
    case days(AuditPeriod)
  }

  private struct Key: Hashable {
    let from: LocalDate?
    let to: LocalDate?
  }

  private let whole: AuditPeriod
  private let stored: ClosedRange<LocalDate>
  private var known: [Key: Days] = [:]

  init(_ whole: AuditPeriod) {
    self.whole = whole
    stored = whole.clock.days(of: whole.hours)
  }

  mutating func days(of statement: ClaimStatement, _ source: some AuditSource) throws -> Days {
    let first = statement.claim.from.flatMap { LocalDate($0) }
    if let last = statement.lastDay, last < stored.lowerBound || first.map({ last < $0 }) ?? false { return .before }
    if let first, first > stored.upperBound { return .later(first) }
    let key = Key(
      from: first.flatMap { $0 > stored.lowerBound ? $0 : nil } ?? whole.asked.from,
      to: statement.lastDay.flatMap { $0 < stored.upperBound ? $0 : nil } ?? whole.asked.to)
    if let days = known[key] { return days }
    let days: Days
    if key == Key(from: whole.asked.from, to: whole.asked.to) {
      days = .days(whole)
    } else {
      do {
        days = .days(
          try AuditPeriod(
            source: source, from: key.from, to: key.to,
            baseline: whole.comparison.map { .named($0.stored.name) } ?? .none))
      } catch ReportingError.tooFewDevices, ReportingError.nothingStored, ReportingError.deleted {
        days = .untold
      }
    }
    known[key] = days
    return days
  }
}
