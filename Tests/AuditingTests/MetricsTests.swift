import Foundation
import Model
import TestSupport
import Testing

@testable import Auditing

@Suite("Metrics")
struct MetricsTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func metrics() -> Metrics {
    var sensor = SensorThread.Figures()
    sensor.packets = 1_000
    sensor.drops = 30
    sensor.openFlows = 7
    sensor.isCapturing = true
    sensor.coverage.canariesExpected = 24
    sensor.coverage.flowsEvicted = 3
    sensor.coverage.recordsLost = 5
    sensor.coverage.clockSteps = 1
    sensor.coverage.gaps = [.suspended: 60, .interfaceDown: 4]
    sensor.coverage.anomalies = [.tcpOverlapDiffers: 2, .dnsForgotten: 6]
    return Metrics(
      version: "0.1.0", ruleSet: RuleSetStamp(version: "2026.11.1", hash: "sha256:ab", date: "2026-11-24"),
      startTime: Timestamp(seconds: 1_790_000_000), sensor: sensor, canariesSeen: 23, waitingBatches: 2,
      isStoring: false, flowLimit: 1_000)
  }

  @Test("are written with their meaning, kind and value, all series of a name together")
  func text() {
    let lines = metrics().text().split(separator: "\n").map(String.init)
    #expect(lines.contains("# TYPE egressaudit_packets_dropped_total counter"))
    #expect(lines.contains("# HELP egressaudit_packets_dropped_total Packets that found no room in a ring."))
    #expect(
      lines.filter { !$0.hasPrefix("#") && !$0.contains("forgotten") } == [
        "egressaudit_build_info{version=\"0.1.0\"} 1",
        "egressaudit_rule_set_info{version=\"2026.11.1\",hash=\"sha256:ab\"} 1",
        "egressaudit_start_time_seconds 1790000000",
        "egressaudit_capturing 1",
        "egressaudit_storing 0",
        "egressaudit_packets_dropped_total 30",
        "egressaudit_gap_seconds_total{cause=\"stopped\"} 0",
        "egressaudit_gap_seconds_total{cause=\"broken_off\"} 0",
        "egressaudit_gap_seconds_total{cause=\"interface_down\"} 4",
        "egressaudit_gap_seconds_total{cause=\"suspended\"} 60",
        "egressaudit_clock_steps_total 1",
        "egressaudit_canaries_expected_total 24",
        "egressaudit_canaries_seen_total 23",
        "egressaudit_flow_table_filled_ratio 0.0",
        "egressaudit_flows_evicted_total 3",
        "egressaudit_records_lost_total 5",
        "egressaudit_channel_batches 2",
        "egressaudit_channel_capacity_batches 64",
      ])
    #expect(lines.contains("egressaudit_forgotten_total{kind=\"dns_forgotten\"} 6"))
    #expect(lines.count { $0.hasPrefix("egressaudit_forgotten_total") } == Metrics.forgotten.count)
  }

  @Test("do not move while a lone person at the site works")
  func loneEvening() {
    let quiet = metrics()
    var busy = quiet
    // An evening of one PC: some hundred thousand packets, broken ones among them, some dozen flows under way.
    busy.sensor.packets += 300_000
    busy.sensor.openFlows += 60
    busy.sensor.lastRound = TimeSpan(nanoseconds: busy.sensor.lastRound.nanoseconds + 1)
    for anomaly in Anomaly.allCases where !Metrics.forgotten.contains(anomaly) {
      busy.sensor.coverage.anomalies[anomaly, default: 0] += 9
    }
    busy.sensor.coverage.packetsSeen += 300_000
    busy.sensor.coverage.outboundFlows += 800
    busy.sensor.coverage.bytesOutByClass[.a, default: 0] += 90_000_000
    #expect(busy.text() == quiet.text())
  }

  @Test("show the filling of the flow table in whole tenths of its limit")
  func flowTable() {
    var metrics = metrics()
    for (flows, told) in [(99, "0.0"), (100, "0.1"), (999, "0.9"), (1_000, "1"), (1_004, "1")] as [(UInt64, String)] {
      metrics.sensor.openFlows = flows
      #expect(metrics.text().contains("\negressaudit_flow_table_filled_ratio \(told)\n"))
    }
  }

  @Test("are read by the parser of Prometheus' own client library")
  func independentParser() throws {
    let python = try #require(Tool.find("/usr/bin/python3"))
    let file = try folder.write(metrics().text(), to: "egressaudit.prom")
    let run = try Tool.run(
      python,
      [
        "-c",
        """
        import sys
        from prometheus_client.parser import text_string_to_metric_families
        families = {f.name: f for f in text_string_to_metric_families(open(sys.argv[1]).read())}
        assert all(f.documentation and f.type != "unknown" for f in families.values())
        print(len(families), families["egressaudit_packets_dropped"].samples[0].value)
        """, file,
      ])
    #expect(run.text == "16 30.0\n")
  }

  @Test("are in a file that only its owner and group may read, written completely, without a temporary file left")
  func file() throws {
    let file = MetricsFile(path: folder.path("egressaudit.prom"))
    try file.write("egressaudit_capturing 1\n")
    try file.write("egressaudit_capturing 0\n")
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "egressaudit_capturing 0\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["egressaudit.prom"])
    file.remove()
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test("that cannot be written are logged with the next step")
  func noFolder() {
    let file = MetricsFile(path: folder.path("nowhere/egressaudit.prom"))
    let error = #expect(throws: MetricsFileError.self) { try file.write("") }
    #expect(
      error?.description
        == "\(file.path): cannot be written (No such file or directory); expected a folder in which the service may write, such as /run/egressaudit; correct metrics.file"
    )
  }

  @Test("are written about four times a minute, and old ones are removed with their file")
  func intervals() throws {
    let first = MetricsFile(path: folder.path("a.prom"))
    let second = MetricsFile(path: folder.path("b.prom"))
    var report = MetricsReport()
    var asked = 0
    func write(to file: MetricsFile?, at seconds: Int64) {
      report.writeIfDue(to: file, at: .seconds(seconds)) {
        asked += 1
        return metrics()
      }
    }
    write(to: nil, at: 0)
    #expect(asked == 0)
    for seconds in 1...46 as ClosedRange<Int64> { write(to: first, at: seconds) }
    #expect(asked == 4)
    write(to: second, at: 47)
    #expect(asked == 5)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["b.prom"])
    report.end()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")).isEmpty)
  }

  @Test("are written to no file unless the configuration names one, which the node exporter must be able to find")
  func configuration() throws {
    #expect(AuditConfiguration().metricsFile == nil)
    let good = try folder.write("metrics: { file: run/egressaudit.prom }\n", to: "site.yaml")
    #expect(try AuditConfiguration(path: good).metricsFile == MetricsFile(path: folder.path("run/egressaudit.prom")))
    #expect(
      try AuditConfiguration(path: good, environment: ["EGRESSAUDIT_METRICS_FILE": "/run/x.prom"]).metricsFile
        == MetricsFile(path: "/run/x.prom"))
    let bad = try folder.write("metrics: { file: /run/egressaudit.txt }\n", to: "bad.yaml")
    let error = #expect(throws: (any Error).self) { try AuditConfiguration(path: bad) }
    #expect(
      error.map { "\($0)" }
        == "\(bad):1:18: the name of the metrics file does not end with '.prom'; expected a file such as /run/egressaudit/egressaudit.prom; correct it: the node exporter reads no other files"
    )
  }
}
