import Documents
import Location
import Matching
import Model
import Rules
import Store

// Points about rules and location databases.
extension SelfCheck {
  func rulePoints(_ configuration: AuditConfiguration?) -> [Point] {
    do throws(FileLoadError) {
      let (ruleSet, findings) = try RuleLint.load(rules)
      var points = [
        Point(
          name: "rules", status: .ok,
          message: "\(rules.path): version \(ruleSet.stamp.version) of \(ruleSet.stamp.date), "
            + "\(ruleSet.facts.count { $0.localOverrides.isEmpty }) rules, \(ruleSet.stamp.hash.prefix(19))…",
          remedy: nil)
      ]
      if let lint = LintSummary(findings, of: rules) {
        points.append(
          Point(
            name: "rule lint", status: .warning,
            message: "\(lint.counts); first: " + lint.first.map(\.description).joined(separator: " | "),
            remedy: lint.nextStep))
      }
      if let age = days(since: ruleSet.stamp.date), age > GateLimits().maximumRuleAgeDays {
        points.append(
          Point(
            name: "rule age", status: .warning, message: "the rule set is \(age) days old",
            remedy: "install a newer one; results with old rules are not assessable"))
      }
      points += signaturePoints(ruleSet) + overridePoints(ruleSet)
      if let configuration { points += claimPoints(configuration, ruleSet) }
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
          remedy: "run: \(rules.lintCommand)")
      ]
    }
  }

  private func claimPoints(_ configuration: AuditConfiguration, _ ruleSet: RuleSet) -> [Point] {
    let count = configuration.settings.claims.count
    guard count > 0 else { return [] }
    do throws(FileLoadError) {
      try configuration.checkClaims(against: ruleSet)
    } catch {
      return error.faults.map {
        Point(
          name: "claims", status: .failed, message: "\($0.place): \($0.problem)",
          remedy: "expected \($0.expected); \($0.nextStep)")
      }
    }
    let message = count == 1 ? "1 claim" : "\(count) claims"
    return [
      configuration.canary == nil
        ? Point(
          name: "claims", status: .warning, message: "\(message), but no canary is set up: none can be shown to hold",
          remedy: "set up 'canary' (docs/operations.md), so that it is known what the sensor would have seen")
        : Point(name: "claims", status: .ok, message: message, remedy: nil)
    ]
  }

  private func signaturePoints(_ ruleSet: RuleSet) -> [Point] {
    let name = "rule signature"
    let message =
      ruleSet.provenance.bundle.map { "version \($0.version), signed with the key \($0.signer)" } ?? "not signed"
    guard let store, let database = try? AuditDatabase(path: store, mode: .readExisting) else {
      return [Point(name: name, status: .ok, message: message, remedy: nil)]
    }
    do {
      try database.checkAcceptable(ruleSet.provenance)
      return [Point(name: name, status: .ok, message: message + "; the store takes them", remedy: nil)]
    } catch {
      return [
        Point(name: name, status: .failed, message: "\(error)", remedy: "name other rules, or accept these on purpose")
      ]
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

  func locationPoints(_ setting: LocationSetting) -> [Point] {
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

  /// In days. Owners of networks change slowly; 100 days are somewhat more than a quarter.
  private static let locationAgeLimit = 100

  private func days(since date: String) -> Int? {
    LocalDate(date).map { Int(Today.dayUTC - $0.day) }
  }
}
