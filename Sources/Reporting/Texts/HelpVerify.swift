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

        Exit codes: 0 everything that is bound holds, 1 something does not. What is not proven is listed in both cases.
        """,
      de: """
        Jede Zeile, aus der eine Tabelle entsteht, ist in der Nachweiskette gebunden: sofort oder mit dem Siegel, das der Dienst stündlich und jede \
        Auswertung an ihrem Ende setzt. Die Köpfe der Kette sind signiert; sie liegen in der Datei SPEICHER.heads und im Journal des Dienstes.

        Ein anderswo verwahrter Kopf (--head) belegt, dass davor nichts abgeschnitten oder umgeschrieben wurde. Eine anderswo verwahrte Kopie des \
        öffentlichen Schlüssels (--public-key) belegt, wer signiert hat.

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
  }
}
