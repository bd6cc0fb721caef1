import Auditing
import Foundation
import Glibc
import Model
import Privacy
import Reporting
import Store
import TestSupport
import Testing

/// The service on real interfaces, one test at a time, since each must run alone.
@Suite(
  "The service on a gateway", .serialized,
  .enabled(if: NetworkNamespace.isPermitted, Comment(rawValue: NetworkNamespace.requirement)))
struct LiveTests {
  let folder: TemporaryDirectory
  let store: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("live.sqlite")
  }

  // MARK: The same as a replay

  @Test(
    "the packets of the sample, sent into one interface or each direction into its own, give the same as a replay of them, on one thread or several",
    arguments: [(1, 1), (2, 1), (1, 3)])
  func likeReplay(interfaces: Int, threads: Int) throws {
    waitForQuietHour()
    let frames = try SampleFrames.all()
    // The sample's day compressed into a moment, as the service sees it.
    let start = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
    let capture = try folder.write(PcapWriter.pcap(frames.moved(to: start), resolution: .nanoseconds), to: "now.pcap")
    let network = try NetworkNamespace(pairs: interfaces)
    let names = (0..<interfaces).map { "in\($0)" }
    let service = try Service(
      in: network, folder: folder, configuration: configuration(names, more: "threads: \(threads)"))
    let sent = try network.send(capture, into: (0..<interfaces).map { "out\($0)" })
    let trackers = threads == 1 ? [] : (0..<threads).map { "tracker \($0)" }
    #expect(service.threads.isSuperset(of: ["sensor", "writer"] + trackers))
    let end = service.stop()
    #expect(end.code == 0, "log: \(service.log)")
    #expect(sent == 5_559)

    let replayed = folder.path("replayed.sqlite")
    let replay = try Program.run([
      "replay", capture, "--store", replayed, "--config", folder.path("site.yaml"), "--rules", Project.rules,
      "--pseudonym-key", store + ".key",
    ])
    #expect(replay.code == 0, "said: \(replay.said)")
    var live = try Content(of: store)
    var expected = try Content(of: replayed)
    if threads > 1 {
      // Each tracker counts the names that its own devices resolve.
      for names in [\CoverageSight.namesResolved, \.namesContacted] {
        #expect(live.coverage.sight?[keyPath: names] ?? 0 >= expected.coverage.sight?[keyPath: names] ?? 0)
        live.coverage.sight?[keyPath: names] = 0
        expected.coverage.sight?[keyPath: names] = 0
      }
    }
    #expect(live.evidence.count == 360)
    #expect(live.evidence == expected.evidence)
    #expect(live.usage == expected.usage)
    #expect(live.presence == expected.presence)
    #expect(live.coverage == expected.coverage)
    // The chain also contains how the flows were captured.
    let evidence = /E-[0-9a-f]{16}/
    #expect(live.findings.replacing(evidence, with: "E") == expected.findings.replacing(evidence, with: "E"))
  }

  /// The values on which both must agree. The order in the chain follows the time at which flows end, so it may differ.
  private struct Content {
    var evidence: [String]
    var usage: [RuleUsage]
    var presence: [DevicePresence]
    var coverage: CoverageHour
    var findings: String

    init(of store: String) throws {
      let database = try AuditDatabase(path: store, mode: .readExisting)
      let period = try #require(try database.period())
      var evidence: [String] = []
      try database.forEachEvidence(in: period) { row in
        // A set prints in no order.
        let classes = row.flow.cleartextIdentifierClasses.map { "\($0)" }.sorted()
        evidence.append("\(row.flow)".replacing(/cleartextIdentifierClasses: Set\(\[[^\]]*\]\)/, with: "\(classes)"))
      }
      self.evidence = evidence.sorted()
      var usage: [RuleUsage] = []
      try database.forEachUsage(in: period) { usage.append($0) }
      self.usage = usage
      presence = try database.presence(in: period)
      let rows = try database.coverage(in: period)
      try #require(rows.count == 1)
      coverage = rows[0].coverage
      // Values that only a live sensor has.
      coverage.clock = .unknown
      coverage.clockOffsetMilliseconds = nil
      var text: [UInt8] = []
      try Exporter.write(.findings, profile: .rfc4180, from: nil, to: nil, database: database, reclassification: nil) {
        text += $0
      }
      findings = String(decoding: text, as: UTF8.self)
    }
  }

  @Test(
    "a device is the same under all its addresses, its VLAN determines its group, and excluded devices leave only a packet total"
  )
  func devices() throws {
    waitForQuietHour()
    // Hardware address, VLAN, and network address: the first PC takes another one by DHCP, and two temporary ones of
    // IPv6.
    let clients: [(hardware: UInt64, vlan: UInt16, address: String)] = [
      (0x0200_0000_0a01, 10, "10.20.1.11"), (0x0200_0000_0a01, 10, "10.20.1.99"),
      (0x0200_0000_0a01, 10, "2001:db8:20:9::a1"), (0x0200_0000_0a01, 10, "2001:db8:20:9::a2"),
      (0x0200_0000_0b01, 20, "10.20.1.12"),
      // One by its hardware address, one by its network alone.
      (0x0200_0000_0c01, 10, "10.20.1.13"), (0x0200_0000_0d01, 10, "10.20.7.3"),
    ]
    let frames = clients.enumerated().flatMap { index, client in
      var builder = PacketBuilder(
        from: client.address, to: client.address.contains(":") ? "2001:db8:100::7" : "198.51.100.7")
      builder.sourceHardware = HardwareAddress(bits: client.hardware)
      builder.tags = [VLANTag(client.vlan)]
      var conversation = TCPConversation(builder, clientPort: 50_000 + UInt16(index))
      conversation.open()
      conversation.send(.client, ClientHelloBuilder("v10.events.data.microsoft.com").record)
      conversation.send(.server, [UInt8](repeating: 7, count: 300))
      return conversation.frames
    }
    let capture = try folder.write(PcapWriter.pcap(frames), to: "devices.pcap")
    let text = """
      site: { name: rathaus-musterstadt, sensor: gw1 }
      inside_networks: [10.0.0.0/8, "2001:db8:20::/48"]
      groups:
        - { name: Bürgeramt, vlans: [10] }
        - { name: Sozialamt, vlans: [20], secrecy_zone: true }
      exclusions: { hardware_addresses: ["02:00:00:00:0c:01"], networks: [10.20.7.0/24] }
      location: none
      capture: { interfaces: [in0] }

      """
    let network = try NetworkNamespace()
    let service = try Service(in: network, folder: folder, configuration: text)
    #expect(try network.send(capture) == frames.count)
    #expect(service.stop().code == 0)

    let database = try AuditDatabase(path: store, mode: .readExisting)
    let period = try #require(try database.period())
    var flows: [PseudonymousFlow] = []
    try database.forEachEvidence(in: period) { flows.append($0.flow) }
    #expect(flows.map(\.group).sorted() == ["Bürgeramt", "Bürgeramt", "Bürgeramt", "Bürgeramt", "Sozialamt"])
    #expect(Set(flows.filter { $0.group == "Bürgeramt" }.map(\.device)).count == 1)
    #expect(Set(flows.map(\.device)).count == 2)
    let presence = try database.presence(in: period)
    #expect(presence.map(\.group).sorted() == ["Bürgeramt", "Sozialamt"])
    let coverage = try database.coverage(in: period).map(\.coverage)
    // Each client sent and got as many packets; those of the two excluded are not even counted.
    #expect(coverage.map(\.packetsSeen) == [UInt64(frames.count / clients.count * 5)])
    #expect(coverage.map(\.outboundFlows) == [5])
    #expect(coverage.map(\.bytesOut) == [flows.reduce(0) { $0 + $1.traffic.bytesUp }])
    var sessions: UInt64 = 0
    try database.forEachUsage(in: period) { sessions += UInt64($0.sessions) }
    #expect(sessions == 5)
  }

  @Test(
    "packets forwarded by a bridge are seen once at the bridge, only in promiscuous mode",
    arguments: [true, false])
  func bridge(isPromiscuous: Bool) throws {
    let network = try NetworkNamespace(pairs: 2)
    try network.run(
      "sh", "-c",
      """
      ip link add br0 type bridge mcast_snooping 0 && ip link set br0 mtu 65535 up \
        && ip link set in0 master br0 && ip link set in1 master br0
      """)
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["br0"], more: "promiscuous: \(isPromiscuous)"))
    let sent = try network.send(try sampleCapture())
    #expect(service.stop().code == 0)
    #expect(sent == 5_559)
    let total = try seen()
    #expect(isPromiscuous ? total.packets == UInt64(sent) : total.packets < UInt64(sent))
    if isPromiscuous { #expect(try stored(store) == 360) }
  }

  @Test("the kernel applies the configured filter: filtered packets are not seen")
  func filter() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"], more: "filter: vlan and udp port 53"))
    try network.send(capture)
    #expect(service.stop().code == 0)
    #expect(try seen().packets == 932)
  }

  // MARK: Losses and gaps

  @Test("packets dropped from a full ring are counted, and packets seen and dropped add up to those sent")
  func drops() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"], more: "ring_megabytes: 1"))
    service.signal(SIGSTOP)
    let sent = try network.send(capture, rounds: 3)
    // Longer than the step at which the clock counts as set back.
    Thread.sleep(forTimeInterval: 7)
    service.signal(SIGCONT)
    #expect(service.stop().code == 0)
    let total = try seen()
    #expect(total.packets + total.drops == UInt64(sent))
    #expect(total.drops > 1_000)
    #expect(total.anomalies[.timeWentBack] == nil)
  }

  @Test("an interface that loses its link, or is removed and comes back, is captured again, and each time is a gap")
  func interfaceGone() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let service = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
    try network.send(capture)
    let down = Date()
    try network.setLink("out0", up: false)
    Thread.sleep(forTimeInterval: 4)
    try network.setLink("out0", up: true)
    #expect(service.says("event=interface_capturing interface=in0 link_type=1\n", times: 2))
    let up = Date()
    try network.send(capture)
    let missing = Date()
    try network.remove()
    #expect(service.says("event=interface_missing interface=in0"))
    Thread.sleep(forTimeInterval: 3)
    try network.restore()
    #expect(service.says("event=interface_capturing interface=in0 link_type=1\n", times: 3))
    let back = Date()
    try network.send(capture)
    #expect(service.stop().code == 0)
    let total = try seen()
    #expect(total.packets == 3 * 5_559)
    // Checked each second.
    let gap = try #require(total.gaps[.interfaceDown])
    let without = up.timeIntervalSince(down) + back.timeIntervalSince(missing)
    #expect((7...UInt64(without) + 2).contains(gap), "\(gap) s of \(without) s")
    #expect(total.gaps.count == 1)
  }

  @Test("a killed run keeps the stored rows, and the next start logs and counts the gap")
  func killed() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let first = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
    try network.send(capture)
    // No packet comes any more: the wall clock ends what was closed ten seconds ago, and the next batch stores it.
    let stop = Date().addingTimeInterval(90)
    while Date() < stop, (try? stored(store)) ?? 0 < 300 { Thread.sleep(forTimeInterval: 0.5) }
    let killed = Date()
    first.signal(SIGKILL)
    first.process.waitUntilExit()
    let left = try seen()
    #expect(left.packets == 5_559)
    let kept = try stored(store)
    #expect((300..<360).contains(kept), "\(kept)")
    Thread.sleep(forTimeInterval: 3)
    let second = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
    let started = Date()
    #expect(second.log.contains("<3>event=gap_after_broken_run from="))
    #expect(second.stop().code == 0)
    let total = try seen()
    let gap = try #require(total.gaps[.brokenOff])
    // From the last batch, which is at most some seconds older than the end.
    #expect((3...UInt64(started.timeIntervalSince(killed)) + 9).contains(gap), "\(gap) s")
    #expect(total.restarts == 1)
    // Flows under way when it was killed.
    #expect(total.recordsLost > 0)

    let third = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
    #expect(third.log.contains("<5>event=gap_after_stop from="))
    #expect(third.stop().code == 0)
    #expect(try seen().restarts == 2)
    let sessions = try AuditDatabase(path: store, mode: .readExisting).sessions()
    #expect(sessions.map(\.isClosed) == [false, true, true])
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.verifyChain() == .intact(head: try database.chainHead()))
  }

  @Test("the service waits for a store that another program locks, logs it, and stores everything once it is free")
  func storeLocked() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let metrics = folder.path("egressaudit.prom")
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"]) + "metrics: { file: \(metrics) }\n")
    #expect(told(by: metrics, "egressaudit_capturing 1", "egressaudit_storing 1"))
    let holder = try StoreHolder(of: store)
    try network.send(capture)
    #expect(service.says("<3>event=store_failed reason="))
    #expect(told(by: metrics, "egressaudit_storing 0", "egressaudit_packets_dropped_total 0"))
    holder.letGo()
    #expect(service.says("<5>event=store_recovered"))
    #expect(service.stop().code == 0)
    // A stopped service has no metrics file.
    #expect(!FileManager.default.fileExists(atPath: metrics))
    let total = try seen()
    #expect(total.packets == 5_559 && total.recordsLost == 0)
    #expect(try stored(store) == 360)
  }

  @Test("records for a store that is locked too long are lost, counted exactly, and delay no packet")
  func recordsLost() throws {
    let network = try NetworkNamespace()
    // One flow for each packet; with so small a table each one ends when the next thousand have begun.
    let flows = 100_000
    let start = Timestamp(seconds: 1_700_000_000)
    let frames = (0..<flows).map { index in
      let builder = PacketBuilder(from: "10.20.1.11", to: "198.51.100.\(1 + index / 50_000)")
      return TimedFrame(
        time: start, bytes: builder.udp(from: UInt16(10_000 + index % 50_000), to: 9_999, payload: [1, 2, 3, 4]))
    }
    let capture = try folder.write(PcapWriter.pcap(frames), to: "flood.pcap")
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"]),
      environment: ["EGRESSAUDIT_FLOW_TRACKING_FLOW_LIMIT": "1000"])
    let holder = try StoreHolder(of: store)
    try network.send(capture, burst: 100)
    #expect(service.says("<3>event=records_lost records="))
    // On a quick machine the channel is full before the first batch has waited its time.
    #expect(service.says("<3>event=store_failed reason="))
    holder.letGo()
    #expect(service.says("<5>event=store_recovered"))
    #expect(service.stop().code == 0)
    let total = try seen()
    #expect(total.packets + total.drops == UInt64(flows))
    #expect(total.recordsLost > 0)
    #expect(total.outboundFlows + total.recordsLost == total.packets)
  }

  @Test("a nearly full disk is not written to, which is logged, and the store continues once there is space")
  func diskFull() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let disk = folder.path("disk")
    try network.run("sh", "-c", "mkdir '\(disk)' && mount -t tmpfs -o size=100m none '\(disk)'")
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"]), store: disk + "/live.sqlite")
    try network.send(capture)
    try network.run("dd", "if=/dev/zero", "of=\(disk)/filler", "bs=1M", "count=60", "status=none")
    #expect(service.says("<3>event=store_failed reason="))
    #expect(service.log.contains("64 MB are left to the machine"))
    #expect(service.manager.wait(for: "STATUS=Storing nothing, see the log") != nil)
    try network.send(capture)
    try network.run("rm", "\(disk)/filler")
    #expect(service.says("<5>event=store_recovered"))
    #expect(service.stop().code == 0)
    try network.run("sh", "-c", "cp '\(disk)'/live.sqlite* '\(folder.path(""))'")
    let total = try seen()
    #expect(total.packets == 2 * 5_559 && total.recordsLost == 0)
  }

  @Test("killed at any moment under load, it leaves an intact chain and knows its progress to within seconds")
  func killedAtAnyMoment() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    for round in 1...4 {
      let service = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
      let done = DispatchSemaphore(value: 0)
      Thread.detachNewThread { [network = UncheckedBox(network)] in
        _ = try? network.value.send(capture, rounds: 4, burst: 20)
        done.signal()
      }
      Thread.sleep(forTimeInterval: Double.random(in: 0.5...7))
      let killed = Date().timeIntervalSince1970
      service.signal(SIGKILL)
      service.process.waitUntilExit()
      done.wait()
      let database = try AuditDatabase(path: store, mode: .readExisting)
      #expect(try database.verifyChain() == .intact(head: try database.chainHead()))
      let end = try #require(try database.latestLiveEnd(sensor: "gw1"))
      #expect(!end.isClosed)
      let unstored = killed - Double(end.progress.coveredUntil.seconds)
      #expect((-0.1...15).contains(unstored), "\(unstored) s")
      #expect(try database.sessions().count == round)
    }
  }

  // MARK: Signals and the service manager

  @Test("SIGHUP reloads rules and configuration while packets flow, without losing one; a bad file is refused")
  func reload() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let rules = folder.path("rules")
    try FileManager.default.copyItem(atPath: Project.rules, toPath: rules)
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"]), rules: rules)
    let done = DispatchSemaphore(value: 0)
    let sent = Sent()
    Thread.detachNewThread { [network = UncheckedBox(network)] in
      sent.count = (try? network.value.send(capture, rounds: 4, burst: 10)) ?? 0
      done.signal()
    }
    let manifest = rules + "/ruleset.yaml"
    let text = try String(contentsOfFile: manifest, encoding: .utf8)
    try "version: [\n".write(toFile: manifest, atomically: true, encoding: .utf8)
    service.signal(SIGHUP)
    #expect(service.manager.wait(for: "RELOADING=1")?.contains("MONOTONIC_USEC=") == true)
    #expect(service.manager.wait(for: "READY=1") != nil)
    #expect(service.log.contains("<3>event=reload_refused reason="))
    #expect(service.log.contains("ruleset.yaml:2:1"))
    try text.replacing(/version: .*/, with: "version: 9999.1.1")
      .write(toFile: manifest, atomically: true, encoding: .utf8)
    service.signal(SIGHUP)
    #expect(service.says("event=reloaded version=0.1.0 interfaces=in0 rules=9999.1.1"))
    done.wait()
    #expect(service.stop().code == 0)
    #expect(sent.count == 4 * 5_559)
    let total = try seen()
    #expect(total.packets == UInt64(sent.count))
    #expect(total.drops == 0 && total.recordsLost == 0 && total.gaps.isEmpty)
    let sessions = try AuditDatabase(path: store, mode: .readExisting).sessions()
    #expect(sessions.map(\.ruleSet.version).last == "9999.1.1")
    #expect(sessions.map(\.isClosed) == [true, true])
    #expect(sessions.map(\.packets).reduce(0, +) == UInt64(sent.count))
    #expect(sessions.allSatisfy { $0.packets > 0 })
  }

  @Test("SIGHUP with other interfaces opens them and closes the old ones, which is a gap of a second")
  func otherInterfaces() throws {
    let network = try NetworkNamespace(pairs: 2)
    let capture = try sampleCapture()
    let service = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
    func sockets() throws -> Int {
      // A heading, then one line for each packet socket.
      try network.run("cat", "/proc/self/net/packet").split(separator: "\n").count - 1
    }
    #expect(try sockets() == 1)
    try network.send(capture, into: ["out0"])
    _ = try folder.write(configuration(["in1"], more: "ring_megabytes: 8"), to: "site.yaml")
    service.signal(SIGHUP)
    #expect(service.says("event=interface_capturing interface=in1"))
    #expect(try sockets() == 1)
    try network.send(capture, into: ["out1"])
    try network.send(capture, into: ["out0"])
    #expect(service.stop().code == 0)
    let total = try seen()
    #expect(total.packets == 2 * 5_559)
    #expect(Set(total.gaps.keys) == [.interfaceDown])
    // A second, or little more where the machine is busy.
    #expect((1...4).contains(total.gaps[.interfaceDown, default: 0]))
  }

  @Test(
    "the service manager is notified of readiness, life and end, and SIGTERM under load ends within ten seconds")
  func serviceManager() throws {
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"]), environment: ["WATCHDOG_USEC": "1500000"])
    #expect(service.manager.wait(for: "WATCHDOG=1", seconds: 3) != nil)
    #expect(service.manager.wait(for: "WATCHDOG=1", seconds: 3) != nil)
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread { [network = UncheckedBox(network)] in
      _ = try? network.value.send(capture, rounds: 6, burst: 200)
      done.signal()
    }
    #expect(service.manager.wait(for: "STATUS=Capturing: ", seconds: 20) != nil)
    let end = service.stop()
    #expect(end.code == 0)
    #expect(end.seconds < 10)
    #expect(service.manager.wait(for: "STOPPING=1", seconds: 3) != nil)
    #expect(service.log.contains("<5>event=stopped dropped="))
    done.wait()
    // A stopped thread sends no watchdog notification.
    let hanging = try Service(
      in: network, folder: folder, configuration: configuration(["in0"]), environment: ["WATCHDOG_USEC": "1500000"])
    hanging.signal(SIGSTOP)
    while hanging.manager.wait(for: "WATCHDOG=1", seconds: 1) != nil {}
    #expect(hanging.manager.wait(for: "WATCHDOG=1", seconds: 2) == nil)
    hanging.signal(SIGCONT)
    #expect(hanging.stop().code == 0)
  }

  @Test("no line of the log holds an address or a name from the network")
  func logsNothingCaptured() throws {
    let network = try NetworkNamespace()
    let service = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
    try network.send(try sampleCapture())
    service.signal(SIGHUP)
    #expect(service.says("event=reloaded"))
    #expect(service.stop().code == 0)
    for line in service.log.split(separator: "\n") {
      #expect(line.wholeMatch(of: /<[3-6]>event=[a-z_]+( [a-z_]+=("[^"]*"|[^ "]+))*/) != nil, "\(line)")
    }
    // Three pairs: times have two colons.
    #expect(
      service.log.firstMatch(of: /\d+\.\d+\.\d+\.\d+|[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}:|microsoft|\.com/) == nil)
    #expect(service.log.firstMatch(of: /[ ](packets|flows|matched_flows|rows|bytes)=/) == nil)
  }

  @Test("the capability to capture is the only one that it needs, also in promiscuous mode")
  func rights() throws {
    let network = try NetworkNamespace()
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"], more: "promiscuous: true"),
      rights: ["setpriv", "--bounding-set=-all,+net_raw", "--inh-caps=-all,+net_raw"])
    let status = try String(contentsOfFile: "/proc/\(service.process.processIdentifier)/status", encoding: .utf8)
    // CAP_NET_RAW is number 13.
    #expect(status.contains("CapEff:\t0000000000002000\n"), "\(status)")
    try network.send(try sampleCapture())
    service.signal(SIGHUP)
    #expect(service.says("event=reloaded"))
    #expect(service.stop().code == 0)
    #expect(try seen().packets == 5_559)
  }

  // MARK: Where it does not begin

  @Test("an obstacle to the start is reported with the next step, and nothing is stored")
  func refusals() throws {
    let network = try NetworkNamespace()
    func start(_ configuration: String, _ environment: [String: String] = [:], as prefix: [String] = []) throws
      -> (code: Int32, said: String)
    {
      let file = try folder.write(configuration, to: "site.yaml")
      let words = network.entering(
        prefix + [Program.path, "run", "--config", file, "--store", store, "--rules", Project.rules])
      let process = Process()
      let said = Pipe()
      process.executableURL = URL(fileURLWithPath: words[0])
      process.arguments = Array(words.dropFirst())
      process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C"].merging(environment) { $1 }
      process.standardError = said
      try process.run()
      let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, text)
    }
    let none = try start("site: { name: rathaus }\n")
    #expect(none.code == 3 && none.said.contains("no interface is named"))
    let any = try start(configuration(["any"]))
    #expect(any.code == 3 && any.said.contains("not 'any', which shows forwarded packets twice"))
    let filter = try start(configuration(["in0"], more: "filter: tcp porto 443"))
    #expect(filter.code == 3 && filter.said.contains("the filter is not understood"))
    let variable = try start(configuration(["in0"]), ["EGRESSAUDIT_CAPTURE_INTERFACE": "[in0]"])
    #expect(variable.code == 3 && variable.said.contains("did you mean 'EGRESSAUDIT_CAPTURE_INTERFACES'?"))
    let rights = try start(
      configuration(["in0"]), as: ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"])
    #expect(rights.code == 3 && rights.said.contains("give the service CAP_NET_RAW"), "\(rights.said)")
    #expect(!FileManager.default.fileExists(atPath: store))
  }

  @Test("an environment variable overrides a key")
  func environment() throws {
    let network = try NetworkNamespace(pairs: 2)
    let service = try Service(
      in: network, folder: folder, configuration: configuration(["in0"]),
      environment: ["EGRESSAUDIT_CAPTURE_INTERFACES": "[in1]", "EGRESSAUDIT_SITE_SENSOR": "gw2"])
    try network.send(try sampleCapture(), into: ["out1"])
    #expect(service.stop().code == 0)
    #expect(try seen().packets == 5_559)
    #expect(try AuditDatabase(path: store, mode: .readExisting).sessions().map(\.sensor) == ["gw2"])
  }

  @Test(
    "data older than the agreed times is deleted during the capture, also if a reload sets the times")
  func retention() throws {
    let file = try folder.write(configuration(["in0"]), to: "site.yaml")
    let replay = try Program.run([
      "replay", Project.sample, "--store", store, "--config", file, "--rules", Project.rules,
    ])
    #expect(replay.code == 0)
    let future = Hour(sinceEpoch: 1_000_000)
    let rows = try AuditDatabase(path: store, mode: .readExisting).rowCount(of: .evidence, before: future)
    #expect(rows > 100)
    let network = try NetworkNamespace()
    let service = try Service(in: network, folder: folder, configuration: configuration(["in0"]))
    #expect(!service.log.contains("event=deleted"))
    _ = try folder.write(configuration(["in0"]) + "retention: { evidence_days: 1 }\n", to: "site.yaml")
    service.signal(SIGHUP)
    #expect(service.says("event=deleted data_class=evidence\n"))
    try network.send(try sampleCapture())
    #expect(service.stop().code == 0)
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.deletions().map(\.rows) == [rows])
    // The flows captured now are younger.
    #expect(try database.rowCount(of: .evidence, before: future) > 100)
    #expect(try seen().packets == 2 * 5_559)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
  }

  @Test("a canary is in the coverage and nowhere else, and one an hour counts")
  func canary() throws {
    waitForQuietHour()
    let network = try NetworkNamespace()
    let hosts = try folder.write("127.0.0.2 canary.musterstadt.example\n", to: "hosts")
    try network.run("sh", "-c", "mount --bind '\(hosts)' /etc/hosts && ip link set lo up")
    let sink = try Sink(in: network)
    // The one end is inside, the other is not.
    let text = configuration(["lo"], more: "filter: tcp")
      .replacing("inside_networks: [10.0.0.0/8, ", with: "inside_networks: [127.0.0.1/32, ")
    let service = try Service(
      in: network, folder: folder,
      configuration: text + "canary: { sink: Canary.musterstadt.example, port: \(sink.port) }\n")
    for _ in 0..<2 {
      #expect(try network.run(Program.path, "canary", "--config", folder.path("site.yaml")) == "answered\n")
    }
    #expect(service.stop().code == 0)
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let period = try #require(try database.period())
    let coverage = try database.coverage(in: period).map(\.coverage)
    #expect(coverage.map(\.canariesSeen) == [1])
    #expect(coverage.map(\.outboundFlows) == [2])
    #expect(coverage.map { ($0.bytesOutByClass[.a] ?? 0) > 400 } == [true])
    #expect(try stored(store) == 0)
    #expect(try database.presence(in: period).isEmpty)
    // Only an hour that was captured whole should have had one.
    #expect(coverage.map(\.canariesExpected) == [0])
  }

  /// A server that answers everything with one byte.
  private final class Sink {
    let port: Int
    private let process = Process()
    private let input = Pipe()

    init(in network: NetworkNamespace) throws {
      let output = Pipe()
      let words = network.entering([
        "/usr/bin/python3", "-c",
        """
        import socket, sys, threading
        server = socket.create_server(("127.0.0.2", 0))
        print(server.getsockname()[1], flush=True)
        def serve():
          while True:
            connection = server.accept()[0]
            connection.recv(4096)
            connection.sendall(b"\\x15")
            connection.close()
        threading.Thread(target=serve, daemon=True).start()
        sys.stdin.read()
        """,
      ])
      process.executableURL = URL(fileURLWithPath: words[0])
      process.arguments = Array(words.dropFirst())
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      port = try #require(Int(said.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    deinit {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
  }

  // MARK: Help

  func configuration(_ interfaces: [String], more: String = "") -> String {
    """
    site: { name: rathaus-musterstadt, sensor: gw1 }
    inside_networks: [10.0.0.0/8, "2001:db8:20::/48"]
    groups:
      - { name: Bürgeramt, networks: [10.20.1.0/24, "2001:db8:20:1::/64"], vlans: [10] }
      - { name: Sozialamt, networks: [10.20.2.0/24, "2001:db8:20:2::/64"], vlans: [20], secrecy_zone: true }
    privacy: { group_minimum: 4 }
    # The clock of the machine that runs the tests may follow none.
    gate: { minimum_device_days: 4, maximum_gap: 1 }
    location: none
    capture:
      interfaces: [\(interfaces.joined(separator: ", "))]
      \(more)

    """
  }

  func sampleCapture() throws -> String {
    try folder.write(PcapWriter.pcap(try SampleFrames.all()), to: "sample.pcap")
  }

  /// Another program that locks the store until it is told to release it.
  private final class StoreHolder {
    private let process = Process()
    private let input = Pipe()

    /// Returns once the store is locked.
    init(of store: String) throws {
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
      process.arguments = [
        "-c",
        """
        import sqlite3, sys
        store = sqlite3.connect(sys.argv[1], timeout=30)
        store.execute("BEGIN IMMEDIATE")
        print("held", flush=True)
        sys.stdin.read()
        store.rollback()
        """, store,
      ]
      process.standardInput = input
      process.standardOutput = output
      try process.run()
      try #require(output.fileHandleForReading.availableData.starts(with: Data("held".utf8)))
    }

    func letGo() {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }

    deinit { letGo() }
  }

  /// Waits until the metrics contain all of `lines` at once.
  func told(by metrics: String, _ lines: String...) -> Bool {
    let stop = Date().addingTimeInterval(90)
    while Date() < stop {
      let text = (try? String(contentsOfFile: metrics, encoding: .utf8)) ?? ""
      if Set(text.split(separator: "\n").map(String.init)).isSuperset(of: lines) { return true }
      Thread.sleep(forTimeInterval: 0.2)
    }
    return false
  }

  /// Number of flows in evidence.
  func stored(_ store: String) throws -> Int {
    let database = try AuditDatabase(path: store, mode: .readExisting)
    var count = 0
    try database.forEachEvidence(in: try #require(try database.period())) { _ in count += 1 }
    return count
  }

  struct Total {
    var packets: UInt64 = 0
    var drops: UInt64 = 0
    var recordsLost: UInt64 = 0
    var restarts: UInt64 = 0
    var outboundFlows: UInt64 = 0
    var gaps: [GapCause: UInt64] = [:]
    var anomalies: [Anomaly: UInt64] = [:]
  }

  /// The sum of all hours, since a test may run across a full hour.
  func seen() throws -> Total {
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let period = try #require(try database.period())
    return try database.coverage(in: period).map(\.coverage).reduce(into: Total()) {
      $0.packets += $1.packetsSeen
      $0.drops += $1.packetsDroppedKernel
      $0.recordsLost += $1.recordsLost
      $0.restarts += $1.restarts
      $0.outboundFlows += $1.outboundFlows
      $0.anomalies.merge($1.anomalies, uniquingKeysWith: +)
      $0.gaps.merge($1.gaps, uniquingKeysWith: +)
    }
  }

  /// At a full hour flows are cut in two, at other places live than in a replay.
  private func waitForQuietHour() {
    let second = Int(Date().timeIntervalSince1970) % 3_600
    if second > 3_600 - 40 { Thread.sleep(forTimeInterval: Double(3_601 - second)) }
  }

  final class Sent: @unchecked Sendable { var count = 0 }

  struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }
}
