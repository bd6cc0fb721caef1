import Model

/// What clients asked proxies for, by which the proxies' own connections on their behalf are known.
struct ProxyRequests {
  private struct Request: Hashable {
    var proxy: IPAddress
    var destination: String
  }

  /// When it was asked last.
  private var requests: [Request: Timestamp] = [:]
  private var proxies: Set<IPAddress> = []

  /// Of a site's proxies together; then everything is learned again.
  static let limit = 8_192
  /// A proxy may keep a connection for the next client.
  static let kept = TimeSpan.seconds(-3_600)

  var isEmpty: Bool { proxies.isEmpty }

  /// - Parameter destination: a host's name, or an address as text.
  mutating func note(_ destination: String, through proxy: IPAddress, at time: Timestamp) {
    if requests.count >= ProxyRequests.limit {
      requests = [:]
      proxies = []
    }
    proxies.insert(proxy)
    requests[Request(proxy: proxy, destination: destination.lowercased())] = time
  }

  /// Whether clients asked `originator`, as a proxy, for the destination, not long before a flow began or while it lasted.
  func wereAsked(of originator: IPAddress, for destination: String, since start: Timestamp) -> Bool {
    guard proxies.contains(originator),
      let asked = requests[Request(proxy: originator, destination: destination.lowercased())]
    else { return false }
    return asked >= start.advanced(by: ProxyRequests.kept)
  }
}
