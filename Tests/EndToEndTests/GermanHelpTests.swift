import Foundation
import Testing

@Suite("Help and usage in German")
struct GermanHelpTests {
  static let verbs = ["report", "claims", "deliver", "papers"]

  @Test("the help of a translated verb is German under a German locale, and holds no English word", arguments: verbs)
  func german(verb: String) throws {
    let run = try Program.run([verb, "--help"], environment: ["LANG": "de_DE.UTF-8"])
    #expect(run.code == 0 && run.output.contains("AUFRUF: egressaudit \(verb)") && run.output.contains("OPTIONEN:"))
    // Names of files are the same in both languages.
    let text = run.output.replacing("record-of-processing", with: "")
    let words = Set(text.lowercased().split { !$0.isLetter }.map(String.init))
    #expect(
      words.isDisjoint(
        with: ["the", "of", "is", "which", "by", "default", "usage", "help", "show", "and", "such"].filter {
          $0 != "help"
        }))
    // The option itself is called --help.
    #expect(run.output.components(separatedBy: "help").count == 2)
  }

  @Test("it is English elsewhere, and --language counts before the locale", arguments: verbs)
  func english(verb: String) throws {
    let english = try Program.run([verb, "--help"])
    #expect(english.output.contains("USAGE: egressaudit \(verb)") && english.output.contains("OPTIONS:"))
    #expect(!english.output.contains("AUFRUF") && !english.output.contains("ö"))
    guard verb != "deliver" else { return }
    #expect(try Program.run([verb, "--language", "de", "--help"]).output.contains("AUFRUF: egressaudit \(verb)"))
    #expect(
      try Program.run([verb, "--language", "en", "--help"], environment: ["LANG": "de_DE.UTF-8"]).output
        == english.output)
  }

  @Test(
    "wrong usage is told in German",
    arguments: [
      (["claims"], "Fehler: Es fehlt '--store <file>'"),
      (["report", "--stoer", "x"], "Fehler: Unbekannte Option '--stoer'"),
      (["report", "--from", "2026-13-01"], "Fehler: Der Wert '2026-13-01' passt nicht zu '--from <date>'"),
      (["report", "--before", "a"], "Fehler: Ein Vergleich braucht beide Zeiträume"),
    ])
  func usage(arguments: [String], message: String) throws {
    let run = try Program.run(arguments, environment: ["LANG": "de_DE.UTF-8"])
    #expect(run.code == 2 && run.said.contains(message) && run.said.contains("Aufruf: egressaudit "), "\(run.said)")
    #expect(!run.said.contains("Error") && !run.said.contains("more information"))
  }

  @Test("a verb that is not translated stays English as a whole")
  func untranslated() throws {
    let run = try Program.run(["inspect", "--help"], environment: ["LANG": "de_DE.UTF-8"])
    #expect(run.output.contains("USAGE: egressaudit inspect") && !run.output.contains("AUFRUF"))
  }
}
