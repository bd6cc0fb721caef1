package import Model

extension HelpTexts {
  /// The `verify` verb.
  package enum Verify {
    package static let abstract = LocalizedText(
      en: "Verifies a store or an evidence package offline: chain, seals, signatures, sums.",
      de: "Prüft einen Speicher oder ein Nachweispaket ohne Netz: Kette, Siegel, Signaturen, Summen.")
    package static let discussion = LocalizedText(
      en: """
        Every row that a table is made of is bound in the evidence chain: at once, or with the seal that the service makes once an hour and each audit at \
        its end. The heads of the chain are signed; they are in the file STORE.heads, and in the journal of the service.

        A head that was kept elsewhere (--head) proves that nothing before it was cut off or rewritten. A copy of the public key that was kept elsewhere \
        (--public-key) proves who signed.

        --timestamp-request writes a request by RFC 3161 for the latest signed head, which you send to a time-stamp authority, and the text that it \
        stamps beside it (FILE.head). This program opens no connection. The documentation has the commands to send it and to check the answer.

        Exit codes: 0 everything that is bound holds, 1 something does not. What is not proven is listed in both cases.
        """,
      de: """
        Jede Zeile, aus der eine Tabelle entsteht, ist in der Nachweiskette gebunden: sofort oder mit dem Siegel, das der Dienst stündlich und jede \
        Auswertung an ihrem Ende setzt. Die Köpfe der Kette sind signiert; sie liegen in der Datei SPEICHER.heads und im Journal des Dienstes.

        Ein anderswo verwahrter Kopf (--head) belegt, dass davor nichts abgeschnitten oder umgeschrieben wurde. Eine anderswo verwahrte Kopie des \
        öffentlichen Schlüssels (--public-key) belegt, wer signiert hat.

        --timestamp-request schreibt für den letzten signierten Kopf eine Anfrage nach RFC 3161, die Sie an einen Zeitstempeldienst senden, und daneben \
        den Text, den dieser stempelt (DATEI.head). Dieses Programm baut keine Verbindung auf. Die Befehle zum Senden und zum Prüfen der Antwort stehen \
        in der Dokumentation.

        Rückgabewerte: 0 alles Gebundene stimmt, 1 etwas stimmt nicht. Was nicht belegt ist, wird in beiden Fällen aufgelistet.
        """)
    package static let store = LocalizedText(
      en: "Store to verify, or a package that 'package' wrote.",
      de: "Speicher oder Paket von 'package', das geprüft wird.")
    package static let head = LocalizedText(
      en: "Heads that were kept elsewhere: a file such as STORE.heads, or SEAL:HASH. Can be given several times.",
      de: "Anderswo verwahrte Köpfe: eine Datei wie SPEICHER.heads, oder SIEGEL:PRÜFSUMME. Mehrfach möglich.")
    package static let publicKey = LocalizedText(
      en: "Public key that was kept elsewhere (PEM). Can be given several times.",
      de: "Anderswo verwahrter öffentlicher Schlüssel (PEM).")
    package static let timestampRequest = LocalizedText(
      en:
        "Write a request for a time stamp of the latest signed head into this new file, and the stamped text beside it.",
      de: "Eine Zeitstempelanfrage für den letzten signierten Kopf in diese neue Datei schreiben, und daneben den Text."
    )

    package static func exists(_ path: String) -> LocalizedText {
      LocalizedText(
        en:
          "\(path): there is a file already, and its time stamp may be needed; expected a new name for --timestamp-request",
        de:
          "\(path): Diese Datei gibt es schon, und ihr Zeitstempel wird vielleicht gebraucht; erwartet: ein neuer Name für --timestamp-request"
      )
    }

    package static let ofPackage = LocalizedText(
      en: "--timestamp-request needs a store: a package may hold an older head; name the store",
      de: "--timestamp-request braucht einen Speicher: Ein Paket kann einen älteren Kopf enthalten; den Speicher nennen"
    )

    package static let noHead = LocalizedText(
      en:
        "No request was written: the store has no signed head that holds. Let the service run, or any verb that writes, then try again.",
      de:
        "Es wurde keine Anfrage geschrieben: Der Speicher hat keinen signierten Kopf, der der Prüfung standhält. Den Dienst oder einen schreibenden Befehl laufen lassen und es erneut versuchen."
    )

    package static func requested(_ path: String, seal: Int64) -> LocalizedText {
      LocalizedText(
        en:
          "Request for a time stamp of the head of seal \(seal): \(path). The text that is stamped: \(path).head. Keep both with the answer.",
        de:
          "Zeitstempelanfrage für den Kopf des Siegels \(seal): \(path). Der Text, der gestempelt wird: \(path).head. Bewahren Sie beide zusammen mit der Antwort auf."
      )
    }
  }
}
