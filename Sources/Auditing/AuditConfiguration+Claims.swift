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
    for part in fields.mappings("claims", of: "claims", what: "a claim", keys: Self.claimKeys) {
      let id = part.parsed("id", expected: "lower-case letters, digits and '-', such as windows-diagnostics-off") {
        Self.isClaimID($0) ? $0 : nil
      }
      let says = part.wording(
        "says", expected: "what is claimed, in one sentence, or a mapping with 'en' and 'de'")
      let purpose = part.word("purpose", PurposeClass.self, required: false)
      let services = part.texts("services", of: "ids of services such as windows-diagnostic-data")
      let groups = part.texts("groups", of: "names of groups as under 'groups'")
      let from = part.parsed("from", expected: "a date such as 2026-05-01", required: false) { text in
        LocalDate(text) == nil ? nil : text
      }
      guard part.has("purpose") || !services.isEmpty else {
        faults.add(
          part.place.fault(
            "the claim does not say what does not leave the site", expected: "at least one of purpose and services",
            next: "add 'purpose: telemetry', or the services that it is about"))
        continue
      }
      claimedServices += services
      claimedGroups += groups
      guard let id, let says else { continue }
      guard !claims.contains(where: { $0.id == id.value }) else {
        faults.add(
          id.place.fault(
            "two claims have the id \(quoted(id.value))", expected: "an id of its own for each",
            next: "rename or remove one of them"))
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
          "there are \(claims.count) claims", expected: "at most \(Claim.most)", next: "state one for several services")
      )
    }
    settings.claims = claims
  }

  /// The groups may be in another file, or in a variable, than the claims.
  func checkClaimedGroups(_ faults: FaultCollector) {
    let names = settings.groups.map(\.name) + [DeviceGroups.ungrouped]
    for group in claimedGroups where !names.contains(group.value) {
      faults.add(
        group.place.fault(
          "the claim names the group \(quoted(group.value)), which is not defined",
          expected: "a name under 'groups', or '\(DeviceGroups.ungrouped)'",
          next: suggestion(for: group.value, in: names, otherwise: "define it under 'groups', or correct the name")))
    }
  }

  /// Throws if a claim is about a service that no rule knows, or if a rule describes the canary's sink: the claim would seem to hold.
  public func checkClaims(against rules: RuleSet) throws(FileLoadError) {
    let known = Set(rules.facts.map(\.service))
    var faults = claimedServices.filter { !known.contains($0.value) }.map { service in
      service.place.fault(
        "the claim is about the service \(quoted(service.value)), which no rule knows",
        expected: "the id of a service in the rule set",
        next: suggestion(
          for: service.value, in: known.sorted(), otherwise: "correct the id, or load rules that know it"))
    }
    if let canary, let place = sinkPlace,
      rules.verdict(for: Destination(name: canary.name, address: nil, port: canary.port, transport: .tcp)) != nil
    {
      faults.append(
        place.fault(
          "the canary's sink has a rule: contact with it would count as a canary instead of a finding",
          expected: "a host of the site that no rule describes", next: "name another host"))
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
