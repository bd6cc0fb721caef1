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
    sensor.bytes = 643_000
    sensor.drops = 30
    sensor.openFlows = 7
    sensor.isCapturing = true
    sensor.coverage.canariesExpected = 24
    sensor.coverage.flowsEvicted = 3
    sensor.coverage.recordsLost = 5
    sensor.coverage.clockSteps = 1
    sensor.coverage.gaps = [.suspended: 60, .interfaceDown: 4]
    sensor.coverage.anomalies = [.tcpOverlapDiffers: 2]
    var counts = AuditCounts()
    counts.flows = 100
    counts.outboundFlowsByClass = [.a: 40, .c: 30, .e: 1]
    counts.outboundBytes = 123_456
    counts.matchedFlows = 21
    counts.canariesSeen = 23
    var load = WriterThread.Load()
    load.waiting = 2
    for milliseconds in [1, 5, 50, 250, 30_000] as [Int64] {
      load.note(TimeSpan(nanoseconds: milliseconds * 1_000_000))
    }
    return Metrics(
      version: "0.1.0", ruleSet: RuleSetStamp(version: "2026.11.1", hash: "sha256:ab", date: "2026-11-24"),
      startTime: Timestamp(seconds: 1_790_000_000), sensor: sensor, counts: counts, writer: load, isStoring: false,
      databaseBytes: 8_192)
  }

  @Test("are written with their meaning, kind and value, all series of a name together")
  func text() {
    let lines = metrics().text().split(separator: "\n").map(String.init)
    #expect(lines.contains("# TYPE egressaudit_packets_total counter"))
    #expect(lines.contains("# HELP egressaudit_packets_dropped_total Packets that found no room in a ring."))
    #expect(
      lines.filter { !$0.hasPrefix("#") && !$0.contains("anomalies") } == [
        "egressaudit_build_info{version=\"0.1.0\"} 1",
        "egressaudit_rule_set_info{version=\"2026.11.1\",hash=\"sha256:ab\"} 1",
        "egressaudit_start_time_seconds 1790000000",
        "egressaudit_capturing 1",
        "egressaudit_storing 0",
        "egressaudit_packets_total 1000",
        "egressaudit_packet_bytes_total 643000",
        "egressaudit_packets_dropped_total 30",
        "egressaudit_gap_seconds_total{cause=\"stopped\"} 0",
        "egressaudit_gap_seconds_total{cause=\"broken_off\"} 0",
        "egressaudit_gap_seconds_total{cause=\"interface_down\"} 4",
        "egressaudit_gap_seconds_total{cause=\"suspended\"} 60",
        "egressaudit_clock_steps_total 1",
        "egressaudit_canaries_expected_total 24",
        "egressaudit_canaries_seen_total 23",
        "egressaudit_flows_open 7",
        "egressaudit_flows_total 100",
        "egressaudit_flows_evicted_total 3",
        "egressaudit_outbound_flows_total{naming_class=\"A\"} 40",
        "egressaudit_outbound_flows_total{naming_class=\"B\"} 0",
        "egressaudit_outbound_flows_total{naming_class=\"C\"} 30",
        "egressaudit_outbound_flows_total{naming_class=\"D\"} 0",
        "egressaudit_outbound_flows_total{naming_class=\"E\"} 1",
        "egressaudit_outbound_bytes_total 123456",
        "egressaudit_described_flows_total 21",
        "egressaudit_records_lost_total 5",
        "egressaudit_channel_batches 2",
        "egressaudit_channel_capacity_batches 64",
        "egressaudit_batch_seconds_bucket{le=\"0.001\"} 1",
        "egressaudit_batch_seconds_bucket{le=\"0.01\"} 2",
        "egressaudit_batch_seconds_bucket{le=\"0.1\"} 3",
        "egressaudit_batch_seconds_bucket{le=\"1.0\"} 4",
        "egressaudit_batch_seconds_bucket{le=\"10.0\"} 4",
        "egressaudit_batch_seconds_bucket{le=\"+Inf\"} 5",
        "egressaudit_batch_seconds_sum 30.306",
        "egressaudit_batch_seconds_count 5",
        "egressaudit_database_bytes 8192",
      ])
    #expect(lines.contains("egressaudit_anomalies_total{kind=\"tcp_overlap_differs\"} 2"))
    #expect(lines.count { $0.hasPrefix("egressaudit_anomalies_total") } == Anomaly.allCases.count)
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
        print(len(families), families["egressaudit_packets"].samples[0].value, families["egressaudit_batch_seconds"].type)
        """, file,
      ])
    #expect(run.text == "24 1000.0 histogram\n")
  }

  @Test("stand in a file that all may read, written whole, and leave nothing beside it")
  func file() throws {
    let file = MetricsFile(path: folder.path("egressaudit.prom"))
    try file.write("egressaudit_capturing 1\n")
    try file.write("egressaudit_capturing 0\n")
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "egressaudit_capturing 0\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect(attributes[.posixPermissions] as? Int == 0o644)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["egressaudit.prom"])
    file.remove()
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test("that cannot be written are said with the next step")
  func noFolder() {
    let file = MetricsFile(path: folder.path("nowhere/egressaudit.prom"))
    let error = #expect(throws: MetricsFileError.self) { try file.write("") }
    #expect(
      error?.description
        == "\(file.path): cannot be written (No such file or directory); expected a folder in which the service may write, such as /run/egressaudit; correct metrics.file"
    )
  }

  @Test("are written about four times a minute, and old ones are taken away with their file's name")
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

  @Test("go to no file unless the configuration names one, which the node exporter must be able to find")
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
