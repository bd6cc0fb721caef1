import Model
import Store

extension Texts {
  /// Name, time, groups, setting and the days of entry of a phase, as one line.
  static func phase(_ phase: Phase, _ clock: SiteClock, _ language: Language) -> String {
    let german = language == .german
    let time = { (hour: Hour) in german ? clock.germanText(hour) : SiteClock.isoText(hour) }
    let day = { (day: Int64) in date(LocalDate(day: day).description, language) }
    let entries = phase.chainSequences.map(String.init)
    var parts = [
      phase.end.map { german ? "\(time(phase.first)) bis \(time($0))" : "\(time(phase.first)) to \(time($0))" }
        ?? (german ? "seit \(time(phase.first)), läuft noch" : "since \(time(phase.first)), still running"),
      phase.groups.isEmpty
        ? (german ? "ganzer Standort" : "whole site")
        : (german ? "Gruppen: " : "groups: ")
          + phase.groups.map { CSVFormat.safeText(word(.group, $0, language)) }.joined(separator: ", "),
    ]
    if let setting = phase.setting {
      parts.append((german ? "Einstellung: " : "setting: ") + CSVFormat.safeText(setting.description))
    }
    let days = [phase.enteredDay] + (phase.endedDay.map { [$0] } ?? [])
    parts.append(
      (german ? "eingetragen am " : "entered on ") + days.map(day).joined(separator: german ? " und " : " and ")
        + (german ? ", Nachweiskette, Eintrag " : ", evidence chain, entry ")
        + entries.joined(separator: german ? " und " : " and "))
    return "\(phase.name): " + parts.joined(separator: "; ")
  }
}
