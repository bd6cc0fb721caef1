import ArgumentParser
import Auditing
import Foundation
import Glibc
import Model
import Reporting

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a first configuration, from what it finds on this machine and what you answer.",
    discussion: """
      On a terminal it asks for what no option states; an empty answer takes the proposal in brackets. Elsewhere it takes the proposals without \
      asking. It shows the interfaces that it finds, contacts nobody, and replaces no file without --force.

      With --single-pc it writes a trial on this PC: it proposes this machine's own addresses, and every report says that nobody works at it. \
      Do not use it for a PC at which somebody works.
      """)

  @Argument(help: ArgumentHelp("File to write.", valueName: "file"))
  var file = "egressaudit.yaml"

  @Option(help: "Name of the organisation or gateway in files and reports: letters, digits and '-'.")
  var site: String?

  @Option(help: ArgumentHelp("Time zone of the site, such as Europe/Berlin.", valueName: "zone"))
  var timeZone: String?

  @Option(help: ArgumentHelp("Agreed working hours, such as 'mon-fri 7-18', or none.", valueName: "hours"))
  var workingHours: String?

  @Option(
    help: ArgumentHelp("Your own networks, separated by commas, such as 10.0.0.0/8.", valueName: "networks"))
  var inside: String?

  @Option(
    help: ArgumentHelp(
      "A group of devices, such as 'Bürgeramt=10.20.1.0/24,10.20.2.0/24'; may be repeated. With '!' after the name: special secrecy.",
      valueName: "group"))
  var group: [String] = []

  @Option(
    help: ArgumentHelp(
      "Purpose classes of which nothing is to leave the site, separated by commas, such as telemetry,advertising; or none.",
      valueName: "classes"))
  var claims: String?

  @Option(
    help: ArgumentHelp(
      "Interfaces that 'run' captures, separated by commas; none if you only replay capture files.", valueName: "names")
  )
  var interfaces: String?

  @Flag(help: "Write a trial on this PC, at which nobody works.")
  var singlePc = false

  @Flag(help: "Replace the file if it exists.")
  var force = false

  @Flag(help: "Do not ask, also on a terminal.")
  var noQuestions = false

  func validate() throws {
    if singlePc && !group.isEmpty {
      throw ValidationError("A trial has no groups. Leave out --group, or leave out --single-pc.")
    }
  }

  func run() throws {
    // A symbolic link that leads nowhere is something of somebody, too.
    var existing = stat()
    guard force || lstat(file, &existing) != 0 else { throw exists }
    let machine = StarterConfiguration.Machine.current
    Terminal.say("Interfaces of this machine:")
    let lines = machine.lines
    for line in lines.isEmpty ? ["none with an address"] : lines { Terminal.say("  \(line)") }
    let starter = try configuration(machine, Questions(areAsked: !noQuestions && isatty(STDIN_FILENO) == 1))
    try write(starter.text)
    Terminal.output(file + "\n")
    let store = starter.interfaces.isEmpty ? "audit.sqlite" : "/var/lib/egressaudit/audit.sqlite"
    Terminal.say("Read it, then run: egressaudit check --config \(file) --store \(store)")
  }

  private func configuration(_ machine: StarterConfiguration.Machine, _ questions: Questions) throws
    -> StarterConfiguration
  {
    var starter = StarterConfiguration()
    starter.isTrial = singlePc
    starter.site = try questions.answer(
      site, "Name of the site", proposal: singlePc ? "trial" : "site", expected: "letters, digits and '-', at most 64"
    ) { AuditConfiguration.isSiteName($0) ? $0 : nil }
    starter.timeZone = try questions.answer(
      timeZone, "Time zone",
      proposal: ["GMT", "UTC", "Etc/UTC"].contains(TimeZone.current.identifier)
        ? AuditSettings().timeZone : TimeZone.current.identifier,
      expected: "an IANA time zone such as Europe/Berlin"
    ) { TimeZone(identifier: $0) == nil ? nil : $0 }
    starter.workingHours = try questions.answer(
      workingHours, "Working hours", proposal: "none", expected: "'mon-fri 7-18' or none"
    ) { WorkingHoursAnswer($0) }.hours
    let networks = singlePc ? machine.ownAddresses : machine.insideNetworks
    starter.insideNetworks = try questions.answer(
      inside, singlePc ? "Addresses of this PC" : "Your own networks",
      proposal: (networks.isEmpty && !singlePc ? [IPPrefix("10.0.0.0/8")!] : networks).map(\.description)
        .joined(separator: ","),
      expected: "address ranges such as 10.0.0.0/8, separated by commas"
    ) { prefixes($0) }
    starter.groups = try questions.groups(group, isAsked: !singlePc)
    starter.claims = try questions.answer(
      claims, "Purpose classes of which nothing is to leave the site", proposal: singlePc ? "none" : "telemetry",
      expected: PurposeClass.allCases.map(\.rawValue).joined(separator: ", ") + ", or none"
    ) { list($0) { PurposeClass(rawValue: $0).map(Self.claim) } }
    starter.interfaces = try questions.answer(
      interfaces, "Interfaces to capture",
      proposal: (singlePc ? machine.ownInterfaceName : machine.firstInsideInterface) ?? "none",
      expected: "names of interfaces, separated by commas, or none"
    ) { text in list(text) { name in AuditConfiguration.isInterfaceName(name) ? name : nil } }
    return starter
  }

  /// A statement that nothing of a purpose class leaves the site.
  private static func claim(_ purpose: PurposeClass) -> Claim {
    let word = { (language: Language) in DocumentWords(language).word(purpose.rawValue) }
    return Claim(
      id: "no-" + purpose.rawValue.replacing("_", with: "-"),
      says: LocalizedText(
        en: "Nothing of the purpose class '\(word(.english))' leaves the site.",
        de: "Es geht nichts der Zweckklasse „\(word(.german))“ hinaus."), purpose: purpose)
  }

  /// The file appears only if the program can read it. Only the owner and the group read it: it names networks and groups.
  ///
  /// A file that is replaced gives its owner and mode, by which the service may read its configuration.
  private func write(_ text: String) throws {
    let (descriptor, draft) = makeDraft()
    guard descriptor >= 0 else { throw notWritable }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    defer { unlink(draft) }
    try handle.write(contentsOf: Data(text.utf8))
    // What was answered may contradict itself, such as a network in two groups.
    _ = try AuditConfiguration(path: draft)
    var replaced = stat()
    if force, stat(file, &replaced) == 0 {
      // The owner first: a change of owner may clear bits of the mode.
      guard fchown(descriptor, replaced.st_uid, replaced.st_gid) == 0,
        fchmod(descriptor, replaced.st_mode & 0o777) == 0
      else { throw notWritable }
    } else {
      let mask = umask(0)
      umask(mask)
      guard fchmod(descriptor, 0o640 & ~mask) == 0 else { throw notWritable }
    }
    try handle.close()
    // A link, unlike a renamed file, never replaces what appeared under the name while questions were asked.
    guard (force ? rename(draft, file) : link(draft, file)) == 0 else {
      throw !force && errno == EEXIST ? exists : notWritable
    }
  }

  /// A new empty file beside the one to be written, whose name no other file has; the descriptor is -1 if there can be none.
  private func makeDraft() -> (descriptor: Int32, path: String) {
    var template = Array((file + ".XXXXXX").utf8CString)
    return template.withUnsafeMutableBufferPointer { buffer in
      guard let name = buffer.baseAddress else { return (-1, file) }
      return (mkstemp(name), String(cString: name))
    }
  }

  private var exists: ExitCode {
    Terminal.say("egressaudit: \(file) exists and was left as it is. Name another file, or replace it with --force.")
    return ExitCode(3)
  }

  private var notWritable: ExitCode {
    let reason = String(cString: strerror(errno))
    Terminal.say("egressaudit: Cannot write \(file): \(reason). Name a file in a folder that you may write to.")
    return ExitCode(3)
  }
}

/// Asks on the terminal for what no option states.
private struct Questions {
  let areAsked: Bool

  /// The option's value, else what is answered, else the proposal. A wrong answer is asked for again, a wrong option is wrong usage.
  func answer<Value>(
    _ option: String?, _ question: String, proposal: String, expected: String, _ parse: (String) -> Value?
  ) throws -> Value {
    if let option {
      guard let value = parse(option) else {
        throw ValidationError("'\(option)' does not fit (\(question)). Expected \(expected).")
      }
      return value
    }
    while areAsked {
      Terminal.write("\(question) [\(proposal)]: ")
      guard let line = readLine() else { break }
      let text = line.trimmingCharacters(in: .whitespaces)
      if let value = parse(text.isEmpty ? proposal : text) { return value }
      Terminal.say("  Expected \(expected).")
    }
    guard let value = parse(proposal) else {
      throw ValidationError("\(question): nothing can be proposed. Name it with an option; expected \(expected).")
    }
    return value
  }

  func groups(_ options: [String], isAsked: Bool) throws -> [StarterConfiguration.Group] {
    let expected = "a name, '=', and networks separated by commas, such as Bürgeramt=10.20.1.0/24"
    var groups = try options.map { option in
      guard let group = parsedGroup(option) else {
        throw ValidationError("'\(option)' is no group. Expected \(expected).")
      }
      return group
    }
    guard options.isEmpty, isAsked else { return groups }
    while areAsked {
      Terminal.write(
        "Group of devices, such as Bürgeramt=10.20.1.0/24 ('!' after the name: special secrecy) [no more]: ")
      guard let line = readLine(), !line.trimmingCharacters(in: .whitespaces).isEmpty else { break }
      if let group = parsedGroup(line) { groups.append(group) } else { Terminal.say("  Expected \(expected).") }
    }
    return groups
  }

  private func parsedGroup(_ text: String) -> StarterConfiguration.Group? {
    let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.count == 2, let networks = prefixes(parts[1]) else { return nil }
    let isZone = parts[0].hasSuffix("!")
    let name = (isZone ? String(parts[0].dropLast()) : parts[0]).trimmingCharacters(in: .whitespaces)
    return name.isEmpty ? nil : StarterConfiguration.Group(name: name, networks: networks, isSecrecyZone: isZone)
  }
}

/// Working hours in one line: `mon-fri 7-18`, `mon,wed 8-12`, or `none`.
private struct WorkingHoursAnswer {
  let hours: WorkingHours?

  init?(_ text: String) {
    if text == "none" {
      hours = nil
      return
    }
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    let parts = text.split(separator: " ")
    guard parts.count == 2 else { return nil }
    var weekdays: Set<Int> = []
    for part in parts[0].split(separator: ",") {
      let ends = part.split(separator: "-").map { days.firstIndex(of: String($0)) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
        return nil
      }
      weekdays.formUnion((first + 1)...(last + 1))
    }
    let ends = parts[1].split(separator: "-").map { Int($0) }
    guard ends.count == 2, let from = ends[0], let to = ends[1], (0...23).contains(from), (1...24).contains(to),
      from < to,
      !weekdays.isEmpty
    else { return nil }
    hours = WorkingHours(weekdays: weekdays, from: from, to: to)
  }
}

/// Values separated by commas; empty for `none`, nil if one does not fit or is there twice.
private func list<Value: Hashable>(_ text: String, _ parse: (String) -> Value?) -> [Value]? {
  if text == "none" { return [] }
  let parts = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  let values = parts.compactMap(parse)
  return values.isEmpty || values.count < parts.count || Set(values).count < values.count ? nil : values
}

private func prefixes(_ text: String) -> [IPPrefix]? { text == "none" ? nil : list(text) { IPPrefix($0) } }
