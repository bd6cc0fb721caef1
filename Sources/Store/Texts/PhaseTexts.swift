public import Model

extension PhaseError {
  public var text: LocalizedText {
    switch self {
    case .nameTaken(let name):
      LocalizedText(
        en:
          "The store holds a phase '\(name)' already, and a phase is never begun again. Choose another name, such as '\(name)-2'.",
        de:
          "Der Speicher hat bereits eine Phase '\(name)', und eine Phase wird nicht noch einmal begonnen. Einen anderen Namen wählen, etwa '\(name)-2'."
      )
    case .overlaps(let name, let other):
      LocalizedText(
        en:
          "The phase '\(name)' would have hours in common with '\(other)', and a group is in one phase at a time. Stop '\(other)' first, choose another time with --at, or name groups that '\(other)' does not have with --groups.",
        de:
          "Die Phase '\(name)' hätte Stunden mit '\(other)' gemeinsam, und eine Gruppe ist immer nur in einer Phase. Zuerst '\(other)' beenden, mit --at einen anderen Zeitpunkt oder mit --groups Gruppen wählen, die nicht zu '\(other)' gehören."
      )
    case .unknown(let name, []):
      LocalizedText(
        en: "The store holds no phase '\(name)'. It holds none: begin one with 'egressaudit phase start'.",
        de:
          "Der Speicher hat keine Phase '\(name)'. Er hat überhaupt keine: mit 'egressaudit phase start' eine beginnen."
      )
    case .unknown(let name, let known):
      LocalizedText(
        en: "The store holds no phase '\(name)'. Its phases are: \(Self.names(known)).",
        de: "Der Speicher hat keine Phase '\(name)'. Er hat diese Phasen: \(Self.names(known)).")
    case .stopped(let name):
      LocalizedText(
        en:
          "The phase '\(name)' was stopped already, and its end cannot be changed. Begin another one under a name of its own.",
        de:
          "Die Phase '\(name)' ist bereits beendet, und ihr Ende lässt sich nicht ändern. Eine neue unter eigenem Namen beginnen."
      )
    case .noneRuns:
      LocalizedText(
        en: "No phase is running. 'egressaudit phase list' shows the phases of the store.",
        de: "Es läuft keine Phase. 'egressaudit phase list' zeigt die Phasen des Speichers.")
    case .severalRun(let names):
      LocalizedText(
        en: "Several phases are running: \(Self.names(names)). Name the one to stop.",
        de: "Es laufen mehrere Phasen: \(Self.names(names)). Angeben, welche beendet werden soll.")
    case .withoutHour(let name):
      LocalizedText(
        en: "The phase '\(name)' would not hold one whole hour. Stop it later, or give the time of its end with --at.",
        de:
          "Die Phase '\(name)' enthielte keine volle Stunde. Sie später beenden oder ihr Ende mit --at angeben.")
    }
  }

  private static func names(_ names: [PhaseName]) -> String { names.map(\.description).joined(separator: ", ") }
}
