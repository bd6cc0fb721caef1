import Capture
public import Model

extension ReplayError {
  public var text: LocalizedText {
    switch self {
    case .nothingReadable(let problems):
      return
        (problems.map(\.text) + [
          LocalizedText(
            en: "No packet could be read: nothing was stored.",
            de: "Kein Paket war lesbar: Es wurde nichts gespeichert.")
        ]).joined(separator: "\n")
    case .alreadyStored(let store):
      return LocalizedText(
        en:
          "\(store): already holds a whole audit of a capture that begins with the same packet. Nothing was changed. Say --again to put a new audit in its place, or name a new file with --store.",
        de:
          "\(store): enthält bereits eine vollständige Auswertung einer Aufzeichnung, die mit demselben Paket beginnt. Es wurde nichts geändert. Mit --again durch eine neue Auswertung ersetzen oder mit --store eine neue Datei angeben."
      )
    case .beforeKey(let store, let first):
      return LocalizedText(
        en:
          "\(store): the pseudonym key was changed, and the one of the days before \(first) is destroyed; this capture begins earlier. Its devices would count twice, so nothing of it was stored. Name a new file with --store.",
        de:
          "\(store): Der Pseudonymschlüssel wurde gewechselt, und der für die Tage vor dem \(first.germanText) ist vernichtet; diese Aufzeichnung beginnt früher. Ihre Geräte zählten doppelt; daher wurde nichts von ihr gespeichert. Mit --store eine neue Datei angeben."
      )
    case .interrupted(let store):
      return LocalizedText(
        en:
          "Interrupted. Nothing of this audit was stored; \(store) names it as unfinished until you replay the same capture again.",
        de:
          "Abgebrochen. Von dieser Auswertung wurde nichts gespeichert; \(store) führt sie als unvollständig, bis dieselbe Aufzeichnung erneut ausgewertet wird."
      )
    case .countedBefore(let store, let audit, let sensor, let ownSensor):
      let isOwn = sensor == ownSensor
      return LocalizedText(
        en:
          "\(store): audit \(audit)\(isOwn ? "" : ", of sensor '\(sensor)',") counts connections that are in this capture, too. Stored, they would count twice, so nothing of this capture was stored. "
          + (isOwn
            ? "Where recordings overlap, replay all files together into a new store: then each packet counts once."
            : "Where two sensors see the same traffic, use the recordings of one of them, or a store for each."),
        de:
          "\(store): Die Auswertung \(audit)\(isOwn ? "" : " des Sensors '\(sensor)'") zählt Verbindungen, die auch in dieser Aufzeichnung stehen. Gespeichert zählten sie doppelt; daher wurde nichts von dieser Aufzeichnung gespeichert. "
          + (isOwn
            ? "Überschneiden sich Aufzeichnungen, alle Dateien zusammen in einen neuen Speicher auswerten: Dann zählt jedes Paket einmal."
            : "Sehen zwei Sensoren denselben Verkehr, nur die Aufzeichnungen des einen verwenden oder für jeden einen eigenen Speicher anlegen.")
      )
    }
  }
}

extension CanaryError {
  public var text: LocalizedText {
    LocalizedText(
      en:
        "the canary's sink \(sink.name), port \(sink.port): \(reason.en); expected a host that takes connections; correct canary.sink, or let this machine reach it",
      de:
        "Gegenstelle der Kontrollflüsse \(sink.name), Port \(sink.port): \(reason.de); erwartet: ein Host, der Verbindungen annimmt; canary.sink berichtigen oder den Host für diesen Rechner erreichbar machen"
    )
  }
}

extension LiveAuditError {
  public var text: LocalizedText {
    switch self {
    case .noInterface(let file):
      LocalizedText(
        en:
          "\(file): no interface is named, so nothing can be captured; expected for example 'capture: { interfaces: [eth1] }'; name the inside interface of the gateway",
        de:
          "\(file): Es ist keine Schnittstelle angegeben, daher lässt sich nichts erfassen; erwartet: zum Beispiel 'capture: { interfaces: [eth1] }'; die innere Schnittstelle des Gateways angeben"
      )
    case .sensorChanged(let file):
      LocalizedText(
        en:
          "\(file): site.sensor is another one than at the start; expected the same; restart the service to change it",
        de:
          "\(file): site.sensor ist ein anderer als beim Start; erwartet: derselbe; zum Ändern den Dienst neu starten")
    }
  }
}

extension HeadFileProblem {
  public var text: LocalizedText {
    LocalizedText(
      en:
        "\(path): the signed head of the evidence chain could not be added (\(reason)); the store holds it: check the file and its folder",
      de:
        "\(path): Der signierte Kopf der Nachweiskette ließ sich nicht anfügen (Meldung des Systems: \(reason)); der Speicher enthält ihn: die Datei und ihren Ordner prüfen"
    )
  }
}

/// Why no control was sent.
enum CanaryTexts {
  static let addressMissing = LocalizedText(en: "canary.address is missing", de: "canary.address fehlt")
  static let proxyMissing = LocalizedText(en: "canary.proxy is missing", de: "canary.proxy fehlt")
  static func noAddress(_ reason: String) -> LocalizedText {
    LocalizedText(
      en: "its name has no address (\(reason))",
      de: "ihr Name führt zu keiner Adresse (Meldung des Systems: \(reason))")
  }
  /// `reason`: nil if no address could be tried.
  static func notConnected(_ reason: String?) -> LocalizedText {
    LocalizedText(
      en: "it cannot be connected to (\(reason ?? "no address could be tried"))",
      de: reason.map { "keine Verbindung dorthin (Meldung des Systems: \($0))" }
        ?? "keine Verbindung dorthin, denn es ließ sich keine Adresse ausprobieren")
  }
}

/// What is noted about an interface of this machine.
enum MachineTexts {
  static let off = LocalizedText(en: "switched off or without a link", de: "abgeschaltet oder ohne Verbindung")
  static let outward = LocalizedText(en: "default route", de: "Standardroute")
}
