import Documents
import Foundation
import Model
import Rules

/// The answer of the web service for endpoints of Microsoft 365: sets of names and ranges with their ports.
struct Microsoft365Endpoints: Decodable {
  struct EndpointSet: Decodable {
    var id: Int
    var urls: [String]?
    var ips: [String]?
    /// Numbers and ranges, separated by commas.
    var tcpPorts: String?
    var udpPorts: String?
    var required: Bool?
  }

  private let sets: [EndpointSet]

  init(from decoder: any Decoder) throws { sets = try [EndpointSet](from: decoder) }

  /// Nil with a fault if the bytes are no such answer.
  init?(_ bytes: [UInt8], file: String, faults: FaultCollector) {
    do {
      self = try JSONDecoder().decode(Microsoft365Endpoints.self, from: Data(bytes))
    } catch {
      let place =
        switch error as? DecodingError {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context):
          ListTexts.entryAt(Self.pointer(context.codingPath))
        default: ListTexts.noJSON
        }
      faults.add(
        Place.start(of: file).fault(
          ListTexts.noEndpoints(place),
          expected: ListTexts.endpointsExpected,
          next: ListTexts.fetchEndpoints))
      return nil
    }
  }

  /// A JSON Pointer (RFC 6901).
  private static func pointer(_ path: [any CodingKey]) -> String {
    path.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
  }

  /// Makes one rule for each set and transport. An entry that an earlier set has for some of the same ports stays with
  /// that set.
  func fill(_ collector: inout ListCollector) {
    var taken: [String: Set<UInt16>] = [:]
    let general = collector.rule
    collector.unit = .set
    for set in sets {
      collector.position = set.id
      collector.rule.isEssential = set.required ?? false
      let transports: [(RuleTransport, String?)] = [(.tcp, set.tcpPorts), (.udp, set.udpPorts)]
      for (transport, text) in transports {
        guard let text else { continue }
        guard let ports = Self.ports(in: text) else {
          collector.reject(.ports)
          continue
        }
        collector.rule.name = "set-\(set.id)-\(transport.rawValue)"
        collector.rule.ports = ports
        collector.rule.transport = transport
        fill(&collector, set, &taken)
      }
      if set.tcpPorts == nil && set.udpPorts == nil {
        collector.rule.name = "set-\(set.id)"
        collector.rule.ports = []
        collector.rule.transport = nil
        fill(&collector, set, &taken)
      }
    }
    collector.rule = general
  }

  private func fill(_ collector: inout ListCollector, _ set: EndpointSet, _ taken: inout [String: Set<UInt16>]) {
    // 0, which is no port, means all ports.
    let ports = collector.rule.ports.isEmpty ? [0] : collector.rule.ports
    func isFree(_ text: String) -> Bool {
      let key = "\(collector.rule.transport?.rawValue ?? "") \(text)"
      guard taken[key, default: []].isDisjoint(with: ports) else { return false }
      taken[key, default: []].formUnion(ports)
      return true
    }
    for text in Set((set.urls ?? []).map { $0.lowercased() }).sorted() {
      isFree(text) ? collector.add(name: Array(text.utf8)[...], .host) : collector.reject(.carriedBefore)
    }
    var seen: Set<IPPrefix> = []
    for text in set.ips ?? [] {
      guard let range = IPPrefix(text) else {
        collector.reject(.noAddress)
        continue
      }
      guard seen.insert(range).inserted else { continue }
      isFree(range.description) ? collector.add(range: range) : collector.reject(.carriedBefore)
    }
  }

  /// Sorted ports; nil if something is no port, or if there are more than 100.
  private static func ports(in text: String) -> [UInt16]? {
    var ports: Set<UInt16> = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = item.split(separator: "-", omittingEmptySubsequences: false).map {
        UInt16($0.trimmingCharacters(in: .whitespaces))
      }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first > 0,
        first <= last, Int(last) - Int(first) + ports.count < 100
      else { return nil }
      ports.formUnion(first...last)
    }
    return ports.sorted()
  }
}
