import Matching
import Model
import TestSupport
import Testing

private func matches(_ matcher: NameMatcher, _ name: String) -> [Int] {
  var found: Set<Int> = []
  matcher.forEachMatch(name) { found.insert($0) }
  return found.sorted()
}

@Suite("Name matcher")
struct NameMatcherTests {
  @Test("finds every pattern that matches, by its index")
  func every() {
    let matcher = NameMatcher([
      "*.example.net", "a.example.net", "example.net", "*.net", "a.*.net", "a.example.net", "*a*.example.net",
      "*.*.net",
      "*.a.*.net",
    ])
    #expect(matches(matcher, "a.example.net") == [0, 1, 3, 4, 5, 6, 7])
    #expect(matches(matcher, "A.Example.NET.") == [0, 1, 3, 4, 5, 6, 7])
    #expect(matches(matcher, "example.net") == [2, 3])
    #expect(matches(matcher, "b.a.example.net") == [0, 3, 7, 8])
    #expect(matches(matcher, "net") == [])
    #expect(matches(matcher, "anet") == [])
  }

  @Test(
    "has no answer for text that is not a name",
    arguments: ["", ".", "..", ".example.net", "a..example.net", "example.net..", "*"])
  func noName(_ name: String) {
    let matcher = NameMatcher([
      "example.net", "*.example.net", "*.net", "a.*.example.net", "", ".", "a..example.net", "*.",
    ])
    #expect(matches(matcher, name) == [])
  }

  @Test("has no answer without patterns, and none for a pattern that is too long to be a name")
  func lengths() {
    #expect(matches(NameMatcher([]), "example.net") == [])
    let long = String(repeating: "a.", count: 126) + "net"
    #expect(long.utf8.count == 255)
    let matcher = NameMatcher([long, "a" + long, "*.net"])
    #expect(matches(matcher, long) == [0, 2])
    #expect(matches(matcher, "a" + long) == [2])
    #expect(matches(NameMatcher(["*.net"]), String(repeating: "a.", count: 100_000) + "net") == [0])
  }

  @Test("agrees with a plain comparison of labels on random patterns and names", arguments: 1...16)
  func agreesWithPlainComparison(seed: UInt64) {
    var dice = SeededGenerator(seed: seed)
    // Few letters, so that patterns share endings, meet and repeat; some with capitals and with empty labels.
    func text(labels: ClosedRange<Int>, letters: String) -> String {
      (0..<Int.random(in: labels, using: &dice)).map { _ in
        let length = Int.random(in: 0..<20, using: &dice) == 0 ? 0 : Int.random(in: 1...3, using: &dice)
        return String((0..<length).map { _ in letters.randomElement(using: &dice)! })
      }.joined(separator: ".")
    }
    let patterns = (0..<Int.random(in: 0...80, using: &dice)).map { _ in
      (Bool.random(using: &dice) ? "*." : "")
        + text(labels: 1...4, letters: Int.random(in: 0..<3, using: &dice) == 0 ? "aB*" : "ab")
    }
    let matcher = NameMatcher(patterns)
    for _ in 0..<150 {
      let name = text(labels: 1...12, letters: "abA") + (Int.random(in: 0..<8, using: &dice) == 0 ? "." : "")
      let expected = patterns.indices.filter { plainlyFits(patterns[$0], name) }
      #expect(matches(matcher, name) == expected, "\(name) against \(patterns)")
    }
  }

  @Test("keeps few bytes of each of 100,000 names, and no step of a look-up meets a crowded bucket")
  func size() {
    let names = (0..<100_000).map { "host\($0 % 7).domain\($0 / 3).example" }
    let matcher = NameMatcher(names)
    let bytes = names.reduce(0) { $0 + $1.utf8.count }
    // Six bytes of head for each; lines are a third full; a byte of the filter for each, and a few in crowded lines.
    #expect(matcher.storedBytes < 16 * (bytes + 6 * names.count) / 5)
    // A line that is not full, and two records to a bucket of those that found their line full.
    #expect(matcher.longestBucket < 128 + 20 * (6 + 32))
    #expect(names.indices.allSatisfy { matches(matcher, names[$0]) == [$0] })
  }

  @Test("no list of names crowds a bucket, since each matcher has its own hash seed")
  func chosenNames() {
    // One bit apart, one character apart, and the same eight characters at other places.
    let names = (0..<50_000).map { number in
      String((0..<16).map { number >> $0 & 1 == 0 ? "a" : "q" }) + ".example"
    }
    for _ in 0..<3 { #expect(NameMatcher(names).longestBucket < 128 + 20 * (6 + 24)) }
  }
}

@Suite("Known services")
struct KnownServicesTests {
  private let services = KnownServices(
    resolvers: ["Example.net", "a.example.org"], relays: ["relay.example.net", "mask.example.com"])

  @Test("include each name and all names below it, in upper or lower case, and tell what it belongs to")
  func kinds() {
    for name in ["example.net", "EXAMPLE.NET.", "x.y.example.net", "a.example.org", "b.a.example.org"] {
      #expect(services.kinds(ofName: name) == .resolver, "\(name)")
    }
    for name in ["mask.example.com", "b.Mask.example.com."] {
      #expect(services.kinds(ofName: name) == .relay, "\(name)")
    }
    for name in ["relay.example.net", "a.relay.example.net"] {
      #expect(services.kinds(ofName: name) == [.resolver, .relay], "\(name)")
    }
    for name in [
      "", ".", "net", "xexample.net", "example.net.evil.org", "example.org", "a..example.net", ".example.net",
    ] {
      #expect(services.kinds(ofName: name).isEmpty, "\(name)")
    }
    #expect(KnownServices().kinds(ofName: "example.net").isEmpty)
  }

  @Test("are equal if they have the same names and addresses")
  func equality() {
    let same = KnownServices(
      resolvers: ["a.example.ORG", "example.net"], relays: ["mask.example.com", "relay.example.net"])
    #expect(services == same)
    #expect(Set([services, same]).count == 1)
    #expect(services != KnownServices(resolvers: services.relays, relays: services.resolvers))
    #expect(KnownServices(outerNames: ["a.net"]) != KnownServices())
    #expect(KnownServices(resolverAddresses: [IPAddress(v4: 1)]) != KnownServices())
  }
}
