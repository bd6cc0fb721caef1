import CPcap
import Glibc
import Model

/// A capture filter in the language of pcap-filter(7) that compiles, and quickly, since it is compiled for each
/// interface that is opened while others are being read.
public struct PacketFilter: Sendable, Hashable {
  public let text: String

  /// libpcap's optimiser takes cubic time: 600 hosts take 70 s, 256 words at most one.
  public static let wordLimit = 256
  /// The kernel's BPF_MAXINSNS. libpcap would silently apply a longer filter in the program.
  public static let instructionLimit = 4_096
  /// A range of ports takes eight comparisons, a host two.
  static let wordsForRange = 4

  /// Checks and compiles the text; may take a second.
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

  /// Number of words that are conditions; `and`, `or` and `not`, which join them, do not count.
  static func wordCount(_ text: String) -> Int {
    words(text).reduce(0) { count, word in
      if ["and", "or", "not"].contains(where: { word.elementsEqual($0.utf8) }) { return count }
      return count + (word.contains(UInt8(ascii: "-")) ? wordsForRange : 1)
    }
  }

  /// Whether a word has dots like a host name, and is neither an IPv4 address or network nor a hardware address such as
  /// `0000.5e00.5301`.
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

  /// Returns a program that the caller must free with `pcap_freecode`.
  private static func compile(_ text: String, for handle: OpaquePointer) throws(PacketFilterError) -> bpf_program {
    guard !text.utf8.contains(0) else { throw .notUnderstood("it contains a NUL") }
    var program = bpf_program()
    guard pcap_compile(handle, &program, text, 1, unknownNetmask) == 0 else {
      throw .notUnderstood(String(cString: pcap_geterr(handle)))
    }
    return program
  }

  /// Sets the filter on an open interface.
  ///
  /// - Returns: whether the kernel filters. If it has no room for the filter (`net.core.optmem_max`), libpcap filters
  ///   in the program.
  func install(on handle: OpaquePointer) throws(PacketFilterError) -> Bool {
    // Compiled for the live handle, since there the kernel has removed VLAN tags from the packets.
    var program = try PacketFilter.compile(text, for: handle)
    defer { pcap_freecode(&program) }
    guard pcap_setfilter(handle, &program) == 0 else { throw .notUnderstood(String(cString: pcap_geterr(handle))) }
    // SO_GET_FILTER without room for an answer returns the number of instructions in the kernel.
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
  /// A name would be resolved each time an interface is opened, and no packet is read in the meantime.
  case namesHost
  case tooManyInstructions(Int)
}

enum LinkTypeNumber {
  static let ethernet: Int32 = 1
}
