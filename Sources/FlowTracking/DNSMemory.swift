import Model
import Wire

/// The DNS queries and answers of each client: they name flows that show no name, and report names that were refused.
///
/// Bounded in bytes and in open questions; the oldest are evicted first. Each name is stored once in a table; a string
/// is made only of names that are assigned to a flow.
struct DNSMemory: ~Copyable {
  struct Hit {
    var name: String
    /// Seconds since the answer.
    var age: Int64
    /// Number of names that lead this client to this address; more than 1 is ambiguous.
    var candidates: Int
    /// Aliases by which the name led to the address.
    var aliases: [String] = []

    var allocatedBytes: Int {
      name.allocatedBytes + aliases.allocatedBytes + aliases.reduce(0) { $0 + $1.allocatedBytes }
    }
  }

  /// A question without an answer.
  struct Unanswered {
    var client: DeviceIdentity
    var address: IPAddress
    var vlan: UInt16
    var name: String
    var asked: Timestamp
  }

  /// An address to which names led a client.
  private struct KnownAddress: TableElement {
    var links = TableLinks()
    var client: DeviceIdentity
    var address: IPAddress
    /// First and last element of the linked list of its candidates, the earliest first.
    var earliest: Int32 = -1
    var latest: Int32 = -1
    var count: Int32 = 0
    /// When the last candidate expires.
    var expires = Timestamp(nanoseconds: 0)

    static let vacant = KnownAddress(client: .address(IPAddress(high: 0, low: 0)), address: IPAddress(high: 0, low: 0))
  }

  /// A name that led a client to an address.
  private struct Candidate {
    var name: NameNumber
    /// Place of its alias list; -1 if the answer had no alias.
    var aliases: Int32
    var next: Int32
    var seen: Timestamp
    var expires: Timestamp

    static let vacant = Candidate(
      name: -1, aliases: -1, next: -1, seen: Timestamp(nanoseconds: 0), expires: Timestamp(nanoseconds: 0))
  }

  /// The aliases of an answer, shared by its addresses.
  private struct AliasList {
    var holders: Int32 = 0
    var count = 0
    var names = InlineArray<8, NameNumber>(repeating: -1)

    static let vacant = AliasList()
  }

  private struct Question: TableElement {
    var links = TableLinks()
    var address: IPAddress
    var resolver: IPAddress
    var port: UInt16
    var identifier: UInt16
    var vlan: UInt16
    var type: UInt16
    var name: NameNumber
    var client: DeviceIdentity
    var asked: Timestamp

    static let vacant = Question(
      address: IPAddress(high: 0, low: 0), resolver: IPAddress(high: 0, low: 0), port: 0, identifier: 0, vlan: 0,
      type: 0, name: -1,
      client: .address(IPAddress(high: 0, low: 0)), asked: Timestamp(nanoseconds: 0))
  }

  /// A resolver that has answered.
  private struct Resolver: TableElement {
    var links = TableLinks()
    var address: IPAddress
    static let vacant = Resolver(address: IPAddress(high: 0, low: 0))
  }

  /// Added to each time to live: applications use an answer for longer than DNS allows.
  static let grace = TimeSpan.seconds(600)
  /// How long an answer is waited for.
  static let patience = TimeSpan.seconds(15)
  private static let maximumCandidates = 8
  /// Most aliases of an answer that are kept; content networks use up to five.
  private static let maximumAliases = 8
  /// Addresses of an answer that are learned without drawing on `SecondAllowance`; large services give ten.
  private static let ordinaryAddresses = 8

  /// Most bytes in all: half for answers, a quarter for questions, an eighth each for names that Encrypted ClientHello
  /// can hide and for the public names that it shows instead.
  var bytes: Int
  private let questionLimit: Int
  var sinkholes: InsideNetworks
  private let secret = SecretHash()
  private var names = NameTable()
  private var known = AgedTable<KnownAddress>()
  private var candidates = Slab<Candidate>(vacant: .vacant)
  private var aliasLists = Slab<AliasList>(vacant: .vacant)
  private(set) var answerBytes = 0
  private var questions = AgedTable<Question>()
  private var questionBytes = 0
  /// Resolvers that have answered at least once: only for them does a missing answer mean something.
  private var heard = AgedTable<Resolver>()
  private static let maximumHeard = 4_096
  /// Names whose service bindings offer Encrypted ClientHello.
  private var hiddenNames = ExpiringNames()
  /// Public names, which such a hello shows instead.
  private var publicNames = ExpiringNames()
  private var forgotten: UInt64 = 0
  private var resolutions = Resolutions()

  /// - Parameter sinkholes: addresses with which the site's resolver answers for blocked names.
  init(bytes: Int = MemoryShares().dns, questionLimit: Int = 65_536, sinkholes: [IPPrefix] = []) {
    self.bytes = bytes
    self.questionLimit = questionLimit
    self.sinkholes = InsideNetworks(sinkholes)
  }

  /// Number of questions, answers and names that were evicted while still valid, since the last call.
  mutating func takeEvictions() -> UInt64 {
    defer { forgotten = 0 }
    return forgotten
  }

  /// Number of names that were resolved to an address since the last call, and of those that were then contacted.
  mutating func takeResolutions() -> (resolved: UInt64, contacted: UInt64) { resolutions.take() }

  /// Number of questions that wait for an answer.
  var openQuestions: Int { questions.count }

  /// Number of names in the table of names.
  var keptNames: Int { names.count }
}

// MARK: - Questions

extension DNSMemory {
  mutating func ask(
    _ message: DNSMessage, client: DeviceIdentity, address: IPAddress, port: UInt16, resolver: IPAddress,
    vlan: UInt16, at time: Timestamp
  ) {
    guard let asked = message.asked.first else { return }
    let hash = questionHash(address, port, resolver, message.identifier)
    // A repeated question keeps its first time stamp: the client is still waiting.
    guard question(hash, address, port, resolver, message.identifier) == nil else { return }
    while questions.count >= questionLimit || questionBytes > bytes / 4, let oldest = questions.oldest {
      forgetQuestion(oldest)
      forgotten += 1
    }
    let name = names.number(of: message.bytes(of: asked.name))
    _ = questions.insert(
      Question(
        address: address, resolver: resolver, port: port, identifier: message.identifier, vlan: vlan,
        type: asked.type, name: name, client: client, asked: time), hash: hash)
    questionBytes += AgedTable<Question>.bytesEach + names.bytes(of: name)
  }

  private mutating func forgetQuestion(_ place: Int) {
    let name = questions[place].name
    questionBytes -= AgedTable<Question>.bytesEach + names.bytes(of: name)
    names.release(name)
    questions.remove(place)
  }

  private func questionHash(
    _ address: IPAddress, _ port: UInt16, _ resolver: IPAddress, _ identifier: UInt16
  ) -> UInt32 {
    var state = secret.mix(secret.start(1), UInt64(port) << 16 | UInt64(identifier))
    state = secret.mix(secret.mix(state, address.high), address.low)
    state = secret.mix(secret.mix(state, resolver.high), resolver.low)
    return secret.finish(state)
  }

  private func question(
    _ hash: UInt32, _ address: IPAddress, _ port: UInt16, _ resolver: IPAddress, _ identifier: UInt16
  ) -> Int? {
    questions.find(hash) {
      $0.address == address && $0.port == port && $0.resolver == resolver && $0.identifier == identifier
    }
  }

  /// Removes the questions that have waited longer than `patience`. Returns those for addresses whose resolver has
  /// answered others.
  mutating func unanswered(at time: Timestamp) -> [Unanswered] {
    var result: [Unanswered] = []
    while let oldest = questions.oldest, time.since(questions[oldest].asked) > DNSMemory.patience {
      let question = questions[oldest]
      if isHeard(question.resolver), DNSMemory.isAddressType(question.type) {
        result.append(
          Unanswered(
            client: question.client, address: question.address, vlan: question.vlan,
            name: names.text(of: question.name), asked: question.asked))
      }
      forgetQuestion(oldest)
    }
    return result
  }

  /// A, AAAA or HTTPS.
  private static func isAddressType(_ type: UInt16) -> Bool {
    type == DNSRecordType.a || type == DNSRecordType.aaaa || type == DNSRecordType.https
  }

  private func isHeard(_ resolver: IPAddress) -> Bool {
    heard.find(secret.of(resolver)) { $0.address == resolver } != nil
  }

  private mutating func noteHeard(_ resolver: IPAddress) {
    let hash = secret.of(resolver)
    guard heard.find(hash, { $0.address == resolver }) == nil else { return }
    _ = heard.insert(Resolver(address: resolver), hash: hash)
    if heard.count > DNSMemory.maximumHeard, let oldest = heard.oldest { heard.remove(oldest) }
  }
}

// MARK: - Answers

extension DNSMemory {
  enum Answer {
    /// There is no such question, or it was for another name or type.
    case unasked
    case learned
    /// No usable address: the name is blocked or does not exist.
    case negative(client: DeviceIdentity, vlan: UInt16, name: String, aliases: [String])
  }

  mutating func answer(
    _ message: DNSMessage, address: IPAddress, port: UInt16, resolver: IPAddress, at time: Timestamp,
    allowance: inout SecondAllowance
  ) -> Answer {
    let hash = questionHash(address, port, resolver, message.identifier)
    guard let place = question(hash, address, port, resolver, message.identifier) else { return .unasked }
    let question = questions[place]
    if let echoed = message.asked.first {
      guard echoed.type == question.type, names.isSame(question.name, message.bytes(of: echoed.name)) else {
        return .unasked
      }
    }
    names.hold(question.name)
    defer { names.release(question.name) }
    forgetQuestion(place)
    noteHeard(resolver)
    let isBlocked = message.extendedErrors.contains(where: \.isBlocking)
    let usable = message.addresses.count(where: { isUsable($0.address) })
    if !isBlocked { learn(message, usable, question, at: time, &allowance) }
    let isNegative =
      message.responseCode == .nameError || message.responseCode == .refused || isBlocked
      || (!message.addresses.isEmpty && usable == 0)
    guard isNegative, DNSMemory.isAddressType(question.type) else { return .learned }
    return .negative(
      client: question.client, vlan: question.vlan, name: names.text(of: question.name),
      aliases: Array(message.aliases.prefix(DNSMemory.maximumAliases)))
  }

  private func isUsable(_ address: IPAddress) -> Bool {
    !address.isUnspecified && !address.isLoopback && !sinkholes.contains(address)
  }

  private mutating func learn(
    _ message: DNSMessage, _ usable: Int, _ question: Question, at time: Timestamp, _ allowance: inout SecondAllowance
  ) {
    let name = host(of: question)
    defer { names.release(name) }
    func expiry(_ timeToLive: UInt32) -> Timestamp {
      time.advanced(by: .seconds(Int64(min(timeToLive, 604_800)))).advanced(by: DNSMemory.grace)
    }
    if usable > 0 {
      let aliases = keepAliases(message)
      var learned = 0
      for answer in message.addresses where isUsable(answer.address) {
        guard learned < DNSMemory.ordinaryAddresses || allowance.takeAddress() else {
          forgotten += UInt64(usable - learned)
          break
        }
        learned += 1
        learn(
          name, aliases, client: question.client, address: answer.address, at: time, expires: expiry(answer.timeToLive))
      }
      release(aliases: aliases)
    }
    if let ech = message.ech {
      forgotten += hiddenNames.insert(
        name, &names, until: expiry(ech.timeToLive), at: time, bytes: bytes / 8)
      for outer in ech.publicNames {
        let number = names.number(of: outer)
        defer { names.release(number) }
        forgotten += publicNames.insert(
          number, &names, until: expiry(ech.timeToLive), at: time, bytes: bytes / 8)
      }
    }
  }

  /// The name that was queried, held for the caller. A service binding on another port is queried as
  /// `_8443._https.name` (RFC 9460 §9.1).
  private mutating func host(of question: Question) -> NameNumber {
    if question.type == DNSRecordType.https, names.firstByte(of: question.name) == UInt8(ascii: "_") {
      let labels = names.text(of: question.name).split(separator: ".").drop { $0.utf8.first == UInt8(ascii: "_") }
      if labels.count >= 2 { return names.number(of: labels.joined(separator: ".")) }
    }
    names.hold(question.name)
    return question.name
  }

  /// - Returns: the place of the list, held for the caller; -1 if the answer has no alias.
  private mutating func keepAliases(_ message: DNSMessage) -> Int32 {
    guard !message.aliasNames.isEmpty else { return -1 }
    var list = AliasList(holders: 1)
    for alias in message.aliasNames.prefix(DNSMemory.maximumAliases) {
      list.names[list.count] = names.number(of: message.bytes(of: alias))
      list.count += 1
    }
    return Int32(aliasLists.insert(list))
  }

  private mutating func release(aliases place: Int32) {
    guard place >= 0 else { return }
    aliasLists[Int(place)].holders -= 1
    guard aliasLists[Int(place)].holders == 0 else { return }
    for index in 0..<aliasLists[Int(place)].count { names.release(aliasLists[Int(place)].names[index]) }
    aliasLists.remove(Int(place))
  }

  /// Addresses of one answer share its names; the names are counted for each address.
  private func bytes(of candidate: Candidate) -> Int {
    var bytes = MemoryLayout<Candidate>.stride + MemoryLayout<Int32>.stride + names.bytes(of: candidate.name)
    guard candidate.aliases >= 0 else { return bytes }
    bytes += MemoryLayout<AliasList>.stride + MemoryLayout<Int32>.stride
    let list = aliasLists[Int(candidate.aliases)]
    for index in 0..<list.count { bytes += names.bytes(of: list.names[index]) }
    return bytes
  }

  private mutating func learn(
    _ name: NameNumber, _ aliases: Int32, client: DeviceIdentity, address: IPAddress, at time: Timestamp,
    expires: Timestamp
  ) {
    resolutions.note(names.hash(of: name), leadingTo: address, secret, at: time)
    let candidate = Candidate(name: name, aliases: aliases, next: -1, seen: time, expires: expires)
    answerBytes += bytes(of: candidate)
    names.hold(name)
    if aliases >= 0 { aliasLists[Int(aliases)].holders += 1 }
    let added = candidates.insert(candidate)
    let hash = knownHash(client, address)
    guard let place = known.find(hash, { $0.address == address && $0.client == client }) else {
      _ = known.insert(
        KnownAddress(
          client: client, address: address, earliest: Int32(added), latest: Int32(added), count: 1, expires: expires),
        hash: hash)
      answerBytes += AgedTable<KnownAddress>.bytesEach
      while answerBytes > bytes / 2, let oldest = known.oldest { evict(oldest, at: time) }
      return
    }
    dropCandidates(of: place) { earlier, names in earlier.expires < time || names.areSame(earlier.name, name) }
    if known[place].count >= DNSMemory.maximumCandidates {
      let earliest = known[place].earliest
      known[place].earliest = candidates[Int(earliest)].next
      known[place].count -= 1
      release(candidate: Int(earliest))
    }
    if known[place].count == 0 {
      known[place].earliest = Int32(added)
    } else {
      candidates[Int(known[place].latest)].next = Int32(added)
    }
    known[place].latest = Int32(added)
    known[place].count += 1
    known[place].expires = expiry(of: place)
    while answerBytes > bytes / 2, let oldest = known.oldest { evict(oldest, at: time) }
  }

  private func expiry(of place: Int) -> Timestamp {
    var latest = candidates[Int(known[place].latest)].expires
    var next = known[place].earliest
    while next >= 0 {
      latest = max(latest, candidates[Int(next)].expires)
      next = candidates[Int(next)].next
    }
    return latest
  }

  private mutating func dropCandidates(of place: Int, where isDropped: (Candidate, borrowing NameTable) -> Bool) {
    var next = known[place].earliest
    var last: Int32 = -1
    while next >= 0 {
      let at = next
      next = candidates[Int(at)].next
      guard isDropped(candidates[Int(at)], names) else {
        last = at
        continue
      }
      if last >= 0 { candidates[Int(last)].next = next } else { known[place].earliest = next }
      known[place].count -= 1
      release(candidate: Int(at))
    }
    known[place].latest = last
  }

  private mutating func release(candidate place: Int) {
    let candidate = candidates[place]
    answerBytes -= bytes(of: candidate)
    names.release(candidate.name)
    release(aliases: candidate.aliases)
    candidates.remove(place)
  }

  private mutating func evict(_ oldest: Int, at time: Timestamp) {
    // Answers that are still valid are passed over a few times; then the oldest is evicted.
    var oldest = oldest
    for _ in 0..<DNSMemory.secondChances {
      guard known[oldest].expires >= time else {
        forgetAddress(oldest)
        return
      }
      known.makeNewest(oldest)
      oldest = known.oldest ?? oldest
    }
    forgetAddress(oldest)
    forgotten += 1
  }

  private static let secondChances = 8

  private mutating func forgetAddress(_ place: Int) {
    dropCandidates(of: place) { _, _ in true }
    answerBytes -= AgedTable<KnownAddress>.bytesEach
    known.remove(place)
  }

  private func knownHash(_ client: DeviceIdentity, _ address: IPAddress) -> UInt32 {
    var state = secret.start(2)
    switch client {
    case .hardware(let hardware): state = secret.mix(state, hardware.bits)
    case .address(let own): state = secret.mix(secret.mix(state, own.high), own.low)
    }
    return secret.finish(secret.mix(secret.mix(state, address.high), address.low))
  }
}

// MARK: - Names of flows

extension DNSMemory {
  /// How DNS answers relate to the name that a flow to the same address shows.
  enum Relation {
    /// The client queried this name or an alias of it; these aliases led from it to the address.
    case same(aliases: [String])
    /// Other names led to the address, the earliest first; empty if no answer is known.
    case other([AnsweredName])
  }

  /// Records that the client sends a packet to the address.
  ///
  /// - Returns: the latest valid name that led the client there; nil if there is none.
  mutating func noteContact(client: DeviceIdentity, address: IPAddress, at time: Timestamp) -> Hit? {
    resolutions.noteContact(address, secret)
    guard let place = place(client, address) else { return nil }
    var latest: Int32 = -1
    var count = 0
    var next = known[place].earliest
    while next >= 0 {
      if candidates[Int(next)].expires >= time {
        resolutions.noteContact(names.hash(of: candidates[Int(next)].name))
        latest = next
        count += 1
      }
      next = candidates[Int(next)].next
    }
    guard latest >= 0 else { return nil }
    let candidate = candidates[Int(latest)]
    return Hit(
      name: names.text(of: candidate.name), age: max(time.since(candidate.seen).seconds, 0), candidates: count,
      aliases: aliasTexts(candidate.aliases))
  }

  /// How the name that a flow of the client shows relates to the valid names that led the client to the address.
  func relation(
    of name: String, client: DeviceIdentity, address: IPAddress, at time: Timestamp
  ) -> Relation {
    guard let place = place(client, address) else { return .other([]) }
    var related: (candidate: Int, behind: Int)?
    NameTable.withBytes(of: name) { name in
      forEachCandidate(of: place, at: time) { at in
        if let behind = aliasesBehind(name, in: candidates[at]) { related = (at, behind) }
      }
    }
    if let related { return .same(aliases: aliasTexts(candidates[related.candidate].aliases, from: related.behind)) }
    var others: [AnsweredName] = []
    forEachCandidate(of: place, at: time) { at in
      others.append(
        AnsweredName(name: names.text(of: candidates[at].name), aliases: aliasTexts(candidates[at].aliases)))
    }
    return .other(others)
  }

  /// - Returns: if the name is the queried name of the answer or one of its aliases, the index of the alias behind it;
  ///   otherwise nil.
  private func aliasesBehind(_ name: RawSpan, in candidate: Candidate) -> Int? {
    if names.isSame(candidate.name, name) { return 0 }
    guard candidate.aliases >= 0 else { return nil }
    let list = aliasLists[Int(candidate.aliases)]
    // A client may use the alias instead of the name.
    for index in 0..<list.count where names.isSame(list.names[index], name) { return index + 1 }
    return nil
  }

  private func aliasTexts(_ place: Int32, from first: Int = 0) -> [String] {
    guard place >= 0 else { return [] }
    let list = aliasLists[Int(place)]
    return (first..<list.count).map { names.text(of: list.names[$0]) }
  }

  private func place(_ client: DeviceIdentity, _ address: IPAddress) -> Int? {
    known.find(knownHash(client, address)) { $0.address == address && $0.client == client }
  }

  /// Calls `body` with the place of each valid candidate, the earliest first.
  private func forEachCandidate(of place: Int, at time: Timestamp, _ body: (Int) -> Void) {
    var next = known[place].earliest
    while next >= 0 {
      if candidates[Int(next)].expires >= time { body(Int(next)) }
      next = candidates[Int(next)].next
    }
  }

  /// A service binding of this name offers Encrypted ClientHello (RFC 9848).
  func offersECH(_ name: String, at time: Timestamp) -> Bool { hiddenNames.contains(name, names, at: time) }

  /// A ClientHello with this name may contain an encrypted one with another name.
  func isPublicNameOfECH(_ name: String, at time: Timestamp) -> Bool { publicNames.contains(name, names, at: time) }
}

/// Names that were resolved lately, each once. How many of them are then contacted shows whether the capture sees the
/// traffic of the devices that asked. It does not matter who asked: the site's resolver may ask on behalf of others.
private struct Resolutions: ~Copyable {
  /// A name by its hash; two names with the same hash count as one.
  private struct Resolution: TableElement {
    var links = TableLinks()
    var isContacted = false
    var seen: Timestamp

    static let vacant = Resolution(seen: Timestamp(nanoseconds: 0))
  }

  private struct Lead: TableElement {
    var links = TableLinks()
    var address: IPAddress
    /// Hash of the last name that led to the address.
    var name: UInt32

    static let vacant = Lead(address: IPAddress(high: 0, low: 0), name: 0)
  }

  private var known = AgedTable<Resolution>()
  private var leads = AgedTable<Lead>()
  private var resolved: UInt64 = 0
  private var contacted: UInt64 = 0

  private static let limit = 4_096
  /// After this time the same name counts again.
  private static let memory = TimeSpan.seconds(1_800)

  mutating func take() -> (resolved: UInt64, contacted: UInt64) {
    defer { (resolved, contacted) = (0, 0) }
    return (resolved, contacted)
  }

  mutating func note(_ name: UInt32, leadingTo address: IPAddress, _ secret: SecretHash, at time: Timestamp) {
    let hash = secret.of(address)
    if let place = leads.find(hash, { $0.address == address }) {
      leads[place].name = name
    } else {
      _ = leads.insert(Lead(address: address, name: name), hash: hash)
      if leads.count > Resolutions.limit, let oldest = leads.oldest { leads.remove(oldest) }
    }
    if let place = known.find(name, { _ in true }) {
      guard time.since(known[place].seen) > Resolutions.memory else { return }
      known[place].seen = time
      known[place].isContacted = false
    } else {
      _ = known.insert(Resolution(seen: time), hash: name)
      if known.count > Resolutions.limit, let oldest = known.oldest { known.remove(oldest) }
    }
    resolved += 1
  }

  mutating func noteContact(_ address: IPAddress, _ secret: SecretHash) {
    if let place = leads.find(secret.of(address), { $0.address == address }) { noteContact(leads[place].name) }
  }

  /// Counts a name as contacted, once for each resolution.
  mutating func noteContact(_ name: UInt32) {
    guard let place = known.find(name, { _ in true }), !known[place].isContacted else { return }
    known[place].isContacted = true
    contacted += 1
  }
}

/// Names that are valid for some time, compared without regard to case; the oldest are evicted first.
private struct ExpiringNames: ~Copyable {
  private struct Entry: TableElement {
    var links = TableLinks()
    var name: NameNumber
    var expires: Timestamp

    static let vacant = Entry(name: -1, expires: Timestamp(nanoseconds: 0))
  }

  private var entries = AgedTable<Entry>()
  private var held = 0

  /// - Parameter bytes: most bytes for all names.
  /// - Returns: number of names that were evicted while still valid.
  mutating func insert(
    _ name: NameNumber, _ names: inout NameTable, until expiry: Timestamp, at time: Timestamp, bytes: Int
  ) -> UInt64 {
    let hash = names.hash(of: name)
    if let place = place(hash, { names.areSame($0, name) }) {
      entries[place].expires = expiry
      return 0
    }
    names.hold(name)
    _ = entries.insert(Entry(name: name, expires: expiry), hash: hash)
    held += AgedTable<Entry>.bytesEach + names.bytes(of: name)
    var forgotten: UInt64 = 0
    while held > bytes, let oldest = entries.oldest {
      let entry = entries[oldest]
      held -= AgedTable<Entry>.bytesEach + names.bytes(of: entry.name)
      if entry.expires >= time { forgotten += 1 }
      names.release(entry.name)
      entries.remove(oldest)
    }
    return forgotten
  }

  func contains(_ name: String, _ names: borrowing NameTable, at time: Timestamp) -> Bool {
    guard entries.count > 0 else { return false }
    return NameTable.withBytes(of: name) { name in
      guard let place = place(names.hash(of: name), { names.isSame($0, name) }) else { return false }
      return entries[place].expires >= time
    }
  }

  private func place(_ hash: UInt32, _ isSought: (NameNumber) -> Bool) -> Int? {
    entries.find(hash) { isSought($0.name) }
  }
}
