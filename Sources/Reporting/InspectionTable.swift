import Foundation
public import Model

/// A table of what a capture shows: distinct names, flows, or kinds of anomalies, one row each.
///
/// It contains real addresses and names. Text from the network is escaped as described at `WireText`.
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
  /// Fills an empty array with the cells of a row.
  private let row: (Int, inout [Cell]) -> Void

  public static func names(_ names: some RandomAccessCollection<NameSighting>) -> InspectionTable {
    InspectionTable(
      columns: ["proto", "client", "server", "server_port", "name", "method", "class", "ech"], rowCount: names.count
    ) { index, cells in
      let name = names[names.index(names.startIndex, offsetBy: index)]
      cells.append(.text(name.carrier.rawValue))
      cells.append(.text(name.client.description))
      cells.append(.text(name.server.description))
      cells.append(.number(UInt64(name.serverPort)))
      cells.append(.text(name.name.isEmpty ? "<Root>" : WireText.escaped(name.name)))
      cells.append(.text(name.method.rawValue))
      cells.append(.text(name.namingClass.rawValue))
      cells.append(.text(name.ech.rawValue))
    }
  }

  public static func flows(_ flows: [InspectedFlow]) -> InspectionTable {
    InspectionTable(
      columns: [
        "proto", "client", "client_port", "server", "server_port", "packets_up", "packets_down", "bytes_up",
        "bytes_down", "missed_bytes", "outcome", "name", "method", "class", "history", "resumption", "hidden_path",
        "encrypted_dns",
      ], rowCount: flows.count
    ) { index, cells in
      let flow = flows[index]
      cells.append(.text(flow.transport.description))
      cells.append(.text(flow.originator.description))
      cells.append(.number(UInt64(flow.originatorPort)))
      cells.append(.text(flow.responder.description))
      cells.append(.number(UInt64(flow.responderPort)))
      cells.append(.number(flow.traffic.packetsUp))
      cells.append(.number(flow.traffic.packetsDown))
      cells.append(.number(flow.traffic.bytesUp))
      cells.append(.number(flow.traffic.bytesDown))
      cells.append(.number(flow.traffic.missedBytes))
      cells.append(.text(flow.outcome.rawValue))
      cells.append(.text(WireText.escaped(flow.name)))
      cells.append(.text(flow.method.rawValue))
      cells.append(.text(flow.namingClass.rawValue))
      cells.append(.text(flow.history))
      cells.append(.text(flow.offersResumption ? "yes" : "no"))
      cells.append(.text(flow.hiddenPath?.rawValue ?? ""))
      cells.append(.text(flow.isEncryptedDNS ? "yes" : "no"))
    }
  }

  public static func anomalies(_ anomalies: [Anomaly: UInt64]) -> InspectionTable {
    let sorted = anomalies.sorted { $0.key.rawValue < $1.key.rawValue }
    return InspectionTable(columns: ["anomaly", "count"], rowCount: sorted.count) { index, cells in
      cells.append(.text(sorted[index].key.rawValue))
      cells.append(.number(sorted[index].value))
    }
  }

  /// Calls `put` with pieces of some 1 MiB, so that the whole text is never in memory. O(rows).
  ///
  /// Throws what `JSONEncoder` throws.
  public func write(_ format: Format, to put: (String) -> Void) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var text = format == .tsv ? columns.joined(separator: "\t") + "\n" : rowCount == 0 ? "[]\n" : "[\n"
    var cells: [Cell] = []
    for index in 0..<rowCount {
      cells.removeAll(keepingCapacity: true)
      row(index, &cells)
      switch format {
      case .tsv:
        for (column, cell) in cells.enumerated() {
          if column > 0 { text += "\t" }
          switch cell {
          case .text(let value): text += value
          case .number(let value): text += String(value)
          }
        }
        text += "\n"
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
