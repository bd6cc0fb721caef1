import ArgumentParser
import Auditing
import Foundation
import Glibc
import Model
import Reporting

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: HelpTexts.Init.abstract.said,
    discussion: HelpTexts.Init.discussion.said)

  @Argument(help: ArgumentHelp(HelpTexts.Init.file.said, valueName: "file"))
  var file = "egressaudit.yaml"

  @Option(help: ArgumentHelp(HelpTexts.Init.site.said))
  var site: String?

  @Option(help: ArgumentHelp(HelpTexts.Init.timeZone.said, valueName: "zone"))
  var timeZone: String?

  @Option(help: ArgumentHelp(HelpTexts.Init.workingHours.said, valueName: "hours"))
  var workingHours: String?

  @Option(
    help: ArgumentHelp(HelpTexts.Init.inside.said, valueName: "networks"))
  var inside: String?

  @Option(
    help: ArgumentHelp(
      HelpTexts.Init.group.said,
      valueName: "group"))
  var group: [String] = []

  @Option(
    help: ArgumentHelp(
      HelpTexts.Init.claims.said,
      valueName: "classes"))
  var claims: String?

  @Option(
    help: ArgumentHelp(
      HelpTexts.Init.interfaces.said, valueName: "names")
  )
  var interfaces: String?

  @Flag(help: ArgumentHelp(HelpTexts.Init.singlePc.said))
  var singlePc = false

  @Flag(help: ArgumentHelp(HelpTexts.Init.force.said))
  var force = false

  @Flag(help: ArgumentHelp(HelpTexts.Init.noQuestions.said))
  var noQuestions = false

  func validate() throws {
    if singlePc && !group.isEmpty {
      throw ValidationError(HelpTexts.Init.trialHasNoGroups.said)
    }
  }

  func run() throws {
    // A dangling symbolic link is not replaced either.
    var existing = stat()
    guard force || lstat(file, &existing) != 0 else { throw exists }
    let machine = StarterConfiguration.Machine.current
    Terminal.say(HelpTexts.Init.interfacesFound.said)
    let lines = machine.lines(.current)
    for line in lines.isEmpty ? [HelpTexts.Init.noInterface.said] : lines { Terminal.say("  \(line)") }
    let starter = try configuration(machine, Questions(areAsked: !noQuestions && isatty(STDIN_FILENO) == 1))
    try write(starter.text)
    Terminal.output(file + "\n")
    let store = starter.interfaces.isEmpty ? "audit.sqlite" : "/var/lib/egressaudit/audit.sqlite"
    if !starter.claims.isEmpty { Terminal.say(HelpTexts.Init.firstClaims.said) }
    Terminal.say(HelpTexts.Init.nextStep(file: file, store: store).said)
  }

  private func configuration(_ machine: StarterConfiguration.Machine, _ questions: Questions) throws
    -> StarterConfiguration
  {
    var starter = StarterConfiguration()
    starter.isTrial = singlePc
    starter.site = try questions.answer(
      site, HelpTexts.Init.siteQuestion.said, proposal: singlePc ? "trial" : "site",
      expected: HelpTexts.Init.siteExpected.said
    ) { AuditConfiguration.isSiteName($0) ? $0 : nil }
    starter.timeZone = try questions.answer(
      timeZone, HelpTexts.Init.timeZoneQuestion.said,
      proposal: ["GMT", "UTC", "Etc/UTC"].contains(TimeZone.current.identifier)
        ? AuditSettings().timeZone : TimeZone.current.identifier,
      expected: HelpTexts.Init.timeZoneExpected.said
    ) { TimeZone(identifier: $0) == nil ? nil : $0 }
    starter.workingHours = try questions.answer(
      workingHours, HelpTexts.Init.workingHoursQuestion.said, proposal: "none",
      expected: HelpTexts.Init.workingHoursExpected.said
    ) { WorkingHoursAnswer($0) }.hours
    let networks = singlePc ? machine.ownAddresses : machine.insideNetworks
    starter.insideNetworks = try questions.answer(
      inside, singlePc ? HelpTexts.Init.ownAddressesQuestion.said : HelpTexts.Init.insideQuestion.said,
      proposal: (networks.isEmpty && !singlePc ? [IPPrefix("10.0.0.0/8")!] : networks).map(\.description)
        .joined(separator: ","),
      expected: HelpTexts.Init.insideExpected.said
    ) { prefixes($0) }
    starter.groups = try questions.groups(group, isAsked: !singlePc)
    starter.claims = try questions.answer(
      claims, HelpTexts.Init.claimsQuestion.said, proposal: singlePc ? "none" : "telemetry",
      expected: PurposeClass.allCases.map(\.rawValue).joined(separator: ", ") + HelpTexts.Init.orNone.said
    ) { list($0) { PurposeClass(rawValue: $0).map(Self.claim) } }
    starter.interfaces = try questions.answer(
      interfaces, HelpTexts.Init.interfacesQuestion.said,
      proposal: (singlePc ? machine.ownInterfaceName : machine.firstInsideInterface) ?? "none",
      expected: HelpTexts.Init.interfacesExpected.said
    ) { text in list(text) { name in AuditConfiguration.isInterfaceName(name) ? name : nil } }
    return starter
  }

  /// A claim that nothing of a purpose class leaves the site.
  private static func claim(_ purpose: PurposeClass) -> Claim {
    let word = { (language: Language) in DocumentWords(language).word(purpose.rawValue) }
    return Claim(
      id: "no-" + purpose.rawValue.replacing("_", with: "-"),
      says: LocalizedText(
        en: "Nothing of the purpose class '\(word(.english))' leaves the site.",
        de: "Nichts aus der Zweckklasse „\(word(.german))“ verlässt den Standort."), purpose: purpose)
  }

  /// The file appears only if the program can read it. Only the owner and the group read it: it names networks and
  /// groups.
  ///
  /// Owner and mode of a replaced file are kept, so that the service can read its configuration.
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
      // The owner first, since a change of owner may clear bits of the mode.
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

  /// A new empty file beside the one to be written, whose name no other file has; the descriptor is -1 if there can be
  /// none.
  private func makeDraft() -> (descriptor: Int32, path: String) {
    var template = Array((file + ".XXXXXX").utf8CString)
    return template.withUnsafeMutableBufferPointer { buffer in
      guard let name = buffer.baseAddress else { return (-1, file) }
      return (mkstemp(name), String(cString: name))
    }
  }

  private var exists: ExitCode {
    Terminal.say(HelpTexts.Init.exists(file).said)
    return ExitCode(3)
  }

  private var notWritable: ExitCode {
    let reason = String(cString: strerror(errno))
    Terminal.say(HelpTexts.Init.notWritable(file, reason).said)
    return ExitCode(3)
  }
}

/// Asks on the terminal for what no option states.
private struct Questions {
  let areAsked: Bool

  /// The value of the option, else the answer, else the proposal. After a wrong answer the question is repeated; a
  /// wrong option is an error of usage.
  func answer<Value>(
    _ option: String?, _ question: String, proposal: String, expected: String, _ parse: (String) -> Value?
  ) throws -> Value {
    if let option {
      guard let value = parse(option) else {
        throw ValidationError(HelpTexts.Init.optionFault(option, question, expected: expected).said)
      }
      return value
    }
    while areAsked {
      Terminal.write("\(question) [\(proposal)]: ")
      guard let line = readLine() else { break }
      let text = line.trimmingCharacters(in: .whitespaces)
      if let value = parse(text.isEmpty ? proposal : text) { return value }
      Terminal.say(HelpTexts.Init.expected(expected).said)
    }
    guard let value = parse(proposal) else {
      throw ValidationError(HelpTexts.Init.noProposal(question, expected: expected).said)
    }
    return value
  }

  func groups(_ options: [String], isAsked: Bool) throws -> [StarterConfiguration.Group] {
    let expected = HelpTexts.Init.groupExpected.said
    var groups = try options.map { option in
      guard let group = parsedGroup(option) else {
        throw ValidationError(HelpTexts.Init.groupFault(option, expected: expected).said)
      }
      return group
    }
    guard options.isEmpty, isAsked else { return groups }
    while areAsked {
      Terminal.write(
        HelpTexts.Init.groupQuestion.said)
      guard let line = readLine(), !line.trimmingCharacters(in: .whitespaces).isEmpty else { break }
      if let group = parsedGroup(line) {
        groups.append(group)
      } else {
        Terminal.say(HelpTexts.Init.expected(expected).said)
      }
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
