/// A connection ID of QUIC version 1 or a similar version (RFC 9000 §5.1, §17.2): 0 to 20 bytes, stored inline.
public struct QUICConnectionID: Sendable, Equatable {
  /// Bytes 0 to 7, 8 to 15 and 16 to 19; unused bytes are zero.
  private var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
  private var length: UInt8 = 0

  /// RFC 9000 §17.2: the longest connection ID of version 1. Other versions may have longer ones, which nobody uses.
  public static let maximumLength = 20

  /// The empty connection ID.
  public init() {}

  /// - Parameter bytes: 0 to 20 bytes; more trap.
  public init(_ bytes: RawSpan) {
    precondition(bytes.byteCount <= QUICConnectionID.maximumLength)
    length = UInt8(bytes.byteCount)
    withUnsafeMutableBytes(of: &words) { words in bytes.withUnsafeBytes { words.copyMemory(from: $0) } }
  }

  /// A copy of the bytes in an array.
  public var bytes: [UInt8] { withBytes { $0.copyBytes() } }

  /// Calls `body` with the bytes.
  package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    withUnsafeBytes(of: words) { body($0.bytes.extracting(0..<Int(length))) }
  }

  public static func == (first: QUICConnectionID, second: QUICConnectionID) -> Bool {
    first.length == second.length && first.words == second.words
  }
}
