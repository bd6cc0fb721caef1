import Model

/// Faults of signed bundles and of their keys.
extension RuleTexts {
  static let noBundle = LocalizedText(
    en: "the file is no rule bundle that this program reads",
    de: "Die Datei ist kein Regelpaket, das dieses Programm liest")
  static func firstLineExpected(_ line: String) -> LocalizedText {
    LocalizedText(en: "'\(line)' in its first line", de: "'\(line)' in der ersten Zeile")
  }
  static let nameRulesOrBundle = LocalizedText(
    en: "name a rule directory, or a file that 'egressaudit rules pack' wrote",
    de: "ein Regelverzeichnis angeben oder eine Datei, die 'egressaudit rules pack' geschrieben hat")
  static func signedWith(_ key: String) -> LocalizedText {
    LocalizedText(en: "the bundle is signed with the key \(key)", de: "Das Paket ist mit dem Schlüssel \(key) signiert")
  }
  static func theKey(_ key: String) -> LocalizedText {
    LocalizedText(en: "the key \(key)", de: "der Schlüssel \(key)")
  }
  static let getOtherBundleOrKey = LocalizedText(
    en: "get the bundle from whom the key belongs to, or the public key that belongs to the bundle",
    de:
      "das Paket von der Stelle beziehen, der der Schlüssel gehört, oder den öffentlichen Schlüssel zum Paket beschaffen"
  )
  static let filesUnsorted = LocalizedText(
    en: "the list of files is not sorted, or too long", de: "Die Dateiliste ist nicht sortiert oder zu lang")
  static func filesByPath(_ count: Int) -> LocalizedText {
    LocalizedText(en: "at most \(count) files, by path", de: "höchstens \(count) Dateien, nach Pfad sortiert")
  }
  static let packAgain = LocalizedText(
    en: "make the bundle again with 'egressaudit rules pack'",
    de: "das Paket mit 'egressaudit rules pack' neu erstellen"
  )
  static let signatureWrong = LocalizedText(
    en: "the signature does not fit: the bundle was changed after it was signed",
    de: "Die Signatur stimmt nicht: Das Paket wurde nach dem Signieren verändert")
  static let listAsSigned = LocalizedText(en: "the list as it was signed", de: "die Liste, wie sie signiert wurde")
  static let fetchAgain = LocalizedText(
    en: "fetch the bundle again from its publisher", de: "das Paket erneut vom Herausgeber beziehen")
  static func contentsDiffer(_ path: String) -> LocalizedText {
    LocalizedText(
      en: "the contents of \(path) are not those that were signed", de: "Der Inhalt von \(path) ist nicht der signierte"
    )
  }
  static let wholeContents = LocalizedText(
    en: "its bytes, whole and unchanged", de: "der vollständige, unveränderte Inhalt")
  static let bytesBehindEnd = LocalizedText(
    en: "bytes follow behind the last file", de: "Hinter der letzten Datei folgen weitere Bytes")
  static let theEnd = LocalizedText(en: "the end", de: "das Ende")
  static func versionNotComparable(_ version: String) -> LocalizedText {
    LocalizedText(
      en: "the version \(version) of a bundle cannot be compared with others",
      de: "Die Version \(version) eines Pakets lässt sich nicht mit anderen vergleichen")
  }
  static let versionNumbers = LocalizedText(
    en: "one to four whole numbers with dots between, such as 2026.11.1",
    de: "ein bis vier ganze Zahlen mit Punkten dazwischen, etwa 2026.11.1")
  static let correctVersion = LocalizedText(en: "correct 'version'", de: "'version' berichtigen")
  static func lineDamaged(_ word: String) -> LocalizedText {
    LocalizedText(
      en: "the line of the \(word) is damaged or missing", de: "Die Zeile '\(word)' ist beschädigt oder fehlt")
  }
  static func wordAndDigits(_ word: String, _ count: Int) -> LocalizedText {
    LocalizedText(
      en: "'\(word)' and \(count) hexadecimal digits in lower case",
      de: "'\(word)' und \(count) hexadezimale Ziffern in Kleinschreibung")
  }
  static let fileLineDamaged = LocalizedText(
    en: "the line of a file is damaged", de: "Die Zeile einer Datei ist beschädigt")
  static let fileLineExpected = LocalizedText(
    en: "'file', its length, its SHA-256 and its path", de: "'file', Länge, SHA-256 und Pfad der Datei")
  static let fileNameIllegal = LocalizedText(
    en: "a bundle cannot hold a file of this name", de: "Ein Paket kann keine Datei dieses Namens enthalten")
  static let fileNameExpected = LocalizedText(
    en: "lower-case letters, digits and '-' before '.yaml'", de: "Kleinbuchstaben, Ziffern und '-' vor '.yaml'")
  static let renameIt = LocalizedText(en: "rename it", de: "die Datei umbenennen")
  static func bundleSize(_ count: Int) -> LocalizedText {
    LocalizedText(en: "the bundle would have \(count) bytes", de: "Das Paket hätte \(count) Byte")
  }
  static let splitRules = LocalizedText(
    en: "split the rules into several sets", de: "die Regeln auf mehrere Regelsätze verteilen")
  static let privateKey = LocalizedText(en: "the private key of the rules", de: "der private Schlüssel der Regeln")
  static let publicKey = LocalizedText(en: "the public key of the rules", de: "der öffentliche Schlüssel der Regeln")
  static func thisIs(_ what: LocalizedText) -> LocalizedText {
    LocalizedText(en: "this is \(what.en)", de: "Dies ist \(what.de)")
  }
  static let noKey = LocalizedText(
    en: "the file holds no Ed25519 key, or an encrypted one",
    de: "Die Datei enthält keinen Ed25519-Schlüssel oder einen verschlüsselten")
  static func keyExpected(_ what: LocalizedText, _ line: String) -> LocalizedText {
    LocalizedText(
      en: "\(what.en): a PEM file that begins with '\(line)'",
      de: "\(what.de): eine PEM-Datei, die mit '\(line)' beginnt")
  }
  static let nameOtherOfPair = LocalizedText(
    en: "name the other file of the pair", de: "die andere Datei des Schlüsselpaars angeben")
  static let makeKeyPair = LocalizedText(
    en: "make a pair with 'egressaudit rules key new FILE'",
    de: "mit 'egressaudit rules key new FILE' ein Schlüsselpaar erzeugen")
  static let fileExists = LocalizedText(
    en: "there is a file of this name", de: "Eine Datei dieses Namens ist bereits vorhanden")
  static let keyNotWritten = LocalizedText(
    en: "the key file cannot be written", de: "Die Schlüsseldatei lässt sich nicht schreiben")
  static let newFile = LocalizedText(
    en: "a new file in a folder that is yours to write", de: "eine neue Datei in einem Ordner mit Schreibrecht")
  static let nameAnotherKeyFile = LocalizedText(
    en: "name another; a key is never written over",
    de: "einen anderen Namen angeben; ein Schlüssel wird nie überschrieben")
  static let checkFolder = LocalizedText(
    en: "check the folder and its permissions", de: "den Ordner und seine Zugriffsrechte prüfen")
  static let unsigned = LocalizedText(en: "these rules are not signed", de: "Diese Regeln sind nicht signiert")
  static func bundleSignedWith(_ key: String) -> LocalizedText {
    LocalizedText(
      en: "a bundle that is signed with the key of \(key)",
      de: "ein Paket, das mit dem Schlüssel aus \(key) signiert ist")
  }
  static let nameBundleOrAccept = LocalizedText(
    en: "name a bundle (made by 'egressaudit rules pack'), or accept unsigned rules with --accept-unsigned-rules",
    de:
      "ein Paket angeben (erzeugt von 'egressaudit rules pack') oder unsignierte Regeln mit --accept-unsigned-rules zulassen"
  )
  static let noPublicKey = LocalizedText(
    en: "no public key is named for this bundle", de: "Zu diesem Paket ist kein öffentlicher Schlüssel angegeben")
  static let publicKeyFile = LocalizedText(
    en: "the file with the public key that it is signed with",
    de: "die Datei mit dem öffentlichen Schlüssel zur Signatur")
  static let nameKey = LocalizedText(
    en: "name it with 'rules.public_key' in the configuration, or on the command line",
    de: "sie mit 'rules.public_key' in der Konfiguration oder auf der Befehlszeile angeben")
  static let bundle = LocalizedText(en: "the rule bundle", de: "das Regelpaket")
}
