import Model
import Privacy
package import Rules

/// A closed set of words in columns; each word has an id and one German word, so that both profiles can be mapped onto
/// each other.
package enum Vocabulary: String, Sendable, CaseIterable {
  case absent
  case anomaly
  case gapCause
  case yesNo
  case purpose
  case identifier
  case encryption
  case confidence
  case priority
  case dskCase
  case thirdCountryHint
  case thirdCountry
  case thirdPartyAccess
  case transferTool
  case countryHint
  case role
  case dataSubjects
  case nameMethod
  case matchBasis
  case namingClass
  case ech
  case completeness
  case outcome
  case clock
  case captureMode
  case group
  case reviewStatus
  case decisionState
  case destinationKind
  case undescribedReason
  case undescribedDecision
  case claimVerdict
  case controlPath
  case baselineState
  case baselineContact
  case changeSubject
  case comparisonState
  case documentedStanding
  case documentedList
  case registerResult
  case matchDoubt
  case sampleVerdict
}

/// The one catalogue of texts that people read, in German and English.
package enum Texts {
  package static func word(_ vocabulary: Vocabulary, _ id: String) -> LocalizedText? {
    index[WordKey(vocabulary: vocabulary, id: id)]
  }

  private struct WordKey: Hashable {
    let vocabulary: Vocabulary
    let id: String

    /// Most ids stand in one vocabulary alone.
    func hash(into hasher: inout Hasher) { hasher.combine(id) }
  }

  /// Words of a vocabulary in their order for readers.
  package static func words(_ vocabulary: Vocabulary) -> [(id: String, text: LocalizedText)] {
    list(vocabulary).map { ($0.0, LocalizedText(en: $0.1, de: $0.2)) }
  }

  package static func word(_ vocabulary: Vocabulary, _ id: String, _ language: Language) -> String {
    word(vocabulary, id)?[language] ?? id
  }

  /// The words of rules as the German tables write them; in English, as rule files do.
  package static func ruleWords(_ language: Language) -> RuleWords {
    var words = RuleWords()
    guard language == .german else { return words }
    words.purpose = { word(.purpose, $0, .german) }
    words.role = { word(.role, $0, .german) }
    return words
  }

  private static let index: [WordKey: LocalizedText] = Dictionary(
    uniqueKeysWithValues: Vocabulary.allCases.flatMap { vocabulary in
      words(vocabulary).map { (WordKey(vocabulary: vocabulary, id: $0.id), $0.text) }
    })

  private static func list(_ vocabulary: Vocabulary) -> [(String, String, String)] {
    switch vocabulary {
    case .absent:
      [
        ("unknown", "unknown", "unbekannt"),
        ("not_applicable", "does not apply", "entfällt"),
        ("not_assessable", "not assessable", "nicht bewertbar"),
        ("none", "none", "keine"),
        ("withheld", "withheld", "nicht ausgewiesen"),
      ]
    case .anomaly: anomalies.map { ($0.key.rawValue, $0.value.en, $0.value.de) }
    case .gapCause:
      [
        ("stopped", "stopped", "angehalten"), ("broken_off", "run interrupted", "Lauf abgebrochen"),
        ("interface_down", "interface down", "Schnittstelle ausgefallen"),
        ("suspended", "machine suspended", "Rechner im Ruhezustand"),
        ("not_observed", "not observed", "nicht beobachtet"), ("no_file", "no capture file", "keine Aufzeichnung"),
        ("silence", "improbable silence", "unwahrscheinliche Stille"),
      ]
    case .yesNo:
      [("yes", "yes", "ja"), ("no", "no", "nein"), ("unknown", "unknown", "unbekannt")]
    case .purpose:
      [
        ("telemetry", "telemetry", "Telemetrie"),
        ("config_fetch", "settings fetched", "Konfigurationsabruf"),
        (
          "required_service", "service that the product requires",
          "als für den Betrieb erforderlich bezeichneter Dienst"
        ),
        ("update_security", "update or security", "Aktualisierung oder Sicherheit"),
        ("licence", "licence", "Lizenz"),
        ("user_function", "function that a user calls", "Nutzerfunktion"),
        ("advertising", "advertising", "Werbung"),
        ("unknown", "unknown", "unbekannt"),
      ]
    case .identifier:
      [
        ("email_address", "e-mail address", "E-Mail-Adresse"),
        ("account_credential", "account credential", "Zugangsdaten"),
        ("cookie", "cookie", "Cookie"),
        ("device_identifier", "device identifier", "Gerätekennung"),
        ("user_agent", "program identification", "Programmkennung"),
        ("user_name", "user name", "Benutzername"),
        ("not_inspected", "not inspected", "nicht untersucht"),
      ]
    case .encryption:
      [
        ("none", "none", "keine"), ("tls1.0", "TLS 1.0", "TLS 1.0"), ("tls1.1", "TLS 1.1", "TLS 1.1"),
        ("tls1.2", "TLS 1.2", "TLS 1.2"), ("tls1.3", "TLS 1.3", "TLS 1.3"), ("quic", "QUIC", "QUIC"),
        ("other", "other", "andere"), ("unknown", "unknown", "unbekannt"),
      ]
    case .confidence, .priority:
      [
        ("high", "high", "hoch"), ("medium", "medium", "mittel"), ("low", "low", "niedrig"),
        ("not_assessable", "not assessable", "nicht bewertbar"),
      ]
    case .dskCase:
      [
        ("1_prevented", "1 prevented", "1 verhindert"), ("2_minimised", "2 minimised", "2 minimiert"),
        ("3_not_minimised", "3 not minimised", "3 nicht minimiert"), ("open", "open", "offen"),
      ]
    case .thirdCountryHint:
      [
        ("yes", "yes", "ja"), ("possible", "possible", "möglich"), ("no", "no", "nein"),
        ("not_determinable", "not determinable", "nicht bestimmbar"),
      ]
    case .thirdCountry:
      [
        ("yes", "yes", "ja"), ("no", "no", "nein"), ("possible", "possible", "möglich"),
        ("unknown", "unknown", "unbekannt"),
      ]
    case .thirdPartyAccess:
      [
        (ThirdPartyFlag.cleartext.rawValue, "clear text", "Klartext"),
        (ThirdPartyFlag.seatThirdCountry.rawValue, "seat in a third country", "Sitz im Drittland"),
        (
          ThirdPartyFlag.parentAccess.rawValue, "access by a parent in a third country",
          "Zugriff der Konzernmutter im Drittland"
        ),
        (
          ThirdPartyFlag.toolNoneKnown.rawValue, "no transfer tool known", "kein Übermittlungsinstrument bekannt"
        ),
        (
          ThirdPartyFlag.toolEnteredUnchecked.rawValue, "transfer tool noted, not checked first hand",
          "Übermittlungsinstrument vermerkt, nicht selbst geprüft"
        ),
        (
          ThirdPartyFlag.toolExpired.rawValue, "transfer tool not in force on all days of the flows",
          "Übermittlungsinstrument nicht an allen Tagen der Datenflüsse in Kraft"
        ),
      ]
    case .transferTool:
      [
        (TransferStanding.Tool.validChecked.rawValue, "valid and checked", "gültig und geprüft"),
        (
          TransferStanding.Tool.enteredUnchecked.rawValue, "entered, list not read first hand",
          "eingetragen, Liste nicht selbst eingesehen"
        ),
        (TransferStanding.Tool.expired.rawValue, "not in force on all days", "nicht an allen Tagen in Kraft"),
        (TransferStanding.Tool.noneKnown.rawValue, "none known", "keines bekannt"),
      ]
    case .countryHint:
      [
        (NetworkTotals.europeanMix, "several countries, all in EU and EEA", "EU/EWR gemischt"),
        ("not_determinable", "not determinable", "nicht bestimmbar"), ("unknown", "unknown", "unbekannt"),
      ]
    case .role:
      [
        ("processor", "processor", "Auftragsverarbeiter"), ("controller", "controller", "Verantwortlicher"),
        ("sub_processor", "sub-processor", "Unterauftragsverarbeiter"), ("unknown", "unknown", "unbekannt"),
      ]
    case .dataSubjects:
      [("employees", "employees", "Beschäftigte")]
    case .nameMethod:
      [
        ("sni", "TLS server name", "TLS-Servername"), ("quic_sni", "QUIC server name", "QUIC-Servername"),
        ("http_host", "HTTP host", "HTTP-Host"), ("connect", "proxy CONNECT", "Proxy-CONNECT"),
        ("certificate", "certificate", "Zertifikat"), ("dns", "DNS answer", "DNS-Antwort"),
        ("range", "address range", "Adressbereich"), ("none", "none", "keine"),
      ]
    case .matchBasis:
      [
        ("name", "name", "Name"), ("alias", "alias", "Aliasname"), ("answer", "DNS answer", "DNS-Antwort"),
        ("range", "address range", "Adressbereich"),
      ]
    case .namingClass:
      NamingClass.allCases.map { ($0.rawValue, $0.rawValue, $0.rawValue) }
    case .ech:
      [
        ("none", "none", "keines"), ("offered", "offered", "angeboten"),
        ("outer_known", "known outer name", "äußerer Name bekannt"),
      ]
    case .completeness:
      [
        ("yes", "yes", "ja"), ("start_missing", "start missing", "Anfang fehlt"),
        ("end_missing", "end missing", "Ende fehlt"), ("cut", "cut", "abgeschnitten"),
      ]
    case .outcome:
      [
        ("established", "established", "zustande gekommen"), ("refused", "refused", "abgelehnt"),
        ("no_answer", "no answer", "keine Antwort"), ("dns_blocked", "name blocked", "Name gesperrt"),
      ]
    case .clock:
      [("yes", "yes", "ja"), ("no", "no", "nein"), ("unknown", "unknown", "unbekannt")]
    case .captureMode:
      [
        ("live", "live", "laufend am Netz"), ("replay", "replay", "Aufzeichnung"),
        ("none", "nothing captured", "nichts erfasst"),
      ]
    case .reviewStatus:
      [
        ("open", "open", "offen"), ("confirmed", "confirmed", "bestätigt"), ("rejected", "rejected", "verworfen"),
        ("deferred", "deferred", "zurückgestellt"),
      ]
    case .decisionState:
      [("holds", "holds", "gilt weiter"), ("changed", "figures changed", "Zahlen geändert")]
    case .destinationKind:
      [
        ("domain", "domain", "Domain"), ("network", "network", "Netz"),
        ("unnamed", "neither name nor network known", "weder Name noch Netz bekannt"),
      ]
    case .undescribedReason:
      [
        (UndescribedReason.manyDevices.rawValue, "many devices", "viele Geräte"),
        (UndescribedReason.outsideHours.rawValue, "outside agreed hours", "außerhalb der vereinbarten Arbeitszeit"),
        (UndescribedReason.upload.rawValue, "more sent than received", "mehr gesendet als empfangen"),
        (UndescribedReason.steadyPeriod.rawValue, "steady period", "fester Takt"),
        (UndescribedReason.new.rawValue, "new", "neu"),
        (UndescribedReason.resemblesVendor.rawValue, "resembles a vendor", "ähnelt einem Anbieter"),
        (UndescribedReason.withoutName.rawValue, "without a name", "ohne Namen"),
      ]
    case .undescribedDecision:
      [
        ("rule", "rule", "Regel"), ("block", "block", "Sperre"), ("ask", "ask", "Nachfrage"),
        ("ignore", "ignore", "nichts"),
      ]
    case .controlPath:
      [
        ("tls", "DNS and TLS", "DNS und TLS"), ("tls_without_dns", "TLS without DNS", "TLS ohne DNS"),
        ("quic", "QUIC", "QUIC"), ("http", "plain HTTP", "HTTP im Klartext"), ("ipv6", "IPv6", "IPv6"),
        ("proxy", "by the proxy", "über den Proxy"),
      ]
    case .baselineState:
      [
        ("known", "as before", "wie zuvor"), ("new", "new", "neu"), ("returned", "back", "wieder da"),
        ("gone", "gone", "nicht mehr gesehen"),
        (
          "attempts_only", "no answered contact any more, only attempts",
          "kein beantworteter Kontakt mehr, nur Versuche"
        ),
        ("not_assessable", "not assessable", "nicht bewertbar"),
      ]
    case .baselineContact:
      [
        ("in_baseline", "contact", "Kontakt"), ("before", "contact before it only", "Kontakt nur davor"),
        ("attempts", "attempts only", "nur Versuche"),
      ]
    case .changeSubject:
      [
        ("service", "service", "Dienst"), ("domain", "domain without a rule", "Domain ohne Regel"),
        ("network", "network without a rule", "Netz ohne Regel"),
        ("unnamed", "neither name nor network known", "weder Name noch Netz bekannt"),
      ]
    case .comparisonState:
      [
        (ComparisonState.both.rawValue, "in both periods", "in beiden Zeiträumen"),
        (ComparisonState.onlyBefore.rawValue, "only before", "nur vorher"),
        (ComparisonState.onlyAfter.rawValue, "only after", "nur nachher"),
        (
          ComparisonState.attemptsAfter.rawValue, "no answered contact any more, only attempts",
          "kein beantworteter Kontakt mehr, nur Versuche"
        ),
        (
          ComparisonState.attemptsBefore.rawValue, "no answered contact before, only attempts",
          "vorher kein beantworteter Kontakt, nur Versuche"
        ),
        (ComparisonState.attemptsOnly.rawValue, "attempts only", "nur Versuche"),
        (ComparisonState.notAssessable.rawValue, "not assessable", "nicht bewertbar"),
      ]
    case .documentedStanding:
      [
        ("yes", "yes", "ja"), ("no", "no", "nein"), ("doubtful", "doubtful", "zweifelhaft"),
        ("not_imported", "no list imported", "keine Liste eingelesen"),
      ]
    case .documentedList:
      [
        ("contract", "contract list", "Vertragsliste"),
        ("art30", "record of processing (Art. 30)", "Verzeichnis der Verarbeitungstätigkeiten (Art. 30)"),
      ]
    case .registerResult:
      [
        ("observed_not_documented", "observed and not documented", "beobachtet und nicht dokumentiert"),
        ("doubtful", "doubtful", "zweifelhaft"),
        ("documented_not_observed", "documented and not observed", "dokumentiert und nicht beobachtet"),
        ("without_rule", "without a rule", "ohne Regel"),
        ("not_assessable", "not assessable", "nicht bewertbar"),
        ("documented_and_observed", "documented and observed", "dokumentiert und beobachtet"),
      ]
    case .matchDoubt:
      [
        ("other_legal_form", "the legal form differs or is missing", "Rechtsform fehlt oder ist eine andere"),
        ("other_name", "a brand or another name of the recipient", "Marke oder anderer Name des Empfängers"),
        ("parent", "the parent company of the recipient", "Konzernmutter des Empfängers"),
        ("subsidiary", "a subsidiary of the recipient", "Tochtergesellschaft des Empfängers"),
        ("part_of_name", "one name begins with the other", "ein Name beginnt mit dem anderen"),
        ("one_letter", "one letter differs", "ein Buchstabe ist anders"),
      ]
    case .sampleVerdict:
      [("right", "right", "richtig"), ("wrong", "wrong", "falsch"), ("unsure", "unsure", "unsicher")]
    case .claimVerdict:
      [
        ("held", "held", "gehalten"), ("not_held", "not held", "nicht gehalten"),
        ("not_assessable", "not assessable", "nicht bewertbar"),
      ]
    case .group:
      [(GroupName.collecting, "collecting group", "Sammelgruppe"), (GroupName.ungrouped, "no group", "ohne Gruppe")]
    }
  }
}

/// Names of groups that are not in the settings.
enum GroupName {
  /// The group of all groups below the smallest number of devices.
  static let collecting = "collecting_group"
  static let ungrouped = DeviceGroups.ungrouped
}
