/// The first bytes that a flow's originator sent in clear text, message by message; only for identifier classes, never
/// stored.
public struct ClearText: Sendable, Equatable {
  public enum Form: Sendable {
    /// An HTTP/1 request with the part of its body that was kept.
    case httpRequest
    /// A later piece of a body: a chunk, or the bytes after the record was cut at the full hour.
    case httpBody
    /// Lines of a line-based protocol, such as SMTP.
    case lines
    /// An LDAP message.
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
  /// A request with a name and a target is longer than 16 bytes.
  private static let maximumMessages = 512
  /// Bytes that can still be added.
  public var room: Int { messages.count < ClearText.maximumMessages ? ClearText.limit - bytes.count : 0 }

  public init() {}

  /// Begins a message; consecutive lines form one message.
  public mutating func begin(_ form: Form) {
    guard room > 0, form != .lines || messages.last?.form != .lines else { return }
    messages.append(Message(form: form, start: bytes.count))
  }

  /// Adds bytes to the last message, up to the limit.
  public mutating func append(_ part: [UInt8]) {
    // Most texts are one message, whose bytes need not be copied.
    if bytes.isEmpty, part.count <= room { bytes = part } else { bytes.append(contentsOf: part.prefix(room)) }
  }

  /// A message with its bytes.
  public func content(_ index: Int) -> ArraySlice<UInt8> {
    bytes[messages[index].start..<(index + 1 < messages.count ? messages[index + 1].start : bytes.count)]
  }

  package var allocatedBytes: Int { bytes.allocatedBytes + messages.allocatedBytes }
}
