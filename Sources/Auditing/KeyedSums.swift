/// Sums by key. Those of the key that was asked for last are found without a search: records of one hour and of one group come together.
struct KeyedSums<Key: Hashable & Sendable, Sum: Sendable>: Sendable {
  /// In the order in which their keys came first.
  var sums: [Sum] = []
  private var places: [Key: Int] = [:]
  private var last: (key: Key, place: Int)?

  var isEmpty: Bool { sums.isEmpty }
  var count: Int { sums.count }

  /// The place of the key's sum in `sums`, which is `first` if the key is new.
  mutating func place(of key: Key, _ first: @autoclosure () -> Sum) -> Int {
    if let last, last.key == key { return last.place }
    let place = places[key] ?? sums.count
    if place == sums.count {
      places[key] = place
      sums.append(first())
    }
    last = (key, place)
    return place
  }
}
