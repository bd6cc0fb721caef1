package import Model

/// Why an archive was not written or not read.
package enum ArchiveTexts {
  static let unreadable = LocalizedText(en: "the file cannot be read", de: "Die Datei lässt sich nicht lesen")
  static let notWritable = LocalizedText(en: "the file cannot be written", de: "Die Datei lässt sich nicht schreiben")
  package static let nameUnfit = LocalizedText(
    en: "its name does not fit into a package", de: "Der Name der Datei ist in einem Paket nicht zulässig")
  /// `number`: number of the file in the archive, from 1.
  static func noPlainFile(_ number: Int) -> LocalizedText {
    LocalizedText(
      en: "file \(number) is no regular file with a plain name; this is no evidence package",
      de: "Der Eintrag \(number) ist keine gewöhnliche Datei mit einfachem Namen; dies ist kein Nachweispaket")
  }
  static func tooManyFiles(_ limit: Int) -> LocalizedText {
    LocalizedText(
      en: "it holds a file twice, or more than \(limit) files",
      de: "Das Paket enthält eine Datei zweimal oder mehr als \(limit) Dateien")
  }
  static func tooLong(_ folder: String) -> LocalizedText {
    LocalizedText(
      en: "it unpacks to more than 64 GiB, or more than is free in \(folder); set TMPDIR to a larger folder",
      de:
        "Ausgepackt hat das Paket mehr als 64 GiB oder mehr, als in \(folder) frei ist; TMPDIR auf einen größeren Ordner setzen"
    )
  }
  /// `message`: message of libarchive; nil if there is none.
  static func ofLibrary(_ message: String?) -> LocalizedText {
    message.map { LocalizedText(en: $0, de: "Meldung von libarchive: \($0)") }
      ?? LocalizedText(en: "this is no archive", de: "Dies ist kein Archiv")
  }
}
