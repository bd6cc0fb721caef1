import Documents
import Model

/// Checks of the registers beyond those of loading.
extension RuleLint {
  static func registers(in files: RuleFiles) -> [FileFault] {
    var faults: [FileFault?] = []
    for register in NetworkRegister.allCases {
      let entries = files.networks[register]
      faults.append(order(register.list, entries.map(\.id), areIdentifiers: true))
      for entry in entries {
        faults.append(order("names", entry.names))
        faults.append(order("addresses", entry.addresses.map { $0.map(\.description) }))
        faults.append(order("customer_names", entry.customerNames.map(\.suffix)))
      }
      faults += repetitions(entries.flatMap(\.names).map { ($0.value, $0.place) })
      faults += repetitions(entries.flatMap(\.customerNames).map { ($0.suffix.value, $0.suffix.place) })
      faults += repetitions(entries.flatMap(\.addresses).map { ($0.value.description, $0.place) })
    }
    faults += files.recipients.flatMap(recipient)
    let register = files.transferTools
    faults.append(order("transfer_tools", register.tools.map(\.id), areIdentifiers: true))
    for tool in register.tools {
      faults.append(order("countries", tool.countries))
      if let expires = tool.expires, let date = files.header?.date, expires.value < date {
        faults.append(
          expires.place.fault(
            RuleTexts.toolEnded(tool.id.value, expires.value),
            expected: RuleTexts.toolsThatHold(date), next: RuleTexts.lookForSuccessor))
      }
    }
    faults.append(
      order(
        "entries",
        register.entries.map { Placed(value: "\($0.tool.value), \($0.entry.entity)", place: $0.tool.place) }))
    for entry in register.entries { faults.append(order("recipients", entry.recipients)) }
    return faults.compactMap { $0 }
  }

  private static func recipient(_ entry: RuleFiles.RecipientEntry) -> [FileFault] {
    let recipient = entry.recipient
    // The recipient of rules from lists that name none.
    if recipient.id == "unknown" { return [] }
    var faults: [FileFault] = []
    if recipient.seat == nil {
      faults.append(
        entry.place.fault(
          RuleTexts.recipientWithoutSeat(quoted(recipient.id)), expected: RuleTexts.countryOfSeat,
          next: RuleTexts.addSeat))
    }
    if recipient.parent != nil, recipient.parentSeat == nil {
      faults.append(
        entry.place.fault(
          RuleTexts.parentWithoutSeat(quoted(recipient.id)),
          expected: RuleTexts.countryOfParent,
          next: RuleTexts.addParentSeat))
    }
    if !LegalForm.isNamed(in: recipient.legalEntity) {
      faults.append(
        entry.place.fault(
          RuleTexts.noLegalForm(quoted(recipient.legalEntity)),
          expected: RuleTexts.registeredName,
          next: RuleTexts.writeRegisteredName))
    }
    return faults
  }

  /// Faults for repeated entries, at the second and later places.
  private static func repetitions(_ items: [(text: String, place: Place)]) -> [FileFault] {
    Dictionary(grouping: items, by: \.text).values.flatMap { group in
      let places = Set(group.map(\.place)).sorted()
      return places.dropFirst().filter { $0.line != places[0].line }.map {
        $0.fault(
          RuleTexts.alsoInLine(quoted(group[0].text), places[0].line), expected: RuleTexts.onceInRegister,
          next: RuleTexts.removeOne)
      }
    }
  }
}
