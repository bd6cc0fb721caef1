import Model
import Privacy

/// The only place that defines in which column of `network_hour` each member of a network is.
enum NetworkRow {
  struct Key: Hashable {
    var hour: Hour
    var ruleID: String
    var network: DestinationNetwork

    init(_ flow: PseudonymousFlow) {
      hour = flow.hour
      ruleID = flow.ruleID
      network = flow.destinationNetwork
    }

    func isOf(_ flow: PseudonymousFlow) -> Bool {
      hour == flow.hour && ruleID == flow.ruleID && network == flow.destinationNetwork
    }
  }

  private static let columns = ["system_number", "system_name", "country", "network_traits", "anycast_or_cdn"]

  static let insertion = """
    INSERT OR IGNORE INTO network_hour (hour, rule_id, session_id, \(columns.joined(separator: ", ")))
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    """

  static let query = """
    SELECT DISTINCT session_id, rule_set.hash, rule_id, \(columns.joined(separator: ", "))
    FROM network_hour
    LEFT JOIN capture_session ON capture_session.id = session_id
    LEFT JOIN rule_set ON rule_set.id = rule_set_id
    WHERE hour >= ? AND hour < ?
    ORDER BY rule_set.hash, rule_id, session_id, \(columns.joined(separator: ", "))
    """

  static func values(_ key: Key, session: Int64) -> [StoredValue] {
    let owner = key.network.owner
    return [
      .integer(key.hour.sinceEpoch), .text(key.ruleID), .integer(session),
      .integer(owner.systemNumber.map(Int64.init) ?? 0), .text(owner.systemName ?? ""), .text(owner.country ?? ""),
      .integer(owner.traits.mask), .text(key.network.anycastOrCDN.rawValue),
    ]
  }

  static func network(_ row: inout StoredRow) throws -> RuleNetwork {
    RuleNetwork(
      session: try row.integer(), ruleSetHash: try row.text(), ruleID: try row.text(),
      network: DestinationNetwork(
        owner: NetworkOwner(
          systemNumber: try row.number(UInt32.self).nonZero, systemName: try row.text().nonEmpty,
          country: try row.text().nonEmpty, traits: Set(mask: try row.integer())),
        anycastOrCDN: try row.value(AnycastOrCDN.self)))
  }
}

extension UInt32 {
  fileprivate var nonZero: UInt32? { self == 0 ? nil : self }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
