import Model
import Wire
import Streams

/// What the tracker holds at the moment, in bytes, beside what its tables count themselves.
struct MemoryAccount {
  /// Texts that flows own: names, protocols.
  var texts = 0
  /// Beginnings of streams and handshakes.
  var beginnings = 0
  /// Details with beginnings, the longest waiting first: they are given up in this order.
  fileprivate(set) var oldestHolder: Int32 = -1
  fileprivate var newestHolder: Int32 = -1
}

// MARK: - What is given up where memory is full

extension FlowTracker {
  /// Bytes of all flows.
  var flowBytes: Int {
    table.count * FlowTable.bytesEach + details.count * MemoryLayout<FlowDetail>.stride + account.texts
  }

  /// No more flow has room: by their number, or by what they take.
  var isOutOfFlows: Bool { table.isFull || flowBytes >= shares.flows }

  /// Notes what a flow's detail takes now. To be called where that may have changed, before the next flow is looked at.
  mutating func settleAccount(_ slot: Int) {
    guard let index = takeDetailIndex(slot) else { return }
    let held = details[index].beginningBytes
    let texts = details[index].textBytes
    account.texts += texts - details[index].account.texts
    account.beginnings += held - details[index].account.beginnings
    let heldBefore = details[index].account.beginnings
    details[index].account.texts = texts
    details[index].account.beginnings = held
    if heldBefore == 0, held > 0 { queueHolder(index, slot) }
    if heldBefore > 0, held == 0 { unqueueHolder(index) }
  }

  /// Strikes a detail out of the account: it is about to be released.
  mutating func closeAccount(_ index: Int) {
    account.texts -= details[index].account.texts
    account.beginnings -= details[index].account.beginnings
    if details[index].account.beginnings > 0 { unqueueHolder(index) }
  }

  /// Gives up the oldest beginnings until those that are left have room.
  ///
  /// Each was paid for by the packets that began it, so that a packet pays for one on average, however many go at once.
  mutating func keepBeginningsInShare() {
    while account.beginnings > shares.beginnings, account.oldestHolder >= 0 {
      giveUpReading(Int(details[Int(account.oldestHolder)].account.slot))
    }
  }

  /// Reads what is there as far as it goes, and drops it.
  private mutating func giveUpReading(_ slot: Int) {
    count(.beginningEvicted)
    finishReading(slot)
    guard let index = takeDetailIndex(slot) else { return }
    if details[index].clearText != nil { table[slot].flags.insert(.notInspected) }
    markNotInspected(slot)
    details[index].dropBeginnings()
    table[slot].flags.formUnion([.readUp, .readDown])
    settleAccount(slot)
  }

  private mutating func queueHolder(_ index: Int, _ slot: Int) {
    details[index].account.slot = Int32(slot)
    details[index].account.older = account.newestHolder
    details[index].account.newer = -1
    if account.newestHolder >= 0 {
      details[Int(account.newestHolder)].account.newer = Int32(index)
    } else {
      account.oldestHolder = Int32(index)
    }
    account.newestHolder = Int32(index)
  }

  private mutating func unqueueHolder(_ index: Int) {
    let (older, newer) = (details[index].account.older, details[index].account.newer)
    if older >= 0 { details[Int(older)].account.newer = newer } else { account.oldestHolder = newer }
    if newer >= 0 { details[Int(newer)].account.older = older } else { account.newestHolder = older }
  }
}

extension FlowDetail {
  /// What the tracker has noted for the detail, and its place among those with beginnings.
  struct Account {
    var texts = 0
    var beginnings = 0
    /// The detail's flow, where there are beginnings.
    var slot: Int32 = -1
    var older: Int32 = -1
    var newer: Int32 = -1
  }

  /// What texts of its own take; names of DNS answers are shared with the memory of answers.
  var textBytes: Int {
    (name?.allocatedBytes ?? 0) + (certificateName?.allocatedBytes ?? 0)
      + (applicationProtocol?.allocatedBytes ?? 0) + (dns?.allocatedBytes ?? 0)
      + otherAnswers.allocatedBytes + otherAnswers.reduce(0) { $0 + $1.allocatedBytes }
  }

  /// What is held of messages that are not whole, and for the next record.
  var beginningBytes: Int {
    readingUp.allocatedBytes + readingDown.allocatedBytes + framingUp.allocatedBytes + framingDown.allocatedBytes
      + (quic?.allocatedBytes ?? 0) + (dtlsHello?.allocatedBytes ?? 0) + (dtlsCertificate?.allocatedBytes ?? 0)
      + (clearText?.allocatedBytes ?? 0)
  }

  mutating func dropBeginnings() {
    readingUp = .untouched
    readingDown = .untouched
    framingUp = .unknown
    framingDown = .unknown
    quic?.giveUp()
    dtlsHello = nil
    dtlsCertificate = nil
    clearText = nil
  }
}

extension FlowDetail.Reading {
  var allocatedBytes: Int {
    if case .collecting(let buffer) = self { return buffer.allocatedBytes }
    return 0
  }
}

extension FlowDetail.Framing {
  var allocatedBytes: Int {
    if case .http2(let reader) = self { return reader.allocatedBytes }
    return 0
  }
}
