package import Model

extension HelpTexts {
  /// Options of `report` and `export` for a centre of many gateways.
  package enum Centre {
    package static let fleet = LocalizedText(
      en: "Ask a centre of many gateways instead of a store; needs --server or --file.",
      de: "Statt eines Speichers eine zentrale Stelle vieler Gateways fragen; braucht --server oder --file.")
    package static let server = LocalizedText(
      en: "ClickHouse server of the centre by HTTP; CLICKHOUSE_USER and CLICKHOUSE_PASSWORD name the account.",
      de:
        "ClickHouse-Server der zentralen Stelle über HTTP; CLICKHOUSE_USER und CLICKHOUSE_PASSWORD nennen das Konto."
    )
    package static let file = LocalizedText(
      en: "SQLite file of a centre without a server.", de: "SQLite-Datei einer zentralen Stelle ohne Server.")
    package static let month = LocalizedText(
      en: "Month of the centre, in the form 2026-10.", de: "Monat bei der zentralen Stelle, in der Form 2026-10.")
    package static let gateway = LocalizedText(
      en: "Only this gateway of the centre; may be repeated.",
      de: "Nur dieses Gateway der zentralen Stelle; kann wiederholt werden.")
    package static let agency = LocalizedText(
      en: "Only gateways of this agency of the list; may be repeated.",
      de: "Nur Gateways dieser Behörde der Liste; kann wiederholt werden.")
    package static let agencies = LocalizedText(
      en: "CSV list at the centre: name of a gateway, name of its agency.",
      de: "CSV-Liste bei der zentralen Stelle: Name eines Gateways, Name seiner Behörde.")
    package static let keys = LocalizedText(
      en: "Folder of the gateways' public keys: also lists gateways that delivered nothing (--fleet).",
      de:
        "Ordner der öffentlichen Schlüssel: führt auch Gateways auf, die nichts geliefert haben (--fleet).")
    package static let reports = LocalizedText(
      en:
        "Folder with the gateways' own reports, NAME/MONTH, as 'export all --fleet' writes them; the page links them. Default: the folder of the page (--fleet).",
      de:
        "Ordner mit den eigenen Berichten der Gateways, NAME/MONAT, wie 'export all --fleet' sie schreibt; die Seite verweist darauf. Vorgabe: der Ordner der Seite (--fleet)."
    )
    package static let silentAfter = LocalizedText(
      en: "Days without a file after which a gateway counts as silent; 3 unless given (--fleet).",
      de: "Tage ohne Datei, nach denen ein Gateway als stumm gilt; 3 ohne Angabe (--fleet).")

    package static let onlyFleet = LocalizedText(
      en:
        "--server, --file, --month, --gateway, --agency, --agencies, --keys, --reports and --silent-after need --fleet.",
      de:
        "--server, --file, --month, --gateway, --agency, --agencies, --keys, --reports und --silent-after brauchen --fleet."
    )
    package static let oneCentre = LocalizedText(
      en: "--fleet needs one of --server and --file: where the centre is.",
      de: "--fleet braucht entweder --server oder --file: wo die zentrale Stelle ist.")

    package static func noStoreOption(_ name: String) -> LocalizedText {
      LocalizedText(
        en: "\(name) is for one store, not for a centre. Leave it out, or leave out --fleet.",
        de:
          "\(name) gilt für einen einzelnen Speicher, nicht für eine zentrale Stelle. Weglassen, oder --fleet weglassen."
      )
    }

    package static func notInstalled(_ path: String, _ reason: String) -> LocalizedText {
      LocalizedText(
        en:
          "The programs of the centre are not here (\(path): \(reason)). Install the package egressaudit-fleet-centre, or run this in the folder of the sources.",
        de:
          "Die Programme der zentralen Stelle fehlen hier (\(path): \(reason)). Das Paket egressaudit-fleet-centre installieren oder den Befehl im Ordner der Quellen ausführen."
      )
    }
  }
}
