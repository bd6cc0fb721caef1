import Model

/// One row of the findings: what was measured, and what is proposed.
struct Finding {
  let id: String
  let key: AuditPeriod.FindingKey
  let totals: UsageTotals
  let rules: MergedRules
  let group: ReportedGroups.Group
  let failures: [GateFailure]
  let daysObserved: Int
  let inputs: LikelihoodInputs
  let confidence: Confidence
  /// Nil where the gate fails.
  let proposal: RiskProposal?
  let thirdPartyFlags: [ThirdPartyFlag]
  let measureDate: LocalDate?

  /// A finding of the worked-out `period`.
  init(_ key: AuditPeriod.FindingKey, _ totals: UsageTotals, in period: AuditPeriod, coverage: CoverageTotals) throws {
    let settings = period.settings
    self.key = key
    self.totals = totals
    id = period.identifier(of: key)
    rules = try period.register.merged(totals.rules)
    group = period.groups.groups[key.group] ?? ReportedGroups.Group(devices: 0, deviceDays: 0, secrecyZone: .none)
    daysObserved = period.daysObserved
    failures = CoverageGate(limits: settings.gate).failures(
      coverage, group: group, isSiteTooSmall: period.groups.isSiteTooSmall, groupMinimum: period.groupMinimum)
    confidence = Confidence(bytes: totals.bytesByClass, isShared: rules.isShared, isAssessable: failures.isEmpty)
    measureDate = settings.measureDate.flatMap { LocalDate($0) }
    // On the day of the measure itself nobody can tell before from after.
    let seenAfterMeasure =
      key.service.purpose == .telemetry
      && (measureDate.map { date in totals.activeDays.contains { $0 > date } } ?? false)
    inputs = LikelihoodInputs(
      devicesSeen: totals.devicesSeen.count, devicesObserved: group.devices, activeDays: totals.activeDays.count,
      daysObserved: daysObserved, bytesUp: totals.bytesUp,
      bytesUpIdle: settings.workingHours == nil ? nil : totals.bytesUpIdle, deviceDays: group.deviceDays,
      seenAfterMeasure: seenAfterMeasure)
    let toolDateLimit = LocalDate(
      day: period.clock.date(of: period.lastHour).day - Int64(settings.gate.maximumRuleAgeDays))
    thirdPartyFlags = rules.leading.recipient.thirdPartyFlags(
      hasCleartext: totals.encryptions.contains(.none) && !totals.devicesSeen.isEmpty, toolDateLimit: toolDateLimit)
    proposal =
      failures.isEmpty
      ? RiskProposal(
        severity: Severity(
          rules: rules.all, zone: group.secrecyZone, cleartextIdentifierSeen: !totals.identifierClasses.isEmpty,
          hasSteadyUpload: totals.uploadDays.count * 2 >= daysObserved && !totals.uploadDays.isEmpty),
        likelihood: inputs.likelihood(negativeProofLimit: settings.gate.negativeProofLimit))
      : nil
  }

  /// `F-` and 12 hexadecimal digits in lower case.
  static func isIdentifier(_ text: String) -> Bool {
    text.utf8.count == 14 && text.hasPrefix("F-")
      && text.utf8.dropFirst(2).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  var isOnlyBlocked: Bool { totals.devicesSeen.isEmpty }

  /// Word of `Vocabulary.dskCase`.
  var dskCase: String {
    if isOnlyBlocked { return failures.isEmpty ? "1_prevented" : "open" }
    return key.service.purpose == .telemetry && measureDate == nil ? "3_not_minimised" : "open"
  }
}

extension AuditPeriod {
  /// In their stable order: recipient, service, purpose class, group.
  func findings() throws -> [Finding] {
    let coverage = coverageTotals
    return try usage.sorted { $0.key < $1.key }.map { try Finding($0.key, $0.value, in: self, coverage: coverage) }
  }
}
