package import Model

extension HelpTexts {
  /// Help of the verb `package`.
  package enum Package {
    package static let abstract = LocalizedText(
      en: "Packs tables, report, rules and evidence of a period into one signed file for an auditor.",
      de: "Packt Tabellen, Bericht, Regeln und Nachweise eines Zeitraums in eine signierte Datei für eine Prüfstelle.")
    package static let discussion = LocalizedText(
      en: """
        The file is a tar archive with Zstandard (tar --zstd). manifest.sha256 lists the digests of all other files and is signed with the store's \
        signing key. 'egressaudit verify PACKAGE' verifies it offline, on any machine.

        --with-store adds a copy of the store and the table of flows: only with them can the auditor verify every row and repeat the tables, and \
        verify does. The copy holds pseudonyms, and small groups as they are: give it to nobody but an auditor who is bound to secrecy.
        """,
      de: """
        Die Datei ist ein tar-Archiv mit Zstandard (tar --zstd). manifest.sha256 führt die Prüfsummen aller anderen Dateien auf und ist mit dem \
        Signaturschlüssel des Speichers signiert. 'egressaudit verify PAKET' prüft sie ohne Netz auf jedem Rechner.

        --with-store fügt eine Kopie des Speichers und die Tabelle der Datenflüsse hinzu: Nur damit kann die Prüfstelle jede Zeile prüfen und die Tabellen \
        neu erzeugen, und verify tut das. Die Kopie enthält Pseudonyme und kleine Gruppen unverändert: Geben Sie sie nur an eine Prüfstelle, die zur \
        Verschwiegenheit verpflichtet ist.
        """)
    package static let store = LocalizedText(en: "Store to pack.", de: "Speicher, der gepackt wird.")
    package static let output = LocalizedText(
      en: "Package to write. Default: evidence_SITE_DATE.tar.zst in this folder.",
      de: "Paket, das geschrieben wird. Vorgabe: evidence_STELLE_DATUM.tar.zst in diesem Ordner.")
    package static let rules = LocalizedText(
      en: "Rule directory or bundle to add, if an audit of the store used it. Default: as for an audit.",
      de:
        "Regelordner oder Regelpaket, das beigelegt wird, wenn eine Auswertung des Speichers es verwendet hat. Vorgabe: wie bei einer Auswertung."
    )
    package static let withStore = LocalizedText(
      en: "Add a copy of the store, and the table of flows.",
      de: "Eine Kopie des Speichers und die Tabelle der Datenflüsse beilegen.")
    package static let interrupted = LocalizedText(
      en: "Interrupted. No package was written.", de: "Abgebrochen. Es wurde kein Paket geschrieben.")
    package static let unsigned = LocalizedText(
      en: "The package is not signed: the signing key of the store is not there, or not yours to read.",
      de: "Das Paket ist nicht signiert: Der Signaturschlüssel des Speichers fehlt, oder Sie dürfen ihn nicht lesen.")
    package static let withoutVerifier = LocalizedText(
      en: "The second verifier is not installed here, so it is not in the package.",
      de: "Das zweite Prüfprogramm ist hier nicht installiert und liegt dem Paket deshalb nicht bei.")

    package static func otherRules(_ path: String) -> LocalizedText {
      LocalizedText(
        en:
          "\(path): no audit of this store used these rules, so they are not in the package. Name those of the audit with --rules.",
        de:
          "\(path): Keine Auswertung dieses Speichers hat diese Regeln verwendet, sie liegen dem Paket deshalb nicht bei. Geben Sie die der Auswertung mit --rules an."
      )
    }
  }
}
