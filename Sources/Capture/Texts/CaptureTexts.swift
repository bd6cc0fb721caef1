public import Model

extension CaptureError {
  public var text: LocalizedText {
    let name =
      file == "-" ? LocalizedText(en: "standard input", de: "Standardeingabe") : LocalizedText(en: file, de: file)
    let cause = cause.text(file)
    return LocalizedText(en: "\(name.en): \(cause.en)", de: "\(name.de): \(cause.de)")
  }
}

extension CaptureError.Cause {
  fileprivate func text(_ file: String) -> LocalizedText {
    switch self {
    case .cannotOpen(let reason):
      LocalizedText(
        en: "cannot be opened (\(reason)). Check the path and your rights.",
        de: "lässt sich nicht öffnen (Meldung des Systems: \(reason)). Pfad und Zugriffsrechte prüfen.")
    case .isDirectory:
      LocalizedText(
        en: "is a folder. Name capture files, for example \(file)/*.pcap.",
        de: "ist ein Ordner. Aufzeichnungen angeben, zum Beispiel \(file)/*.pcap.")
    case .namedTwice:
      LocalizedText(
        en: "is named twice. It was read once; a second time would count everything twice.",
        de: "ist zweimal angegeben. Die Datei wurde einmal gelesen; ein zweites Mal zählte alles doppelt.")
    case .empty:
      LocalizedText(
        en: "is empty. A capture file has at least a header of 24 bytes; was the recording stopped?",
        de: "ist leer. Eine Aufzeichnung hat mindestens einen Kopf von 24 Byte; wurde das Aufzeichnen abgebrochen?")
    case .compressed:
      LocalizedText(
        en: "is compressed. Unpack it first, for example: gunzip -c \(file) | egressaudit … -",
        de: "ist komprimiert. Zuerst entpacken, zum Beispiel: gunzip -c \(file) | egressaudit … -")
    case .notACapture(let reason):
      LocalizedText(
        en: "is not a pcap or pcapng file that can be read (\(reason.en)).",
        de: "ist keine lesbare Aufzeichnung im Format pcap oder pcapng (\(reason.de)).")
    case .repeatsOthers(let packets, let all):
      LocalizedText(
        en: "\(packets) of its \(all) packets are also in another of the files. They were counted once.",
        de: "\(packets) von \(all) Paketen stehen auch in einer anderen der Dateien. Sie wurden einmal gezählt.")
    case .cutShort(let packets, let reason):
      LocalizedText(
        en:
          "ends early after \(packets) packets (\(reason.en)). What was readable was read; the rest is missing from the result.",
        de:
          "endet vorzeitig nach \(packets) Paketen (\(reason.de)). Was lesbar war, wurde gelesen; der Rest fehlt im Ergebnis."
      )
    case .unsupportedLinkType(let name, let number):
      LocalizedText(
        en:
          "has frames of link type \(name) (\(number)), which is not read. They were counted, but no flow was seen in them.",
        de:
          "enthält Rahmen des Verbindungstyps \(name) (\(number)), der nicht gelesen wird. Sie wurden gezählt, aber kein Datenfluss darin erkannt."
      )
    }
  }
}

extension InterfaceError {
  public var text: LocalizedText {
    let cause = cause.text(interface)
    return LocalizedText(en: "\(interface): \(cause.en)", de: "\(interface): \(cause.de)")
  }
}

extension InterfaceError.Cause {
  fileprivate func text(_ interface: String) -> LocalizedText {
    switch self {
    case .missing:
      LocalizedText(
        en: "there is no such interface; expected one that 'ip link' lists",
        de: "Diese Schnittstelle gibt es nicht; erwartet: eine, die 'ip link' aufführt")
    case .down:
      LocalizedText(
        en: "is switched off; run: ip link set \(interface) up",
        de: "ist abgeschaltet; ausführen: ip link set \(interface) up")
    case .notPermitted:
      LocalizedText(
        en: "this user may not capture; give the service CAP_NET_RAW, or run as root",
        de: "Dieser Benutzer darf keine Pakete erfassen; dem Dienst CAP_NET_RAW geben oder als root ausführen")
    case .filterRefused(let error):
      LocalizedText(
        en: "\(error.problem.en) for this kind of link; expected \(error.expected.en); \(error.nextStep.en)",
        de: "\(error.problem.de) (bei dieser Art von Verbindung); erwartet: \(error.expected.de); \(error.nextStep.de)")
    case .refused(let reason):
      LocalizedText(
        en: "cannot be captured (\(reason))", de: "lässt sich nicht erfassen (Meldung des Systems: \(reason))")
    }
  }
}

extension PacketFilterError {
  public var problem: LocalizedText {
    switch self {
    case .notUnderstood(let reason):
      LocalizedText(
        en: "the filter is not understood (\(reason))",
        de: "Der Filter ist unverständlich (Meldung von libpcap: \(reason))")
    case .tooLong(let words):
      LocalizedText(en: "the filter has \(words) words", de: "Der Filter hat \(words) Wörter")
    case .namesHost:
      LocalizedText(en: "the filter contains the name of a host", de: "Der Filter enthält den Namen eines Hosts")
    case .tooManyInstructions(let count):
      LocalizedText(en: "the filter becomes \(count) instructions", de: "Aus dem Filter werden \(count) Anweisungen")
    }
  }

  public var expected: LocalizedText {
    switch self {
    case .notUnderstood:
      LocalizedText(
        en: "a filter in the language of pcap-filter(7)", de: "ein Filter in der Sprache von pcap-filter(7)")
    case .tooLong:
      LocalizedText(
        en:
          "at most \(PacketFilter.wordLimit), where and, or, not do not count and a range of ports counts for \(PacketFilter.wordsForRange): to compile more would take minutes",
        de:
          "höchstens \(PacketFilter.wordLimit), wobei die Wörter 'and', 'or', 'not' nicht zählen und ein Portbereich für \(PacketFilter.wordsForRange) zählt: Mehr zu übersetzen dauerte Minuten"
      )
    case .namesHost:
      LocalizedText(
        en: "addresses, since no name is asked of a resolver",
        de: "Adressen, denn es wird kein Name bei einem Namensauflöser abgefragt")
    case .tooManyInstructions:
      LocalizedText(
        en: "at most \(PacketFilter.instructionLimit): the kernel takes no more",
        de: "höchstens \(PacketFilter.instructionLimit): Mehr nimmt der Kernel nicht an")
    }
  }

  public var nextStep: LocalizedText {
    switch self {
    case .namesHost:
      LocalizedText(en: "write the addresses that the name has", de: "die Adressen schreiben, zu denen der Name führt")
    case .notUnderstood:
      LocalizedText(en: "try it with: tcpdump -d 'FILTER'", de: "ausprobieren mit: tcpdump -d 'FILTER'")
    case .tooLong, .tooManyInstructions:
      LocalizedText(
        en:
          "name networks (net 10.20.9.0/24) in place of single hosts, or list devices that are to leave no row under exclusions",
        de:
          "Netze (net 10.20.9.0/24) statt einzelner Hosts angeben, oder Geräte, die keine Zeile hinterlassen sollen, unter exclusions aufführen"
      )
    }
  }
}

/// Why a pcapng file cannot be read further.
enum PcapngTexts {
  static let headerCut = LocalizedText(en: "a block's header is cut off", de: "der Kopf eines Blocks ist abgeschnitten")
  static let noSection = LocalizedText(
    en: "it does not begin with a section header", de: "sie beginnt nicht mit dem Kopf eines Abschnitts")
  static let blockCut = LocalizedText(en: "a block is cut off", de: "ein Block ist abgeschnitten")
  static let lengthsDiffer = LocalizedText(
    en: "a block's two lengths differ", de: "die beiden Längenangaben eines Blocks unterscheiden sich")
  static let sectionCut = LocalizedText(
    en: "a section header is cut off", de: "der Kopf eines Abschnitts ist abgeschnitten")
  static let noByteOrder = LocalizedText(
    en: "a section header has no byte-order mark", de: "dem Kopf eines Abschnitts fehlt die Kennung der Bytereihenfolge"
  )
  static let tooManyInterfaces = LocalizedText(
    en: "it has too many interfaces", de: "sie hat zu viele Schnittstellen")
  static func clockTooFine(_ limit: String) -> LocalizedText {
    LocalizedText(
      en: "an interface's clock is finer than \(limit) seconds",
      de: "die Uhr einer Schnittstelle ist feiner als \(limit) Sekunden")
  }
  static func blockLength(_ bytes: Int) -> LocalizedText {
    LocalizedText(en: "a block says that it has \(bytes) bytes", de: "ein Block nennt als Länge \(bytes) Byte")
  }
  static func sectionTooShort(_ bytes: Int) -> LocalizedText {
    LocalizedText(
      en: "a section header has only \(bytes) bytes", de: "der Kopf eines Abschnitts hat nur \(bytes) Byte")
  }
  static func otherVersion(_ version: Int) -> LocalizedText {
    LocalizedText(
      en: "it has version \(version) of the format, of which only 1 is known",
      de: "sie hat die Version \(version) des Formats, von dem nur 1 bekannt ist")
  }
  static func interfaceTooShort(_ bytes: Int) -> LocalizedText {
    LocalizedText(
      en: "an interface description has only \(bytes) bytes",
      de: "die Beschreibung einer Schnittstelle hat nur \(bytes) Byte")
  }
  static func packetTooShort(_ bytes: Int) -> LocalizedText {
    LocalizedText(en: "a packet block has only \(bytes) bytes", de: "der Block eines Pakets hat nur \(bytes) Byte")
  }
  static func packetTooLong(_ bytes: Int, block: Int) -> LocalizedText {
    LocalizedText(
      en: "a packet says that \(bytes) bytes of it were captured, but its block has \(block)",
      de: "ein Paket nennt \(bytes) erfasste Byte, doch sein Block hat \(block)")
  }
  static func unknownInterface(_ index: Int, known: Int) -> LocalizedText {
    LocalizedText(
      en: "a packet is of interface \(index), but only \(known) are described",
      de: "ein Paket gehört zur Schnittstelle \(index), beschrieben sind nur \(known)")
  }
  static func ofLibrary(_ message: String) -> LocalizedText {
    LocalizedText(en: message, de: "Meldung von libpcap: \(message)")
  }
}
