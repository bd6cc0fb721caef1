/// A boundary at which untrusted bytes enter, with properties that must hold for all bytes.
///
/// The fuzzer (folder `Fuzz`) and the ordinary test run call the same `check`.
public struct FuzzTarget: Sendable {
  /// Name of the target and of its folder in `seeds/fuzz`.
  public let name: String
  /// Longest input that the fuzzer makes, in bytes.
  public let maximumLength: Int
  /// Parses an input and tests the properties; a trap violates them too.
  public let check: @Sendable ([UInt8]) throws(BrokenProperty) -> Void

  public static let all: [FuzzTarget] = [
    FuzzTarget(name: "frame", maximumLength: 1_024, check: FuzzTarget.frame),
    FuzzTarget(name: "dns", maximumLength: 4_096, check: FuzzTarget.dns),
    FuzzTarget(name: "client-hello", maximumLength: 4_096, check: FuzzTarget.clientHello),
    FuzzTarget(name: "certificate", maximumLength: 4_096, check: FuzzTarget.certificate),
    FuzzTarget(name: "dtls", maximumLength: 4_096, check: FuzzTarget.dtls),
    FuzzTarget(name: "quic-initial", maximumLength: 4_096, check: FuzzTarget.quicInitial),
    FuzzTarget(name: "http", maximumLength: 4_096, check: FuzzTarget.http),
    FuzzTarget(name: "http2", maximumLength: 4_096, check: FuzzTarget.http2),
    FuzzTarget(name: "socks", maximumLength: 1_024, check: FuzzTarget.socks),
    FuzzTarget(name: "plain-opening", maximumLength: 6_144, check: FuzzTarget.plainOpening),
    FuzzTarget(name: "stream", maximumLength: 4_096, check: FuzzTarget.stream),
    FuzzTarget(name: "tracker", maximumLength: 8_192, check: FuzzTarget.tracker),
    FuzzTarget(name: "pcap", maximumLength: 4_096, check: FuzzTarget.pcap),
  ]
}

/// Description of a property that an input violates.
public struct BrokenProperty: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

func require(_ holds: Bool, _ property: @autoclosure () -> String) throws(BrokenProperty) {
  guard holds else { throw BrokenProperty(property()) }
}

/// Reader of an input: choices first, the message last. Missing bytes are read as zeros and empty parts.
struct FuzzInput {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func byte() -> Int { Int(bytes.popFirst() ?? 0) }

  mutating func number16() -> Int { byte() << 8 | byte() }

  /// At most `count` bytes.
  mutating func part(_ count: Int) -> [UInt8] {
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }

  /// A part preceded by its length in two bytes.
  mutating func part16() -> [UInt8] { part(number16()) }

  mutating func rest() -> [UInt8] { part(bytes.count) }

  /// A message preceded by the places where it is to be cut: their number (low three bits of a byte), two bytes for
  /// each.
  ///
  /// - Returns: the message and ascending, distinct offsets in it, neither 0 nor the end.
  mutating func messageWithCuts() -> (message: [UInt8], cuts: [Int]) {
    let wanted = (0..<(byte() & 7)).map { _ in number16() }
    let message = rest()
    guard message.count > 1 else { return (message, []) }
    return (message, Set(wanted.map { 1 + $0 % (message.count - 1) }).sorted())
  }
}
