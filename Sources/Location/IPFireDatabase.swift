import Documents
import Model
import Synchronization

/// Reader of the IPFire location database, version 1 (`libloc/format.h`): a binary tree over 128 bits, IPv4 in its
/// mapped form.
///
/// All numbers are big-endian. References that a look-up follows are checked when the file is opened, in O(bytes of the
/// file). Look-ups may come from several threads; one at a time is answered.
final class IPFireDatabase: Sendable {
  /// A run of equal entries in the file.
  private struct Section {
    var offset: Int
    var count: Int
  }

  let vendor: String
  let description: String
  let licence: String
  /// Seconds since 1970.
  let createdAt: UInt64

  private let file: RegularFile
  private let systems: Section
  private let networks: Section
  private let pool: Section
  private let recent: Mutex<Recent>

  static let magic = Array("LOCDBXX".utf8)

  private static let version: UInt8 = 1
  /// Length in bytes of magic, version, and header with two signatures and padding.
  private static let headerLength = 4_200
  private static let systemLength = 8
  private static let networkLength = 12
  fileprivate static let nodeLength = 12
  fileprivate static let noNetwork = UInt32.max
  /// Longest text in bytes; longer ones are cut.
  private static let textLimit = 1_024
  /// Operators whose names are kept: some 100 bytes each. When full, it is emptied.
  private static let nameLimit = 16_384

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
    self.pool = pool

    try Self.checkSystems(systems, pool: pool, file)
    try Self.checkTree(tree, networks: networks, file)
    recent = Mutex(Recent(tree: NetworkTree(file, offset: tree.offset, count: tree.count)))
  }

  /// The owner of the narrowest network that contains `address`; `.unknown` if there is none.
  func owner(of address: IPAddress) -> NetworkOwner {
    recent.withLock { owner(of: address, &$0) }
  }

  private func owner(of address: IPAddress, _ recent: inout Recent) -> NetworkOwner {
    guard let network = recent.tree.network(of: address),
      let entry = file.bytes(at: networks.offset + Int(network) * Self.networkLength, count: Self.networkLength)
    else { return .unknown }
    let number = entry.bigEndian32(at: 4)
    let flags = UInt16(entry[8]) << 8 | UInt16(entry[9])
    var traits: Set<NetworkTrait> = []
    if flags & 1 != 0 { traits.insert(.anonymousProxy) }
    if flags & 2 != 0 { traits.insert(.satellite) }
    if flags & 4 != 0 { traits.insert(.anycast) }
    return NetworkOwner(
      systemNumber: number == 0 ? nil : number,
      systemName: number == 0 ? nil : systemName(number, &recent.systemNames),
      country: isoCountry(String(decoding: entry[..<2], as: UTF8.self)), traits: traits)
  }

  private func systemName(_ number: UInt32, _ known: inout [UInt32: String?]) -> String? {
    if let name = known[number] { return name }
    let name = storedSystemName(number)
    if known.count >= Self.nameLimit { known = [:] }
    known[number] = .some(name)
    return name
  }

  /// By binary search; the file has them in order.
  private func storedSystemName(_ number: UInt32) -> String? {
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

  /// The text that begins at `offset` of the pool and ends with a zero byte; nil if the pool ends in front of that.
  private static func text(at offset: Int, of pool: Section, in file: RegularFile) -> String? {
    guard offset < pool.count else { return nil }
    let length = min(textLimit, pool.count - offset)
    guard let bytes = file.bytes(at: pool.offset + offset, count: length) else { return nil }
    guard let end = bytes.firstIndex(of: 0) else {
      return length == textLimit ? String(decoding: bytes, as: UTF8.self) : nil
    }
    return String(decoding: bytes[..<end], as: UTF8.self)
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

  /// Checks that each node has a higher index than its parent, so that no search can loop.
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

  /// Calls `check` with the bytes, the entry's offset in them and its index; throws `damaged` with the text that it
  /// returns.
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

/// What look-ups read last: without it, each of them asks the system some 30 times.
private struct Recent {
  var tree: NetworkTree
  /// Nil for systems that the file does not name.
  var systemNames: [UInt32: String?] = [:]
}

/// The binary tree of a file, read in blocks, of which the last are kept.
///
/// Nodes of the same depth are near each other in the file, so a walk over 20 of them reads one new block.
private struct NetworkTree {
  private struct Node {
    var zero: Int
    var one: Int
    var network: UInt32
  }

  /// A place in a walk down the tree.
  private struct Step {
    /// Not yet read; nil if the tree has nothing below.
    var node: Int?
    /// Of the last node on the way that has one.
    var network: UInt32

    static let root = Step(node: 0, network: IPFireDatabase.noNetwork)
  }

  private let file: RegularFile
  /// Of the first node in the file.
  private let offset: Int
  private let count: Int
  private var bytes = [UInt8](repeating: 0, count: places * blockLength)
  /// The block at each place of `bytes`.
  private var blocks: [Int?] = Array(repeating: nil, count: places)
  /// Where the walk of an IPv4 address begins, after the 96 bits that all of them share; nil if it could not be read.
  private var startIPv4: Step?

  /// 3 MB in all.
  private static let places = 512
  private static let nodesOfBlock = 512
  private static let blockLength = nodesOfBlock * IPFireDatabase.nodeLength
  private static let mappedPrefixLength = 96

  init(_ file: RegularFile, offset: Int, count: Int) {
    self.file = file
    self.offset = offset
    self.count = count
    startIPv4 = follow(0..<Self.mappedPrefixLength, of: IPAddress(v4: 0), from: .root)
  }

  /// The number of the narrowest network that holds `address`; nil without one, and if a node on the way cannot be read, since a narrower network
  /// may lie below it.
  mutating func network(of address: IPAddress) -> UInt32? {
    let end =
      address.isIPv4
      ? startIPv4.flatMap { follow(Self.mappedPrefixLength..<128, of: address, from: $0) }
      : follow(0..<128, of: address, from: .root)
    guard var network = end?.network else { return nil }
    if let index = end?.node {
      guard let leaf = node(index) else { return nil }
      if leaf.network != IPFireDatabase.noNetwork { network = leaf.network }
    }
    return network == IPFireDatabase.noNetwork ? nil : network
  }

  /// Nil if a node cannot be read.
  private mutating func follow(_ bits: Range<Int>, of address: IPAddress, from start: Step) -> Step? {
    var step = start
    for bit in bits {
      guard let index = step.node else { break }
      guard let node = node(index) else { return nil }
      if node.network != IPFireDatabase.noNetwork { step.network = node.network }
      let next = address.bit(bit) ? node.one : node.zero
      step.node = next == 0 ? nil : next
    }
    return step
  }

  private mutating func node(_ index: Int) -> Node? {
    guard index < count else { return nil }
    let block = index / Self.nodesOfBlock
    let place = block % Self.places
    if blocks[place] != block {
      blocks[place] = read(block, to: place) ? block : nil
      guard blocks[place] != nil else { return nil }
    }
    return bytes.withUnsafeBytes { bytes in
      let offset = place * Self.blockLength + index % Self.nodesOfBlock * IPFireDatabase.nodeLength
      return Node(
        zero: Int(bytes.bigEndian32(at: offset)), one: Int(bytes.bigEndian32(at: offset + 4)),
        network: bytes.bigEndian32(at: offset + 8))
    }
  }

  private mutating func read(_ block: Int, to place: Int) -> Bool {
    let first = block * Self.nodesOfBlock
    let length = min(Self.nodesOfBlock, count - first) * IPFireDatabase.nodeLength
    return bytes.withUnsafeMutableBytes { [file, offset] bytes in
      file.read(
        at: offset + first * IPFireDatabase.nodeLength,
        into: UnsafeMutableRawBufferPointer(
          rebasing: bytes[place * Self.blockLength..<place * Self.blockLength + length]))
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
