import Documents
import Model

/// Reader of the IPFire location database, version 1 (`libloc/format.h`): a binary tree over 128 bits, IPv4 in its mapped form.
///
/// All numbers are big-endian. Everything that a look-up follows is checked once when the file is opened; O(file).
/// Look-ups may run in several threads.
final class IPFireDatabase: Sendable {
  /// A run of equal entries in the file.
  private struct Section {
    var offset: Int
    var count: Int
  }

  private struct Node {
    var zero: Int
    var one: Int
    var network: UInt32

    init(_ bytes: UnsafeRawBufferPointer) {
      zero = Int(bytes.bigEndian32(at: 0))
      one = Int(bytes.bigEndian32(at: 4))
      network = bytes.bigEndian32(at: 8)
    }
  }

  let vendor: String
  let description: String
  let licence: String
  /// Seconds since 1970.
  let createdAt: UInt64

  private let file: RegularFile
  private let systems: Section
  private let networks: Section
  private let tree: Section
  private let pool: Section
  /// Where the walk of an IPv4 address begins, after the 96 bits that all of them share.
  private let startIPv4: Step

  static let magic = Array("LOCDBXX".utf8)

  private static let version: UInt8 = 1
  /// Magic, version, header with two signatures and padding.
  private static let headerLength = 4_200
  private static let systemLength = 8
  private static let networkLength = 12
  private static let nodeLength = 12
  private static let noNetwork = UInt32.max
  /// Longer texts are cut.
  private static let textLimit = 1_024
  private static let mappedPrefixLength = 96

  /// `file` begins with `magic`.
  init(_ file: RegularFile) throws(LocationDatabaseError) {
    func damaged(_ place: LocalizedText) -> LocationDatabaseError {
      LocationDatabaseError(file: file.path, .damaged(place))
    }
    guard let version = file.bytes(at: Self.magic.count, count: 1)?.first else {
      throw damaged(DamageTexts.headerCut)
    }
    guard version == Self.version else { throw LocationDatabaseError(file: file.path, .otherVersion(version)) }
    guard let header = file.bytes(at: 0, count: Self.headerLength) else { throw damaged(DamageTexts.headerCut) }
    let createdAt = UInt64(header.bigEndian32(at: 8)) << 32 | UInt64(header.bigEndian32(at: 12))

    func section(at place: Int, entry: Int, _ part: LocalizedText) throws(LocationDatabaseError) -> Section {
      let offset = Int(header.bigEndian32(at: place))
      let length = Int(header.bigEndian32(at: place + 4))
      guard length % entry == 0 else { throw damaged(DamageTexts.endsWithinEntry(part)) }
      guard offset <= file.size, length <= file.size - offset else { throw damaged(DamageTexts.endsBefore(part)) }
      return Section(offset: offset, count: length / entry)
    }
    let systems = try section(at: 28, entry: Self.systemLength, DamageTexts.systems)
    let networks = try section(at: 36, entry: Self.networkLength, DamageTexts.networks)
    let tree = try section(at: 44, entry: Self.nodeLength, DamageTexts.nodes)
    let pool = try section(at: 60, entry: 1, DamageTexts.texts)
    guard tree.count > 0 else { throw damaged(DamageTexts.noTree) }

    func text(at place: Int, _ part: LocalizedText) throws(LocationDatabaseError) -> String {
      guard let text = Self.text(at: Int(header.bigEndian32(at: place)), of: pool, in: file) else {
        throw damaged(DamageTexts.notAmongTexts(part))
      }
      return text
    }
    vendor = try text(at: 16, DamageTexts.vendor)
    description = try text(at: 20, DamageTexts.description)
    licence = try text(at: 24, DamageTexts.licence)
    self.createdAt = createdAt
    self.file = file
    self.systems = systems
    self.networks = networks
    self.tree = tree
    self.pool = pool

    try Self.checkSystems(systems, pool: pool, file)
    try Self.checkTree(tree, networks: networks, file)
    startIPv4 = Self.follow(0..<Self.mappedPrefixLength, of: IPAddress(v4: 0), from: .root, tree, file)
  }

  /// What the narrowest network says that holds `address`; `.unknown` where none does.
  func owner(of address: IPAddress) -> NetworkOwner {
    let end =
      address.isIPv4
      ? Self.follow(Self.mappedPrefixLength..<128, of: address, from: startIPv4, tree, file)
      : Self.follow(0..<128, of: address, from: .root, tree, file)
    var network = end.network
    if let leaf = end.node.flatMap({ Self.node($0, of: tree, in: file) }), leaf.network != Self.noNetwork {
      network = leaf.network
    }
    guard network != Self.noNetwork,
      let entry = file.bytes(at: networks.offset + Int(network) * Self.networkLength, count: Self.networkLength)
    else { return .unknown }
    let number = entry.bigEndian32(at: 4)
    let flags = UInt16(entry[8]) << 8 | UInt16(entry[9])
    var traits: Set<NetworkTrait> = []
    if flags & 1 != 0 { traits.insert(.anonymousProxy) }
    if flags & 2 != 0 { traits.insert(.satellite) }
    if flags & 4 != 0 { traits.insert(.anycast) }
    return NetworkOwner(
      systemNumber: number == 0 ? nil : number, systemName: number == 0 ? nil : systemName(number),
      country: isoCountry(String(decoding: entry[..<2], as: UTF8.self)), traits: traits)
  }

  /// By binary search; the file has them in order.
  private func systemName(_ number: UInt32) -> String? {
    var lower = 0
    var upper = systems.count
    while lower < upper {
      let middle = (lower + upper) / 2
      guard let entry = file.bytes(at: systems.offset + middle * Self.systemLength, count: Self.systemLength) else {
        return nil
      }
      let found = entry.bigEndian32(at: 0)
      if found == number {
        return Self.text(at: Int(entry.bigEndian32(at: 4)), of: pool, in: file).flatMap { $0.isEmpty ? nil : $0 }
      }
      if found < number { lower = middle + 1 } else { upper = middle }
    }
    return nil
  }

  /// The text that begins at `offset` of the pool and ends with a zero byte; nil where the pool ends before.
  private static func text(at offset: Int, of pool: Section, in file: RegularFile) -> String? {
    guard offset < pool.count else { return nil }
    let length = min(textLimit, pool.count - offset)
    guard let bytes = file.bytes(at: pool.offset + offset, count: length) else { return nil }
    guard let end = bytes.firstIndex(of: 0) else {
      return length == textLimit ? String(decoding: bytes, as: UTF8.self) : nil
    }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  private static func node(_ index: Int, of tree: Section, in file: RegularFile) -> Node? {
    guard index < tree.count else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: nodeLength, alignment: 4) { buffer in
      file.read(at: tree.offset + index * nodeLength, into: buffer) ? Node(UnsafeRawBufferPointer(buffer)) : nil
    }
  }

  /// A place in a walk down the tree.
  private struct Step {
    /// Not yet read; nil where the tree has nothing below.
    var node: Int?
    /// Of the last node on the way that has one.
    var network: UInt32

    static let root = Step(node: 0, network: IPFireDatabase.noNetwork)
  }

  private static func follow(
    _ bits: Range<Int>, of address: IPAddress, from start: Step, _ tree: Section, _ file: RegularFile
  ) -> Step {
    var step = start
    for bit in bits {
      guard let node = step.node.flatMap({ node($0, of: tree, in: file) }) else { break }
      if node.network != noNetwork { step.network = node.network }
      let next = address.bit(bit) ? node.one : node.zero
      step.node = next == 0 ? nil : next
    }
    return step
  }

  // MARK: - Checks

  private static func checkSystems(
    _ systems: Section, pool: Section, _ file: RegularFile
  ) throws(LocationDatabaseError) {
    var last: UInt32?
    try forEachEntry(of: systems, length: systemLength, in: file) { bytes, offset, _ in
      let number = bytes.bigEndian32(at: offset)
      let isInOrder = last.map { $0 < number } ?? true
      last = number
      if !isInOrder { return DamageTexts.systemsUnordered }
      return bytes.bigEndian32(at: offset + 4) < pool.count
        ? nil : DamageTexts.systemName
    }
  }

  /// Checks that each node has a higher index than its parent, so that no search can run in a circle.
  private static func checkTree(
    _ tree: Section, networks: Section, _ file: RegularFile
  ) throws(LocationDatabaseError) {
    let nodes = UInt32(tree.count)
    let known = UInt32(networks.count)
    try forEachEntry(of: tree, length: nodeLength, in: file) { bytes, offset, index in
      let zero = bytes.bigEndian32(at: offset)
      let one = bytes.bigEndian32(at: offset + 4)
      let network = bytes.bigEndian32(at: offset + 8)
      let index = UInt32(index)
      if zero != 0 && (zero <= index || zero >= nodes) || one != 0 && (one <= index || one >= nodes) {
        return DamageTexts.nodeAstray
      }
      return network == noNetwork || network < known ? nil : DamageTexts.nodeWithoutNetwork
    }
  }

  /// Calls `check` with each entry's place in the bytes and its index; what it returns is wrong.
  private static func forEachEntry(
    of section: Section, length: Int, in file: RegularFile,
    _ check: (UnsafeRawBufferPointer, Int, Int) -> LocalizedText?
  ) throws(LocationDatabaseError) {
    let step = 65_536
    var first = 0
    while first < section.count {
      let count = min(step, section.count - first)
      guard let bytes = file.bytes(at: section.offset + first * length, count: count * length) else {
        throw LocationDatabaseError(file: file.path, .damaged(DamageTexts.notReadToEnd))
      }
      let fault = bytes.withUnsafeBytes { buffer -> LocalizedText? in
        for index in 0..<count {
          if let fault = check(buffer, index * length, first + index) { return fault }
        }
        return nil
      }
      if let fault { throw LocationDatabaseError(file: file.path, .damaged(fault)) }
      first += count
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func bigEndian32(at offset: Int) -> UInt32 {
    UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}

extension [UInt8] {
  fileprivate func bigEndian32(at offset: Int) -> UInt32 {
    withUnsafeBytes { $0.bigEndian32(at: offset) }
  }
}

extension IPAddress {
  /// Bit 0 is the highest of the 128.
  fileprivate func bit(_ index: Int) -> Bool {
    (index < 64 ? high >> UInt64(63 - index) : low >> UInt64(127 - index)) & 1 == 1
  }
}
