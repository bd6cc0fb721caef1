public import Model

extension StoreError: BilingualError {
  public var text: LocalizedText { LocalizedText(en: description, de: "\(file): \(Self.german(problem))") }

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
    case .damaged(let value): "Der Speicher ist beschädigt: \(value.text.de); \(restore)"
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
}
