import Capture
import Documents
import FlowTracking
import Foundation
import Glibc
import Location
import Matching
public import Model
import Privacy
import Rules
import Store

/// Looks at everything that decides whether an audit can work, and says for each failed point what to do.
public struct SelfCheck {
  public enum Status: String, Sendable {
    case ok
    case warning
    case failed
  }

  public struct Point: Sendable, Equatable {
    public var name: String
    public var status: Status
    public var message: String
    /// Nil where nothing is to be done.
    public var remedy: String?
  }

  public var configurationFile: String?
  public var rules: RuleSource
  public var store: String?
  public var pseudonymKey: String?
  /// For how long interfaces are listened at; 0 for not at all.
  public var listening = TimeSpan.seconds(0)
  /// May override keys of the configuration.
  public var environment: [String: String]

  public init(
    configurationFile: String?, rules: RuleSource, store: String?, pseudonymKey: String?,
    environment: [String: String] = [:]
  ) {
    self.configurationFile = configurationFile
    self.environment = environment
    self.rules = rules
    self.store = store
    self.pseudonymKey = pseudonymKey
  }

  public func run() -> [Point] {
    var points = [capturePoint()]
    points += configurationPoints()
    points.append(clockPoint())
    points += interfacePoints()
    points += exclusionPoints()
    points += rulePoints()
    points += locationPoints()
    points.append(storePoint())
    points += unfinishedPoints()
    points.append(keyPoint())
    points.append(diskPoint())
    points.append(
      SelfCheck.memoryPoint(
        budget: configuration?.tracker.memoryBudget ?? MemoryShares.standardBudget, limit: .current()))
    points += groupSizePoints()
    points += canaryPoints()
    return points
  }

  private func capturePoint() -> Point {
    Point(name: "capture library", status: .ok, message: CaptureLibrary.version, remedy: nil)
  }

  private func clockPoint() -> Point {
    let state = MachineClock.state
    return switch state.clock {
    case .synchronised:
      Point(
        name: "clock", status: .ok,
        message: "kept right by a time service\(state.offsetMilliseconds.map { ", off by \($0.magnitude) ms" } ?? "")",
        remedy: nil)
    case .notSynchronised:
      Point(
        name: "clock", status: .warning, message: "no time service keeps it right; the coverage will say so",
        remedy: "install and start one, such as chrony or systemd-timesyncd")
    case .unknown:
      Point(
        name: "clock", status: .warning, message: "the system does not say whether a time service keeps it right",
        remedy: "look with 'timedatectl'")
    }
  }

  private func configurationPoints() -> [Point] {
    do throws(FileLoadError) {
      let configuration = try AuditConfiguration(path: configurationFile, environment: environment)
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
      if configuration.settings.groupMinimum < AuditSettings().groupMinimum {
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

  /// What a service would capture; nothing is to be said where no interface is named.
  private func interfacePoints() -> [Point] {
    guard let configuration else { return [] }
    let settings = configuration.capture
    let interfaces = CaptureInterfaces(settings)
    let changes = interfaces.survey()
    interfaces.close()
    return changes.map { change in
      let number = change.linkType.map { "\($0.rawValue)" } ?? "unknown"
      return switch (change.state, change.linkType?.isSupported ?? true) {
      case (.capturing, true) where change.isFilteredByProgram:
        Point(
          name: "interface", status: .warning,
          message:
            "\(change.interface): the kernel has no room for the filter, so that the program looks at each packet",
          remedy: "shorten capture.filter, or raise net.core.optmem_max")
      case (.capturing, true):
        Point(
          name: "interface", status: .ok, message: "\(change.interface): can be captured, link type \(number)",
          remedy: nil)
      case (.capturing, false):
        Point(
          name: "interface", status: .failed,
          message: "\(change.interface): frames of link type \(number) are not read",
          remedy: "capture another interface of this gateway")
      case (.down, _):
        Point(
          name: "interface", status: .warning, message: "\(change.interface): is switched off or has no link",
          remedy: "switch it on or look at its cable; until then nothing is captured, which is a gap")
      case (.missing, _):
        Point(
          name: "interface", status: .failed, message: "\(change.interface): there is no such interface",
          remedy: "name one that 'ip link' lists under capture.interfaces")
      case (.refused(let error), _):
        Point(
          name: "interface", status: .failed, message: "\(error)",
          remedy: error.cause == .notPermitted
            ? "try it with the right of the service: sudo setpriv --reuid egressaudit --regid egressaudit --clear-groups "
              + "--inh-caps +net_raw --ambient-caps +net_raw egressaudit check …"
            : "mend it as the message says")
      }
    } + (settings.interfaces.isEmpty ? [] : ringPoints(settings))
      + (changes.contains { $0.state == .capturing } ? trafficPoints(configuration) : [])
  }

  /// Nil where it has a fault.
  private var configuration: AuditConfiguration? {
    try? AuditConfiguration(path: configurationFile, environment: environment)
  }

  private func ringPoints(_ settings: CaptureSettings) -> [Point] {
    let needed = settings.ringMegabytes * settings.interfaces.count
    guard let free = availableMegabytes() else { return [] }
    let message =
      "\(needed) MB for \(settings.interfaces.count == 1 ? "1 interface" : "\(settings.interfaces.count) interfaces"), "
      + "\(free) MB of memory are free"
    return [
      needed * 2 > free
        ? Point(
          name: "ring", status: .warning, message: message,
          remedy: "lower capture.ring_megabytes, or give the machine more memory")
        : Point(name: "ring", status: .ok, message: message, remedy: nil)
    ]
  }

  /// What the kernel says can be had without swapping.
  private func availableMegabytes() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") })
    else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1_000 }
  }

  private func trafficPoints(_ configuration: AuditConfiguration) -> [Point] {
    guard listening.nanoseconds > 0 else { return [] }
    let sample = TrafficSample(
      configuration.capture, inside: configuration.tracker.insideNetworks, lasting: listening)
    return sample.points(snapLength: configuration.capture.snapLength)
  }

  private func exclusionPoints() -> [Point] {
    guard let configuration else { return [] }
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

  /// Of the last two weeks: smaller groups are put together in reports.
  private func groupSizePoints() -> [Point] {
    guard let configuration, let store, let database = try? AuditDatabase(path: store, mode: .readExisting) else {
      return []
    }
    let tomorrow = Hour(sinceEpoch: (Today.dayUTC + 1) * 24)
    guard let rows = try? database.presence(in: Hour(sinceEpoch: tomorrow.sinceEpoch - 15 * 24)..<tomorrow),
      !rows.isEmpty
    else { return [] }
    let minimum = configuration.settings.groupMinimum
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

  private func canaryPoints() -> [Point] {
    guard let configuration else { return [] }
    guard configuration.canary != nil else {
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

  private func rulePoints() -> [Point] {
    do throws(FileLoadError) {
      let ruleSet = try RuleSet(rules)
      let faults = RuleLint.check(rules)
      var points = [
        Point(
          name: "rules", status: .ok,
          message: "\(rules.path): version \(ruleSet.stamp.version) of \(ruleSet.stamp.date), "
            + "\(ruleSet.facts.count { $0.localOverrides.isEmpty }) rules, \(ruleSet.stamp.hash.prefix(19))…",
          remedy: nil)
      ]
      if !faults.isEmpty {
        points.append(
          Point(
            name: "rule lint", status: .warning, message: faults.count == 1 ? "1 fault" : "\(faults.count) faults",
            remedy: "run: egressaudit rules lint \(rules)"))
      }
      if let age = days(since: ruleSet.stamp.date), age > GateLimits().maximumRuleAgeDays {
        points.append(
          Point(
            name: "rule age", status: .warning, message: "the rule set is \(age) days old",
            remedy: "install a newer one; results with old rules are not assessable"))
      }
      points += bundlePoints(ruleSet) + overridePoints(ruleSet)
      if ruleSet.networks.services == KnownServices() {
        points.append(
          Point(
            name: "registers", status: .warning, message: "no resolvers, relays and outer names are known",
            remedy: "add registers/resolvers.yaml, relays.yaml and outer-names.yaml to the rule directory"))
      }
      return points
    } catch {
      return [
        Point(
          name: "rules", status: .failed, message: error.faults.first.map { "\($0)" } ?? rules.path,
          remedy: "run: egressaudit rules lint \(rules.path)")
      ]
    }
  }

  private func bundlePoints(_ ruleSet: RuleSet) -> [Point] {
    guard let bundle = ruleSet.bundle else { return [] }
    let name = "rule bundle"
    guard let store, let database = try? AuditDatabase(path: store, mode: .readExisting) else {
      return [Point(name: name, status: .ok, message: "signed, version \(bundle.version)", remedy: nil)]
    }
    do {
      try database.checkAcceptable(bundle)
      return [
        Point(name: name, status: .ok, message: "signed, version \(bundle.version); the store takes it", remedy: nil)
      ]
    } catch {
      return [Point(name: name, status: .failed, message: "\(error)", remedy: "install the newest bundle")]
    }
  }

  private func overridePoints(_ ruleSet: RuleSet) -> [Point] {
    let count = ruleSet.localOverrides.count
    guard count > 0 else { return [] }
    let notices = ruleSet.overrideNotices(day: Today.dayUTC)
    return [
      Point(
        name: "local overrides", status: .ok,
        message: "\(rules.overrides ?? ""): \(count == 1 ? "1 override" : "\(count) overrides")", remedy: nil)
    ]
      + notices.map {
        Point(
          name: "local overrides", status: .warning, message: "\($0)",
          remedy: "edit the file, then run: egressaudit rules lint \(rules.path) --overrides \(rules.overrides ?? "")")
      }
  }

  private func locationPoints() -> [Point] {
    // A faulty configuration has its own point.
    guard let setting = configuration?.location else { return [] }
    let name = "location database"
    guard setting != .none else {
      return [
        Point(
          name: name, status: .ok, message: "switched off; owner and country of addresses stay unknown", remedy: nil)
      ]
    }
    guard !setting.paths.isEmpty else {
      return [
        Point(
          name: name, status: .warning, message: "none found; owner and country of addresses stay unknown",
          remedy: "install the Debian package libloc-database, or write 'location: none' to go without")
      ]
    }
    return setting.paths.map { path in
      do throws(LocationDatabaseError) {
        let stamp = try LocationDatabase(path: path).stamp
        let age = days(since: stamp.date) ?? 0
        let message =
          "\(path): \(stamp.citation), of \(stamp.date), \(age == 1 ? "1 day" : "\(age) days") old"
        return age > Self.locationAgeLimit
          ? Point(
            name: name, status: .warning, message: message,
            remedy: "fetch a newer one (Debian package location: 'location update'); networks change hands")
          : Point(name: name, status: .ok, message: message, remedy: nil)
      } catch {
        return Point(
          name: name, status: .failed, message: "\(path): \(error.cause)",
          remedy: "expected \(error.expected); \(error.nextStep)")
      }
    }
  }

  /// In days. Owners change slowly; a quarter is what re-evaluation takes.
  private static let locationAgeLimit = 100

  private func storePoint() -> Point {
    guard let store else {
      return Point(
        name: "store", status: .warning, message: "none given, so not looked at", remedy: "name it with --store")
    }
    guard FileManager.default.fileExists(atPath: store) else {
      let folder = (store as NSString).deletingLastPathComponent
      let isWritable = access(folder.isEmpty ? "." : folder, W_OK) == 0
      return isWritable
        ? Point(name: "store", status: .ok, message: "\(store): will be made", remedy: nil)
        : Point(
          name: "store", status: .failed, message: "\(store): its folder cannot be written to",
          remedy: "make the folder, or give this user the right to write there")
    }
    do {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      let sessions = try database.sessions()
      let rows = try database.checkValues()
      return Point(
        name: "store", status: .ok,
        message: "\(store): \(sessions.count == 1 ? "1 session" : "\(sessions.count) sessions"), "
          + "all \(rows) rows hold what they may", remedy: nil)
    } catch {
      return Point(name: "store", status: .failed, message: "\(error)", remedy: "mend it or name another store")
    }
  }

  /// What is wrong with the store has its own point.
  private func unfinishedPoints() -> [Point] {
    guard let store, let sessions = try? AuditDatabase(path: store, mode: .readExisting).sessions() else { return [] }
    let unfinished = sessions.filter(\.isUnfinished).map { String($0.id) }
    guard !unfinished.isEmpty else { return [] }
    return [
      Point(
        name: "audits", status: .warning,
        message: unfinished.count == 1
          ? "audit \(unfinished[0]) was not finished, or could not read all its captures to their end"
          : "audits \(unfinished.joined(separator: ", ")) were not finished, or could not read all their captures to their end",
        remedy: "replay the same captures again; until then these days are not assessable")
    ]
  }

  private func keyPoint() -> Point {
    guard let path = pseudonymKey ?? store.map({ $0 + ".key" }) else {
      return Point(
        name: "pseudonym key", status: .warning, message: "none given, so not looked at",
        remedy: "name it with --pseudonym-key")
    }
    // What is wrong with the store has its own point.
    let isNeeded = store.flatMap { try? AuditDatabase.exportSalt(ofStoreAt: $0) } != nil
    guard isNeeded || FileManager.default.fileExists(atPath: path) else {
      return Point(name: "pseudonym key", status: .ok, message: "\(path): will be made on first use", remedy: nil)
    }
    do {
      guard let store, isNeeded else {
        _ = try PseudonymKey.load(path: path)
        return Point(name: "pseudonym key", status: .ok, message: "\(path): readable for its owner alone", remedy: nil)
      }
      _ = try StoreKey.loadOrCreate(path: path, store: store)
      return Point(
        name: "pseudonym key", status: .ok, message: "\(path): readable for its owner alone, and that of the store",
        remedy: nil)
    } catch {
      return Point(
        name: "pseudonym key", status: .failed, message: "\(error)", remedy: "mend the file as the message says")
    }
  }

  private func diskPoint() -> Point {
    let folder = store.map { ($0 as NSString).deletingLastPathComponent } ?? "."
    var status = statvfs()
    guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else {
      return Point(
        name: "disk", status: .failed, message: "the store's folder cannot be looked at", remedy: "make the folder")
    }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize) / 1_000_000
    return free < 1_000
      ? Point(
        name: "disk", status: .warning, message: "\(free) MB free where the store lies",
        remedy: "make room: at least 1000 MB")
      : Point(name: "disk", status: .ok, message: "\(free) MB free where the store lies", remedy: nil)
  }

  private func days(since date: String) -> Int? {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate]
    return formatter.date(from: date).map { Int(Date().timeIntervalSince($0) / 86_400) }
  }
}

// MARK: - Text

extension SelfCheck {
  public static func text(_ points: [Point]) -> String {
    points.map { point in
      let mark =
        switch point.status {
        case .ok: "ok     "
        case .warning: "look   "
        case .failed: "FAILED "
        }
      return "\(mark) \(point.name): \(point.message)\(point.remedy.map { ". To do: \($0)" } ?? "")\n"
    }.joined()
  }

  public static func json(_ points: [Point]) -> String {
    let objects = points.map { point -> [String: String] in
      // Escaped here, lest the terminal's own escapes come into the JSON.
      var object = ["name": point.name, "status": point.status.rawValue, "message": printable(point.message)]
      object["remedy"] = point.remedy.map { printable($0) }
      return object
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(objects) else { return "[]\n" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
