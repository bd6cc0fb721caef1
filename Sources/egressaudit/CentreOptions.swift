import ArgumentParser
import Glibc
import Model
import Reporting

/// Options of verbs that can ask a centre of many gateways instead of a store.
///
/// This program opens no connection: it executes the program of the centre, which gets the same options.
struct CentreOptions: ParsableArguments {
  @Flag(help: ArgumentHelp(HelpTexts.Centre.fleet.said))
  var fleet = false

  @Option(help: ArgumentHelp(HelpTexts.Centre.server.said, valueName: "url"))
  var server: String?

  @Option(help: ArgumentHelp(HelpTexts.Centre.file.said, valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp(HelpTexts.Centre.month.said, valueName: "month"))
  var month: String?

  @Option(help: ArgumentHelp(HelpTexts.Centre.gateway.said, valueName: "name"))
  var gateway: [String] = []

  @Option(help: ArgumentHelp(HelpTexts.Centre.agency.said, valueName: "name"))
  var agency: [String] = []

  @Option(help: ArgumentHelp(HelpTexts.Centre.agencies.said, valueName: "file"))
  var agencies: String?

  func validate() throws {
    let isNamed = server != nil || file != nil
    if !fleet, isNamed || month != nil || !gateway.isEmpty || !agency.isEmpty || agencies != nil {
      throw ValidationError(HelpTexts.Centre.onlyFleet.said)
    }
    if fleet, (server == nil) == (file == nil) {
      throw ValidationError(HelpTexts.Centre.oneCentre.said)
    }
  }

  /// Names of the options above, with those that every verb of the centre takes.
  private static let shared: Set = [
    "--fleet", "--server", "--file", "--month", "--gateway", "--agency", "--agencies", "--from", "--to", "--output",
    "--language",
  ]

  /// Throws for an option of this command line that has a meaning only for a store.
  ///
  /// - Parameter others: options of the verb that the centre also accepts.
  func refuseStoreOptions(except others: Set<String>) throws {
    for argument in CommandLine.arguments.dropFirst() where fleet && argument.hasPrefix("--") {
      let name = String(argument.prefix { $0 != "=" })
      guard Self.shared.contains(name) || others.contains(name) else {
        throw ValidationError(HelpTexts.Centre.noStoreOption(printable(name)).said)
      }
    }
  }

  private static let installed = "/usr/share/egressaudit/fleet"

  /// Executes the program of the centre in place of this one; returns only by throwing, if that cannot be started.
  ///
  /// - Parameter name: `report` or `export`.
  func become(_ name: String) throws -> Never {
    // As for the rules: the program of the package, else that of the sources.
    let folder = access(Self.installed + "/" + name, X_OK) == 0 ? Self.installed : "scripts/fleet"
    let path = folder + "/" + name
    var arguments = CommandLine.arguments.dropFirst(2).filter { $0 != "--fleet" }
    if !arguments.contains(where: { $0 == "--language" || $0.hasPrefix("--language=") }) {
      arguments += ["--language", Language.current.rawValue]
    }
    var pointers = ([path] + arguments).map { strdup($0) } + [nil]
    execv(path, &pointers)
    Terminal.say("egressaudit: \(HelpTexts.Centre.notInstalled(path, String(cString: strerror(errno))).said)")
    throw ExitCode(3)
  }
}
