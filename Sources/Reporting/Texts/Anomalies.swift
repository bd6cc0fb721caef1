import Model

extension Texts {
  /// Text for each kind of anomaly, in the order of their list.
  static let anomalies: [(key: Anomaly, value: LocalizedText)] = Anomaly.allCases.map { ($0, text($0)) }

  private static func text(_ anomaly: Anomaly) -> LocalizedText {
    switch anomaly {
    case .frameTruncated:
      LocalizedText(en: "frame shorter than its headers", de: "Rahmen kürzer als seine Köpfe")
    case .frameCapturedShort:
      LocalizedText(en: "frame truncated in the capture", de: "Rahmen gekürzt erfasst")
    case .linkTypeUnsupported:
      LocalizedText(en: "link type not supported", de: "Verbindungsart nicht unterstützt")
    case .linkEncrypted:
      LocalizedText(en: "link encrypted", de: "Verbindung verschlüsselt")
    case .tunnelHeaderInvalid:
      LocalizedText(en: "tunnel header malformed", de: "Tunnelkopf fehlerhaft")
    case .tunnelTooDeep:
      LocalizedText(en: "tunnels nested too deep", de: "Tunnel zu tief geschachtelt")
    case .ipHeaderInvalid:
      LocalizedText(en: "IP header malformed", de: "IP-Kopf fehlerhaft")
    case .ipExtensionsTooDeep:
      LocalizedText(en: "too many IP extension headers", de: "zu viele IP-Erweiterungsköpfe")
    case .ipFragmentInvalid:
      LocalizedText(en: "IP fragment malformed", de: "IP-Fragment fehlerhaft")
    case .ipFragmentsOverlap:
      LocalizedText(en: "IP fragments overlap", de: "IP-Fragmente überlappen")
    case .ipFragmentsWithoutFirst:
      LocalizedText(en: "IP fragments without the first one", de: "IP-Fragmente ohne erstes")
    case .ipFragmentsIncomplete:
      LocalizedText(en: "IP fragments incomplete", de: "IP-Fragmente unvollständig")
    case .ipFragmentsEvicted:
      LocalizedText(en: "IP fragments evicted for newer ones", de: "IP-Fragmente für neuere aufgegeben")
    case .tcpHeaderInvalid:
      LocalizedText(en: "TCP header malformed", de: "TCP-Kopf fehlerhaft")
    case .tcpOverlapDiffers:
      LocalizedText(en: "retransmitted TCP bytes differ", de: "erneut gesendete TCP-Bytes weichen ab")
    case .udpHeaderInvalid:
      LocalizedText(en: "UDP header malformed", de: "UDP-Kopf fehlerhaft")
    case .dnsMessageInvalid:
      LocalizedText(en: "DNS message malformed", de: "DNS-Nachricht fehlerhaft")
    case .dnsAnswerUnasked:
      LocalizedText(en: "DNS answer without question", de: "DNS-Antwort ohne Frage")
    case .tlsMessageInvalid:
      LocalizedText(en: "TLS message malformed", de: "TLS-Nachricht fehlerhaft")
    case .quicHandshakeInvalid:
      LocalizedText(en: "QUIC handshake malformed", de: "QUIC-Handshake fehlerhaft")
    case .quicInitialUnreadable:
      LocalizedText(en: "QUIC Initial not readable", de: "QUIC-Initial nicht lesbar")
    case .quicInitialNotTried:
      LocalizedText(
        en: "QUIC Initial not tried after too many unreadable ones",
        de: "QUIC-Initial nach zu vielen unlesbaren nicht versucht")
    case .quicConnectionForgotten:
      LocalizedText(en: "QUIC connection evicted for a newer one", de: "QUIC-Verbindung für eine neuere aufgegeben")
    case .httpHeadInvalid:
      LocalizedText(en: "HTTP head malformed", de: "HTTP-Kopf fehlerhaft")
    case .nameTooLong:
      LocalizedText(en: "host name longer than allowed", de: "Hostname länger als zulässig")
    case .messageNotRead:
      LocalizedText(
        en: "rest of a segment with very many messages not read",
        de: "Rest eines Segments mit sehr vielen Nachrichten nicht gelesen")
    case .streamGivenUp:
      LocalizedText(en: "stream given up", de: "Datenstrom aufgegeben")
    case .beginningEvicted:
      LocalizedText(
        en: "beginning of a stream or handshake evicted for newer ones",
        de: "Anfang eines Datenstroms oder Handshakes für neuere aufgegeben")
    case .innerFlowNotTracked:
      LocalizedText(
        en: "flow in a tunnel within a tunnel, or in a new tunnel, not tracked",
        de: "Datenfluss in einem Tunnel innerhalb eines Tunnels oder in einem neuen Tunnel nicht verfolgt")
    case .dnsForgotten:
      LocalizedText(
        en: "DNS question or answer evicted for newer ones", de: "DNS-Frage oder -Antwort für neuere aufgegeben")
    case .clientForgotten:
      LocalizedText(en: "hardware address evicted for newer ones", de: "Hardware-Adresse für neuere aufgegeben")
    case .senderNotCounted:
      LocalizedText(
        en: "flow of a sender that is not counted as a device",
        de: "Datenfluss eines Absenders, der nicht als Gerät zählt")
    case .timeWentBack:
      LocalizedText(en: "time stamp went back", de: "Zeit sprang zurück")
    case .frameDuplicated:
      LocalizedText(
        en: "packet delivered twice, counted once", de: "Paket doppelt geliefert, einmal gezählt")
    case .frameInTwoFiles:
      LocalizedText(
        en: "packet in several capture files, counted once", de: "Paket in mehreren Aufzeichnungen, einmal gezählt")
    case .frameInTwoNetworks:
      LocalizedText(
        en: "packet seen in two VLANs or tunnels, counted twice",
        de: "Paket in zwei VLANs oder Tunneln gesehen, doppelt gezählt")
    case .proxyLegNotCounted:
      LocalizedText(
        en: "flow of a proxy on behalf of its clients, counted as theirs",
        de: "Datenfluss eines Proxys im Auftrag seiner Clients, bei diesen gezählt")
    case .undescribedNotNoted:
      LocalizedText(
        en: "flow to a destination without a rule, left out of their list for want of room",
        de: "Datenfluss zu einem Ziel ohne Regel, aus Platzgründen nicht in deren Liste")
    case .evidenceNotKept:
      LocalizedText(
        en: "flow that counts in all sums, not stored singly because there were too many in a short time",
        de: "Datenfluss, der in allen Summen zählt, aber wegen zu vieler in kurzer Zeit nicht einzeln gespeichert ist")
    }
  }
}
