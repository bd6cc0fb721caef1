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
    abstract: HelpTexts.Register.abstract.said,
    discussion: HelpTexts.Register.discussion.said,
    subcommands: [Import.self, List.self, Remove.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Register.importAbstract.said,
      discussion: HelpTexts.Register.importDiscussion.said)

    @Option(help: ArgumentHelp(HelpTexts.Register.contract.said, valueName: "file"))
    var contract: String?

    @Option(help: ArgumentHelp(HelpTexts.Register.art30.said, valueName: "file"))
    var art30: String?

    @Option(help: ArgumentHelp(HelpTexts.storeToWrite.said, valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    func validate() throws {
      if contract == nil, art30 == nil {
        throw ValidationError(HelpTexts.Register.noFile.said)
      }
    }

    func run() throws {
      Interruption.watch { signal in
        // LibreOffice had a copy of the list in a temporary folder.
        Drafts.abandon {
          Terminal.say("\negressaudit: \(HelpTexts.Register.interrupted.said)")
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
          HelpTexts.Register.withoutRecipient(without)[language])
      }
      Terminal.output(try DocumentedReport(database: database).text(language))
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Register.listAbstract.said)

    @Option(help: ArgumentHelp(HelpTexts.storeToRead.said, valueName: "file"))
    var store: String

    @Option(help: ArgumentHelp(HelpTexts.language.said))
    var language: Language?

    func run() throws {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      Terminal.output(try DocumentedReport(database: database).text(language ?? .current))
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: HelpTexts.Register.removeAbstract.said)

    @Argument(help: ArgumentHelp(HelpTexts.Register.list.said))
    var list: DocumentedListKind

    @Option(help: ArgumentHelp(HelpTexts.storeToWrite.said, valueName: "file"))
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
