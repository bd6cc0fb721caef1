import GRDB

/// One migration of the schema: plain SQL, never changed once released, since existing stores have applied it.
package struct Migration: Sendable {
  /// `V`, four digits that count from 0001 without a gap, `_`, and a name for the step.
  package let identifier: String
  package let sql: String

  package init(identifier: String, sql: String) {
    self.identifier = identifier
    self.sql = sql
  }

  /// Nil if the identifier has another form.
  package var number: Int? { Migration.number(identifier) }

  static func number(_ identifier: String) -> Int? { Int(identifier.dropFirst().prefix(4)) }
}

/// The migrations that this program knows, in order; its version is the number of the last.
package struct Schema: Sendable {
  package static let current = Schema(migrations: [
    .v0001, .v0002, .v0003, .v0004, .v0005, .v0006, .v0007, .v0008, .v0009, .v0010, .v0011, .v0012,
  ])

  /// Marks an SQLite file as a store of this program (`EGAU` in ASCII).
  static let applicationID: Int64 = 0x4547_4155

  package let migrations: [Migration]

  package init(migrations: [Migration]) { self.migrations = migrations }

  package var version: Int { migrations.compactMap(\.number).max() ?? 0 }

  /// Applies all missing migrations in one transaction.
  ///
  /// Not by GRDB's migrator: it asks for the steps taken before it holds the lock, so that of two programs that make a
  /// store at once, one failed.
  func migrate(_ database: some DatabaseWriter) throws {
    try database.writeWithoutTransaction { database in
      // A step may rebuild a table that others refer to; foreign keys are checked at the end instead.
      try database.execute(sql: "PRAGMA foreign_keys = OFF")
      try database.inTransaction(.immediate) {
        try database.execute(
          sql:
            "CREATE TABLE IF NOT EXISTS schema_migration (identifier TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID")
        let taken = try Set(Self.identifiers(in: database))
        for migration in migrations where !taken.contains(migration.identifier) {
          try database.execute(sql: migration.sql)
          try database.execute(
            sql: "INSERT INTO schema_migration (identifier) VALUES (?)", arguments: [migration.identifier])
        }
        try StoredTable.checkReferences(in: database)
        return .commit
      }
      try database.execute(sql: "PRAGMA foreign_keys = ON")
    }
  }

  /// Kind of content of an SQLite file.
  enum Content: Equatable {
    case nothing
    case store(version: Int)
    case otherProgram
    /// A view, a trigger or a virtual table: no migration creates one, and it would run code when rows are read or
    /// written.
    case runsCode
  }

  /// Looks into a database without changing it.
  static func content(of database: Database) throws -> Content {
    guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") != 0 else { return .nothing }
    guard try Int64.fetchOne(database, sql: "PRAGMA application_id") == applicationID else { return .otherProgram }
    let foreign = try Int.fetchOne(
      database,
      sql: "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') OR rootpage IS NULL OR rootpage < 1"
    )
    guard foreign == 0 else { return .runsCode }
    let numbers = try identifiers(in: database).compactMap(Migration.number)
    return .store(version: numbers.max() ?? 0)
  }

  private static func identifiers(in database: Database) throws -> [String] {
    var identifiers: [String] = []
    try PreparedStatement(database, "SELECT identifier FROM schema_migration").forEachRow {
      identifiers.append(try $0.text())
    }
    return identifiers
  }
}
