import Documents
package import Model

/// Why a spelling in the controller's papers may mean a recipient of the rules, and why that is not certain.
package enum MatchDoubt: String, Sendable, Hashable, CaseIterable {
  /// The same name with another legal form, or without one.
  case otherForm = "other_legal_form"
  /// A brand or another name that the register of recipients gives.
  case otherName = "other_name"
  /// The parent company.
  case parent
  /// A subsidiary of the recipient.
  case subsidiary
  /// One name begins with the other.
  case partOfName = "part_of_name"
  /// One letter differs, or two are exchanged.
  case oneSlip = "one_letter"
}

/// Finds the recipients of the rules that a controller's papers name.
///
/// Only equal names count as the same recipient, or what people confirmed; everything else that looks alike is for
/// people to decide.
package struct DocumentedMatching: Sendable {
  /// A legal entity of the rules.
  private struct Party {
    let name: String
    let legal: LegalName
    var others: Set<LegalName>
    var parents: Set<LegalName>
  }

  package struct Match: Sendable, Equatable {
    /// As the rules spell it.
    package let recipient: String
    /// Nil if it is certain.
    package let doubt: MatchDoubt?
  }

  /// By name.
  private let parties: [Party]

  /// Complexity: O(recipients · log recipients).
  package init(_ recipients: some Sequence<Recipient>) {
    var parties: [LegalName: Party] = [:]
    for recipient in recipients.sorted(by: { $0.legalEntity < $1.legalEntity }) {
      let legal = LegalName(recipient.legalEntity)
      var party = parties[legal] ?? Party(name: recipient.legalEntity, legal: legal, others: [], parents: [])
      party.others.formUnion((recipient.aliases ?? []).map(LegalName.init))
      if let parent = recipient.parent { party.parents.insert(LegalName(parent)) }
      parties[legal] = party
    }
    self.parties = parties.values.sorted { $0.name < $1.name }
  }

  /// Names of all recipients, sorted.
  package var recipients: [String] { parties.map(\.name) }

  /// The recipient of this name, in any spelling of it; nil if there is none. O(recipients).
  package func recipient(named name: String) -> String? {
    let legal = LegalName(name)
    return parties.first { $0.legal == legal }?.name
  }

  /// The recipients that an entry names or may name, sorted by name. O(recipients · spellings).
  package func matches(_ entry: DocumentedRecipients.Entry) -> [Match] {
    if let confirmed = entry.confirmed {
      return Set(confirmed.compactMap(recipient(named:))).sorted().map { Match(recipient: $0, doubt: nil) }
    }
    let spellings = Set(([entry.recipient] + entry.aliases).map(LegalName.init))
    let certain = parties.filter { spellings.contains($0.legal) }
    let certainNames = Set(certain.map(\.legal))
    let parents = certain.reduce(into: Set<LegalName>()) { $0.formUnion($1.parents) }
    return parties.compactMap { party in
      if spellings.contains(party.legal) { return Match(recipient: party.name, doubt: nil) }
      if parents.contains(party.legal) { return Match(recipient: party.name, doubt: .subsidiary) }
      let doubts = spellings.compactMap { Self.doubt($0, party, isCertain: certainNames.contains($0)) }
      return MatchDoubt.allCases.first(where: doubts.contains).map { Match(recipient: party.name, doubt: $0) }
    }
  }

  /// - Parameter isCertain: another recipient has this very spelling, so that one which only looks alike is not meant.
  private static func doubt(_ name: LegalName, _ party: Party, isCertain: Bool) -> MatchDoubt? {
    if party.parents.contains(name) { return .parent }
    guard !isCertain else { return nil }
    if name.words == party.legal.words { return .otherForm }
    if party.others.contains(where: { $0.words == name.words }) { return .otherName }
    if party.parents.contains(where: { $0.words == name.words }) { return .parent }
    if name.begins(party.legal) || party.legal.begins(name) { return .partOfName }
    return name.isOneSlip(from: party.legal) ? .oneSlip : nil
  }
}

extension LegalName {
  /// Fewer letters are too few to be a name of their own: `AT`, `SAP`.
  private static let leastLetters = 4

  fileprivate func begins(_ other: LegalName) -> Bool {
    other.words.starts(with: words) && words.reduce(0) { $0 + $1.utf8.count } >= Self.leastLetters
  }

  fileprivate func isOneSlip(from other: LegalName) -> Bool {
    let (left, right) = (words.joined(separator: " "), other.words.joined(separator: " "))
    return min(left.utf8.count, right.utf8.count) > Self.leastLetters
      && Documents.isOneSlip(Array(left.utf8), Array(right.utf8))
  }
}
