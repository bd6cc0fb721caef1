import Documents
import Model
import Privacy
public import Rules

// The claims of the site.
extension AuditConfiguration {
  private static let claimKeys = ["id", "says", "purpose", "services", "groups", "from"]

  mutating func readClaims(_ fields: Fields, _ faults: FaultCollector) {
    (claimedServices, claimedGroups) = ([], [])
    var claims: [Claim] = []
    for part in fields.mappings(
      "claims", of: ConfigurationTexts.claims, what: ConfigurationTexts.claim, keys: Self.claimKeys)
    {
      let id = part.parsed("id", expected: ConfigurationTexts.claimID) {
        Self.isClaimID($0) ? $0 : nil
      }
      let says = part.wording(
        "says", expected: ConfigurationTexts.claimWording)
      let purpose = part.word("purpose", PurposeClass.self, required: false)
      let services = part.texts("services", of: ConfigurationTexts.serviceIDs)
      let groups = part.texts("groups", of: ConfigurationTexts.groupNames)
      let from = part.parsed("from", expected: FileTexts.date("2026-05-01"), required: false) { text in
        LocalDate(text) == nil ? nil : text
      }
      guard part.has("purpose") || !services.isEmpty else {
        faults.add(
          part.place.fault(
            ConfigurationTexts.claimWithoutSubject, expected: ConfigurationTexts.purposeOrServices,
            next: ConfigurationTexts.addPurposeOrServices))
        continue
      }
      claimedServices += services
      claimedGroups += groups
      guard let id, let says else { continue }
      guard !claims.contains(where: { $0.id == id.value }) else {
        faults.add(
          id.place.fault(
            ConfigurationTexts.claimTwice(quoted(id.value)), expected: ConfigurationTexts.ownID,
            next: ConfigurationTexts.renameOrRemoveOne))
        continue
      }
      claims.append(
        Claim(
          id: id.value, says: says, purpose: purpose?.value, services: Array(Set(services.map(\.value))),
          groups: Array(Set(groups.map(\.value))), from: from?.value))
    }
    if claims.count > Claim.most {
      faults.add(
        fields.place.fault(
          ConfigurationTexts.claimCount(claims.count), expected: ConfigurationTexts.atMost(Claim.most),
          next: ConfigurationTexts.oneForSeveral)
      )
    }
    settings.claims = claims
  }

  /// Checked at the end, since groups and claims may come from different sources, such as the file and a variable.
  func checkClaimedGroups(_ faults: FaultCollector) {
    let names = settings.groups.map(\.name) + [DeviceGroups.ungrouped]
    for group in claimedGroups where !names.contains(group.value) {
      faults.add(
        group.place.fault(
          ConfigurationTexts.claimedGroupUnknown(quoted(group.value)),
          expected: ConfigurationTexts.groupNameOr(DeviceGroups.ungrouped),
          next: suggestion(for: group.value, in: names, otherwise: ConfigurationTexts.defineGroup)))
    }
  }

  /// Throws if a claim is about a service that no rule knows, or if a rule describes the canary's sink: the claim would
  /// seem to hold.
  public func checkClaims(against rules: RuleSet) throws(FileLoadError) {
    let known = Set(rules.facts.map(\.service))
    var faults = claimedServices.filter { !known.contains($0.value) }.map { service in
      service.place.fault(
        ConfigurationTexts.claimedServiceUnknown(quoted(service.value)),
        expected: ConfigurationTexts.serviceIDOfSet,
        next: suggestion(
          for: service.value, in: known.sorted(), otherwise: ConfigurationTexts.correctIDOrLoadRules))
    }
    if let canary, let place = sinkPlace,
      rules.verdict(for: Destination(name: canary.name, address: nil, port: canary.port, transport: .tcp)) != nil
    {
      faults.append(
        place.fault(
          ConfigurationTexts.sinkHasRule,
          expected: ConfigurationTexts.hostWithoutRule, next: ConfigurationTexts.nameAnotherHost))
    }
    if !faults.isEmpty { throw FileLoadError(faults: faults.sorted()) }
  }

  private static func isClaimID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy {
        $0.isASCIIDigit || $0.isASCIILowercase || $0 == UInt8(ascii: "-")
      }
  }
}
