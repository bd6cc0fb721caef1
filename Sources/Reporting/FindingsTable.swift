import Model

/// Columns of `findings.csv` in their order.
package enum FindingColumn: String, CaseIterable, Sendable {
  case rank
  case priority
  case group
  case service
  case recipient
  case purposeClass = "purpose_class"
  case devicesSeen = "devices_seen"
  case devicesObserved = "devices_observed"
  case sessions
  case blockedAttempts = "blocked_attempts"
  case mbUp = "mb_up"
  case newSinceBaseline = "new_since_baseline"
  case reason
  case latestDecision = "latest_decision"
  case latestDecisionOn = "latest_decision_on"
  case latestDecisionState = "latest_decision_state"
  case reviewAgainBy = "review_again_by"
  case status
  case dpoNote = "dpo_note"
  case severityConfirmed = "severity_confirmed"
  case likelihoodConfirmed = "likelihood_confirmed"
  case confirmedByRole = "confirmed_by_role"
  case confirmedOn = "confirmed_on"
  case measure
  case dskCase = "dsk_case"
  case confidence
  case severityProposed = "severity_proposed"
  case likelihoodProposed = "likelihood_proposed"
  case activeDays = "active_days"
  case daysObserved = "days_observed"
  case firstSeen = "first_seen"
  case lastSeen = "last_seen"
  case baselineDay = "baseline_day"
  case baseline
  case idleShare = "idle_share"
  case upPerDeviceDay = "up_per_device_day"
  case uploadRatio = "upload_ratio"
  case dataCategoriesDocumented = "data_categories_documented"
  case documentedSource = "documented_source"
  case documentedDate = "documented_date"
  case products
  case classDisputed = "class_disputed"
  case cleartextIdentifierClasses = "cleartext_identifier_classes"
  case thirdCountryHint = "third_country_hint"
  case thirdPartyAccess = "third_party_access"
  case encryption
  case namingShareAB = "naming_share_A_B"
  case echShare = "ech_share"
  case aliasFlows = "alias_flows"
  case contradictedFlows = "contradicted_flows"
  case destinationPattern = "destination_pattern"
  case destinationExample = "destination_example"
  case site
  case periodStart = "period_start"
  case periodEnd = "period_end"
  case timeZone = "time_zone"
  case bytesUp = "bytes_up"
  case bytesDown = "bytes_down"
  case findingID = "finding_id"
  case coverageRef = "coverage_ref"
  case evidenceRef = "evidence_ref"
  case ruleID = "rule_id"
  case rulesetVersion = "ruleset_version"
  case rulesetHash = "ruleset_hash"
}

/// `findings.csv`: one row for each recipient, service, purpose class and group of the period.
struct FindingsTable {
  let period: AuditPeriod
  /// Name of the evidence in this export, by finding.
  let evidence: [AuditPeriod.FindingKey: String]

  func cells(_ finding: Finding) -> [Cell] { FindingColumn.allCases.map { cell($0, finding) } }

  private func cell(_ column: FindingColumn, _ finding: Finding) -> Cell {
    let totals = finding.totals
    let rules = finding.rules
    let hidesDevices = period.groups.isSiteTooSmall
    let bytes = UInt64.saturatingSum(totals.bytesUp, totals.bytesDown)
    switch column {
    case .rank: return .integer(UInt64(finding.rank))
    case .findingID: return .text(finding.id)
    case .site: return .text(period.settings.site)
    case .periodStart: return .instant(period.hours.lowerBound)
    case .periodEnd: return .instant(period.hours.upperBound)
    case .timeZone: return .text(period.settings.timeZone)
    case .group: return .word(.group, finding.key.group)
    case .recipient: return .text(rules.leading.recipient.legalEntity)
    case .service: return .localized(rules.leading.serviceTitle)
    case .destinationPattern: return .list(totals.patterns.sorted())
    case .destinationExample: return totals.exampleName.map(Cell.wire) ?? .unknown
    case .purposeClass: return .word(.purpose, finding.key.service.purpose.rawValue)
    case .classDisputed: return .yesNo(rules.isDisputed)
    case .dataCategoriesDocumented: return rules.categoriesCell(of: totals.patterns)
    case .documentedSource: return rules.sourcesCell(of: totals.patterns)
    case .documentedDate: return rules.sourceDatesCell(of: totals.patterns)
    case .products: return rules.productsCell(of: totals.patterns)
    case .cleartextIdentifierClasses:
      let classes = totals.identifierClasses.sorted() + (totals.hasUninspectedClearText ? [.notInspected] : [])
      return classes.isEmpty ? .none : .words(.identifier, classes.map(\.rawValue))
    case .devicesSeen: return hidesDevices ? .unknown : .integer(UInt64(period.deviceCount(totals.devicesSeen)))
    case .devicesObserved: return hidesDevices ? .unknown : .integer(UInt64(finding.group.devices))
    case .sessions: return .integer(totals.sessions)
    case .blockedAttempts: return .integer(totals.blockedAttempts)
    case .bytesUp: return .integer(totals.bytesUp)
    case .bytesDown: return .integer(totals.bytesDown)
    case .mbUp: return .decimal(totals.bytesUp, dividedBy: 1_000_000, places: 6)
    case .upPerDeviceDay:
      return hidesDevices
        ? .unknown : .decimal(totals.bytesUp, dividedBy: 1000 * UInt64(finding.group.deviceDays), places: 3)
    case .uploadRatio: return .decimal(totals.bytesUp, dividedBy: bytes, places: 4)
    case .activeDays: return .integer(UInt64(totals.activeDays.count))
    case .daysObserved: return .integer(UInt64(finding.daysObserved))
    case .idleShare:
      return period.settings.workingHours == nil
        ? .unknown : .decimal(totals.bytesUpIdle, dividedBy: totals.bytesUp, places: 4)
    case .firstSeen: return totals.firstHour.map(Cell.instant) ?? .unknown
    case .lastSeen: return totals.lastHour.map(Cell.instant) ?? .unknown
    case .newSinceBaseline: return Cell(newSince: period.comparison, finding.change)
    case .baselineDay: return Cell(dayOf: finding.change)
    case .baseline: return .text(period.comparison?.name, else: .none)
    case .encryption: return .words(.encryption, totals.encryptions.map(\.rawValue).sorted())
    case .namingShareAB:
      return .decimal(
        UInt64.saturatingSum(totals.bytesByClass[.a] ?? 0, totals.bytesByClass[.b] ?? 0), dividedBy: bytes, places: 4)
    case .echShare: return .decimal(totals.echFlows, dividedBy: totals.sessions, places: 4)
    case .aliasFlows: return totals.aliasFlows.map(Cell.integer) ?? .unknown
    case .contradictedFlows: return totals.contradictedFlows.map(Cell.integer) ?? .unknown
    case .confidence: return .word(.confidence, finding.confidence.rawValue)
    case .dskCase: return .word(.dskCase, finding.dskCase)
    case .thirdCountryHint: return .word(.thirdCountryHint, finding.standing.thirdCountryHint)
    case .thirdPartyAccess:
      let flags = finding.thirdPartyFlags.map(\.rawValue)
      return flags.isEmpty ? .none : .words(.thirdPartyAccess, flags)
    case .severityProposed:
      return finding.proposal.map { .integer(UInt64($0.severity.value)) } ?? .notAssessable
    case .likelihoodProposed: return finding.proposal.map { .integer(UInt64($0.likelihood)) } ?? .notAssessable
    case .priority: return finding.proposal.map { .word(.priority, $0.priority.rawValue) } ?? .notAssessable
    case .reason: return .localized(Reason(finding: finding, period: period).text)
    case .ruleID: return .list(rules.ids)
    case .rulesetVersion: return rules.versions.isEmpty ? .unknown : .list(rules.versions.map(versionText))
    case .rulesetHash: return .list(rules.hashes)
    case .coverageRef: return .spans(period.coverageReference(totals.sensors))
    case .evidenceRef:
      return evidence[finding.key].map { .list([$0, finding.id]) } ?? .unknown
    case .latestDecision, .latestDecisionOn, .latestDecisionState, .reviewAgainBy: return .none
    case .status, .dpoNote, .severityConfirmed, .likelihoodConfirmed, .confirmedByRole, .confirmedOn, .measure:
      return .empty
    }
  }
}

/// A version with a letter before it, so that no office program reads `2026.11.1` as a date.
func versionText(_ version: String) -> String {
  version.first?.isNumber == true ? "v" + version : version
}

extension MergedRules {
  func categoriesCell(of patterns: Set<String>) -> Cell {
    let categories = categories(of: patterns)
    return categories.isEmpty ? .unknown : .categories(categories)
  }

  func sourcesCell(of patterns: Set<String>) -> Cell {
    let sources = sources(of: patterns)
    return sources.isEmpty
      ? .unknown
      : .list(
        sources.map { source in
          source.document + (source.place.map { ", \($0)" } ?? "") + (source.revision.map { " (\($0))" } ?? "")
        })
  }

  func productsCell(of patterns: Set<String>) -> Cell {
    let products = products(of: patterns)
    return products.isEmpty ? .unknown : .list(products)
  }

  func sourceDatesCell(of patterns: Set<String>) -> Cell {
    let sources = sources(of: patterns)
    return sources.isEmpty ? .unknown : .dates(sources.map(\.date))
  }
}
