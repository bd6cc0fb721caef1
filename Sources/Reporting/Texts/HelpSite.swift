import Documents
package import Model

extension HelpTexts {
  /// The program itself.
  package enum Program {
    package static let abstract = LocalizedText(
      en: "Shows which services receive data: names and classifies outbound flows for impact assessments.",
      de:
        "Zeigt, welche Dienste Daten empfangen: benennt ausgehende Datenflüsse und ordnet sie für Folgenabschätzungen zu."
    )
    package static let discussion = LocalizedText(
      en: """
        Start with a capture file:
          egressaudit replay morning.pcap --store audit.sqlite
          egressaudit report --store audit.sqlite --output report
          egressaudit export all --store audit.sqlite --profile office-de --output report

        Exit codes: 0 done, 1 finding or failed check, 2 wrong usage, 3 something in the environment is missing or broken, 130 and 143 ended by Ctrl-C or \
        SIGTERM.
        Data goes to standard output, messages for people to standard error.
        """,
      de: """
        Beginn mit einer Aufzeichnung:
          egressaudit replay morgen.pcap --store audit.sqlite
          egressaudit report --store audit.sqlite --output bericht
          egressaudit export all --store audit.sqlite --profile office-de --output bericht

        Rückgabewerte: 0 erledigt, 1 Feststellung oder nicht bestandene Prüfung, 2 falscher Aufruf, 3 in der Umgebung fehlt etwas oder ist fehlerhaft, 130 \
        und 143 durch Strg-C oder SIGTERM beendet.
        Daten gehen auf die Standardausgabe, Meldungen für Menschen auf die Standardfehlerausgabe.
        """)
    package static func noVerb(_ verb: String, of command: String, verbs: [String]) -> LocalizedText {
      let list = verbs.joined(separator: ", ")
      return [
        LocalizedText(en: "\(command) has no verb '\(verb)'", de: "\(command) hat keinen Befehl '\(verb)'"),
        suggestion(
          for: verb, in: verbs,
          otherwise: LocalizedText(en: "the verbs are \(list)", de: "die Befehle sind \(list)")),
      ].joined(separator: "; ")
    }
  }

  /// Options for rules and configuration, the same in every verb.
  package enum Site {
    package static let rulesKey = LocalizedText(
      en: "Public key that a rule bundle must be signed with.",
      de: "Öffentlicher Schlüssel, mit dem ein Regelpaket signiert sein muss.")
    package static let overrides = LocalizedText(
      en: "Local overrides of the rules (YAML).",
      de: "Lokale Abweichungen von den Regeln (YAML).")
    package static let rules = LocalizedText(
      en: "Rule directory or bundle. Default: the signed rules of the package, else the folder 'rules' here.",
      de: "Ordner mit Regeln oder Regelpaket. Vorgabe: die signierten Regeln des Pakets, sonst der Ordner 'rules' hier."
    )
    package static let acceptUnsigned = LocalizedText(
      en: "Use rules that are not signed, even if the configuration or the store requires signed ones.",
      de: "Unsignierte Regeln verwenden, auch wenn Konfiguration oder Speicher signierte verlangen.")
    package static let acceptKey = LocalizedText(
      en: "Public key, 64 hexadecimal digits, that the store is to take in place of the one it knows.",
      de: "Öffentlicher Schlüssel, 64 Hexadezimalziffern, den der Speicher statt des bekannten annehmen soll.")
    package static let config = LocalizedText(
      en:
        "Configuration of the site (YAML): inside networks, groups, limits. Without it, private ranges count as inside.",
      de:
        "Konfiguration des Standorts (YAML): eigene Netze, Gruppen, Grenzen. Ohne sie gelten private Adressbereiche als innen."
    )
    package static let acceptKeyFault = LocalizedText(
      en:
        "--accept-rules-key is not a public key. Expected 64 hexadecimal digits in lower case, as 'egressaudit check' shows them.",
      de:
        "--accept-rules-key ist kein öffentlicher Schlüssel. Erwartet: 64 Hexadezimalziffern in Kleinbuchstaben, wie 'egressaudit check' sie zeigt."
    )
  }

  /// The `check` verb.
  package enum Check {
    package static let abstract = LocalizedText(
      en: "Checks whether machine, configuration, rules and store are ready for an audit.",
      de: "Prüft, ob Rechner, Konfiguration, Regeln und Speicher für eine Auswertung bereit sind.")
    package static let discussion = LocalizedText(
      en: "Prints one line for each point; each failed point says what to do. Exit code 1 means that a point failed.",
      de:
        "Gibt zu jedem Punkt eine Zeile aus; jeder nicht bestandene sagt, was zu tun ist. Rückgabewert 1: Ein Punkt ist nicht bestanden."
    )
    package static let store = LocalizedText(
      en: "Store that will be used.",
      de: "Speicher, der verwendet werden soll.")
    package static let pseudonymKey = LocalizedText(
      en: "Pseudonym key that will be used.",
      de: "Pseudonymschlüssel, der verwendet werden soll.")
    package static let listen = LocalizedText(
      en: "Longest time to listen on the configured interfaces, from 0 (not at all) to 30.",
      de: "Längste Zeit, an den konfigurierten Schnittstellen mitzuhören, von 0 (gar nicht) bis 30.")
    package static let json = LocalizedText(
      en: "Print JSON, for programs.",
      de: "JSON ausgeben, für Programme.")
    package static func listenFault(_ listen: Int) -> LocalizedText {
      LocalizedText(
        en: "--listen is \(listen). Expected seconds from 0 to 30.",
        de: "--listen ist \(listen). Erwartet: 0 bis 30 Sekunden.")
    }
  }

  /// The `init` verb.
  package enum Init {
    package static let abstract = LocalizedText(
      en: "Writes a first configuration, from what it finds on this machine and what you answer.",
      de: "Schreibt eine erste Konfiguration aus dem, was auf diesem Rechner zu finden ist, und aus Ihren Antworten.")
    package static let discussion = LocalizedText(
      en: """
        On a terminal it asks for what no option states; an empty answer takes the proposal in brackets. Elsewhere it takes the proposals without asking. It \
        shows the interfaces that it finds, contacts nobody, and replaces no file without --force.

        With --single-pc it writes a trial on this PC: it proposes this machine's own addresses, and every report says that nobody works at it. Do not use \
        it for a PC at which somebody works.
        """,
      de: """
        Am Terminal fragt der Befehl nach allem, was keine Option angibt; eine leere Antwort übernimmt den Vorschlag in Klammern. Sonst übernimmt er die \
        Vorschläge, ohne zu fragen. Er zeigt die gefundenen Schnittstellen, kontaktiert niemanden und ersetzt ohne --force keine Datei.

        Mit --single-pc entsteht ein Probebetrieb auf diesem PC: Vorgeschlagen werden die eigenen Adressen dieses Rechners, und jeder Bericht sagt, dass \
        niemand daran arbeitet. Nicht für einen PC verwenden, an dem jemand arbeitet.
        """)
    package static let file = LocalizedText(
      en: "File to write.",
      de: "Datei, die geschrieben wird.")
    package static let site = LocalizedText(
      en: "Name of the organisation or gateway in files and reports: letters, digits and '-'.",
      de: "Name des Standorts oder des Gateways in Dateien und Berichten: Buchstaben, Ziffern und '-'.")
    package static let timeZone = LocalizedText(
      en: "Time zone of the site, such as Europe/Berlin.",
      de: "Zeitzone des Standorts, etwa Europe/Berlin.")
    package static let workingHours = LocalizedText(
      en: "Agreed working hours, such as 'mon-fri 7-18', or none.",
      de: "Vereinbarte Arbeitszeit, etwa 'mon-fri 7-18', oder none.")
    package static let inside = LocalizedText(
      en: "Your own networks, separated by commas, such as 10.0.0.0/8.",
      de: "Ihre eigenen Netze, durch Kommas getrennt, etwa 10.0.0.0/8.")
    package static let group = LocalizedText(
      en:
        "A group of devices, such as 'Bürgeramt=10.20.1.0/24,10.20.2.0/24'; may be repeated. With '!' after the name: special secrecy.",
      de:
        "Eine Gruppe von Geräten, etwa 'Bürgeramt=10.20.1.0/24,10.20.2.0/24'; mehrfach möglich. Mit '!' nach dem Namen: besondere Geheimhaltung."
    )
    package static let claims = LocalizedText(
      en:
        "Purpose classes of which nothing is to leave the site, separated by commas, such as telemetry,advertising; or none.",
      de:
        "Zweckklassen, von denen nichts den Standort verlassen soll, durch Kommas getrennt, etwa telemetry,advertising; oder none."
    )
    package static let interfaces = LocalizedText(
      en: "Interfaces that 'run' captures, separated by commas; none if you only replay capture files.",
      de:
        "Schnittstellen, an denen 'run' Pakete erfasst, durch Kommas getrennt; none, wenn nur Aufzeichnungen ausgewertet werden."
    )
    package static let singlePc = LocalizedText(
      en: "Write a trial on this PC, at which nobody works.",
      de: "Einen Probebetrieb auf diesem PC anlegen, an dem niemand arbeitet.")
    package static let force = LocalizedText(
      en: "Replace the file if it exists.",
      de: "Eine vorhandene Datei ersetzen.")
    package static let noQuestions = LocalizedText(
      en: "Do not ask, also on a terminal.",
      de: "Nicht fragen, auch nicht am Terminal.")
    package static let trialHasNoGroups = LocalizedText(
      en: "A trial has no groups. Leave out --group, or leave out --single-pc.",
      de: "Ein Probebetrieb hat keine Gruppen. --group oder --single-pc weglassen.")
    package static let interfacesFound = LocalizedText(
      en: "Interfaces of this machine:",
      de: "Schnittstellen dieses Rechners:")
    package static let noInterface = LocalizedText(
      en: "none with an address",
      de: "keine mit einer Adresse")
    package static func nextStep(file: String, store: String) -> LocalizedText {
      LocalizedText(
        en: "Read it, then run: egressaudit check --config \(file) --store \(store)",
        de: "Lesen Sie sie und führen Sie dann aus: egressaudit check --config \(file) --store \(store)")
    }
    package static let firstClaims = LocalizedText(
      en:
        "In the first days a claim is 'not assessable' until enough device-days and canaries were seen; 'egressaudit claims' lists what is missing.",
      de:
        "In den ersten Tagen ist eine Zusicherung „nicht bewertbar“, bis genügend Gerätetage und Kontrollflüsse vorliegen; 'egressaudit claims' nennt, was fehlt."
    )
    package static let siteQuestion = LocalizedText(
      en: "Name of the site",
      de: "Name des Standorts")
    package static let siteExpected = LocalizedText(
      en: "letters, digits and '-', at most 64",
      de: "Buchstaben, Ziffern und '-', höchstens 64")
    package static let timeZoneQuestion = LocalizedText(
      en: "Time zone",
      de: "Zeitzone")
    package static let timeZoneExpected = LocalizedText(
      en: "an IANA time zone such as Europe/Berlin",
      de: "eine IANA-Zeitzone wie Europe/Berlin")
    package static let workingHoursQuestion = LocalizedText(
      en: "Working hours",
      de: "Arbeitszeit")
    package static let workingHoursExpected = LocalizedText(
      en: "'mon-fri 7-18' or none",
      de: "'mon-fri 7-18' oder none")
    package static let ownAddressesQuestion = LocalizedText(
      en: "Addresses of this PC",
      de: "Adressen dieses PCs")
    package static let insideQuestion = LocalizedText(
      en: "Your own networks",
      de: "Ihre eigenen Netze")
    package static let insideExpected = LocalizedText(
      en: "address ranges such as 10.0.0.0/8, separated by commas",
      de: "Adressbereiche wie 10.0.0.0/8, durch Kommas getrennt")
    package static let claimsQuestion = LocalizedText(
      en: "Purpose classes of which nothing is to leave the site",
      de: "Zweckklassen, von denen nichts den Standort verlassen soll")
    package static let orNone = LocalizedText(
      en: ", or none",
      de: " oder none")
    package static let interfacesQuestion = LocalizedText(
      en: "Interfaces to capture",
      de: "Schnittstellen, an denen Pakete erfasst werden")
    package static let interfacesExpected = LocalizedText(
      en: "names of interfaces, separated by commas, or none",
      de: "Namen von Schnittstellen, durch Kommas getrennt, oder none")
    package static func exists(_ file: String) -> LocalizedText {
      LocalizedText(
        en: "egressaudit: \(file) exists and was left as it is. Name another file, or replace it with --force.",
        de:
          "egressaudit: \(file) ist vorhanden und blieb, wie sie ist. Eine andere Datei nennen oder sie mit --force ersetzen."
      )
    }
    package static func notWritable(_ file: String, _ reason: String) -> LocalizedText {
      LocalizedText(
        en: "egressaudit: Cannot write \(file): \(reason). Name a file in a folder that you may write to.",
        de:
          "egressaudit: \(file) lässt sich nicht schreiben: \(reason). Eine Datei in einem Ordner nennen, in den Sie schreiben dürfen."
      )
    }
    package static func optionFault(_ option: String, _ question: String, expected: String) -> LocalizedText {
      LocalizedText(
        en: "'\(option)' does not fit (\(question)). Expected \(expected).",
        de: "'\(option)' passt nicht (\(question)). Erwartet: \(expected).")
    }
    package static func expected(_ expected: String) -> LocalizedText {
      LocalizedText(
        en: "  Expected \(expected).",
        de: "  Erwartet: \(expected).")
    }
    package static func noProposal(_ question: String, expected: String) -> LocalizedText {
      LocalizedText(
        en: "\(question): nothing can be proposed. Name it with an option; expected \(expected).",
        de: "\(question): Es lässt sich nichts vorschlagen. Mit einer Option angeben; erwartet: \(expected).")
    }
    package static let groupExpected = LocalizedText(
      en: "a name, '=', and networks separated by commas, such as Bürgeramt=10.20.1.0/24",
      de: "ein Name, '=' und Netze, durch Kommas getrennt, etwa Bürgeramt=10.20.1.0/24")
    package static func groupFault(_ option: String, expected: String) -> LocalizedText {
      LocalizedText(
        en: "'\(option)' is no group. Expected \(expected).",
        de: "'\(option)' ist keine Gruppe. Erwartet: \(expected).")
    }
    package static let groupQuestion = LocalizedText(
      en: "Group of devices, such as Bürgeramt=10.20.1.0/24 ('!' after the name: special secrecy) [no more]: ",
      de:
        "Gruppe von Geräten, etwa Bürgeramt=10.20.1.0/24 ('!' nach dem Namen: besondere Geheimhaltung) [keine weitere]: "
    )
  }

  /// The `replay` verb.
  package enum Replay {
    package static let abstract = LocalizedText(
      en: "Audits capture files into a store.",
      de: "Wertet Aufzeichnungen in einen Speicher aus.")
    package static let discussion = LocalizedText(
      en: """
        Reads the captures in the order of their packets' times, names and classifies each outbound flow, and stores pseudonyms, hours and counts: never \
        addresses of devices, exact times or contents. Then prints the results in plain sentences.

        An audit is stored whole or not at all. If Ctrl-C (exit code 130), SIGTERM (143) or a crash ends it early, it leaves only its name: the store lists \
        it as unfinished until the same capture is replayed. Packets that are in several of the files count once; a capture is refused if an earlier audit \
        already counted some of its connections.

        Exit code 3 means that a capture could not be read to its end; the readable part is in the store, marked as unfinished.
        """,
      de: """
        Liest die Aufzeichnungen in der zeitlichen Reihenfolge ihrer Pakete, benennt jeden ausgehenden Datenfluss, ordnet ihn zu und speichert Pseudonyme, \
        Stunden und Anzahlen: nie Adressen von Geräten, genaue Zeiten oder Inhalte. Danach werden die Ergebnisse in einfachen Sätzen ausgegeben.

        Eine Auswertung wird ganz oder gar nicht gespeichert. Endet sie vorzeitig durch Strg-C (Rückgabewert 130), SIGTERM (143) oder einen Absturz, bleibt \
        nur ihr Name: Der Speicher führt sie als nicht abgeschlossen, bis dieselbe Aufzeichnung erneut ausgewertet wird. Pakete, die in mehreren Dateien \
        vorkommen, zählen einmal; eine Aufzeichnung wird abgelehnt, wenn eine frühere Auswertung einige ihrer Verbindungen bereits gezählt hat.

        Rückgabewert 3: Eine Aufzeichnung ließ sich nicht bis zum Ende lesen; der lesbare Teil ist im Speicher und als nicht abgeschlossen gekennzeichnet.
        """)
    package static let captures = LocalizedText(
      en: "Capture files (pcap, pcapng); - for standard input.",
      de: "Aufzeichnungen (pcap, pcapng); - für die Standardeingabe.")
    package static let store = LocalizedText(
      en: "Store to audit into; created if it does not exist.",
      de: "Speicher, in den ausgewertet wird; er wird angelegt, wenn er fehlt.")
    package static let siteName = LocalizedText(
      en: "Name of the organisation or gateway in file names and reports.",
      de: "Name des Standorts oder des Gateways in Dateinamen und Berichten.")
    package static let pseudonymKey = LocalizedText(
      en: "Key that makes the pseudonyms, mode 0400. Default: the store's name with '.key'. Created with a new store.",
      de:
        "Schlüssel, der die Pseudonyme bildet, Rechte 0400. Vorgabe: Name des Speichers mit '.key'. Wird mit einem neuen Speicher angelegt."
    )
    package static let again = LocalizedText(
      en: "Replace a finished audit whose capture begins with the same packet.",
      de: "Eine abgeschlossene Auswertung ersetzen, deren Aufzeichnung mit demselben Paket beginnt.")
    package static func siteFault(_ siteName: String) -> LocalizedText {
      LocalizedText(
        en:
          "'\(siteName)' is not a site name. Expected letters, digits and '-', at most 64, such as rathaus-musterstadt.",
        de:
          "'\(siteName)' ist kein Name für einen Standort. Erwartet: Buchstaben, Ziffern und '-', höchstens 64, etwa rathaus-musterstadt."
      )
    }
    package static func replaced(_ replaced: Int64) -> LocalizedText {
      LocalizedText(
        en: "This audit replaced audit \(replaced), whose rows are no longer in the store.",
        de: "Diese Auswertung ersetzt die Auswertung \(replaced), deren Zeilen nicht mehr im Speicher sind.")
    }
    package static func progress(packets: String, flows: String, names: String) -> LocalizedText {
      LocalizedText(
        en: "\(packets) packets, \(flows) flows, \(names) names",
        de: "\(packets) Pakete, \(flows) Datenflüsse, \(names) Namen")
    }
    package static func counts(
      packets: String, flows: String, outbound: String, matched: String, ruleSet: String
    ) -> LocalizedText {
      LocalizedText(
        en:
          "Read \(packets) packets in \(flows) flows; \(outbound) went outside, \(matched) flows and attempts are described by rule set \(ruleSet).",
        de:
          "\(packets) Pakete in \(flows) Datenflüssen gelesen; \(outbound) gingen nach außen, \(matched) Datenflüsse und Versuche beschreibt Regelsatz \(ruleSet)."
      )
    }
    package static func transit(_ flows: String) -> LocalizedText {
      LocalizedText(
        en:
          "\(flows) flows have no inside end and were not assessed. If they are yours, list your networks under 'inside_networks' in the file given with --config.",
        de:
          "\(flows) Datenflüsse haben kein Ende innen und wurden nicht bewertet. Sind es Ihre, nennen Sie Ihre Netze unter 'inside_networks' in der mit --config angegebenen Datei."
      )
    }
  }

  /// The `run` verb.
  package enum Run {
    package static let abstract = LocalizedText(
      en: "Audits network interfaces into a store, as a service, until it is stopped.",
      de: "Wertet Netzwerkschnittstellen als Dienst in einen Speicher aus, bis er beendet wird.")
    package static let discussion = LocalizedText(
      en: """
        The configuration names the interfaces: 'capture: { interfaces: [eth1] }'. SIGTERM and SIGINT end the run in order; SIGHUP reloads rules and \
        configuration. Logs go to standard error, one line for each event, with a priority that the journal understands.

        Needs the privilege to capture (CAP_NET_RAW).
        """,
      de: """
        Die Konfiguration nennt die Schnittstellen: 'capture: { interfaces: [eth1] }'. SIGTERM und SIGINT beenden den Lauf geordnet; SIGHUP lädt Regeln und \
        Konfiguration neu. Das Protokoll geht auf die Standardfehlerausgabe, eine Zeile je Ereignis, mit einer Priorität, die das Journal versteht.

        Benötigt das Recht, Pakete zu erfassen (CAP_NET_RAW).
        """)
  }

  /// The `canary` verb.
  package enum Canary {
    package static let abstract = LocalizedText(
      en: "Opens one harmless flow to the configured sink, which the sensor should see.",
      de: "Öffnet einen harmlosen Datenfluss zur konfigurierten Gegenstelle, den der Sensor sehen soll.")
    package static let discussion = LocalizedText(
      en: """
        A timer runs it once an hour on a machine whose traffic the sensor sees; the coverage counts the canaries that were seen. It opens one TCP \
        connection and begins a TLS handshake; it sends only the sink's name and random numbers. Exit code 0 means that a connection was made.

        With --shape telemetry it sends one flow by each way of naming that claims rely on: the ways in 'canary.paths'.
        """,
      de: """
        Ein Timer führt den Befehl stündlich auf einem Rechner aus, dessen Verkehr der Sensor sieht; die Abdeckung zählt die gesehenen Kontrollflüsse. Er \
        öffnet eine TCP-Verbindung und beginnt einen TLS-Handshake; gesendet werden nur der Name der Gegenstelle und Zufallszahlen. Rückgabewert 0: Eine \
        Verbindung kam zustande.

        Mit --shape telemetry geht je ein Datenfluss auf jedem Weg der Benennung hinaus, auf den Zusicherungen sich stützen: den Wegen in 'canary.paths'.
        """)
    package static let config = LocalizedText(
      en: "Configuration of the site (YAML), with the key 'canary'.",
      de: "Konfiguration des Standorts (YAML) mit dem Schlüssel 'canary'.")
    package static let sink = LocalizedText(
      en: "Host to connect to instead of the configured one.",
      de: "Rechner, zu dem statt des konfigurierten verbunden wird.")
    package static let port = LocalizedText(
      en: "Port of --sink.",
      de: "Port von --sink.")
    package static let shape = LocalizedText(
      en: "tls: one connection; telemetry: one by each of the ways in 'canary.paths'.",
      de: "tls: eine Verbindung; telemetry: je eine auf den Wegen in 'canary.paths'.")
    package static let shapeFault = LocalizedText(
      en: "--shape telemetry takes its ways from the configuration. Leave out --sink and give --config.",
      de: "--shape telemetry nimmt die Wege aus der Konfiguration. --sink weglassen und --config angeben.")
    package static let noPaths = LocalizedText(
      en: "No ways are configured. Expected 'canary: { sink: …, paths: [tls, quic] }' in the file given with --config.",
      de:
        "Es sind keine Wege konfiguriert. Erwartet: 'canary: { sink: …, paths: [tls, quic] }' in der mit --config angegebenen Datei."
    )
    package static let sinkFault = LocalizedText(
      en:
        "--sink is not a host name. Expected a name such as canary.musterstadt.example; an address has no name to see.",
      de:
        "--sink ist kein Rechnername. Erwartet: ein Name wie canary.musterstadt.example; eine Adresse hat keinen Namen, der zu sehen wäre."
    )
    package static let noSink = LocalizedText(
      en:
        "No sink is configured. Expected 'canary: { sink: canary.musterstadt.example }' in the file given with --config, or --sink.",
      de:
        "Es ist keine Gegenstelle konfiguriert. Erwartet: 'canary: { sink: canary.musterstadt.example }' in der mit --config angegebenen Datei, oder --sink."
    )
    package static let answered = LocalizedText(en: "answered", de: "beantwortet")
    package static let connected = LocalizedText(en: "connected, without an answer", de: "verbunden, ohne Antwort")
    package static let sent = LocalizedText(en: "sent, without an answer", de: "gesendet, ohne Antwort")
  }

  /// The `retention` verb.
  package enum Retention {
    package static let abstract = LocalizedText(
      en: "Deletes data older than the agreed times, and lists earlier deletions.",
      de: "Löscht Daten nach Ablauf der vereinbarten Fristen und listet frühere Löschungen auf.")
    package static let discussion = LocalizedText(
      en:
        "The configuration sets the times: retention.evidence_days for single flows, usage_days for sums by device and hour, coverage_days for what was seen and lost. The running service deletes by itself each day; this verb is for stores of 'replay'.",
      de:
        "Die Konfiguration legt die Fristen fest: retention.evidence_days für einzelne Datenflüsse, usage_days für Summen nach Gerät und Stunde, coverage_days für das, was gesehen und verpasst wurde. Der laufende Dienst löscht täglich selbst; dieser Befehl ist für Speicher von 'replay'."
    )
    package static let deleteAbstract = LocalizedText(
      en: "Deletes rows after their retention time, and records the deletion in the evidence chain.",
      de: "Löscht Zeilen nach Ablauf ihrer Frist und vermerkt die Löschung in der Nachweiskette.")
    package static let deleteDiscussion = LocalizedText(
      en:
        "Deleted rows are overwritten in the file. Exports and copies of the store are not touched: delete them yourself.",
      de:
        "Gelöschte Zeilen werden in der Datei überschrieben. Ausgaben und Kopien des Speichers bleiben unberührt: Löschen Sie sie selbst."
    )
    package static let store = LocalizedText(
      en: "Store to delete from.",
      de: "Speicher, in dem gelöscht wird.")
    package static let config = LocalizedText(
      en: "Configuration with the retention times (YAML).",
      de: "Konfiguration mit den Speicherfristen (YAML).")
    package static let dryRun = LocalizedText(
      en: "Only print how many rows would be deleted.",
      de: "Nur nennen, wie viele Zeilen zu löschen wären.")
    package static let listAbstract = LocalizedText(
      en: "Lists what was deleted from a store, when, and which entry of the evidence chain records it.",
      de: "Listet auf, was aus einem Speicher gelöscht wurde, wann, und welcher Eintrag der Nachweiskette es festhält.")
    package static func noTimes(_ configuration: String) -> LocalizedText {
      LocalizedText(
        en:
          "\(configuration): no retention times are set, so nothing was deleted. Expected a key such as 'retention: {evidence_days: 90}'; write the agreed times there",
        de:
          "\(configuration): Es sind keine Speicherfristen festgelegt, daher wurde nichts gelöscht. Erwartet: ein Schlüssel wie 'retention: {evidence_days: 90}'; die vereinbarten Fristen dort eintragen"
      )
    }
    package static func rows(_ dataClass: String, _ rows: UInt64, days: Int, isDeleted: Bool) -> LocalizedText {
      LocalizedText(
        en: "\(dataClass): \(rows) rows older than \(days) days \(isDeleted ? "deleted" : "would be deleted")",
        de: "\(dataClass): \(rows) Zeilen älter als \(days) Tage \(isDeleted ? "gelöscht" : "zu löschen")")
    }
    package static func kept(_ dataClass: String) -> LocalizedText {
      LocalizedText(en: "\(dataClass): kept indefinitely", de: "\(dataClass): unbefristet aufbewahrt")
    }
  }
}
