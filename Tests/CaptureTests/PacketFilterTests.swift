import Model
import Glibc
import Testing

@testable import Capture

@Suite("Capture filters")
struct PacketFilterTests {
  @Test(
    "a filter of pcap-filter(7) is accepted",
    arguments: [
      "tcp port 443", "vlan and not host 10.0.0.1", "ether src 00:00:5e:00:53:01", "len <= 128",
      "ether host 0000.5e00.53ab or net 10.20.0.0/16", "ip[6:2] & 0x1fff != 0",
    ])
  func good(text: String) throws {
    #expect(try PacketFilter(text).text == text)
    #expect(try PacketFilter(text) == PacketFilter(text))
  }

  @Test(
    "a filter that libpcap does not understand is refused with its reason",
    arguments: [
      "tcp porto 443", "(", "host 10.0.0.300", "port 99999", "tcp\u{0} port 443",
      String(repeating: "(", count: 100_000),
      String(repeating: "not ", count: 100_000) + "tcp",
    ])
  func bad(text: String) {
    #expect {
      try PacketFilter(text)
    } throws: { error in
      guard case .notUnderstood(let reason)? = error as? PacketFilterError else { return false }
      return !reason.isEmpty
    }
  }

  @Test(
    "words are counted however they are joined; and, or, not do not count, and a range counts as four",
    arguments: [
      ("host 10.0.0.1", 2), ("host(10.0.0.1)or(10.0.0.2)", 3), ("not host 2001:db8::1 and tcp", 3),
      ("portrange 1000-2000", 5), ("ip[6:2] & 0x1fff != 0 || udp", 5), ("", 0), ("andy or not orville", 2),
    ])
  func words(text: String, count: Int) {
    #expect(PacketFilter.wordCount(text) == count)
  }

  @Test(
    "no resolver is asked for a name",
    arguments: ["host www.musterstadt.example", "net 10.20.0.0/16 or dst canary.example", "host 10.20.0.1a"])
  func names(text: String) {
    #expect(throws: PacketFilterError.namesHost) { try PacketFilter(text) }
  }

  private func list(_ count: Int, _ item: (Int) -> String) -> String {
    (0..<count).map(item).joined(separator: " or ")
  }

  @Test("600 hosts are refused at once, and the message names the limit and an alternative")
  func manyHosts() {
    let seconds = processorSeconds {
      let error = #expect(throws: PacketFilterError.self) {
        try PacketFilter("not (" + list(600) { "host 10.20.\($0 / 250).\(1 + $0 % 250)" } + ")")
      }
      #expect(error == .tooLong(words: 1_200))
      #expect(error?.problem.en == "the filter has 1200 words")
      #expect(
        error?.expected.en
          == "at most 256, where and, or, not do not count and a range of ports counts for 4: to compile more would take minutes"
      )
      #expect(
        error?.nextStep.en
          == "name networks (net 10.20.9.0/24) in place of single hosts, or list devices that are to leave no row under exclusions"
      )
    }
    #expect(seconds < 0.1)
  }

  @Test("the most expensive filters within the word limit are compiled in seconds, and fit the kernel or are refused")
  func dearest() throws {
    let filters = [
      "host (" + list(255) { "10.20.\($0).1" } + ")", "net (" + list(255) { "10.\($0).0.0/16" } + ")",
      list(51) { "portrange \(1_000 + $0)-\(2_000 + $0)" }, "portrange (" + list(63) { "\(1_000 + $0)-2999" } + ")",
    ]
    for filter in filters {
      #expect(PacketFilter.wordCount(filter) > 250)
      // 0.9 s at most on the machine of docs/performance.md.
      let seconds = try processorSeconds { _ = try PacketFilter(filter) }
      #expect(seconds < 5)
    }
    #expect(throws: PacketFilterError.tooManyInstructions(4_563)) {
      try PacketFilter("host (" + list(255) { "2001:db8:\($0):1::7" } + ")")
    }
  }

  private func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    try body()
    return now() - start
  }
}
