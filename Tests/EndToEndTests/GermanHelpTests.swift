import Foundation
import TestSupport
import Testing

@Suite("Help and usage in German")
struct GermanHelpTests {
  /// The program itself, each verb, and each verb below one.
  static let commands: [[String]] = {
    func below(_ path: [String]) -> [[String]] {
      let help = (try? Program.run(path + ["--help"]))?.output ?? ""
      guard let list = help.components(separatedBy: "\nSUBCOMMANDS:\n").dropFirst().first else { return [path] }
      // The list ends with an empty line; a line that begins with more than two spaces continues a description.
      let names = list.components(separatedBy: "\n\n")[0].split(separator: "\n").filter { !$0.hasPrefix("   ") }
        .compactMap { $0.split(separator: " ").first.map(String.init) }
      return [path] + names.flatMap { below(path + [$0]) }
    }
    return below([])
  }()

  /// Words of a help text without names of values, options and what is typed in quotes.
  private func words(_ help: String) -> Set<String> {
    let text = [/<[^>]*>/, /--?[a-z0-9-]+/, /'[^']*'/, /record-of-processing/, /[a-z]+_[a-z_]+/].reduce(help) {
      $0.replacing($1, with: "")
    }
    return Set(text.lowercased().split { !$0.isLetter }.map(String.init))
  }

  private static let english: Set = [
    "the", "of", "is", "are", "which", "by", "default", "usage", "show", "shows", "and", "such", "file", "files",
    "with",
    "from", "that", "to", "each", "means", "print", "writes", "see", "detailed",
  ]
  private static let german: Set = [
    "der", "die", "das", "und", "ist", "sind", "mit", "von", "für", "eine", "einer", "nicht", "wird", "vorgabe",
    "zeigt",
    "aufruf", "optionen", "datei", "etwa", "oder",
  ]

  @Test("all verbs are found")
  func found() {
    #expect(Self.commands.count > 45 && Self.commands.contains(["rules", "key", "new"]), "\(Self.commands)")
  }

  @Test("the help of every verb is German under a German locale, and holds no English word", arguments: commands)
  func german(command: [String]) throws {
    let run = try Program.run(command + ["--help"], environment: ["LANG": "de_DE.UTF-8"])
    #expect(run.code == 0 && run.output.contains("AUFRUF: egressaudit") && run.output.contains("OPTIONEN:"))
    #expect(words(run.output).intersection(Self.english) == [], "\(run.output)")
  }

  @Test("it is English elsewhere, and holds no German word", arguments: commands)
  func english(command: [String]) throws {
    let run = try Program.run(command + ["--help"], environment: ["LANG": "C"])
    #expect(run.code == 0 && run.output.contains("USAGE: egressaudit") && run.output.contains("OPTIONS:"))
    #expect(words(run.output).intersection(Self.german) == [], "\(run.output)")
  }

  @Test("--language counts before the locale", arguments: ["report", "claims", "papers"])
  func language(verb: String) throws {
    let english = try Program.run([verb, "--help"])
    #expect(try Program.run([verb, "--language", "de", "--help"]).output.contains("AUFRUF: egressaudit \(verb)"))
    #expect(
      try Program.run([verb, "--language", "en", "--help"], environment: ["LANG": "de_DE.UTF-8"]).output
        == english.output)
  }

  @Test(
    "wrong usage is told in German",
    arguments: [
      (["claims"], "Fehler: Es fehlt '--store <file>'"),
      (["report", "--stoer", "x"], "Fehler: Unbekannte Option '--stoer'. Gemeint ist vielleicht '--store'?"),
      (["report", "--from", "2026-13-01"], "Fehler: Der Wert '2026-13-01' passt nicht zu '--from <date>'"),
      (["report", "--before", "a"], "Fehler: Ein Vergleich braucht beide Zeiträume"),
      (["export", "all", "--store", "a", "--output", "-"], "Fehler: Auf die Standardausgabe passt nur eine Tabelle."),
      (["export", "alles", "--store", "a"], "Fehler: Der Wert 'alles' passt nicht zu '<table>'. Möglich sind:"),
      (["check", "a", "b"], "Fehler: 2 überzählige Argumente: 'a', 'b'"),
      (
        ["review", "status", "--store", "a", "--due-after", "-1"], "Fehler: Es fehlt ein Wert für '--due-after <days>'"
      ),
      (["check", "--json=yes"], "Fehler: Die Option '--json' nimmt keinen Wert an, angegeben ist 'yes'."),
    ])
  func usage(arguments: [String], message: String) throws {
    let run = try Program.run(arguments, environment: ["LANG": "de_DE.UTF-8"])
    #expect(run.code == 2 && run.said.contains(message) && run.said.contains("Aufruf: egressaudit "), "\(run.said)")
    #expect(!run.said.contains("Error") && !run.said.contains("more information"))
  }

  @Test("a mistyped verb is told in German")
  func mistyped() throws {
    let near = try Program.run(["exprot"], environment: ["LANG": "de_DE.UTF-8"])
    #expect(
      near.code == 2
        && near.said == "egressaudit: egressaudit hat keinen Befehl 'exprot'; ist 'export' gemeint?\n")
    let none = try Program.run(["rules", "verschluesseln"], environment: ["LANG": "de_DE.UTF-8"])
    #expect(
      none.said.hasPrefix("egressaudit: egressaudit rules hat keinen Befehl 'verschluesseln'; die Befehle sind lint, "))
  }

  @Test("check speaks German under a German locale, and JSON stays English for programs")
  func check() throws {
    let arguments = ["check", "--rules", Project.rules, "--listen", "0"]
    let german = try Program.run(arguments, environment: ["LANG": "de_DE.UTF-8"])
    #expect(
      german.output.contains(
        "prüfen  Konfiguration: keine angegeben; private Adressbereiche gelten als innen. Zu tun: "))
    #expect(german.output.contains("prüfen  Speicher: keine Angabe, daher nicht geprüft. Zu tun: mit --store nennen\n"))
    #expect(
      words(german.output).intersection(["the", "of", "is", "are", "none", "which", "to", "look"]) == [], "\(german)")
    let json = try Program.run(arguments + ["--json"], environment: ["LANG": "de_DE.UTF-8"])
    #expect(json.output.contains("none given, so not looked at") && !json.output.contains("keine Angabe"), "\(json)")
  }

  @Test("what is wrong with a store or with chosen days is told in German")
  func errors() throws {
    let folder = try TemporaryDirectory()
    let german = ["LANG": "de_DE.UTF-8"]
    let missing = try Program.run(["claims", "--store", folder.path("x.sqlite")], environment: german)
    #expect(
      missing.code == 3 && missing.said.contains("x.sqlite: Hier gibt es keinen Speicher; die richtige Datei nennen"))
    let store = folder.path("a.sqlite")
    try Project.replay([Project.sample], into: store)
    let days = ["export", "findings", "--store", store, "--output", folder.path("x")]
    let reversed = try Program.run(days + ["--from", "2026-05-12", "--to", "2026-05-11"], environment: german)
    #expect(
      reversed.said
        == "egressaudit: Der erste Tag 12.05.2026 liegt nach dem letzten 11.05.2026. --from und --to vertauschen.\n")
    let absent = try Program.run(days + ["--from", "2027-05-12"], environment: german)
    #expect(
      absent.code == 3 && absent.said.contains("Von den gewählten Tagen ist keine Stunde gespeichert"), "\(absent)")
  }
}
