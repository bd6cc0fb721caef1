/// Makes X.509 certificates in DER (RFC 5280 §4.1) with the parts that naming reads, and the messages that contain
/// them.
public struct CertificateBuilder: Sendable {
  public var commonNames: [String] = ["cn.example"]
  /// Nil leaves the extension out.
  public var dnsNames: [String]?
  public var isCritical = false
  public var hasVersion = true
  /// Bytes in the key, for certificates of any size.
  public var keyLength = 91

  public init(_ dnsNames: [String]?) { self.dnsNames = dnsNames }

  public static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    var bytes = [tag]
    switch content.count {
    case ..<0x80: bytes.append(UInt8(content.count))
    case ..<0x100: bytes += [0x81, UInt8(content.count)]
    default:
      bytes.append(0x82)
      bytes.appendUInt16(content.count)
    }
    return bytes + content
  }

  private func name(_ values: [String]) -> [UInt8] {
    let parts = values.flatMap { value in
      CertificateBuilder.element(
        0x31,
        CertificateBuilder.element(
          0x30, CertificateBuilder.element(6, [0x55, 4, 3]) + CertificateBuilder.element(0x0c, Array(value.utf8))))
    }
    return CertificateBuilder.element(0x30, parts)
  }

  public var bytes: [UInt8] {
    typealias Builder = CertificateBuilder
    let algorithm = Builder.element(0x30, Builder.element(6, [0x2a, 0x86, 0x48]))
    var signed = hasVersion ? Builder.element(0xa0, Builder.element(2, [2])) : []
    signed += Builder.element(2, [1, 2, 3]) + algorithm + name(["An issuer"])
    signed += Builder.element(0x30, Builder.element(0x17, Array("260101000000Z".utf8)))
    signed += name(commonNames)
    signed += Builder.element(0x30, algorithm + Builder.element(3, Array(repeating: 7, count: keyLength)))
    var extensions = Builder.element(
      0x30, Builder.element(6, [0x55, 0x1d, 0x0f]) + Builder.element(4, [3, 2, 5, 0xa0]))
    if let dnsNames {
      // An address and a mail address between the names.
      let others = Builder.element(0x87, [192, 0, 2, 1]) + Builder.element(0x81, Array("x@y.example".utf8))
      let names = Builder.element(0x30, others + dnsNames.flatMap { Builder.element(0x82, Array($0.utf8)) })
      extensions += Builder.element(
        0x30,
        Builder.element(6, [0x55, 0x1d, 0x11]) + (isCritical ? Builder.element(1, [0xff]) : [])
          + Builder.element(4, names))
    }
    signed += Builder.element(0xa3, Builder.element(0x30, extensions))
    return Builder.element(
      0x30, Builder.element(0x30, signed) + algorithm + Builder.element(3, Array(repeating: 9, count: 70)))
  }

  /// Body of a Certificate message (RFC 5246 §7.4.2) with this certificate first.
  public func chain(followedBy others: Int = 1) -> [UInt8] {
    var list: [UInt8] = []
    for _ in 0...others {
      list.appendUInt24(bytes.count)
      list += bytes
    }
    var body: [UInt8] = []
    body.appendUInt24(list.count)
    return body + list
  }

  /// The server's first flight of TLS 1.2: hello, certificate, end; without records.
  public func flight() -> [UInt8] {
    var hello = ServerHelloBuilder()
    hello.selectedVersion = nil
    return Handshake.message(2, hello.body) + Handshake.message(11, chain()) + Handshake.message(14, [])
  }
}

/// Handshake messages with their headers.
public enum Handshake {
  public static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    var bytes = [type]
    bytes.appendUInt24(body.count)
    return bytes + body
  }

  /// A record of DTLS with one fragment of a message (RFC 6347 §4.1, §4.2.2).
  public static func datagramRecord(
    _ type: UInt8, _ body: [UInt8], _ fragment: Range<Int>, number: UInt16 = 0, epoch: Int = 0, version: Int = 0xfeff
  ) -> [UInt8] {
    var content = [type]
    content.appendUInt24(body.count)
    content.appendUInt16(Int(number))
    content.appendUInt24(fragment.lowerBound)
    content.appendUInt24(fragment.count)
    content += body[fragment]
    var bytes: [UInt8] = [22]
    bytes.appendUInt16(version)
    bytes.appendUInt16(epoch)
    bytes += [0, 0, 0, 0, 0, 1]
    bytes.appendPart16(content)
    return bytes
  }
}
