import CPcap
import Glibc
import Model

/// What the kernel lets through, in the language of pcap-filter(7): one that compiles, and quickly, since it is compiled again for each interface
/// that is opened while others are read.
public struct PacketFilter: Sendable, Hashable {
  public let text: String

  /// libpcap's optimiser takes cubic time: 600 hosts take 70 s, 256 words at most one.
  public static let wordLimit = 256
  /// The kernel's BPF_MAXINSNS. libpcap would filter what is longer in the program, and say nothing.
  public static let instructionLimit = 4_096
  /// A range of ports is eight comparisons where a host is two.
  static let wordsForRange = 4

  public init(_ text: String) throws(PacketFilterError) {
    let words = PacketFilter.wordCount(text)
    guard words <= PacketFilter.wordLimit else { throw .tooLong(words: words) }
    guard !PacketFilter.namesHost(text) else { throw .namesHost }
    guard let handle = pcap_open_dead(LinkTypeNumber.ethernet, Int32(CaptureSettings.snapLengths.upperBound)) else {
      throw .notUnderstood("libpcap has no memory")
    }
    defer { pcap_close(handle) }
    var program = try PacketFilter.compile(text, for: handle)
    defer { pcap_freecode(&program) }
    guard program.bf_len <= PacketFilter.instructionLimit else { throw .tooManyInstructions(Int(program.bf_len)) }
    self.text = text
  }

  /// Words that make conditions: `and`, `or` and `not` only join them.
  static func wordCount(_ text: String) -> Int {
    words(text).reduce(0) { count, word in
      if ["and", "or", "not"].contains(where: { word.elementsEqual($0.utf8) }) { return count }
      return count + (word.contains(UInt8(ascii: "-")) ? wordsForRange : 1)
    }
  }

  /// Whether a word has dots as a name has: no IPv4 address or network, and no hardware address such as `0000.5e00.5301`.
  private static func namesHost(_ text: String) -> Bool {
    words(text).contains { word in
      let parts = word.prefix { $0 != UInt8(ascii: "/") }.split(separator: UInt8(ascii: "."))
      guard parts.count > 1, !word.contains(UInt8(ascii: ":")), !parts.joined().allSatisfy({ $0.isASCIIDigit }) else {
        return false
      }
      return !(parts.count == 3 && parts.allSatisfy { $0.count == 4 && $0.allSatisfy(\.isASCIIHexadecimal) })
    }
  }

  private static func words(_ text: String) -> [Substring.UTF8View] {
    text.utf8.split { character in
      !character.isASCIIAlphanumeric && character < 0x80 && !"._:/-\\".utf8.contains(character)
    }
  }

  /// To be given back to `pcap_freecode`.
  private static func compile(_ text: String, for handle: OpaquePointer) throws(PacketFilterError) -> bpf_program {
    guard !text.utf8.contains(0) else { throw .notUnderstood("it holds a NUL") }
    var program = bpf_program()
    guard pcap_compile(handle, &program, text, 1, unknownNetmask) == 0 else {
      throw .notUnderstood(String(cString: pcap_geterr(handle)))
    }
    return program
  }

  /// Has the interface show only what fits.
  ///
  /// - Returns: whether the kernel filters. Where it has no room for the filter (`net.core.optmem_max`), libpcap does, in the program.
  func install(on handle: OpaquePointer) throws(PacketFilterError) -> Bool {
    // Of a live handle, since there the kernel has taken VLAN tags out of the packets.
    var program = try PacketFilter.compile(text, for: handle)
    defer { pcap_freecode(&program) }
    guard pcap_setfilter(handle, &program) == 0 else { throw .notUnderstood(String(cString: pcap_geterr(handle))) }
    // SO_GET_FILTER without room for an answer tells how many instructions the kernel has.
    var count: socklen_t = 0
    return getsockopt(pcap_fileno(handle), SOL_SOCKET, SO_ATTACH_FILTER, nil, &count) != 0 || count > 0
  }

  /// PCAP_NETMASK_UNKNOWN: only `ip broadcast` would need one.
  private static let unknownNetmask: UInt32 = 0xffff_ffff
}

/// Why a filter cannot be used.
public enum PacketFilterError: Error, Equatable, Sendable {
  /// In libpcap's words.
  case notUnderstood(String)
  case tooLong(words: Int)
  /// A name would be asked of the resolver each time an interface is opened, while no packet is read.
  case namesHost
  case tooManyInstructions(Int)
}

enum LinkTypeNumber {
  static let ethernet: Int32 = 1
}
