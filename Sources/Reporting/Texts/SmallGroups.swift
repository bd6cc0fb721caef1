import Model
package import Store

extension Texts {
  /// The groups in the collecting group, and the days that are reported only with others; empty if there are none.
  static func smallGroups(_ period: AuditPeriod, _ language: Language) -> [String] {
    let german = language == .german
    let minimum = period.groupMinimum
    var sentences = keyChanges(period.keyChanges, language)
    if period.reporting.isOneBlock {
      sentences.append(
        german
          ? "An keinem Tag waren mindestens \(minimum) Geräte am Standort: Alle Tage stehen nur zusammen da, alle Gruppen in der Sammelgruppe."
          : "On no day were at least \(minimum) devices at the site: all days are reported only together, all groups in the collecting group."
      )
      return sentences
    }
    let names = period.groups.collected.map { CSVFormat.safeText(word(.group, $0, language)) }.sorted()
    if !names.isEmpty {
      sentences.append(
        german
          ? "In der Sammelgruppe stehen, an mindestens einem Tag: \(names.joined(separator: ", "))."
          : "In the collecting group on at least one day: \(names.joined(separator: ", ")).")
    }
    for run in period.heldBack {
      let last = run.toldOn.map { LocalDate(day: $0.day - 1) } ?? period.lastStoredDay
      let days =
        run.first >= last
        ? date(run.first, language) : date(run.first, language) + (german ? " bis " : " to ") + date(last, language)
      if let told = run.toldOn {
        sentences.append(
          german
            ? "Weniger als \(minimum) Geräte am Standort gesehen: \(days). Die Zahlen stehen zusammen mit denen vom \(date(told, language)), in der Sammelgruppe."
            : "Fewer than \(minimum) devices were seen at the site: \(days). The figures are combined with those of \(date(told, language)), in the collecting group."
        )
      } else {
        sentences.append(
          german
            ? "Noch nicht ausgegeben: \(days). Am Standort wurden weniger als \(minimum) Geräte gesehen, oder der Tag wird noch beobachtet oder war seit weniger als drei Stunden vorbei; die Zahlen stehen später zusammen mit denen des nächsten Tages mit genügend Geräten."
            : "Not reported yet: \(days). Fewer than \(minimum) devices were seen at the site, or the day is still observed, or had ended less than three hours before; the figures will be combined with those of the next day with enough devices."
        )
      }
    }
    return sentences
  }

  /// Comes before everything else: neither a trial nor a store that was not verified is to be taken for a result about
  /// an office.
  ///
  /// Empty if neither is so.
  static func warnings(_ period: AuditPeriod, _ language: Language) -> [String] {
    ([
      (period.isUnverified, unverified), (period.isNeverSealed, VerificationTexts.neverSealed),
      (period.isTrial, trial),
    ] as [(Bool, LocalizedText)])
    .filter(\.0).map { $0.1[language] }
  }

  private static let unverified = LocalizedText(
    en:
      "NOT VERIFIED: whoever wrote this did not have the evidence verified. Somebody may have changed the store since it was written; the command 'egressaudit verify' shows it.",
    de:
      "NICHT GEPRÜFT: Vor dieser Ausgabe wurden die Nachweise nicht geprüft. Der Speicher kann nachträglich geändert worden sein; der Befehl 'egressaudit verify' zeigt es."
  )

  /// The same of a store; nil if no audit of it was a trial.
  package static func trial(_ sessions: [CaptureSession], _ language: Language) -> String? {
    sessions.containsTrial ? trial[language] : nil
  }

  static let trial = LocalizedText(
    en:
      "TRIAL: whoever set this up declared that nobody works at the observed devices. It is no result about an office. If somebody does work at one of them, delete store and report: they are about a person.",
    de:
      "PROBEBETRIEB: Beim Einrichten wurde erklärt, dass an den beobachteten Geräten niemand arbeitet. Dies ist kein Ergebnis über eine Dienststelle. Arbeitet doch jemand an einem der Geräte, sind Speicher und Bericht zu löschen: Sie betreffen eine Person."
  )

  /// The rule by which they are combined, for the legend.
  static func smallGroupRules(_ minimum: Int) -> [LocalizedText] {
    [
      LocalizedText(
        en:
          "On a day on which fewer than \(minimum) devices of a group were present, its figures are in the collecting group; if that had fewer itself, the smallest other groups of the day are in it too.",
        de:
          "An einem Tag, an dem weniger als \(minimum) Geräte einer Gruppe da waren, stehen ihre Zahlen in der Sammelgruppe; hatte diese selbst weniger, stehen auch die kleinsten anderen Gruppen dieses Tages darin."
      ),
      LocalizedText(
        en:
          "A day on which fewer than \(minimum) devices were at the whole site is reported only with the days after it, up to the next day with enough devices: in the collecting group, in the first hour of that day, and in coverage without counts of traffic.",
        de:
          "Ein Tag, an dem weniger als \(minimum) Geräte am ganzen Standort waren, wird nur mit den folgenden Tagen zusammen ausgegeben, bis zum nächsten mit genügend Geräten: in der Sammelgruppe, zur ersten Stunde jenes Tages, und in der Abdeckung ohne Zahlen zum Verkehr."
      ),
      LocalizedText(
        en:
          "This is decided for each day alone, not for the period of an export: the difference of two exports of different periods always covers whole days of at least \(minimum) devices.",
        de:
          "Das entscheidet sich für jeden Tag einzeln, nicht für den Zeitraum einer Ausgabe: Zieht man zwei Ausgaben verschiedener Zeiträume voneinander ab, bleiben ganze Tage mit mindestens \(minimum) Geräten."
      ),
      LocalizedText(
        en:
          "What it does not hide: that one of these devices did something (1 of 40), and in flows the hours in which each token sent. A token is valid in this export and for one week (Monday to Sunday).",
        de:
          "Was es nicht verbirgt: dass eines dieser Geräte etwas tat (1 von 40), und in flows die Stunden, in denen jede Bezeichnung sendete. Eine Bezeichnung gilt in dieser Ausgabe und für eine Woche (Montag bis Sonntag)."
      ),
      LocalizedText(
        en:
          "Names of flows and of evidence are valid in this export only; with the store, egressaudit evidence finds their places in the evidence chain. With a log of the network's connections (NetFlow, proxy), single flows can be recognised by hour, destination and bytes, since bytes are exact.",
        de:
          "Bezeichnungen von Datenflüssen und Nachweisen gelten nur in dieser Ausgabe; wer den Speicher hat, findet damit ihren Platz in der Nachweiskette (egressaudit evidence). Wer ein Protokoll der Verbindungen des Netzes hat (NetFlow, Proxy), erkennt einzelne Datenflüsse an Stunde, Ziel und Bytes wieder, denn die Bytes sind genau."
      ),
    ]
  }

  /// What a change of the pseudonym key means for the numbers of devices; nothing if there was none.
  static func keyChanges(_ days: [LocalDate], _ language: Language) -> [String] {
    guard !days.isEmpty else { return [] }
    let german = language == .german
    let list = days.map { date($0, language) }.joined(separator: ", ")
    return [
      german
        ? "Ein anderer Pseudonymschlüssel gilt seit: \(list) (0 Uhr UTC). Welche Geräte davor und danach dieselben sind, kann niemand feststellen. Jede Zahl von Geräten ist daher die größte unter den Zahlen der Teile des Zeitraums: Mindestens so viele waren es, und ein Gerät zählt nie doppelt."
        : "Another pseudonym key holds since: \(list) (0:00 UTC). Nobody can tell which devices before and after are the same. So each number of devices is the greatest of those of the parts of the period: there were at least so many, and no device counts twice."
    ]
  }

  private static func date(_ date: LocalDate, _ language: Language) -> String {
    language == .german ? date.germanText : date.description
  }
}

extension [CaptureSession] {
  /// At least one of the audits was a trial.
  var containsTrial: Bool { contains { $0.settings.isTrial && !$0.isTakenOut } }
}
