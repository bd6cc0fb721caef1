import Capture
import FlowTracking
import Model

/// Looks into capture files for people who own them: names and flows as they are, nothing stored.
public struct CaptureInspector {
  public enum Format: String, Sendable, CaseIterable { case tsv, json }

  public struct Result {
    /// Distinct, sorted.
    public var sightings: [NameSighting]
    /// One per 5-tuple and network, sorted; records of one 5-tuple are added up.
    public var flows: [FlowRecord]
    public var anomalies: [Anomaly: UInt64]
    public var packets: UInt64
    /// Files that could not be read, or not to their end.
    public var problems: [CaptureError]
  }

  private struct FlowIdentity: Hashable {
    var originator: IPAddress
    var responder: IPAddress
    var ports: UInt32
    var transport: TransportProtocol
  }

  public static func inspect(
    _ paths: [String], settings: TrackerSettings = TrackerSettings(), knownServices: KnownServices = KnownServices(),
    progress: (Double) -> Void = { _ in }
  ) -> Result {
    var settings = settings
    settings.knownServices = knownServices
    settings.collectsSightings = true
    var tracker = FlowTracker(settings: settings)
    var files = CaptureFiles(paths: paths)
    var sightings: Set<NameSighting> = []
    var flows: [FlowIdentity: FlowRecord] = [:]
    var anomalies: [Anomaly: UInt64] = [:]
    let total = Double(max(files.totalBytes, 1))

    func drain(_ tracker: inout FlowTracker) {
      for sighting in tracker.takeSightings() { sightings.insert(sighting) }
      for hour in tracker.takeCoverage() { anomalies.merge(hour.anomalies, uniquingKeysWith: +) }
      for record in tracker.takeRecords() { add(record, to: &flows) }
    }
    files.forEachFrame(progress: {
      progress(min(Double($0) / total, 1))
      return true
    }) { frame in
      tracker.process(frame.bytes, originalLength: frame.originalLength, at: frame.timestamp, linkType: frame.linkType)
      if tracker.records.count >= 1_024 { drain(&tracker) }
    }
    tracker.finish()
    drain(&tracker)
    return Result(
      sightings: sightings.sorted(by: precedes), flows: flows.values.sorted(by: precedes), anomalies: anomalies,
      packets: tracker.framesSeen, problems: files.problems)
  }

  /// TCP and UDP only, and only flows that packets were seen of: a blocked name has no 5-tuple.
  private static func add(_ record: FlowRecord, to flows: inout [FlowIdentity: FlowRecord]) {
    guard record.transport == .tcp || record.transport == .udp,
      record.traffic.packetsUp + record.traffic.packetsDown > 0
    else { return }
    let ports = UInt32(record.originatorPort) << 16 | UInt32(record.responderPort)
    let identity = FlowIdentity(
      originator: record.originator, responder: record.responder, ports: ports, transport: record.transport)
    let reversed = FlowIdentity(
      originator: record.responder, responder: record.originator,
      ports: UInt32(record.responderPort) << 16 | UInt32(record.originatorPort), transport: record.transport)
    if var known = flows[identity] {
      known.traffic += record.traffic
      complete(&known, from: record)
      flows[identity] = known
    } else if var known = flows[reversed] {
      // The same ports, opened from the other side or guessed differently: still one 5-tuple.
      known.traffic += Traffic(
        bytesUp: record.traffic.bytesDown, bytesDown: record.traffic.bytesUp,
        packetsUp: record.traffic.packetsDown, packetsDown: record.traffic.packetsUp,
        missedBytes: record.traffic.missedBytes)
      complete(&known, from: record)
      flows[reversed] = known
    } else {
      flows[identity] = record
    }
  }

  private static func complete(_ known: inout FlowRecord, from record: FlowRecord) {
    if known.name == nil || (record.name?.namingClass ?? .e) < (known.name?.namingClass ?? .e) {
      known.name = record.name ?? known.name
    }
    if record.outcome == .established { known.outcome = .established }
    if record.offersResumption { known.offersResumption = true }
    if record.isEncryptedDNS { known.isEncryptedDNS = true }
    known.hiddenPath = known.hiddenPath ?? record.hiddenPath
    known.end = max(known.end, record.end)
  }

  private static func precedes(_ left: NameSighting, _ right: NameSighting) -> Bool {
    if left.carrier != right.carrier { return left.carrier.rawValue < right.carrier.rawValue }
    if left.client != right.client { return left.client < right.client }
    if left.server != right.server { return left.server < right.server }
    if left.serverPort != right.serverPort { return left.serverPort < right.serverPort }
    if left.name != right.name { return left.name < right.name }
    if left.method != right.method { return left.method.rawValue < right.method.rawValue }
    return left.ech.rawValue < right.ech.rawValue
  }

  private static func precedes(_ left: FlowRecord, _ right: FlowRecord) -> Bool {
    if left.transport != right.transport { return left.transport < right.transport }
    if left.originator != right.originator { return left.originator < right.originator }
    if left.originatorPort != right.originatorPort { return left.originatorPort < right.originatorPort }
    if left.responder != right.responder { return left.responder < right.responder }
    return left.responderPort < right.responderPort
  }
}

// MARK: - Text

extension CaptureInspector.Result {
  public func namesText(_ format: CaptureInspector.Format) -> String {
    let columns = ["proto", "client", "server", "server_port", "name", "method", "class", "ech"]
    return table(
      columns,
      sightings.map {
        [
          .text($0.carrier.rawValue), .text("\($0.client)"), .text("\($0.server)"), .number(UInt64($0.serverPort)),
          .text($0.name.isEmpty ? "<Root>" : printable($0.name)), .text($0.method.rawValue),
          .text($0.namingClass.rawValue),
          .text($0.ech.rawValue),
        ]
      }, format)
  }

  public func flowsText(_ format: CaptureInspector.Format) -> String {
    let columns = [
      "proto", "client", "client_port", "server", "server_port", "packets_up", "packets_down", "bytes_up",
      "bytes_down", "missed_bytes", "outcome", "name", "method", "class", "history", "resumption", "hidden_path",
      "encrypted_dns",
    ]
    return table(
      columns,
      flows.map {
        [
          .text("\($0.transport)"), .text("\($0.originator)"), .number(UInt64($0.originatorPort)),
          .text("\($0.responder)"), .number(UInt64($0.responderPort)), .number($0.traffic.packetsUp),
          .number($0.traffic.packetsDown), .number($0.traffic.bytesUp), .number($0.traffic.bytesDown),
          .number($0.traffic.missedBytes), .text($0.outcome.rawValue), .text(printable($0.name?.name ?? "")),
          .text(($0.name?.method ?? NameMethod.none).rawValue),
          .text(($0.name?.namingClass ?? NamingClass.e).rawValue), .text($0.history),
          .text($0.offersResumption ? "yes" : "no"), .text($0.hiddenPath?.rawValue ?? ""),
          .text($0.isEncryptedDNS ? "yes" : "no"),
        ]
      }, format)
  }

  public func anomaliesText(_ format: CaptureInspector.Format) -> String {
    table(
      ["anomaly", "count"],
      anomalies.sorted { $0.key.rawValue < $1.key.rawValue }.map { [.text($0.key.rawValue), .number($0.value)] },
      format)
  }

  private enum Cell {
    case text(String)
    case number(UInt64)

    var tsv: String {
      switch self {
      case .text(let text): text
      case .number(let number): String(number)
      }
    }

    var json: String {
      switch self {
      case .text(let text): "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
      case .number(let number): String(number)
      }
    }
  }

  private func table(_ columns: [String], _ rows: [[Cell]], _ format: CaptureInspector.Format) -> String {
    switch format {
    case .tsv:
      return ([columns.joined(separator: "\t")] + rows.map { $0.map(\.tsv).joined(separator: "\t") })
        .map { $0 + "\n" }.joined()
    case .json:
      let objects = rows.map { row in
        "  {" + zip(columns, row).map { "\"\($0)\": \($1.json)" }.joined(separator: ", ") + "}"
      }
      return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }
  }

  /// Bytes that are no printable ASCII as `\xNN` and `\` as `\\`, so that no name can move a cell, a line or a terminal, and each text stands for
  /// one name.
  private func printable(_ name: String) -> String {
    func isPlain(_ scalar: Unicode.Scalar) -> Bool { (0x20...0x7e).contains(scalar.value) && scalar != "\\" }
    guard !name.unicodeScalars.allSatisfy(isPlain) else { return name }
    var text = ""
    for scalar in name.unicodeScalars {
      if isPlain(scalar) {
        text.unicodeScalars.append(scalar)
      } else if scalar == "\\" {
        text += "\\\\"
      } else {
        let digits = String(scalar.value & 0xff, radix: 16)
        text += "\\x" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return text
  }
}
