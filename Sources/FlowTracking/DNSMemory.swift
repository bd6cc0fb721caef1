import Model
import Wire

/// What each client has asked and been told: names for flows that show none, and names that were refused.
///
/// Bounded in questions and answers; the oldest go first.
struct DNSMemory {
  struct Hit {
    var name: String
    /// Seconds since the answer.
    var age: Int64
    /// Names that lead this client to this address; more than 1 is ambiguous.
    var candidates: Int
  }

  /// A question to which nothing came.
  struct Unanswered {
    var client: DeviceIdentity
    var address: IPAddress
    var vlan: UInt16
    var name: String
    var asked: Timestamp
  }

  private struct AnswerKey: Hashable {
    var client: DeviceIdentity
    var address: IPAddress
  }

  private struct Candidate {
    var name: String
    var seen: Timestamp
    var expires: Timestamp
  }

  private struct QuestionKey: Hashable {
    var client: IPAddress
    var resolver: IPAddress
    var port: UInt16
    var identifier: UInt16
  }

  private struct Question {
    var client: DeviceIdentity
    var vlan: UInt16
    var name: String
    var type: UInt16
    var asked: Timestamp
  }

  /// Applications keep a name for longer than DNS allows: this much is added to each time to live.
  static let grace = TimeSpan.seconds(600)
  /// A resolver that has said nothing for so long will not.
  static let patience = TimeSpan.seconds(15)
  private static let maximumCandidates = 8

  private let answerLimit: Int
  private let questionLimit: Int
  var sinkholes: InsideNetworks
  private var answers: [AnswerKey: [Candidate]] = [:]
  private var answerOrder = Fifo<AnswerKey>()
  private var questions: [QuestionKey: Question] = [:]
  private var questionOrder = Fifo<(key: QuestionKey, asked: Timestamp)>()
  /// Resolvers that were heard at all: only then does silence mean something.
  private var heard: Set<IPAddress> = []
  /// Names whose service bindings offer Encrypted ClientHello, and the names that such a hello shows instead.
  private var hiddenNames = ExpiringNames()
  private var publicNames = ExpiringNames()
  private var forgotten: UInt64 = 0
  var evictions: UInt64 { forgotten + hiddenNames.evictions + publicNames.evictions }

  /// - Parameter sinkholes: where the site's resolver leads names that it blocks.
  init(answerLimit: Int = 262_144, questionLimit: Int = 65_536, sinkholes: [IPPrefix] = []) {
    self.answerLimit = answerLimit
    self.questionLimit = questionLimit
    self.sinkholes = InsideNetworks(sinkholes)
  }

  mutating func ask(
    _ message: DNSMessage, client: DeviceIdentity, address: IPAddress, port: UInt16, resolver: IPAddress,
    vlan: UInt16, at time: Timestamp
  ) {
    guard let asked = message.questions.first else { return }
    let key = QuestionKey(client: address, resolver: resolver, port: port, identifier: message.identifier)
    // A repeated question keeps its first time: the client is still waiting.
    guard questions[key] == nil else { return }
    while questions.count >= questionLimit, let oldest = questionOrder.popFirst() {
      // A key that was answered and asked again is younger than this place in the queue.
      guard let question = questions[oldest.key], question.asked == oldest.asked else { continue }
      questions[oldest.key] = nil
      forgotten += 1
    }
    questions[key] = Question(client: client, vlan: vlan, name: asked.name, type: asked.type, asked: time)
    questionOrder.append((key, time))
  }

  enum Answer {
    /// Nobody was seen asking, or another name was asked.
    case unasked
    case learned
    /// Nothing usable: the name is blocked or does not exist.
    case negative(client: DeviceIdentity, vlan: UInt16, name: String)
  }

  /// RFC 1035 §3.2.2, RFC 3596, RFC 9460.
  private static let addressTypes: Set<UInt16> = [1, 28, 65]

  mutating func answer(
    _ message: DNSMessage, address: IPAddress, port: UInt16, resolver: IPAddress, at time: Timestamp
  ) -> Answer {
    let key = QuestionKey(client: address, resolver: resolver, port: port, identifier: message.identifier)
    guard let question = questions[key] else { return .unasked }
    if let echoed = message.questions.first {
      guard echoed.name.equalsIgnoringASCIICase(question.name), echoed.type == question.type else { return .unasked }
    }
    questions[key] = nil
    if heard.count < 4_096 { heard.insert(resolver) }
    let usable = message.addresses.filter {
      !$0.address.isUnspecified && !$0.address.isLoopback && !sinkholes.contains($0.address)
    }
    let isBlocked = message.extendedErrors.contains(where: \.isBlocking)
    if !isBlocked { learn(message, usable, question, at: time) }
    let isNegative =
      message.responseCode == .nameError || message.responseCode == .refused || isBlocked
      || (!message.addresses.isEmpty && usable.isEmpty)
    if isNegative, DNSMemory.addressTypes.contains(question.type) {
      return .negative(client: question.client, vlan: question.vlan, name: question.name)
    }
    return .learned
  }

  private mutating func learn(
    _ message: DNSMessage, _ usable: [DNSMessage.Address], _ question: Question, at time: Timestamp
  ) {
    let name = DNSMemory.host(of: question)
    func expiry(_ timeToLive: UInt32) -> Timestamp {
      time.advanced(by: .seconds(Int64(min(timeToLive, 604_800)))).advanced(by: DNSMemory.grace)
    }
    for answer in usable {
      learn(name, client: question.client, address: answer.address, at: time, expires: expiry(answer.timeToLive))
    }
    if let ech = message.ech {
      hiddenNames.insert(name, until: expiry(ech.timeToLive), at: time)
      for outer in ech.publicNames { publicNames.insert(outer, until: expiry(ech.timeToLive), at: time) }
    }
  }

  /// A service binding on another port is asked for as `_8443._https.name` (RFC 9460 §9.1).
  private static func host(of question: Question) -> String {
    guard question.type == 65, question.name.utf8.first == 0x5f else { return question.name }
    let labels = question.name.split(separator: ".").drop { $0.utf8.first == 0x5f }
    return labels.count < 2 ? question.name : labels.joined(separator: ".")
  }

  private mutating func learn(
    _ name: String, client: DeviceIdentity, address: IPAddress, at time: Timestamp, expires: Timestamp
  ) {
    let key = AnswerKey(client: client, address: address)
    guard var known = answers[key] else {
      if answers.count >= answerLimit { evictAnswer(at: time) }
      answers[key] = [Candidate(name: name, seen: time, expires: expires)]
      answerOrder.append(key)
      return
    }
    answers[key] = nil
    known.removeAll { $0.expires < time || $0.name.equalsIgnoringASCIICase(name) }
    if known.count >= DNSMemory.maximumCandidates { known.removeFirst() }
    known.append(Candidate(name: name, seen: time, expires: expires))
    answers[key] = known
  }

  private mutating func evictAnswer(at time: Timestamp) {
    // A few second chances for answers that still hold; then the oldest goes all the same.
    for _ in 0..<8 {
      guard let key = answerOrder.popFirst() else { return }
      if let known = answers[key], known.contains(where: { $0.expires >= time }) {
        answerOrder.append(key)
      } else {
        answers[key] = nil
        return
      }
    }
    if let key = answerOrder.popFirst() {
      answers[key] = nil
      forgotten += 1
    }
  }

  /// The name that led this client to this address.
  func name(client: DeviceIdentity, address: IPAddress, at time: Timestamp) -> Hit? {
    guard let known = answers[AnswerKey(client: client, address: address)] else { return nil }
    let valid = known.filter { $0.expires >= time }
    guard let latest = valid.last else { return nil }
    return Hit(name: latest.name, age: max(time.since(latest.seen).seconds, 0), candidates: valid.count)
  }

  /// A service binding said that connections to this name can hide it (RFC 9848).
  func offersECH(_ name: String, at time: Timestamp) -> Bool { hiddenNames.contains(name, at: time) }

  /// A hello with this name outside may hold another inside.
  func isPublicNameOfECH(_ name: String, at time: Timestamp) -> Bool { publicNames.contains(name, at: time) }

  /// Takes out the questions that have waited too long.
  mutating func unanswered(at time: Timestamp) -> [Unanswered] {
    var result: [Unanswered] = []
    while let oldest = questionOrder.first, time.since(oldest.asked) > DNSMemory.patience {
      questionOrder.removeFirst()
      guard let question = questions[oldest.key], question.asked == oldest.asked else { continue }
      questions[oldest.key] = nil
      guard heard.contains(oldest.key.resolver), DNSMemory.addressTypes.contains(question.type) else { continue }
      result.append(
        Unanswered(
          client: question.client, address: oldest.key.client, vlan: question.vlan, name: question.name,
          asked: question.asked))
    }
    return result
  }
}

/// Names that hold for a while, compared without regard to case; the oldest go first.
private struct ExpiringNames {
  private static let limit = 16_384

  private var expiries: [String: Timestamp] = [:]
  private var order = Fifo<String>()
  private(set) var evictions: UInt64 = 0

  mutating func insert(_ name: String, until expiry: Timestamp, at time: Timestamp) {
    let key = name.lowercased()
    if expiries.updateValue(expiry, forKey: key) != nil { return }
    order.append(key)
    guard expiries.count > ExpiringNames.limit, let oldest = order.popFirst() else { return }
    if let expired = expiries.removeValue(forKey: oldest), expired >= time { evictions += 1 }
  }

  func contains(_ name: String, at time: Timestamp) -> Bool {
    !expiries.isEmpty && expiries[name.lowercased()].map { $0 >= time } == true
  }
}

/// First in, first out; amortised constant time.
private struct Fifo<Element> {
  private var items: [Element] = []
  private var head = 0

  var first: Element? { head < items.count ? items[head] : nil }

  mutating func append(_ element: Element) { items.append(element) }

  mutating func removeFirst() {
    head += 1
    if head > 1_024 && head * 2 > items.count {
      items.removeFirst(head)
      head = 0
    }
  }

  mutating func popFirst() -> Element? {
    guard let element = first else { return nil }
    removeFirst()
    return element
  }
}
