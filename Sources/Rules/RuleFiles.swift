import Documents
import Model

/// A rule directory as its authors wrote it: every value checked by itself and against the registers, every place
/// known.
struct RuleFiles {
  struct Header {
    var version: String
    var date: String
  }

  struct RecipientEntry {
    var recipient: Recipient
    var roleNote: LocalizedText?
    var place: Place
  }

  struct CategoryEntry {
    var category: DataCategory
    var source: SourceReference
    var place: Place
  }

  struct Service {
    var id: String
    var title: LocalizedText
    var vendor: String
    var recipient: RecipientEntry
    /// Made by `rules import` from a list; rules that were written by hand win over its rules.
    var isImported: Bool
    var rules: [Rule]
  }

  struct Rule {
    var id: Placed<String>
    var revision: Int
    /// Day on which it was last compared with its sources (ISO 8601).
    var compared: String
    var purpose: PurposeClass
    /// Why the purpose is not what a telling label suggests.
    var purposeReason: String?
    var kind: EndpointKind
    var level: DataLevel?
    var products: [String]
    var patterns: [Placed<NamePattern>]
    var addresses: [Placed<IPPrefix>]
    var ports: [Placed<UInt16>]
    var transport: TransportProtocol?
    var personalLabel: PersonalLabel?
    var categories: [Placed<CategoryEntry>]
    var isShared: Bool
    var sources: [Placed<SourceReference>]
    var disputes: [String]
    var isEssential: Bool
    var blockingEffect: LocalizedText?
    var matching: [Placed<Destination>]
    var differing: [Placed<Destination>]
  }

  private(set) var header: Header?
  /// In the order of the register.
  private(set) var recipients: [RecipientEntry] = []
  /// In the order of the register.
  private(set) var categories: [CategoryEntry] = []
  /// Day on which each register was last compared with its sources (ISO 8601), by file; those that could be read.
  private(set) var registersCompared: [String: String] = [:]
  private(set) var transferTools = TransferToolRegister()
  private(set) var networks = NetworkRegisterFiles()
  /// Sorted by file name. Services and rules with a fault are left out.
  private(set) var services: [Service] = []
  /// Sorted by place. If it is empty, everything else is complete.
  private(set) var faults: [FileFault] = []

  static let headerFile = "ruleset.yaml"
  static let recipientsFile = "registers/recipients.yaml"
  static let categoriesFile = "registers/data-categories.yaml"
  /// List of facts that no rule uses; not part of the set.
  static let leftOutFile = "left-out.yaml"

  /// Reads all files; what is wrong with them is in `faults`.
  init(_ tree: RuleFileTree) {
    let collector = FaultCollector()
    let reader = RuleFilesReader(tree: tree, faults: collector)
    if let names = reader.fileNames() {
      header = reader.header()
      let recipientRegister = reader.recipients()
      let categoryRegister = reader.categories()
      registersCompared[Self.recipientsFile] = recipientRegister?.compared
      registersCompared[Self.categoriesFile] = categoryRegister?.compared
      var recipients = recipientRegister?.entries
      let categories = categoryRegister?.entries
      networks = NetworkRegisterFiles(reader)
      for register in NetworkRegister.allCases {
        registersCompared[register.file] = networks.compared(register)
      }
      transferTools = TransferToolRegister(reader, recipients: recipients.map { Set($0.map(\.recipient.id)) })
      registersCompared[TransferToolRegister.file] = transferTools.compared
      for index in recipients?.indices ?? 0..<0 {
        guard let recipient = recipients?[index].recipient else { continue }
        recipients?[index].recipient.transferTools = transferTools.entries(for: recipient)
      }
      self.recipients = recipients ?? []
      self.categories = categories ?? []
      let registers = Registers(recipients: recipients, categories: categories)
      for name in names {
        if let service = reader.service(file: name, registers: registers) { services.append(service) }
      }
      for (id, rules) in Dictionary(grouping: services.flatMap(\.rules), by: \.id.value) where rules.count > 1 {
        for rule in rules.dropFirst() {
          collector.add(
            rule.id.place.fault(
              RuleTexts.idTwiceFirstAt(quoted(id), rules[0].id.place.line),
              expected: RuleTexts.eachIDOnce, next: RuleTexts.giveAnotherID))
        }
      }
    }
    faults = collector.faults.sorted()
  }
}

extension RuleFiles {
  /// One entry for each register that could be read.
  var registerAges: [RuleAge] {
    registersCompared.map { file, compared in
      let sources: [SourceReference]
      switch file {
      case Self.recipientsFile: sources = recipients.map(\.recipient.source)
      case Self.categoriesFile: sources = categories.map(\.source)
      case TransferToolRegister.file:
        sources = transferTools.tools.map(\.source) + transferTools.entries.map(\.entry.source)
      default:
        sources = NetworkRegister.allCases.filter { $0.file == file }.flatMap { networks[$0] }.flatMap {
          $0.sources + $0.customerNames.map(\.source)
        }
      }
      return RuleAge(name: file, compared: compared, sources: sources)
    }
  }
}

/// The registers in the form in which rules look them up; nil for a register that could not be read, so that it does
/// not make every rule faulty.
private struct Registers {
  let recipients: [String: RuleFiles.RecipientEntry]?
  let categories: [String: RuleFiles.CategoryEntry]?

  init(recipients: [RuleFiles.RecipientEntry]?, categories: [RuleFiles.CategoryEntry]?) {
    self.recipients = recipients.map { Dictionary($0.map { ($0.recipient.id, $0) }) { first, _ in first } }
    self.categories = categories.map { Dictionary($0.map { ($0.category.id, $0) }) { first, _ in first } }
  }
}

/// Reads the files of one rule set; each fault goes to the collector.
package struct RuleFilesReader {
  let tree: RuleFileTree
  let faults: FaultCollector

  /// Names of everything in the directory, sorted; nil if it cannot be read.
  func listing() -> [String]? {
    if let names = tree.listing() { return names }
    faults.add(
      Place.start(of: tree.name).fault(
        RuleTexts.folderUnreadable, expected: RuleTexts.readableFolder(RuleFiles.headerFile),
        next: FileTexts.checkPathAndPermissions))
    return nil
  }

  /// Names of the service files, sorted; nil if the directory cannot be read.
  func fileNames() -> [String]? {
    guard let names = listing() else { return nil }
    for name in names where name.hasSuffix(".yml") && !name.hasPrefix(".") {
      faults.add(
        Place.start(of: name).fault(
          RuleTexts.wrongEnding, expected: RuleTexts.yamlEnding,
          next: RuleTexts.renameTo(quoted(name.dropLast(4) + ".yaml"))))
    }
    return names.filter {
      $0.hasSuffix(".yaml") && !$0.hasPrefix(".") && $0 != RuleFiles.headerFile && $0 != RuleFiles.leftOutFile
    }
  }

  func header() -> RuleFiles.Header? {
    guard let root = root(of: RuleFiles.headerFile),
      let fields = Fields(
        root, what: RuleTexts.ruleSet, keys: ["format", "version", "date"], file: RuleFiles.headerFile, faults: faults)
    else { return nil }
    fields.checkFormat()
    let version = fields.text("version", expected: RuleTexts.version)
    let date = fields.parsed("date", expected: FileTexts.date("2026-11-24")) { LocalDate($0) == nil ? nil : $0 }
    guard let version, let date else { return nil }
    return RuleFiles.Header(version: version.value, date: date.value)
  }

  func recipients() -> Register<RuleFiles.RecipientEntry>? {
    register(RuleFiles.recipientsFile, list: "recipients", of: RuleTexts.recipients, as: recipient) {
      ($0.recipient.id, $0.place)
    }
  }

  func categories() -> Register<RuleFiles.CategoryEntry>? {
    register(RuleFiles.categoriesFile, list: "categories", of: RuleTexts.dataCategories, as: category) {
      ($0.category.id, $0.place)
    }
  }

  fileprivate func service(file: String, registers: Registers) -> RuleFiles.Service? {
    guard let root = root(of: file),
      let fields = Fields(
        root, what: RuleTexts.service, keys: ["format", "service", "title", "vendor", "recipient", "origin", "rules"],
        file: file, faults: faults)
    else { return nil }
    fields.checkFormat()
    let id = fields.parsed("service", expected: Self.identifierExpected) { Self.isIdentifier($0) ? $0 : nil }
    let fileID = String(file.dropLast(".yaml".count))
    if let id, id.value != fileID {
      faults.add(
        id.place.fault(
          RuleTexts.serviceUnlikeFile(quoted(id.value), quoted(file)),
          expected: RuleTexts.fileNameOfService, next: RuleTexts.renameServiceOrFile))
    }
    let title = fields.localized("title")
    let vendor = fields.text("vendor", expected: RuleTexts.vendorName)
    let recipient = fields.text("recipient", expected: RuleTexts.idFrom(RuleFiles.recipientsFile)).flatMap {
      look(up: $0, in: registers.recipients, register: RuleFiles.recipientsFile, entry: RuleTexts.recipientEntry)
    }
    let origin = fields.word("origin", ServiceOrigin.self, required: false)
    let rules = fields.list("rules", of: RuleTexts.rules, required: true).compactMap {
      rule($0, file: file, service: fileID, registers: registers)
    }
    guard let title, let vendor, let recipient else { return nil }
    return RuleFiles.Service(
      id: fileID, title: title, vendor: vendor.value, recipient: recipient,
      isImported: origin?.value == .imported, rules: rules)
  }

  private func rule(_ node: YAMLNode, file: String, service: String, registers: Registers) -> RuleFiles.Rule? {
    let keys = [
      "id", "revision", "compared", "purpose", "purpose_reason", "kind", "level", "products", "patterns", "addresses",
      "ports", "transport", "personal_label", "data_categories", "shared", "sources", "disputes", "blocking",
      "examples",
    ]
    guard let fields = Fields(node, what: RuleTexts.rule, keys: keys, file: file, faults: faults) else { return nil }
    let before = faults.faults.count
    let id = fields.text("id", expected: RuleTexts.ruleIDExpected(service))
    if let id { check(ruleID: id, service: service) }
    let revision = fields.parsed("revision", expected: RuleTexts.wholeNumberFromOne) {
      Int($0).flatMap { $0 >= 1 ? $0 : nil }
    }
    let compared = compared(in: fields)
    let purpose = fields.word("purpose", PurposeClass.self)
    let purposeReason = fields.text("purpose_reason", expected: RuleTexts.englishSentence, required: false)
    let kind = fields.word("kind", EndpointKind.self)
    let level = fields.word("level", DataLevel.self, required: false)
    let products = fields.texts("products", of: RuleTexts.productNames)
    let patterns = fields.texts("patterns", of: RuleTexts.hostNamePatterns).compactMap(pattern)
    let addresses = fields.texts("addresses", of: Self.addressesExpected).compactMap(addressRange)
    if patterns.isEmpty && addresses.isEmpty && faults.faults.count == before {
      faults.add(
        fields.place.fault(
          RuleTexts.ruleWithoutPatterns, expected: RuleTexts.oneOfTheTwo,
          next: RuleTexts.addPatterns))
    }
    let ports = fields.texts("ports", of: Self.portsExpected).compactMap(port)
    let transport = fields.word("transport", RuleTransport.self, required: false)
    let personalLabel = fields.word("personal_label", PersonalLabel.self, required: false)
    if let open = patterns.first(where: { $0.value.kind != .exact }), !fields.has("personal_label") {
      faults.add(
        open.place.fault(
          RuleTexts.personalLabelMissing(quoted(open.value.text)),
          expected:
            RuleTexts.personalLabelInRule(PersonalLabel.allCases.map(\.rawValue).joined(separator: ", ")),
          next: RuleTexts.addPersonalLabel)
      )
    } else if let personalLabel, patterns.allSatisfy({ $0.value.kind == .exact }) {
      faults.add(
        personalLabel.place.fault(
          RuleTexts.personalLabelWithoutStar, expected: RuleTexts.patternWithStar,
          next: RuleTexts.removeKeyOrCorrectPattern))
    }
    let categories = fields.texts("data_categories", of: RuleTexts.idsFrom(RuleFiles.categoriesFile)).compactMap { id in
      look(up: id, in: registers.categories, register: RuleFiles.categoriesFile, entry: RuleTexts.dataCategoryEntry).map
      {
        Placed(value: $0, place: id.place)
      }
    }
    let shared = fields.flag("shared", required: false)
    let targets = Set(patterns.map(\.value.text) + addresses.map(\.value.description))
    let sourceNodes = fields.list("sources", of: RuleTexts.sources, required: true)
    let sources = sourceNodes.compactMap { node in
      ruleSource(node, file: file, targets: targets, isOnly: sourceNodes.count == 1).map {
        Placed(value: $0, place: Place(node, in: file))
      }
    }
    let namesAll = sources.contains { $0.value.patterns == nil && $0.value.supports == nil }
    let unsourced = namesAll ? [] : targets.subtracting(sources.flatMap { $0.value.patterns ?? [] })
    if !sources.isEmpty, faults.faults.count == before, let target = unsourced.min() {
      faults.add(
        fields.place.fault(
          RuleTexts.noSourceNames(quoted(target)), expected: RuleTexts.sourceForEach,
          next: RuleTexts.addToSource))
    }
    let disputes = fields.texts("disputes", of: RuleTexts.sentences)
    let blocking = fields.fields("blocking", what: RuleTexts.blocking, keys: ["essential", "effect"])
    let essential = blocking?.flag("essential")
    let effect = blocking?.localized("effect", required: false)
    let examples = fields.fields("examples", what: RuleTexts.examples, keys: ["match", "differ"])
    let destination = { (text: Placed<String>) in
      example(text, port: ports.first?.value ?? 443, transport: transport?.value.transport ?? .tcp)
    }
    let matching = examples?.texts("match", of: Self.examplesExpected, required: true).compactMap(destination)
    let differing = examples?.texts("differ", of: Self.examplesExpected, required: true).compactMap(destination)

    guard faults.faults.count == before, let id, let revision, let compared, let purpose, let kind, let essential,
      let matching, let differing
    else { return nil }
    return RuleFiles.Rule(
      id: id, revision: revision.value, compared: compared, purpose: purpose.value,
      purposeReason: purposeReason?.value, kind: kind.value, level: level?.value, products: products.map(\.value),
      patterns: patterns, addresses: addresses, ports: ports,
      transport: transport?.value.transport, personalLabel: personalLabel?.value, categories: categories,
      isShared: shared?.value ?? false, sources: sources, disputes: disputes.map(\.value),
      isEssential: essential.value, blockingEffect: effect, matching: matching, differing: differing)
  }

  private func check(ruleID id: Placed<String>, service: String) {
    if !id.value.hasPrefix(service + ".") {
      faults.add(
        id.place.fault(
          RuleTexts.ruleIDWithoutService(quoted(id.value)),
          expected: RuleTexts.idBeginsWith(service),
          next: RuleTexts.prefixService(service)))
    } else if !Self.isIdentifier(String(id.value.dropFirst(service.count + 1))) {
      faults.add(
        id.place.fault(
          RuleTexts.ruleIDIs(quoted(id.value)), expected: RuleTexts.serviceAnd(service, Self.identifierExpected),
          next: FileTexts.correctTheValue))
    }
  }

  func pattern(_ text: Placed<String>) -> Placed<NamePattern>? {
    do throws(PatternDefect) {
      return Placed(value: try NamePattern(text.value), place: text.place)
    } catch {
      faults.add(text.place.fault(error.problem, expected: error.expected, next: error.nextStep))
      return nil
    }
  }

  func addressRange(_ text: Placed<String>) -> Placed<IPPrefix>? {
    guard let prefix = IPPrefix(text.value), text.value.contains("/") else {
      faults.add(
        text.place.fault(
          RuleTexts.noAddressRange(quoted(text.value)), expected: Self.addressesExpected,
          next: FileTexts.correctTheValue))
      return nil
    }
    guard prefix.description == text.value else {
      faults.add(
        text.place.fault(
          RuleTexts.notCanonical(quoted(text.value)),
          expected: RuleTexts.canonicalForm, next: RuleTexts.writeRange(prefix.description)))
      return nil
    }
    return Placed(value: prefix, place: text.place)
  }

  private func port(_ text: Placed<String>) -> Placed<UInt16>? {
    guard let port = UInt16(text.value), port > 0 else {
      faults.add(
        text.place.fault(
          RuleTexts.portIs(quoted(text.value)), expected: Self.portsExpected, next: FileTexts.correctTheValue))
      return nil
    }
    return Placed(value: port, place: text.place)
  }

  private func example(_ text: Placed<String>, port: UInt16, transport: TransportProtocol) -> Placed<Destination>? {
    if let address = IPAddress(text.value) {
      return Placed(
        value: Destination(name: nil, address: address, port: port, transport: transport), place: text.place)
    }
    guard let pattern = try? NamePattern(text.value), pattern.kind == .exact else {
      faults.add(
        text.place.fault(
          RuleTexts.noHostName(quoted(text.value)), expected: Self.examplesExpected,
          next: RuleTexts.writeAskableName))
      return nil
    }
    return Placed(
      value: Destination(name: text.value, address: nil, port: port, transport: transport), place: text.place)
  }

  private func recipient(_ node: YAMLNode, file: String) -> RuleFiles.RecipientEntry? {
    let keys = ["id", "legal_entity", "aliases", "seat", "parent", "parent_seat", "role", "role_note", "source"]
    guard let fields = Fields(node, what: RuleTexts.recipient, keys: keys, file: file, faults: faults) else {
      return nil
    }
    let country = RuleTexts.leaveKeyOut(Self.countryExpected)
    let before = faults.faults.count
    let id = identifier(in: fields)
    let legalEntity = fields.text("legal_entity", expected: RuleTexts.legalEntityName)
    let aliases = fields.texts("aliases", of: RuleTexts.otherNames)
    let seat = fields.parsed("seat", expected: country, required: false, Self.country)
    let parent = fields.text("parent", expected: RuleTexts.parentName, required: false)
    let parentSeat = fields.parsed("parent_seat", expected: country, required: false, Self.country)
    let role = fields.word("role", RecipientRole.self)
    let roleNote = fields.localized("role_note", required: false)
    let source = fields.fields("source", what: RuleTexts.source, keys: Self.sourceKeys).flatMap(source)
    guard faults.faults.count == before, let id, let legalEntity, let role, let source else { return nil }
    return RuleFiles.RecipientEntry(
      recipient: Recipient(
        id: id.value, legalEntity: legalEntity.value, aliases: aliases.isEmpty ? nil : aliases.map(\.value),
        seat: seat?.value, parent: parent?.value,
        parentSeat: parentSeat?.value, roleAssumed: role.value.rawValue, source: source),
      roleNote: roleNote, place: id.place)
  }

  private func category(_ node: YAMLNode, file: String) -> RuleFiles.CategoryEntry? {
    guard
      let fields = Fields(
        node, what: RuleTexts.dataCategory, keys: ["id", "title", "personal", "source"], file: file, faults: faults)
    else { return nil }
    let id = identifier(in: fields)
    let title = fields.localized("title")
    let personal = fields.flag("personal")
    let source = fields.fields("source", what: RuleTexts.source, keys: Self.sourceKeys).flatMap(source)
    guard let id, let title, let personal, let source else { return nil }
    return RuleFiles.CategoryEntry(
      category: DataCategory(id: id.value, title: title, isPersonal: personal.value), source: source, place: id.place)
  }

  /// `targets`: patterns and address ranges of the rule. `isOnly`: the rule has no other source.
  private func ruleSource(_ node: YAMLNode, file: String, targets: Set<String>, isOnly: Bool) -> SourceReference? {
    let keys = ["document", "place", "kind", "date", "revision", "patterns", "supports"]
    guard
      let fields = Fields(
        node, what: RuleTexts.source, keys: keys, formerKeys: ["by_vendor": "kind: vendor"], file: file, faults: faults)
    else { return nil }
    let place = fields.text("place", expected: RuleTexts.placeInDocument)
    let kind = fields.word("kind", SourceKind.self)
    let source = source(fields)
    let named = fields.texts("patterns", of: RuleTexts.patternsAndRanges)
    let supported = fields.list("supports", of: RuleTexts.whatSourceStates).compactMap {
      statement($0, fields)
    }
    guard var source, let place, let kind else { return nil }
    source.place = place.value
    source.kind = kind.value
    // An imported list names everything in its rule, and a million names need not be listed twice.
    let isList = isOnly && (kind.value == .list || kind.value == .blocklist)
    if !fields.has("patterns"), !fields.has("supports"), targets.count > 1, !isList {
      faults.add(
        fields.place.fault(
          RuleTexts.sourceNamesNothing, expected: RuleTexts.patternsOrSupports,
          next: RuleTexts.addPatternsOrSupports))
    }
    for text in named where !targets.contains(text.value) {
      faults.add(
        text.place.fault(
          RuleTexts.ruleHasNot(quoted(text.value)), expected: RuleTexts.patternOfRule,
          next: suggestion(for: text.value, in: targets.sorted(), otherwise: RuleTexts.correctOrAddToRule)))
    }
    if !named.isEmpty { source.patterns = Set(named.map(\.value)).sorted() }
    if !supported.isEmpty {
      source.supports = Set(supported).sorted { $0.rawValue < $1.rawValue }
    }
    return source
  }

  private func statement(_ node: YAMLNode, _ fields: Fields) -> SourceReference.Statement? {
    fields.word(in: node, named: RuleTexts.itemOfSupports, SourceReference.Statement.self)?.value
  }

  /// Day on which a rule or a register was last compared with its sources.
  func compared(in fields: Fields) -> String? {
    fields.parsed("compared", expected: RuleTexts.comparedExpected) {
      LocalDate($0) == nil ? nil : $0
    }?.value
  }

  func source(_ node: YAMLNode, file: String) -> SourceReference? {
    Fields(node, what: RuleTexts.source, keys: Self.sourceKeys, file: file, faults: faults).flatMap(source)
  }

  func source(_ fields: Fields) -> SourceReference? {
    let document = fields.text("document", expected: RuleTexts.documentExpected)
    let date = fields.parsed("date", expected: Self.dateExpected, Self.date)
    let revision = fields.text("revision", expected: RuleTexts.revisionRead, required: false)
    guard let document, let date else { return nil }
    return SourceReference(document: document.value, date: date.value, revision: revision?.value)
  }

  func identifier(in fields: Fields) -> Placed<String>? {
    fields.parsed("id", expected: Self.identifierExpected) { Self.isIdentifier($0) ? $0 : nil }
  }

  func look<Entry>(
    up id: Placed<String>, in register: [String: Entry]?, register file: String, entry: LocalizedText
  ) -> Entry? {
    guard let register else { return nil }
    if let found = register[id.value] { return found }
    faults.add(
      id.place.fault(
        RuleTexts.notInRegister(entry, quoted(id.value), file), expected: RuleTexts.idOfThatFile,
        next: suggestion(for: id.value, in: register.keys, otherwise: RuleTexts.addEntryOrCorrect(entry))))
    return nil
  }

  func register<Entry>(
    _ file: String, list: String, of items: LocalizedText, as entry: (YAMLNode, String) -> Entry?,
    identity: (Entry) -> (id: String, place: Place)
  ) -> Register<Entry>? {
    guard let root = root(of: file),
      let fields = Fields(
        root, what: RuleTexts.register, keys: ["format", "compared", list], file: file, faults: faults)
    else { return nil }
    fields.checkFormat()
    let compared = compared(in: fields)
    let before = faults.faults.count
    let entries = fields.list(list, of: items, required: true).compactMap { entry($0, file) }
    guard faults.faults.count == before, let compared else { return nil }
    var first: [String: Place] = [:]
    for (id, place) in entries.map(identity) {
      if let first = first[id] {
        faults.add(
          place.fault(
            RuleTexts.idTwiceFirstAt(quoted(id), first.line), expected: RuleTexts.eachIDOnce,
            next: RuleTexts.giveAnotherID))
      } else {
        first[id] = place
      }
    }
    return Register(compared: compared, entries: entries)
  }

  /// A register as its file has it.
  struct Register<Entry> {
    /// Day of the last comparison with its sources (ISO 8601).
    let compared: String
    /// In the order of the file.
    let entries: [Entry]
  }

  func exists(_ file: String) -> Bool { tree.exists(file) }

  func root(of file: String) -> YAMLNode? {
    do throws(RuleFileRefusal) {
      return composeYAML(try tree.contents(file), file: file, faults: faults)
    } catch {
      faults.add(error.fault(in: file))
      return nil
    }
  }

  static let sourceKeys = ["document", "date", "revision"]
  static let identifierExpected = RuleTexts.identifier
  static let countryExpected = RuleTexts.country
  static let dateExpected = RuleTexts.dateOrMonth
  static let addressesExpected = RuleTexts.addressRanges
  private static let portsExpected = RuleTexts.ports
  private static let examplesExpected = RuleTexts.namesOrAddresses

  static func country(_ text: String) -> String? {
    text.utf8.count == 2 && text.utf8.allSatisfy { $0.isASCIIUppercase } ? text : nil
  }

  static func date(_ text: String) -> String? { LocalDate.days(meantBy: text) == nil ? nil : text }

  package static func isIdentifier(_ text: String) -> Bool {
    !text.isEmpty && text.first != "-" && text.last != "-"
      && text.unicodeScalars.allSatisfy { LabelPattern.isLegal($0) && $0 != "_" && $0 != "*" }
  }
}
