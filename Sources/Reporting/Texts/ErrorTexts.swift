import Model
import Privacy
import Store

extension ReportingError: BilingualError {
  public var text: LocalizedText { LocalizedText(en: description, de: Self.german(self)) }

  private static func german(_ error: ReportingError) -> String {
    let date = { (date: LocalDate) in date.germanText }
    switch error {
    case .emptyStore:
      return
        "Der Speicher enthält keine beobachtete Stunde, es gibt nichts auszugeben. Erst eine Aufzeichnung auswerten oder den Sensor laufen lassen."
    case .onlyUnfinished(let count):
      return
        "Keine Auswertung des Speichers ist abgeschlossen: \(count == 1 ? "Die begonnene endete" : "Die \(count) begonnenen endeten") vorzeitig oder \(count == 1 ? "läuft" : "laufen") noch. Dieselben Aufzeichnungen erneut auswerten."
    case .daysReversed(let from, let to):
      return "Der erste Tag \(date(from)) liegt nach dem letzten \(date(to)). --from und --to vertauschen."
    case .nothingStored(let from, let to):
      return
        "Von den gewählten Tagen ist keine Stunde gespeichert; der Speicher reicht vom \(date(from)) bis \(date(to)). Tage darin wählen oder --from und --to weglassen."
    case .deleted(let from, let firstKept):
      return
        "Was am \(date(from)) beobachtet wurde, ist nach Ablauf der Speicherfrist gelöscht. Für --from den \(date(firstKept)) oder einen späteren Tag wählen; nur die Abdeckung reicht weiter zurück."
    case .tooFewDevices(let minimum, let stored, true, _):
      return
        "An keinem gespeicherten Tag waren \(minimum) Geräte am Standort (group_minimum), daher werden alle Tage nur zusammen ausgegeben. --from und --to weglassen oder \(date(stored.lowerBound)) bis \(date(stored.upperBound)) wählen."
    case .tooFewDevices(let minimum, _, _, let unfinished):
      return
        "An keinem der gewählten Tage waren \(minimum) Geräte am Standort (group_minimum); solche Tage werden mit dem nächsten zusammen ausgegeben, an dem es so viele sind."
        + (unfinished.map {
          " Der \(date($0)) wird ausgegeben, sobald er vorüber ist und der Dienst die drei Stunden danach beobachtet hat."
        } ?? "")
        + " Für --to einen späteren Tag wählen; nur die Abdeckung gibt es für jeden Tag."
    case .unknownTimeZone(let name):
      return
        "Die Zeitzone \"\(name)\" der gespeicherten Einstellungen ist auf diesem Rechner nicht bekannt. Das Paket tzdata installieren oder `time_zone` auf einen IANA-Namen wie Europe/Berlin berichtigen."
    case .ruleFactsMissing(let ruleID, let ruleSetHash):
      return
        "Der Speicher nennt die Regel \"\(ruleID)\" des Regelsatzes \(ruleSetHash), enthält aber nicht, was sie sagt. Der Speicher ist beschädigt: aus einer Sicherung wiederherstellen oder die Aufzeichnungen in einen neuen auswerten."
    case .undatedList:
      return
        "Keine bestätigte Zeile nennt den Tag der Bestätigung, daher hat die Liste kein Datum. Die Spalte confirmed_on (bestätigt am) ausfüllen oder --date 2026-05-31 angeben."
    case .baselineUnknown(let name, let known):
      return "Der Speicher hat keine Vergleichsbasis \(name). "
        + (known.isEmpty
          ? "Er hat überhaupt keine; mit `egressaudit baseline set` eine anlegen."
          : "Eine von \(known.map(\.description).joined(separator: ", ")) wählen oder sie mit `egressaudit baseline set` anlegen.")
    case .baselineNotAssessable(let failures):
      return
        "Diese Tage können keine Vergleichsbasis sein, denn was in ihnen nicht gesehen wurde, sähe später neu aus. Sie verfehlen Mindestanforderungen an die Messung: "
        + failures.joined(separator: ", ")
        + ". Tage wählen, die ohne Lücken beobachtet wurden, oder zuerst tun, was die Zusammenfassung dieser Tage rät."
    case .tooManyRows(let table):
      return
        "Die Tabelle \(table.rawValue) hat mehr als \(Workbook.rowLimit - 1) Zeilen, und ein Blatt einer Arbeitsmappe fasst sie nicht. Mit --from und --to weniger Tage wählen oder sie mit --format csv schreiben."
    case .cellTooLong(let table, let column):
      return
        "Eine Zelle der Tabelle \(table.rawValue), Spalte \(column), ist länger als \(Workbook.cellLimit) Zeichen, und eine Arbeitsmappe fasst sie nicht. Mit --from und --to weniger Tage wählen oder die Tabelle mit --format csv schreiben."
    case .officeProgramMissing:
      return
        "LibreOffice (soffice) liegt nicht im Suchpfad, und nur damit lassen sich solche Dateien lesen und schreiben. Installieren (apt-get install libreoffice-calc) oder xlsx oder csv verwenden."
    case .notConverted(let path, let reason): return "\(path) lässt sich nicht umwandeln: \(reason.de)"
    case .fileInPlaceOfFolder(let path):
      return
        "\(path) ist eine Datei; an dieser Stelle wird ein Ordner gebraucht, in den mehrere Dateien geschrieben werden. Einen anderen Ordner angeben oder die Datei verschieben."
    case .notWritable(let path, let reason):
      return
        "\(path) lässt sich nicht schreiben (Meldung des Systems: \(reason)). Einen Ordner wählen, in dem Sie schreiben dürfen und der Platz hat."
    }
  }
}
