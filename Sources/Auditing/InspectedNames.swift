import Model

/// The distinct names of a capture, sorted. A row takes some 100 bytes; each text is stored once.
public struct InspectedNames: RandomAccessCollection, Sendable {
  private struct Row: Hashable {
    var client: IPAddress
    var server: IPAddress
    /// Index into `texts`.
    var text: UInt32
    var serverPort: UInt16
    var carrier: NameSighting.Carrier
    var method: NameMethod
    var namingClass: NamingClass
    var ech: EncryptedClientHello

    func hash(into hasher: inout Hasher) {
      // These two distinguish most rows.
      hasher.combine(client)
      hasher.combine(server)
      hasher.combine(UInt64(text) << 16 | UInt64(serverPort))
    }
  }

  private var seen: Set<Row> = []
  private var rows: [Row] = []
  private var texts = KnownTexts()

  init() {}

  /// Adds a name if it is not there yet.
  ///
  /// - Returns: false if it would need a row beyond `limit`.
  mutating func add(_ sighting: NameSighting, limit: Int) -> Bool {
    let row = Row(
      client: sighting.client, server: sighting.server, text: texts.number(of: sighting.name),
      serverPort: sighting.serverPort, carrier: sighting.carrier, method: sighting.method,
      namingClass: sighting.namingClass, ech: sighting.ech)
    if seen.count < limit {
      seen.insert(row)
      return true
    }
    return seen.contains(row)
  }

  /// Sorts the rows; none may be added after that. O(n log n).
  mutating func sort() {
    rows = Array(seen)
    seen = []
    let rank = texts.ranks()
    rows.sort { left, right in
      if left.carrier != right.carrier { return left.carrier.rawValue < right.carrier.rawValue }
      if left.client != right.client { return left.client < right.client }
      if left.server != right.server { return left.server < right.server }
      if left.serverPort != right.serverPort { return left.serverPort < right.serverPort }
      if left.text != right.text { return rank[Int(left.text)] < rank[Int(right.text)] }
      if left.method != right.method { return left.method.rawValue < right.method.rawValue }
      return left.ech.rawValue < right.ech.rawValue
    }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { rows.count }

  public subscript(index: Int) -> NameSighting {
    let row = rows[index]
    return NameSighting(
      carrier: row.carrier, client: row.client, server: row.server, serverPort: row.serverPort,
      name: texts[row.text], method: row.method, namingClass: row.namingClass, ech: row.ech)
  }
}

/// Texts that are stored once each, under numbers from 0.
struct KnownTexts: Sendable {
  private var numbers: [String: UInt32] = [:]
  private var texts: [String] = []

  subscript(number: UInt32) -> String { texts[Int(number)] }

  mutating func number(of text: String) -> UInt32 {
    if let known = numbers[text] { return known }
    let number = UInt32(texts.count)
    numbers[text] = number
    texts.append(text)
    return number
  }

  /// For each number, the rank of its text in the sorted order. O(n log n).
  func ranks() -> [UInt32] {
    var ranks = [UInt32](repeating: 0, count: texts.count)
    for (rank, number) in texts.indices.sorted(by: { texts[$0] < texts[$1] }).enumerated() {
      ranks[number] = UInt32(rank)
    }
    return ranks
  }
}
