/// An HTTP/2 frame (RFC 9113 §4.1).
public struct HTTP2Frame: Sendable {
  public var type: UInt8
  public var flags: UInt8
  public var stream: UInt32
  public var payload: [UInt8]

  public init(type: UInt8, flags: UInt8 = 0, stream: UInt32, _ payload: [UInt8]) {
    self.type = type
    self.flags = flags
    self.stream = stream
    self.payload = payload
  }

  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendUInt24(payload.count)
    bytes += [type, flags]
    bytes.appendUInt32(stream)
    return bytes + payload
  }

  /// Header block of a GET request without Huffman coding: method, scheme, path, authority that goes into the dynamic
  /// table.
  public static func request(_ authority: String, stream: UInt32) -> HTTP2Frame {
    HTTP2Frame(
      type: 1, flags: 4 | 1, stream: stream,
      [0x82, 0x86, 0x84, 0x41, UInt8(authority.utf8.count)] + Array(authority.utf8))
  }

  /// Preface and settings: what a client's connection begins with.
  public static let clientBeginning =
    Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + HTTP2Frame(type: 4, stream: 0, []).bytes
}
