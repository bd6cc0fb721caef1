import Model

/// Faults of the configuration.
enum ConfigurationTexts {
  static let claims = LocalizedText(en: "claims", de: "Zusicherungen")
  static let claim = LocalizedText(en: "a claim", de: "Zusicherung")
  static let claimID = LocalizedText(
    en: "lower-case letters, digits and '-', such as windows-diagnostics-off",
    de: "Kleinbuchstaben, Ziffern und '-', etwa windows-diagnostics-off")
  static let claimWording = LocalizedText(
    en: "what is claimed, in one sentence, or a mapping with 'en' and 'de'",
    de: "was zugesichert wird, in einem Satz, oder eine Zuordnung mit 'en' und 'de'")
  static let serviceIDs = LocalizedText(
    en: "ids of services such as windows-diagnostic-data", de: "Kennungen von Diensten, etwa windows-diagnostic-data")
  static let groupNames = LocalizedText(
    en: "names of groups as under 'groups'", de: "Namen von Gruppen wie unter 'groups'")
  static let claimWithoutSubject = LocalizedText(
    en: "the claim does not say what does not leave the site",
    de: "Die Zusicherung gibt nicht an, was den Standort nicht verlässt")
  static let purposeOrServices = LocalizedText(
    en: "at least one of purpose and services", de: "mindestens eines von purpose und services")
  static let addPurposeOrServices = LocalizedText(
    en: "add 'purpose: telemetry', or the services that it is about",
    de: "'purpose: telemetry' ergänzen oder die Dienste, um die es geht")
  static func claimTwice(_ id: String) -> LocalizedText {
    LocalizedText(en: "two claims have the id \(id)", de: "Zwei Zusicherungen haben die Kennung \(id)")
  }
  static let ownID = LocalizedText(en: "an id of its own for each", de: "eine eigene Kennung für jede")
  static let renameOrRemoveOne = LocalizedText(
    en: "rename or remove one of them", de: "eine der beiden umbenennen oder entfernen")
  static func claimCount(_ count: Int) -> LocalizedText {
    LocalizedText(en: "there are \(count) claims", de: "Es sind \(count) Zusicherungen")
  }
  static func atMost(_ count: Int) -> LocalizedText {
    LocalizedText(en: "at most \(count)", de: "höchstens \(count)")
  }
  static let oneForSeveral = LocalizedText(
    en: "state one for several services", de: "eine Zusicherung für mehrere Dienste aufstellen")
  static func claimedGroupUnknown(_ group: String) -> LocalizedText {
    LocalizedText(
      en: "the claim names the group \(group), which is not defined",
      de: "Die Zusicherung nennt die Gruppe \(group), die nicht festgelegt ist")
  }
  static func groupNameOr(_ ungrouped: String) -> LocalizedText {
    LocalizedText(en: "a name under 'groups', or '\(ungrouped)'", de: "ein Name unter 'groups' oder '\(ungrouped)'")
  }
  static let defineGroup = LocalizedText(
    en: "define it under 'groups', or correct the name", de: "sie unter 'groups' festlegen oder den Namen berichtigen")
  static func claimedServiceUnknown(_ service: String) -> LocalizedText {
    LocalizedText(
      en: "the claim is about the service \(service), which no rule knows",
      de: "Die Zusicherung betrifft den Dienst \(service), den keine Regel kennt")
  }
  static let serviceIDOfSet = LocalizedText(
    en: "the id of a service in the rule set", de: "die Kennung eines Dienstes im Regelsatz")
  static let correctIDOrLoadRules = LocalizedText(
    en: "correct the id, or load rules that know it", de: "die Kennung berichtigen oder Regeln laden, die ihn kennen")
  static let sinkHasRule = LocalizedText(
    en: "the canary's sink has a rule: contact with it would count as a canary instead of a finding",
    de:
      "Für die Gegenstelle der Kontrollflüsse gibt es eine Regel: Kontakte mit ihr zählten als Kontrollfluss statt als Feststellung"
  )
  static let hostWithoutRule = LocalizedText(
    en: "a host of the site that no rule describes", de: "ein Host des Standorts, den keine Regel beschreibt")
  static let nameAnotherHost = LocalizedText(en: "name another host", de: "einen anderen Host angeben")
  static let configuration = LocalizedText(en: "the configuration", de: "Konfiguration")
  static let noSuchSetting = LocalizedText(en: "there is no such setting", de: "Eine solche Einstellung gibt es nicht")
  static func variableName(_ prefix: String) -> LocalizedText {
    LocalizedText(
      en: "\(prefix) and the path of a key in capitals", de: "\(prefix) und der Pfad eines Schlüssels in Großbuchstaben"
    )
  }
  static let unsetOrRename = LocalizedText(
    en: "unset it or correct its name", de: "die Variable entfernen oder ihren Namen berichtigen")
  static let addresses = LocalizedText(en: "addresses such as 10.0.0.2", de: "Adressen, etwa 10.0.0.2")
  static let measureDateAndMeasures = LocalizedText(
    en: "'measure_date' is given beside 'measures'", de: "'measure_date' steht neben 'measures'")
  static func moveIntoMeasures(_ date: String) -> LocalizedText {
    LocalizedText(
      en: "move it into 'measures' as { date: \(date), purpose: telemetry }",
      de: "die Angabe als { date: \(date), purpose: telemetry } nach 'measures' verschieben")
  }
  static let measures = LocalizedText(en: "measures", de: "Maßnahmen")
  static let measure = LocalizedText(en: "a measure", de: "Maßnahme")
  static let measureTitle = LocalizedText(en: "what was done, in a few words", de: "was getan wurde, in wenigen Worten")
  static let measureWithoutSubject = LocalizedText(
    en: "the measure does not say what it is meant for", de: "Die Maßnahme gibt nicht an, worauf sie sich bezieht")
  static let measureSubject = LocalizedText(
    en: "at least one of recipient, service, purpose and rule",
    de: "mindestens eines von recipient, service, purpose und rule")
  static let addMeasureSubject = LocalizedText(
    en: "add 'purpose: telemetry', or what else it should have ended",
    de: "'purpose: telemetry' ergänzen, oder was sie sonst beenden sollte")
  static let siteName = LocalizedText(
    en: "letters, digits and '-', at most 64, such as rathaus-musterstadt",
    de: "Buchstaben, Ziffern und '-', höchstens 64, etwa rathaus-musterstadt")
  static let timeZone = LocalizedText(
    en: "an IANA time zone such as Europe/Berlin", de: "eine IANA-Zeitzone, etwa Europe/Berlin")
  static let workingHours = LocalizedText(en: "working hours", de: "Arbeitszeit")
  static let hourFrom = LocalizedText(en: "an hour from 0 to 23", de: "eine Stunde von 0 bis 23")
  static let hourTo = LocalizedText(en: "an hour from 1 to 24", de: "eine Stunde von 1 bis 24")
  static func hoursReversed(_ what: LocalizedText, _ to: Int, _ from: Int) -> LocalizedText {
    LocalizedText(
      en: "\(what.en) end at \(to) but begin at \(from)",
      de: "\(what.de): Das Ende (\(to)) liegt nicht nach dem Beginn (\(from))")
  }
  static let endAfterBeginning = LocalizedText(en: "an end after the beginning", de: "ein Ende nach dem Beginn")
  static let correctFromOrTo = LocalizedText(en: "correct 'from' or 'to'", de: "'from' oder 'to' berichtigen")
  static let campaignHours = LocalizedText(en: "hours of the campaign", de: "Stunden der Messkampagne")
  static let campaignReversed = LocalizedText(
    en: "the campaign ends before it begins", de: "Die Messkampagne endet, bevor sie beginnt")
  static func campaignTooLong(_ days: Int64) -> LocalizedText {
    LocalizedText(
      en: "the campaign takes more than \(days) days", de: "Die Messkampagne dauert länger als \(days) Tage")
  }
  static func campaignDays(_ days: Int64) -> LocalizedText {
    LocalizedText(
      en: "a last day on or after the first, at most \(days) days in all",
      de: "ein letzter Tag, der nicht vor dem ersten liegt, insgesamt höchstens \(days) Tage")
  }
  static let correctCampaignDays = LocalizedText(
    en: "correct 'first_day' or 'last_day'", de: "'first_day' oder 'last_day' berichtigen")
  static let group = LocalizedText(en: "a group", de: "Gruppe")
  static let groupName = LocalizedText(
    en: "the name of the group, such as Bürgeramt", de: "der Name der Gruppe, etwa Bürgeramt")
  static let vlans = LocalizedText(en: "VLAN identifiers from 1 to 4094", de: "VLAN-Kennungen von 1 bis 4094")
  static let vlan = LocalizedText(en: "a VLAN identifier from 1 to 4094", de: "eine VLAN-Kennung von 1 bis 4094")
  static func groupsContradict(_ reason: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "the groups contradict each other: \(reason.en)", de: "Die Gruppen widersprechen einander: \(reason.de)")
  }
  static let eachInOneGroup = LocalizedText(
    en: "each network and VLAN in one group", de: "jedes Netz und jedes VLAN in einer einzigen Gruppe")
  static let removeFromGroup = LocalizedText(
    en: "remove it from one of the groups", de: "den Eintrag aus einer der Gruppen entfernen")
  static let hardwareAddresses = LocalizedText(en: "hardware addresses", de: "Hardwareadressen")
  static let hardwareAddress = LocalizedText(
    en: "a hardware address such as 00:00:5e:00:53:01", de: "eine Hardwareadresse, etwa 00:00:5e:00:53:01")
  static let ranges = LocalizedText(en: "address ranges", de: "Adressbereiche")
  static let locationUnlessNone = LocalizedText(
    en: "'location', unless it is 'none',", de: "'location', sofern nicht 'none',")
  static let locationFiles = LocalizedText(en: "location database files", de: "Dateien mit Adressdatenbanken")
  static let rulesPath = LocalizedText(
    en: "a rule directory or a rule bundle", de: "ein Regelverzeichnis oder ein Regelpaket")
  static let rulesKeyFile = LocalizedText(
    en: "the file of the public key that a rule bundle is signed with",
    de: "die Datei mit dem öffentlichen Schlüssel, mit dem ein Regelpaket signiert ist")
  static let rulesKey = LocalizedText(
    en: "the public key of a bundle, 64 hexadecimal digits in lower case",
    de: "der öffentliche Schlüssel eines Pakets, 64 hexadezimale Ziffern in Kleinschreibung")
  static let overridesFile = LocalizedText(en: "the file of local overrides", de: "die Datei der lokalen Abweichungen")
  static let retentionDays = LocalizedText(
    en: "a whole number of days from 1 to 36500", de: "eine ganze Zahl von Tagen von 1 bis 36500")
  static let retentionReversed = LocalizedText(
    en:
      "single flows would be kept longer than their sums, sums longer than the coverage, or the sealed part longer than single flows",
    de:
      "Einzelne Datenflüsse würden länger aufbewahrt als ihre Summen, Summen länger als die Abdeckung oder der versiegelte Teil länger als einzelne Datenflüsse"
  )
  static let retentionOrder = LocalizedText(
    en:
      "sealed_days at most evidence_days, evidence_days at most usage_days, and usage_days at most coverage_days; a missing one is without end, but sealed_days is then evidence_days",
    de:
      "sealed_days höchstens evidence_days, evidence_days höchstens usage_days, und usage_days höchstens coverage_days; ein fehlender Wert gilt als unbefristet, sealed_days aber als evidence_days"
  )
  static let lowerOrRaise = LocalizedText(
    en: "lower the first, or raise or remove the second",
    de: "den ersten Wert senken, oder den zweiten erhöhen oder entfernen")
  static let interface = LocalizedText(
    en: "an interface that 'ip link' lists, such as eth1; not 'any', which shows forwarded packets twice",
    de: "eine Schnittstelle, die 'ip link' aufführt, etwa eth1; nicht 'any', das weitergeleitete Pakete doppelt zeigt")
  static let interfaces = LocalizedText(en: "interfaces such as eth1", de: "Schnittstellen, etwa eth1")
  static let interfaceTwice = LocalizedText(
    en: "the interface is named twice", de: "Die Schnittstelle ist zweimal angegeben")
  static let eachOnce = LocalizedText(en: "each once", de: "jede einmal")
  static let removeInterface = LocalizedText(
    en: "remove one; twice would count everything twice", de: "eine entfernen; zweimal angegeben zählte alles doppelt")
  static let snapLength = LocalizedText(
    en: "bytes of each packet, from 256 to 262144", de: "Bytes je Paket, von 256 bis 262144")
  static let filter = LocalizedText(
    en: "a filter in the language of pcap-filter(7)", de: "ein Filter in der Sprache von pcap-filter(7)")
  static let groupOfOne = LocalizedText(
    en: "a group of one device is a person", de: "Eine Gruppe aus einem einzigen Gerät ist eine Person")
  static let groupMinimum = LocalizedText(
    en: "2 or more, as agreed with the works council; the default is 5",
    de: "2 oder mehr, wie mit der Personalvertretung vereinbart; die Vorgabe ist 5")
  static let raiseGroupMinimum = LocalizedText(
    en: "raise it; for a test PC at which nobody works, 'egressaudit init --single-pc' writes a trial",
    de:
      "den Wert erhöhen; für einen Test-PC, an dem niemand arbeitet, schreibt 'egressaudit init --single-pc' einen Probebetrieb"
  )
  static func trialNetworks(_ count: Int) -> LocalizedText {
    LocalizedText(
      en: "'inside_networks' with at most \(count) addresses, each of one test PC",
      de: "'inside_networks' mit höchstens \(count) Adressen, jede die eines Test-PCs")
  }
  static let nameTestPCs = LocalizedText(
    en: "name them under 'inside_networks', or remove 'trial'",
    de: "sie unter 'inside_networks' angeben oder 'trial' entfernen")
  static func trialOfNetwork(_ network: String) -> LocalizedText {
    LocalizedText(
      en: "a trial cannot observe \(network), which may be an office",
      de: "Ein Probebetrieb darf \(network) nicht beobachten, denn das kann eine Dienststelle sein")
  }
  static func trialOfAddresses(_ count: Int) -> LocalizedText {
    LocalizedText(
      en: "a trial cannot observe \(count) addresses, which may be an office",
      de: "Ein Probebetrieb darf nicht \(count) Adressen beobachten, denn das kann eine Dienststelle sein")
  }
  static let trialWithGroups = LocalizedText(
    en: "a trial has no groups, which could name persons",
    de: "Ein Probebetrieb hat keine Gruppen, denn sie könnten Personen benennen")
  static let noGroups = LocalizedText(en: "no 'groups'", de: "kein 'groups'")
  static let removeGroupsOrTrial = LocalizedText(
    en: "remove 'groups', or remove 'trial'", de: "'groups' oder 'trial' entfernen")
  static let germanOrEnglish = LocalizedText(en: "de or en", de: "de oder en")
  static let metricsFile = LocalizedText(
    en: "a file such as /run/egressaudit/egressaudit.prom", de: "eine Datei, etwa /run/egressaudit/egressaudit.prom")
  static let metricsEnding = LocalizedText(
    en: "the name of the metrics file does not end with '.prom'",
    de: "Der Name der Messwertdatei endet nicht auf '.prom'")
  static let correctMetricsFile = LocalizedText(
    en: "correct it: the node exporter reads no other files",
    de: "berichtigen: Der Node Exporter liest keine anderen Dateien")
  static let port = LocalizedText(en: "a port from 1 to 65535", de: "ein Port von 1 bis 65535")
  static let sinkName = LocalizedText(
    en: "the name of a host, such as canary.musterstadt.example; not an address",
    de: "der Name eines Hosts, etwa canary.musterstadt.example; keine Adresse")
  static let sinkAddress = LocalizedText(
    en: "an address of the sink that its name does not lead to, such as 192.0.2.7",
    de: "eine Adresse der Gegenstelle, zu der ihr Name nicht führt, etwa 192.0.2.7")
  static let proxy = LocalizedText(
    en: "the site's proxy, such as proxy.musterstadt.example:3128",
    de: "der Proxy des Standorts, etwa proxy.musterstadt.example:3128")
  static func pathWithoutKey(_ path: String, _ key: String) -> LocalizedText {
    LocalizedText(
      en: "'paths' of 'canary' has \(path), but there is no '\(key)'",
      de: "'paths' ('canary') enthält \(path), aber '\(key)' fehlt")
  }
  static let both = LocalizedText(en: "both", de: "beides")
  static let share = LocalizedText(en: "a share from 0 to 1, such as 0.01", de: "ein Anteil von 0 bis 1, etwa 0.01")
  static let unfitting = LocalizedText(
    en: "the value is not one that fits here", de: "Dieser Wert ist hier nicht zulässig")
  static let publicKey = LocalizedText(en: "the public key", de: "der öffentliche Schlüssel")
  static let noPublicKey = LocalizedText(
    en: "the file holds no public key of Ed25519", de: "Die Datei enthält keinen öffentlichen Ed25519-Schlüssel")
  static func publicKeyExpected(_ line: String) -> LocalizedText {
    LocalizedText(en: "a PEM file that begins with '\(line)'", de: "eine PEM-Datei, die mit '\(line)' beginnt")
  }
  static let namePublicKey = LocalizedText(
    en: "name the file that ends in .pub beside the store's signing key, or your copy of it",
    de: "die Datei mit der Endung .pub neben dem Signierschlüssel des Speichers angeben, oder Ihre Kopie davon")
  static let headsFile = LocalizedText(en: "the file of heads", de: "die Datei der Köpfe")
  static let noHead = LocalizedText(
    en: "this is no record of a head", de: "Dies ist keine Aufzeichnung eines Kopfs der Nachweiskette")
  static let nameHeads = LocalizedText(
    en: "name a file that egressaudit wrote, or give SEAL:HASH",
    de: "eine Datei angeben, die egressaudit geschrieben hat, oder SIEGEL:PRÜFSUMME")

  /// A section of the file by its key.
  static func section(_ key: String) -> LocalizedText { LocalizedText(en: "'\(key)'", de: "'\(key)'") }
  static func addressRange(_ example: String) -> LocalizedText {
    LocalizedText(en: "an address range such as \(example)", de: "ein Adressbereich, etwa \(example)")
  }
  static func addressRanges(_ example: String) -> LocalizedText {
    LocalizedText(en: "address ranges such as \(example)", de: "Adressbereiche, etwa \(example)")
  }
  static func addressOrRange(_ example: String) -> LocalizedText {
    LocalizedText(en: "an address or a range such as \(example)", de: "eine Adresse oder ein Bereich, etwa \(example)")
  }
  static func ruleIdentifier(_ example: String) -> LocalizedText {
    LocalizedText(
      en: "an id as the rules have it, such as \(example)", de: "eine Kennung wie in den Regeln, etwa \(example)")
  }

  // MARK: Sealed part

  enum Holder {
    case dataProtectionOfficer
    case worksCouncil
    case emergencies
  }

  static func certificate(of holder: Holder) -> LocalizedText {
    switch holder {
    case .dataProtectionOfficer:
      LocalizedText(
        en: "the certificate (X.509, PEM) of the data protection officer",
        de: "das Zertifikat (X.509, PEM) des Datenschutzbeauftragten")
    case .worksCouncil:
      LocalizedText(
        en: "the certificate (X.509, PEM) of the works council",
        de: "das Zertifikat (X.509, PEM) der Personalvertretung")
    case .emergencies:
      LocalizedText(
        en: "the certificate (X.509, PEM) of whoever keeps the key for emergencies",
        de: "das Zertifikat (X.509, PEM) der Stelle, die den Schlüssel für Notfälle verwahrt")
    }
  }
  static let sameCertificateKey = LocalizedText(
    en: "two of the certificates of 'sealed_part' have the same key",
    de: "Zwei der Zertifikate unter 'sealed_part' haben denselben Schlüssel")
  static let ownCertificateKey = LocalizedText(
    en: "a key of its own for each holder", de: "für jede Stelle ein eigener Schlüssel")
  static let makeCertificateKeys = LocalizedText(
    en: "have each holder make a key, and name its certificate",
    de: "jede Stelle einen Schlüssel erzeugen lassen und dessen Zertifikat angeben")
  static let certificateUnreadable = LocalizedText(
    en: "the file cannot be read", de: "Die Datei lässt sich nicht lesen")
  static let nameReadableCertificate = LocalizedText(
    en: "name a file that is there and that this user may read",
    de: "eine vorhandene Datei angeben, die dieser Benutzer lesen darf")
  static func certificateExpired(_ date: LocalDate) -> LocalizedText {
    LocalizedText(
      en: "the certificate expired on \(date)", de: "Das Zertifikat ist am \(date.germanText) abgelaufen")
  }
  static func certificateBegins(_ date: LocalDate) -> LocalizedText {
    LocalizedText(
      en: "the certificate begins on \(date)", de: "Das Zertifikat gilt erst ab dem \(date.germanText)")
  }
  static let validCertificate = LocalizedText(
    en: "a certificate that is valid today", de: "ein Zertifikat, das heute gilt")
  static let renewCertificate = LocalizedText(
    en: "have it renewed; the key may stay the same", de: "es erneuern lassen; der Schlüssel darf derselbe bleiben")
  static let checkClockOrCertificate = LocalizedText(
    en: "check the clock, or name the certificate in force",
    de: "die Uhr prüfen oder das geltende Zertifikat angeben")
  static let noCertificate = LocalizedText(
    en: "the file holds no certificate", de: "Die Datei enthält kein Zertifikat")
  static let nameCertificate = LocalizedText(
    en: "name the certificate file", de: "die Datei mit dem Zertifikat angeben")
  static let privateKeyInCertificate = LocalizedText(
    en: "the file holds a private key", de: "Die Datei enthält einen privaten Schlüssel")
  static let certificateAlone = LocalizedText(en: "the certificate alone", de: "nur das Zertifikat")
  static let takePrivateKeyOff = LocalizedText(
    en:
      "take the private key off this machine, and have its holder make a new pair: whoever read the file can open what is sealed to it",
    de:
      "den privaten Schlüssel von diesem Rechner entfernen und die Stelle ein neues Schlüsselpaar erzeugen lassen: Wer die Datei gelesen hat, kann öffnen, was damit versiegelt ist"
  )
  static let otherCertificateKey = LocalizedText(
    en: "the key is neither RSA nor of an elliptic curve",
    de: "Der Schlüssel ist weder RSA noch einer auf einer elliptischen Kurve")
  static func shortCertificateKey(_ bits: Int) -> LocalizedText {
    LocalizedText(en: "the key has \(bits) bits", de: "Der Schlüssel hat \(bits) Bit")
  }
  static func leastCertificateKey(_ bits: Int) -> LocalizedText {
    LocalizedText(en: "at least \(bits) bits", de: "mindestens \(bits) Bit")
  }
  static let anotherPair = LocalizedText(
    en: "have the holder make another pair", de: "die Stelle ein anderes Schlüsselpaar erzeugen lassen")
  static let otherCertificateUsage = LocalizedText(
    en: "the certificate is not for encryption", de: "Das Zertifikat ist nicht für Verschlüsselung bestimmt")
  static let certificateUsage = LocalizedText(
    en: "key usage 'Key Encipherment' (RSA) or 'Key Agreement' (elliptic curve), or none",
    de: "die Schlüsselverwendung 'Key Encipherment' (RSA) oder 'Key Agreement' (elliptische Kurve) oder keine")
  static let nameEncryptionCertificate = LocalizedText(
    en: "name the holder's certificate for encryption", de: "das Zertifikat der Stelle für Verschlüsselung angeben")
  static let certificateUnusable = LocalizedText(
    en: "nothing can be sealed to this key here", de: "Mit diesem Schlüssel lässt sich hier nichts versiegeln")
  static let usableCertificateKey = LocalizedText(
    en: "a key that libcrypto of this machine accepts", de: "ein Schlüssel, den libcrypto auf diesem Rechner annimmt")
  static let tryOpenSSL = LocalizedText(
    en: "try 'openssl cms -encrypt' with it, or have the holder make another pair",
    de: "'openssl cms -encrypt' damit versuchen oder die Stelle ein anderes Schlüsselpaar erzeugen lassen")
}
