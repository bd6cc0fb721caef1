import Model
import Wire

/// The names that lead to a flow's destination, and the one place that decides which of them the flow bears.
///
/// In this order: the name that the flow itself shows; the name by which the client found the address; the name in the server's
/// certificate. One exception: behind the public name of an encrypted hello, the name that the client asked for comes first.
struct NameLedger {
  /// Seen in the flow itself.
  private(set) var shown: NameEvidence?
  /// By which the client found the address.
  private(set) var resolved: DNSMemory.Hit?
  @OnHeap private(set) var certificate: NameEvidence?
  /// Names by which the client found the address, if the flow shows another.
  private(set) var otherAnswers: [AnsweredName] = []

  var evidence: NameEvidence? { shown ?? resolved.map { NameLedger.evidence($0) } ?? certificate }

  /// A name in a certificate is worth the reading only if there is no better one.
  var wantsCertificate: Bool { shown == nil && resolved == nil }

  /// Whether the flow has shown another name before.
  func contradicts(_ name: String) -> Bool { shown.map { !$0.name.equalsIgnoringASCIICase(name) } ?? false }

  /// What texts of its own take; names of DNS answers are shared with the memory of answers.
  var allocatedBytes: Int {
    (shown?.allocatedBytes ?? 0) + (certificate?.allocatedBytes ?? 0) + _certificate.allocatedBytes
      + (resolved?.allocatedBytes ?? 0)
      + otherAnswers.allocatedBytes + otherAnswers.reduce(0) { $0 + $1.allocatedBytes }
  }

  mutating func noteResolved(_ hit: DNSMemory.Hit) { resolved = hit }

  mutating func noteCertificate(_ name: NameEvidence) { certificate = name }

  /// Takes the name that the flow shows, and compares it with what DNS told the client of the address.
  ///
  /// - Parameters:
  ///   - name: nil if the flow names an address.
  ///   - relation: what DNS told of the address; asked for only if it matters.
  mutating func noteShown(_ name: NameEvidence?, relation: () -> DNSMemory.Relation) {
    shown = name
    otherAnswers = []
    guard resolved != nil, let name, name.ech != .outerKnown else { return }
    switch relation() {
    case .same(let aliases): shown?.aliases = aliases
    case .other(let answers): otherAnswers = answers
    }
  }

  /// The hello shows the public name of a provider and hides another (RFC 9849): what the client asked for, if that name can be hidden so,
  /// is nearer to the truth.
  mutating func preferResolved(if canBeHidden: (String) -> Bool) {
    guard let resolved, let shown, !resolved.name.equalsIgnoringASCIICase(shown.name), canBeHidden(resolved.name)
    else { return }
    self.shown = NameLedger.evidence(resolved, ech: .outerKnown)
    otherAnswers = []
  }

  /// The name of a connection that goes on in this flow.
  mutating func noteContinued(_ name: NameEvidence) { shown = name }

  /// The responder is a proxy: the name that led to it is not the destination's.
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
