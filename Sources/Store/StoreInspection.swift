import GRDB

/// Checks of the contents of a whole store.
extension AuditDatabase {
  /// Reads every row of every table, and checks all references between rows; O(rows).
  ///
  /// - Returns: the number of rows. Throws `StoreError` with table, row and column at the first value that no program
  ///   writes.
  public func checkValues() throws -> UInt64 {
    let rows = try Self.explaining(path) {
      try reader.read { database in
        let rows = try StoredTable.all.reduce(UInt64(0)) { try $0 + $1.check(in: database) }
        try StoredTable.checkReferences(in: database)
        return rows
      }
    }
    // These are compared with the evidence chain, or with the digest beside them, whenever they are read.
    _ = try baselines()
    _ = try phases()
    _ = try documentedLists()
    _ = try blocks()
    _ = try reidentifications()
    return rows
  }
}

extension StoredTable {
  /// Throws `DamagedValue` for a row that refers to one of another table that is not there; O(rows).
  static func checkReferences(in database: Database) throws {
    guard let violation = try database.foreignKeyViolations().next() else { return }
    let foreignKey = try database.foreignKeys(on: violation.originTable).first { $0.id == violation.foreignKeyId }
    let column = foreignKey?.mapping.first?.origin ?? "rowid"
    var row = violation.originRowID.map { DamagedValue.Row.number($0) }
    if row == nil, let table = all.first(where: { $0.name == violation.originTable }),
      let parent = foreignKey?.mapping.first?.destination
    {
      row = try PreparedStatement(
        database,
        """
        SELECT place FROM (
          SELECT row_number() OVER (ORDER BY \(table.key.joined(separator: ", "))) AS place, \(column) AS parent
          FROM \(table.name))
        WHERE parent NOT IN (SELECT \(parent) FROM \(violation.destinationTable)) LIMIT 1
        """
      ).first { .place(try $0.count()) }
    }
    throw DamagedValue(
      table: violation.originTable, row: row, column: column, found: DamagedValueTexts.danglingReference,
      expected: DamagedValueTexts.row(of: violation.destinationTable))
  }
}
