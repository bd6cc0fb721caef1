import Model
import ReportTestSupport
import Testing

@testable import Reporting

@Suite struct RiskProposalTests {
  private func category(_ id: String) -> DataCategory {
    DataCategory(id: id, title: LocalizedText(en: id, de: id), isPersonal: true)
  }

  private func severity(
    _ rule: RuleFacts, zone: ReportedGroups.SecrecyZone = .none, cleartext: Bool = false, steady: Bool = false,
    upload: Bool = true
  ) -> Int {
    Severity(
      rules: [rule], zone: zone, cleartextIdentifierSeen: cleartext, hasUpload: upload, hasSteadyUpload: steady
    ).value
  }

  @Test("Severity starts from purpose, kind, level and documented categories")
  func severityStart() {
    let plain = { (purpose: PurposeClass, kind: String) in Example.rule(purpose: purpose, kind: kind, categories: []) }
    #expect(severity(plain(.requiredService, "connectivity-probe")) == 1)
    #expect(severity(plain(.updateSecurity, "certificate-check")) == 1)
    #expect(severity(plain(.requiredService, "time")) == 1)
    #expect(severity(plain(.updateSecurity, "update")) == 2)
    #expect(severity(plain(.licence, "licensing")) == 2)
    #expect(severity(plain(.configFetch, "experimentation-config")) == 2)
    #expect(severity(plain(.unknown, "other")) == 2)
    #expect(severity(plain(.unknown, "other"), steady: true) == 3)
    #expect(severity(plain(.telemetry, "telemetry")) == 3)
    #expect(severity(plain(.userFunction, "search-suggest")) == 3)
    #expect(severity(Example.rule(purpose: .configFetch, kind: "x", level: "optional", categories: [])) == 3)
    let documented = { (ids: [String]) in
      Example.rule(purpose: .requiredService, kind: "connectivity-probe", categories: ids.map(category))
    }
    #expect(severity(documented(["network-source-address"])) == 1)
    #expect(severity(documented(["device-identifier"])) == 2)
    #expect(severity(documented(["device-identifier", "app-usage"])) == 3)
    #expect(severity(documented(["app-usage", "email-subject"])) == 4)
  }

  @Test("A name that a content network's customer chose is rated no lower than one of unknown purpose")
  func containedNames() {
    for (purpose, kind) in [
      (PurposeClass.userFunction, "other"), (.requiredService, "connectivity-probe"), (.updateSecurity, "update"),
    ] {
      let rule = Example.rule(purpose: purpose, kind: kind, categories: []).forContainedName
      #expect(severity(rule) == 2)
      #expect(severity(rule, steady: true) == 3)
      #expect(severity(rule, zone: .whole, steady: true) == 4)
      #expect(severity(rule, zone: .whole, upload: false) == (purpose == .userFunction ? 3 : 2))
    }
    #expect(severity(Example.rule(purpose: .telemetry, kind: "telemetry", categories: []).forContainedName) == 3)
  }

  @Test("Severity rises by one for a secrecy zone and for a clear-text identifier, at most to 4")
  func severityRises() {
    let function = Example.rule(purpose: .userFunction, kind: "collaboration", categories: [])
    #expect(severity(function) == 2)
    #expect(severity(function, zone: .whole) == 3)
    #expect(severity(function, zone: .contained) == 3)
    #expect(severity(function, cleartext: true) == 3)
    #expect(severity(function, zone: .whole, cleartext: true) == 4)
    #expect(severity(Example.rule(), zone: .whole, cleartext: true) == 4)
  }

  @Test(
    "A secrecy zone raises data about people, but not updates, licences, time, certificates or sign-in")
  func zoneLiftsPeople() {
    let lifted = { (purpose: PurposeClass, kind: String, upload: Bool) in
      let rule = Example.rule(purpose: purpose, kind: kind, categories: [])
      return self.severity(rule, zone: .whole, upload: upload) - self.severity(rule, upload: upload)
    }
    #expect(lifted(.telemetry, "telemetry", true) == 1)
    #expect(lifted(.telemetry, "update", true) == 1)
    #expect(lifted(.advertising, "advertising", true) == 1)
    #expect(lifted(.userFunction, "collaboration", true) == 1)
    #expect(lifted(.unknown, "other", true) == 1)
    #expect(lifted(.unknown, "other", false) == 0)
    #expect(lifted(.userFunction, "authentication", true) == 0)
    for (purpose, kind) in [
      (PurposeClass.updateSecurity, "update"), (.licence, "licensing"), (.requiredService, "time"),
      (.updateSecurity, "certificate-check"), (.requiredService, "authentication"), (.configFetch, "other"),
    ] {
      #expect(lifted(purpose, kind, true) == 0, "\(purpose) \(kind)")
    }
  }

  @Test("Program identification is not an identifier, every other class is")
  func programIdentification() {
    #expect(Set(IdentifierClass.allCases.filter { !Severity.isIdentifier($0) }) == [.userAgent, .notInspected])
  }

  private func likelihood(
    _ devices: (Int, Int), _ days: (Int, Int), kB: UInt64, idle: Double? = nil, afterMeasure: Bool = false,
    deviceDays: Int = 100, workingDays: (Int, Int)? = nil, throughBlock: Bool = false
  ) -> Int {
    let bytes = kB * 1000 * UInt64(deviceDays)
    return LikelihoodInputs(
      devicesSeen: devices.0, devicesObserved: devices.1, activeDays: days.0, daysObserved: days.1, bytesUp: bytes,
      bytesUpIdle: idle.map { UInt64(Double(bytes) * $0) }, deviceDays: deviceDays,
      workingDays: workingDays.map { LikelihoodInputs.DayCounts(active: $0.0, observed: $0.1) },
      seenAfterMeasure: afterMeasure, seenThroughBlock: throughBlock
    ).likelihood(negativeProofLimit: 0.05)
  }

  @Test("Likelihood follows prevalence, persistence and volume")
  func likelihoodTable() {
    #expect(likelihood((20, 40), (8, 10), kB: 10) == 4)
    #expect(likelihood((20, 40), (8, 10), kB: 9) == 3)
    #expect(likelihood((20, 40), (8, 10), kB: 1, idle: 0.51) == 4)
    #expect(likelihood((19, 40), (8, 10), kB: 10) == 3)
    #expect(likelihood((20, 40), (7, 10), kB: 10) == 3)
    #expect(likelihood((1, 40), (1, 10), kB: 1000) == 4)
    #expect(likelihood((1, 40), (1, 10), kB: 999) == 3)
    #expect(likelihood((3, 40), (5, 10), kB: 9) == 2)
    #expect(likelihood((3, 40), (8, 10), kB: 9) == 3)
    #expect(likelihood((3, 40), (5, 10), kB: 10) == 3)
    #expect(likelihood((4, 40), (2, 10), kB: 9) == 3)
    #expect(likelihood((4, 40), (1, 10), kB: 9) == 2)
    #expect(likelihood((3, 40), (5, 10), kB: 9, idle: 0.5) == 2)
    #expect(likelihood((3, 40), (5, 10), kB: 9, idle: 0.51) == 3)
    #expect(likelihood((3, 40), (5, 10), kB: 9, afterMeasure: true) == 4)
    #expect(likelihood((3, 40), (5, 10), kB: 9, throughBlock: true) == 4)
  }

  @Test("Days are working days if hours are agreed: a service on each working day is steady")
  func workingDays() {
    #expect(likelihood((20, 40), (10, 14), kB: 10) == 3)
    #expect(likelihood((20, 40), (10, 14), kB: 10, workingDays: (10, 10)) == 4)
    #expect(likelihood((20, 40), (14, 14), kB: 10, workingDays: (7, 10)) == 3)
  }

  @Test("Nothing seen is 1 only if the upper bound is below the agreed limit; blocked attempts never raise it")
  func likelihoodNothingSeen() {
    #expect(likelihood((0, 40), (0, 10), kB: 0, deviceDays: 61) == 1)
    #expect(likelihood((0, 40), (0, 10), kB: 0, deviceDays: 60) == 2)
    #expect(likelihood((0, 40), (0, 10), kB: 2000, deviceDays: 61) == 1)
  }

  @Test("The matrix gives the class")
  func matrix() {
    let rows = (1...4).map { severity in
      (1...4).map { Priority(severity: severity, likelihood: $0).rawValue.prefix(1) }.joined()
    }
    #expect(rows == ["llll", "lllm", "lmmh", "lmhh"])
  }

  @Test("A row of only blocked attempts is never above low, whatever severity and likelihood")
  func onlyBlocked() {
    let severest = Severity(
      rules: [Example.rule()], zone: .whole, cleartextIdentifierSeen: true, hasUpload: true, hasSteadyUpload: true)
    for likelihood in 1...4 {
      let proposal = RiskProposal(severity: severest, likelihood: likelihood, isOnlyBlocked: true)
      #expect(proposal.priority == .low)
      #expect(proposal.isStable)
    }
  }

  @Test("A class is stable if no step of one input changes it")
  func stable() {
    let severity = { (value: Int) in
      let purpose: PurposeClass = value == 2 ? .licence : .telemetry
      return Severity(
        rules: [Example.rule(purpose: purpose, kind: "x", categories: [])], zone: value == 4 ? .whole : .none,
        cleartextIdentifierSeen: false, hasUpload: true, hasSteadyUpload: false)
    }
    #expect(RiskProposal(severity: severity(4), likelihood: 4).isStable)
    #expect(!RiskProposal(severity: severity(3), likelihood: 3).isStable)
    #expect(RiskProposal(severity: severity(2), likelihood: 1).isStable)
    #expect(!RiskProposal(severity: severity(2), likelihood: 2).isStable)
    var held = RiskProposal(severity: severity(4), likelihood: 4)
    held.holdBack()
    #expect(held.priority == .medium)
    #expect(!held.isStable)
  }

  @Test("Confidence follows the fixed table; class D alone is never high")
  func confidence() {
    let level = { (bytes: [NamingClass: UInt64], isShared: Bool) in
      Confidence(bytes: bytes, isShared: isShared, isDoubted: false, isAssessable: true)
    }
    #expect(level([.a: 90, .d: 10], false) == .high)
    #expect(level([.a: 45, .b: 45, .e: 10], false) == .high)
    #expect(level([.a: 89, .c: 11], false) == .medium)
    #expect(level([.a: 90, .d: 10], true) == .medium)
    #expect(level([.c: 80, .d: 20], false) == .medium)
    #expect(level([.c: 80, .d: 20], true) == .low)
    #expect(level([.c: 79, .d: 21], false) == .low)
    #expect(level([.d: 100], false) == .low)
    #expect(level([:], false) == .low)
    #expect(Confidence(bytes: [.a: 100], isShared: false, isDoubted: false, isAssessable: false) == .notAssessable)
    #expect(Confidence(bytes: [.a: 100], isShared: false, isDoubted: true, isAssessable: false) == .notAssessable)
    #expect(Confidence(bytes: [.a: 100], isShared: false, isDoubted: true, isAssessable: true) == .low)
  }
}
