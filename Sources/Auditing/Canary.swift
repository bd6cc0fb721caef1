import Foundation
import Glibc
import Model

/// A destination that the administrator names, to which a machine inside opens one harmless flow an hour: where the sensor sees it, it sees others.
public struct CanarySink: Sendable, Hashable {
  /// Host name, in lower case.
  public var name: String
  public var port: UInt16

  public static let standardPort: UInt16 = 443

  /// Nil for what is no host name of at least two labels, such as an address.
  public init?(name: String, port: UInt16 = CanarySink.standardPort) {
    let name = name.lowercased()
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let isName = labels.allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x2d }
    }
    guard isName, labels.count > 1, name.utf8.count <= 253, IPAddress(name) == nil else { return nil }
    self.name = name
    self.port = port
  }

  /// Whether a flow to this name and port is the one of a canary.
  func isDestination(name: String?, port: UInt16) -> Bool { port == self.port && name?.lowercased() == self.name }
}

/// Opens the flow of a canary: one TCP connection and the ClientHello of a TLS handshake that is not gone on with.
///
/// Nothing is sent but the sink's name, which the administrator chose, and random numbers.
public struct Canary {
  public enum Outcome: Sendable, Equatable {
    /// The sink said something.
    case answered
    /// The connection was made, and the sink ended it or said nothing for some seconds.
    case connected
  }

  public var sink: CanarySink
  /// For each step: connecting, and waiting for an answer.
  public var seconds = 10

  public init(sink: CanarySink) { self.sink = sink }

  /// - Throws: `CanaryError` where no connection was made; the attempt may have been seen all the same.
  public func send() throws(CanaryError) -> Outcome {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(sink.name, "\(sink.port)", &hints, &list)
    guard code == 0, let first = list else {
      throw CanaryError(sink: sink, reason: "its name has no address (\(String(cString: gai_strerror(code))))")
    }
    defer { freeaddrinfo(first) }
    var reason = "no address could be tried"
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let address = next {
      let descriptor = socket(
        address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue),
        address.pointee.ai_protocol)
      defer { if descriptor >= 0 { close(descriptor) } }
      var limit = timeval(tv_sec: seconds, tv_usec: 0)
      let size = socklen_t(MemoryLayout<timeval>.size)
      if descriptor >= 0, setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size) == 0,
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size) == 0,
        connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0
      {
        return greet(descriptor)
      }
      // A connection that takes too long is told as one that is still going on.
      reason = String(cString: strerror(errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno))
      next = address.pointee.ai_next
    }
    throw CanaryError(sink: sink, reason: "it cannot be connected to (\(reason))")
  }

  private func greet(_ descriptor: Int32) -> Outcome {
    var generator = SystemRandomNumberGenerator()
    let hello = Canary.clientHello(serverName: sink.name, using: &generator)
    guard Glibc.send(descriptor, hello, hello.count, Int32(MSG_NOSIGNAL)) == hello.count else {
      return .connected
    }
    var answer: UInt8 = 0
    return recv(descriptor, &answer, 1, 0) == 1 ? .answered : .connected
  }

  /// A ClientHello as one record (RFC 8446 §4.1.2, §5.1) that servers of TLS 1.2 and 1.3 answer.
  static func clientHello(serverName: String, using generator: inout some RandomNumberGenerator) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xff), UInt8(value & 0xff)] }
    func counted(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count) + bytes }
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
    // Version 1.2, random, no session, three cipher suites, no compression.
    let body =
      [0x03, 0x03] + random() + [0] + counted([0x13, 0x01, 0xc0, 0x2b, 0xc0, 0x2f]) + [1, 0] + counted(extensions)
    return [22, 0x03, 0x01] + counted([1, 0] + counted(body))
  }
}

public struct CanaryError: Error, Equatable, CustomStringConvertible {
  public var sink: CanarySink
  public var reason: String

  public var description: String {
    """
    the canary's sink \(sink.name), port \(sink.port): \(reason); expected a host that takes connections; correct canary.sink, or let this machine \
    reach it
    """
  }
}
