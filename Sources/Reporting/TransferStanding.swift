import Model

/// Why third parties could get access (event E3); register facts and clear text only, never part of the score.
enum ThirdPartyFlag: String, Sendable {
  case cleartext
  case seatThirdCountry = "seat_third_country"
  case parentAccess = "parent_access"
  case toolNoneKnown = "tool_none_known"
  case toolEnteredUnchecked = "tool_entered_unchecked"
  case toolExpired = "tool_expired"
}

/// What the registers state about a recipient and third countries on the days of its flows: the same judgement for
/// every table.
struct TransferStanding: Sendable, Equatable {
  /// The best tool that any entry gives.
  enum Tool: String, Sendable, CaseIterable {
    /// In force by its own text on each of the days, and read first hand.
    case validChecked = "valid_checked"
    /// Noted, but not read first hand, only stated by the recipient, or read too long ago.
    case enteredUnchecked = "entered_unchecked"
    /// By its own text not in force on each of the days.
    case expired
    case noneKnown = "none_known"
  }

  let recipient: Recipient
  /// Nil if the seat is in the EU or EEA, so that no tool is needed, or not known.
  let tool: Tool?
  /// Dates (ISO 8601) as of which the entries that give `tool` are stated.
  let toolDates: [String]

  /// `days`: first and last local day of the flows. `maximumListAgeDays`: after which an entry in a list must be looked
  /// up again.
  init(_ recipient: Recipient, days: ClosedRange<LocalDate>, maximumListAgeDays: Int) {
    self.recipient = recipient
    let isOutside = recipient.seat.map { !EuropeanEconomicArea.countries.contains($0) } ?? false
    let states = recipient.transferTools.map { entry in
      (entry, Self.state(of: entry, days: days, maximumListAgeDays: maximumListAgeDays))
    }
    let order: [Tool] = [.validChecked, .enteredUnchecked, .expired, .noneKnown]
    let best = order.first { tool in states.contains { $0.1 == tool } } ?? .noneKnown
    tool = isOutside ? best : nil
    toolDates =
      isOutside && best != .noneKnown ? Set(states.filter { $0.1 == best }.map(\.0.asOf)).sorted() : []
  }

  private static func state(
    of entry: TransferToolEntry, days: ClosedRange<LocalDate>, maximumListAgeDays: Int
  ) -> Tool {
    if entry.status == .notEntered { return .noneKnown }
    let from = entry.validFrom.flatMap { LocalDate($0) }
    let until = entry.validUntil.flatMap { LocalDate($0) }
    if from.map({ $0 > days.lowerBound }) == true || until.map({ $0 < days.upperBound }) == true { return .expired }
    let isReadable = (from != nil || entry.validFrom == nil) && (until != nil || entry.validUntil == nil)
    guard isReadable, !entry.isSecondHand else { return .enteredUnchecked }
    switch entry.status {
    case .covered: return .validChecked
    case .entered:
      guard let asOf = LocalDate.days(meantBy: entry.asOf)?.lowerBound else { return .enteredUnchecked }
      let age = abs(days.upperBound.day - asOf.day)
      return age <= Int64(maximumListAgeDays) ? .validChecked : .enteredUnchecked
    // That clauses are in use somewhere does not show that they were agreed with this office.
    case .stated: return .enteredUnchecked
    case .notEntered: return .noneKnown
    }
  }

  private var isSeatOutside: Bool? { recipient.seat.map { !EuropeanEconomicArea.countries.contains($0) } }

  /// False if the register names no parent.
  private var isParentOutside: Bool? {
    recipient.parent == nil && recipient.parentSeat == nil
      ? false : recipient.parentSeat.map { !EuropeanEconomicArea.countries.contains($0) }
  }

  /// Yes by the recipient's seat, possible by its parent's; nil if the register does not state it.
  private var isThirdCountry: String? {
    if isSeatOutside == true { return "yes" }
    if isParentOutside == true { return "possible" }
    return isSeatOutside == false && isParentOutside == false ? "no" : nil
  }

  /// Word of `Vocabulary.thirdCountryHint`.
  var thirdCountryHint: String { isThirdCountry ?? "not_determinable" }

  /// Word of `Vocabulary.thirdCountry`.
  var thirdCountry: String { isThirdCountry ?? "unknown" }

  /// Of the registers alone.
  var flags: [ThirdPartyFlag] {
    let seat: [ThirdPartyFlag] =
      isSeatOutside == true ? [.seatThirdCountry] : isParentOutside == true ? [.parentAccess] : []
    let missing: ThirdPartyFlag? =
      switch tool {
      case .noneKnown: .toolNoneKnown
      case .enteredUnchecked: .toolEnteredUnchecked
      case .expired: .toolExpired
      case .validChecked, nil: nil
      }
    return seat + [missing].compactMap(\.self)
  }

  /// All entries of the register in one text; nil if there is none.
  var toolsText: LocalizedText? {
    if recipient.transferTools.isEmpty { return nil }
    let texts = recipient.transferTools.map(\.text)
    return LocalizedText(
      en: texts.map(\.en).joined(separator: "; "), de: texts.map(\.de).joined(separator: "; "))
  }
}

extension AuditPeriod {
  /// For each service of the period, from the first to the last day of its flows in all groups: so that no two tables
  /// judge by other days.
  func transferStandings() throws -> [ServiceKey: TransferStanding] {
    try Dictionary(grouping: usage, by: \.key.service).mapValues { entries in
      let rules = try register.merged(entries.reduce(into: []) { $0.formUnion($1.value.rules) })
      let first = entries.compactMap(\.value.firstHour).min() ?? hours.lowerBound
      let last = entries.compactMap(\.value.lastHour).max() ?? lastHour
      let firstDay = clock.date(of: first)
      return TransferStanding(
        rules.leading.recipient, days: firstDay...max(firstDay, clock.date(of: last)),
        maximumListAgeDays: settings.maximumListAgeDays)
    }
  }
}

/// Countries of the European Union and the European Economic Area (ISO 3166), as of 2026.
enum EuropeanEconomicArea {
  static let countries: Set<String> = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
  ]
}
