import Documents
import FlowTracking
import Foundation
import Model
import Privacy

// The site, its observation, and the limits of the coverage gate.
extension AuditConfiguration {
  mutating func readPrivacy(_ fields: Fields) {
    guard
      let privacy = fields.fields(
        "privacy", what: ConfigurationTexts.section("privacy"), keys: keys(of: "privacy"), required: false)
    else { return }
    if let minimum = privacy.parsed(
      "group_minimum", expected: FileTexts.wholeNumber(from: 1, to: 1_000), required: false,
      { wholeNumber($0, 1...1_000) })
    {
      settings.groupMinimum = minimum.value
      minimumPlace = minimum.place
    }
    let words = ["never"] + KeyInterval.allCases.map(\.rawValue)
    let interval = privacy.parsed(
      "pseudonym_key", expected: FileTexts.oneOf(words.joined(separator: ", ")), required: false
    ) { words.contains($0) ? $0 : nil }
    if let interval { keyInterval = KeyInterval(rawValue: interval.value) }
  }

  mutating func readSite(_ fields: Fields) {
    guard
      let site = fields.fields(
        "site", what: ConfigurationTexts.section("site"), keys: keys(of: "site"), required: false)
    else { return }
    let name = ConfigurationTexts.siteName
    if let value = site.parsed(
      "name", expected: name, required: false, { AuditConfiguration.isSiteName($0) ? $0 : nil })
    {
      settings.site = value.value
    }
    if let value = site.parsed(
      "sensor", expected: name, required: false, { AuditConfiguration.isSiteName($0) ? $0 : nil })
    {
      settings.sensor = value.value
    }
    if let zone = site.parsed(
      "time_zone", expected: ConfigurationTexts.timeZone, required: false,
      { TimeZone(identifier: $0) == nil ? nil : $0 })
    {
      settings.timeZone = zone.value
    }
    guard
      let hours = site.fields(
        "working_hours", what: ConfigurationTexts.section("working_hours"), keys: ["days", "from", "to"],
        required: false)
    else { return }
    settings.workingHours = weekHours(hours, ConfigurationTexts.workingHours) ?? settings.workingHours
  }

  /// Weekdays and hours of each; nil if there is a fault.
  func weekHours(_ hours: Fields, _ what: LocalizedText) -> WorkingHours? {
    let days = hours.texts("days", of: FileTexts.words("mon, tue, wed, thu, fri, sat, sun"), required: true).compactMap
    {
      parsed($0, FileTexts.oneOf("mon, tue, wed, thu, fri, sat, sun"), hours.faults) { weekdays[$0] }
    }
    let from = hours.parsed("from", expected: ConfigurationTexts.hourFrom) { wholeNumber($0, 0...23) }
    let to = hours.parsed("to", expected: ConfigurationTexts.hourTo) { wholeNumber($0, 1...24) }
    guard let from, let to, !days.isEmpty else { return nil }
    guard from.value < to.value else {
      hours.faults.add(
        to.place.fault(
          ConfigurationTexts.hoursReversed(what, to.value, from.value), expected: ConfigurationTexts.endAfterBeginning,
          next: ConfigurationTexts.correctFromOrTo))
      return nil
    }
    return WorkingHours(weekdays: Set(days), from: from.value, to: to.value)
  }

  mutating func readCampaign(_ fields: Fields) {
    guard
      let part = fields.fields(
        "campaign", what: ConfigurationTexts.section("campaign"), keys: keys(of: "campaign"), required: false)
    else { return }
    let day = { (key: String) in
      part.parsed(key, expected: FileTexts.date("2026-05-04")) { LocalDate($0)?.day }
    }
    let first = day("first_day")
    let last = day("last_day")
    let hours = weekHours(part, ConfigurationTexts.campaignHours)
    guard let first, let last, let hours else { return }
    guard first.value <= last.value, last.value - first.value < Campaign.longest else {
      part.faults.add(
        last.place.fault(
          first.value > last.value
            ? ConfigurationTexts.campaignReversed : ConfigurationTexts.campaignTooLong(Campaign.longest),
          expected: ConfigurationTexts.campaignDays(Campaign.longest),
          next: ConfigurationTexts.correctCampaignDays))
      return
    }
    settings.campaign = Campaign(firstDay: first.value, lastDay: last.value, hours: hours)
  }

  /// The key of version 0.1 means a measure against telemetry.
  mutating func readMeasures(_ fields: Fields, _ faults: FaultCollector) {
    let date = { (text: String) in LocalDate(text) == nil ? nil : text }
    let old = fields.parsed("measure_date", expected: FileTexts.date("2026-05-01"), required: false, date)
    guard fields.has("measures") else {
      if let old { settings.measures = [Measure(date: old.value, purpose: .telemetry)] }
      return
    }
    if let old {
      faults.add(
        old.place.fault(
          ConfigurationTexts.measureDateAndMeasures, expected: FileTexts.oneOfTwo,
          next: ConfigurationTexts.moveIntoMeasures(old.value)))
    }
    let keys = ["date", "title", "recipient", "service", "purpose", "rule"]
    settings.measures = fields.mappings(
      "measures", of: ConfigurationTexts.measures, what: ConfigurationTexts.measure, keys: keys
    ).compactMap { part in
      let day = part.parsed("date", expected: FileTexts.date("2026-05-01"), date)
      let title = part.text("title", expected: ConfigurationTexts.measureTitle, required: false)
      let recipient = part.text(
        "recipient", expected: ConfigurationTexts.ruleIdentifier("microsoft-ireland-operations"), required: false)
      let service = part.text(
        "service", expected: ConfigurationTexts.ruleIdentifier("windows-diagnostic-data"), required: false)
      let purpose = part.word("purpose", PurposeClass.self, required: false)
      let rule = part.text(
        "rule", expected: ConfigurationTexts.ruleIdentifier("windows-diagnostic-data.event-upload"), required: false)
      guard ["recipient", "service", "purpose", "rule"].contains(where: part.has) else {
        faults.add(
          part.place.fault(
            ConfigurationTexts.measureWithoutSubject,
            expected: ConfigurationTexts.measureSubject,
            next: ConfigurationTexts.addMeasureSubject))
        return nil
      }
      return day.map {
        Measure(
          date: $0.value, title: title?.value, recipient: recipient?.value, service: service?.value,
          purpose: purpose?.value, rule: rule?.value)
      }
    }
  }

  mutating func readGroups(_ fields: Fields, _ faults: FaultCollector) {
    var groups: [DeviceGroup] = []
    let keys = ["name", "networks", "vlans", "secrecy_zone"]
    for group in fields.mappings("groups", of: FileTexts.groups, what: ConfigurationTexts.group, keys: keys) {
      guard let name = group.text("name", expected: ConfigurationTexts.groupName) else { continue }
      let networks = group.texts("networks", of: ConfigurationTexts.addressRanges("10.20.1.0/24")).compactMap {
        parsed($0, ConfigurationTexts.addressRange("10.20.1.0/24"), faults) { IPPrefix($0) }
      }
      let vlans = group.texts("vlans", of: ConfigurationTexts.vlans).compactMap {
        parsed($0, ConfigurationTexts.vlan, faults) { wholeNumber($0, 1...4_094).map(UInt16.init) }
      }
      let zone = group.flag("secrecy_zone", required: false)
      groups.append(
        DeviceGroup(
          name: name.value, networks: networks, vlans: Set(vlans), isSecrecyZone: zone?.value ?? false))
    }
    do throws(DeviceGroupsError) {
      self.groups = try DeviceGroups(groups)
      settings.groups = self.groups.settings
    } catch {
      faults.add(
        fields.place.fault(
          ConfigurationTexts.groupsContradict(error.text), expected: ConfigurationTexts.eachInOneGroup,
          next: ConfigurationTexts.removeFromGroup))
    }
  }

  mutating func readExclusions(_ fields: Fields, _ faults: FaultCollector) {
    guard
      let part = fields.fields(
        "exclusions", what: ConfigurationTexts.section("exclusions"), keys: keys(of: "exclusions"), required: false)
    else { return }
    let hardware = part.texts("hardware_addresses", of: ConfigurationTexts.hardwareAddresses).compactMap {
      parsed($0, ConfigurationTexts.hardwareAddress, faults) { HardwareAddress($0) }
    }
    let networks = part.texts("networks", of: ConfigurationTexts.ranges).compactMap {
      parsed($0, ConfigurationTexts.addressOrRange("10.20.9.0/28"), faults) { IPPrefix($0) }
    }
    exclusions = ExcludedDevices(
      hardwareAddresses: part.has("hardware_addresses") ? Set(hardware) : exclusions.hardwareAddresses,
      networks: part.has("networks") ? networks : exclusions.networks)
  }

  /// Most addresses that a trial observes: a test PC with one of IPv4 and several of IPv6, or a few test PCs.
  package static let trialAddresses = 8

  /// Checks that only a trial has a group minimum of one, since otherwise a group of one is a person, and that a trial
  /// observes few addresses.
  func checkTrial(_ faults: FaultCollector) {
    if settings.groupMinimum < 2, !settings.isTrial, let minimumPlace {
      faults.add(
        minimumPlace.fault(
          ConfigurationTexts.groupOfOne,
          expected: ConfigurationTexts.groupMinimum,
          next: ConfigurationTexts.raiseGroupMinimum))
    }
    guard settings.isTrial, let trialPlace else { return }
    let observed = tracker.insideNetworks.prefixes.filter { !$0.address.isLoopback }
    let expected = ConfigurationTexts.trialNetworks(Self.trialAddresses)
    let next = ConfigurationTexts.nameTestPCs
    if let network = observed.first(where: { $0.length < ($0.address.isIPv4 ? 32 : 128) }) {
      faults.add(
        trialPlace.fault(
          ConfigurationTexts.trialOfNetwork(network.description), expected: expected, next: next))
    } else if observed.count > Self.trialAddresses {
      faults.add(
        trialPlace.fault(
          ConfigurationTexts.trialOfAddresses(observed.count), expected: expected, next: next))
    }
    if !groups.definitions.isEmpty {
      faults.add(
        trialPlace.fault(
          ConfigurationTexts.trialWithGroups, expected: ConfigurationTexts.noGroups,
          next: ConfigurationTexts.removeGroupsOrTrial))
    }
  }

  mutating func readGate(_ fields: Fields) {
    guard
      let gate = fields.fields(
        "gate", what: ConfigurationTexts.section("gate"), keys: keys(of: "gate"), required: false)
    else { return }
    func share(_ key: String, _ path: WritableKeyPath<GateLimits, Double>) {
      if let value = gate.parsed(key, expected: ConfigurationTexts.share, required: false, { decimal($0) }) {
        settings.gate[keyPath: path] = value.value
      }
    }
    func count(_ key: String, _ path: WritableKeyPath<GateLimits, Int>) {
      if let value = gate.parsed(
        key, expected: FileTexts.wholeNumber(from: 0, to: 100_000), required: false, { wholeNumber($0, 0...100_000) })
      {
        settings.gate[keyPath: path] = value.value
      }
    }
    share("maximum_loss", \.maximumLoss)
    share("maximum_gap", \.maximumGap)
    share("minimum_canaries", \.minimumCanaries)
    share("minimum_named", \.minimumNamed)
    share("maximum_unexaminable", \.maximumUnexaminable)
    share("maximum_one_sided", \.maximumOneSided)
    share("minimum_contacted", \.minimumContacted)
    share("negative_proof_limit", \.negativeProofLimit)
    share("maximum_hidden_device_days", \.maximumHiddenDeviceDays)
    if let value = gate.flag("expects_quic", required: false) { settings.gate.expectsQUIC = value.value }
    count("maximum_rule_age_days", \.maximumRuleAgeDays)
    count("minimum_device_days", \.minimumDeviceDays)
  }
}
