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
          message: LocalizedText(
            en: "\(rules.path): version \(ruleSet.stamp.version) of \(ruleSet.stamp.date), "
              + "\(ruleSet.facts.count { $0.localOverrides.isEmpty }) rules, \(ruleSet.stamp.hash.prefix(19))…",
            de: "\(rules.path): Version \(ruleSet.stamp.version) vom \(ruleSet.stamp.date), "
              + "\(ruleSet.facts.count { $0.localOverrides.isEmpty }) Regeln, \(ruleSet.stamp.hash.prefix(19))…"),
          remedy: nil)
      ]
      if let lint = LintSummary(findings, of: rules) {
        points.append(
          Point(
            name: "rule lint", status: .warning,
            message: LocalizedText(
              en: "\(lint.counts); first: " + lint.first.map(\.description).joined(separator: " | "),
              de: "\(lint.faults) Fehler, \(lint.warnings) Warnungen; zuerst: "
                + lint.first.map(\.text.de).joined(separator: " | ")),
            remedy: LocalizedText(en: lint.nextStep, de: "ausführen: \(lint.command)")))
      }
      if let age = days(since: ruleSet.stamp.date), age > GateLimits().maximumRuleAgeDays {
        points.append(
          Point(
            name: "rule age", status: .warning,
            message: LocalizedText(en: "the rule set is \(age) days old", de: "der Regelsatz ist \(age) Tage alt"),
            remedy: LocalizedText(
              en: "install a newer one; results with old rules are not assessable",
              de: "einen neueren installieren; Ergebnisse nach alten Regeln sind nicht bewertbar")))
      }
      points += signaturePoints(ruleSet) + overridePoints(ruleSet)
      if let configuration { points += claimPoints(configuration, ruleSet) }
      if ruleSet.networks.services == KnownServices() {
        points.append(
          Point(
            name: "registers", status: .warning,
            message: LocalizedText(
              en: "no resolvers, relays and outer names are known",
              de: "es sind keine Resolver, Relays und äußeren Namen bekannt"),
            remedy: LocalizedText(
              en: "add registers/resolvers.yaml, relays.yaml and outer-names.yaml to the rule directory",
              de: "registers/resolvers.yaml, relays.yaml und outer-names.yaml im Ordner der Regeln ergänzen")))
      }
      return points
    } catch {
      return [
        Point(
          name: "rules", status: .failed, message: error.faults.first?.text ?? SelfCheck.asTold(rules.path),
          remedy: LocalizedText(en: "run: \(rules.lintCommand)", de: "ausführen: \(rules.lintCommand)"))
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
          name: "claims", status: .failed, message: [$0.place, $0.problem].joined(separator: ": "),
          remedy: SelfCheck.remedy(expected: $0.expected, next: $0.nextStep))
      }
    }
    let message = LocalizedText(
      en: count == 1 ? "1 claim" : "\(count) claims", de: count == 1 ? "1 Zusicherung" : "\(count) Zusicherungen")
    return [
      configuration.canary == nil
        ? Point(
          name: "claims", status: .warning,
          message: LocalizedText(
            en: "\(message.en), but no canary is set up: none can be shown to hold",
            de: "\(message.de), aber es sind keine Kontrollflüsse eingerichtet: Keine lässt sich belegen"),
          remedy: LocalizedText(
            en: "set up 'canary' (docs/operations.md), so that it is known what the sensor would have seen",
            de: "'canary' einrichten (docs/operations.md), damit bekannt ist, was der Sensor gesehen hätte"))
        : Point(name: "claims", status: .ok, message: message, remedy: nil)
    ]
  }

  private func signaturePoints(_ ruleSet: RuleSet) -> [Point] {
    let name = "rule signature"
    let message =
      ruleSet.provenance.bundle.map {
        LocalizedText(
          en: "version \($0.version), signed with the key \($0.signer)",
          de: "Version \($0.version), signiert mit dem Schlüssel \($0.signer)")
      } ?? LocalizedText(en: "not signed", de: "nicht signiert")
    guard let store, let database = try? AuditDatabase(path: store, mode: .readExisting) else {
      return [Point(name: name, status: .ok, message: message, remedy: nil)]
    }
    do {
      try database.checkAcceptable(ruleSet.provenance)
      return [
        Point(
          name: name, status: .ok,
          message: LocalizedText(
            en: message.en + "; the store takes them", de: message.de + "; der Speicher nimmt sie an"), remedy: nil)
      ]
    } catch {
      return [
        Point(
          name: name, status: .failed, message: LocalizedText(of: error),
          remedy: LocalizedText(
            en: "name other rules, or accept these on purpose", de: "andere Regeln nennen oder diese bewusst annehmen"))
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
        message: LocalizedText(
          en: "\(rules.overrides ?? ""): \(count == 1 ? "1 override" : "\(count) overrides")",
          de: "\(rules.overrides ?? ""): \(count == 1 ? "1 Abweichung" : "\(count) Abweichungen")"), remedy: nil)
    ]
      + notices.map {
        Point(
          name: "local overrides", status: .warning, message: $0.text,
          remedy: LocalizedText(
            en: "edit the file, then run: egressaudit rules lint \(rules.path) --overrides \(rules.overrides ?? "")",
            de:
              "die Datei bearbeiten, dann ausführen: egressaudit rules lint \(rules.path) --overrides \(rules.overrides ?? "")"
          ))
      }
  }

  func locationPoints(_ setting: LocationSetting) -> [Point] {
    let name = "location database"
    guard setting != .none else {
      return [
        Point(
          name: name, status: .ok,
          message: LocalizedText(
            en: "switched off; owner and country of addresses stay unknown",
            de: "abgeschaltet; Inhaber und Land von Adressen bleiben unbekannt"), remedy: nil)
      ]
    }
    guard !setting.paths.isEmpty else {
      return [
        Point(
          name: name, status: .warning,
          message: LocalizedText(
            en: "none found; owner and country of addresses stay unknown",
            de: "keine gefunden; Inhaber und Land von Adressen bleiben unbekannt"),
          remedy: LocalizedText(
            en: "install the Debian package libloc-database, or write 'location: none' to go without",
            de:
              "das Debian-Paket libloc-database installieren, oder 'location: none' eintragen, um darauf zu verzichten")
        )
      ]
    }
    return setting.paths.map { path in
      do throws(LocationDatabaseError) {
        let stamp = try LocationDatabase(path: path).stamp
        let age = days(since: stamp.date) ?? 0
        let message = LocalizedText(
          en: "\(path): \(stamp.citation), of \(stamp.date), \(age == 1 ? "1 day" : "\(age) days") old",
          de: "\(path): \(stamp.citation), vom \(stamp.date), \(age == 1 ? "1 Tag" : "\(age) Tage") alt")
        return age > Self.locationAgeLimit
          ? Point(
            name: name, status: .warning, message: message,
            remedy: LocalizedText(
              en: "fetch a newer one (Debian package location: 'location update'); networks change hands",
              de: "eine neuere holen (Debian-Paket location: 'location update'); Netze wechseln den Inhaber"))
          : Point(name: name, status: .ok, message: message, remedy: nil)
      } catch {
        return Point(
          name: name, status: .failed, message: [SelfCheck.asTold(path), error.cause].joined(separator: ": "),
          remedy: SelfCheck.remedy(expected: error.expected, next: error.nextStep))
      }
    }
  }

  /// In days. Owners of networks change slowly; 100 days are somewhat more than a quarter.
  private static let locationAgeLimit = 100

  private func days(since date: String) -> Int? {
    LocalDate(date).map { Int(Today.dayUTC - $0.day) }
  }
}
