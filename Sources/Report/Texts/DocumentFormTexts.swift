public import Model
import Reporting

extension DocumentFormError {
  public var text: LocalizedText {
    switch self {
    case .programMissing(.pdf):
      LocalizedText(
        en:
          "The HTML file is written, but not the PDF: Chromium is not installed. Install the package chromium, or print the HTML file from any browser.",
        de:
          "Die HTML-Datei ist geschrieben, die PDF-Datei nicht: Chromium ist nicht installiert. Das Paket chromium installieren oder die HTML-Datei aus einem beliebigen Browser drucken."
      )
    case .programMissing(let form):
      LocalizedText(
        en:
          "The HTML file is written, but not the \(form.rawValue.uppercased()): LibreOffice Writer is not installed. Install the package libreoffice-writer, or open the HTML file in an office program and save it.",
        de:
          "Die HTML-Datei ist geschrieben, die \(form.rawValue.uppercased())-Datei nicht: LibreOffice Writer ist nicht installiert. Das Paket libreoffice-writer installieren oder die HTML-Datei in einem Büroprogramm öffnen und speichern."
      )
    case .failed(let form, let reason):
      LocalizedText(
        en:
          "The HTML file is written, but not the \(form.rawValue.uppercased()): \(reason.en) Open the HTML file and print or save it by hand.",
        de:
          "Die HTML-Datei ist geschrieben, die \(form.rawValue.uppercased())-Datei nicht: \(reason.de) Die HTML-Datei öffnen und von Hand drucken oder speichern."
      )
    }
  }

  static func notFinished(_ program: String) -> LocalizedText {
    let seconds = Int(HelperProgram.limit)
    return LocalizedText(
      en: "\(program) was ended because it had not finished after \(seconds) s.",
      de: "\(program) wurde beendet, weil es nach \(seconds) s nicht fertig war.")
  }
  static func ended(_ program: String, code: Int32) -> LocalizedText {
    LocalizedText(
      en: "\(program) ended with exit code \(code).", de: "\(program) endete mit dem Rückgabewert \(code).")
  }
}
