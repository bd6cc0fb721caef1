import GRDB

/// One step of the schema: plain SQL, never changed once released, since stores in the field have taken it.
package struct Migration: Sendable {
  /// `V`, four digits that count from 0001 without gap, `_` and what the step brings.
  package let identifier: String
  package let sql: String

  package init(identifier: String, sql: String) {
    self.identifier = identifier
    self.sql = sql
  }
}

/// The steps that this program knows, in order; its version is their number.
package struct Schema: Sendable {
  package static let current = Schema(migrations: [.v0001])

  /// Marks an SQLite file as a store of this program (`EGAU` in ASCII).
  static let applicationID: Int64 = 0x4547_4155

  package let migrations: [Migration]

  package init(migrations: [Migration]) { self.migrations = migrations }

  package var version: Int { migrations.count }

  /// Takes all steps that are still to be taken, each in a transaction of its own.
  func migrate(_ database: some DatabaseWriter) throws {
    var migrator = DatabaseMigrator()
    for migration in migrations {
      migrator.registerMigration(migration.identifier) { try $0.execute(sql: migration.sql) }
    }
    try migrator.migrate(database)
  }

  /// What an SQLite file holds.
  enum Content: Equatable {
    case nothing
    case store(version: Int)
    case otherProgram
  }

  /// Looks into a database without changing it.
  static func content(of database: Database) throws -> Content {
    // The migrator's own table comes first, in a transaction of its own: alone it is a store that was cut off at its birth.
    let tables = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'")
    guard tables != 0 else { return .nothing }
    guard try Int64.fetchOne(database, sql: "PRAGMA application_id") == applicationID else { return .otherProgram }
    let applied = try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations")
    return .store(version: applied.compactMap { Int($0.dropFirst().prefix(4)) }.max() ?? 0)
  }
}
