import Glibc

/// Values of some columns of a row as they are stored.
protocol RawValues {
  /// Equal for equal values alone.
  var form: [UInt8] { get }
  func have(_ form: UnsafeRawBufferPointer) -> Bool
}

/// Numbers the combinations of values that some columns of a result hold, so that each is decoded and checked
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

  /// The number of a combination; nil for a new one.
  ///
  /// The values are compared as they are stored: what was checked under a number needs no check again.
  mutating func number(of values: some RawValues) -> Int? {
    if let last {
      if holds(values, last) { return last }
      let next = successors[last]
      if holds(values, next) {
        self.last = next
        return next
      }
    }
    guard let found = numbers[Key(bytes: values.form)] else { return nil }
    follow(with: found)
    return found
  }

  private func holds(_ values: some RawValues, _ number: Int) -> Bool { keys[number].withUnsafeBytes(values.have) }

  /// Gives the next number to a combination, which must be a new one. Where 0 is given, all earlier numbers
  /// are forgotten.
  mutating func insert(_ values: some RawValues) -> Int {
    if keys.count == Self.limit { self = RawValueIndex() }
    let key = values.form
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
