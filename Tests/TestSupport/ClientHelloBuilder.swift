/// Makes TLS ClientHello messages (RFC 8446 §4.1.2) and the records that carry them.
public struct ClientHelloBuilder: Sendable {
  /// First byte of the `encrypted_client_hello` extension (RFC 9849 §5).
  public enum ECH: UInt8, Sendable {
    case outer = 0
    case inner = 1
  }

  /// Bytes U+0000 to U+00FF; nil leaves the extension out.
  public var serverName: String?
  public var legacyVersion: UInt16 = 0x0303
  /// Empty leaves `supported_versions` out.
  public var supportedVersions: [UInt16] = [0x0a0a, 0x0304, 0x0303]
  /// Empty leaves ALPN out.
  public var applicationProtocols = ["h2", "http/1.1"]
  public var ech: ECH?
  /// 32 bytes of X25519, and a small hello with its tag.
  public var echKeyLength = 32
  public var echPayloadLength = 144
  /// Further extensions, before those above.
  public var leadingExtensions: [(type: UInt16, content: [UInt8])] = []
  /// Of DTLS (RFC 6347 §4.2.1); nil for TLS.
  public var cookie: [UInt8]?
  public var sessionIdentifier = [UInt8](repeating: 0x5e, count: 32)
  public var cipherSuites: [UInt16] = [0x1301, 0x1302, 0x1303, 0xc02f]
  /// The whole handshake message, header included, is padded to this many bytes if it is shorter (RFC 7685).
  public var paddedTo = 0

  public init(_ serverName: String?) { self.serverName = serverName }

  /// An extension's bytes, type and length included.
  public static func extensionBytes(_ type: UInt16, _ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendUInt16(Int(type))
    bytes.appendPart16(content)
    return bytes
  }

  /// After the type (RFC 9849 §5): HKDF-SHA256, AES-128-GCM, configuration, key, payload.
  private var sealedHello: [UInt8] {
    var bytes: [UInt8] = [0, 1, 0, 1, 0x2a]
    bytes.appendPart16(Array(repeating: 0xec, count: echKeyLength))
    bytes.appendPart16(Array(repeating: 0xed, count: echPayloadLength))
    return bytes
  }

  private var extensions: [UInt8] {
    var bytes = leadingExtensions.flatMap { ClientHelloBuilder.extensionBytes($0.type, $0.content) }
    if let serverName {
      var entry: [UInt8] = [0]
      entry.appendPart16(serverName.unicodeScalars.map { UInt8($0.value) })
      var list: [UInt8] = []
      list.appendPart16(entry)
      bytes += ClientHelloBuilder.extensionBytes(0, list)
    }
    if !applicationProtocols.isEmpty {
      var list: [UInt8] = []
      list.appendPart16(applicationProtocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) })
      bytes += ClientHelloBuilder.extensionBytes(16, list)
    }
    if !supportedVersions.isEmpty {
      var list: [UInt8] = [UInt8(supportedVersions.count * 2)]
      for version in supportedVersions { list.appendUInt16(Int(version)) }
      bytes += ClientHelloBuilder.extensionBytes(43, list)
    }
    if let ech {
      bytes += ClientHelloBuilder.extensionBytes(0xfe0d, [ech.rawValue] + (ech == .outer ? sealedHello : []))
    }
    return bytes
  }

  /// The message without its four-byte header.
  public var body: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendUInt16(Int(legacyVersion))
    bytes.append(contentsOf: (0..<32).map { UInt8($0) })
    bytes.append(UInt8(sessionIdentifier.count))
    bytes.append(contentsOf: sessionIdentifier)
    if let cookie { bytes.append(contentsOf: [UInt8(cookie.count)] + cookie) }
    bytes.appendUInt16(cipherSuites.count * 2)
    for suite in cipherSuites { bytes.appendUInt16(Int(suite)) }
    bytes.append(contentsOf: [1, 0])
    var extensions = extensions
    let missing = paddedTo - 4 - bytes.count - 2 - extensions.count
    if missing >= 4 { extensions += ClientHelloBuilder.extensionBytes(21, Array(repeating: 0, count: missing - 4)) }
    bytes.appendPart16(extensions)
    return bytes
  }

  /// The handshake message, header included.
  public var handshake: [UInt8] {
    let body = body
    var bytes: [UInt8] = [1]
    bytes.appendUInt24(body.count)
    return bytes + body
  }

  /// The stream's bytes: the message in one record.
  public var record: [UInt8] { records(splitAt: []) }

  /// The stream's bytes: the message in several records.
  ///
  /// - Parameter splitAt: offsets in the handshake message at which a new record begins, rising.
  public func records(splitAt offsets: [Int]) -> [UInt8] {
    TLSRecords.bytes(handshake, splitAt: offsets)
  }
}

/// Puts handshake messages into records (RFC 8446 §5.1).
public enum TLSRecords {
  public static func bytes(
    _ message: [UInt8], splitAt offsets: [Int] = [], type: UInt8 = 22, version: UInt16 = 0x0301
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    let bounds = [0] + offsets + [message.count]
    for (start, end) in zip(bounds, bounds.dropFirst()) {
      bytes.append(type)
      bytes.appendUInt16(Int(version))
      bytes.appendPart16(Array(message[start..<end]))
    }
    return bytes
  }
}

/// Makes TLS ServerHello messages (RFC 8446 §4.1.3).
public struct ServerHelloBuilder: Sendable {
  public var legacyVersion: UInt16 = 0x0303
  /// Nil leaves `supported_versions` out, as servers before TLS 1.3 do.
  public var selectedVersion: UInt16? = 0x0304

  public init() {}

  public var body: [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendUInt16(Int(legacyVersion))
    bytes.append(contentsOf: (0..<32).map { UInt8(0xff - $0) })
    bytes.append(contentsOf: [32] + Array(repeating: 0x5e, count: 32) + [0x13, 0x01, 0])
    if let selectedVersion {
      var content: [UInt8] = []
      content.appendUInt16(Int(selectedVersion))
      bytes.appendPart16(ClientHelloBuilder.extensionBytes(43, content))
    }
    return bytes
  }

  /// The stream's bytes: the message in one record.
  public var record: [UInt8] {
    let body = body
    var message: [UInt8] = [2]
    message.appendUInt24(body.count)
    return TLSRecords.bytes(message + body, version: 0x0303)
  }
}
