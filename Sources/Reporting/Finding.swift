import Model

/// One row of the findings: what was measured and what is proposed.
struct Finding {
  let id: String
  let key: AuditPeriod.FindingKey
  let totals: UsageTotals
  let rules: MergedRules
  let group: ReportedGroups.Group
  let failures: [GateFailure]
  /// What the capture lacks to prove that nothing got through; empty if something did.
  let proofGaps: [ProofGap]
  let daysObserved: Int
  let inputs: LikelihoodInputs
  let confidence: Confidence
  /// Nil if the gate fails.
  fileprivate(set) var proposal: RiskProposal?
  let score: ReviewScore
  /// Rank in the whole table; 1 is to be looked at first.
  fileprivate(set) var rank = 0
  let standing: TransferStanding
  /// Of the latest measure that was meant for it.
  let measureEffect: MeasureEffect?
  let throughBlock: BlockEffect?
  /// A measure was declared that targets something in the row.
  let hasMeasure: Bool
  /// Nil without a baseline, and if none of its days lie after the baseline.
  let change: BaselineChange?
  /// Nil if the single flows were not read, or if retention deleted them.
  var flows: FindingFlows?

  /// A finding of `period`.
  init(
    _ key: AuditPeriod.FindingKey, _ totals: UsageTotals, in period: AuditPeriod, coverage: CoverageTotals,
    standing: TransferStanding
  ) throws {
    let settings = period.settings
    self.key = key
    self.totals = totals
    id = period.identifier(of: key)
    rules = try period.register.merged(totals.rules)
    group = period.groups.groups[key.group] ?? ReportedGroups.Group(devices: 0, deviceDays: 0, secrecyZone: .none)
    daysObserved = period.daysObserved
    failures = CoverageGate(limits: settings.gate).failures(
      coverage, group: group, isSiteTooSmall: period.groups.isSiteTooSmall, groupMinimum: period.groupMinimum,
      sums: period.groupSums[key.group])
    proofGaps =
      totals.devicesSeen.isEmpty ? period.proof.gaps(attempts: totals.blockedHours, group: key.group) : []
    confidence = Confidence(
      bytes: totals.bytesByClass, isShared: rules.isShared, isDoubted: rules.isDoubted,
      isAssessable: failures.isEmpty)
    self.standing = standing
    change = period.comparison?.change(of: key)
    let facts = rules.all
    hasMeasure = settings.measures.contains { facts.contains(where: $0.isMeant) }
    measureEffect = totals.measureEffect(
      settings.measures, rules: facts, observed: period.observedDays, held: period.heldBack, clock: period.clock,
      period.reporting.epochs)
    throughBlock = totals.throughBlock(period.reporting.epochs)
    inputs = LikelihoodInputs(
      devicesSeen: period.deviceCount(totals.devicesSeen), devicesObserved: group.devices,
      activeDays: totals.activeDays.count,
      daysObserved: daysObserved, bytesUp: totals.bytesUp,
      bytesUpIdle: settings.workingHours == nil ? nil : totals.bytesUpIdle, deviceDays: group.deviceDays,
      workingDays: settings.workingHours.flatMap { hours in
        let isWorkingDay = { (day: LocalDate) in hours.weekdays.contains(day.weekday) }
        let observed = period.observedDays.count(where: isWorkingDay)
        return observed == 0
          ? nil
          : LikelihoodInputs.DayCounts(active: totals.activeDays.count(where: isWorkingDay), observed: observed)
      },
      seenAfterMeasure: (measureEffect?.devicesAfter ?? 0) > 0, seenThroughBlock: throughBlock != nil)
    let hasIdentifier = totals.identifierClasses.contains(where: Severity.isIdentifier)
    let severity = Severity(
      rules: facts, zone: group.secrecyZone, cleartextIdentifierSeen: hasIdentifier,
      hasUpload: !totals.uploadDays.isEmpty,
      hasSteadyUpload: totals.uploadDays.count * 2 >= daysObserved && !totals.uploadDays.isEmpty)
    score = ReviewScore(
      ReviewScore.Inputs(
        likelihood: inputs, throughBlock: throughBlock, measure: measureEffect,
        hasCleartextIdentifier: hasIdentifier, categories: rules.categories(of: totals.patterns),
        isLiftedByZone: severity.isLiftedByZone, isNewSinceBaseline: change?.isNewOrBack))
    proposal =
      failures.isEmpty
      ? RiskProposal(
        severity: severity, likelihood: inputs.likelihood(negativeProofLimit: settings.gate.negativeProofLimit),
        isOnlyBlocked: totals.devicesSeen.isEmpty)
      : nil
  }

  /// Of the registers and of the traffic.
  var thirdPartyFlags: [ThirdPartyFlag] {
    (totals.encryptions.contains(.none) && !totals.devicesSeen.isEmpty ? [.cleartext] : []) + standing.flags
  }

  /// `F-` and 12 hexadecimal digits in lower case.
  static func isIdentifier(_ text: String) -> Bool {
    text.utf8.count == 14 && text.hasPrefix("F-")
      && text.utf8.dropFirst(2).allSatisfy { $0.isLowercaseHexadecimal }
  }

  var isOnlyBlocked: Bool { totals.devicesSeen.isEmpty }

  /// Word of `Vocabulary.dskCase`.
  var dskCase: String {
    if isOnlyBlocked {
      return failures.isEmpty && proofGaps.isEmpty && totals.blockedAttempts > 0 ? "1_prevented" : "open"
    }
    return key.service.purpose == .telemetry && !hasMeasure ? "3_not_minimised" : "open"
  }
}

extension AuditPeriod {
  /// By rank: class first, then score, severity and likelihood, then the ids of recipient, service, purpose class and
  /// group. Rows that are not assessable come last.
  func findings() throws -> [Finding] {
    let coverage = coverageTotals
    let standings = try transferStandings()
    var findings = try usage.sorted { $0.key < $1.key }.compactMap { key, totals in
      try standings[key.service].map { try Finding(key, totals, in: self, coverage: coverage, standing: $0) }
    }
    let order = { (finding: Finding) in
      finding.proposal.map { [1, $0.unlimitedPriority.order, finding.score.total, $0.severity.value, $0.likelihood] }
        ?? [0, 0, finding.score.total, 0, 0]
    }
    findings = findings.enumerated().map { ($0.offset, $0.element, order($0.element)) }.sorted { left, right in
      left.2 == right.2 ? left.0 < right.0 : right.2.lexicographicallyPrecedes(left.2)
    }.map(\.1)
    let limit = RiskProposal.highLimit(rated: findings.count { $0.proposal != nil })
    for index in findings.indices {
      findings[index].rank = index + 1
      if index >= limit, findings[index].proposal?.priority == .high { findings[index].proposal?.holdBack() }
    }
    return findings
  }
}
