import GRDB
public import Model

/// Why an operation of the store failed, for people: file, cause, next step.
public struct StoreError: Error, Equatable {
  public enum Problem: Sendable, Equatable {
    case missing
    case notADatabase
    /// A folder, with the name of the store in it if there is exactly one.
    case folder(store: String?)
    /// A device, a pipe or a socket.
    case notAFile
    /// An SQLite database, but not of this program.
    case otherProgram
    /// An SQLite file in which nothing was stored yet.
    case empty
    case schemaNewer(found: Int, known: Int)
    case schemaOlder(found: Int, known: Int)
    case cannotOpen
    case notWritable
    case openedForReading
    case busy
    case diskFull
    case siteDiffers(stored: String, given: String)
    case pseudonymKeyDiffers
    /// The key file is an old copy: another key has been used since this day.
    case pseudonymKeyEarlier(since: LocalDate)
    case bundleOlder(known: String, given: String)
    case bundleDiffers(version: String)
    /// `key`: that of the signed rules that the store took; nil if version 0.1 took them.
    case rulesUnsigned(rules: String, key: String?)
    case rulesKeyDiffers(rules: String, known: String, given: String)
    case noSession
    case baselineExists(BaselineName)
    case baselineUnknown(BaselineName, known: [BaselineName])
    case documentedListUnknown(DocumentedListKind)
    case sessionUnknown(Int64)
    case sessionClosed(Int64)
    /// The share of this audit in the sums cannot be separated from the shares of others.
    case auditInseparable(Int64)
    /// A stored value that no program of this version writes.
    case damaged(DamagedValue)
    /// It contains views, triggers or virtual tables, which this program does not create.
    case runsCode
    /// Another program captures into it; with its process number, if that could be read.
    case capturing(process: Int32?)
    /// It was opened to be maintained, and sessions are for captures.
    case openedForMaintenance
    /// The file was deleted, moved or replaced since it was opened.
    case displaced(Displacement)
    /// It contains pseudonyms, but the file of their key is missing.
    case pseudonymKeyMissing(keyFile: String)
    /// Anything else that SQLite reports, by its extended result code.
    case sqlite(code: Int32, message: String)
  }

  public let file: String
  public let problem: Problem

  public init(file: String, _ problem: Problem) {
    self.file = file
    self.problem = problem
  }

  init(file: String, _ error: DatabaseError) {
    self.file = file
    problem =
      switch error.resultCode {
      case .SQLITE_NOTADB: .notADatabase
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .cannotOpen
      case .SQLITE_READONLY: .notWritable
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
      case .SQLITE_FULL: .diskFull
      default:
        // SQLite's own words name columns, never values.
        .sqlite(
          code: error.extendedResultCode.rawValue,
          message: error.message ?? String(describing: error.extendedResultCode))
      }
  }

  public var description: String { "\(file): \(explanation)" }

  /// What to do about a store that cannot be trusted any more.
  private static let mending = "restore the store from a backup, or audit the captures into a new one"

  private var explanation: String {
    switch problem {
    case .missing:
      "there is no store here; name the right file, or make one with `egressaudit replay`"
    case .notADatabase:
      "this is not a store of egressaudit: it is no SQLite database; name the right file"
    case .folder(let store):
      """
      this is a folder; expected the file of a store, \
      \(store.map { "such as \($0), which lies in it" } ?? "such as audit.sqlite in it")
      """
    case .notAFile:
      "this is a device, a pipe or a socket; expected the file of a store: name the right file"
    case .otherProgram:
      "this SQLite database belongs to another program; name the right file, nothing was changed"
    case .empty:
      "this file holds no store yet; fill it with `egressaudit replay`"
    case .schemaNewer(let found, let known):
      """
      the store has schema version \(found), this program knows versions up to \(known); \
      update egressaudit here, or use the program that wrote the store
      """
    case .schemaOlder(let found, let known):
      """
      the store has schema version \(found), this program reads version \(known); keep a copy, then let \
      `egressaudit replay` write to it once: writing brings it up to date
      """
    case .cannotOpen:
      """
      the store cannot be opened; run as a user who may read the file and write to its folder \
      (SQLite keeps files ending in -wal and -shm beside it), or copy the file to a folder of your own
      """
    case .notWritable:
      "the store cannot be written; run as the user who owns the file and its folder"
    case .openedForReading:
      "the store was opened for reading and takes no rows; open it for writing"
    case .busy:
      "another program kept the store locked for \(AuditDatabase.busyTimeout) s; end it or try again later"
    case .diskFull:
      "the disk is full; free space or move the store; what was stored before is unharmed"
    case .siteDiffers(let stored, let given):
      """
      the store belongs to site '\(stored)', the configuration says '\(given)'; sites are not mixed: \
      name another store for '\(given)', or set the site to '\(stored)'
      """
    case .pseudonymKeyDiffers:
      """
      the store was filled with another pseudonym key: its devices would count twice; \
      use the key file it was filled with, or name a new store
      """
    case .pseudonymKeyEarlier(let since):
      """
      the pseudonym key was changed, and another one holds from \(since) on; this key file is an older copy: restore the newest one, \
      or name a new store
      """
    case .bundleOlder(let known, let given):
      """
      the store has taken rule bundle version \(known); version \(given) is older and was refused: install the newer bundle. \
      To go back on purpose, publish the older rules under a higher version
      """
    case .bundleDiffers(let version):
      """
      the store has taken a rule bundle of the same version \(version) with other files; this one was refused: \
      ask its publisher which is the right one, and for a version that is higher
      """
    case .rulesUnsigned(let rules, let key):
      """
      \(rules): these rules are not signed, and this store has taken signed ones; expected a bundle that is signed with \
      \(key.map { "the key \($0)" } ?? "the publisher's key"); name it and its public key with 'rules.path' and \
      'rules.public_key' in the configuration, or with --rules and --rules-key. To use unsigned rules on purpose, say \
      --accept-unsigned-rules, or 'accept_unsigned: true' below 'rules' in the configuration
      """
    case .rulesKeyDiffers(let rules, let known, let given):
      """
      \(rules): these rules are signed with the key \(given), and this store has taken rules signed with another one; \
      expected a bundle that is signed with the key \(known). If the publisher says over a way that you trust that this is \
      the new key, accept it once with --accept-rules-key \(given), or with 'accept_key: \(given)' below 'rules' in the \
      configuration
      """
    case .baselineExists(let name):
      """
      the store has a baseline '\(name)' already; choose another name, or remove that one with \
      `egressaudit baseline remove \(name)`
      """
    case .baselineUnknown(let name, let known):
      "the store has no baseline '\(name)'; "
        + (known.isEmpty
          ? "it has none at all: set one with `egressaudit baseline set`"
          : "it has \(known.map(\.description).joined(separator: ", "))")
    case .documentedListUnknown(let kind):
      "no list of the kind \(kind.rawValue) was imported into the store; `egressaudit register list` shows those that were"
    case .noSession:
      "nothing was captured into this store yet; fill it with `egressaudit replay`"
    case .sessionUnknown(let id):
      "the store has no capture session \(id); begin a session before rows are added"
    case .sessionClosed(let id):
      "capture session \(id) has ended and takes no more rows; begin a new one"
    case .auditInseparable(let id):
      """
      audit \(id) of this store cannot be taken out: it shares hours with others, and an older version of egressaudit wrote it or \
      its single flows were deleted after the retention time, so that nobody can tell its share; audit all captures into a new store
      """
    case .damaged(let value):
      "the store is damaged: \(value); \(Self.mending)"
    case .runsCode:
      """
      the store holds views, triggers or virtual tables, which egressaudit does not make and which would run when it is read; \
      \(Self.mending)
      """
    case .capturing(let process):
      """
      \(process.map { "process \($0)" } ?? "another program") captures into this store already, and two would count the same \
      traffic twice; name another store, or end that process first (a service: systemctl stop egressaudit)
      """
    case .openedForMaintenance:
      "the store was opened to be maintained and takes no sessions; open it for a capture"
    case .displaced(.gone):
      """
      the store was deleted or moved away while it was in use, and nothing is written into a file that nobody finds; \
      put the file back, or begin a new store by starting again
      """
    case .displaced(.replaced):
      """
      another file was put in the place of the store while it was in use, and nothing is written into either; \
      put the first file back, or start again to go on with the new one
      """
    case .displaced(.logGone):
      """
      the file ending in -wal beside the store was deleted, moved or replaced while it was in use; \
      start again, and leave the files beside the store to SQLite
      """
    case .pseudonymKeyMissing(let keyFile):
      """
      the store was filled with a pseudonym key, and there is none at \(keyFile): with a new one the same devices would count \
      as others; restore the key file from your backup, name it with --pseudonym-key, or name a new store
      """
    case .sqlite(let code, let message):
      "SQLite reports error \(code) (\(message)); restore the store from a backup"
    }
  }
}
