import Cryptography
import Model
import Privacy
import Store

/// Changes the pseudonym key of a store when it is due, destroys earlier keys, and records both in the evidence chain.
///
/// A key is made before the first day for which it is used, so that no day has two keys and a device counts once on
/// each day. Some hours into that day, when no flow of the previous day can arrive any more, the earlier key is
/// destroyed.
struct KeyRotation {
  let database: AuditDatabase
  /// Path of the key file.
  let path: String
  let credential: KeyCredential?

  /// Hours of a day in which flows of the day before can still be stored, as a verification allows.
  static let lateHours: Int64 = 6
  /// Seconds before midnight from which on a new key is used only from the day after next, since flows of the next day
  /// might be stored before it is made.
  private static let lead: Int64 = 600

  /// What a run has done, for the log.
  struct Outcome {
    var key: PseudonymKey
    /// First day of a key that was made, in UTC.
    var changedFrom: LocalDate?
    var hasShredded = false
  }

  /// Does what is due at `now`, and completes interrupted runs.
  ///
  /// Throws `KeyFileError` and `StoreError`; another call continues.
  ///
  /// - Parameter interval: nil if the key is not changed automatically.
  func run(_ interval: KeyInterval?, key: PseudonymKey, at now: Timestamp) throws -> Outcome {
    var outcome = Outcome(key: key)
    try database.noteKeys(outcome.key, at: now)
    let today = now.hour.dayUTC
    let isOver = outcome.key.latestFirstDay.map { now.hour.sinceEpoch >= $0 * 24 + Self.lateHours } ?? false
    if isOver, outcome.key.identities.count > 1 {
      outcome.key = try outcome.key.shredded(path: path)
      outcome.hasShredded = true
      try database.noteKeys(outcome.key, at: now)
    }
    guard let interval, outcome.key.identities.count == 1, outcome.key.latestFirstDay ?? .min <= today else {
      return outcome
    }
    let next = Timestamp(seconds: now.seconds + Self.lead).hour.dayUTC + 1
    let began = try outcome.key.latestFirstDay ?? firstDay()
    guard began.map({ interval.number(of: $0) < interval.number(of: next) }) ?? true else { return outcome }
    outcome.key = try outcome.key.changed(from: next, path: path, credential: credential)
    outcome.changedFrom = LocalDate(day: next)
    try database.noteKeys(outcome.key, at: now)
    return outcome
  }

  /// Day on which the store's first key was made; nil if an older version made it, so that it is due.
  private func firstDay() throws -> Int64? {
    try database.accessEntries().first { $0.action == .keyMade }?.time.hour.dayUTC
  }
}

extension AuditDatabase {
  /// Writes the missing entries of the chain about the keys in the key file.
  func noteKeys(_ key: PseudonymKey, at now: Timestamp) throws {
    let entries = try accessEntries()
    if key.isNew, !entries.contains(where: { $0.action == .keyMade }), let first = key.identities.first {
      try note(.keyMade, first.identity, at: now)
    }
    var changes = entries.filter { $0.action == .keyChanged }.map(\.filesDigest)
    for (firstDay, identity) in key.identities where firstDay != nil && !changes.contains(identity) {
      try note(.keyChanged, identity, from: firstDay, at: now)
      changes.append(identity)
    }
    // The store's first key, then each that followed; those that the file lacks are destroyed.
    let all = [entries.first { $0.action == .keyMade }?.filesDigest] + changes
    let shredded = entries.count { $0.action == .keyShredded }
    let gone = all.count - key.identities.count
    guard shredded < gone else { return }
    for identity in all[shredded..<gone] { try note(.keyShredded, identity, at: now) }
  }

  /// Writes an entry if the signing key was made now.
  func noteMade(_ key: SigningKey?, at now: Timestamp) throws {
    guard let key, key.isNew else { return }
    try note(.signingKeyMade, key.publicKey.bytes, at: now)
  }

  /// Writes an entry if a session uses other rules than the previous one.
  func noteRules(of session: Int64, at now: Timestamp) throws {
    let sessions = try sessions().filter { $0.id <= session && !$0.isTakenOut }.sorted { $0.id < $1.id }
    guard let own = sessions.last, own.id == session, let before = sessions.dropLast().last,
      own.ruleSet.hash != before.ruleSet.hash
    else { return }
    let digits = own.ruleSet.hash.split(separator: ":").last.map { Array($0.utf8) } ?? []
    let hash = decodeHexadecimal(digits)
    try note(.rulesChanged, hash?.count == SHA256Digest.length ? hash : nil, at: now)
  }

  private func note(
    _ action: AccessEntry.Action, _ digest: [UInt8]?, from day: Int64? = nil, at now: Timestamp
  ) throws {
    try record(
      AccessEntry(
        action: action, role: .current, time: now, firstDay: day.map(LocalDate.init(day:)), lastDay: nil,
        filesDigest: digest, toolVersion: ToolVersion.current))
  }
}
