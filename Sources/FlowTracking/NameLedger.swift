import Model
import Wire

/// The names known for a flow's destination, and the only place that decides which of them names the flow.
///
/// In this order: the name that the flow itself shows; the name that the client resolved to the address; the name in
/// the server's certificate. One exception: if the flow shows the public name of an Encrypted ClientHello, the resolved
/// name takes precedence.
struct NameLedger {
  /// Seen in the flow itself.
  private(set) var shown: NameEvidence?
  /// The name that the client resolved to the address.
  private(set) var resolved: DNSMemory.Hit?
  @OnHeap private(set) var certificate: NameEvidence?
  /// Names that the client resolved to the address, if the flow shows another.
  private(set) var otherAnswers: [AnsweredName] = []

  var evidence: NameEvidence? { shown ?? resolved.map { NameLedger.evidence($0) } ?? certificate }

  /// A certificate is worth reading only if there is no better name.
  var wantsCertificate: Bool { shown == nil && resolved == nil }

  /// Whether the flow has already shown another name.
  func contradicts(_ name: String) -> Bool { shown.map { !$0.name.equalsIgnoringASCIICase(name) } ?? false }

  /// Memory of its strings and heap values, in bytes.
  var allocatedBytes: Int {
    (shown?.allocatedBytes ?? 0) + (certificate?.allocatedBytes ?? 0) + _certificate.allocatedBytes
      + (resolved?.allocatedBytes ?? 0)
      + otherAnswers.allocatedBytes + otherAnswers.reduce(0) { $0 + $1.allocatedBytes }
  }

  mutating func noteResolved(_ hit: DNSMemory.Hit) { resolved = hit }

  mutating func noteCertificate(_ name: NameEvidence) { certificate = name }

  /// Records the name that the flow shows, and compares it with the client's DNS answers for the address.
  ///
  /// - Parameters:
  ///   - name: nil if the flow shows an address instead of a name.
  ///   - relation: compares the name with the client's DNS answers; called only if there is one.
  mutating func noteShown(_ name: NameEvidence?, relation: () -> DNSMemory.Relation) {
    shown = name
    otherAnswers = []
    guard resolved != nil, let name, name.ech != .outerKnown else { return }
    switch relation() {
    case .same(let aliases): shown?.aliases = aliases
    case .other(let answers): otherAnswers = answers
    }
  }

  /// Prefers the resolved name over the public name of an Encrypted ClientHello (RFC 9849), if the resolved name can be
  /// hidden in this way.
  mutating func preferResolved(if canBeHidden: (String) -> Bool) {
    guard let resolved, let shown, !resolved.name.equalsIgnoringASCIICase(shown.name), canBeHidden(resolved.name)
    else { return }
    self.shown = NameLedger.evidence(resolved, ech: .outerKnown)
    otherAnswers = []
  }

  /// Records the name of a connection that continues in this flow.
  mutating func noteContinued(_ name: NameEvidence) { shown = name }

  /// Drops the resolved name: the responder is a proxy, and its name is not the destination's.
  mutating func forgetResolved() {
    resolved = nil
    otherAnswers = []
  }

  private static func evidence(_ hit: DNSMemory.Hit, ech: EncryptedClientHello = .none) -> NameEvidence {
    NameEvidence(
      name: hit.name, method: .dns, namingClass: hit.candidates == 1 ? .c : .d, ech: ech, dnsAge: hit.age,
      candidates: hit.candidates, aliases: hit.aliases)
  }
}
