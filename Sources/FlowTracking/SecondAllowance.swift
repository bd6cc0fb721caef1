/// Limits, for each second of packet time, of the work that costs a sender least.
///
/// Ordinary traffic stays far below. Refused work is counted in the coverage of the hour.
struct SecondAllowance {
  /// Datagrams whose Initial packets cannot be decrypted: each costs one derivation of keys, or three for a reserved
  /// version. At ten microseconds each, the limit is a twelfth of a processor.
  private var unreadableInitials = 8_192
  /// New flows in nested tunnels, and in tunnels that begin with the same packet: one packet can begin six. A site's
  /// devices together begin some 2,000 flows in a burst.
  private var innerFlows = 4_096
  /// Addresses of DNS answers beyond the first eight: a site queries some hundred names a second, few of which have
  /// more.
  private var addresses = 4_096
  /// Messages beyond the first few of a segment: requests, frames, queries over TCP.
  private var messages = 65_536

  var mayDeriveKeys: Bool { unreadableInitials > 0 }

  mutating func noteUnreadableInitial() { unreadableInitials -= 1 }

  /// - Returns: false if the limit of this second is reached.
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
