import Cryptography
public import Model
public import Store

/// What the verification of a store found, for people.
public enum VerificationTexts {
  /// Parts that one line names before it says how many more there are.
  private static let rangesInLine = 5

  /// What is verified just now, by the name that `AuditDatabase.verify` and `PackageVerification` give it.
  public static func step(_ name: String) -> LocalizedText {
    switch name {
    case "sqlite": LocalizedText(en: "structure of the file", de: "Aufbau der Datei")
    case "chain_entry": LocalizedText(en: "evidence chain", de: "Nachweiskette")
    case "flow_evidence": LocalizedText(en: "evidence of single flows", de: "Nachweise einzelner Datenflüsse")
    case "archive": LocalizedText(en: "unpacking", de: "Entpacken")
    case "manifest.sha256": LocalizedText(en: "checksums", de: "Prüfsummen")
    case "tables": LocalizedText(en: "making the tables again", de: "Tabellen werden erneut erzeugt")
    default: LocalizedText(en: "table \(name)", de: "Tabelle \(name)")
    }
  }

  /// All of it: table by table, then what does not hold, then what is not proven, then the result in one line.
  public static func text(_ result: StoreVerification, store: String, _ language: Language) -> String {
    let texts = language.say
    var lines = [
      texts(
        "Evidence chain: \(result.entries) entries, head \(hexadecimal(result.head.hash))",
        "Nachweiskette: \(result.entries) Einträge, Kopf \(hexadecimal(result.head.hash))")
    ]
    for table in result.tables {
      let isSound = table.soundParts == table.parts
      lines.append(
        texts(
          "\(table.name): \(table.rows) rows, \(table.soundParts) of \(table.parts) parts as sealed\(isSound ? "" : ", see below")",
          "\(table.name): \(table.rows) Zeilen, \(table.soundParts) von \(table.parts) Teilen wie versiegelt\(isSound ? "" : ", siehe unten")"
        ))
    }
    if result.reconciledHours > 0 {
      lines.append(
        texts(
          "Sums and single flows, hours compared: \(result.reconciledHours)",
          "Summen und einzelne Datenflüsse, verglichene Stunden: \(result.reconciledHours)"))
    }
    if let signed = result.lastSigned {
      lines.append(
        texts(
          "Latest signed head: seal \(signed.seal), \(signed.time.isoText), key \(hexadecimal(signed.publicKey.bytes))",
          "Letzter signierter Kopf: Siegel \(signed.seal), \(signed.time.isoText), Schlüssel \(hexadecimal(signed.publicKey.bytes))"
        ))
    }
    if !result.faults.isEmpty {
      lines.append("")
      lines.append(texts("Does not hold:", "Hält nicht stand:"))
      lines += result.faults.map { "- " + sentence($0, texts) }
    }
    if !result.unproven.isEmpty {
      lines.append("")
      lines.append(texts("Not proven:", "Nicht nachgewiesen:"))
      lines += result.unproven.map { "- " + sentence($0, texts) }
    }
    lines.append("")
    lines.append(
      result.holds
        ? texts(
          "\(store): everything that is bound holds.", "\(store): Alles, was gebunden ist, hält der Prüfung stand.")
        : texts(
          "\(store): does not hold. Do not rely on tables of this store; compare it with a backup by verifying that, too. An older copy, or one without its -wal file, also lacks its end.",
          "\(store): hält der Prüfung nicht stand. Verlassen Sie sich nicht auf Tabellen aus diesem Speicher; prüfen Sie zum Vergleich eine Sicherung. Auch einer älteren Kopie oder einer ohne ihre Datei -wal fehlt das Ende."
        ))
    return lines.joined(separator: "\n") + "\n"
  }

  /// Why tables of a store are not written, and what to do.
  /// `hasOption`: whether the verb has `--unverified`.
  public static func refusal(
    _ result: StoreVerification, store: String, hasOption: Bool, _ language: Language
  ) -> String {
    let texts = language.say
    let faults = result.faults.map { "\n- " + sentence($0, texts) }.joined()
    let option = texts(
      ", or add --unverified: then the names of all files say so",
      ", oder fügen Sie --unverified hinzu: Dann steht es in den Namen aller Dateien")
    return texts(
      """
      \(store) does not hold, so nothing was written:\(faults)
      Restore the store from a backup and verify it with 'egressaudit verify'\(hasOption ? option : "").
      """,
      """
      \(store) hält der Prüfung nicht stand, deshalb wurde nichts geschrieben:\(faults)
      Spielen Sie eine Sicherung des Speichers ein und prüfen Sie ihn mit 'egressaudit verify'\(hasOption ? option : "").
      """)
  }

  /// What does not hold beside the chain of entries, and what that means for a row that was traced; nil if all of it
  /// holds.
  public static func besideChain(_ result: StoreVerification, store: String, _ language: Language) -> String? {
    let texts = language.say
    let faults = result.faults.filter { if case .chain = $0 { false } else { true } }
    guard !faults.isEmpty else { return nil }
    let list = faults.map { "\n- " + sentence($0, texts) }.joined()
    return texts(
      "\(store) does not hold, so the row may not come from what was stored:\(list)",
      "\(store) hält der Prüfung nicht stand, die Zeile kommt also vielleicht nicht von dem, was gespeichert wurde:\(list)"
    )
  }

  /// What `--unverified` means.
  public static func unverified(_ language: Language) -> String {
    language.say(
      "The evidence of the store is not verified; the names of all files say so.",
      "Die Nachweise des Speichers werden nicht geprüft; das steht in den Namen aller Dateien.")
  }

  /// What it means that no seal binds the sums of a store.
  public static let neverSealed = LocalizedText(
    en:
      "NOT SEALED: no seal binds the sums, presence and coverage of this store, so nothing shows whether they were changed. That is so of a copy without its -wal file, which then has to be made again with it, and of a store that an older version wrote.",
    de:
      "NICHT VERSIEGELT: Kein Siegel bindet Summen, Anwesenheit und Abdeckung dieses Speichers; ob sie geändert wurden, lässt sich nicht feststellen. So ist es bei einer Kopie ohne ihre Datei -wal, die dann mit ihr erneut anzufertigen ist, und bei einem Speicher, den eine ältere Version geschrieben hat."
  )

  /// A use of the store that whoever used it could not record.
  /// `reason`: of the store.
  public static func useUnrecorded(_ reason: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "The files are complete, but this use could not be recorded in the store. \(reason.en)",
      de: "Die Dateien sind vollständig, aber dieser Zugriff ließ sich nicht im Speicher verzeichnen. \(reason.de)")
  }

  public static func notRecorded(_ language: Language) -> String {
    language.say(
      "This use was not recorded in the store, which you may only read.",
      "Dieser Zugriff wurde nicht im Speicher verzeichnet, den Sie nur lesen dürfen.")
  }

  private static func sentence(_ fault: StoreVerification.Fault, _ texts: (String, String) -> String)
    -> String
  {
    switch fault {
    case .chain(let sequence, let because):
      return texts(
        "Evidence chain, entry \(sequence): \(because).",
        "Nachweiskette, Eintrag \(sequence): \(EvidenceTexts.reason(because, .german)).")
    case .changed(let table, let parts):
      return texts(
        "\(table), \(ranges(parts, texts)): rows were changed, added or removed after they were sealed.",
        "\(table), \(ranges(parts, texts)): Zeilen wurden nach der Versiegelung geändert, hinzugefügt oder entfernt.")
    case .unbound(let table, let parts):
      return texts(
        "\(table), \(ranges(parts, texts)): rows that no seal binds were put in.",
        "\(table), \(ranges(parts, texts)): Zeilen ohne Siegel wurden eingefügt.")
    case .missing(let table, let parts):
      return texts(
        "\(table), \(ranges(parts, texts)): sealed rows are gone, and no deletion is recorded for them.",
        "\(table), \(ranges(parts, texts)): Versiegelte Zeilen fehlen, und keine Löschung ist dafür verzeichnet.")
    case .changedLate(let table, let parts):
      return texts(
        "\(table), \(ranges(parts, texts)): rows were changed hours after their time, when a service writes there no more. "
          + "This is also seen if the clock was set back.",
        "\(table), \(ranges(parts, texts)): Zeilen wurden Stunden nach ihrer Zeit geändert, wenn der Dienst dort nicht mehr schreibt. "
          + "So sieht es auch aus, wenn die Uhr zurückgestellt wurde.")
    case .sumsDiffer(let hours):
      return texts(
        "usage_hour, \(ranges(hours.map { .hour($0) }, texts)): the sums are not those of the single flows.",
        "usage_hour, \(ranges(hours.map { .hour($0) }, texts)): Die Summen stimmen nicht mit den einzelnen Datenflüssen überein."
      )
    case .schema(let names):
      return texts(
        "Tables or indexes that the program did not make, or that were changed: \(names.prefix(rangesInLine).joined(separator: ", ")). An index may hold other values than its table.",
        "Tabellen oder Indizes, die nicht vom Programm stammen oder geändert wurden: \(names.prefix(rangesInLine).joined(separator: ", ")). Ein Index kann andere Werte enthalten als seine Tabelle."
      )
    case .file(let findings):
      return texts(
        "The file: SQLite finds \(findings == 100 ? "100 or more" : "\(findings)") faults in it, such as an index that differs from its table.",
        "Die Datei: SQLite findet \(findings == 100 ? "100 oder mehr" : "\(findings)") Fehler, etwa einen Index, der von seiner Tabelle abweicht."
      )
    case .orphan(let table, let column):
      return texts(
        "\(table), column \(column): a row refers to one that is not there.",
        "\(table), Spalte \(column): Eine Zeile verweist auf eine andere, die fehlt.")
    case .ruleSetWithoutEntry(let id):
      return texts(
        "rule_set, row \(id): no session and no reclassification used these rules.",
        "rule_set, Zeile \(id): Keine Sitzung und keine Neubewertung hat diese Regeln verwendet.")
    case .keptHeadMissing(let seal):
      return texts(
        "The head of seal \(seal) that you named is not in the chain: its end was cut off, or it was rewritten.",
        "Der angegebene Kopf des Siegels \(seal) ist nicht in der Kette: Ihr Ende wurde abgeschnitten, oder sie wurde neu geschrieben."
      )
    case .signature(let seal):
      return texts(
        "signed_head, seal \(seal): the signature does not fit.",
        "signed_head, Siegel \(seal): Die Signatur passt nicht.")
    case .signatureWithoutSeal(let sequence):
      return texts(
        "signed_head, row \(sequence): there is no such seal.",
        "signed_head, Zeile \(sequence): Ein solches Siegel gibt es nicht.")
    case .otherStore(let seal):
      return texts(
        "The head of seal \(seal) that you named is of another store.",
        "Der angegebene Kopf des Siegels \(seal) gehört zu einem anderen Speicher.")
    case .keptSignature(let seal):
      return texts(
        "The head of seal \(seal) that you named has a signature that does not fit.",
        "Der angegebene Kopf des Siegels \(seal) trägt eine Signatur, die nicht passt."
      )
    case .keyUnknown:
      return texts(
        "No head of the store is signed with the public key that you named.",
        "Kein Kopf des Speichers ist mit dem Schlüssel signiert, den Sie angegeben haben.")
    }
  }

  private static func sentence(_ unproven: StoreVerification.Unproven, _ texts: (String, String) -> String)
    -> String
  {
    switch unproven {
    case .unsealed(let table, let parts):
      return texts(
        "\(table), \(ranges(parts, texts)): written since the last seal; the service seals once an hour.",
        "\(table), \(ranges(parts, texts)): seit dem letzten Siegel geschrieben; der Dienst versiegelt stündlich.")
    case .neverSealed:
      return texts(
        "Sums, presence and coverage: an older version wrote this store, and it was not sealed since. The next audit, or any verb that writes, seals it.",
        "Summen, Anwesenheit und Abdeckung: Eine ältere Version hat diesen Speicher geschrieben, und er wurde seither nicht versiegelt. "
          + "Die nächste Prüfung oder jeder schreibende Befehl versiegelt ihn.")
    case .boundLater(let since, let through):
      return texts(
        "Sums, presence and coverage through \(SiteClock.isoText(through)): they were there before the first seal, as an older version leaves them, and are bound only "
          + (since.map { "since \($0.isoText)" } ?? "since the first seal, which nobody signed")
          + ". Whether they were changed before that, nothing shows.",
        "Summen, Anwesenheit und Abdeckung bis \(SiteClock.isoText(through)): Sie waren vor dem ersten Siegel da, wie eine ältere Version sie hinterlässt, und sind erst "
          + (since.map { "seit \($0.isoText) gebunden" } ?? "seit dem ersten Siegel gebunden, das niemand signiert hat")
          + ". Ob sie vorher geändert wurden, lässt sich nicht feststellen.")
    case .unsigned(let entries):
      return texts(
        "The last \(entries) entries of the chain: no signature covers them.",
        "Die letzten \(entries) Einträge der Kette: Keine Signatur deckt sie ab.")
    case .keyOfStore:
      return texts(
        "That the owner made the signatures: the public key was taken from the store itself. Name a copy kept elsewhere with --public-key.",
        "Dass der Betreiber signiert hat: Der öffentliche Schlüssel stammt aus dem Speicher selbst. Geben Sie mit --public-key eine Kopie an, die anderswo aufbewahrt wurde."
      )
    case .noKeptHead:
      return texts(
        "That nothing was cut off at the end: name a head kept elsewhere with --head.",
        "Dass am Ende nichts abgeschnitten wurde: Geben Sie mit --head einen Kopf an, der anderswo aufbewahrt wurde.")
    case .unsignedSeals(let count):
      return texts(
        "\(count) seals before the latest signed head: nobody signed them, so it is not known when they were made.",
        "\(count) Siegel vor dem letzten signierten Kopf: Niemand hat sie signiert, ihr Zeitpunkt ist deshalb nicht bekannt."
      )
    case .otherKeys(let heads):
      return texts(
        "\(heads) of the heads that you named: signed with a key that you did not name. Name the earlier public key, too.",
        "\(heads) der angegebenen Köpfe: mit einem Schlüssel signiert, den Sie nicht angegeben haben. Geben Sie auch den früheren öffentlichen Schlüssel an."
      )
    case .blocksWithheld(let count):
      return texts(
        "\(count) blocks of the sealed part: their content is not here although no deletion took it. The copy in a package has none; from a store, somebody removed it.",
        "\(count) Blöcke des versiegelten Teils: Ihr Inhalt fehlt, ohne dass eine Löschung ihn entfernt hat. In der Kopie eines Pakets fehlt er immer; aus einem Speicher hat ihn jemand entfernt."
      )
    case .notReconciled(let hours):
      return texts(
        "Sums of \(hours) hours: not all of their single flows are stored, so they cannot be compared. The seals bind them all the same.",
        "Summen von \(hours) Stunden: Nicht alle ihre Datenflüsse sind gespeichert, ein Vergleich ist nicht möglich. Die Siegel binden sie gleichwohl."
      )
    }
  }

  /// Neighbouring parts as one range; at most `rangesInLine` of them.
  private static func ranges(_ parts: [StoreVerification.Part], _ texts: (String, String) -> String) -> String {
    var ranges: [(first: StoreVerification.Part, last: StoreVerification.Part)] = []
    for part in parts {
      if let last = ranges.last?.last, follows(part, last) {
        ranges[ranges.count - 1].last = part
      } else {
        ranges.append((part, part))
      }
    }
    var named = ranges.prefix(rangesInLine).map { range in
      range.first == range.last
        ? name(range.first, texts) : name(range.first, texts) + texts(" to ", " bis ") + name(range.last, texts)
    }
    let rest = ranges.count - named.count
    if rest > 0 { named.append(texts("and \(rest) more", "und \(rest) weitere")) }
    return named.joined(separator: ", ")
  }

  private static func follows(_ part: StoreVerification.Part, _ other: StoreVerification.Part) -> Bool {
    switch (part, other) {
    case (.hour(let part), .hour(let other)): part.sinceEpoch == other.sinceEpoch + 1
    case (.day(let part), .day(let other)), (.row(let part), .row(let other)): part == other + 1
    default: false
    }
  }

  private static func name(_ part: StoreVerification.Part, _ texts: (String, String) -> String) -> String {
    switch part {
    case .hour(let hour): String(hour.start.isoText.dropLast(4).replacing("T", with: " ")) + " UTC"
    case .day(let day): LocalDate(day: day).description
    case .row(let row): texts("row \(row)", "Zeile \(row)")
    }
  }
}
