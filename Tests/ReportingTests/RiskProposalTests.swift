import Model
import Testing

@testable import Reporting

@Suite struct RiskProposalTests {
  private func category(_ id: String) -> DataCategory {
    DataCategory(id: id, title: LocalizedText(en: id, de: id), isPersonal: true)
  }

  private func severity(
    _ rule: RuleFacts, zone: ReportedGroups.SecrecyZone = .none, cleartext: Bool = false, steady: Bool = false
  ) -> Int {
    Severity(rules: [rule], zone: zone, cleartextIdentifierSeen: cleartext, hasSteadyUpload: steady).value
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

  @Test("Severity rises by one for a secrecy zone and for a clear-text identifier, at most to 4")
  func severityRises() {
    let update = Example.rule(purpose: .updateSecurity, kind: "update", categories: [])
    #expect(severity(update, zone: .whole) == 3)
    #expect(severity(update, zone: .contained) == 3)
    #expect(severity(update, cleartext: true) == 3)
    #expect(severity(update, zone: .whole, cleartext: true) == 4)
    #expect(severity(Example.rule(), zone: .whole, cleartext: true) == 4)
  }

  private func likelihood(
    _ devices: (Int, Int), _ days: (Int, Int), kB: UInt64, idle: Double? = nil, afterMeasure: Bool = false,
    deviceDays: Int = 100
  ) -> Int {
    let bytes = kB * 1000 * UInt64(deviceDays)
    return LikelihoodInputs(
      devicesSeen: devices.0, devicesObserved: devices.1, activeDays: days.0, daysObserved: days.1, bytesUp: bytes,
      bytesUpIdle: idle.map { UInt64(Double(bytes) * $0) }, deviceDays: deviceDays, seenAfterMeasure: afterMeasure
    ).likelihood(negativeProofLimit: 0.05)
  }

  @Test("Likelihood follows prevalence, persistence and volume")
  func likelihoodTable() {
    #expect(likelihood((20, 40), (8, 10), kB: 1) == 4)
    #expect(likelihood((19, 40), (8, 10), kB: 1) == 3)
    #expect(likelihood((20, 40), (7, 10), kB: 1) == 3)
    #expect(likelihood((1, 40), (1, 10), kB: 1000) == 4)
    #expect(likelihood((1, 40), (1, 10), kB: 999) == 3)
    #expect(likelihood((3, 40), (5, 10), kB: 9) == 2)
    #expect(likelihood((3, 40), (5, 10), kB: 10) == 3)
    #expect(likelihood((4, 40), (2, 10), kB: 9) == 3)
    #expect(likelihood((4, 40), (1, 10), kB: 9) == 2)
    #expect(likelihood((3, 40), (5, 10), kB: 9, idle: 0.5) == 2)
    #expect(likelihood((3, 40), (5, 10), kB: 9, idle: 0.51) == 3)
    #expect(likelihood((3, 40), (5, 10), kB: 9, afterMeasure: true) == 4)
  }

  @Test("Nothing seen is 1 only where the upper bound is below the agreed limit; blocked attempts never raise it")
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
    #expect(rows == ["llll", "llmm", "lmhh", "mhhh"])
  }

  @Test("A class is stable if no step of one input changes it")
  func stable() {
    let severity = { (value: Int) in
      let purpose: PurposeClass = value == 2 ? .licence : .telemetry
      return Severity(
        rules: [Example.rule(purpose: purpose, kind: "x", categories: [])], zone: value == 4 ? .whole : .none,
        cleartextIdentifierSeen: false, hasSteadyUpload: false)
    }
    #expect(RiskProposal(severity: severity(4), likelihood: 4).isStable)
    #expect(!RiskProposal(severity: severity(3), likelihood: 3).isStable)
    #expect(RiskProposal(severity: severity(2), likelihood: 1).isStable)
    #expect(!RiskProposal(severity: severity(2), likelihood: 2).isStable)
  }

  @Test("Confidence follows the fixed table; class D alone is never high")
  func confidence() {
    let level = { (bytes: [NamingClass: UInt64], isShared: Bool) in
      Confidence(bytes: bytes, isShared: isShared, isAssessable: true)
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
    #expect(Confidence(bytes: [.a: 100], isShared: false, isAssessable: false) == .notAssessable)
  }

  private func recipient(_ seat: String?, _ parent: String?, _ parentSeat: String?) -> Recipient {
    var recipient = Example.microsoft
    (recipient.seat, recipient.parent, recipient.parentSeat) = (seat, parent, parentSeat)
    return recipient
  }

  @Test("Third countries follow the seats of recipient and parent")
  func thirdCountry() {
    let hints = [
      recipient("US", nil, nil), recipient("IE", "X", "US"), recipient("IE", nil, nil), recipient("IE", "X", nil),
      recipient(nil, nil, nil), recipient("CH", "X", "DE"), recipient("NO", "X", "IS"),
    ]
    #expect(hints.map(\.thirdCountryHint) == ["yes", "yes", "no", "not_determinable", "not_determinable", "yes", "no"])
    #expect(hints.map(\.thirdCountry) == ["yes", "possible", "no", "unknown", "unknown", "yes", "no"])
  }

  @Test("Flags of third-party access come from clear text and the register only")
  func flags() {
    var recipient = Example.microsoft
    let limit = LocalDate("2026-01-01")!
    #expect(recipient.thirdPartyFlags(hasCleartext: true, toolDateLimit: limit) == [.cleartext, .parentThirdCountry])
    recipient.seat = "US"
    #expect(
      recipient.thirdPartyFlags(hasCleartext: false, toolDateLimit: limit) == [.seatThirdCountry, .parentThirdCountry])
    for (status, asOf, isSecondHand) in [
      (TransferToolEntry.Status.entered, "2025-12", false), (.notEntered, "2026-04-01", false),
      (.entered, "2026-04-01", true),
    ] {
      (recipient.transferTools[0].status, recipient.transferTools[0].asOf) = (status, asOf)
      recipient.transferTools[0].isSecondHand = isSecondHand
      #expect(
        recipient.thirdPartyFlags(hasCleartext: false, toolDateLimit: limit)
          == [.seatThirdCountry, .parentThirdCountry, .toolMissingOrOutdated])
    }
    #expect(
      self.recipient("DE", nil, nil).thirdPartyFlags(hasCleartext: false, toolDateLimit: limit) == [])
  }
}
