import Documents
public import Model

extension LocationDatabaseError {
  public var text: LocalizedText {
    LocalizedText(
      en: "\(file): \(cause.en); expected \(expected.en); \(nextStep.en)",
      de: "\(file): \(cause.de); erwartet: \(expected.de); \(nextStep.de)")
  }

  /// What is wrong, without the file.
  public var cause: LocalizedText {
    switch problem {
    case .missing:
      LocalizedText(en: "the location database is missing", de: "Die Adressdatenbank ist nicht vorhanden")
    case .unreadable(let reason):
      LocalizedText(
        en: "the location database cannot be read (\(reason))",
        de: "Die Adressdatenbank lässt sich nicht lesen (Meldung des Systems: \(reason))")
    case .noRegularFile:
      LocalizedText(
        en: "the location database is no regular file", de: "Die Adressdatenbank ist keine gewöhnliche Datei")
    case .otherFormat:
      LocalizedText(en: "the file is no location database", de: "Die Datei ist keine Adressdatenbank")
    case .otherVersion(let version):
      LocalizedText(
        en: "the IPFire location database has format version \(version)",
        de: "Die IPFire-Adressdatenbank hat die Formatversion \(version)")
    case .damaged(let place):
      LocalizedText(
        en: "the location database is damaged: \(place.en)", de: "Die Adressdatenbank ist beschädigt: \(place.de)")
    case .otherContent(let type):
      LocalizedText(
        en: "the MaxMind DB is of type \(quoted(type)), which holds neither countries nor autonomous systems",
        de: "Die MaxMind DB ist vom Typ \(quoted(type)) und enthält weder Länder noch autonome Systeme")
    }
  }

  public var expected: LocalizedText {
    switch problem {
    case .missing, .unreadable, .noRegularFile: FileTexts.readableFile
    case .otherFormat:
      LocalizedText(
        en: "an IPFire location database (location.db) or a MaxMind DB (.mmdb)",
        de: "eine IPFire-Adressdatenbank (location.db) oder eine MaxMind DB (.mmdb)")
    case .otherVersion: LocalizedText(en: "format version 1", de: "die Formatversion 1")
    case .damaged: LocalizedText(en: "a whole file", de: "eine vollständige Datei")
    case .otherContent:
      LocalizedText(
        en: "a type with Country, City, Enterprise, ASN or ISP in its name",
        de: "ein Typ mit Country, City, Enterprise, ASN oder ISP im Namen")
    }
  }

  public var nextStep: LocalizedText {
    switch problem {
    case .missing:
      LocalizedText(
        en: "install the Debian package libloc-database, or correct 'location' in the configuration",
        de: "das Debian-Paket libloc-database installieren oder 'location' in der Konfiguration berichtigen")
    case .unreadable, .noRegularFile: FileTexts.checkPathAndPermissions
    case .otherFormat, .otherVersion, .otherContent:
      LocalizedText(
        en: "name another file under 'location' in the configuration",
        de: "unter 'location' in der Konfiguration eine andere Datei angeben")
    case .damaged:
      LocalizedText(
        en: "install or download the file again, or write 'location: none' to go without",
        de: "die Datei neu installieren oder herunterladen, oder mit 'location: none' darauf verzichten")
    }
  }
}

/// What is damaged in a location database.
enum DamageTexts {
  static let headerCut = LocalizedText(en: "the header is cut off", de: "der Kopf ist abgeschnitten")
  static func endsWithinEntry(_ part: LocalizedText) -> LocalizedText {
    LocalizedText(en: "the \(part.en) end within an entry", de: "ein Teil (\(part.de)) endet mitten in einem Eintrag")
  }
  static func endsBefore(_ part: LocalizedText) -> LocalizedText {
    LocalizedText(en: "the file ends before its \(part.en)", de: "die Datei endet vor einem Teil (\(part.de))")
  }
  static let noTree = LocalizedText(en: "it has no tree", de: "sie hat keinen Suchbaum")
  static func notAmongTexts(_ part: LocalizedText) -> LocalizedText {
    LocalizedText(en: "its \(part.en) is not among its texts", de: "eine Angabe (\(part.de)) fehlt unter den Texten")
  }
  static let notReadToEnd = LocalizedText(
    en: "it cannot be read to its end", de: "sie lässt sich nicht bis zum Ende lesen")
  static let noDate = LocalizedText(en: "its date is not valid", de: "ihr Datum ist ungültig")
  static func ofLibrary(_ message: String) -> LocalizedText {
    LocalizedText(en: message, de: "Meldung von libmaxminddb: \(message)")
  }
  static let systems = LocalizedText(en: "autonomous systems", de: "autonome Systeme")
  static let networks = LocalizedText(en: "networks", de: "Netze")
  static let nodes = LocalizedText(en: "tree nodes", de: "Knoten des Suchbaums")
  static let texts = LocalizedText(en: "texts", de: "Texte")
  static let vendor = LocalizedText(en: "vendor", de: "Herausgeber")
  static let description = LocalizedText(en: "description", de: "Beschreibung")
  static let licence = LocalizedText(en: "licence", de: "Lizenz")
  static let systemsUnordered = LocalizedText(
    en: "its autonomous systems are not in order",
    de: "ihre autonomen Systeme stehen nicht in der richtigen Reihenfolge")
  static let systemName = LocalizedText(
    en: "the name of an autonomous system is not among its texts",
    de: "der Name eines autonomen Systems fehlt unter den Texten")
  static let nodeAstray = LocalizedText(
    en: "a tree node points to a wrong node", de: "ein Knoten des Suchbaums verweist auf einen falschen Knoten")
  static let nodeWithoutNetwork = LocalizedText(
    en: "a tree node names a network that is not there", de: "ein Knoten des Suchbaums nennt ein Netz, das fehlt")
}
