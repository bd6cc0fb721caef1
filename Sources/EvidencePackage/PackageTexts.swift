import Cryptography
public import Model
import Reporting
import Store

/// What the verification of a package found, for people.
public enum PackageTexts {
  public static func text(_ result: PackageVerification, package: String, _ language: Language) -> String {
    let say = language.say
    var lines = [say("\(result.files) files", "\(result.files) Dateien")]
    if let key = result.key {
      lines.append(say("Signed with the key ", "Signiert mit dem Schlüssel ") + hexadecimal(key.bytes))
    }
    if result.repeatedFiles > 0 {
      lines.append(
        say(
          "\(result.repeatedFiles) files of tables and reports were made again from the store, byte for byte",
          "\(result.repeatedFiles) Dateien der Tabellen und Berichte wurden aus dem Speicher neu erzeugt, Byte für Byte gleich"
        ))
    }
    if !result.faults.isEmpty {
      lines += ["", say("Does not hold:", "Hält nicht stand:")]
      lines += result.faults.map { "- " + sentence($0, say) }
    }
    if !result.unproven.isEmpty {
      lines += ["", say("Not proven:", "Nicht nachgewiesen:")]
      lines += result.unproven.map { "- " + sentence($0, say) }
    }
    if let store = result.store {
      lines += ["", say("The store in the package:", "Der Speicher im Paket:")]
      lines.append(
        VerificationTexts.text(store, store: EvidencePackage.Name.store, language).trimmingSuffix(while: { $0 == "\n" })
      )
    }
    lines.append("")
    lines.append(
      result.holds
        ? say("\(package): everything in it holds.", "\(package): Alles darin hält der Prüfung stand.")
        : say(
          "\(package): does not hold. Ask for another copy.",
          "\(package): hält der Prüfung nicht stand. Fordern Sie eine neue Ausfertigung an."))
    return lines.joined(separator: "\n") + "\n"
  }

  private static func sentence(_ fault: PackageVerification.Fault, _ say: (String, String) -> String) -> String {
    switch fault {
    case .changed(let name):
      say(
        "\(name): the file is not the one that the manifest lists.",
        "\(name): Die Datei ist nicht die im Verzeichnis aufgeführte.")
    case .missing(let name): say("\(name): the file is missing.", "\(name): Die Datei fehlt.")
    case .unlisted(let name):
      say("\(name): the manifest does not list this file.", "\(name): Das Verzeichnis führt diese Datei nicht auf.")
    case .manifestMissing:
      say(
        "manifest.sha256 is missing: this is no evidence package.",
        "manifest.sha256 fehlt: Dies ist kein Nachweispaket.")
    case .manifestMalformed(let line):
      say(
        "manifest.sha256, line \(line): expected a digest and a name.",
        "manifest.sha256, Zeile \(line): erwartet werden Prüfsumme und Name.")
    case .signature:
      say(
        "manifest.sig: the signature does not fit the manifest.",
        "manifest.sig: Die Signatur passt nicht zum Verzeichnis.")
    case .otherKey:
      say(
        "The manifest is not signed with the public key that you named.",
        "Das Verzeichnis ist nicht mit dem Schlüssel signiert, den Sie angegeben haben.")
    case .notRepeated(let names):
      say(
        "Made again from the store in the package, these files differ: \(names.joined(separator: ", ")).",
        "Aus dem Speicher im Paket neu erzeugt, weichen diese Dateien ab: \(names.joined(separator: ", ")).")
    case .heads(let error): say("heads: \(error.text.en).", "heads: \(error.text.de).")
    case .store(let error): say("\(error.text.en).", "\(error.text.de).")
    }
  }

  private static func sentence(_ unproven: PackageVerification.Unproven, _ say: (String, String) -> String) -> String {
    switch unproven {
    case .unsigned:
      say("Who made the package: it is not signed.", "Wer das Paket erstellt hat: Es ist nicht signiert.")
    case .keyOfPackage:
      say(
        "That the owner made the signature: the public key was taken from the package itself. Name a copy kept elsewhere with --public-key.",
        "Dass der Betreiber signiert hat: Der öffentliche Schlüssel stammt aus dem Paket selbst. Geben Sie mit --public-key eine Kopie an, die anderswo aufbewahrt wurde."
      )
    case .withoutStore:
      say(
        "That the tables come from the stored rows: the store is not in the package. Ask for one made with --with-store.",
        "Dass die Tabellen aus den gespeicherten Zeilen stammen: Der Speicher ist nicht im Paket. Fordern Sie eines an, das mit --with-store erstellt wurde."
      )
    case .laterHeads(let count, let madeAt):
      say(
        "\(count) of the heads that you named, signed after \(madeAt), when the package says that it was made. If you received it later than that, its end was cut off.",
        "\(count) der angegebenen Köpfe, signiert nach dem \(madeAt), an dem das Paket nach eigener Angabe erstellt wurde. Haben Sie es später erhalten, wurde sein Ende abgeschnitten."
      )
    case .otherVersion(let version):
      say(
        "Version \(version) of the program made the tables; if they differ, use that one.",
        "Die Tabellen stammen von der Programmversion \(version); weichen sie ab, verwenden Sie diese.")
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, predicate(last) { text.removeLast() }
    return String(text)
  }
}
