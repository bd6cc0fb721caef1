import Model
import Wire

/// Decodes header blocks of HTTP/2 (RFC 7541), keeping only the fields that name the destination.
///
/// Other fields may be personal. Only their sizes are kept, which keep the dynamic table consistent with the sender's.
public struct HPACKDecoder: Sendable {
  /// The destination of a request, as its header block names it.
  public struct Destination: Sendable, Equatable {
    /// `:authority` (RFC 9113 §8.3.1), as sent.
    public var authority: String?
    /// `host` field, as sent.
    public var host: String?
    public var isConnect = false

    public init(authority: String? = nil, host: String? = nil, isConnect: Bool = false) {
      self.authority = authority
      self.host = host
      self.isConnect = isConnect
    }
  }

  private enum Name: UInt8 {
    case authority, method, host, other

    init(_ text: some Collection<UInt8>) {
      switch text.count {
      case 10 where text.elementsEqual(":authority".utf8): self = .authority
      case 7 where text.elementsEqual(":method".utf8): self = .method
      case 4 where text.elementsEqual("host".utf8): self = .host
      default: self = .other
      }
    }

    init(_ text: String) { self.init(text.utf8) }

    static let longest = 10
  }

  private struct Entry {
    var name: Name
    /// Nil for fields that do not name the destination, and for values longer than `longestValue`.
    var value: String?
    var nameLength: Int
    /// Both lengths and 32 (RFC 7541 §4.1).
    var size: Int
  }

  /// The dynamic table, newest last; entries in front of `oldest` have been evicted.
  private var entries: [Entry] = []
  private var oldest = 0
  /// Memory of the dynamic table, in bytes.
  package var allocatedBytes: Int { entries.allocatedBytes + valueBytes }
  /// Memory of the values in the dynamic table, in bytes.
  private var valueBytes = 0
  /// Size of the dynamic table as RFC 7541 §4.1 defines it.
  package private(set) var tableSize = 0
  private var limit = 4_096

  /// Largest dynamic table that is followed, in bytes; browsers use up to 64 KiB.
  static let largestTable = 65_536
  /// Longest value that is kept: a host name with a port.
  static let longestValue = RawSpan.longestAuthority
  /// Most fields in a block: browsers send some twenty, and servers refuse more than a hundred. A reference to an entry
  /// of the table has one byte, so a hostile block could hold tens of thousands.
  static let maximumFields = 256

  public init() {}

  /// Reads one whole header block. After an error the dynamic table is no longer consistent with the sender's, and no
  /// further block can be read.
  public mutating func decode(_ block: RawSpan) throws(WireError) -> Destination {
    var destination = Destination()
    var reader = ByteReader(block)
    var fields = 0
    while !reader.isAtEnd {
      let first = try reader.readUInt8(.http2Field)
      if first & 0xe0 == 0x20 {
        // RFC 7541 §6.3: a new limit of the dynamic table.
        let size = try HPACKDecoder.integer(first, prefix: 5, &reader)
        guard size <= HPACKDecoder.largestTable else { throw .badLength(.http2Field) }
        limit = size
        evict()
        continue
      }
      fields += 1
      guard fields <= HPACKDecoder.maximumFields else { throw .tooMany(.http2Field) }
      if first & 0x80 != 0 {
        let index = try HPACKDecoder.integer(first, prefix: 7, &reader)
        // No entry of the static table has a value that names a destination.
        if let place = try place(of: index), entries[place].name != .other {
          HPACKDecoder.note(entries[place].name, entries[place].value, &destination)
        }
        continue
      }
      // Literals (RFC 7541 §6.2); if they begin with the bits 01, they are added to the dynamic table.
      let isIndexed = first & 0x40 != 0
      let index = try HPACKDecoder.integer(first, prefix: isIndexed ? 6 : 4, &reader)
      var name = Name.other
      var nameLength = 0
      if index == 0 {
        (name, nameLength) = try HPACKDecoder.name(&reader)
      } else if let place = try place(of: index) {
        (name, nameLength) = (entries[place].name, entries[place].nameLength)
      } else {
        (name, nameLength) = HPACKDecoder.staticNames[index - 1]
      }
      let value = try HPACKDecoder.string(&reader, keeps: name != .other)
      HPACKDecoder.note(name, value.text, &destination)
      if isIndexed {
        insert(
          Entry(name: name, value: value.text, nameLength: nameLength, size: nameLength + value.length + 32))
      }
    }
    return destination
  }

  private static func note(_ name: Name, _ value: String?, _ destination: inout Destination) {
    guard let value else { return }
    switch name {
    case .authority: if destination.authority == nil, !value.isEmpty { destination.authority = value }
    case .host: if destination.host == nil, !value.isEmpty { destination.host = value }
    case .method: if value == "CONNECT" { destination.isConnect = true }
    case .other: break
    }
  }

  /// - Returns: the index into `entries`; nil for an entry of the static table.
  private func place(of index: Int) throws(WireError) -> Int? {
    guard index > 0 else { throw .badValue(.http2Field) }
    if index <= HPACKDecoder.staticNames.count { return nil }
    let place = entries.count - (index - HPACKDecoder.staticNames.count)
    guard place >= oldest else { throw .badValue(.http2Field) }
    return place
  }

  private mutating func insert(_ entry: Entry) {
    entries.append(entry)
    tableSize += entry.size
    valueBytes += entry.value?.allocatedBytes ?? 0
    evict()
  }

  private mutating func evict() {
    while tableSize > limit, oldest < entries.count {
      tableSize -= entries[oldest].size
      valueBytes -= entries[oldest].value?.allocatedBytes ?? 0
      entries[oldest].value = nil
      oldest += 1
    }
    guard oldest > 64, oldest * 2 > entries.count else { return }
    entries.removeFirst(oldest)
    oldest = 0
  }

  /// Reads an integer (RFC 7541 §5.1) whose prefix is the lowest `prefix` bits of `first`.
  private static func integer(
    _ first: UInt8, prefix: UInt8, _ reader: inout ByteReader
  ) throws(WireError) -> Int {
    let mask = UInt8(1 << prefix - 1)
    var value = Int(first & mask)
    guard value == Int(mask) else { return value }
    var shift = 0
    while true {
      let byte = try reader.readUInt8(.http2Field)
      // Four more bytes reach 2^28: no valid length or index is larger.
      guard shift <= 21 else { throw .badLength(.http2Field) }
      value += Int(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
  }

  /// Reads a literal name (RFC 7541 §5.2) without making a string of it, and returns it with its length in bytes.
  private static func name(_ reader: inout ByteReader) throws(WireError) -> (name: Name, length: Int) {
    let first = try reader.readUInt8(.http2Field)
    let bytes = try reader.readBytes(try integer(first, prefix: 7, &reader), .http2Field)
    if first & 0x80 == 0 { return (bytes.withUnsafeBytes { Name($0) }, bytes.byteCount) }
    var decoded: [UInt8] = []
    let length = try HuffmanCode.decode(bytes) { byte in
      if decoded.count <= Name.longest { decoded.append(byte) }
    }
    return (Name(decoded), length)
  }

  /// Reads a string literal (RFC 7541 §5.2).
  ///
  /// - Returns: the decoded length in bytes, and the text if `keeps` is set and it is not longer than `longestValue`.
  private static func string(
    _ reader: inout ByteReader, keeps: Bool
  ) throws(WireError) -> (length: Int, text: String?) {
    let first = try reader.readUInt8(.http2Field)
    let bytes = try reader.readBytes(try integer(first, prefix: 7, &reader), .http2Field)
    if first & 0x80 == 0 {
      return (bytes.byteCount, keeps && bytes.byteCount <= longestValue ? bytes.latin1Text() : nil)
    }
    var decoded: [UInt8] = []
    let length = try HuffmanCode.decode(bytes) { byte in
      if keeps, decoded.count <= longestValue { decoded.append(byte) }
    }
    return (length, keeps && length <= longestValue ? decoded.span.bytes.latin1Text() : nil)
  }

  /// Names of the static table (RFC 7541 appendix A), from index 1, with their lengths.
  private static let staticNames: [(Name, Int)] = [
    ":authority", ":method", ":method", ":path", ":path", ":scheme", ":scheme", ":status", ":status", ":status",
    ":status", ":status", ":status", ":status", "accept-charset", "accept-encoding", "accept-language",
    "accept-ranges", "accept", "access-control-allow-origin", "age", "allow", "authorization", "cache-control",
    "content-disposition", "content-encoding", "content-language", "content-length", "content-location",
    "content-range", "content-type", "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match",
    "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link", "location",
    "max-forwards", "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh", "retry-after",
    "server", "set-cookie", "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via",
    "www-authenticate",
  ].map { (Name($0), $0.utf8.count) }
}
