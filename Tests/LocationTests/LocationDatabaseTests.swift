import Foundation
@testable import Location
import Model
import TestSupport
import Testing

private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

private let example: [LocationDatabaseWriter.Network] = [
  .init("198.51.100.0/24", country: "DE", system: (64_500, "Example Net")),
  .init("198.51.100.128/25", country: "IE", system: (64_501, "Beispiel für Ämter")),
  .init("203.0.113.0/24", country: "US", system: (64_502, "Many Places"), traits: [.anycast]),
  .init("192.0.2.0/28", traits: [.satellite, .anonymousProxy]),
  .init("2001:db8::/32", country: "FR", system: (4_200_000_000, "Six")),
  .init("2001:db8:1::/48", country: "CH"),
]

@Suite("Location databases: operator and country of an address")
struct LocationDatabaseTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test("an IPFire database gives the owner of the narrowest network, for both families")
  func ipfire() throws {
    let database = try LocationDatabase(path: folder.write(LocationDatabaseWriter.ipfire(example), to: "a.db"))
    let expected: [(String, NetworkOwner)] = [
      ("198.51.100.0", NetworkOwner(systemNumber: 64_500, systemName: "Example Net", country: "DE")),
      ("198.51.100.127", NetworkOwner(systemNumber: 64_500, systemName: "Example Net", country: "DE")),
      ("198.51.100.128", NetworkOwner(systemNumber: 64_501, systemName: "Beispiel für Ämter", country: "IE")),
      ("198.51.101.0", .unknown),
      ("203.0.113.9", NetworkOwner(systemNumber: 64_502, systemName: "Many Places", country: "US", traits: [.anycast])),
      ("192.0.2.15", NetworkOwner(traits: [.satellite, .anonymousProxy])),
      ("192.0.2.16", .unknown),
      ("2001:db8:2::1", NetworkOwner(systemNumber: 4_200_000_000, systemName: "Six", country: "FR")),
      // The narrower network has no autonomous system, and the wider one is not used.
      ("2001:db8:1::1", NetworkOwner(country: "CH")),
      ("2001:db9::", .unknown), ("::", .unknown), ("0.0.0.0", .unknown), ("255.255.255.255", .unknown),
    ]
    for (text, owner) in expected { #expect(database.owner(of: try address(text)) == owner, "\(text)") }
  }

  @Test("a database has its format, name, licence, date and hash")
  func stamps() throws {
    let bytes = LocationDatabaseWriter.ipfire(example)
    let ipfire = try LocationDatabase(path: folder.write(bytes, to: "a.db")).stamp
    #expect(ipfire.format == .ipfire)
    #expect(ipfire.name == "Example location database")
    #expect(ipfire.description == "Made for a test. Nobody lives there.")
    #expect(ipfire.licence == "CC0")
    #expect(ipfire.date == "2022-10-29")
    #expect(ipfire.citation == "Example location database, CC0")
    #expect(ipfire.hash.count == 71)

    let maxMind = try LocationDatabase(path: folder.write(LocationDatabaseWriter.maxMind(example), to: "a.mmdb")).stamp
    #expect(maxMind.format == .maxMind)
    #expect(maxMind.name == "GeoLite2-Country")
    #expect(maxMind.description == "Made for a test")
    #expect(maxMind.licence == nil)
    #expect(maxMind.date == "2022-10-29")
    #expect(maxMind.citation == "GeoLite2-Country")
    #expect(maxMind.hash != ipfire.hash)
  }

  @Test("control characters in texts of a database are escaped")
  func hostileTexts() throws {
    let bytes = LocationDatabaseWriter.ipfire(
      example, vendor: "\u{1b}[31mRed", description: "", licence: "a\u{202e}b")
    let stamp = try LocationDatabase(path: folder.write(bytes, to: "a.db")).stamp
    #expect(stamp.name == "\\x1b[31mRed location database")
    #expect(stamp.description == nil)
    #expect(stamp.licence == "a\\x202eb")
  }

  @Test("a MaxMind DB gives countries or autonomous systems, with each record size", arguments: [24, 28, 32])
  func maxMind(recordSize: Int) throws {
    let countries = try LocationDatabase(
      path: folder.write(LocationDatabaseWriter.maxMind(example, recordSize: recordSize), to: "country.mmdb"))
    let systems = try LocationDatabase(
      path: folder.write(
        LocationDatabaseWriter.maxMind(example, type: "GeoLite2-ASN", recordSize: recordSize), to: "asn.mmdb"))
    #expect(countries.owner(of: try address("198.51.100.127")) == NetworkOwner(country: "DE"))
    #expect(countries.owner(of: try address("198.51.100.128")) == NetworkOwner(country: "IE"))
    #expect(countries.owner(of: try address("203.0.113.9")) == NetworkOwner(country: "US", traits: [.anycast]))
    #expect(countries.owner(of: try address("192.0.2.3")) == NetworkOwner(traits: [.satellite, .anonymousProxy]))
    #expect(countries.owner(of: try address("2001:db8:1::1")) == NetworkOwner(country: "CH"))
    #expect(countries.owner(of: try address("2001:db8:2::1")) == NetworkOwner(country: "FR"))
    #expect(countries.owner(of: try address("2001:db9::1")) == .unknown)
    #expect(
      systems.owner(of: try address("198.51.100.200"))
        == NetworkOwner(systemNumber: 64_501, systemName: "Beispiel für Ämter"))
    #expect(
      systems.owner(of: try address("2001:db8:2::1"))
        == NetworkOwner(systemNumber: 4_200_000_000, systemName: "Six"))
  }

  @Test("a MaxMind DB for IPv4 only has no answer for IPv6")
  func maxMindIPv4() throws {
    let database = try LocationDatabase(
      path: folder.write(LocationDatabaseWriter.maxMind(example, isIPv4Only: true), to: "a.mmdb"))
    #expect(database.owner(of: try address("198.51.100.1")) == NetworkOwner(country: "DE"))
    #expect(database.owner(of: try address("2001:db8:2::1")) == .unknown)
    // Its first 32 bits are those of 198.51.100.1.
    #expect(database.owner(of: try address("c633:6401::")) == .unknown)
  }

  @Test("regions of registries, unassigned codes, and missing codes are not a country")
  func countries() throws {
    let codes = ["EU", "AP", "A1", "XX", "QM", "ZZ", "AA", "de", "\0\0", "XK", "QA", "AN"]
    let networks = codes.enumerated().map {
      LocationDatabaseWriter.Network("10.0.\($0.offset).0/24", country: $0.element)
    }
    let database = try LocationDatabase(path: folder.write(LocationDatabaseWriter.ipfire(networks), to: "a.db"))
    let found = try codes.indices.map { database.owner(of: try address("10.0.\($0).1")).country }
    #expect(found == Array(repeating: nil, count: 9) + ["XK", "QA", "AN"])
  }

  @Test("of several databases the first that has a fact provides it, and flags add up")
  func several() throws {
    let asn = LocationDatabaseWriter.maxMind(example, type: "GeoLite2-ASN")
    let ipfire = LocationDatabaseWriter.ipfire([
      .init("198.51.100.0/24", country: "AT", system: (1, "Other"), traits: [.anycast]),
      .init("192.0.2.0/24", country: "NL", system: (2, "Second")),
    ])
    var owners = try NetworkOwners(
      .files([folder.write(asn, to: "asn.mmdb"), folder.write(ipfire, to: "ipfire.db")]))
    #expect(owners.stamps.map(\.name) == ["GeoLite2-ASN", "Example location database"])
    let expected = NetworkOwner(systemNumber: 64_500, systemName: "Example Net", country: "AT", traits: [.anycast])
    #expect(owners.owner(of: try address("198.51.100.1")) == expected)
    #expect(owners.owner(of: try address("198.51.100.1")) == expected, "the kept answer is the same")
    #expect(
      owners.owner(of: try address("192.0.2.99")) == NetworkOwner(systemNumber: 2, systemName: "Second", country: "NL"))
  }

  @Test("a tree larger than what is kept of it gives the same answers, in any order and again")
  func largeTree() throws {
    // Some 110 nodes each, 330,000 in all; 262,144 are kept.
    let count: UInt64 = 3_000
    let ends = (0..<count).map {
      IPAddress(high: ($0 &* 0x9e37_79b9_7f4a_7c15) >> 3 | 1 << 61, low: $0 &* 0xd134_2543_de82_ef95)
    }
    let networks = ends.enumerated().map { index, end in
      LocationDatabaseWriter.Network("\(end)/128", country: "DE", system: (UInt32(index + 1), "System \(index + 1)"))
    }
    let database = try LocationDatabase(path: folder.write(LocationDatabaseWriter.ipfire(networks), to: "large.db"))
    for step in [1, 1_777, 1] {
      for number in 0..<Int(count) {
        let index = number * step % Int(count)
        let expected = NetworkOwner(
          systemNumber: UInt32(index + 1), systemName: "System \(index + 1)", country: "DE")
        try #require(database.owner(of: ends[index]) == expected)
        try #require(database.owner(of: IPAddress(high: ends[index].high, low: ends[index].low ^ 1)) == .unknown)
      }
    }
  }

  @Test("a tree that cannot be read any more gives no owner of a wider network instead")
  func unreadableTree() throws {
    let ends = (0..<UInt64(3_000)).map { IPAddress(high: 0x2001_0db8 << 32 | $0 &* 0x9e37_79b9 & 0xffff_ffff, low: $0) }
    let networks =
      [LocationDatabaseWriter.Network("2001:db8::/32", country: "FR")]
      + ends.map { LocationDatabaseWriter.Network("\($0)/128", country: "DE") }
    let bytes = LocationDatabaseWriter.ipfire(networks)
    let path = try folder.write(bytes, to: "cut.db")
    let database = try LocationDatabase(path: path)
    #expect(database.owner(of: IPAddress(high: 0x2001_0db8 << 32, low: 1 << 63)).country == "FR")
    #expect(truncate(path, bytes.count / 2) == 0)
    let countries = ends.map { database.owner(of: $0).country }
    #expect(Set(countries).isSubset(of: ["DE", nil]))
    #expect(countries.contains(nil))
  }

  @Test("addresses that share a place among the kept answers do not get each other's")
  func sharedPlaces() throws {
    let bytes = LocationDatabaseWriter.ipfire([
      .init("10.0.0.0/9", country: "DE"), .init("10.128.0.0/9", country: "FR"),
    ])
    var owners = try NetworkOwners(.files([folder.write(bytes, to: "halves.db")]))
    for _ in 0..<2 {
      for number in UInt32(0)..<20_000 {
        try #require(owners.owner(of: IPAddress(v4: 0x0a00_0000 + number * 401)).country == "DE")
        try #require(owners.owner(of: IPAddress(v4: 0x0a80_0000 + number * 401)).country == "FR")
      }
    }
  }

  @Test("without a database every owner is unknown")
  func none() throws {
    var owners = try NetworkOwners(.none)
    #expect(owners.stamps.isEmpty)
    #expect(owners.owner(of: try address("8.8.8.8")) == .unknown)
  }

  @Test("answers do not change when more addresses are asked for than are kept")
  func bounded() throws {
    var owners = try NetworkOwners(.files([folder.write(LocationDatabaseWriter.ipfire(example), to: "a.db")]))
    for number in UInt32(0)..<70_000 {
      #expect(owners.owner(of: IPAddress(v4: 0x0a00_0000 + number)) == .unknown)
    }
    #expect(owners.owner(of: try address("198.51.100.1")).country == "DE")
  }

  @Test("an address is used in many places if the database or the register says so; a missing flag proves nothing")
  func anycast() {
    #expect(AnycastOrCDN(databaseSaysAnycast: true) == .yes)
    #expect(AnycastOrCDN(databaseSaysAnycast: true, register: .no) == .yes)
    #expect(AnycastOrCDN(databaseSaysAnycast: false) == .unknown)
    #expect(AnycastOrCDN(databaseSaysAnycast: false, register: .yes) == .yes)
    #expect(AnycastOrCDN(databaseSaysAnycast: false, register: .no) == .no)
  }
}

/// Few nodes, for tests that open a file thousands of times.
private let small = [
  LocationDatabaseWriter.Network("192.0.0.0/3", country: "DE", system: (64_500, "Example Net")),
  LocationDatabaseWriter.Network("8000::/2", country: "US", system: (64_501, "Other"), traits: [.anycast]),
]

@Suite("Malformed location databases")
struct BrokenLocationDatabaseTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func problem(_ path: String) -> LocationDatabaseError.Problem? {
    do throws(LocationDatabaseError) {
      let database = try LocationDatabase(path: path)
      lookUp(in: database)
      return nil
    } catch {
      #expect(error.file == path)
      return error.problem
    }
  }

  /// Addresses on every branch of the example.
  private func lookUp(in database: LocationDatabase) {
    for network in small {
      _ = database.owner(of: network.prefix.address)
      _ = database.owner(of: IPAddress(high: network.prefix.address.high, low: network.prefix.address.low | 0xff))
    }
    _ = database.owner(of: IPAddress(high: .max, low: .max))
    _ = database.owner(of: IPAddress(v4: .max))
  }

  @Test("a missing file, a folder, a device and a pipe are reported with what to do")
  func noFiles() throws {
    #expect(problem(folder.path("missing.db")) == .missing)
    #expect(problem(folder.url.path) == .noRegularFile)
    #expect(problem("/dev/zero") == .noRegularFile)
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(problem(pipe) == .noRegularFile)
    let file = try folder.write([1], to: "file")
    #expect(problem(file + "/below") == .unreadable("Not a directory"))
    let error = #expect(throws: LocationDatabaseError.self) { try LocationDatabase(path: "/missing/location.db") }
    #expect(
      error?.description
        == "/missing/location.db: the location database is missing; expected a readable file; install the Debian package libloc-database, or correct 'location' in the configuration"
    )
  }

  @Test("an empty file, other magic, random bytes and another kind of MaxMind DB are refused")
  func otherContent() throws {
    #expect(problem(try folder.write([UInt8](), to: "empty")) == .otherFormat)
    #expect(problem(try folder.write("LOCDBXY" + String(repeating: "x", count: 9_000), to: "magic")) == .otherFormat)
    var generator = SplitMix(state: 7)
    #expect(problem(try folder.write((0..<100_000).map { _ in generator.byte() }, to: "random")) == .otherFormat)
    var other = LocationDatabaseWriter.ipfire(example)
    other[7] = 2
    #expect(problem(try folder.write(other, to: "version")) == .otherVersion(2))
    let type = LocationDatabaseWriter.maxMind(example, type: "GeoIP2-Connection-Type")
    #expect(problem(try folder.write(type, to: "type")) == .otherContent("GeoIP2-Connection-Type"))
    let late = LocationDatabaseWriter.ipfire(example, createdAt: .max)
    #expect(problem(try folder.write(late, to: "late")) == .damaged(DamageTexts.noDate))
  }

  /// Calls `body` with `whole` truncated to each length, longest first.
  private func forEachCut(_ whole: [UInt8], _ body: (Int, LocationDatabaseError.Problem?) -> Void) throws {
    // One file is shortened step by step: writing a new one each time would wait for the disk.
    let path = try folder.write(whole, to: "cut")
    for length in whole.indices.reversed() {
      #expect(truncate(path, length) == 0)
      body(length, problem(path))
    }
  }

  @Test("an IPFire database truncated at any length is refused")
  func cutIPFire() throws {
    try forEachCut(LocationDatabaseWriter.ipfire(small)) { length, found in
      switch found {
      case .otherFormat: #expect(length < 7)
      case .damaged(DamageTexts.headerCut): #expect((7..<4_200).contains(length))
      case .damaged: #expect(length >= 4_200)
      default: Issue.record("cut at \(length): \(String(describing: found))")
      }
    }
  }

  @Test("a MaxMind DB truncated at any length is refused")
  func cutMaxMind() throws {
    try forEachCut(LocationDatabaseWriter.maxMind(small)) { length, found in
      if case .damaged = found { return }
      #expect(found == .otherFormat, "cut at \(length)")
    }
  }

  @Test("no changed byte makes a look-up trap or hang", arguments: [0xff, 0x80, 0x01] as [UInt8])
  func changedBytes(mask: UInt8) throws {
    let databases = [
      LocationDatabaseWriter.ipfire(small), LocationDatabaseWriter.maxMind(small),
      LocationDatabaseWriter.maxMind(small, type: "GeoLite2-ASN"),
    ]
    for bytes in databases {
      let path = try folder.write(bytes, to: UUID().uuidString)
      let descriptor = open(path, O_WRONLY)
      defer { close(descriptor) }
      for index in bytes.indices {
        var changed = bytes[index] ^ mask
        #expect(pwrite(descriptor, &changed, 1, off_t(index)) == 1)
        _ = problem(path)
        changed ^= mask
        #expect(pwrite(descriptor, &changed, 1, off_t(index)) == 1)
      }
      #expect(problem(path) == nil)
    }
  }

  @Test(
    "a tree with a cycle or an index out of bounds is refused, and so are missing names and networks")
  func lies() throws {
    let whole = LocationDatabaseWriter.ipfire(example)
    func changed(_ section: Int, _ field: Int, _ value: UInt32) throws -> LocationDatabaseError.Problem? {
      var bytes = whole
      let place = 28 + section * 8
      let offset = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      bytes.replaceSubrange(
        offset + field..<offset + field + 4,
        with: (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) })
      return problem(try folder.write(bytes, to: "lie"))
    }
    #expect(try changed(2, 12, 1) == .damaged(DamageTexts.nodeAstray))
    #expect(try changed(2, 0, .max) == .damaged(DamageTexts.nodeAstray))
    #expect(try changed(2, 8, 99) == .damaged(DamageTexts.nodeWithoutNetwork))
    #expect(try changed(0, 0, .max) == .damaged(DamageTexts.systemsUnordered))
    #expect(try changed(0, 4, .max) == .damaged(DamageTexts.systemName))
  }
}

@Suite("Debian's location database")
struct DebianLocationDatabaseTests {
  private static let path = "/usr/share/libloc-location/location.db"

  /// scripts/test installs the package.
  private func database() throws -> LocationDatabase {
    try #require(
      FileManager.default.fileExists(atPath: Self.path),
      "install the Debian package libloc-database, or run scripts/test")
    return try LocationDatabase(path: Self.path)
  }

  @Test("it is read: date, licence, vendor, and an owner for most of the Internet")
  func real() throws {
    let database = try database()
    #expect(database.stamp.name == "IPFire Project location database")
    #expect(database.stamp.licence == "CC BY-SA 4.0")
    #expect(database.stamp.date >= "2022-10-29")
    // Facts that are true in any edition; countries and names may change.
    #expect(database.owner(of: try address("8.8.8.8")).systemNumber == 15_169)
    #expect(database.owner(of: try address("8.8.8.8")).traits == [.anycast])
    #expect(database.owner(of: try address("2001:4860:4860::8888")).systemNumber == 15_169)
    #expect(database.owner(of: try address("20.189.173.1")).systemNumber == 8_075)
    #expect(database.owner(of: try address("20.189.173.1")).systemName?.uppercased().contains("MICROSOFT") == true)
    #expect(database.owner(of: try address("141.76.0.1")).country == "DE")
    for text in ["10.0.0.1", "192.0.2.1", "127.0.0.1", "fe80::1", "::1"] {
      #expect(database.owner(of: try address(text)) == .unknown, "\(text)")
    }
  }

  @Test("truncated at many lengths it is refused; its own library crashed the process")
  func cut() throws {
    let whole = try database()
    let folder = try TemporaryDirectory()
    let copy = folder.path("copy.db")
    try FileManager.default.copyItem(atPath: whole.path, toPath: copy)
    let size = try #require(FileManager.default.attributesOfItem(atPath: copy)[.size] as? Int)
    for length in [
      size - 1, size - 1_000_000, size / 2, size / 4, 800_000, 100_000, 8_192, 5_000, 4_200, 4_199, 100, 9, 8,
    ] {
      #expect(truncate(copy, length) == 0)
      let error = #expect(throws: LocationDatabaseError.self, "\(length)") { try LocationDatabase(path: copy) }
      guard case .damaged = error?.problem else {
        Issue.record("cut at \(length): \(String(describing: error))")
        continue
      }
    }
  }

  @Test("a file that is truncated after it was opened makes owners unknown, without a trap")
  func cutLater() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(LocationDatabaseWriter.ipfire(example), to: "a.db")
    let database = try LocationDatabase(path: path)
    #expect(truncate(path, 4_200) == 0)
    #expect(database.owner(of: try address("198.51.100.1")) == .unknown)
  }
}

/// Steele, Lea, Flood: the same bytes each time.
private struct SplitMix {
  var state: UInt64

  mutating func byte() -> UInt8 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return UInt8(truncatingIfNeeded: value ^ (value >> 31))
  }
}
