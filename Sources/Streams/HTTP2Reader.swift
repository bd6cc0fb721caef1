import Model
import Wire

/// Reads one direction of HTTP/2 without TLS, frame by frame (RFC 9113), for the destinations of its requests.
public struct HTTP2Reader: Sendable {
  public enum Step: Sendable, Equatable {
    /// Read again when at least this many bytes are there.
    case needsMore(Int)
    /// A frame of this length in bytes, whose payload may not have arrived yet. The destination is set if the frame
    /// ended a header block.
    case frame(length: Int, destination: HPACKDecoder.Destination?)
    case broken(WireError)
  }

  private var decoder = HPACKDecoder()
  /// The beginning of a header block whose other frames are still to come.
  private var block: [UInt8] = []
  private var isInBlock = false
  private var hasBegun = false

  /// Longest payload of a frame in bytes, unless the receiver allows more (RFC 9113 §4.2).
  static let longestFrame = 16_384
  /// Longest header block in bytes; servers refuse much shorter ones.
  static let longestBlock = 65_536

  public init() {}

  /// Memory of the unfinished header block and of the dynamic table, in bytes.
  package var allocatedBytes: Int { block.allocatedBytes + decoder.allocatedBytes }

  /// Types and flags of frames that are read (RFC 9113 §6).
  private enum Frame {
    static let headers: UInt8 = 1
    static let settings: UInt8 = 4
    static let pushPromise: UInt8 = 5
    static let continuation: UInt8 = 9

    static let endHeaders: UInt8 = 0x04
    static let padded: UInt8 = 0x08
    static let priority: UInt8 = 0x20
  }

  /// The connection preface of a client (RFC 9113 §3.4).
  private static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

  public enum Preface: Sendable, Equatable {
    case none
    case needsMore(Int)
    /// A whole preface of this length in bytes.
    case whole(Int)
  }

  /// Whether a client's stream begins with HTTP/2.
  public static func preface(of stream: RawSpan) -> Preface {
    let length = preface.utf8CodeUnitCount
    for index in 0..<min(stream.byteCount, length) where stream.byte(index) != preface.utf8Start[index] {
      return .none
    }
    return stream.byteCount < length ? .needsMore(length) : .whole(length)
  }

  /// Reads the frame at the beginning of `bytes`.
  public mutating func read(_ bytes: RawSpan) -> Step {
    // RFC 9113 §4.1: length 3, type 1, flags 1, stream 4.
    guard bytes.byteCount >= 9 else { return .needsMore(9) }
    let length = Int(bytes.byte(0)) << 16 | Int(bytes.uint16(1))
    let type = bytes.byte(3)
    let flags = bytes.byte(4)
    let stream = bytes.uint32(5) & 0x7fff_ffff
    if !hasBegun {
      // RFC 9113 §3.4: both sides begin with a SETTINGS frame.
      guard type == Frame.settings, stream == 0, length % 6 == 0 else { return .broken(.badValue(.http2Frame)) }
      hasBegun = true
    }
    guard isInBlock == (type == Frame.continuation) else { return .broken(.badValue(.http2Frame)) }
    switch type {
    case Frame.headers, Frame.pushPromise, Frame.continuation: break
    default: return .frame(length: 9 + length, destination: nil)
    }
    guard stream > 0, length <= HTTP2Reader.longestFrame, block.count + length <= HTTP2Reader.longestBlock else {
      return .broken(.tooMany(.http2Frame))
    }
    guard bytes.byteCount >= 9 + length else { return .needsMore(9 + length) }
    do throws(WireError) {
      let fragment = try HTTP2Reader.fragment(bytes.extracting(9..<9 + length), type: type, flags: flags)
      guard flags & Frame.endHeaders != 0 else {
        block.append(contentsOf: fragment.copyBytes())
        isInBlock = true
        return .frame(length: 9 + length, destination: nil)
      }
      let destination: HPACKDecoder.Destination
      if isInBlock {
        block.append(contentsOf: fragment.copyBytes())
        let whole = block
        block = []
        isInBlock = false
        destination = try decoder.decode(whole.span.bytes)
      } else {
        destination = try decoder.decode(fragment)
      }
      return .frame(length: 9 + length, destination: destination)
    } catch {
      return .broken(error)
    }
  }

  /// The fragment of a header block in a frame's payload (RFC 9113 §6.2, §6.6, §6.10), without padding and priority.
  @_lifetime(copy payload)
  private static func fragment(_ payload: RawSpan, type: UInt8, flags: UInt8) throws(WireError) -> RawSpan {
    var reader = ByteReader(payload)
    var padding = 0
    if type != Frame.continuation, flags & Frame.padded != 0 { padding = Int(try reader.readUInt8(.http2Frame)) }
    if type == Frame.headers, flags & Frame.priority != 0 { try reader.skip(5, .http2Frame) }
    if type == Frame.pushPromise { try reader.skip(4, .http2Frame) }
    guard padding <= reader.remaining else { throw .badLength(.http2Frame) }
    return try reader.readBytes(reader.remaining - padding, .http2Frame)
  }
}
