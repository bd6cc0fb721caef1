import Glibc
import Model

/// Metrics of the service for a monitoring system: states and faults, in the text format of Prometheus.
///
/// No device, no group, no destination and no interface, and no count of packets, flows or bytes: asked four times a
/// minute, such a count shows when a lone person at the site works. Source: Prometheus, "Exposition formats", text
/// format 0.0.4.
struct Metrics: Sendable {
  var version: String
  var ruleSet: RuleSetStamp
  var startTime: Timestamp
  var sensor: SensorThread.Figures
  var canariesSeen: UInt64
  /// Number of batches that wait to be stored.
  var waitingBatches: Int
  var isStoring: Bool
  /// Most flows at a time.
  var flowLimit: Int

  /// Anomalies that a limit of the program causes; others come with ordinary traffic.
  static let forgotten: [Anomaly] = [
    .ipFragmentsEvicted, .quicInitialNotTried, .quicConnectionForgotten, .messageNotRead, .streamGivenUp,
    .beginningEvicted, .innerFlowNotTracked, .dnsForgotten, .clientForgotten,
  ]

  private enum Kind: String {
    case counter
    case gauge
  }

  func text() -> String {
    var text = ""
    func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: String, value: String)]) {
      text += "# HELP egressaudit_\(name) \(help)\n# TYPE egressaudit_\(name) \(kind.rawValue)\n"
      for sample in samples { text += "egressaudit_\(name)\(sample.labels) \(sample.value)\n" }
    }
    func add(_ name: String, _ kind: Kind, _ help: String, _ value: UInt64) {
      add(name, kind, help, [("", "\(value)")])
    }
    let told = sensor.coverage

    add("build_info", .gauge, "Version of the program.", [("{version=\"\(version)\"}", "1")])
    add(
      "rule_set_info", .gauge, "Rules by which flows are judged now.",
      [("{version=\"\(ruleSet.version)\",hash=\"\(ruleSet.hash)\"}", "1")])
    add("start_time_seconds", .gauge, "When the service began, in seconds since 1970.", UInt64(startTime.seconds))
    add("capturing", .gauge, "1 where all interfaces are captured, else 0.", sensor.isCapturing ? 1 : 0)
    add("storing", .gauge, "1 where what is seen can be stored, else 0.", isStoring ? 1 : 0)

    add("packets_dropped_total", .counter, "Packets that found no room in a ring.", sensor.drops)
    add(
      "forgotten_total", .counter, "What a limit of the program took away, by kind.",
      Metrics.forgotten.map { ("{kind=\"\($0.rawValue)\"}", "\(told.anomalies[$0] ?? 0)") })
    add(
      "gap_seconds_total", .counter, "Seconds in which nothing was captured though it should have been.",
      GapCause.ofService.map { ("{cause=\"\($0.rawValue)\"}", "\(told.gaps[$0] ?? 0)") })
    add("clock_steps_total", .counter, "How often the clock was set.", told.clockSteps)

    add("canaries_expected_total", .counter, "Test flows that should have been seen.", told.canariesExpected)
    add("canaries_seen_total", .counter, "Test flows that were seen.", canariesSeen)

    let tenths = sensor.openFlows * 10 / UInt64(max(flowLimit, 1))
    add(
      "flow_table_filled_ratio", .gauge, "Flows under way as a share of the limit, in whole tenths, rounded down.",
      [("", tenths >= 10 ? "1" : "0.\(tenths)")])
    add("flows_evicted_total", .counter, "Flows that were given up for newer ones.", told.flowsEvicted)
    add("records_lost_total", .counter, "Flow records that the store did not take in time.", told.recordsLost)

    add("channel_batches", .gauge, "Batches that wait to be stored.", UInt64(waitingBatches))
    add("channel_capacity_batches", .gauge, "Batches that can wait.", UInt64(BatchChannel.capacity))
    return text
  }
}

/// A file of metrics that others may read at any time: it is written under another name, then renamed into place.
struct MetricsFile: Sendable, Equatable {
  var path: String

  /// Readable by owner and group: the reader is another user, who must be in the group.
  func write(_ text: String) throws(MetricsFileError) {
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw MetricsFileError(path: path, code: errno) }
    fchmod(descriptor, 0o640)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return try fail(draft, descriptor) }
      rest = rest.dropFirst(count)
    }
    guard close(descriptor) == 0, rename(draft, path) == 0 else { return try fail(draft, nil) }
  }

  /// Old figures could be taken for current ones.
  func remove() { unlink(path) }

  private func fail(_ draft: String, _ descriptor: Int32?) throws(MetricsFileError) {
    let code = errno
    if let descriptor { close(descriptor) }
    unlink(draft)
    throw MetricsFileError(path: path, code: code)
  }
}

struct MetricsFileError: Error, Equatable, CustomStringConvertible {
  var path: String
  var code: Int32

  var description: String {
    """
    \(path): cannot be written (\(String(cString: strerror(code)))); expected a folder in which the service may write, such as \
    /run/egressaudit; correct metrics.file
    """
  }
}

/// Writes the metrics about four times a minute, for as long as the configuration names a file.
struct MetricsReport {
  static let interval = TimeSpan.seconds(15)

  private var file: MetricsFile?
  private var writtenAt: TimeSpan?
  private var isFailing = false

  /// `figures` is called only if writing is due.
  mutating func writeIfDue(to file: MetricsFile?, at now: TimeSpan, _ figures: () -> Metrics) {
    if file != self.file {
      self.file?.remove()
      (self.file, writtenAt, isFailing) = (file, nil, false)
    }
    guard let file else { return }
    if let writtenAt, now.nanoseconds - writtenAt.nanoseconds < Self.interval.nanoseconds { return }
    writtenAt = now
    do throws(MetricsFileError) {
      try file.write(figures().text())
      if isFailing { ServiceLog.write(.notice, "metrics_recovered") }
      isFailing = false
    } catch {
      if !isFailing {
        ServiceLog.write(.warning, "metrics_failed", ["reason": error, "next": "tried again each 15 s"])
      }
      isFailing = true
    }
  }

  func end() { file?.remove() }
}
