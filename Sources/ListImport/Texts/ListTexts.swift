public import Model

/// Faults of lists that are imported.
enum ListTexts {
  static func entryAt(_ pointer: String) -> LocalizedText {
    LocalizedText(
      en: "an entry is otherwise than expected at '\(pointer)'",
      de: "Ein Eintrag ist anders als erwartet, an der Stelle '\(pointer)'")
  }
  static let noJSON = LocalizedText(en: "it is no JSON", de: "Es ist kein JSON")
  static func noEndpoints(_ reason: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "the file is no answer of the endpoints web service: \(reason.en)",
      de: "Die Datei ist keine Antwort des Webdienstes für Endpunkte: \(reason.de)")
  }
  static let endpointsExpected = LocalizedText(
    en: "an array of objects with 'id', 'urls', 'ips', 'tcpPorts', 'udpPorts' and 'required'",
    de: "eine Liste von Objekten mit 'id', 'urls', 'ips', 'tcpPorts', 'udpPorts' und 'required'")
  static let fetchEndpoints = LocalizedText(
    en: "fetch the endpoints again, as JSON", de: "die Endpunkte erneut als JSON abrufen")
  static let noLists = LocalizedText(en: "the folder has none of the lists", de: "Der Ordner enthält keine der Listen")
  static let listFiles = LocalizedText(
    en: "hosts/spy.txt, firewall/spy.txt and their like below it",
    de: "hosts/spy.txt, firewall/spy.txt und ähnliche darunter")
  static let nameDataFolder = LocalizedText(
    en: "name the folder 'data' of WindowsSpyBlocker", de: "den Ordner 'data' von WindowsSpyBlocker angeben")
  static func nothingCarried(_ reason: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "nothing in the list could be carried over\(reason.en)",
      de: "Aus der Liste ließ sich nichts übernehmen\(reason.de)")
  }
  static func listOfFormat(_ format: String) -> LocalizedText {
    LocalizedText(en: "a list in the format '\(format)'", de: "eine Liste im Format '\(format)'")
  }
  static let noFileNeeded = LocalizedText(en: "no file is needed", de: "es ist keine Datei nötig")
  static func tryOtherFormat(_ formats: String) -> LocalizedText {
    LocalizedText(
      en: "look whether another of the formats fits: \(formats)", de: "prüfen, ob ein anderes Format passt: \(formats)")
  }
  static let listMissing = LocalizedText(en: "the list is missing", de: "Die Liste ist nicht vorhanden")
  static func listUnreadableBecause(_ reason: String) -> LocalizedText {
    LocalizedText(
      en: "the list cannot be read (\(reason))", de: "Die Liste lässt sich nicht lesen (Meldung des Systems: \(reason))"
    )
  }
  static let listNotRegular = LocalizedText(
    en: "the list is no regular file", de: "Die Liste ist keine gewöhnliche Datei")
  static let writeListToFile = LocalizedText(
    en: "write the list to a file first", de: "die Liste zuerst in eine Datei schreiben")
  static func listTooLong(_ megabytes: Int) -> LocalizedText {
    LocalizedText(en: "the list is longer than \(megabytes) MiB", de: "Die Liste ist länger als \(megabytes) MiB")
  }
  static let shorterList = LocalizedText(
    en: "a list that fits into memory", de: "eine Liste, die in den Arbeitsspeicher passt")
  static let listChanged = LocalizedText(
    en: "the list was changed while it was read", de: "Die Liste wurde während des Lesens geändert")
  static let listUnreadable = LocalizedText(en: "the list cannot be read", de: "Die Liste lässt sich nicht lesen")
  static let listUTF16 = LocalizedText(en: "the list is in UTF-16", de: "Die Liste ist in UTF-16")

  static func unit(_ unit: NotCarried.Unit, isOne: Bool) -> LocalizedText {
    switch (unit, isOne) {
    case (.line, true): LocalizedText(en: "line", de: "Zeile")
    case (.line, false): LocalizedText(en: "lines", de: "Zeilen")
    case (.set, true): LocalizedText(en: "set", de: "Satz")
    case (.set, false): LocalizedText(en: "sets", de: "Sätze")
    }
  }
  /// Empty if everything was imported.
  static func mostOften(_ entry: NotCarried?) -> LocalizedText {
    guard let entry else { return LocalizedText(en: "", de: "") }
    let (reason, places) = (entry.reason.text, entry.places(limit: 1))
    return LocalizedText(
      en: "; most often: \(reason.en), \(places.en)", de: "; am häufigsten: \(reason.de), \(places.de)")
  }
}

extension NotCarried.Reason {
  /// For people.
  public var text: LocalizedText {
    switch self {
    case .addressPart:
      LocalizedText(
        en: "a path, a port or a piece of an address: no whole name",
        de: "ein Pfad, ein Port oder ein Stück einer Adresse: kein vollständiger Name")
    case .answer:
      LocalizedText(
        en: "answered with a name or an address, not refused",
        de: "mit einem Namen oder einer Adresse beantwortet, nicht abgewiesen")
    case .carriedBefore:
      LocalizedText(
        en: "an earlier set has it for some of the same ports",
        de: "ein früherer Satz enthält es für einige derselben Ports")
    case .condition:
      LocalizedText(
        en: "a condition that the wire does not show, or something else than a refusal",
        de: "eine Bedingung, die auf der Leitung nicht sichtbar ist, oder etwas anderes als eine Abweisung")
    case .cosmetic:
      LocalizedText(en: "hides parts of pages", de: "blendet Teile von Seiten aus")
    case .everything:
      LocalizedText(en: "stands for all names", de: "steht für alle Namen")
    case .exception:
      LocalizedText(
        en: "an exception: it takes the same name out, a broader one still covers it",
        de: "eine Ausnahme: Sie nimmt denselben Namen heraus, ein weiterer deckt ihn noch ab")
    case .takenOut:
      LocalizedText(en: "taken out by an exception of the list", de: "durch eine Ausnahme der Liste herausgenommen")
    case .include:
      LocalizedText(en: "names another file: import that too", de: "nennt eine andere Datei: auch diese einlesen")
    case .known:
      LocalizedText(en: "a rule recognises it already", de: "eine Regel erkennt es bereits")
    case .noAddress:
      LocalizedText(
        en: "no address, range in CIDR form or 'first-last'",
        de: "keine Adresse und kein Bereich in CIDR-Form oder als 'erste-letzte'")
    case .noHostName:
      LocalizedText(en: "no host name", de: "kein Hostname")
    case .notASCII:
      LocalizedText(
        en: "letters beyond ASCII: the ASCII form (xn--…) is read",
        de: "Buchstaben außerhalb von ASCII: gelesen wird die ASCII-Form (xn--…)")
    case .notOfFormat:
      LocalizedText(en: "not written as the format says", de: "nicht so geschrieben, wie das Format es verlangt")
    case .outsideZone:
      LocalizedText(
        en: "outside of the zone, or of a zone that the file does not name",
        de: "außerhalb der Zone, oder aus einer Zone, die die Datei nicht nennt")
    case .ownName:
      LocalizedText(
        en: "a name that only a machine or a network of its own knows",
        de: "ein Name, den nur ein Rechner oder ein eigenes Netz kennt")
    case .ports:
      LocalizedText(en: "ports that cannot be read", de: "unlesbare Ports")
    case .publicSuffix:
      LocalizedText(
        en: "a public suffix: strangers register names under it",
        de: "eine öffentliche Endung: Fremde registrieren Namen darunter")
    case .rangeTooBroad:
      LocalizedText(
        en: "a range shorter than /8 (IPv4) or /16 (IPv6) speaks for networks of strangers",
        de: "ein Bereich kürzer als /8 (IPv4) oder /16 (IPv6) spricht für Netze Fremder")
    case .regularExpression:
      LocalizedText(en: "a regular expression", de: "ein regulärer Ausdruck")
    case .setting:
      LocalizedText(en: "another setting", de: "eine andere Einstellung")
    case .star:
      LocalizedText(en: "'*' that may stand for several labels", de: "'*', das für mehrere Namensteile stehen kann")
    case .trigger:
      LocalizedText(
        en: "a trigger other than the name or address of the destination",
        de: "ein anderer Auslöser als Name oder Adresse des Ziels")
    }
  }
}
