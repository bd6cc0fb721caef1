import Capture
import Cryptography
import Documents
import FlowTracking
import Foundation
import Model
import Privacy
import Store

// Points about the configuration and its consequences.
extension SelfCheck {
  /// Days for which reports need sums: a month and the previous one, of 31 days each.
  private static let usageDaysOfReports = 62

  func configurationPoints(_ loaded: Result<AuditConfiguration, FileLoadError>) -> [Point] {
    do throws(FileLoadError) {
      let configuration = try loaded.get()
      guard configuration.settings.configurationHash != nil else {
        return [
          Point(
            name: "configuration", status: .warning,
            message: LocalizedText(
              en: "none given; private address ranges count as inside",
              de: "keine angegeben; private Adressbereiche gelten als innen"),
            remedy: LocalizedText(
              en: "write one and name it with --config, so that groups and networks are yours",
              de: "eine schreiben und mit --config nennen, damit Gruppen und Netze die Ihren sind"))
        ]
      }
      var points = [
        Point(
          name: "configuration", status: .ok,
          message: LocalizedText(
            en: "\(configurationFile ?? "environment variables"): site \(configuration.settings.site), "
              + "\(configuration.tracker.insideNetworks.prefixes.count) inside networks, "
              + "\(configuration.settings.groups.count) groups",
            de: "\(configurationFile ?? "Umgebungsvariablen"): Standort \(configuration.settings.site), "
              + "\(configuration.tracker.insideNetworks.prefixes.count) eigene Netze, "
              + "\(configuration.settings.groups.count) Gruppen"), remedy: nil)
      ]
      if let configurationFile,
        let mode = try? FileManager.default.attributesOfItem(atPath: configurationFile)[.posixPermissions] as? Int,
        mode & 0o007 != 0
      {
        points.append(
          Point(
            name: "configuration mode", status: .warning,
            message: LocalizedText(
              en: "\(configurationFile): open to all users; it names networks, groups and excluded devices",
              de: "\(configurationFile): für alle Benutzer lesbar; sie nennt Netze, Gruppen und ausgenommene Geräte"),
            remedy: LocalizedText(
              en: "run: chmod o= \(configurationFile)", de: "ausführen: chmod o= \(configurationFile)")))
      }
      if configuration.settings.isTrial {
        points.append(
          Point(
            name: "trial", status: .warning,
            message: LocalizedText(
              en: "the configuration declares that nobody works at the observed devices; each report says so",
              de: "die Konfiguration erklärt, dass an den beobachteten Geräten niemand arbeitet; jeder Bericht sagt das"
            ),
            remedy: LocalizedText(
              en: "remove 'trial' before you observe devices of people, and begin a new store",
              de: "'trial' entfernen, bevor Geräte von Menschen beobachtet werden, und einen neuen Speicher beginnen")))
      } else if configuration.settings.groupMinimum < AuditSettings().groupMinimum {
        points.append(
          Point(
            name: "group size", status: .warning,
            message: LocalizedText(
              en: "groups of \(configuration.settings.groupMinimum) devices may stand alone in reports",
              de: "Gruppen von \(configuration.settings.groupMinimum) Geräten dürfen in Berichten für sich stehen"),
            remedy: LocalizedText(
              en: "agree this with the works council, or raise privacy.group_minimum to 5",
              de: "mit dem Personalrat vereinbaren oder privacy.group_minimum auf 5 erhöhen")))
      }
      return points
    } catch {
      return error.faults.map {
        Point(
          name: "configuration", status: .failed, message: [$0.place, $0.problem].joined(separator: ": "),
          remedy: SelfCheck.remedy(expected: $0.expected, next: $0.nextStep))
      }
    }
  }

  /// For each data class, until when its rows are kept, and whether rows are left that should have been deleted.
  ///
  /// Dates follow from the configuration and from today alone: counts and dates of rows would show on which days
  /// somebody was present.
  func retentionPoints(_ configuration: AuditConfiguration, today: Int64 = Today.dayUTC) -> [Point] {
    guard configuration.settings.configurationHash != nil else { return [] }
    let policy = configuration.retention
    let database = store.flatMap { try? AuditDatabase(path: $0, mode: .readExisting) }
    let classes = DataClass.allCases.filter { $0 != .sealed || configuration.sealedPart != nil }
    var points = classes.map { dataClass -> Point in
      let (name, key) = (Self.name(dataClass), "retention.\(dataClass.rawValue)_days")
      guard let days = policy.days(of: dataClass), let cutoff = policy.cutoff(dataClass, on: today),
        let end = policy.deletionDay(dataClass, observed: today)
      else {
        let proposed = RetentionPolicy.proposal.days[dataClass]
        return Point(
          name: "retention", status: .warning,
          message: LocalizedText(
            en: "\(name.en): no time is set, so nothing is deleted",
            de: "\(name.de): Es ist keine Frist gesetzt, deshalb wird nichts gelöscht"),
          remedy: LocalizedText(
            en: "agree on a time and enter it as \(key)" + (proposed.map { "; \($0) is the proposal" } ?? ""),
            de: "eine Frist vereinbaren und als \(key) eintragen" + (proposed.map { "; Vorschlag: \($0)" } ?? "")))
      }
      let rule = LocalizedText(
        en: "\(name.en): \(days == 1 ? "1 day" : "\(days) days")",
        de: "\(name.de): \(days == 1 ? "1 Tag" : "\(days) Tage")")
      // The service deletes once a day; a day of grace, so that midnight is no fault.
      let late = policy.cutoff(dataClass, on: today - 1) ?? cutoff
      guard (try? database?.rowCount(of: dataClass, before: late)) ?? 0 == 0 else {
        let day = LocalDate(day: late.dayUTC)
        return Point(
          name: "retention", status: .warning,
          message: LocalizedText(
            en: "\(rule.en), but rows of days before \(day) are still stored",
            de: "\(rule.de), aber Zeilen von Tagen vor dem \(day) sind noch gespeichert"),
          remedy: LocalizedText(
            en:
              "look for event=deletion_failed in the log of the service; without a service, run 'egressaudit retention delete'",
            de:
              "im Protokoll des Dienstes nach event=deletion_failed suchen; ohne Dienst 'egressaudit retention delete' ausführen"
          ))
      }
      let (first, last) = (LocalDate(day: cutoff.dayUTC), LocalDate(day: end))
      return Point(
        name: "retention", status: .ok,
        message: LocalizedText(
          en: "\(rule.en); rows of days before \(first) are deleted, those of today stay until \(last)",
          de: "\(rule.de); Zeilen von Tagen vor dem \(first) sind gelöscht, die von heute bleiben bis zum \(last)"),
        remedy: nil)
    }
    if let days = policy.days[.usage], days < Self.usageDaysOfReports {
      points.append(
        Point(
          name: "retention", status: .warning,
          message: LocalizedText(
            en:
              "retention.usage_days is \(days); a monthly report may lack its first days, or cannot be compared with the month before",
            de:
              "retention.usage_days ist \(days); einem Monatsbericht können die ersten Tage fehlen, oder er lässt sich nicht mit dem Vormonat vergleichen"
          ),
          remedy: LocalizedText(
            en: "set retention.usage_days to \(Self.usageDaysOfReports) or more, if your agreement allows it",
            de:
              "retention.usage_days auf mindestens \(Self.usageDaysOfReports) setzen, wenn Ihre Vereinbarung es erlaubt"
          )))
    }
    return points
  }

  private static func name(_ dataClass: DataClass) -> LocalizedText {
    switch dataClass {
    case .evidence: LocalizedText(en: "single flows", de: "einzelne Datenflüsse")
    case .usage: LocalizedText(en: "sums by device and hour", de: "Summen nach Gerät und Stunde")
    case .coverage: LocalizedText(en: "coverage", de: "Abdeckung")
    case .undescribed: LocalizedText(en: "destinations without a rule", de: "Ziele ohne Regel")
    case .sealed: LocalizedText(en: "sealed part", de: "versiegelter Teil")
    }
  }

  /// Days before the end of a certificate on which its renewal is recommended.
  private static let renewalDays: Int64 = 60

  /// Who can open the sealed part, and until when their certificates are valid; no points if the site keeps none, and
  /// never did.
  ///
  /// The keys are compared with those of the latest audit: whoever exchanged a certificate could open what is sealed to
  /// it.
  func sealedPartPoints(_ configuration: AuditConfiguration, now: Timestamp = Today.now) -> [Point] {
    let database = store.flatMap { try? AuditDatabase(path: $0, mode: .readExisting) }
    let earlier = (try? database?.sessions())?.last(where: { $0.captureMode == "live" })?.settings.sealedPart
    let keys = configuration.sealedPart?.keys
    var points: [Point] = []
    if let recipients = configuration.sealedPart, let keys {
      let emergency = keys.emergency.map { ", emergency \($0)" } ?? ""
      points.append(
        Point(
          name: "sealed part", status: .ok,
          message: LocalizedText(
            en: "exact values are kept for both keys together: data protection officer \(keys.dataProtectionOfficer), "
              + "works council \(keys.worksCouncil)\(emergency)",
            de: "genaue Werte werden für beide Schlüssel zusammen aufbewahrt: Datenschutzbeauftragte "
              + "\(keys.dataProtectionOfficer), Personalvertretung \(keys.worksCouncil)"
              + (keys.emergency.map { ", Notfall \($0)" } ?? "")), remedy: nil))
      let certificates =
        [recipients.dataProtectionOfficer, recipients.worksCouncil] + (recipients.emergency.map { [$0] } ?? [])
      if let end = certificates.map(\.validity.upperBound).min(), end - now.seconds < Self.renewalDays * 86_400 {
        let day = LocalDate(day: end / 86_400)
        points.append(
          Point(
            name: "sealed part", status: .warning,
            message: LocalizedText(
              en: "a certificate expires on \(day); after that the service does not start",
              de: "ein Zertifikat läuft am \(day) ab; danach startet der Dienst nicht mehr"),
            remedy: LocalizedText(
              en: "have it renewed; the key may stay the same",
              de: "erneuern lassen; der Schlüssel kann derselbe bleiben")))
      }
    }
    if let earlier, earlier != keys {
      points.append(
        Point(
          name: "sealed part", status: .warning,
          message: keys == nil
            ? LocalizedText(
              en: "none is configured, but the latest audit of the service kept one",
              de: "keiner ist eingerichtet, die letzte Auswertung des Dienstes hatte aber einen")
            : LocalizedText(
              en:
                "the keys are not those of the latest audit of the service: whoever exchanged a certificate can open what is sealed to it",
              de:
                "die Schlüssel sind nicht die der letzten Auswertung des Dienstes: Wer ein Zertifikat ausgetauscht hat, kann öffnen, was dafür versiegelt wird"
            ),
          remedy: LocalizedText(
            en: "compare the digests with those that the data protection officer and the works council keep",
            de: "die Prüfsummen mit denen vergleichen, die Datenschutzbeauftragte und Personalvertretung verwahren")))
    }
    return points
  }

  func exclusionPoints(_ configuration: AuditConfiguration) -> [Point] {
    let exclusions = configuration.exclusions
    let count = exclusions.hardwareAddresses.count
    let networks = exclusions.networks.count
    let message = LocalizedText(
      en: "\(count == 1 ? "1 hardware address" : "\(count) hardware addresses"), "
        + "\(networks == 1 ? "1 network" : "\(networks) networks")",
      de: "\(count == 1 ? "1 Hardwareadresse" : "\(count) Hardwareadressen"), "
        + "\(networks == 1 ? "1 Netz" : "\(networks) Netze")")
    let strangers = exclusions.networks.count { !configuration.tracker.insideNetworks.contains($0.address) }
    guard strangers == 0 else {
      return [
        Point(
          name: "exclusions", status: .failed,
          message: LocalizedText(
            en: strangers == 1
              ? "1 excluded network is not inside, so that no device is excluded by it"
              : "\(strangers) excluded networks are not inside, so that no device is excluded by them",
            de: strangers == 1
              ? "1 ausgenommenes Netz liegt nicht innen und nimmt daher kein Gerät aus"
              : "\(strangers) ausgenommene Netze liegen nicht innen und nehmen daher kein Gerät aus"),
          remedy: LocalizedText(
            en: "correct exclusions.networks, or add to inside_networks what is yours",
            de: "exclusions.networks berichtigen oder in inside_networks ergänzen, was Ihnen gehört"))
      ]
    }
    return [
      Point(
        name: "exclusions", status: .ok,
        message: count + networks == 0 ? LocalizedText(en: "none", de: "keine") : message, remedy: nil
      )
    ]
  }

  /// Whether groups of the last two weeks were smaller than `minimum`, so that reports combine them.
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
          name: "group sizes", status: .ok,
          message: LocalizedText(
            en: "each had at least \(minimum) devices in the last two weeks",
            de: "jede hatte in den letzten zwei Wochen mindestens \(minimum) Geräte"),
          remedy: nil)
      ]
    }
    return [
      Point(
        name: "group sizes", status: .warning,
        message:
          LocalizedText(
            en:
              "\(small) of \(sizes.count) groups had fewer than \(minimum) devices in the last two weeks; reports put them together",
            de:
              "\(small) von \(sizes.count) Gruppen hatten in den letzten zwei Wochen weniger als \(minimum) Geräte; Berichte fassen sie zusammen"
          ),
        remedy: LocalizedText(
          en: "join small groups under 'groups', where that is right",
          de: "kleine Gruppen unter 'groups' zusammenlegen, wo das sachgerecht ist"))
    ]
  }

  func canaryPoints(isSetUp: Bool) -> [Point] {
    guard isSetUp else {
      return [
        Point(
          name: "canary", status: .ok, message: LocalizedText(en: "none is set up", de: "keine eingerichtet"),
          remedy: nil)
      ]
    }
    let now = MachineClock.now.hour
    let day = Hour(sinceEpoch: now.sinceEpoch - 24)..<now
    let coverage = store.flatMap { try? AuditDatabase(path: $0, mode: .readExisting).coverage(in: day) } ?? []
    let canaries = CanaryCounts(coverage)
    guard canaries.expected > 0 else {
      return [
        Point(
          name: "canary", status: .ok,
          message: LocalizedText(
            en: "set up; none was expected in the last 24 hours",
            de: "eingerichtet; in den letzten 24 Stunden wurde keiner erwartet"), remedy: nil)
      ]
    }
    return [
      canaries.seen < canaries.expected
        ? Point(
          name: "canary", status: .warning,
          message: LocalizedText(
            en: "\(canaries.seen) of \(canaries.expected) were seen in the last 24 hours",
            de: "\(canaries.seen) von \(canaries.expected) wurden in den letzten 24 Stunden gesehen"),
          remedy: LocalizedText(
            en: "look at 'systemctl status egressaudit-canary.timer' where they are sent, and at what the sensor sees",
            de:
              "dort, wo sie gesendet werden, 'systemctl status egressaudit-canary.timer' ansehen, und prüfen, was der Sensor sieht"
          )
        )
        : Point(
          name: "canary", status: .ok,
          message: LocalizedText(
            en: "all \(canaries.expected) were seen in the last 24 hours",
            de: "alle \(canaries.expected) wurden in den letzten 24 Stunden gesehen"), remedy: nil)
    ]
  }
}
