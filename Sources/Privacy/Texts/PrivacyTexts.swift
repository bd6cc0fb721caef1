import Cryptography
public import Model

extension KeyFileError {
  public var text: LocalizedText {
    let key = key.name
    return switch problem {
    case .missing:
      LocalizedText(
        en: "\(path): there is no \(key.en) file here; restore it from your backup, or name the right file",
        de:
          "\(path): Hier liegt keine Datei mit dem \(key.de); sie aus der Sicherung wiederherstellen oder die richtige angeben"
      )
    case .symbolicLink:
      LocalizedText(
        en:
          "\(path): the \(key.en) file is a symbolic link, which another could point elsewhere; name the file itself",
        de:
          "\(path): Die Datei mit dem \(key.de) ist eine symbolische Verknüpfung, die ein anderer umlenken könnte; die Datei selbst angeben"
      )
    case .notAFile:
      LocalizedText(
        en: "\(path): expected a \(key.en) file, found a folder or device; name the file itself",
        de: "\(path): Dies ist ein Ordner oder Gerät; erwartet: eine Datei mit dem \(key.de); die Datei selbst angeben")
    case .openToOthers(let mode):
      LocalizedText(
        en:
          "\(path): others than the owner may use this \(key.en) file (mode 0\(String(mode, radix: 8))), expected 0400; run: chmod 0400 '\(path)'",
        de:
          "\(path): Die Datei mit dem \(key.de) ist anderen als dem Eigentümer zugänglich (Zugriffsrechte 0\(String(mode, radix: 8))); erwartet: 0400; ausführen: chmod 0400 '\(path)'"
      )
    case .malformed(let line, let length) where self.key == .credential:
      LocalizedText(
        en:
          "\(path):\(line): expected a credential of 64 hexadecimal digits, found \(length) bytes of another form; make one as docs/operations.md describes, or correct the drop-in of the unit",
        de:
          "\(path):\(line): Hier stehen \(length) Byte anderer Form; erwartet: ein Credential aus 64 hexadezimalen Ziffern; eines erzeugen, wie docs/operations.md es beschreibt, oder das Drop-in der Unit berichtigen"
      )
    case .notChangeable(let reason):
      LocalizedText(
        en:
          "\(path): the \(key.en) file cannot be changed (\(reason)); give it and its folder to the user of the service",
        de:
          "\(path): Die Datei mit dem \(key.de) lässt sich nicht ändern (Meldung des Systems: \(reason)); sie und ihren Ordner dem Benutzer des Dienstes übereignen"
      )
    case .credentialMissing:
      LocalizedText(
        en:
          "\(path): this \(key.en) was made with a credential of the service manager, and none is passed; expected \(KeyCredential.name) in $CREDENTIALS_DIRECTORY: start it as a unit with LoadCredentialEncrypted= (docs/operations.md)",
        de:
          "\(path): Dieser \(key.de) wurde mit einem Credential der Dienstverwaltung erzeugt, und keines wird übergeben; erwartet: \(KeyCredential.name) in $CREDENTIALS_DIRECTORY; als Unit mit LoadCredentialEncrypted= starten (docs/operations.md)"
      )
    case .credentialDiffers:
      LocalizedText(
        en:
          "\(path): this \(key.en) was made with another credential than the one in $CREDENTIALS_DIRECTORY; expected the one with which it was made: pass that one, at least until the key is changed",
        de:
          "\(path): Dieser \(key.de) wurde mit einem anderen Credential erzeugt als dem in $CREDENTIALS_DIRECTORY; erwartet: das, mit dem er erzeugt wurde; es übergeben, wenigstens bis der Schlüssel gewechselt wird"
      )
    case .malformed(let line, let length):
      LocalizedText(
        en:
          "\(path):\(line): expected one line of 64 hexadecimal digits (lines with # are comments), found \(length) bytes of another form; restore the file from your backup. Only if no store was ever made with it, delete it, and a new key is made",
        de:
          "\(path):\(line): Hier stehen \(length) Byte anderer Form; erwartet: eine Zeile aus 64 hexadezimalen Ziffern (Zeilen mit # sind Kommentare); die Datei aus der Sicherung wiederherstellen. Nur wenn nie ein Speicher damit angelegt wurde, sie löschen; dann wird ein neuer Schlüssel erzeugt"
      )
    case .notPEM:
      LocalizedText(
        en:
          "\(path): expected an unencrypted Ed25519 key as PEM, as 'openssl genpkey -algorithm ed25519' writes it, found something else; restore the file from your backup. Only if no signature was ever made with it, delete it, and a new key is made",
        de:
          "\(path): Hier steht etwas anderes als ein Schlüssel; erwartet: ein unverschlüsselter Ed25519-Schlüssel als PEM, wie ihn 'openssl genpkey -algorithm ed25519' schreibt; die Datei aus der Sicherung wiederherstellen. Nur wenn nie etwas damit signiert wurde, sie löschen; dann wird ein neuer Schlüssel erzeugt"
      )
    case .unreadable(let reason):
      LocalizedText(
        en: "\(path): the \(key.en) file cannot be read (\(reason)); run as the file's owner",
        de:
          "\(path): Die Datei mit dem \(key.de) lässt sich nicht lesen (Meldung des Systems: \(reason)); als Eigentümer der Datei ausführen"
      )
    case .notCreatable(let reason):
      LocalizedText(
        en:
          "\(path): the \(key.en) file cannot be made (\(reason)); check that the folder exists and is yours to write",
        de:
          "\(path): Die Datei mit dem \(key.de) lässt sich nicht anlegen (Meldung des Systems: \(reason)); prüfen, ob der Ordner vorhanden ist und Sie darin schreiben dürfen"
      )
    }
  }
}

extension KeyFileError.Key {
  /// The German names take the dative after "mit dem".
  fileprivate var name: LocalizedText {
    switch self {
    case .pseudonyms: LocalizedText(en: "pseudonym key", de: "Pseudonymschlüssel")
    case .signatures: LocalizedText(en: "signing key", de: "Signierschlüssel")
    case .sealedPart: LocalizedText(en: "private key", de: "privaten Schlüssel")
    case .passphrase: LocalizedText(en: "passphrase", de: "Kennwort des Schlüssels")
    case .credential: LocalizedText(en: "credential", de: "Credential")
    }
  }
}

extension SealedPartKeyFault {
  public var text: LocalizedText {
    switch fault {
    case .noKey:
      LocalizedText(
        en:
          "\(path): expected a private key as PEM, found something else; from a file of PKCS #12, 'openssl pkcs12 -in FILE.p12 -nocerts' makes one",
        de:
          "\(path): Erwartet: ein privater Schlüssel im Format PEM, gefunden wurde etwas anderes; aus einer Datei nach PKCS #12 erzeugt ihn 'openssl pkcs12 -in DATEI.p12 -nocerts'"
      )
    case .passphraseMissing:
      LocalizedText(
        en: "\(path): the key is encrypted; name a file with its passphrase, or run at a terminal",
        de:
          "\(path): Der Schlüssel ist verschlüsselt; eine Datei mit seinem Kennwort angeben oder an einem Terminal ausführen"
      )
    case .passphraseWrong:
      LocalizedText(
        en: "\(path): the passphrase does not open the key; try again with the right one",
        de: "\(path): Das Kennwort öffnet den Schlüssel nicht; mit dem richtigen wiederholen")
    }
  }
}

extension DeviceGroupsError {
  public var text: LocalizedText {
    switch self {
    case .reservedName(let name):
      LocalizedText(
        en:
          "a group is named '\(name)', which tables have for devices without a group or for groups with few devices; give it another name",
        de:
          "eine Gruppe heißt '\(name)'; so heißen in Tabellen Geräte ohne Gruppe oder Gruppen mit wenigen Geräten; ihr einen anderen Namen geben"
      )
    case .nameTwice(let name):
      LocalizedText(
        en: "two groups are named '\(name)'; put their networks and VLANs under one, or rename one",
        de: "zwei Gruppen heißen '\(name)'; ihre Netze und VLANs zusammenfassen oder eine umbenennen")
    case .networkTwice(let network, let first, let second):
      LocalizedText(
        en: "network \(network) is in groups '\(first)' and '\(second)'; leave it in one of them",
        de: "das Netz \(network) steht in den Gruppen '\(first)' und '\(second)'; es nur in einer belassen")
    case .vlanTwice(let vlan, let first, let second):
      LocalizedText(
        en: "VLAN \(vlan) is in groups '\(first)' and '\(second)'; leave it in one of them",
        de: "das VLAN \(vlan) steht in den Gruppen '\(first)' und '\(second)'; es nur in einer belassen")
    }
  }
}
