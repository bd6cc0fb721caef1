package import Model

/// Why LibreOffice made no file.
package enum OfficeTexts {
  static let noSettings = byHand(
    LocalizedText(en: "LibreOffice made no settings.", de: "LibreOffice hat keine Einstellungen angelegt."))
  static let noFile = byHand(
    LocalizedText(en: "LibreOffice wrote no file.", de: "LibreOffice hat keine Datei geschrieben."))
  static func notFinished(seconds: Int) -> LocalizedText {
    byHand(
      LocalizedText(
        en: "LibreOffice was ended because it had not finished after \(seconds) s.",
        de: "LibreOffice wurde beendet, weil es nach \(seconds) s nicht fertig war."))
  }
  static func ended(_ status: Int32) -> LocalizedText {
    byHand(
      LocalizedText(
        en: "LibreOffice ended with status \(status).", de: "LibreOffice endete mit dem Rückgabewert \(status)."))
  }
  /// `size` and `limit` in bytes.
  package static func sheetsTooLong(_ size: Int, limit: Int) -> LocalizedText {
    LocalizedText(
      en: "Its sheets have \(size) bytes as text, and at most \(limit) are read.",
      de: "Ihre Blätter haben als Text \(size) Byte, und höchstens \(limit) werden gelesen.")
  }
  package static let noSheet = LocalizedText(
    en: "LibreOffice found no sheet in it.", de: "LibreOffice hat darin kein Blatt gefunden.")

  private static func byHand(_ reason: LocalizedText) -> LocalizedText {
    LocalizedText(
      en: "\(reason.en) Write the workbook with --format xlsx, and save it there by hand.",
      de: "\(reason.de) Die Arbeitsmappe mit --format xlsx schreiben und dort von Hand speichern.")
  }
}
