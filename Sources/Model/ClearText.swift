/// The first bytes that a flow's originator sent in clear text, message by message; for identifier classes only, never stored.
public struct ClearText: Sendable, Equatable {
  public enum Form: Sendable {
    /// A request of HTTP/1 with as much of its body as was kept.
    case httpRequest
    /// A further piece of a body: a chunk, or what came after the hour.
    case httpBody
    /// Lines of a protocol of lines, such as SMTP.
    case lines
    /// A message of LDAP.
    case directoryMessage
  }

  public struct Message: Sendable, Equatable {
    public var form: Form
    /// Offset of its first byte in `bytes`.
    public var start: Int
  }

  /// At most `limit` bytes.
  public private(set) var bytes: [UInt8] = []
  /// In the order in which they were sent.
  public private(set) var messages: [Message] = []

  public static let limit = 8_192
  /// Requests with a name and a target are longer than 16 bytes.
  private static let maximumMessages = 512
  /// Bytes that can still be added.
  public var room: Int { messages.count < ClearText.maximumMessages ? ClearText.limit - bytes.count : 0 }

  public init() {}

  /// Begins a message; lines follow upon lines as one.
  public mutating func begin(_ form: Form) {
    guard room > 0, form != .lines || messages.last?.form != .lines else { return }
    messages.append(Message(form: form, start: bytes.count))
  }

  /// Adds bytes to the last message, as far as there is room.
  public mutating func append(_ part: [UInt8]) { bytes.append(contentsOf: part.prefix(room)) }

  /// A message with its bytes.
  public func content(_ index: Int) -> ArraySlice<UInt8> {
    bytes[messages[index].start..<(index + 1 < messages.count ? messages[index + 1].start : bytes.count)]
  }

  package var allocatedBytes: Int { bytes.allocatedBytes + messages.allocatedBytes }
}
