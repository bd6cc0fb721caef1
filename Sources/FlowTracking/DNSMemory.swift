import Model
import Wire

/// What each client has asked and been told: names for flows that show none, and names that were refused.
///
/// Bounded in bytes and in questions; the oldest go first.
struct DNSMemory {
  struct Hit {
    var name: String
    /// Seconds since the answer.
    var age: Int64
    /// Names that lead this client to this address; more than 1 is ambiguous.
    var candidates: Int
    /// By which the name led to the address.
    var aliases: [String] = []

    var allocatedBytes: Int {
      name.allocatedBytes + aliases.allocatedBytes + aliases.reduce(0) { $0 + $1.allocatedBytes }
    }
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
    var answer: AnsweredName
    var seen: Timestamp
    var expires: Timestamp

    var name: String { answer.name }
    /// Addresses of one answer share its texts; each is counted with them all the same.
    var allocatedBytes: Int { MemoryLayout<Candidate>.stride + answer.allocatedBytes }
  }

  /// What an address costs beside the names that lead to it: its place in the dictionary, which is up to two thirds empty, in the queue,
  /// and the list of names.
  private static let bytesOfAnswer =
    3 * (MemoryLayout<AnswerKey>.stride + MemoryLayout<[Candidate]>.stride) + MemoryLayout<AnswerKey>.stride + 48

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
    /// In order of arrival: tells a question from an earlier one of the same client and identifier.
    var number: UInt64

    /// With its places in dictionary and queue.
    var allocatedBytes: Int {
      name.allocatedBytes + 3 * (MemoryLayout<QuestionKey>.stride + MemoryLayout<Question>.stride)
        + 2 * MemoryLayout<(QuestionKey, Timestamp, UInt64)>.stride
    }
  }

  /// Applications keep a name for longer than DNS allows: this much is added to each time to live.
  static let grace = TimeSpan.seconds(600)
  /// A resolver that has said nothing for so long will not.
  static let patience = TimeSpan.seconds(15)
  private static let maximumCandidates = 8
  /// Aliases of an answer that are kept, the first ones; content networks use up to five.
  private static let maximumAliases = 8
  /// Addresses of an answer that are learned without a limit of their own; large sites give ten.
  private static let ordinaryAddresses = 8

  /// Most bytes for all: a half for answers, a quarter for questions, an eighth each for names that can be hidden and for those that hide them.
  var bytes: Int {
    didSet { divide() }
  }
  private let questionLimit: Int
  var sinkholes: InsideNetworks
  private var answers: [AnswerKey: [Candidate]] = [:]
  private var answerOrder = Fifo<AnswerKey>()
  private var answerBytes = 0
  private var questions: [QuestionKey: Question] = [:]
  private var questionOrder = Fifo<(key: QuestionKey, asked: Timestamp, number: UInt64)>()
  private var questionsAsked: UInt64 = 0
  private var questionBytes = 0
  /// Resolvers that were heard at all: only then does silence mean something.
  private var heard: Set<IPAddress> = []
  private var heardOrder = Fifo<IPAddress>()
  private static let maximumHeard = 4_096
  /// Names whose service bindings offer Encrypted ClientHello, and the names that such a hello shows instead.
  private var hiddenNames: ExpiringNames
  private var publicNames: ExpiringNames
  private var forgotten: UInt64 = 0
  private var resolutions = Resolutions()

  /// - Parameter sinkholes: where the site's resolver leads names that it blocks.
  init(bytes: Int = MemoryShares().dns, questionLimit: Int = 65_536, sinkholes: [IPPrefix] = []) {
    self.bytes = bytes
    self.questionLimit = questionLimit
    self.sinkholes = InsideNetworks(sinkholes)
    hiddenNames = ExpiringNames(bytes: bytes / 8)
    publicNames = ExpiringNames(bytes: bytes / 8)
  }

  private mutating func divide() {
    hiddenNames.bytes = bytes / 8
    publicNames.bytes = bytes / 8
  }

  /// Questions, answers and names that were forgotten for others while they still held, since this was last asked.
  mutating func takeEvictions() -> UInt64 {
    defer { forgotten = 0 }
    return forgotten + hiddenNames.takeEvictions() + publicNames.takeEvictions()
  }

  /// Names that led to an address, and those of them that were then contacted, since this was last asked.
  mutating func takeResolutions() -> (resolved: UInt64, contacted: UInt64) { resolutions.take() }

  /// Places in the queue of questions, those of answered ones included.
  var questionPlaces: Int { questionOrder.count }

  mutating func ask(
    _ message: DNSMessage, client: DeviceIdentity, address: IPAddress, port: UInt16, resolver: IPAddress,
    vlan: UInt16, at time: Timestamp
  ) {
    guard let asked = message.questions.first else { return }
    let key = QuestionKey(client: address, resolver: resolver, port: port, identifier: message.identifier)
    // A repeated question keeps its first time: the client is still waiting.
    guard questions[key] == nil else { return }
    while questions.count >= questionLimit || questionBytes > bytes / 4, let oldest = questionOrder.popFirst() {
      // A key that was answered and asked again is younger than this place in the queue.
      guard let question = questions[oldest.key], question.number == oldest.number else { continue }
      forget(oldest.key, question)
      forgotten += 1
    }
    questionsAsked += 1
    let question = Question(
      client: client, vlan: vlan, name: asked.name, type: asked.type, asked: time, number: questionsAsked)
    questions[key] = question
    questionBytes += question.allocatedBytes
    questionOrder.append((key, time, question.number))
    // Where questions are answered at once, and time stamps stand still, their places would pile up.
    if questionOrder.count > 2 * questionLimit {
      questionOrder.keep { questions[$0.key]?.number == $0.number }
    }
  }

  private mutating func forget(_ key: QuestionKey, _ question: Question) {
    questions[key] = nil
    questionBytes -= question.allocatedBytes
  }

  enum Answer {
    /// Nobody was seen asking, or another name was asked.
    case unasked
    case learned
    /// Nothing usable: the name is blocked or does not exist.
    case negative(client: DeviceIdentity, vlan: UInt16, name: String, aliases: [String])
  }

  /// RFC 1035 §3.2.2, RFC 3596, RFC 9460.
  private static let addressTypes: Set<UInt16> = [1, 28, 65]

  mutating func answer(
    _ message: DNSMessage, address: IPAddress, port: UInt16, resolver: IPAddress, at time: Timestamp,
    allowance: inout SecondAllowance
  ) -> Answer {
    let key = QuestionKey(client: address, resolver: resolver, port: port, identifier: message.identifier)
    guard let question = questions[key] else { return .unasked }
    if let echoed = message.questions.first {
      guard echoed.name.equalsIgnoringASCIICase(question.name), echoed.type == question.type else { return .unasked }
    }
    forget(key, question)
    if heard.insert(resolver).inserted {
      heardOrder.append(resolver)
      if heard.count > DNSMemory.maximumHeard, let oldest = heardOrder.popFirst() { heard.remove(oldest) }
    }
    let usable = message.addresses.filter {
      !$0.address.isUnspecified && !$0.address.isLoopback && !sinkholes.contains($0.address)
    }
    let isBlocked = message.extendedErrors.contains(where: \.isBlocking)
    if !isBlocked { learn(message, usable, question, at: time, &allowance) }
    let isNegative =
      message.responseCode == .nameError || message.responseCode == .refused || isBlocked
      || (!message.addresses.isEmpty && usable.isEmpty)
    if isNegative, DNSMemory.addressTypes.contains(question.type) {
      return .negative(
        client: question.client, vlan: question.vlan, name: question.name,
        aliases: Array(message.aliases.prefix(DNSMemory.maximumAliases)))
    }
    return .learned
  }

  private mutating func learn(
    _ message: DNSMessage, _ usable: [DNSMessage.Address], _ question: Question, at time: Timestamp,
    _ allowance: inout SecondAllowance
  ) {
    let name = DNSMemory.host(of: question)
    let told = AnsweredName(name: name, aliases: Array(message.aliases.prefix(DNSMemory.maximumAliases)))
    func expiry(_ timeToLive: UInt32) -> Timestamp {
      time.advanced(by: .seconds(Int64(min(timeToLive, 604_800)))).advanced(by: DNSMemory.grace)
    }
    for (index, answer) in usable.enumerated() {
      guard index < DNSMemory.ordinaryAddresses || allowance.takeAddress() else {
        forgotten += UInt64(usable.count - index)
        break
      }
      learn(told, client: question.client, address: answer.address, at: time, expires: expiry(answer.timeToLive))
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
    _ answer: AnsweredName, client: DeviceIdentity, address: IPAddress, at time: Timestamp, expires: Timestamp
  ) {
    let key = AnswerKey(client: client, address: address)
    let candidate = Candidate(answer: answer, seen: time, expires: expires)
    resolutions.note(answer.name, leadingTo: address, at: time)
    answerBytes += candidate.allocatedBytes
    guard var known = answers[key] else {
      answers[key] = [candidate]
      answerOrder.append(key)
      answerBytes += DNSMemory.bytesOfAnswer
      while answerBytes > bytes / 2, !answerOrder.isEmpty { evictAnswer(at: time) }
      return
    }
    answers[key] = nil
    known.removeAll { earlier in
      guard earlier.expires < time || earlier.name.equalsIgnoringASCIICase(answer.name) else { return false }
      answerBytes -= earlier.allocatedBytes
      return true
    }
    if known.count >= DNSMemory.maximumCandidates { answerBytes -= known.removeFirst().allocatedBytes }
    known.append(candidate)
    answers[key] = known
  }

  private mutating func evictAnswer(at time: Timestamp) {
    // A few second chances for answers that still hold; then the oldest goes all the same.
    for _ in 0..<DNSMemory.secondChances {
      guard let key = answerOrder.popFirst(), let known = answers[key] else { return }
      guard known.contains(where: { $0.expires >= time }) else {
        forget(key, known)
        return
      }
      answerOrder.append(key)
    }
    guard let key = answerOrder.popFirst(), let known = answers[key] else { return }
    forget(key, known)
    forgotten += 1
  }

  private static let secondChances = 8

  private mutating func forget(_ key: AnswerKey, _ known: [Candidate]) {
    answers[key] = nil
    answerBytes -= known.reduce(DNSMemory.bytesOfAnswer) { $0 + $1.allocatedBytes }
  }

  /// The name that led this client to this address.
  func name(client: DeviceIdentity, address: IPAddress, at time: Timestamp) -> Hit? {
    let valid = candidates(client, address, at: time)
    guard let latest = valid.last else { return nil }
    return Hit(
      name: latest.name, age: max(time.since(latest.seen).seconds, 0), candidates: valid.count,
      aliases: latest.answer.aliases)
  }

  /// All names that led this client to this address and still hold, the earliest first.
  func answers(client: DeviceIdentity, address: IPAddress, at time: Timestamp) -> [AnsweredName] {
    (answers[AnswerKey(client: client, address: address)] ?? []).filter { $0.expires >= time }.map(\.answer)
  }

  /// Notes that the client sends a packet to the address, whatever led it there.
  mutating func noteContact(client: DeviceIdentity, address: IPAddress, at time: Timestamp) {
    resolutions.noteContact(address)
    for candidate in candidates(client, address, at: time) { resolutions.noteContact(candidate.name) }
  }

  private func candidates(_ client: DeviceIdentity, _ address: IPAddress, at time: Timestamp) -> [Candidate] {
    answers[AnswerKey(client: client, address: address)]?.filter { $0.expires >= time } ?? []
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
      guard let question = questions[oldest.key], question.number == oldest.number else { continue }
      forget(oldest.key, question)
      guard heard.contains(oldest.key.resolver), DNSMemory.addressTypes.contains(question.type) else { continue }
      result.append(
        Unanswered(
          client: question.client, address: oldest.key.client, vlan: question.vlan, name: question.name,
          asked: question.asked))
    }
    return result
  }
}

/// Names that were resolved lately, each once: whether somebody then contacted an address of theirs tells whether the capture sees what devices
/// do with their answers. Whose question it was does not matter: a resolver of the site asks, and others contact.
private struct Resolutions {
  private struct Resolution {
    var seen: Timestamp
    var isContacted = false
  }

  /// By a hash of the name: two that meet in one are counted as one.
  private var known: [Int: Resolution] = [:]
  private var order = Fifo<Int>()
  /// The name that led to an address last.
  private var names: [IPAddress: Int] = [:]
  private var addressOrder = Fifo<IPAddress>()
  private var resolved: UInt64 = 0
  private var contacted: UInt64 = 0

  private static let limit = 4_096
  /// After this, the same name counts again.
  private static let memory = TimeSpan.seconds(1_800)

  mutating func take() -> (resolved: UInt64, contacted: UInt64) {
    defer { (resolved, contacted) = (0, 0) }
    return (resolved, contacted)
  }

  mutating func note(_ name: String, leadingTo address: IPAddress, at time: Timestamp) {
    let key = Resolutions.key(name)
    if names.updateValue(key, forKey: address) == nil {
      addressOrder.append(address)
      if names.count > Resolutions.limit, let oldest = addressOrder.popFirst() { names[oldest] = nil }
    }
    if let earlier = known[key], time.since(earlier.seen) <= Resolutions.memory { return }
    resolved += 1
    if known.updateValue(Resolution(seen: time), forKey: key) == nil { order.append(key) }
    if known.count > Resolutions.limit, let oldest = order.popFirst() { known[oldest] = nil }
  }

  /// A name that the contacting device itself had asked for.
  mutating func noteContact(_ name: String) { noteContact(key: Resolutions.key(name)) }

  mutating func noteContact(_ address: IPAddress) {
    if let key = names[address] { noteContact(key: key) }
  }

  private mutating func noteContact(key: Int) {
    guard let place = known.index(forKey: key), !known.values[place].isContacted else { return }
    known.values[place].isContacted = true
    contacted += 1
  }

  private static func key(_ name: String) -> Int {
    var hasher = Hasher()
    for byte in name.utf8 { hasher.combine(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) }
    return hasher.finalize()
  }
}

/// Names that hold for a while, compared without regard to case; the oldest go first.
private struct ExpiringNames {
  /// Most bytes for all names.
  var bytes: Int
  private var expiries: [String: Timestamp] = [:]
  private var order = Fifo<String>()
  private var held = 0
  private var evictions: UInt64 = 0

  init(bytes: Int) { self.bytes = bytes }

  mutating func takeEvictions() -> UInt64 {
    defer { evictions = 0 }
    return evictions
  }

  mutating func insert(_ name: String, until expiry: Timestamp, at time: Timestamp) {
    let key = name.lowercased()
    if expiries.updateValue(expiry, forKey: key) != nil { return }
    order.append(key)
    held += ExpiringNames.bytes(of: key)
    while held > bytes, let oldest = order.popFirst() {
      held -= ExpiringNames.bytes(of: oldest)
      if let expired = expiries.removeValue(forKey: oldest), expired >= time { evictions += 1 }
    }
  }

  /// With its places in dictionary and queue.
  private static func bytes(of name: String) -> Int {
    name.allocatedBytes + 3 * (MemoryLayout<String>.stride + MemoryLayout<Timestamp>.stride)
      + 2 * MemoryLayout<String>.stride
  }

  func contains(_ name: String, at time: Timestamp) -> Bool {
    !expiries.isEmpty && expiries[name.lowercased()].map { $0 >= time } == true
  }
}
