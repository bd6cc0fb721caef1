import Cryptography
import Foundation
import Glibc
public import Model
import Wire

/// A destination that the administrator names, to which a machine inside opens one harmless flow each hour: if the
/// sensor sees it, it sees others too.
public struct CanarySink: Sendable, Hashable {
  /// Host name, in lower case.
  public var name: String
  public var port: UInt16

  /// Ways by which machines inside send a control in each hour; empty for the canary alone.
  public var paths: [ControlPath] = []
  /// Another address of the sink, to which its name does not resolve; for TLS without DNS.
  public var address: IPAddress?
  /// Port of HTTP in clear text.
  public var httpPort: UInt16 = 80
  /// The site's proxy, as host and port.
  public var proxy: HostAndPort?

  public static let standardPort: UInt16 = 443

  /// Nil unless `name` is a host name of at least two labels.
  public init?(name: String, port: UInt16 = CanarySink.standardPort) {
    let name = name.lowercased()
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let isName = labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy { $0.isASCIIDigit || $0.isASCIILowercase || $0 == UInt8(ascii: "-") }
    }
    guard isName, labels.count > 1, name.utf8.count <= 253, IPAddress(name) == nil else { return nil }
    self.name = name
    self.port = port
  }

  /// The way by which a control was sent; nil if the flow is none.
  func path(of record: FlowRecord) -> ControlPath? {
    guard let evidence = record.name, evidence.name.lowercased() == name else { return nil }
    if record.isThroughProxy { return paths.contains(.proxy) ? .proxy : nil }
    if evidence.method == .httpHost, record.responderPort == httpPort, paths.contains(.http) { return .http }
    guard record.responderPort == port else { return nil }
    // The name must come from the flow itself: by DNS, even a flow that the sensor cannot read would have it.
    if record.transport == .udp { return evidence.method == .quicSNI ? .quic : nil }
    guard evidence.method == .sni else { return nil }
    if !record.responder.isIPv4 { return .ipv6 }
    return record.hadDNS ? .tls : .tlsWithoutDNS
  }
}

/// Host and port of a service.
public struct HostAndPort: Sendable, Hashable {
  public var host: String
  public var port: UInt16

  /// Reads `proxy.musterstadt.example:3128`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let port = UInt16(parts[1]), port > 0,
      parts[0].utf8.allSatisfy({
        $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-")
          || $0 == UInt8(ascii: ".")
      })
    else { return nil }
    host = String(parts[0])
    self.port = port
  }
}

/// Opens the flow of a canary: one TCP connection and the ClientHello of a TLS handshake that is not continued.
///
/// Nothing is sent but the sink's name, which the administrator chose, and random numbers.
public struct Canary {
  public enum Outcome: Sendable, Equatable {
    /// The sink answered.
    case answered
    /// The connection was established, and the sink closed it or sent nothing for some seconds.
    case connected
  }

  public var sink: CanarySink
  /// Time limit for each step: connecting, and waiting for an answer.
  public var seconds = 10

  public init(sink: CanarySink) { self.sink = sink }

  /// - Throws: `CanaryError` if no connection was established; the sensor may have seen the attempt nevertheless.
  public func send() throws(CanaryError) -> Outcome {
    let descriptor = try connected(to: sink.name, sink.port)
    defer { close(descriptor) }
    return exchange([hello()], descriptor)
  }

  /// Sends a control by one way.
  ///
  /// - Throws: `CanaryError` if no connection was established, or if the configuration lacks what the way needs.
  public func send(by path: ControlPath) throws(CanaryError) -> Outcome {
    let descriptor: Int32
    var messages: [[UInt8]]
    switch path {
    case .tls:
      descriptor = try connected(to: sink.name, sink.port, family: AF_INET)
      messages = [hello()]
    case .tlsWithoutDNS:
      guard let address = sink.address else { throw error(CanaryTexts.addressMissing) }
      descriptor = try connected(to: address.description, sink.port)
      messages = [hello()]
    case .quic:
      descriptor = try connected(to: sink.name, sink.port, family: AF_INET, isDatagram: true)
      var generator = SystemRandomNumberGenerator()
      messages = [Canary.initialPacket(serverName: sink.name, using: &generator)]
    case .http:
      descriptor = try connected(to: sink.name, sink.httpPort, family: AF_INET)
      messages = [Array("HEAD / HTTP/1.1\r\nHost: \(sink.name)\r\nConnection: close\r\n\r\n".utf8)]
    case .ipv6:
      descriptor = try connected(to: sink.name, sink.port, family: AF_INET6)
      messages = [hello()]
    case .proxy:
      guard let proxy = sink.proxy else { throw error(CanaryTexts.proxyMissing) }
      descriptor = try connected(to: proxy.host, proxy.port)
      let target = "\(sink.name):\(sink.port)"
      messages = [Array("CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\r\n".utf8), hello()]
    }
    defer { close(descriptor) }
    return exchange(messages, descriptor)
  }

  private func error(_ reason: LocalizedText) -> CanaryError { CanaryError(sink: sink, reason: reason) }

  private func connected(
    to host: String, _ port: UInt16, family: Int32 = AF_UNSPEC, isDatagram: Bool = false
  ) throws(CanaryError) -> Int32 {
    var hints = addrinfo()
    hints.ai_family = family
    hints.ai_socktype = Int32((isDatagram ? SOCK_DGRAM : SOCK_STREAM).rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &hints, &list)
    guard code == 0, let first = list else {
      throw error(CanaryTexts.noAddress(String(cString: gai_strerror(code))))
    }
    defer { freeaddrinfo(first) }
    var reason: String?
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let address = next {
      let descriptor = socket(
        address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue),
        address.pointee.ai_protocol)
      var limit = timeval(tv_sec: seconds, tv_usec: 0)
      let size = socklen_t(MemoryLayout<timeval>.size)
      if descriptor >= 0, setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size) == 0,
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size) == 0,
        connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0
      {
        return descriptor
      }
      // A connection that takes too long is reported as still in progress.
      reason = String(cString: strerror(errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno))
      if descriptor >= 0 { close(descriptor) }
      next = address.pointee.ai_next
    }
    throw error(CanaryTexts.notConnected(reason))
  }

  private func hello() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return Canary.clientHello(serverName: sink.name, using: &generator)
  }

  /// Sends each message, and waits for an answer to it.
  private func exchange(_ messages: [[UInt8]], _ descriptor: Int32) -> Outcome {
    var answer = [UInt8](repeating: 0, count: 2_048)
    for message in messages {
      guard Glibc.send(descriptor, message, message.count, Int32(MSG_NOSIGNAL)) == message.count,
        recv(descriptor, &answer, answer.count, 0) > 0
      else { return .connected }
    }
    return .answered
  }

  /// A ClientHello as one record (RFC 8446 §4.1.2, §5.1) that servers of TLS 1.2 and 1.3 answer.
  static func clientHello(serverName: String, using generator: inout some RandomNumberGenerator) -> [UInt8] {
    [22, 0x03, 0x01] + counted(handshake(serverName: serverName, using: &generator))
  }

  private static func number(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xff), UInt8(value & 0xff)] }
  private static func counted(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count) + bytes }

  /// - Parameter quicID: Source Connection ID if the message is for QUIC (RFC 9001 §8).
  private static func handshake(
    serverName: String, quicID: [UInt8]? = nil, using generator: inout some RandomNumberGenerator
  ) -> [UInt8] {
    func extended(_ type: Int, _ bytes: [UInt8]) -> [UInt8] { number(type) + counted(bytes) }
    func random() -> [UInt8] { (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) } }

    let extensions =
      extended(0, counted([0] + counted(Array(serverName.utf8))))
      // supported_groups: x25519, secp256r1.
      + extended(10, counted([0x00, 0x1d, 0x00, 0x17]))
      // signature_algorithms: ECDSA, RSA-PSS and RSA with SHA-256.
      + extended(13, counted([0x04, 0x03, 0x08, 0x04, 0x04, 0x01]))
      // supported_versions: 1.3, 1.2.
      + extended(43, [4, 0x03, 0x04, 0x03, 0x03])
      // key_share: any 32 bytes are a public key of x25519 (RFC 7748 §5).
      + extended(51, counted([0x00, 0x1d] + counted(random())))
      // ALPN h3, and the transport parameter initial_source_connection_id (RFC 9000 §18.2).
      + (quicID.map { extended(16, counted([2] + Array("h3".utf8))) + extended(57, [0x0f, UInt8($0.count)] + $0) } ?? [])
    // Version 1.2, random, no session, three cipher suites, no compression.
    let body =
      [0x03, 0x03] + random() + [0] + counted([0x13, 0x01, 0xc0, 0x2b, 0xc0, 0x2f]) + [1, 0] + counted(extensions)
    return [1, 0] + counted(body)
  }

  /// A datagram with the Initial packet of a QUIC connection (RFC 9000 §14.1, §17.2.2).
  static func initialPacket(serverName: String, using generator: inout some RandomNumberGenerator) -> [UInt8] {
    let destination = (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let source = (0..<8).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let hello = handshake(serverName: serverName, quicID: source, using: &generator)
    // CRYPTO at offset 0 (RFC 9000 §19.6), with its length in two bytes.
    var frames: [UInt8] = [6, 0] + number(0x4000 | hello.count) + hello
    // Long header, version 1, no token; the rest makes 1,200 bytes with the tag.
    let start: [UInt8] = [0xc3, 0, 0, 0, 1, 8] + destination + [8] + source + [0]
    let rest = 1_200 - start.count - 2
    frames += [UInt8](repeating: 0, count: max(rest - 4 - 16 - frames.count, 0))
    let header = start + number(0x4000 | (frames.count + 4 + 16)) + [0, 0, 0, 0]
    let keys = QUICInitialKeys(
      salt: HMACSHA256Key(QUICInitialSalt.version1.bytes), connectionID: destination.span.bytes, labels: .version1)
    return keys.sealed(header: header, frames: frames, number: 0)
  }
}

public struct CanaryError: BilingualError, Equatable {
  public var sink: CanarySink
  public var reason: LocalizedText
}
