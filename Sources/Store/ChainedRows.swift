import GRDB

extension EvidenceChain {
  /// Compares the rows of a table with their entries: each row has an entry with its digest, and each entry of the kind
  /// has a row.
  ///
  /// Throws `DamagedValue`. O(entries of the chain).
  ///
  /// - Parameters:
  ///   - key: column of the table that holds the number of a row.
  ///   - digest: of the row with this place in the chain; nil if none has it.
  func requireRows(
    of kind: ChainEntryKind, key: String, digest: (_ sequence: Int64) throws -> [UInt8]?
  ) throws {
    var places: [(row: Int64, sequence: Int64)] = []
    try PreparedStatement(database, "SELECT \(key), chain_seq FROM \(kind.table)").forEachRow { row in
      places.append((try row.integer(), try row.integer()))
    }
    let entry = try PreparedStatement(database, "SELECT digest FROM chain_entry WHERE seq = ? AND kind = ?")
    for (row, sequence) in places {
      let stored = try entry.first([.integer(sequence), .text(kind.rawValue)]) { try $0.bytes() }
      let found = try digest(sequence)
      guard stored != nil, stored == found else {
        throw DamagedValue(
          table: kind.table, row: .number(row), column: "chain_seq",
          found: DamagedValueTexts.otherRow, expected: DamagedValueTexts.enteredRow)
      }
    }
    let missing = try PreparedStatement(
      database,
      """
      SELECT min(seq) FROM chain_entry
      WHERE kind = ? AND NOT EXISTS (SELECT * FROM \(kind.table) WHERE chain_seq = seq)
      """
    ).first([.text(kind.rawValue)]) { try $0.optionalInteger() }
    guard let sequence = missing.flatMap({ $0 }) else { return }
    throw DamagedValue(
      table: kind.table, row: nil, column: "chain_seq", found: DamagedValueTexts.entryWithoutRow(sequence),
      expected: DamagedValueTexts.rowForEach(kind.rawValue))
  }
}
