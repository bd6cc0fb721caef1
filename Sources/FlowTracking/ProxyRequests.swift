import Model

/// Destinations that clients requested from proxies, by which the proxies' own connections on their behalf are
/// recognised.
struct ProxyRequests {
  private struct Request: Hashable {
    var proxy: IPAddress
    var destination: String
  }

  /// Time of the last request.
  private var requests: [Request: Timestamp] = [:]
  private var proxies: Set<IPAddress> = []

  /// Most requests of all proxies; when it is reached, all are dropped and learned again.
  static let limit = 8_192
  /// Negative: how long before a flow began a request may have been made. A proxy may keep a connection for the next
  /// client.
  static let kept = TimeSpan.seconds(-3_600)

  var isEmpty: Bool { proxies.isEmpty }

  /// - Parameter destination: a host name, or an address as text.
  mutating func note(_ destination: String, through proxy: IPAddress, at time: Timestamp) {
    if requests.count >= ProxyRequests.limit {
      requests = [:]
      proxies = []
    }
    proxies.insert(proxy)
    requests[Request(proxy: proxy, destination: destination.lowercased())] = time
  }

  /// Whether clients requested the destination from the proxy `originator`, at most an hour before a flow began or
  /// during it.
  func wereAsked(of originator: IPAddress, for destination: String, since start: Timestamp) -> Bool {
    guard proxies.contains(originator),
      let asked = requests[Request(proxy: originator, destination: destination.lowercased())]
    else { return false }
    return asked >= start.advanced(by: ProxyRequests.kept)
  }
}
