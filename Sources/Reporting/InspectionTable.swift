import Foundation
public import Model

/// A table of what a capture shows: distinct names, flows, or kinds of anomalies, one row each.
///
/// It holds real addresses and names. Text that came from the network is escaped as `WireText` says.
public struct InspectionTable {
  public enum Format: String, Sendable, CaseIterable {
    /// Values between tabs, with a header line.
    case tsv
    /// An array of objects, one on each line, with their keys in alphabetical order.
    case json
  }

  private enum Cell: Encodable {
    case text(String)
    case number(UInt64)

    var text: String {
      switch self {
      case .text(let text): text
      case .number(let number): String(number)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .number(let number): try container.encode(number)
      }
    }
  }

  private let columns: [String]
  private let rowCount: Int
  private let row: (Int) -> [Cell]

  public static func names(_ names: [NameSighting]) -> InspectionTable {
    InspectionTable(
      columns: ["proto", "client", "server", "server_port", "name", "method", "class", "ech"], rowCount: names.count
    ) { index in
      let name = names[index]
      return [
        .text(name.carrier.rawValue), .text("\(name.client)"), .text("\(name.server)"),
        .number(UInt64(name.serverPort)),
        .text(name.name.isEmpty ? "<Root>" : WireText.escaped(name.name.unicodeScalars)),
        .text(name.method.rawValue), .text(name.namingClass.rawValue), .text(name.ech.rawValue),
      ]
    }
  }

  public static func flows(_ flows: [FlowRecord]) -> InspectionTable {
    InspectionTable(
      columns: [
        "proto", "client", "client_port", "server", "server_port", "packets_up", "packets_down", "bytes_up",
        "bytes_down", "missed_bytes", "outcome", "name", "method", "class", "history", "resumption", "hidden_path",
        "encrypted_dns",
      ], rowCount: flows.count
    ) { index in
      let flow = flows[index]
      return [
        .text("\(flow.transport)"), .text("\(flow.originator)"), .number(UInt64(flow.originatorPort)),
        .text("\(flow.responder)"), .number(UInt64(flow.responderPort)), .number(flow.traffic.packetsUp),
        .number(flow.traffic.packetsDown), .number(flow.traffic.bytesUp), .number(flow.traffic.bytesDown),
        .number(flow.traffic.missedBytes), .text(flow.outcome.rawValue),
        .text(WireText.escaped((flow.name?.name ?? "").unicodeScalars)),
        .text((flow.name?.method ?? NameMethod.none).rawValue),
        .text((flow.name?.namingClass ?? NamingClass.e).rawValue), .text(flow.history),
        .text(flow.offersResumption ? "yes" : "no"), .text(flow.hiddenPath?.rawValue ?? ""),
        .text(flow.isEncryptedDNS ? "yes" : "no"),
      ]
    }
  }

  public static func anomalies(_ anomalies: [Anomaly: UInt64]) -> InspectionTable {
    let sorted = anomalies.sorted { $0.key.rawValue < $1.key.rawValue }
    return InspectionTable(columns: ["anomaly", "count"], rowCount: sorted.count) { index in
      [.text(sorted[index].key.rawValue), .number(sorted[index].value)]
    }
  }

  /// Calls `put` with pieces of some 1 MiB, so that the whole text is never in memory. O(rows).
  ///
  /// Throws what `JSONEncoder` throws.
  public func write(_ format: Format, to put: (String) -> Void) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var text = format == .tsv ? columns.joined(separator: "\t") + "\n" : rowCount == 0 ? "[]\n" : "[\n"
    for index in 0..<rowCount {
      let cells = row(index)
      switch format {
      case .tsv: text += cells.map(\.text).joined(separator: "\t") + "\n"
      case .json:
        let object = try encoder.encode(Dictionary(uniqueKeysWithValues: zip(columns, cells)))
        text += "  " + String(decoding: object, as: UTF8.self) + (index + 1 < rowCount ? ",\n" : "\n]\n")
      }
      guard text.utf8.count > 1 << 20 else { continue }
      put(text)
      text = ""
    }
    put(text)
  }
}
