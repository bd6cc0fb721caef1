import Foundation
import GRDB

/// The store of one gateway: hourly aggregates, coarse evidence, coverage, and the evidence chain that binds them.
///
/// One SQLite file in WAL mode. Rows name devices by pseudonym alone and know no time finer than the hour, but for the
/// second up to which a live sensor has stored. Flows that match no rule leave counts in the coverage and nothing else.
/// Every value is checked when it is read (`StoredTable`). Errors are `StoreError`.
public final class AuditDatabase: Sendable {
  public enum OpenMode: Sendable {
    /// To begin sessions: creates a missing file, migrates an older schema, and excludes all other captures until the
    /// store is closed.
    case capture
    /// To write anything else, in parallel to a capture or alone: migrates an older schema, refuses a missing file.
    case maintain
    /// Refuses a missing file, and a file whose schema is not this program's.
    ///
    /// All reads see the store as it was when it was opened, whatever is written meanwhile.
    case readExisting
  }

  /// Seconds to wait for another program's lock.
  package static let busyTimeout = 10

  let path: String
  /// The store was not verified, which each of its tables states.
  public let isUnverified: Bool
  /// Takes the digests of the sums that are read; nil if nobody needs them.
  let usageParts: SharedUsageParts?
  /// Takes the facts that are written, and saves parsing them again.
  let knownRules: KnownRuleFacts?
  /// The same store as it is read here, over a connection of its own, so that another thread can read it at the same time; nil if there is none.
  public let twin: AuditDatabase?
  /// Nil if the store was opened for reading.
  let writer: DatabasePool?
  let reader: any DatabaseReader
  /// Nil except for a capture.
  let lock: CaptureLock?
  /// Nil if the store was opened for reading.
  private let place: StorePlace?

  /// - Parameters:
  ///   - usageParts: takes the digests of the sums that are read.
  ///   - hasTwin: whether a second thread may want to read; it can unless the store changes in the moment in which it is opened.
  ///   - knownRules: takes the facts of rules that are written, and saves parsing those that it has.
  public convenience init(
    path: String, mode: OpenMode, isUnverified: Bool = false, usageParts: SharedUsageParts? = nil,
    hasTwin: Bool = false, knownRules: KnownRuleFacts? = nil
  ) throws {
    try self.init(
      path: path, mode: mode, isUnverified: isUnverified, usageParts: usageParts, hasTwin: hasTwin,
      knownRules: knownRules, schema: .current)
  }

  private init(
    twin reader: DatabaseQueue, path: String, isUnverified: Bool, usageParts: SharedUsageParts?,
    knownRules: KnownRuleFacts?
  ) {
    self.path = path
    self.isUnverified = isUnverified
    self.usageParts = usageParts
    self.knownRules = knownRules
    self.reader = reader
    (twin, writer, lock, place) = (nil, nil, nil, nil)
  }

  /// `schema`: the known migrations, for tests with older or newer programs.
  package init(
    path: String, mode: OpenMode, isUnverified: Bool = false, usageParts: SharedUsageParts? = nil,
    hasTwin: Bool = false, knownRules: KnownRuleFacts? = nil, schema: Schema
  ) throws {
    self.path = path
    self.isUnverified = isUnverified
    self.usageParts = usageParts
    self.knownRules = knownRules
    let isMissing = !FileManager.default.fileExists(atPath: path)
    guard !isMissing || mode == .capture else { throw StoreError(file: path, .missing) }
    if !isMissing { try Self.checkKind(path) }
    lock = mode == .capture ? try CaptureLock(store: path) : nil
    if isMissing { try Self.createFile(path) }

    let second: DatabaseQueue?
    (writer, reader, place, second) = try Self.explaining(path) {
      try Self.check(path, mode: mode, schema: schema)
      switch mode {
      case .capture, .maintain:
        let pool = try DatabasePool(path: path, configuration: Self.configuration(isReadOnly: false))
        try schema.migrate(pool)
        // Evidence that was reported as stored must outlive a power cut.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return (pool, pool, StorePlace(path), nil)
      case .readExisting where Self.cannotChange(path):
        // Nobody can write, so no snapshot is needed.
        return (
          nil, try DatabaseQueue(path: Self.unchanging(path), configuration: Self.configuration(isReadOnly: true)), nil,
          nil
        )
      case .readExisting:
        let pool = try DatabasePool(path: path, configuration: Self.configuration(isReadOnly: true))
        guard hasTwin else { return (nil, try pool.makeSnapshot(), nil, nil) }
        let (snapshot, second) = try Self.both(path) { try pool.makeSnapshot() }
        return (nil, snapshot, nil, second)
      }
    }
    twin = second.map {
      AuditDatabase(
        twin: $0, path: path, isUnverified: isUnverified, usageParts: usageParts, knownRules: knownRules)
    }
  }

  /// Opens a second connection that sees what `open` sees; without it, if something was written meanwhile.
  ///
  /// The second connection looks at the store before the first does and again afterwards: SQLite tells it whether anybody has written in between.
  private static func both(_ path: String, _ open: () throws -> DatabaseSnapshot) throws -> (
    DatabaseSnapshot, DatabaseQueue?
  ) {
    var configuration = configuration(isReadOnly: true)
    // Its transaction stays open as long as it is used.
    configuration.allowsUnsafeTransactions = true
    let second = try DatabaseQueue(path: path, configuration: configuration)
    func look(_ database: Database) throws -> Int64? {
      try PreparedStatement(database, "SELECT count(*) FROM chain_entry WHERE seq = 1").run()
      return try PreparedStatement(database, "PRAGMA data_version").first { try $0.integer() }
    }
    let before = try second.unsafeReentrantRead(look)
    let first = try open()
    let after = try second.unsafeReentrantRead { database in
      try database.beginTransaction(.deferred)
      return try look(database)
    }
    return (first, before == after ? second : nil)
  }

  /// SQLite would report a disk error for a folder, and wait for a pipe.
  private static func checkKind(_ path: String) throws(StoreError) {
    let files = FileManager.default
    switch (try? files.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath))?[.type]
      as? FileAttributeType
    {
    case .typeDirectory?:
      let stores = ((try? files.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(".sqlite") }
      throw StoreError(file: path, .folder(store: stores.count == 1 ? stores.first : nil))
    case .typeRegular?, nil: return
    default: throw StoreError(file: path, .notAFile)
    }
  }

  /// Moves everything into the one file, so that a copy of it is complete; nothing can be read or written afterwards.
  ///
  /// If another program has the store open, the latest rows stay in the write-ahead log beside the file until that
  /// program ends.
  public func close() {
    defer { lock?.release() }
    guard displacement == nil else {
      // SQLite would delete the side files by their names, which may be another store's by now. The program ends soon.
      if let writer { _ = Unmanaged.passRetained(writer) }
      return
    }
    // SQLite checkpoints the log if the last connection to close may write.
    writer?.invalidateReadOnlyConnections()
    try? writer?.close()
    try? reader.close()
    twin?.close()
  }

  /// Writes the store as it is read here into a new file. O(bytes).
  public func copy(to path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else { throw StoreError(file: path, .cannotOpen) }
    try Self.createFile(path)
    try Self.explaining(path) {
      let copy = try DatabaseQueue(path: path)
      try reader.backup(to: copy)
      try copy.close()
    }
  }

  /// What has happened to the files since they were opened; nil if they are in their place, or were opened for reading.
  public var displacement: Displacement? { place?.displacement }

  /// Throws if the store is not where it was opened, so that nothing is written into a file that nobody finds.
  func checkPlace() throws {
    if let displacement { throw error(displacement) }
    try lock?.renew()
  }

  /// The error that describes a displacement.
  public func error(_ displacement: Displacement) -> StoreError { StoreError(file: path, .displaced(displacement)) }

  /// Moves the contents of the write-ahead log into the store's own file, wherever that was moved.
  ///
  /// SQLite would apply a WAL that is left behind to the next store of the same name.
  public func rescue() {
    guard let place, !place.isLogReplaced else { return }
    _ = try? writer?.writeWithoutTransaction { try $0.checkpoint(.truncate) }
  }

  /// Reads a store of this or an older version without changing anything; nil if there is none.
  static func looking<Value>(at path: String, _ body: (Database) throws -> Value?) throws -> Value? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try explaining(path) {
      try DatabaseQueue(path: path, configuration: configuration(isReadOnly: true)).read { database in
        guard case .store(let version) = try Schema.content(of: database), version > 0 else { return nil }
        return try body(database)
      }
    }
  }

  /// Whether a store is on a read-only file system without side files.
  ///
  /// SQLite keeps files beside a store even to read it, and cannot make them there.
  private static func cannotChange(_ path: String) -> Bool {
    var fileSystem = statvfs()
    guard statvfs(path, &fileSystem) == 0, fileSystem.f_flag & UInt(ST_RDONLY) != 0 else { return false }
    var log = stat()
    return stat(path + "-wal", &log) != 0 || log.st_size == 0
  }

  /// The URI with which SQLite reads an unchanging file (`immutable`) without side files.
  private static func unchanging(_ path: String) -> String {
    URL(fileURLWithPath: path).absoluteString + "?immutable=1"
  }

  /// The access rights are set before SQLite writes to the file; SQLite gives its side files the same rights.
  private static func createFile(_ path: String) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
    // If another program has created the file meanwhile, that file serves as well.
    guard descriptor >= 0 || errno == EEXIST else { throw StoreError(file: path, .cannotOpen) }
    guard descriptor >= 0 else { return }
    fchmod(descriptor, 0o640)
    Foundation.close(descriptor)
  }

  /// Checks the file before it is opened for writing: opening in WAL mode would already change a file of another
  /// program.
  private static func check(_ path: String, mode: OpenMode, schema: Schema) throws {
    let isUnchanging = mode == .readExisting && cannotChange(path)
    let content = try DatabaseQueue(
      path: isUnchanging ? unchanging(path) : path, configuration: configuration(isReadOnly: true)
    ).read(Schema.content)
    switch (content, mode) {
    case (.otherProgram, _): throw StoreError(file: path, .otherProgram)
    case (.runsCode, _): throw StoreError(file: path, .runsCode)
    case (.nothing, .readExisting), (.nothing, .maintain): throw StoreError(file: path, .empty)
    case (.nothing, .capture): break
    case (.store(let version), _) where version > schema.version:
      throw StoreError(file: path, .schemaNewer(found: version, known: schema.version))
    case (.store(let version), .readExisting) where version < schema.version:
      throw StoreError(file: path, .schemaOlder(found: version, known: schema.version))
    case (.store, _): break
    }
  }

  private static func configuration(isReadOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(TimeInterval(busyTimeout))
    configuration.prepareDatabase { database in
      // Deleted rows are overwritten, not only unlinked; functions in a tampered schema do not run.
      try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF")
    }
    return configuration
  }

  /// Runs `body` and turns what SQLite reports into errors with a message for people.
  static func explaining<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(file: path, error)
    } catch let damaged as DamagedValue {
      throw StoreError(file: path, .damaged(damaged))
    }
  }
}
