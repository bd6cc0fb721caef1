import Model

/// Columns of `transfers.csv` in their order.
package enum TransferColumn: String, CaseIterable, Sendable {
  case recipient
  case recipientSeat = "recipient_seat"
  case groupParent = "group_parent"
  case parentSeat = "parent_seat"
  case thirdCountry = "third_country"
  case transferToolState = "transfer_tool_state"
  case transferToolRegister = "transfer_tool_register"
  case registerDate = "register_date"
  case service
  case purposeClass = "purpose_class"
  case groups
  case devicesSeen = "devices_seen"
  case sessions
  case mbUp = "mb_up"
  case mbDown = "mb_down"
  case dataCategoriesDocumented = "data_categories_documented"
  case latestDecision = "latest_decision"
  case latestDecisionOn = "latest_decision_on"
  case latestDecisionState = "latest_decision_state"
  case reviewAgainBy = "review_again_by"
  case legalBasis = "legal_basis"
  case transferToolConfirmed = "transfer_tool_confirmed"
  case supplementaryMeasures = "supplementary_measures"
  case tdddg25Assessment = "tdddg25_assessment"
  case decision
  case decidedByRole = "decided_by_role"
  case decidedOn = "decided_on"
  case roleAssumed = "role_assumed"
  case dataSubjectsAssumed = "data_subjects_assumed"
  case documentedSource = "documented_source"
  case documentedDate = "documented_date"
  case inContractList = "in_contract_list"
  case inArt30Record = "in_art30_record"
  case confidence
  case destinations
  case asnList = "asn_list"
  case ipCountryHint = "ip_country_hint"
  case anycastOrCDN = "anycast_or_cdn"
  case geoDB = "geo_db"
  case geoDBDate = "geo_db_date"
  case site
  case periodStart = "period_start"
  case periodEnd = "period_end"
  case timeZone = "time_zone"
  case transferID = "transfer_id"
  case findings
  case coverageRef = "coverage_ref"
  case rulesetHash = "ruleset_hash"
}

/// One row of the transfers: all findings of one recipient, service and purpose class.
struct Transfer {
  let id: String
  let key: AuditPeriod.ServiceKey
  let totals: UsageTotals
  let networks: NetworkTotals
  let rules: MergedRules
  let confidence: Confidence
  let standing: TransferStanding
  /// As reported.
  let groups: Set<String>
  /// Ids of the rows in `findings.csv`.
  let findings: [String]
}

extension AuditPeriod {
  /// In their stable order: recipient, service, purpose class.
  func transfers() throws -> [Transfer] {
    let failures = CoverageGate(limits: settings.gate).failures(
      coverageTotals, group: groups.site, isSiteTooSmall: groups.isSiteTooSmall, groupMinimum: groupMinimum)
    let standings = try transferStandings()
    return try Dictionary(grouping: usage, by: \.key.service).sorted { $0.key < $1.key }.compactMap { key, entries in
      guard let standing = standings[key] else { return nil }
      let totals = entries.reduce(into: UsageTotals()) { $0.add($1.value) }
      let rules = try register.merged(totals.rules)
      return Transfer(
        id: identifier(of: key), key: key, totals: totals, networks: networks[key] ?? NetworkTotals(), rules: rules,
        confidence: Confidence(
          bytes: totals.bytesByClass, isShared: rules.isShared, isDoubted: rules.isDoubted,
          isAssessable: failures.isEmpty),
        standing: standing, groups: Set(entries.map(\.key.group)),
        findings: entries.map { identifier(of: $0.key) }.sorted())
    }
  }
}

/// `transfers.csv`: one row for each recipient, service and purpose class of the period.
struct TransfersTable {
  let period: AuditPeriod

  func cells(_ transfer: Transfer) -> [Cell] { TransferColumn.allCases.map { cell($0, transfer) } }

  private func cell(_ column: TransferColumn, _ transfer: Transfer) -> Cell {
    let totals = transfer.totals
    let rules = transfer.rules
    let recipient = rules.leading.recipient
    switch column {
    case .transferID: return .text(transfer.id)
    case .periodStart: return .instant(period.hours.lowerBound)
    case .periodEnd: return .instant(period.hours.upperBound)
    case .site: return .text(period.settings.site)
    case .timeZone: return .text(period.settings.timeZone)
    case .recipient: return .text(recipient.legalEntity)
    case .recipientSeat: return .text(recipient.seat, else: .unknown)
    case .groupParent: return .text(recipient.parent, else: recipient.parentSeat == nil ? .none : .unknown)
    case .parentSeat: return .text(recipient.parentSeat, else: recipient.parent == nil ? .none : .unknown)
    case .roleAssumed: return .word(.role, recipient.roleAssumed)
    case .service: return .localized(rules.leading.serviceTitle)
    case .purposeClass: return .word(.purpose, transfer.key.purpose.rawValue)
    case .dataCategoriesDocumented: return rules.categoriesCell(of: totals.patterns)
    case .documentedSource: return rules.sourcesCell(of: totals.patterns)
    case .documentedDate: return rules.sourceDatesCell(of: totals.patterns)
    case .dataSubjectsAssumed: return .words(.dataSubjects, ["employees"])
    case .groups: return .integer(UInt64(transfer.groups.count))
    case .devicesSeen:
      return period.groups.isSiteTooSmall ? .unknown : .integer(UInt64(period.deviceCount(totals.devicesSeen)))
    case .sessions: return .integer(totals.sessions)
    case .mbUp: return .decimal(totals.bytesUp, dividedBy: 1_000_000, places: 6)
    case .mbDown: return .decimal(totals.bytesDown, dividedBy: 1_000_000, places: 6)
    case .destinations: return .list([String(totals.patterns.count)] + totals.patterns.sorted())
    case .asnList: return transfer.networks.systems
    case .ipCountryHint: return transfer.networks.countryHint
    case .anycastOrCDN:
      // Behind a proxy, and for blocked names, no address is known; the pattern shows it nevertheless.
      return rules.isOnSharedNetwork(totals.patterns)
        ? .yesNo(true) : .word(.yesNo, transfer.networks.anycastOrCDN.rawValue)
    case .geoDB: return transfer.networks.databasesCell
    case .geoDBDate: return transfer.networks.databaseDatesCell
    case .inContractList, .inArt30Record:
      let kind = column == .inContractList ? DocumentedListKind.contract : .art30
      return .word(
        .documentedStanding, period.documented.standing(of: recipient.legalEntity, in: kind).rawValue)
    case .thirdCountry: return .word(.thirdCountry, transfer.standing.thirdCountry)
    case .transferToolState:
      if let tool = transfer.standing.tool { return .word(.transferTool, tool.rawValue) }
      return recipient.seat == nil ? .unknown : .notApplicable
    case .transferToolRegister: return transfer.standing.toolsText.map { .localized($0) } ?? .unknown
    case .registerDate:
      return recipient.transferTools.isEmpty ? .unknown : .dates(recipient.transferTools.map(\.asOf))
    case .confidence: return .word(.confidence, transfer.confidence.rawValue)
    case .coverageRef: return .spans(period.coverageReference(totals.sensors))
    case .rulesetHash: return .list(rules.hashes)
    case .findings: return .list(transfer.findings)
    case .latestDecision, .latestDecisionOn, .latestDecisionState, .reviewAgainBy: return .none
    case .legalBasis, .transferToolConfirmed, .supplementaryMeasures, .tdddg25Assessment, .decision, .decidedByRole,
      .decidedOn:
      return .empty
    }
  }
}
