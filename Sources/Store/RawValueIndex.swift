import Glibc

/// Assigns numbers to the combinations of values in the first columns of a result, so that each is decoded and checked
/// once.
///
/// Neighbouring rows are alike: most often a row has the combination of the row before it, or the one that followed
/// that combination the last time. Only the others are looked up by their hash.
struct RawValueIndex {
  private struct Key: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
  }

  /// Most combinations that are known at a time: a store can have as many as it has rows.
  private static let limit = 16_384

  /// The raw form of each combination, by number.
  private var keys: [[UInt8]] = []
  /// The number that followed each number the last time.
  private var successors: [Int] = []
  private var numbers: [Key: Int] = [:]
  private var last: Int?

  /// The number of the combination that `row` holds in its first `columns` columns; nil for a new one.
  ///
  /// The values are compared as they are stored: what was checked under a number needs no check again.
  mutating func number(of row: StoredRow, columns: Int) -> Int? {
    if let last {
      if row.holds(keys[last], columns: columns) { return last }
      let next = successors[last]
      if row.holds(keys[next], columns: columns) {
        self.last = next
        return next
      }
    }
    guard let found = numbers[Key(bytes: row.rawForm(columns: columns))] else { return nil }
    follow(with: found)
    return found
  }

  /// Assigns the next number to the combination in `row`, which must be a new one. If it returns 0, all earlier numbers
  /// are forgotten.
  mutating func insert(_ row: StoredRow, columns: Int) -> Int {
    if keys.count == Self.limit { self = RawValueIndex() }
    let key = row.rawForm(columns: columns)
    let number = keys.count
    keys.append(key)
    successors.append(number)
    numbers[Key(bytes: key)] = number
    follow(with: number)
    return number
  }

  private mutating func follow(with number: Int) {
    if let last { successors[last] = number }
    last = number
  }
}
