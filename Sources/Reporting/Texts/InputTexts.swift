public import Model
import Store

extension PhaseInput {
  public var text: LocalizedText {
    switch self {
    case .name:
      LocalizedText(
        en:
          "The name of a phase has 1 to \(PhaseName.longest) letters (a to z, A to Z), digits, - or _, begins with a letter or a digit, and is no date. It is printed in reports and becomes part of file names, so choose one such as 'level-0' and name no person, device or address.",
        de:
          "Der Name einer Phase besteht aus 1 bis \(PhaseName.longest) Buchstaben (a bis z, A bis Z), Ziffern, - oder _, beginnt mit einem Buchstaben oder einer Ziffer und ist kein Datum. Er steht in Berichten und in Dateinamen; daher einen Namen wie 'stufe-0' wählen und keine Person, kein Gerät und keine Adresse nennen."
      )
    case .setting:
      LocalizedText(
        en:
          "A setting is one line of 1 to \(PhaseSetting.longest) characters without @, IP addresses and paths of files. It is printed in reports, so write what was set, such as 'GPO telemetry at level 0', and name no person or device.",
        de:
          "Eine Einstellung ist eine Zeile mit 1 bis \(PhaseSetting.longest) Zeichen ohne @, IP-Adressen und Dateipfade. Sie steht in Berichten; daher angeben, was eingestellt wurde, etwa 'GPO Telemetrie auf Stufe 0', und keine Person und kein Gerät nennen."
      )
    case .group(let known):
      LocalizedText(
        en:
          "The settings of the latest session do not define one of these groups. Its groups are: \(Self.list(known)).",
        de:
          "Eine dieser Gruppen gibt es in den Einstellungen der letzten Auswertung nicht. Deren Gruppen sind: \(Self.list(known))."
      )
    case .groupTwice:
      LocalizedText(
        en: "A group is named twice. Name each group once.",
        de: "Eine Gruppe ist zweimal angegeben. Jede Gruppe einmal angeben.")
    case .time:
      LocalizedText(
        en:
          "The time is not understood. Give the local time of the site as 2026-05-04T10:30, a day as 2026-05-04, or UTC as 2026-05-04T08:30Z.",
        de:
          "Der Zeitpunkt ist unverständlich. Die Ortszeit des Standorts als 2026-05-04T10:30 angeben, einen Tag als 2026-05-04 oder UTC als 2026-05-04T08:30Z."
      )
    case .noSuchTime:
      LocalizedText(
        en: "On that day the clocks skip that time. Give the time before or after the change.",
        de:
          "Diese Uhrzeit gibt es an jenem Tag wegen der Zeitumstellung nicht. Die Zeit vor oder nach der Umstellung angeben."
      )
    case .future:
      LocalizedText(
        en: "The time lies in the future. A phase begins and ends now or earlier; run the command again when it does.",
        de:
          "Der Zeitpunkt liegt in der Zukunft. Eine Phase beginnt und endet jetzt oder früher; den Befehl dann erneut ausführen."
      )
    }
  }

  fileprivate static func list(_ groups: [String]) -> String {
    groups.map(CSVFormat.safeText).joined(separator: ", ")
  }
}

extension ComparisonError {
  public var text: LocalizedText {
    switch self {
    case .selection:
      LocalizedText(
        en:
          "A period is the name of a phase, as 'egressaudit phase list' shows it, or a first and a last local day such as 2026-05-04..2026-05-08.",
        de:
          "Ein Zeitraum ist der Name einer Phase, wie 'egressaudit phase list' ihn zeigt, oder ein erster und ein letzter Tag (Ortszeit), etwa 2026-05-04..2026-05-08."
      )
    case .daysReversed(let from, let to):
      LocalizedText(
        en: "The first day \(from) lies after the last day \(to). Write the period as \(to)..\(from).",
        de:
          "Der erste Tag \(from.germanText) liegt nach dem letzten \(to.germanText). Den Zeitraum als \(to)..\(from) schreiben."
      )
    case .noWholeDay(let label):
      LocalizedText(
        en:
          "The phase '\(label)' holds no whole local day that can be reported, and parts of days are not compared: days are the smallest cells of a report, so that no difference shows a single device. Observe at least one whole day from midnight to midnight in each phase.",
        de:
          "Die Phase '\(label)' enthält keinen vollen Tag (Ortszeit), der ausgegeben werden darf, und Teile von Tagen werden nicht verglichen: Tage sind die kleinsten Zellen eines Berichts, damit kein Unterschied ein einzelnes Gerät zeigt. In jeder Phase mindestens einen vollen Tag von Mitternacht bis Mitternacht beobachten."
      )
    case .noCommonGroup:
      LocalizedText(
        en:
          "The two phases concern different groups, so no group can be compared with itself. Choose phases of the same groups.",
        de:
          "Die beiden Phasen betreffen verschiedene Gruppen, sodass keine Gruppe mit sich selbst verglichen werden kann. Phasen derselben Gruppen wählen."
      )
    case .unknownGroup(let known):
      LocalizedText(
        en:
          "Neither period reports one of these groups on its own. The reported groups are: \(PhaseInput.list(known)).",
        de:
          "Eine dieser Gruppen wird in keinem der Zeiträume gesondert ausgegeben. Ausgegebene Gruppen: \(PhaseInput.list(known))."
      )
    }
  }
}

extension RowFilterError {
  public var text: LocalizedText {
    switch self {
    case .unknownValue(let option, let value, []):
      LocalizedText(
        en:
          "No row of these days has '\(printable(value))' as --\(option). The days have none at all: leave out --\(option).",
        de:
          "Keine Zeile dieser Tage hat '\(printable(value))' als --\(option). Diese Tage haben überhaupt keinen Wert dafür: --\(option) weglassen."
      )
    case .unknownValue(let option, let value, let nearest):
      LocalizedText(
        en:
          "No row of these days has '\(printable(value))' as --\(option). The nearest values are: \(Self.list(nearest, .english)).",
        de:
          "Keine Zeile dieser Tage hat '\(printable(value))' als --\(option). Am nächsten kommen: \(Self.list(nearest, .german))."
      )
    case .noColumn(let option, let tables):
      LocalizedText(
        en:
          "The \(tables.count == 1 ? "table \(tables[0].rawValue) has" : "chosen tables have") no column for --\(option). Leave it out, or choose another table, such as findings.",
        de:
          "\(tables.count == 1 ? "Die Tabelle \(tables[0].rawValue) hat" : "Die gewählten Tabellen haben") keine Spalte für --\(option). Die Option weglassen oder eine andere Tabelle wählen, etwa findings."
      )
    }
  }

  private static func list(_ values: [LocalizedText], _ language: Language) -> String {
    values.map { printable($0[language]) }.joined(separator: "; ")
  }
}

extension FleetError {
  public var text: LocalizedText {
    switch self {
    case .gatewayName:
      LocalizedText(
        en:
          "The gateway has no usable name. Expected 1 to 64 letters, digits and hyphens, the first no hyphen; give one with --gateway.",
        de:
          "Das Gateway hat keinen verwendbaren Namen. Erwartet: 1 bis 64 Buchstaben, Ziffern und Bindestriche, am Anfang kein Bindestrich; mit --gateway einen angeben."
      )
    case .cursor(let path):
      LocalizedText(
        en:
          "\(path) does not say which file was written last. Expected one line such as 12:2026-05-04: and 64 hexadecimal digits. Give the cursor that the centre shows with --since.",
        de:
          "\(path) gibt nicht an, welche Datei zuletzt geschrieben wurde. Erwartet: eine Zeile wie 12:2026-05-04: und 64 hexadezimale Ziffern. Mit --since den Stand angeben, den die Zentrale zeigt."
      )
    case .otherFile(let path):
      LocalizedText(
        en:
          "\(path) is there with other content, and a file for the centre is never changed: the centre would refuse it. Continue after the last file with --since, or write into an empty folder.",
        de:
          "\(path) ist bereits mit anderem Inhalt vorhanden, und eine Datei für die Zentrale wird nie geändert: Sie würde zurückgewiesen. Mit --since hinter der letzten Datei fortfahren oder in einen leeren Ordner schreiben."
      )
    case .monthList(let path):
      LocalizedText(
        en:
          "\(path) does not say which months were packed. Expected one line such as 2026-10 for each. Delete it to have all months packed again: those that the centre has change nothing there.",
        de:
          "\(path) gibt nicht an, welche Monate eingepackt wurden. Erwartet: für jeden eine Zeile wie 2026-10. Die Datei löschen, damit alle Monate erneut eingepackt werden: Was die Zentrale schon hat, ändert dort nichts."
      )
    case .deliveries(let path):
      LocalizedText(
        en:
          "\(path) is no folder that can be read. Expected the folder into which `egressaudit deliver` writes; name it with --reports.",
        de:
          "\(path) ist kein lesbarer Ordner. Erwartet: der Ordner, in den `egressaudit deliver` schreibt; ihn mit --reports angeben."
      )
    }
  }
}

extension FleetMonthsFailure {
  public var text: LocalizedText { faults.map(\.text).joined(separator: "\n") }
}

extension FleetMonthsFailure.Fault {
  fileprivate var text: LocalizedText {
    let again = LocalizedText(
      en: "Delete the folder to have `egressaudit deliver` write the month again.",
      de: "Den Ordner löschen, damit `egressaudit deliver` den Monat neu schreibt.")
    let list = "\(Checksums.deliveredName).sha256"
    return switch self {
    case .noList(let path):
      LocalizedText(
        en: "\(path) has no list \(list) of its files, and was not packed for the centre. \(again.en)",
        de:
          "\(path) hat keine Liste \(list) der enthaltenen Dateien und wurde für die Zentrale nicht eingepackt. \(again.de)"
      )
    case .notDelivered(let path):
      LocalizedText(
        en:
          "\(path) was not packed for the centre: the store has no record that these files were delivered from it for this month. Name the folder of this store's reports with --reports. If it is that one, delete \(path) to have `egressaudit deliver` write the month again.",
        de:
          "\(path) wurde für die Zentrale nicht eingepackt: Im Speicher ist nicht vermerkt, dass diese Dateien aus ihm für diesen Monat geliefert wurden. Mit --reports den Ordner der Berichte dieses Speichers angeben. Ist er das, \(path) löschen, damit `egressaudit deliver` den Monat neu schreibt."
      )
    case .changed(let path):
      LocalizedText(
        en:
          "\(path) is missing or was changed since it was delivered, and its month was not packed for the centre. Move notes elsewhere. \(again.en)",
        de:
          "\(path) fehlt oder wurde seit der Lieferung geändert; der Monat wurde für die Zentrale nicht eingepackt. Vermerke anderswo ablegen. \(again.de)"
      )
    case .tooLarge(let path):
      LocalizedText(
        en:
          "\(path) holds more than \(FleetExport.monthLimit >> 20) MiB, which the centre does not read, and was not packed for it. Send its tables by another way.",
        de:
          "\(path) enthält mehr als \(FleetExport.monthLimit >> 20) MiB, was die Zentrale nicht liest, und wurde für sie nicht eingepackt. Die Tabellen auf anderem Weg übermitteln."
      )
    }
  }
}
