import Model

/// Makes small location databases in both formats that the program reads.
public enum LocationDatabaseWriter {
  public struct Network: Sendable {
    public var prefix: IPPrefix
    public var country: String?
    public var system: (number: UInt32, name: String)?
    public var traits: Set<NetworkTrait>

    public init(
      _ prefix: String, country: String? = nil, system: (number: UInt32, name: String)? = nil,
      traits: Set<NetworkTrait> = []
    ) {
      guard let prefix = IPPrefix(prefix) else { preconditionFailure("\(prefix) is no address range") }
      self.prefix = prefix
      self.country = country
      self.system = system
      self.traits = traits
    }
  }

  /// 29 October 2022, 16:13:14 UTC.
  public static let exampleTime: UInt64 = 1_667_023_194

  /// An IPFire location database, version 1.
  public static func ipfire(
    _ networks: [Network], vendor: String = "Example", description: String = "Made for a test.\n\nNobody lives there.",
    licence: String = "CC0", createdAt: UInt64 = exampleTime
  ) -> [UInt8] {
    var pool: [UInt8] = []
    func text(_ text: String) -> UInt32 {
      defer { pool += Array(text.utf8) + [0] }
      return UInt32(pool.count)
    }
    let names = [text(vendor), text(description), text(licence)]

    var systems: [UInt8] = []
    let named = Dictionary(networks.compactMap(\.system), uniquingKeysWith: { first, _ in first })
    for (number, name) in named.sorted(by: { $0.key < $1.key }) {
      systems.appendUInt32(number)
      systems.appendUInt32(text(name))
    }

    var entries: [UInt8] = []
    for network in networks {
      entries += Array((network.country ?? "\0\0").utf8) + [0, 0]
      entries.appendUInt32(network.system?.number ?? 0)
      let flags: [NetworkTrait: Int] = [.anonymousProxy: 1, .satellite: 2, .anycast: 4]
      entries.appendUInt16(network.traits.reduce(0) { $0 | flags[$1]! })
      entries += [0, 0]
    }

    // IPv4 is in its mapped form.
    let paths = networks.map { ($0.prefix.address, $0.prefix.length + ($0.prefix.address.isIPv4 ? 96 : 0)) }
    var tree: [UInt8] = []
    for node in BinaryTree(paths).nodes {
      tree.appendUInt32(UInt32(node.children[0] ?? 0))
      tree.appendUInt32(UInt32(node.children[1] ?? 0))
      tree.appendUInt32(node.value.map { UInt32($0) } ?? .max)
    }

    var file = Array("LOCDBXX".utf8) + [1]
    file.appendUInt64(createdAt)
    names.forEach { file.appendUInt32($0) }
    var offset = 4_200
    // Countries are left out: nothing reads them.
    for section in [systems, entries, tree, [], pool] {
      file.appendUInt32(UInt32(offset))
      file.appendUInt32(UInt32(section.count))
      offset += section.count
    }
    file += Array(repeating: 0, count: 4_200 - file.count)
    return file + systems + entries + tree + pool
  }

  /// A MaxMind DB, format 2.0.
  ///
  /// - Parameters:
  ///   - type: decides what is written, as MaxMind's own do: countries for names with `Country`, autonomous systems for
  ///     `ASN`.
  ///   - recordSize: 24, 28 or 32 bits.
  public static func maxMind(
    _ networks: [Network], type: String = "GeoLite2-Country", recordSize: Int = 28, isIPv4Only: Bool = false,
    builtAt: UInt64 = exampleTime
  ) -> [UInt8] {
    // IPv4 is below ::/96, not in its mapped form.
    let kept = networks.filter { !isIPv4Only || $0.prefix.address.isIPv4 }
    let paths = kept.map { network -> (IPAddress, Int) in
      let address = network.prefix.address
      guard address.isIPv4 else { return (address, network.prefix.length) }
      return isIPv4Only
        ? (IPAddress(high: UInt64(address.v4) << 32, low: 0), network.prefix.length)
        : (IPAddress(high: 0, low: UInt64(address.v4)), network.prefix.length + 96)
    }
    var data: [UInt8] = []
    let offsets = kept.map { network -> Int in
      defer { data += value(of: network, type: type).bytes }
      return data.count
    }

    var tree: [UInt8] = []
    // In this format only a leaf can have a value.
    let nodes = BinaryTree(paths, pushesDown: true).nodes
    let numbers = Dictionary(
      uniqueKeysWithValues: nodes.indices.filter { !nodes[$0].isLeaf }.enumerated().map { ($0.element, $0.offset) })
    let count = numbers.count
    for node in nodes where !node.isLeaf {
      let records = node.children.map { child -> UInt64 in
        guard let child else { return UInt64(count) }
        if let number = numbers[child] { return UInt64(number) }
        return nodes[child].value.map { UInt64(count + 16 + offsets[$0]) } ?? UInt64(count)
      }
      tree += record(records, size: recordSize)
    }

    let metadata = MaxMindValue.map([
      ("node_count", .unsigned32(UInt32(count))), ("record_size", .unsigned16(UInt16(recordSize))),
      ("ip_version", .unsigned16(isIPv4Only ? 4 : 6)), ("database_type", .text(type)),
      ("languages", .list([.text("en")])), ("binary_format_major_version", .unsigned16(2)),
      ("binary_format_minor_version", .unsigned16(0)), ("build_epoch", .unsigned64(builtAt)),
      ("description", .map([("de", .text("Für einen Test")), ("en", .text("Made for a test"))])),
    ])
    return tree + Array(repeating: 0, count: 16) + data + [0xab, 0xcd, 0xef] + Array("MaxMind.com".utf8)
      + metadata.bytes
  }

  private static func value(of network: Network, type: String) -> MaxMindValue {
    var members: [(String, MaxMindValue)] = []
    if type.contains("Country"), let country = network.country {
      members.append(("country", .map([("geoname_id", .unsigned32(1)), ("iso_code", .text(country))])))
    }
    if type.contains("ASN"), let system = network.system {
      members.append(("autonomous_system_number", .unsigned32(system.number)))
      members.append(("autonomous_system_organization", .text(system.name)))
    }
    let keys: [NetworkTrait: String] = [
      .anycast: "is_anycast", .satellite: "is_satellite_provider", .anonymousProxy: "is_anonymous_proxy",
    ]
    if !network.traits.isEmpty {
      members.append(("traits", .map(network.traits.sorted().map { (keys[$0]!, .flag(true)) })))
    }
    return .map(members)
  }

  private static func record(_ values: [UInt64], size: Int) -> [UInt8] {
    let (left, right) = (values[0], values[1])
    let bytes = { (value: UInt64, count: Int) in
      (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
    switch size {
    case 24: return bytes(left, 3) + bytes(right, 3)
    case 28: return bytes(left, 3) + [UInt8((left >> 24) << 4 | right >> 24)] + bytes(right, 3)
    default: return bytes(left, 4) + bytes(right, 4)
    }
  }
}

/// A binary tree over 128 bits whose nodes stand behind the node that leads to them.
private struct BinaryTree {
  struct Node {
    var children: [Int?] = [nil, nil]
    /// Index of the path that ends here.
    var value: Int?

    var isLeaf: Bool { children[0] == nil && children[1] == nil && value != nil }
  }

  private(set) var nodes = [Node()]

  /// - Parameter pushesDown: a value that stands above another goes into the gaps below it.
  init(_ paths: [(address: IPAddress, length: Int)], pushesDown: Bool = false) {
    for (index, path) in paths.enumerated().sorted(by: { $0.element.1 < $1.element.1 }) {
      var node = 0
      for bit in 0..<path.length {
        if pushesDown, let value = nodes[node].value {
          nodes[node].value = nil
          for side in 0...1 where nodes[node].children[side] == nil {
            nodes[node].children[side] = nodes.count
            nodes.append(Node(value: value))
          }
        }
        let half = bit < 64 ? path.address.high >> UInt64(63 - bit) : path.address.low >> UInt64(127 - bit)
        let side = Int(half & 1)
        if let next = nodes[node].children[side] {
          node = next
        } else {
          nodes[node].children[side] = nodes.count
          node = nodes.count
          nodes.append(Node())
        }
      }
      nodes[node].value = index
    }
  }
}

/// A value of the MaxMind DB's data section.
private indirect enum MaxMindValue {
  case text(String)
  case unsigned16(UInt16)
  case unsigned32(UInt32)
  case unsigned64(UInt64)
  case flag(Bool)
  case list([MaxMindValue])
  case map([(String, MaxMindValue)])

  var bytes: [UInt8] {
    switch self {
    case .text(let text): head(2, text.utf8.count) + Array(text.utf8)
    case .unsigned16(let number): integer(5, UInt64(number))
    case .unsigned32(let number): integer(6, UInt64(number))
    case .unsigned64(let number): integer(9, number)
    case .flag(let flag): head(14, flag ? 1 : 0)
    case .list(let values): head(11, values.count) + values.flatMap(\.bytes)
    case .map(let members): head(7, members.count) + members.flatMap { MaxMindValue.text($0.0).bytes + $0.1.bytes }
    }
  }

  private func integer(_ type: UInt8, _ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendUInt64(number)
    let digits = Array(bytes.drop { $0 == 0 })
    return head(type, digits.count) + digits
  }

  /// Sizes up to 284.
  private func head(_ type: UInt8, _ size: Int) -> [UInt8] {
    let short = UInt8(min(size, 29))
    let first = type <= 7 ? [type << 5 | short] : [short, type - 7]
    return first + (size < 29 ? [] : [UInt8(size - 29)])
  }
}
