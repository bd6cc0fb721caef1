import Glibc
import Matching
import Model
import Rules

// What matching costs at 1,000,000 names and 100,000 prefixes, beside a hash of suffixes over the same names. Run by `scripts/bench matcher`.

let nameCount = 1_000_000
let prefixCount = 100_000
let lookupCount = 1 << 18

/// SplitMix64 (Steele, Lea, Flood 2014): the same lists in every run.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}

// MARK: Measuring

func now(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Resident memory of this process in bytes, once the heap has given back what is free.
func residentBytes() -> Int {
  if let trim = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> Int32).self)(0) }
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
  let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
    separator: " ")
  return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
}

/// The value, the processor seconds that it took to make, and the bytes by which memory grew.
func made<Value>(_ make: () -> Value) -> (value: Value, seconds: Double, bytes: Int) {
  let before = residentBytes()
  let start = now(CLOCK_PROCESS_CPUTIME_ID)
  let value = make()
  let seconds = now(CLOCK_PROCESS_CPUTIME_ID) - start
  return (value, seconds, residentBytes() - before)
}

/// Nanoseconds for one look-up, as median and 99th percentile of runs of 32: a single one is shorter than the clock takes.
///
/// By the clock that is read without asking the kernel: asking it for processor time put 20 ns on each look-up of a run.
///
/// The keys of a run are read before it, as a name has just been read from its packet; what they lead to is as cold as chance has it.
/// `expected`: how many look-ups must find something.
func nanoseconds<Key: Hashable>(_ keys: [Key], expected: Int, _ find: (Key) -> Bool) -> (median: Double, high: Double) {
  let run = 32
  var found = 0
  var read = 0
  var times: [Double] = []
  for start in stride(from: 0, to: keys.count, by: run) {
    for index in start..<min(start + run, keys.count) { read ^= keys[index].hashValue }
    let begin = now(CLOCK_MONOTONIC)
    for index in start..<min(start + run, keys.count) where find(keys[index]) { found += 1 }
    times.append((now(CLOCK_MONOTONIC) - begin) / Double(run) * 1e9)
  }
  guard found == expected, read != 1 else {
    print("\(found) of \(keys.count) look-ups found something, expected \(expected)")
    exit(1)
  }
  times.sort()
  return (times[times.count / 2], times[times.count * 99 / 100])
}

func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(width - text.count, 0)) + text }

func decimal(_ value: Double, _ places: Int) -> String {
  let scale = pow(10, Double(places))
  let scaled = Int((value * scale).rounded())
  guard places > 0 else { return String(scaled) }
  let fraction = String(scaled % Int(scale))
  return "\(scaled / Int(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
}

func row(_ title: String, _ columns: [String]) {
  print(title + String(repeating: " ", count: max(34 - title.count, 0)) + columns.map { padded($0, 12) }.joined())
}

/// Nanoseconds that the processor waits for one place of 32 MiB that it has not read of late: what a look-up in a large list pays at least once.
func nanosecondsOfMemory(_ lists: inout Lists) -> Double {
  // One cycle through all lines of 64 bytes, in random order.
  let lines = 32 << 20 / 64
  let order = (0..<lines).shuffled(using: &lists.dice)
  var next = [Int](repeating: 0, count: lines * 8)
  for (line, following) in zip(order, order.dropFirst() + order.prefix(1)) { next[line * 8] = following * 8 }
  var place = 0
  let begin = now(CLOCK_THREAD_CPUTIME_ID)
  for _ in 0..<lines { place = next[place] }
  let seconds = now(CLOCK_THREAD_CPUTIME_ID) - begin
  guard place == 0 else { exit(1) }
  return seconds / Double(lines) * 1e9
}

// MARK: Lists

/// Names, prefixes and addresses; the same in every run.
struct Lists {
  var dice = Dice(state: 1)

  mutating func word(_ length: ClosedRange<Int>) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    return String(
      decoding: (0..<Int.random(in: length, using: &dice)).map { _ in letters.randomElement(using: &dice)! },
      as: UTF8.self)
  }

  private let topLevels = [
    "com", "com", "com", "net", "org", "de", "eu", "fr", "io", "info", "ru", "co.uk", "top", "xyz", "example",
  ]
  private let hosts = [
    "www", "ads", "track", "metrics", "telemetry", "events", "api", "cdn", "v10", "stats", "log", "img",
  ]

  mutating func registeredDomain() -> String { word(4...14) + "." + topLevels.randomElement(using: &dice)! }

  mutating func host() -> String { Bool.random(using: &dice) ? hosts.randomElement(using: &dice)! : word(2...10) }

  /// As in lists of trackers: a third registered domains, the rest hosts below them, some domains with many hosts.
  mutating func listedNames() -> [String] {
    var names: Set<String> = []
    var domain = registeredDomain()
    while names.count < nameCount {
      if Int.random(in: 0..<3, using: &dice) > 0 { domain = registeredDomain() }
      switch Int.random(in: 0..<20, using: &dice) {
      case 0..<7: names.insert(domain)
      case 7..<16: names.insert(host() + "." + domain)
      default: names.insert(word(3...8) + "." + host() + "." + domain)
      }
    }
    return names.sorted()
  }

  /// IPv4 prefixes of 8 to 32 bits and IPv6 prefixes of 20 to 64, three to one, most of the lengths that networks announce.
  mutating func prefixes() -> [IPPrefix] {
    var found: Set<IPPrefix> = []
    while found.count < prefixCount {
      let isIPv4 = found.count % 4 < 3
      let length =
        isIPv4
        ? [16, 20, 22, 23, 24, 24, 24, 24, 32].randomElement(using: &dice)!
        : [29, 32, 40, 44, 48, 48, 48, 64].randomElement(using: &dice)!
      found.insert(IPPrefix(address: address(isIPv4), length: length)!)
    }
    return found.sorted()
  }

  /// Unicast: IPv4 below 224.0.0.0, IPv6 in the blocks of the five registries.
  mutating func address(_ isIPv4: Bool) -> IPAddress {
    if isIPv4 { return IPAddress(v4: UInt32.random(in: 0x0100_0000..<0xe000_0000, using: &dice)) }
    let block = [0x2001, 0x2400, 0x2600, 0x2800, 0x2a00, 0x2c00].randomElement(using: &dice)!
    let high = UInt64(block) << 48 | UInt64.random(in: 0..<1 << 52, using: &dice) & 0x000f_ffff_ffff_ffff
    return IPAddress(high: high, low: UInt64.random(in: 0 ... .max, using: &dice))
  }
}

// MARK: Names

/// A hash of suffixes, as it is often built: every ending of the name is looked up, longest first.
struct SuffixDictionary {
  var exact: [Substring: Int] = [:]
  var below: [Substring: Int] = [:]

  init(_ patterns: [String]) {
    for (index, pattern) in patterns.enumerated() {
      if pattern.hasPrefix("*.") { below[pattern.dropFirst(2)] = index } else { exact[pattern[...]] = index }
    }
  }

  func firstMatch(_ name: String) -> Int? {
    var rest = name.lowercased()[...]
    if rest.hasSuffix(".") { rest = rest.dropLast() }
    if let index = exact[rest] { return index }
    while let point = rest.utf8.firstIndex(of: UInt8(ascii: ".")) {
      rest = rest[rest.index(after: point)...]
      if let index = below[rest] { return index }
    }
    return nil
  }
}

func benchmarkNames(_ lists: inout Lists) {
  let listed = lists.listedNames()
  // Half stand for themselves, half for all names below.
  let patterns = listed.enumerated().map { $0.offset.isMultiple(of: 2) ? $0.element : "*." + $0.element }
  let known = SuffixDictionary(patterns)
  let hits = (0..<lookupCount).map { _ in
    let index = Int.random(in: 0..<listed.count, using: &lists.dice)
    return index.isMultiple(of: 2) ? listed[index] : lists.host() + "." + listed[index]
  }
  var strangers: [String] = []
  var neighbours: [String] = []
  while strangers.count < lookupCount {
    let name = lists.host() + "." + lists.registeredDomain()
    if known.firstMatch(name) == nil { strangers.append(name) }
  }
  while neighbours.count < lookupCount {
    let name = lists.word(3...9) + "." + listed[Int.random(in: 0..<listed.count / 2, using: &lists.dice) * 2]
    if known.firstMatch(name) == nil { neighbours.append(name) }
  }
  print("\(patterns.count) names of \(patterns.reduce(0) { $0 + $1.utf8.count } / patterns.count) bytes on average\n")
  row("", ["load s", "bytes/name", "grown/name", "miss ns", "below ns", "hit ns", "hit p99 ns"])

  func measure(_ title: String, seconds: Double, stored: String, bytes: Int, _ find: (String) -> Bool) {
    let miss = nanoseconds(strangers, expected: 0, find)
    let below = nanoseconds(neighbours, expected: 0, find)
    let hit = nanoseconds(hits, expected: hits.count, find)
    row(
      title,
      [
        decimal(seconds, 2), stored, String(bytes / nameCount), decimal(miss.median, 0), decimal(below.median, 0),
        decimal(hit.median, 0), decimal(hit.high, 0),
      ])
  }
  let matcher = made { NameMatcher(patterns) }
  measure(
    "matcher", seconds: matcher.seconds, stored: String(matcher.value.storedBytes / nameCount), bytes: matcher.bytes
  ) {
    var best = Int.max
    matcher.value.forEachMatch($0) { best = min(best, $0) }
    return best < Int.max
  }
  let dictionary = made { SuffixDictionary(patterns) }
  measure("hash of suffixes", seconds: dictionary.seconds, stored: "-", bytes: dictionary.bytes) {
    dictionary.value.firstMatch($0) != nil
  }
}

// MARK: Addresses

/// One look-up for each length that occurs, the longest first.
struct LengthDictionary {
  var lengths: [Bool: [Int]] = [:]
  var ranges: [IPPrefix: Int] = [:]

  init(_ prefixes: [IPPrefix]) {
    for (index, prefix) in prefixes.enumerated() { ranges[prefix] = index }
    for isIPv4 in [true, false] {
      lengths[isIPv4] = Set(prefixes.filter { $0.address.isIPv4 == isIPv4 }.map(\.length)).sorted(by: >)
    }
  }

  func firstMatch(_ address: IPAddress) -> Int? {
    for length in lengths[address.isIPv4] ?? [] {
      if let prefix = IPPrefix(address: address, length: length), let index = ranges[prefix] { return index }
    }
    return nil
  }
}

func benchmarkAddresses(_ lists: inout Lists) {
  let prefixes = lists.prefixes()
  let known = LengthDictionary(prefixes)
  var hits: [IPAddress] = []
  var misses: [IPAddress] = []
  while hits.count < lookupCount {
    let prefix = prefixes.randomElement(using: &lists.dice)!
    let low = UInt64.random(in: 0 ... .max, using: &lists.dice)
    hits.append(
      prefix.address.isIPv4
        ? IPAddress(
          v4: prefix.address.v4 | UInt32(truncatingIfNeeded: low)
            & (prefix.length == 32 ? 0 : .max >> UInt32(prefix.length)))
        : IPAddress(high: prefix.address.high, low: low))
  }
  while misses.count < lookupCount {
    let address = lists.address(misses.count % 4 < 3)
    if known.firstMatch(address) == nil { misses.append(address) }
  }
  print("\n\(prefixes.count) prefixes\n")
  row("", ["load s", "bytes/prefix", "grown/prefix", "miss ns", "hit ns", "hit p99 ns"])

  func measure(_ title: String, seconds: Double, stored: String, bytes: Int, _ find: (IPAddress) -> Bool) {
    let miss = nanoseconds(misses, expected: 0, find)
    let hit = nanoseconds(hits, expected: hits.count, find)
    row(
      title,
      [
        decimal(seconds, 2), stored, String(bytes / prefixCount), decimal(miss.median, 0), decimal(hit.median, 0),
        decimal(hit.high, 0),
      ])
  }
  let matcher = made { AddressMatcher(prefixes) }
  measure(
    "matcher", seconds: matcher.seconds, stored: String(matcher.value.storedBytes / prefixCount), bytes: matcher.bytes
  ) {
    var best = Int.max
    matcher.value.forEachMatch($0) { best = min(best, $0) }
    return best < Int.max
  }
  let dictionary = made { LengthDictionary(prefixes) }
  measure("hash for each length", seconds: dictionary.seconds, stored: "-", bytes: dictionary.bytes) {
    dictionary.value.firstMatch($0) != nil
  }
}

var lists = Lists()
print("one read of memory that is in no near cache: \(decimal(nanosecondsOfMemory(&lists), 0)) ns\n")
benchmarkNames(&lists)
benchmarkAddresses(&lists)
