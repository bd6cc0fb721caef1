/// What one second of packet time may cost of the things for which a sender pays least.
///
/// Ordinary traffic stays far below. What is refused is counted, so that the hour shows it.
struct SecondAllowance {
  /// Datagrams whose Initial packets no key opens: each costs a derivation, and three for a reserved version. At ten microseconds these are a twelfth
  /// of a processor.
  private var unreadableInitials = 8_192
  /// New flows in tunnels within tunnels, and in tunnels that begin with the same packet: one packet can begin six. All devices of a site
  /// together begin some 2,000 in a burst.
  private var innerFlows = 4_096
  /// Addresses of DNS answers behind the first eight: a site asks for some hundred names a second, of which few have more.
  private var addresses = 4_096
  /// Messages of segments that hold many: requests, frames, questions over TCP.
  private var messages = 65_536

  var mayDeriveKeys: Bool { unreadableInitials > 0 }

  mutating func noteUnreadableInitial() { unreadableInitials -= 1 }

  /// - Returns: false where the second has had its share.
  mutating func takeInnerFlow() -> Bool {
    guard innerFlows > 0 else { return false }
    innerFlows -= 1
    return true
  }

  mutating func takeAddress() -> Bool {
    guard addresses > 0 else { return false }
    addresses -= 1
    return true
  }

  mutating func takeMessage() -> Bool {
    guard messages > 0 else { return false }
    messages -= 1
    return true
  }
}
