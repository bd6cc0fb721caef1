import Model
import Privacy

extension Texts {
  /// Why nobody can tell whether something is new or gone, as a clause without a full stop.
  static func baselineDoubt(_ doubt: BaselineDoubt, _ language: Language) -> String {
    let german = language == .german
    switch doubt {
    case .groupNotCovered:
      return german
        ? "für die Gruppe reichte die Abdeckung in der Vergleichsbasis nicht aus"
        : "coverage was not sufficient for the group in the baseline"
    case .ruleChanged:
      return german
        ? "die Regel gab es in der Vergleichsbasis nicht, oder sie war eine andere"
        : "the rules of the baseline did not have this rule, or had another revision of it"
    case .notListed:
      return german
        ? "die Vergleichsbasis enthält keine Ziele ohne Regel oder nicht alle"
        : "the baseline lists no destinations without a rule, or not all"
    case .belowFormerMinimum:
      return german
        ? "in der Vergleichsbasis galt eine höhere Mindestzahl von Geräten, die das Ziel an keinem Tag erreicht"
        : "the baseline needed more devices for a row than contacted the destination on any day"
    case .groupNotShown:
      return german ? "die Gruppe hat jetzt keine eigenen Zeilen" : "the group has no rows of its own now"
    case .ruleMissing:
      return german
        ? "der Regelsatz einiger Stunden kennt die Regel nicht" : "the rule set of some hours does not have the rule"
    case .gate(let failures):
      return (german ? "die Abdeckung reicht nicht aus: " : "coverage is not sufficient: ")
        + failures.map { failure($0, language) }.joined(separator: ", ")
    case .proof(let gaps):
      return
        (german
        ? "es gab Versuche, und dass keiner durchkam, ist nicht belegt: "
        : "there were attempts, and it is not proven that none got through: ") + proofGaps(gaps, language)
    case .tooShort(let days, let needed):
      return german
        ? "beobachtet sind \(days) von \(needed) Tagen, die dafür nötig sind"
        : "\(days) of the \(needed) days that it takes were observed"
    case .belowMinimum:
      return german
        ? "jetzt gilt eine höhere Mindestzahl von Geräten, als in der Vergleichsbasis Kontakt hatten"
        : "a row takes more devices now than contacted the destination in the baseline"
    case .notListedNow:
      return german
        ? "der Zeitraum enthält keine Ziele ohne Regel oder nicht alle"
        : "the period lists no destinations without a rule, or not all"
    }
  }

  /// What is new and what is back, such as `3 new destinations, 1 telemetry service back on 12 devices`; nil if nothing
  /// is.
  ///
  /// `hidesDevices`: the site is too small to show numbers of devices.
  static func newAndBack(
    _ changes: [BaselineChange], hidesDevices: Bool, _ epochs: DeviceEpochs, _ language: Language
  ) -> String? {
    let german = language == .german
    let count = { (count: Int, one: (String, String), many: (String, String)) in
      let words = count == 1 ? one : many
      return "\(count) \(german ? words.1 : words.0)"
    }
    var parts: [String] = []
    let destinations = { (matches: (BaselineState) -> Bool) in
      changes.count { if case .destination = $0.subject { matches($0.state) } else { false } }
    }
    let isNew = { (state: BaselineState) in if case .new = state { true } else { false } }
    let isBack = { (state: BaselineState) in if case .returned = state { true } else { false } }
    let new = destinations(isNew)
    if new > 0 {
      parts.append(
        count(
          new, ("new destination without a rule", "neues Ziel ohne Regel"),
          ("new destinations without a rule", "neue Ziele ohne Regel")))
    }
    let back = destinations(isBack)
    if back > 0 {
      parts.append(
        count(
          back, ("destination without a rule", "Ziel ohne Regel"), ("destinations without a rule", "Ziele ohne Regel"))
          + (german ? " wieder da" : " back"))
    }
    for (matches, state) in [(isNew, german ? "neu" : "new"), (isBack, german ? "wieder da" : "back")] {
      for purpose in PurposeClass.allCases {
        var keys: Set<AuditPeriod.ServiceKey> = []
        var devices: Set<DevicePseudonym> = []
        for change in changes where matches(change.state) {
          guard case .service(let key, _, _, _) = change.subject, key.service.purpose == purpose else { continue }
          keys.insert(key.service)
          devices.formUnion(change.pseudonyms)
        }
        guard !keys.isEmpty else { continue }
        let word = Texts.word(.purpose, purpose.rawValue, language)
        let services =
          switch (purpose, german) {
          case (.telemetry, false): keys.count == 1 ? "telemetry service" : "telemetry services"
          case (.telemetry, true): keys.count == 1 ? "Telemetriedienst" : "Telemetriedienste"
          case (_, false): (keys.count == 1 ? "service" : "services") + " (\(word))"
          case (_, true): (keys.count == 1 ? "Dienst" : "Dienste") + " (\(word))"
          }
        let count = epochs.count(devices)
        let on =
          devices.isEmpty
          ? (german ? ", nur Versuche" : ", attempts only")
          : hidesDevices
            ? ""
            : german
              ? " auf \(count) \(count == 1 ? "Gerät" : "Geräten")"
              : " on \(count) \(count == 1 ? "device" : "devices")"
        parts.append("\(keys.count) \(services) \(state)\(on)")
      }
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
