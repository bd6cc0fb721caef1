import ArgumentParser
import Auditing
import Enforcement
import Glibc
import Model
import Reporting
import Store

struct RegisterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Compares the recipients with those that contracts and the record of processing (Art. 30) name.",
    discussion: """
      The table 'register' of 'export', and chapter 4 of 'report', show what is observed and not documented, and what is documented and \
      not observed; 'transfers' shows for each recipient whether a list names it. What may be the same under another spelling is listed as \
      doubtful until a person confirms it.
      """,
    subcommands: [Import.self, List.self, Remove.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Imports a list of recipients, and records that in the evidence chain.",
      discussion: """
        Reads CSV in whatever form an office program saved it; xlsx and ods by LibreOffice. The column 'recipient' (Empfänger, \
        Auftragsverarbeiter, Dienstleister, processor, vendor, …) must be there; 'other names', 'reference' (contract or processing \
        activity) and 'confirmed recipient' may be. All other columns are ignored and not stored. A list takes the place of the one of the \
        same kind before it.

        'confirmed recipient' settles a doubtful name: the recipient as the tables spell it, or none. Exit code 3 means refused.
        """)

    @Option(help: ArgumentHelp("List of contracts.", valueName: "file"))
    var contract: String?

    @Option(help: ArgumentHelp("Record of processing activities (Art. 30 GDPR).", valueName: "file"))
    var art30: String?

    @Option(help: ArgumentHelp("Store to write to.", valueName: "file"))
    var store: String

    @Option(help: "Language of the answer: de or en. Default: that of the locale.")
    var language: Language?

    func validate() throws {
      if contract == nil, art30 == nil {
        throw ValidationError("Name a file with --contract, with --art30, or one with each.")
      }
    }

    func run() throws {
      Interruption.watch { signal in
        // LibreOffice had a copy of the list in a temporary folder.
        Drafts.abandon {
          Terminal.say("\negressaudit: Interrupted. A list whose import was not reported may not be in the store.")
          _exit(128 + signal)
        }
      }
      let database = try AuditDatabase(path: store, mode: .maintain)
      defer { database.close() }
      let files = [(DocumentedListKind.contract, contract), (.art30, art30)].compactMap { kind, file in
        file.map { (kind, $0) }
      }
      // All are read before the first is stored.
      let lists = try files.map { kind, file in (kind, try RegisterImport(path: file, database: database)) }
      for (kind, list) in lists {
        try database.setDocumentedList(
          list.content, kind: kind, fileDigest: list.fileDigest, day: Today.dayUTC, toolVersion: ToolVersion.current)
      }
      try EvidenceSealer(database, store: store).seal()
      let language = language ?? .current
      let without = lists.reduce(0) { $0 + $1.1.rowsWithout }
      if without > 0 {
        Terminal.say(
          language == .german
            ? "Zeilen ohne Empfänger, die nicht zählen: \(without)"
            : "Rows without a recipient, which do not count: \(without)")
      }
      Terminal.output(try DocumentedReport(database: database).text(language))
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists what was imported, and which names a person has to confirm.")

    @Option(help: ArgumentHelp("Store to read.", valueName: "file"))
    var store: String

    @Option(help: "Language of the answer: de or en. Default: that of the locale.")
    var language: Language?

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      Terminal.output(try DocumentedReport(database: database).text(language ?? .current))
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Deletes what a list holds, and records that in the evidence chain.")

    @Argument(help: "contract or art30.")
    var list: DocumentedListKind

    @Option(help: ArgumentHelp("Store to write to.", valueName: "file"))
    var store: String

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .maintain)
      defer { database.close() }
      try database.removeDocumentedList(list, day: Today.dayUTC, toolVersion: ToolVersion.current)
      try EvidenceSealer(database, store: store).seal()
    }
  }
}

extension DocumentedListKind: ExpressibleByArgument {}
