import Foundation
import Glibc
import Model
import Privacy
import Store

// Points about the store, its key and its disk.
extension SelfCheck {
  func storePoint() -> Point {
    guard let store else {
      return Point(
        name: "store", status: .warning,
        message: LocalizedText(en: "none given, so not looked at", de: "keine Angabe, daher nicht geprüft"),
        remedy: LocalizedText(en: "name it with --store", de: "mit --store nennen"))
    }
    guard FileManager.default.fileExists(atPath: store) else {
      let folder = (store as NSString).deletingLastPathComponent
      let isWritable = access(folder.isEmpty ? "." : folder, W_OK) == 0
      return isWritable
        ? Point(
          name: "store", status: .ok,
          message: LocalizedText(en: "\(store): will be made", de: "\(store): wird angelegt"), remedy: nil)
        : Point(
          name: "store", status: .failed,
          message: LocalizedText(
            en: "\(store): its folder cannot be written to", de: "\(store): In den Ordner lässt sich nicht schreiben"),
          remedy: LocalizedText(
            en: "make the folder, or give this user the right to write there",
            de: "den Ordner anlegen oder diesem Benutzer das Schreibrecht geben"))
    }
    do {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      let sessions = try database.sessions()
      _ = try database.checkValues()
      return Point(
        name: "store", status: .ok,
        message: LocalizedText(
          en:
            "\(store): \(sessions.count == 1 ? "1 session" : "\(sessions.count) sessions"), all rows hold what they may",
          de: "\(store): \(sessions.count == 1 ? "1 Auswertung" : "\(sessions.count) Auswertungen"), "
            + "alle Zeilen enthalten nur zulässige Werte"), remedy: nil)
    } catch {
      return Point(
        name: "store", status: .failed, message: LocalizedText(of: error),
        remedy: LocalizedText(
          en: "restore it from a backup, or name another store",
          de: "aus einer Sicherung wiederherstellen oder einen anderen Speicher nennen"))
    }
  }

  /// Audits that did not finish; a store that cannot be opened has its own point.
  func unfinishedPoints() -> [Point] {
    guard let store, let sessions = try? AuditDatabase(path: store, mode: .readExisting).sessions() else { return [] }
    let unfinished = sessions.filter(\.isUnfinished).map { String($0.id) }
    guard !unfinished.isEmpty else { return [] }
    return [
      Point(
        name: "audits", status: .warning,
        message: unfinished.count == 1
          ? LocalizedText(
            en: "audit \(unfinished[0]) was not finished, or could not read all its captures to their end",
            de:
              "Auswertung \(unfinished[0]) wurde nicht abgeschlossen oder konnte nicht alle Aufzeichnungen bis zum Ende lesen"
          )
          : LocalizedText(
            en:
              "audits \(unfinished.joined(separator: ", ")) were not finished, or could not read all their captures to their end",
            de:
              "Auswertungen \(unfinished.joined(separator: ", ")) wurden nicht abgeschlossen oder konnten nicht alle Aufzeichnungen bis zum Ende lesen"
          ),
        remedy: LocalizedText(
          en: "replay the same captures again; until then these days are not assessable",
          de: "dieselben Aufzeichnungen erneut auswerten; bis dahin sind diese Tage nicht bewertbar"))
    ]
  }

  func keyPoint() -> Point {
    guard let path = pseudonymKey ?? store.map({ $0 + ".key" }) else {
      return Point(
        name: "pseudonym key", status: .warning,
        message: LocalizedText(en: "none given, so not looked at", de: "keine Angabe, daher nicht geprüft"),
        remedy: LocalizedText(en: "name it with --pseudonym-key", de: "mit --pseudonym-key nennen"))
    }
    // A store that cannot be opened has its own point.
    let isNeeded = store.flatMap { try? AuditDatabase.keyState(ofStoreAt: $0) } != nil
    guard isNeeded || FileManager.default.fileExists(atPath: path) else {
      return Point(
        name: "pseudonym key", status: .ok,
        message: LocalizedText(
          en: "\(path): will be made on first use", de: "\(path): wird bei der ersten Verwendung angelegt"), remedy: nil
      )
    }
    do {
      let credential = try StoreKey.credential()
      guard let store, isNeeded else {
        _ = try PseudonymKey.load(path: path, credential: credential)
        return Point(
          name: "pseudonym key", status: .ok,
          message: LocalizedText(
            en: "\(path): readable for its owner alone", de: "\(path): nur für den Eigentümer lesbar"), remedy: nil)
      }
      _ = try StoreKey.loadOrCreate(path: path, store: store, credential: credential)
      return Point(
        name: "pseudonym key", status: .ok,
        message: LocalizedText(
          en: "\(path): readable for its owner alone, and that of the store",
          de: "\(path): nur für den Eigentümer lesbar, und der des Speichers"),
        remedy: nil)
    } catch let error as KeyFileError where error.problem == .credentialMissing {
      return Point(
        name: "pseudonym key", status: .warning,
        message: LocalizedText(
          en:
            "\(path): needs a credential that systemd passes to the service alone, so it was not compared with the store",
          de:
            "\(path): braucht ein Credential, das systemd nur dem Dienst übergibt; daher nicht mit dem Speicher verglichen"
        ),
        remedy: LocalizedText(
          en: "look at the log of the service, which refuses to start with a wrong one",
          de: "das Protokoll des Dienstes ansehen, der mit einem falschen nicht startet"))
    } catch {
      return Point(
        name: "pseudonym key", status: .failed, message: LocalizedText(of: error),
        remedy: LocalizedText(
          en: "correct the file as the message says", de: "die Datei berichtigen, wie die Meldung angibt"))
    }
  }

  func diskPoint() -> Point {
    let folder = store.map { ($0 as NSString).deletingLastPathComponent } ?? "."
    var status = statvfs()
    guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else {
      return Point(
        name: "disk", status: .failed,
        message: LocalizedText(
          en: "the store's folder cannot be looked at", de: "der Ordner des Speichers lässt sich nicht ansehen"),
        remedy: LocalizedText(en: "make the folder", de: "den Ordner anlegen"))
    }
    // In whole hundreds: a store that grows by a megabyte shows that somebody is at work.
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize) / 100_000_000 * 100
    return free < 1_000
      ? Point(
        name: "disk", status: .warning,
        message: LocalizedText(
          en: "\(free) MB free where the store lies", de: "\(free) MB frei, wo der Speicher liegt"),
        remedy: LocalizedText(en: "make room: at least 1000 MB", de: "Platz schaffen: mindestens 1000 MB"))
      : Point(
        name: "disk", status: .ok,
        message: LocalizedText(
          en: "\(free) MB free where the store lies", de: "\(free) MB frei, wo der Speicher liegt"), remedy: nil)
  }
}
