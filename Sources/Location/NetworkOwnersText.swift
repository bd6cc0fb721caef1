public import Model

extension NetworkOwners {
  /// What is known of `address`, as plain text for a terminal: one fact in each line, with database and date, marked as
  /// a hint.
  ///
  /// `sharedNetwork`: the registered shared network to which the address belongs; if there is one, no country is shown.
  public mutating func text(
    for address: IPAddress, sharedNetwork: SharedNetwork? = nil, in language: Language
  ) -> String {
    let say = language.say
    guard !databases.isEmpty else {
      return say(
        "Owner and country of the address: unknown, for no location database is there.\n",
        "Inhaber und Land der Adresse: unbekannt, denn es ist keine Adressdatenbank da.\n")
    }
    let owner = owner(of: address)
    let unknown = say("unknown", "unbekannt")
    let system = owner.systemNumber.map { number in "AS\(number)" + (owner.systemName.map { " \($0)" } ?? "") }
    let traits = owner.traits.sorted().map { trait in
      switch trait {
      case .anycast: say("anycast", "Anycast")
      case .satellite: say("satellite", "Satellit")
      case .anonymousProxy: say("anonymous proxy", "Anonymisierungsdienst")
      }
    }
    let places =
      traits + (sharedNetwork.map { [say("shared network of ", "verteiltes Netz von ") + $0.operatorName] } ?? [])
    let country =
      places.isEmpty
      ? owner.country ?? unknown
      : say("not determinable: ", "nicht bestimmbar: ") + places.joined(separator: ", ")
    var rows = [
      (say("Network operator", "Netzbetreiber"), system ?? unknown),
      (say("Country", "Land"), country),
    ]
    rows += stamps.map { stamp in
      (
        say("Location database", "Adressdatenbank"),
        "\(stamp.citation), \(say("of", "vom")) \(stamp.date)"
      )
    }
    let width = (rows.map(\.0.count).max() ?? 0) + 2
    let head = say(
      "Hint from a location database; it says nothing about where data are processed:",
      "Hinweis aus einer Adressdatenbank; sagt nichts über den Ort der Verarbeitung:")
    return ([head] + rows.map { "  " + $0.0 + String(repeating: " ", count: width - $0.0.count) + $0.1 })
      .map { printable($0) + "\n" }.joined()
  }
}
