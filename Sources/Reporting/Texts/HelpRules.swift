package import Model

extension HelpTexts {
  /// The `rules` verb, with `lint` and `explain`.
  package enum Rules {
    package static func noticeWord(isWarning: Bool) -> LocalizedText {
      isWarning ? LocalizedText(en: "warning", de: "Warnung") : LocalizedText(en: "note", de: "Hinweis")
    }
    package static let abstract = LocalizedText(
      en: "Manages the rule files, which document what each destination is for.",
      de: "Verwaltet die Regeldateien, die festhalten, wofür jedes Ziel da ist.")
    package static let lintAbstract = LocalizedText(
      en: "Checks rule files; prints one line for each fault with file, line and the way to fix it.",
      de: "Prüft Regeldateien; gibt zu jedem Fehler eine Zeile mit Datei, Zeile und Abhilfe aus.")
    package static let lintDiscussion = LocalizedText(
      en:
        "With --overrides, local overrides are checked too; their authors are shown, and which overrides have expired or soon will. A warning names what may be right. Exit code 1 means that there is a fault.",
      de:
        "Mit --overrides werden auch lokale Abweichungen geprüft; gezeigt wird, von wem sie stammen und welche abgelaufen sind oder bald ablaufen. Eine Warnung nennt, was richtig sein kann. Rückgabewert 1: Es gibt einen Fehler."
    )
    package static let maximumSourceAge = LocalizedText(
      en: "Days after which a source is too old, counted to today (UTC). Without it, the age is not checked.",
      de:
        "Tage, nach denen eine Quelle zu alt ist, gerechnet bis heute (UTC). Ohne Angabe wird das Alter nicht geprüft.")
    package static func maximumSourceAgeFault(_ maximumSourceAge: Int) -> LocalizedText {
      LocalizedText(
        en: "--maximum-source-age is \(maximumSourceAge). Expected days from 0 to 100000.",
        de: "--maximum-source-age ist \(maximumSourceAge). Erwartet: 0 bis 100000 Tage.")
    }
    package static func noFolder(_ path: String) -> LocalizedText {
      LocalizedText(
        en:
          "egressaudit: \(path): there is no such folder. Name the rule directory, for example: egressaudit rules lint rules",
        de:
          "egressaudit: \(path): Diesen Ordner gibt es nicht. Den Ordner mit den Regeln nennen, zum Beispiel: egressaudit rules lint rules"
      )
    }
    package static let explainAbstract = LocalizedText(
      en: "Shows which rules match a host name or address, which one wins, and what its sources say.",
      de:
        "Zeigt, welche Regeln zu einem Rechnernamen oder einer Adresse passen, welche gilt und was ihre Quellen sagen.")
    package static let explainDiscussion = LocalizedText(
      en: """
        For a finding such as F-0123456789ab it shows which rules, revisions and patterns decided, and whether today's rules give the same result; name the \
        store with --store.

        Exit code 1 means that no rule matches, or that there is no such finding.
        """,
      de: """
        Zu einer Feststellung wie F-0123456789ab zeigt der Befehl, welche Regeln, Fassungen und Muster den Ausschlag gaben und ob die heutigen Regeln \
        dasselbe ergeben; den Speicher mit --store nennen.

        Rückgabewert 1: Keine Regel passt, oder es gibt keine solche Feststellung.
        """)
    package static let destination = LocalizedText(
      en: "Host name, address, or id of a finding.",
      de: "Rechnername, Adresse oder Kennung einer Feststellung.")
    package static let store = LocalizedText(
      en: "Store that holds the finding.",
      de: "Speicher mit der Feststellung.")
    package static let from = LocalizedText(
      en: "First day of the table with the finding. Default: the first stored day.",
      de: "Erster Tag der Tabelle mit der Feststellung. Vorgabe: der erste gespeicherte Tag.")
    package static let to = LocalizedText(
      en: "Last day of that table, inclusive. Default: the last stored day.",
      de: "Letzter Tag dieser Tabelle, einschließlich. Vorgabe: der letzte gespeicherte Tag.")
    package static let port = LocalizedText(
      en: "Port of the flow.",
      de: "Port des Datenflusses.")
    package static let transport = LocalizedText(
      en: "Transport of the flow: tcp or udp.",
      de: "Transportprotokoll des Datenflusses: tcp oder udp.")
    package static let day = LocalizedText(
      en: "Day of the flow in UTC, which decides which local overrides apply. Default: today.",
      de: "Tag des Datenflusses in UTC, nach dem sich richtet, welche lokalen Abweichungen gelten. Vorgabe: heute.")
    package static let emptyName = LocalizedText(
      en: "The name is empty. Expected a host name or an address.",
      de: "Der Name ist leer. Erwartet: ein Rechnername oder eine Adresse.")
    package static func findingWithoutStore(_ destination: String) -> LocalizedText {
      LocalizedText(
        en: "\(destination) is a finding. Name its store with --store.",
        de: "\(destination) ist eine Feststellung. Ihren Speicher mit --store nennen.")
    }
    package static func noFinding(_ destination: String) -> LocalizedText {
      LocalizedText(
        en:
          "--store, --from and --to are for findings, and '\(destination)' is not one. Expected F- and 12 hexadecimal digits.",
        de:
          "--store, --from und --to gehören zu Feststellungen, und '\(destination)' ist keine. Erwartet: F- und 12 Hexadezimalziffern."
      )
    }
    package static func unknownFinding(_ destination: String, in store: String) -> LocalizedText {
      LocalizedText(
        en:
          "egressaudit: \(store): there is no finding \(destination) in these days. Give the days of its table with --from and --to, as for 'export'.",
        de:
          "egressaudit: \(store): In diesen Tagen gibt es keine Feststellung \(destination). Die Tage ihrer Tabelle mit --from und --to angeben, wie bei 'export'."
      )
    }
    package static func noFault(_ path: String, warnings: LocalizedText?) -> LocalizedText {
      LocalizedText(
        en: "No fault in \(path)" + (warnings.map { ", \($0.en)" } ?? ""),
        de: "Kein Fehler in \(path)" + (warnings.map { ", \($0.de)" } ?? ""))
    }
    /// How many faults and warnings lint found.
    package static func counts(faults: Int, warnings: Int) -> LocalizedText {
      let english = [(faults, "fault", "faults"), (warnings, "warning", "warnings")]
      let german = [(faults, "Fehler", "Fehler"), (warnings, "Warnung", "Warnungen")]
      let texts = [english, german].map { parts in
        parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
      }
      return LocalizedText(en: texts[0].joined(separator: " and "), de: texts[1].joined(separator: " und "))
    }
    package static func countsIn(_ path: String, _ counts: LocalizedText) -> LocalizedText {
      LocalizedText(en: "\(counts.en) in \(path)", de: "\(counts.de) in \(path)")
    }
    package static func usedDespite(_ counts: LocalizedText) -> LocalizedText {
      LocalizedText(
        en: "egressaudit: lint finds \(counts.en) in the rules, which are used all the same:",
        de: "egressaudit: Die Prüfung findet \(counts.de) in den Regeln, die trotzdem verwendet werden:")
    }
    package static func seeAll(_ command: String) -> LocalizedText {
      LocalizedText(en: "  To see all, run: \(command)", de: "  Alle zeigt: \(command)")
    }
  }

  /// The verb `rules diff`.
  package enum RulesDiff {
    package static let abstract = LocalizedText(
      en: "Shows where two rule sets differ, and which past findings would change.",
      de: "Zeigt, worin sich zwei Regelsätze unterscheiden und welche früheren Feststellungen anders ausfielen.")
    package static let discussion = LocalizedText(
      en:
        "If overrides are named, each rule set is used with its own. With --store, the stored flows are classified by both rule sets, and the findings compared. Nothing is written. Exit code 0 means that nothing differs, 1 that something does.",
      de:
        "Sind Abweichungen angegeben, gilt jeder Regelsatz mit seinen eigenen. Mit --store werden die gespeicherten Datenflüsse nach beiden Regelsätzen zugeordnet und die Feststellungen verglichen. Geschrieben wird nichts. Rückgabewert 0: kein Unterschied, 1: ein Unterschied."
    )
    package static let before = LocalizedText(
      en: "Rule directory or bundle in use today.",
      de: "Heute verwendeter Ordner mit Regeln oder Regelpaket.")
    package static let after = LocalizedText(
      en: "Rule directory or bundle to compare with it.",
      de: "Ordner mit Regeln oder Regelpaket, mit dem verglichen wird.")
    package static let rulesKey = LocalizedText(
      en: "Public key that rule bundles must be signed with.",
      de: "Öffentlicher Schlüssel, mit dem Regelpakete signiert sein müssen.")
    package static let overridesBefore = LocalizedText(
      en: "Local overrides of the first rules (YAML).",
      de: "Lokale Abweichungen von den ersten Regeln (YAML).")
    package static let overridesAfter = LocalizedText(
      en: "Local overrides of the second rules (YAML).",
      de: "Lokale Abweichungen von den zweiten Regeln (YAML).")
    package static let store = LocalizedText(
      en: "Store whose flows are classified by both.",
      de: "Speicher, dessen Datenflüsse nach beiden zugeordnet werden.")
    package static let daysWithoutStore = LocalizedText(
      en: "--from and --to choose stored days. Name the store with --store.",
      de: "--from und --to wählen gespeicherte Tage. Den Speicher mit --store nennen.")
  }

  /// The verb `rules draft`.
  package enum RulesDraft {
    package static let abstract = LocalizedText(
      en: "Writes a rule to fill in for a destination that no rule describes.",
      de: "Schreibt eine Regel zum Ausfüllen für ein Ziel, das keine Regel beschreibt.")
    package static let discussion = LocalizedText(
      en:
        "The file has \"?\" wherever a person must find something out: which company it is, what the destination is for, which document says so. 'rules lint' refuses it until nothing is left open.",
      de:
        "Die Datei enthält \"?\", wo ein Mensch etwas herausfinden muss: welches Unternehmen es ist, wofür das Ziel da ist, welches Dokument das sagt. 'rules lint' weist sie ab, bis nichts mehr offen ist."
    )
    package static let name = LocalizedText(
      en: "Host name or domain, such as one that 'egressaudit unknown' lists.",
      de: "Rechnername oder Domain, etwa eine, die 'egressaudit unknown' auflistet.")
    package static let output = LocalizedText(
      en: "Folder of the rules, for the new file. Default: standard output.",
      de: "Ordner der Regeln, für die neue Datei. Vorgabe: Standardausgabe.")
    package static let nameFault = LocalizedText(
      en: "The name given is no host name below a public suffix. Give one such as telemetry.example.com, without '*'.",
      de:
        "Der angegebene Name ist kein Rechnername unterhalb eines öffentlichen Suffixes. Einen wie telemetry.example.com angeben, ohne '*'."
    )
    package static func notWritten(_ path: String, _ reason: String) -> LocalizedText {
      LocalizedText(
        en:
          "\(path): the draft was not written (\(reason)). Expected an existing folder that has no such file; name another folder, or edit the file that is there",
        de:
          "\(path): Der Entwurf wurde nicht geschrieben (\(reason)). Erwartet: ein vorhandener Ordner ohne diese Datei; einen anderen Ordner nennen oder die vorhandene Datei bearbeiten"
      )
    }
  }

  /// The verb `rules export`.
  package enum RulesExport {
    package static let abstract = LocalizedText(
      en: "Makes a list for a firewall or a resolver from findings that people confirmed.",
      de: "Erzeugt aus bestätigten Feststellungen eine Liste für eine Firewall oder einen Resolver.")
    package static let discussion = LocalizedText(
      en: """
        nftables  two sets of addresses, for nft -f
        rpz       response policy zone, for BIND, Unbound and others
        dnsmasq   configuration file for dnsmasq 2.86 or newer
        unbound   configuration file for Unbound
        opnsense  aliases with addresses, for the import under Firewall: Aliases
        hosts     lines of a hosts file

        Only rows of findings.csv whose status is 'confirmed' (bestätigt) are used. egressaudit itself blocks nothing; loading the list does. Exit code 1 \
        means that the list would be empty.
        """,
      de: """
        nftables  zwei Mengen von Adressen, für nft -f
        rpz       Response Policy Zone, für BIND, Unbound und andere
        dnsmasq   Konfigurationsdatei für dnsmasq 2.86 oder neuer
        unbound   Konfigurationsdatei für Unbound
        opnsense  Aliase mit Adressen, zum Einlesen unter Firewall: Aliases
        hosts     Zeilen einer hosts-Datei

        Verwendet werden nur Zeilen von findings.csv mit dem Status 'confirmed' (bestätigt). egressaudit selbst sperrt nichts; das tut erst das Laden der \
        Liste. Rückgabewert 1: Die Liste wäre leer.
        """)
    package static let format = LocalizedText(
      en: "nftables, rpz, dnsmasq, unbound, opnsense or hosts.",
      de: "nftables, rpz, dnsmasq, unbound, opnsense oder hosts.")
    package static let reviewed = LocalizedText(
      en: "findings.csv as it was saved after the review; may be given several times.",
      de: "findings.csv, wie sie nach der Prüfung gespeichert wurde; mehrfach möglich.")
    package static let store = LocalizedText(
      en: "Store whose last 14 days give the addresses and names that were seen, and the counts of --dry-run.",
      de: "Speicher, dessen letzte 14 Tage die gesehenen Adressen und Namen und die Zahlen von --dry-run liefern.")
    package static let output = LocalizedText(
      en: "File to write. Default: standard output.",
      de: "Datei, die geschrieben wird. Vorgabe: Standardausgabe.")
    package static let date = LocalizedText(
      en: "Date of the list. Default: the last day of confirmed_on.",
      de: "Datum der Liste. Vorgabe: der letzte Tag in confirmed_on.")
    package static let includeShared = LocalizedText(
      en: "Include endpoints that are known to serve other purposes too.",
      de: "Auch Endpunkte aufnehmen, die bekanntermaßen noch anderen Zwecken dienen.")
    package static let dryRun = LocalizedText(
      en: "Write no list; print what it would have blocked in the last 14 stored days, and its side effects.",
      de:
        "Keine Liste schreiben; ausgeben, was sie in den letzten 14 gespeicherten Tagen gesperrt hätte, und die Nebenwirkungen."
    )
    package static let noTable = LocalizedText(
      en: "Name the reviewed table with --reviewed findings.csv.",
      de: "Die geprüfte Tabelle mit --reviewed findings.csv nennen.")
    package static let dryRunWithoutStore = LocalizedText(
      en: "--dry-run reads stored evidence. Name the store with --store.",
      de: "--dry-run liest gespeicherte Nachweise. Den Speicher mit --store nennen.")
  }

  /// The verbs `rules list` and `rules stale`.
  package enum RulesList {
    package static let abstract = LocalizedText(
      en: "Writes every pattern with its purpose, recipient and sources as CSV or JSON, for other programs.",
      de: "Schreibt jedes Muster mit Zweck, Empfänger und Quellen als CSV oder JSON, für andere Programme.")
    package static let discussion = LocalizedText(
      en:
        "docs/rules-list.md describes the columns. The same rules give the same bytes. Local overrides are included if they hold on the day.",
      de:
        "docs/rules-list.md beschreibt die Spalten. Dieselben Regeln ergeben dieselben Bytes. Lokale Abweichungen sind enthalten, wenn sie an dem Tag gelten."
    )
    package static let format = LocalizedText(
      en: "csv or json.",
      de: "csv oder json.")
    package static let day = LocalizedText(
      en: "Day in UTC on which local overrides have to hold. Default: today.",
      de: "Tag in UTC, an dem lokale Abweichungen gelten müssen. Vorgabe: heute.")
    package static func wrote(_ output: String, _ count: Int) -> LocalizedText {
      LocalizedText(
        en: "Wrote \(output): \(count) patterns",
        de: "\(output) geschrieben: \(count) Muster")
    }
    package static let staleAbstract = LocalizedText(
      en: "Lists rules and registers by the day of their last comparison with their sources, oldest first.",
      de:
        "Listet Regeln und Verzeichnisse nach dem Tag ihres letzten Abgleichs mit den Quellen auf, die ältesten zuerst."
    )
    package static let staleDiscussion = LocalizedText(
      en:
        "With --store, rules that were contacted come first, and among those of one day the most contacted. Register files have no contacts.",
      de:
        "Mit --store stehen Regeln mit Kontakten zuerst, und unter denen eines Tages die mit den meisten. Verzeichnisdateien haben keine Kontakte."
    )
    package static let store = LocalizedText(
      en: "Store whose contacts are counted by rule.",
      de: "Speicher, dessen Kontakte je Regel gezählt werden.")
  }

  /// The verbs `rules pack`, `rules verify` and `rules key`.
  package enum RulesPack {
    package static let abstract = LocalizedText(
      en: "Packs a rule directory into one signed file, a bundle.",
      de: "Packt einen Ordner mit Regeln in eine signierte Datei, ein Regelpaket.")
    package static let discussion = LocalizedText(
      en:
        "The same files and key give the same bytes. Every verb that reads rules accepts a bundle instead of a directory if it knows the public key. A store refuses a bundle that is older than the newest one it accepted.",
      de:
        "Dieselben Dateien und derselbe Schlüssel ergeben dieselben Bytes. Jeder Befehl, der Regeln liest, nimmt ein Regelpaket statt eines Ordners, wenn er den öffentlichen Schlüssel kennt. Ein Speicher lehnt ein Regelpaket ab, das älter ist als das neueste, das er angenommen hat."
    )
    package static let directory = LocalizedText(
      en: "Rule directory.",
      de: "Ordner mit Regeln.")
    package static let key = LocalizedText(
      en: "Private key, made by 'rules key new'.",
      de: "Privater Schlüssel, erzeugt von 'rules key new'.")
    package static let output = LocalizedText(
      en: "Bundle to write.",
      de: "Regelpaket, das geschrieben wird.")
    package static func packed(_ output: String, _ rules: String) -> LocalizedText {
      LocalizedText(
        en: "Packed \(output): \(rules)",
        de: "\(output) gepackt: \(rules)")
    }
    package static let verifyAbstract = LocalizedText(
      en: "Checks that a rule bundle is signed with a key, whole, and free of faults.",
      de: "Prüft, ob ein Regelpaket mit einem Schlüssel signiert, vollständig und fehlerfrei ist.")
    package static let verifyDiscussion = LocalizedText(
      en: "Exit code 3 means that it is not.",
      de: "Rückgabewert 3: Es ist es nicht.")
    package static let bundle = LocalizedText(
      en: "Rule bundle.",
      de: "Regelpaket.")
    package static let publicKey = LocalizedText(
      en: "Public key that it must be signed with.",
      de: "Öffentlicher Schlüssel, mit dem es signiert sein muss.")
    package static let keyAbstract = LocalizedText(
      en: "Keys that rule bundles are signed with.",
      de: "Schlüssel, mit denen Regelpakete signiert werden.")
    package static let newAbstract = LocalizedText(
      en: "Makes a key pair: FILE, which signs, and FILE.pub, which verifies.",
      de: "Erzeugt ein Schlüsselpaar: DATEI zum Signieren und DATEI.pub zum Prüfen.")
    package static let newDiscussion = LocalizedText(
      en:
        "Both are PEM files with Ed25519 keys, as openssl reads and writes them. Keep FILE away from the machines that audit; hand out FILE.pub. An existing file is never overwritten.",
      de:
        "Beides sind PEM-Dateien mit Ed25519-Schlüsseln, wie openssl sie liest und schreibt. DATEI gehört nicht auf Rechner, die auswerten; weitergegeben wird DATEI.pub. Eine vorhandene Datei wird nie überschrieben."
    )
    package static let file = LocalizedText(
      en: "File of the private key.",
      de: "Datei des privaten Schlüssels.")
    package static func wroteKey(_ file: String, _ publicKey: String) -> LocalizedText {
      LocalizedText(
        en: "Wrote \(file) (secret) and \(file).pub, public key \(publicKey)",
        de: "\(file) (geheim) und \(file).pub geschrieben, öffentlicher Schlüssel \(publicKey)")
    }
    package static func summary(version: String, date: String, rules: Int, hash: String) -> LocalizedText {
      LocalizedText(
        en: "version \(version) of \(date), \(rules) rules, \(hash)",
        de: "Version \(version) vom \(date), \(rules) Regeln, \(hash)")
    }
  }

  /// The verb `rules reclassify`.
  package enum RulesReclassify {
    package static let abstract = LocalizedText(
      en: "Classifies all stored flows by another rule set, and keeps both classifications.",
      de: "Ordnet alle gespeicherten Datenflüsse nach einem anderen Regelsatz zu und behält beide Zuordnungen.")
    package static let discussion = LocalizedText(
      en:
        "The first classification stays; the new one gets a number and an entry in the evidence chain. 'export --reclassified NUMBER' writes its tables. 'rules diff' shows beforehand what would change.",
      de:
        "Die erste Zuordnung bleibt; die neue erhält eine Nummer und einen Eintrag in der Nachweiskette. 'export --reclassified NUMMER' schreibt ihre Tabellen. 'rules diff' zeigt vorab, was sich ändern würde."
    )
    package static let store = LocalizedText(
      en: "Store whose flows are classified.",
      de: "Speicher, dessen Datenflüsse zugeordnet werden.")
    package static func progress(_ flows: String) -> LocalizedText {
      LocalizedText(en: "\(flows) flows", de: "\(flows) Datenflüsse")
    }
    package static func done(
      _ id: Int64, ruleSet: String, matched: String, flows: String, store: String
    ) -> LocalizedText {
      LocalizedText(
        en:
          "Classification \(id) by rule set \(ruleSet): \(matched) of \(flows) stored flows have a rule. Write its tables with: egressaudit export all --store \(store) --reclassified \(id)",
        de:
          "Zuordnung \(id) nach Regelsatz \(ruleSet): Für \(matched) von \(flows) gespeicherten Datenflüssen gibt es eine Regel. Ihre Tabellen schreibt: egressaudit export all --store \(store) --reclassified \(id)"
      )
    }
    package static func none(_ store: String) -> LocalizedText {
      LocalizedText(
        en: "it holds none; make one with 'egressaudit rules reclassify --store \(store) --rules DIRECTORY'",
        de: "er enthält keine; anlegen mit 'egressaudit rules reclassify --store \(store) --rules ORDNER'")
    }
    package static func known(_ all: [(id: Int64, ruleSet: String)]) -> LocalizedText {
      LocalizedText(
        en: "expected one of " + all.map { "\($0.id) (rule set \($0.ruleSet))" }.joined(separator: ", "),
        de: "erwartet: eine von " + all.map { "\($0.id) (Regelsatz \($0.ruleSet))" }.joined(separator: ", "))
    }
    package static func unknown(_ number: Int64, in store: String, _ known: String) -> LocalizedText {
      LocalizedText(
        en: "egressaudit: \(store): there is no reclassification \(number); \(known)",
        de: "egressaudit: \(store): Es gibt keine erneute Zuordnung \(number); \(known)")
    }
  }

  /// The verb `rules import`.
  package enum RulesImport {
    package static let abstract = LocalizedText(
      en: "Makes a rule file from a list that others maintain, and lists entries that could not be imported.",
      de: "Erzeugt eine Regeldatei aus einer Liste, die andere pflegen, und listet auf, was sich nicht übernehmen ließ."
    )
    package static let discussion = LocalizedText(
      en: """
        adblock              filters of Adblock Plus and AdGuard that name a whole host: ||name^
        cidr                 addresses, CIDR ranges and ranges first-last, one a line
        dnsmasq              address=/name/, local=/name/, server=/name/, ipset and nftset
        domains              names, one a line; also *.name, .name, full:name and domain:name
        hosts                hosts file that maps names to 0.0.0.0, :: or this machine
        microsoft-365        JSON of the web service for endpoints of Microsoft 365
        rpz                  response policy zone as a zone file
        windows-spy-blocker  the folder data of WindowsSpyBlocker

        The rules name their origin: name, SHA-256 and date of the list. Facts that a list does not state are 'unknown': fill them in before you rely on the \
        file.
        """,
      de: """
        adblock              Filter von Adblock Plus und AdGuard, die einen ganzen Rechner nennen: ||name^
        cidr                 Adressen, CIDR-Bereiche und Bereiche erste-letzte, je Zeile einer
        dnsmasq              address=/name/, local=/name/, server=/name/, ipset und nftset
        domains              Namen, je Zeile einer; auch *.name, .name, full:name und domain:name
        hosts                hosts-Datei, die Namen auf 0.0.0.0, :: oder diesen Rechner abbildet
        microsoft-365        JSON des Webdienstes für Endpunkte von Microsoft 365
        rpz                  Response Policy Zone als Zonendatei
        windows-spy-blocker  der Ordner data von WindowsSpyBlocker

        Die Regeln nennen ihre Herkunft: Name, SHA-256 und Datum der Liste. Angaben, die eine Liste nicht enthält, sind 'unknown': vor der Verwendung \
        ausfüllen.
        """)
    package static let format = LocalizedText(
      en: "Format of the list.",
      de: "Form der Liste.")
    package static let list = LocalizedText(
      en: "The list: a file, or for windows-spy-blocker a folder.",
      de: "Die Liste: eine Datei, bei windows-spy-blocker ein Ordner.")
    package static let date = LocalizedText(
      en: "Date of the list, such as 2026-05-01, 2026-05 or 2026.",
      de: "Datum der Liste, etwa 2026-05-01, 2026-05 oder 2026.")
    package static let output = LocalizedText(
      en: "Rule file to write; its name without .yaml is the name of the service. Default: standard output.",
      de: "Regeldatei, die geschrieben wird; ihr Name ohne .yaml ist der Name des Dienstes. Vorgabe: Standardausgabe.")
    package static let document = LocalizedText(
      en: "Title or address of the list. Default: its file name.",
      de: "Titel oder Adresse der Liste. Vorgabe: ihr Dateiname.")
    package static let vendor = LocalizedText(
      en: "Vendor whose products use the destinations.",
      de: "Anbieter, dessen Produkte die Ziele nutzen.")
    package static let recipient = LocalizedText(
      en: "Recipient of the data: an id from registers/recipients.yaml.",
      de: "Empfänger der Daten: eine Kennung aus registers/recipients.yaml.")
    package static let purpose = LocalizedText(
      en: "Purpose class of the rules. Default: from the format if it has one, else unknown.",
      de: "Zweckklasse der Regeln. Vorgabe: die der Form, falls sie eine hat, sonst unknown.")
    package static let kind = LocalizedText(
      en: "Finer class of the rules. Default: from the format if it has one, else other.",
      de: "Feinere Klasse der Regeln. Vorgabe: die der Form, falls sie eine hat, sonst other.")
    package static let onlyNewTo = LocalizedText(
      en:
        "Import only what no rule of this directory or bundle recognises yet; rules of the purpose unknown do not count.",
      de:
        "Nur übernehmen, was noch keine Regel dieses Ordners oder Regelpakets erkennt; Regeln mit dem Zweck unknown zählen nicht."
    )
    package static let rulesKey = LocalizedText(
      en: "Public key that the bundle of --only-new-to must be signed with.",
      de: "Öffentlicher Schlüssel, mit dem das Regelpaket von --only-new-to signiert sein muss.")
    package static let subdomains = LocalizedText(
      en: "Each name also includes all names below it (hosts and domains only).",
      de: "Jeder Name umfasst auch alle Namen darunter (nur hosts und domains).")
    package static func subdomainsFault(_ format: String) -> LocalizedText {
      LocalizedText(
        en:
          "--subdomains is for the formats hosts and domains. The format \(format) itself says what its names include.",
        de:
          "--subdomains gehört zu den Formen hosts und domains. Die Form \(format) sagt selbst, was ihre Namen umfassen."
      )
    }
    package static func emptyOption(_ option: String) -> LocalizedText {
      LocalizedText(
        en: "--\(option) is empty. Write a text, or omit the option.",
        de: "--\(option) ist leer. Einen Text angeben oder die Option weglassen.")
    }
    package static let recipientFault = LocalizedText(
      en: "--recipient is not an id. Expected lower-case letters, digits and '-'.",
      de: "--recipient ist keine Kennung. Erwartet: Kleinbuchstaben, Ziffern und '-'.")
    package static func outputFault(_ service: String) -> LocalizedText {
      LocalizedText(
        en:
          "--output does not name a rule file. Expected lower-case letters, digits and '-', then .yaml: rules/\(service).yaml",
        de:
          "--output nennt keine Regeldatei. Erwartet: Kleinbuchstaben, Ziffern und '-', dann .yaml: rules/\(service).yaml"
      )
    }
    package static func exists(_ output: String) -> LocalizedText {
      LocalizedText(
        en: "egressaudit: \(output): the file exists already. Name another, or move it away; it may have been edited.",
        de:
          "egressaudit: \(output): Die Datei ist vorhanden. Eine andere nennen oder sie verschieben; vielleicht wurde sie bearbeitet."
      )
    }
    package static func notImported(_ count: String) -> LocalizedText {
      LocalizedText(
        en: "Not imported: \(count). The file lists every line.",
        de: "Nicht übernommen: \(count). Die Datei nennt jede Zeile.")
    }
    package static let nextStep = LocalizedText(
      en: "Next: put the file into a rule directory, fill in the unknown facts, and run 'egressaudit rules lint'.",
      de:
        "Nächster Schritt: die Datei in einen Ordner mit Regeln legen, unbekannte Angaben ausfüllen und 'egressaudit rules lint' ausführen."
    )
    package static func imported(
      patterns: Int, ranges: Int, rules: Int, _ grouped: @escaping (UInt64) -> String
    ) -> LocalizedText {
      let count = { (number: Int, one: String, many: String) in
        "\(grouped(UInt64(number))) \(number == 1 ? one : many)"
      }
      return LocalizedText(
        en: count(patterns, "pattern", "patterns") + " and " + count(ranges, "address range", "address ranges") + " in "
          + count(rules, "rule", "rules"),
        de: count(patterns, "Muster", "Muster") + " und " + count(ranges, "Adressbereich", "Adressbereiche") + " in "
          + count(rules, "Regel", "Regeln"))
    }
  }
}
