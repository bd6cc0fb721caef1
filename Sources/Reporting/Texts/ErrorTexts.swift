import Cryptography
package import Model
import Privacy
import Store

/// What went wrong, in the language of the run; errors describe themselves in English.
package enum ErrorTexts {
  /// German for the errors of the store and of the reports; any other error in its own words.
  package static func text(_ error: any Error, _ language: Language) -> String {
    guard language == .german else { return "\(error)" }
    return switch error {
    case let error as StoreError: "\(error.file): \(german(error.problem))"
    case let error as ReportingError: german(error)
    case let error as FleetError: german(error)
    case let error as FleetMonthsFailure: error.faults.map(german).joined(separator: "\n")
    case let error as SealedPartKeyFault: german(error)
    case let error as KeyFileError where [.sealedPart, .passphrase].contains(error.key): german(error)
    default: "\(error)"
    }
  }

  private static func german(_ error: FleetError) -> String {
    switch error {
    case .gatewayName:
      "Das Gateway hat keinen brauchbaren Namen. Erwartet: 1 bis 64 Buchstaben, Ziffern und Bindestriche, am Anfang kein Bindestrich; mit --gateway einen nennen."
    case .cursor(let path):
      "\(path) sagt nicht, welche Datei zuletzt geschrieben wurde. Erwartet: eine Zeile wie 12:2026-05-04: und 64 Hexadezimalziffern. Mit --since die Marke nennen, welche die zentrale Stelle zeigt."
    case .otherFile(let path):
      "\(path) gibt es mit anderem Inhalt, und eine Datei für die zentrale Stelle wird nie geändert: Sie würde abgelehnt. Mit --since hinter der letzten Datei fortfahren oder in einen leeren Ordner schreiben."
    case .monthList(let path):
      "\(path) sagt nicht, welche Monate eingepackt wurden. Erwartet: für jeden eine Zeile wie 2026-10. Die Datei löschen, um alle Monate erneut einzupacken: Was die zentrale Stelle schon hat, ändert dort nichts."
    case .deliveries(let path):
      "\(path) ist kein Ordner, der sich lesen lässt. Erwartet: der Ordner, in den `egressaudit deliver` schreibt; ihn mit --reports nennen."
    }
  }

  private static func german(_ fault: FleetMonthsFailure.Fault) -> String {
    let again = "Den Ordner löschen, damit `egressaudit deliver` den Monat neu schreibt."
    return switch fault {
    case .noList(let path):
      "\(path) hat keine Liste \(Checksums.deliveredName).sha256 seiner Dateien und wurde für die zentrale Stelle nicht eingepackt. \(again)"
    case .notDelivered(let path):
      "\(path) wurde für die zentrale Stelle nicht eingepackt: Im Speicher steht nicht, dass diese Dateien aus ihm für diesen Monat geliefert wurden. Mit --reports den Ordner der Berichte dieses Speichers nennen. Ist er das, \(path) löschen, damit `egressaudit deliver` den Monat neu schreibt."
    case .changed(let path):
      "\(path) fehlt oder wurde seit der Lieferung geändert; der Monat wurde für die zentrale Stelle nicht eingepackt. Vermerke anderswo ablegen. \(again)"
    case .tooLarge(let path):
      "\(path) enthält mehr als \(FleetExport.monthLimit >> 20) MiB, was die zentrale Stelle nicht liest, und wurde für sie nicht eingepackt. Die Tabellen auf anderem Weg senden."
    }
  }

  private static func german(_ error: SealedPartKeyFault) -> String {
    switch error.fault {
    case .noKey:
      "\(error.path): Erwartet wurde ein privater Schlüssel im Format PEM, gefunden etwas anderes; aus einer Datei nach PKCS #12 macht ihn 'openssl pkcs12 -in DATEI.p12 -nocerts'"
    case .passphraseMissing:
      "\(error.path): Der Schlüssel ist verschlüsselt; eine Datei mit der Passphrase nennen oder an einem Terminal ausführen"
    case .passphraseWrong: "\(error.path): Die Passphrase öffnet den Schlüssel nicht; mit der richtigen wiederholen"
    }
  }

  private static func german(_ error: KeyFileError) -> String {
    let name = error.key == .passphrase ? "die Passphrase" : "den privaten Schlüssel"
    return switch error.problem {
    case .openToOthers:
      "\(error.path): Andere als der Eigentümer dürfen diese Datei lesen, erwartet wird 0400; ausführen: chmod 0400 '\(error.path)'"
    case .missing: "\(error.path): Hier ist keine Datei für \(name); die richtige nennen"
    case .symbolicLink:
      "\(error.path): Dies ist ein symbolischer Link, den jemand umlenken könnte; die Datei selbst nennen"
    case .notAFile: "\(error.path): Dies ist ein Ordner oder Gerät; die Datei für \(name) nennen"
    case .unreadable(let reason):
      "\(error.path): Die Datei lässt sich nicht lesen (\(reason)); als ihr Eigentümer ausführen"
    case .malformed, .notPEM, .notCreatable: "\(error)"
    }
  }

  private static let restore =
    "den Speicher aus einer Sicherung wiederherstellen oder die Aufzeichnungen in einen neuen auswerten"

  private static func german(_ problem: StoreError.Problem) -> String {
    switch problem {
    case .missing:
      "Hier gibt es keinen Speicher; die richtige Datei nennen oder mit `egressaudit replay` einen anlegen"
    case .notADatabase:
      "Dies ist kein Speicher von egressaudit, denn es ist keine SQLite-Datenbank; die richtige Datei nennen"
    case .folder(let store):
      "Dies ist ein Ordner; erwartet: die Datei eines Speichers, etwa "
        + (store.map { "\($0), die darin liegt" } ?? "audit.sqlite darin")
    case .notAFile:
      "Dies ist ein Gerät, eine Pipe oder ein Socket; erwartet: die Datei eines Speichers. Die richtige Datei nennen"
    case .otherProgram:
      "Diese SQLite-Datenbank gehört einem anderen Programm; die richtige Datei nennen, es wurde nichts geändert"
    case .empty:
      "Diese Datei enthält noch keinen Speicher; mit `egressaudit replay` füllen"
    case .schemaNewer(let found, let known):
      "Der Speicher hat das Schema \(found), dieses Programm kennt Schemata bis \(known); egressaudit hier aktualisieren oder das Programm verwenden, das den Speicher geschrieben hat"
    case .schemaOlder(let found, let known):
      "Der Speicher hat das Schema \(found), dieses Programm liest das Schema \(known); eine Kopie behalten, dann `egressaudit replay` einmal hineinschreiben lassen: Das bringt ihn auf den Stand"
    case .cannotOpen:
      "Der Speicher lässt sich nicht öffnen; als ein Benutzer ausführen, der die Datei lesen und in ihren Ordner schreiben darf (SQLite führt daneben Dateien mit den Endungen -wal und -shm), oder die Datei in einen eigenen Ordner kopieren"
    case .notWritable:
      "In den Speicher lässt sich nicht schreiben; als der Benutzer ausführen, dem Datei und Ordner gehören"
    case .openedForReading:
      "Der Speicher ist zum Lesen geöffnet und nimmt keine Zeilen an; zum Schreiben öffnen"
    case .busy:
      "Ein anderes Programm hält den Speicher seit \(AuditDatabase.busyTimeout) s gesperrt; es beenden oder es später erneut versuchen"
    case .diskFull:
      "Der Datenträger ist voll; Platz schaffen oder den Speicher verlegen. Was gespeichert war, ist unversehrt"
    case .siteDiffers(let stored, let given):
      "Der Speicher gehört zum Standort '\(stored)', die Konfiguration nennt '\(given)'; Standorte werden nicht vermengt: für '\(given)' einen anderen Speicher nennen oder den Standort auf '\(stored)' setzen"
    case .pseudonymKeyDiffers:
      "Der Speicher wurde mit einem anderen Pseudonymschlüssel gefüllt, seine Geräte würden doppelt zählen; die Schlüsseldatei verwenden, mit der er gefüllt wurde, oder einen neuen Speicher nennen"
    case .pseudonymKeyEarlier(let since):
      "Der Pseudonymschlüssel wurde gewechselt, ab \(since.germanText) gilt ein anderer; diese Schlüsseldatei ist eine ältere Kopie: die neueste wiederherstellen oder einen neuen Speicher nennen"
    case .bundleOlder(let known, let given):
      "Der Speicher hat das Regelpaket der Version \(known) angenommen; Version \(given) ist älter und wurde abgelehnt: das neuere installieren. Wer bewusst zurückgehen will, veröffentlicht die älteren Regeln unter einer höheren Version"
    case .bundleDiffers(let version):
      "Der Speicher hat ein Regelpaket derselben Version \(version) mit anderen Dateien angenommen; dieses wurde abgelehnt: beim Herausgeber erfragen, welches das richtige ist, und um eine höhere Version bitten"
    case .rulesUnsigned(let rules, let key):
      "\(rules): Diese Regeln sind nicht signiert, und dieser Speicher hat signierte angenommen; erwartet: ein Regelpaket, signiert mit "
        + (key.map { "dem Schlüssel \($0)" } ?? "dem Schlüssel des Herausgebers")
        + ". Es und seinen öffentlichen Schlüssel mit 'rules.path' und 'rules.public_key' in der Konfiguration nennen, oder mit --rules und --rules-key. Wer bewusst unsignierte Regeln verwenden will, gibt --accept-unsigned-rules an, oder 'accept_unsigned: true' unter 'rules' in der Konfiguration"
    case .rulesKeyDiffers(let rules, let known, let given):
      "\(rules): Diese Regeln sind mit dem Schlüssel \(given) signiert, und dieser Speicher hat Regeln mit einem anderen angenommen; erwartet: ein Regelpaket, signiert mit dem Schlüssel \(known). Bestätigt der Herausgeber auf einem vertrauenswürdigen Weg, dass dies der neue Schlüssel ist, ihn einmal mit --accept-rules-key \(given) annehmen, oder mit 'accept_key: \(given)' unter 'rules' in der Konfiguration"
    case .baselineExists(let name):
      "Der Speicher hat bereits eine Vergleichsbasis '\(name)'; einen anderen Namen wählen oder diese mit `egressaudit baseline remove \(name)` entfernen"
    case .baselineUnknown(let name, let known):
      "Der Speicher hat keine Vergleichsbasis '\(name)'; "
        + (known.isEmpty
          ? "er hat überhaupt keine: mit `egressaudit baseline set` eine anlegen"
          : "er hat \(known.map(\.description).joined(separator: ", "))")
    case .documentedListUnknown(let kind):
      "Eine Liste der Art \(kind.rawValue) wurde nicht in den Speicher eingelesen; `egressaudit register list` zeigt die eingelesenen"
    case .noSession:
      "In diesen Speicher wurde noch nichts ausgewertet; mit `egressaudit replay` füllen"
    case .sessionUnknown(let id):
      "Der Speicher hat keine Auswertung \(id); vor den Zeilen eine beginnen"
    case .sessionClosed(let id):
      "Die Auswertung \(id) ist beendet und nimmt keine Zeilen mehr an; eine neue beginnen"
    case .auditInseparable(let id):
      "Die Auswertung \(id) dieses Speichers lässt sich nicht herausnehmen: Sie teilt Stunden mit anderen, und eine ältere Version von egressaudit hat sie geschrieben oder ihre einzelnen Datenflüsse wurden nach Ablauf der Frist gelöscht, sodass ihr Anteil nicht feststellbar ist; alle Aufzeichnungen in einen neuen Speicher auswerten"
    case .damaged(let value): "Der Speicher ist beschädigt: \(value); \(restore)"
    case .runsCode:
      "Der Speicher enthält Sichten, Trigger oder virtuelle Tabellen, die egressaudit nicht anlegt und die beim Lesen ausgeführt würden; \(restore)"
    case .capturing(let process):
      "In diesen Speicher schneidet bereits "
        + (process.map { "der Prozess \($0)" } ?? "ein anderes Programm")
        + " mit, und zwei würden denselben Verkehr doppelt zählen; einen anderen Speicher nennen oder zuerst diesen Prozess beenden (ein Dienst: systemctl stop egressaudit)"
    case .openedForMaintenance:
      "Der Speicher ist zur Pflege geöffnet und nimmt keine Auswertung an; zum Auswerten öffnen"
    case .displaced(.gone):
      "Der Speicher wurde während der Verwendung gelöscht oder verschoben, und in eine Datei, die niemand findet, wird nicht geschrieben; die Datei zurücklegen oder mit einem Neustart einen neuen Speicher beginnen"
    case .displaced(.replaced):
      "An die Stelle des Speichers wurde während der Verwendung eine andere Datei gelegt, und in keine von beiden wird geschrieben; die erste zurücklegen oder neu starten, um mit der neuen fortzufahren"
    case .displaced(.logGone):
      "Die Datei mit der Endung -wal neben dem Speicher wurde während der Verwendung gelöscht, verschoben oder ersetzt; neu starten und die Dateien neben dem Speicher SQLite überlassen"
    case .pseudonymKeyMissing(let keyFile):
      "Der Speicher wurde mit einem Pseudonymschlüssel gefüllt, und unter \(keyFile) liegt keiner: Mit einem neuen würden dieselben Geräte als andere zählen; die Schlüsseldatei aus der Sicherung wiederherstellen, mit --pseudonym-key nennen oder einen neuen Speicher nennen"
    case .sqlite(let code, let message):
      "SQLite meldet den Fehler \(code) (\(message)); den Speicher aus einer Sicherung wiederherstellen"
    }
  }

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
    case .notConverted(let path, let reason): return "\(path) lässt sich nicht umwandeln: \(reason)"
    case .notWritable(let path, let reason):
      return
        "\(path) lässt sich nicht schreiben: \(reason) Einen Ordner wählen, in den Sie schreiben dürfen und der Platz hat."
    }
  }
}
