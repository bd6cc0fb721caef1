import Model
import Privacy
import Store

/// The recipients of a period beside those that the controller's papers name.
struct RegisterComparison {
  /// Result of comparing a recipient or an entry with one list.
  enum Result: String, Sendable, CaseIterable {
    case observedNotDocumented = "observed_not_documented"
    case doubtful
    /// No device, or fewer than the smallest group, had answered contact.
    case documentedNotObserved = "documented_not_observed"
    case withoutRule = "without_rule"
    case notAssessable = "not_assessable"
    case documentedAndObserved = "documented_and_observed"
  }

  struct Line {
    let result: Result
    let list: DocumentedListKind
    /// Nil for a recipient that the list does not name.
    let entry: DocumentedRecipients.Entry?
    /// As the tables spell it; nil if the entry names none of the rules.
    let recipient: String?
    let doubt: MatchDoubt?
    /// Whether at least as many devices as the smallest group had answered contact; nil if that is not known.
    let isObserved: Bool?
    /// Ids of the rows of the transfers; empty unless it is observed.
    let transfers: [String]
  }

  /// How the rows of one recipient relate to a list.
  enum Standing: String, Sendable, CaseIterable {
    case yes, no, doubtful
    case notImported = "not_imported"
  }

  let lists: [StoredDocumentedList]
  private let standings: [DocumentedListKind: [LegalName: Standing]]
  private let matches: [DocumentedListKind: [(entry: DocumentedRecipients.Entry, matches: [DocumentedMatching.Match])]]

  /// - Parameter recipients: all of the rules of the period. O(entries · recipients).
  init(_ lists: [StoredDocumentedList], recipients: some Sequence<Recipient>) {
    self.lists = lists
    guard !lists.isEmpty else {
      (standings, matches) = ([:], [:])
      return
    }
    let matching = DocumentedMatching(recipients)
    var matches: [DocumentedListKind: [(entry: DocumentedRecipients.Entry, matches: [DocumentedMatching.Match])]] = [:]
    var standings: [DocumentedListKind: [LegalName: Standing]] = [:]
    for list in lists {
      let found = list.content.entries.map { ($0, matching.matches($0)) }
      matches[list.kind] = found
      var known: [LegalName: Standing] = [:]
      for match in found.lazy.flatMap(\.1) {
        let name = LegalName(match.recipient)
        if match.doubt == nil || known[name] == nil { known[name] = match.doubt == nil ? .yes : .doubtful }
      }
      standings[list.kind] = known
    }
    (self.matches, self.standings) = (matches, standings)
  }

  func standing(of recipient: String, in kind: DocumentedListKind) -> Standing {
    guard let known = standings[kind] else { return .notImported }
    return known[LegalName(recipient)] ?? .no
  }

  /// By list, result, recipient, then entry. O(entries · recipients).
  ///
  /// A recipient that had answered contact with fewer devices than `minimum` is treated as if it had not been seen.
  ///
  /// - Parameters:
  ///   - ruled: recipients that the rules knew in all hours of the period.
  ///   - isAssessable: the coverage suffices to conclude that what was not seen did not happen.
  func lines(
    _ contacts: [Contact], minimum: Int, ruled: Set<LegalName>, isAssessable: Bool, isSiteTooSmall: Bool,
    _ epochs: DeviceEpochs = .none
  ) -> [Line] {
    let observed = isSiteTooSmall ? [] : contacts.filter { epochs.count($0.devices) >= minimum }
    let byName = Dictionary(observed.map { ($0.name, $0) }) { first, _ in first }
    func isObserved(_ name: LegalName) -> Bool? { byName[name] != nil ? true : isAssessable ? false : nil }
    return lists.flatMap { list in
      var lines: [Line] = []
      for contact in observed where standings[list.kind]?[contact.name] == nil {
        lines.append(
          Line(
            result: .observedNotDocumented, list: list.kind, entry: nil, recipient: contact.recipient, doubt: nil,
            isObserved: true, transfers: contact.transfers))
      }
      for (entry, matches) in matches[list.kind] ?? [] {
        if matches.isEmpty {
          lines.append(
            Line(
              result: .withoutRule, list: list.kind, entry: entry, recipient: nil, doubt: nil, isObserved: nil,
              transfers: []))
        }
        for match in matches {
          let name = LegalName(match.recipient)
          let seen = isObserved(name)
          let result: Result =
            if match.doubt != nil {
              .doubtful
            } else if seen == true {
              .documentedAndObserved
            } else if !ruled.contains(name) {
              .withoutRule
            } else {
              seen == false ? .documentedNotObserved : .notAssessable
            }
          lines.append(
            Line(
              result: result, list: list.kind, entry: entry, recipient: byName[name]?.recipient ?? match.recipient,
              doubt: match.doubt, isObserved: result == .withoutRule ? nil : seen,
              transfers: byName[name]?.transfers ?? []))
        }
      }
      return lines.sorted { $0.order.lexicographicallyPrecedes($1.order) }
    }
  }

  /// Answered contact with one recipient.
  struct Contact {
    /// As the tables spell it.
    let recipient: String
    var devices: Set<DevicePseudonym>
    /// Ids of its rows, sorted.
    var transfers: [String]

    var name: LegalName { LegalName(recipient) }
  }
}

extension RegisterComparison.Line {
  fileprivate var order: [String] {
    let place = RegisterComparison.Result.allCases.firstIndex(of: result) ?? 0
    return [String(place), recipient ?? "", entry?.recipient ?? ""]
  }
}

extension AuditPeriod {
  /// Answered contact by recipient, by name.
  fileprivate func contacts(_ transfers: [Transfer]) -> [RegisterComparison.Contact] {
    var contacts: [LegalName: RegisterComparison.Contact] = [:]
    for transfer in transfers where !transfer.totals.devicesSeen.isEmpty {
      let recipient = transfer.rules.leading.recipient.legalEntity
      let name = LegalName(recipient)
      var contact =
        contacts[name] ?? RegisterComparison.Contact(recipient: recipient, devices: [], transfers: [])
      contact.devices.formUnion(transfer.totals.devicesSeen)
      contact.transfers.append(transfer.id)
      contacts[name] = contact
    }
    return contacts.values.map { contact in
      var contact = contact
      contact.transfers.sort()
      return contact
    }.sorted { $0.recipient < $1.recipient }
  }

  /// What the controller's papers name, compared with what was observed; no line if no list was imported.
  func registerLines() throws -> [RegisterComparison.Line] {
    guard !documented.lists.isEmpty else { return [] }
    let failures = CoverageGate(limits: settings.gate).failures(
      coverageTotals, group: groups.site, isSiteTooSmall: groups.isSiteTooSmall, groupMinimum: groupMinimum)
    var ruled: Set<LegalName>?
    for hash in ruleSetHashes {
      let known = Set(register.facts(of: hash).values.map { LegalName($0.recipient.legalEntity) })
      ruled = ruled?.intersection(known) ?? known
    }
    return documented.lines(
      contacts(try transfers()), minimum: groupMinimum,
      ruled: ruled ?? [], isAssessable: failures.isEmpty,
      isSiteTooSmall: groups.isSiteTooSmall, reporting.epochs)
  }
}
