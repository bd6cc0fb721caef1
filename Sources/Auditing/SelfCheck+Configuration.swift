import Capture
import Documents
import FlowTracking
import Foundation
import Model
import Privacy
import Store

// Points about what the configuration says, and what it leads to.
extension SelfCheck {
  /// A month and the one before it, of 31 days each.
  private static let usageDaysOfReports = 62

  func configurationPoints(_ loaded: Result<AuditConfiguration, FileLoadError>) -> [Point] {
    do throws(FileLoadError) {
      let configuration = try loaded.get()
      guard configuration.settings.configurationHash != nil else {
        return [
          Point(
            name: "configuration", status: .warning, message: "none given; private address ranges count as inside",
            remedy: "write one and name it with --config, so that groups and networks are yours")
        ]
      }
      var points = [
        Point(
          name: "configuration", status: .ok,
          message: "\(configurationFile ?? "environment variables"): site \(configuration.settings.site), "
            + "\(configuration.tracker.insideNetworks.prefixes.count) inside networks, "
            + "\(configuration.settings.groups.count) groups", remedy: nil)
      ]
      if let configurationFile,
        let mode = try? FileManager.default.attributesOfItem(atPath: configurationFile)[.posixPermissions] as? Int,
        mode & 0o007 != 0
      {
        points.append(
          Point(
            name: "configuration mode", status: .warning,
            message: "\(configurationFile): open to all users; it names networks, groups and excluded devices",
            remedy: "run: chmod o= \(configurationFile)"))
      }
      if configuration.settings.isTrial {
        points.append(
          Point(
            name: "trial", status: .warning,
            message: "the configuration declares that nobody works at the observed devices; each report says so",
            remedy: "remove 'trial' before you observe devices of people, and begin a new store"))
      } else if configuration.settings.groupMinimum < AuditSettings().groupMinimum {
        points.append(
          Point(
            name: "group size", status: .warning,
            message: "groups of \(configuration.settings.groupMinimum) devices may stand alone in reports",
            remedy: "agree this with the works council, or raise privacy.group_minimum to 5"))
      }
      return points
    } catch {
      return error.faults.map {
        Point(
          name: "configuration", status: .failed, message: "\($0.place): \($0.problem)",
          remedy: "expected \($0.expected); \($0.nextStep)")
      }
    }
  }

  /// For each data class until when its rows are kept, and whether rows are left that should be gone.
  ///
  /// Dates follow from the configuration and from today alone: no count and no date of a row, which would show on which
  /// days somebody was there.
  func retentionPoints(_ configuration: AuditConfiguration, today: Int64 = Today.dayUTC) -> [Point] {
    guard configuration.settings.configurationHash != nil else { return [] }
    let policy = configuration.retention
    let database = store.flatMap { try? AuditDatabase(path: $0, mode: .readExisting) }
    var points = DataClass.allCases.map { dataClass -> Point in
      let (name, key) = (Self.name(dataClass), "retention.\(dataClass.rawValue)_days")
      guard let days = policy.days[dataClass], let cutoff = policy.cutoff(dataClass, on: today),
        let end = policy.deletionDay(dataClass, observed: today)
      else {
        let proposed = RetentionPolicy.proposal.days[dataClass].map { "; \($0) is the proposal" } ?? ""
        return Point(
          name: "retention", status: .warning, message: "\(name): no time is set, so nothing is deleted",
          remedy: "agree on a time and enter it as \(key)\(proposed)")
      }
      let rule = "\(name): \(days == 1 ? "1 day" : "\(days) days")"
      // The service deletes once a day; a day of grace, so that midnight is no fault.
      let late = policy.cutoff(dataClass, on: today - 1) ?? cutoff
      guard (try? database?.rowCount(of: dataClass, before: late)) ?? 0 == 0 else {
        return Point(
          name: "retention", status: .warning,
          message: "\(rule), but rows of days before \(LocalDate(day: late.dayUTC)) are still stored",
          remedy:
            "look for event=deletion_failed in the log of the service; without a service, run 'egressaudit retention delete'"
        )
      }
      return Point(
        name: "retention", status: .ok,
        message:
          "\(rule); rows of days before \(LocalDate(day: cutoff.dayUTC)) are deleted, those of today stay until \(LocalDate(day: end))",
        remedy: nil)
    }
    if let days = policy.days[.usage], days < Self.usageDaysOfReports {
      points.append(
        Point(
          name: "retention", status: .warning,
          message:
            "retention.usage_days is \(days); a monthly report may lack its first days, or cannot be compared with the month before",
          remedy: "set retention.usage_days to \(Self.usageDaysOfReports) or more, if your agreement allows it"))
    }
    return points
  }

  private static func name(_ dataClass: DataClass) -> String {
    switch dataClass {
    case .evidence: "single flows"
    case .usage: "sums by device and hour"
    case .coverage: "coverage"
    case .undescribed: "destinations without a rule"
    }
  }

  func exclusionPoints(_ configuration: AuditConfiguration) -> [Point] {
    let exclusions = configuration.exclusions
    let count = exclusions.hardwareAddresses.count
    let message =
      "\(count == 1 ? "1 hardware address" : "\(count) hardware addresses"), "
      + "\(exclusions.networks.count == 1 ? "1 network" : "\(exclusions.networks.count) networks")"
    let strangers = exclusions.networks.count { !configuration.tracker.insideNetworks.contains($0.address) }
    guard strangers == 0 else {
      return [
        Point(
          name: "exclusions", status: .failed,
          message:
            "\(strangers == 1 ? "1 excluded network is" : "\(strangers) excluded networks are") not inside, so that "
            + "no device is excluded by \(strangers == 1 ? "it" : "them")",
          remedy: "correct exclusions.networks, or add to inside_networks what is yours")
      ]
    }
    return [
      Point(
        name: "exclusions", status: .ok, message: count + exclusions.networks.count == 0 ? "none" : message, remedy: nil
      )
    ]
  }

  /// Whether groups of the last two weeks were smaller than `minimum`, so that reports put them together.
  func groupSizePoints(minimum: Int) -> [Point] {
    guard let store, let database = try? AuditDatabase(path: store, mode: .readExisting) else {
      return []
    }
    let tomorrow = Hour(sinceEpoch: (Today.dayUTC + 1) * 24)
    guard let rows = try? database.presence(in: Hour(sinceEpoch: tomorrow.sinceEpoch - 15 * 24)..<tomorrow),
      !rows.isEmpty
    else { return [] }
    let sizes = Dictionary(grouping: rows, by: \.group).mapValues { Set($0.map(\.device)).count }
    let small = sizes.values.count { $0 < minimum }
    guard small > 0 else {
      return [
        Point(
          name: "group sizes", status: .ok, message: "each had at least \(minimum) devices in the last two weeks",
          remedy: nil)
      ]
    }
    return [
      Point(
        name: "group sizes", status: .warning,
        message:
          "\(small) of \(sizes.count) groups had fewer than \(minimum) devices in the last two weeks; reports put them together",
        remedy: "join small groups under 'groups', where that is right")
    ]
  }

  func canaryPoints(isSetUp: Bool) -> [Point] {
    guard isSetUp else {
      return [Point(name: "canary", status: .ok, message: "none is set up", remedy: nil)]
    }
    let now = MachineClock.now.hour
    let day = Hour(sinceEpoch: now.sinceEpoch - 24)..<now
    let coverage = store.flatMap { try? AuditDatabase(path: $0, mode: .readExisting).coverage(in: day) } ?? []
    let canaries = CanaryCounts(coverage)
    guard canaries.expected > 0 else {
      return [
        Point(
          name: "canary", status: .ok, message: "set up; none was expected in the last 24 hours", remedy: nil)
      ]
    }
    return [
      canaries.seen < canaries.expected
        ? Point(
          name: "canary", status: .warning,
          message: "\(canaries.seen) of \(canaries.expected) were seen in the last 24 hours",
          remedy: "look at 'systemctl status egressaudit-canary.timer' where they are sent, and at what the sensor sees"
        )
        : Point(
          name: "canary", status: .ok, message: "all \(canaries.expected) were seen in the last 24 hours", remedy: nil)
    ]
  }
}
