import Auditing
import Foundation
import Glibc
import Model
import Reporting
import Store
import TestSupport
import Testing

/// The program, reading a capture from a pipe that the test fills as it likes.
private final class PipedReplay {
  let process = Process()
  private let input = Pipe()
  private let said = Pipe()

  init(store: String, key: String) throws {
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = [
      "replay", "-", "--store", store, "--config", Project.sampleConfiguration, "--rules", Project.rules,
      "--pseudonym-key", key,
    ]
    process.environment = ["PATH": "/usr/bin:/bin", "LANG": "C"]
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    process.standardError = said
    try process.run()
  }

  /// Feeds that many bytes of the sample and waits until the store names the audit.
  func feed(_ bytes: Int, store: String) throws {
    let sample = try Data(contentsOf: URL(fileURLWithPath: Project.sample))
    try input.fileHandleForWriting.write(contentsOf: sample.prefix(bytes))
    for _ in 0..<600 {
      if let database = try? AuditDatabase(path: store, mode: .readExisting),
        try database.sessions().contains(where: { !$0.isClosed && !$0.isTakenOut })
      {
        return
      }
      usleep(50_000)
    }
    Issue.record("no audit begun")
  }

  /// - Returns: exit code, or number of the signal that ended it; and its output.
  func end(closingInput: Bool = true) throws -> (code: Int32, bySignal: Bool, said: String) {
    if closingInput { try input.fileHandleForWriting.close() }
    let bytes = said.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      process.terminationStatus, process.terminationReason == .uncaughtSignal, String(decoding: bytes, as: UTF8.self)
    )
  }
}

/// The counts of a store.
private struct Sums: Equatable {
  var usage: [RuleUsage] = []
  var coverage: [SensorHour]
  var presence: [DevicePresence]
  var flows: Int

  init(_ store: String) throws {
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let hours = try database.period() ?? Hour(sinceEpoch: 0)..<Hour(sinceEpoch: 1)
    var rows: [RuleUsage] = []
    try database.forEachUsage(in: hours) { rows.append($0) }
    usage = rows
    coverage = try database.coverage(in: hours)
    presence = try database.presence(in: hours)
    var count = 0
    try database.forEachEvidence(in: hours) { _ in count += 1 }
    flows = count
  }
}

@Suite("An audit that is not finished")
struct UnfinishedAuditTests {
  let folder: TemporaryDirectory
  let store: String
  /// That of `Project.fixedKey`.
  let key: String

  init() throws {
    folder = try TemporaryDirectory()
    store = folder.path("a.sqlite")
    key = try folder.write(String(repeating: "07", count: 32) + "\n", to: "fixed.key")
    chmod(key, 0o400)
  }

  private func whole() throws -> Sums {
    let other = folder.path("whole.sqlite")
    try Project.replay([Project.sample], into: other)
    return try Sums(other)
  }

  private func verify() throws {
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    _ = try database.checkValues()
  }

  /// Every verb that reads the store reports it.
  private func expectNamed(_ number: Int) throws {
    let sentence = "Audit \(number) was not finished"
    let configuration = try folder.write("retention: { evidence_days: 3000 }\n", to: "retention.yaml")
    for arguments in [
      ["export", "coverage", "--output", "-"], ["retention", "delete", "--dry-run", "--config", configuration],
    ] {
      let run = try Program.run(arguments + ["--store", store])
      #expect(run.said.contains(sentence), "\(arguments): \(run.said)")
    }
    let check = try Program.run(["check", "--store", store])
    #expect(check.output.contains("look    audits: audit \(number) was not finished"))
  }

  @Test(
    "by Ctrl-C or SIGTERM prints a message, ends with the signal's code, and leaves only its name",
    arguments: [SIGINT, SIGTERM])
  func signal(number: Int32) throws {
    let replay = try PipedReplay(store: store, key: key)
    try replay.feed(60_000, store: store)
    kill(replay.process.processIdentifier, number)
    usleep(300_000)
    let end = try replay.end()
    #expect(end.code == 128 + number && !end.bySignal)
    #expect(end.said.contains("egressaudit: Interrupted. Nothing of this audit was stored;"), "\(end.said)")
    #expect(try Sums(store) == Sums(emptyStore()))
    try expectNamed(1)
    try verify()
    #expect(!FileManager.default.fileExists(atPath: store + ".lock"))
  }

  private func emptyStore() throws -> String {
    let path = folder.path("empty.sqlite")
    AuditDatabase.closed(try AuditDatabase(path: path, mode: .capture))
    return path
  }

  @Test("by Ctrl-C while waiting for a silent pipe still ends after a moment")
  func silentPipe() throws {
    let replay = try PipedReplay(store: store, key: key)
    try replay.feed(60_000, store: store)
    kill(replay.process.processIdentifier, SIGINT)
    let end = try replay.end(closingInput: false)
    #expect(end.code == 130 && !end.bySignal)
    #expect(end.said.contains("Interrupted. Nothing of this audit was stored;"))
    try expectNamed(1)
  }

  @Test("by kill -9 is named, and the next audit of the same capture replaces it, with a record in the chain")
  func killed() throws {
    let replay = try PipedReplay(store: store, key: key)
    try replay.feed(1_000_000, store: store)
    kill(replay.process.processIdentifier, SIGKILL)
    #expect(try replay.end().bySignal)
    try expectNamed(1)
    let nothing = try Program.run(["export", "all", "--store", store, "--output", folder.path("out")])
    #expect(nothing.code == 3 && nothing.said.contains("No audit of the store is finished"))

    let next = try Project.replay([Project.sample], into: store)
    #expect(next.replaced == [1])
    #expect(try Sums(store) == whole())
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.sessions().map(\.isUnfinished) == [false, false])
    #expect(try database.takenOutAudits().map { [$0.session, $0.successor ?? 0] } == [[1, 2]])
    try verify()
  }

  @Test("counts as nothing beside a whole one, and makes the days not assessable until it is replayed")
  func beside() throws {
    let parts = try PcapngSplitter.split(Project.sample, after: [3_000], into: folder.path(""))
    try Project.replay([parts[0]], into: store)
    let before = try Sums(store)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // A limit of the file size ends it, as a full disk would.
    process.arguments = [
      "-c", "ulimit -f 200; exec \"$0\" \"$@\"", Program.path, "replay", parts[1], "--store", store, "--config",
      Project.sampleConfiguration, "--rules", Project.rules, "--pseudonym-key", key,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus != 0 || process.terminationReason == .uncaughtSignal)
    #expect(try Sums(store) == before)
    try expectNamed(2)
    let coverage = try Program.run(["export", "coverage", "--store", store, "--output", "-"])
    #expect(coverage.output.contains("1 audit not finished"))
    let database = try AuditDatabase(path: store, mode: .readExisting)
    let summary = try AuditSummary.text(database: database, language: .german)
    #expect(summary.contains("Auswertung 2 wurde nicht abgeschlossen"))
    #expect(
      summary.contains("1 Auswertung nicht abgeschlossen: dieselbe Aufzeichnung noch einmal mit replay auswerten"))
    _ = try Program.run(["export", "all", "--store", store, "--output", folder.path("out")])
    let legends = try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).filter {
      $0.hasSuffix("html")
    }
    let legend = try String(contentsOfFile: folder.path("out/" + (try #require(legends.first))), encoding: .utf8)
    #expect(legend.contains("Audit 2 was not finished") && legend.contains("Auswertung 2 wurde nicht abgeschlossen"))

    try Project.replay([parts[1]], into: store)
    let other = folder.path("parts.sqlite")
    for part in parts { try Project.replay([part], into: other) }
    #expect(try Sums(store) == Sums(other))
    #expect(try AuditDatabase(path: store, mode: .readExisting).sessions().allSatisfy { !$0.isUnfinished })
    try verify()
  }

  @Test(
    "of a truncated file counts the readable part, is not assessable, and is removed when the whole file is replayed")
  func cut() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Project.sample))
    let file = folder.path("cut.pcapng")
    try bytes.prefix(bytes.count / 2 + 1).write(to: URL(fileURLWithPath: file))
    let result = try Project.replay([file], into: store)
    #expect(result.problems.count == 1)
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.sessions().map(\.isUnfinished) == [true])
    let summary = try AuditSummary.text(database: database, language: .english)
    #expect(
      summary.contains("Audit 1 could not read all its captures to their end; only the readable part is counted."))
    #expect(summary.contains("1 audit not finished: replay the same capture again"))
    #expect(summary.contains("not assessable"))
    database.close()
    // Truncated again at the same place, it replaces itself and is truncated as before.
    #expect(try Project.replay([file], into: store).replaced == [1])
    #expect(try Project.replay([Project.sample], into: store).replaced == [2])
    #expect(try Sums(store) == whole())
    try verify()
  }

  @Test("again counts once: the earlier audit is removed in the same transaction")
  func again() throws {
    try Project.replay([Project.sample], into: store)
    let arguments = [
      "replay", Project.sample, "--store", store, "--config", Project.sampleConfiguration, "--pseudonym-key", key,
    ]
    let refused = try Program.run(arguments)
    #expect(refused.code == 3 && refused.said.contains("Say --again to put a new audit in its place"))
    let again = try Program.run(arguments + ["--again"])
    #expect(again.code == 0, "\(again.said)")
    #expect(again.said.contains("This audit replaced audit 1, whose rows are no longer in the store."))
    let (sums, expected) = (try Sums(store), try whole())
    #expect(sums.usage == expected.usage && sums.presence == expected.presence)
    try verify()
  }

  @Test("an interrupted export leaves only complete files")
  func export() throws {
    try Project.replay([Project.sample], into: store)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = ["export", "all", "--store", store, "--output", folder.path("out")]
    let said = Pipe()
    process.standardError = said
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    while process.isRunning,
      (try? FileManager.default.contentsOfDirectory(atPath: folder.path("out")))?.isEmpty != false
    {
      usleep(1_000)
    }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    // If it was quicker, it has finished.
    #expect(process.terminationStatus == 130 ? text.contains("Interrupted.") : process.terminationStatus == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
    #expect(files.filter { $0.hasSuffix(".partial") } == [])
  }
}

extension AuditDatabase {
  fileprivate static func closed(_ database: AuditDatabase) { database.close() }
}

@Suite("Traffic that several captures hold")
struct OverlappingCaptureTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test("counts once if both formats of a capture, or a copy, are read in one run")
  func formats() throws {
    let frames = try SampleFrames.all()
    let files = [
      Project.sample, try folder.write(PcapWriter.pcap(frames), to: "a.pcap"),
      try folder.write(PcapWriter.pcapng(Array(frames[2_000..<4_000])), to: "middle.pcapng"),
    ]
    try Project.replay([Project.sample], into: folder.path("one.sqlite"))
    let result = try Project.replay(files.reversed(), into: folder.path("all.sqlite"))
    let (one, all) = (try Sums(folder.path("one.sqlite")), try Sums(folder.path("all.sqlite")))
    #expect(all.usage == one.usage && all.presence == one.presence && all.flows == one.flows)
    #expect(result.problems == [] && result.notes.count >= 2)
    let repeated = all.coverage.map { $0.coverage.anomalies[.frameInTwoFiles] ?? 0 }.reduce(0, +)
    #expect(repeated == UInt64(frames.count + 2_000))
    #expect(all.coverage.map(\.coverage.packetsSeen) == one.coverage.map(\.coverage.packetsSeen))
  }

  @Test("is refused in a second run, with the reason, and nothing of it is stored", arguments: [2_900, 2_400])
  func secondRun(begin: Int) throws {
    let frames = try SampleFrames.all()
    let first = try folder.write(PcapWriter.pcapng(Array(frames[..<3_000])), to: "1.pcapng")
    let second = try folder.write(PcapWriter.pcapng(Array(frames[begin...])), to: "2.pcapng")
    let store = folder.path("a.sqlite")
    try Project.replay([first], into: store)
    let before = try Sums(store)
    let error = #expect(throws: ReplayError.self) { try Project.replay([second], into: store) }
    #expect(error?.description.contains("audit 1 counts connections that are in this capture, too") == true)
    #expect(error?.description.contains("replay all files together into a new store") == true)
    #expect(try Sums(store) == before)
    let database = try AuditDatabase(path: store, mode: .readExisting)
    #expect(try database.sessions().map(\.isUnfinished) == [false, false])
    #expect(try database.takenOutAudits().map(\.successor) == [nil])
    #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    // Together they count as the whole.
    try Project.replay([first, second], into: folder.path("both.sqlite"))
    try Project.replay([Project.sample], into: folder.path("whole.sqlite"))
    #expect(try Sums(folder.path("both.sqlite")).usage == Sums(folder.path("whole.sqlite")).usage)
  }

  @Test("is refused if another sensor saw it, with another clock, one hop further on")
  func twoSensors() throws {
    let store = folder.path("a.sqlite")
    try Project.replay([Project.sample], into: store)
    let elsewhere = try SampleFrames.all().map { frame in
      var frame = frame
      frame.time = frame.time.advanced(by: TimeSpan(nanoseconds: 7_000_000))
      // After a VLAN tag.
      if frame.bytes[12] == 0x81, frame.bytes[16] == 8 {
        frame.bytes[26] -= 1
        for index in 0..<6 { frame.bytes[index] ^= 0x20 }
      }
      return frame
    }
    let capture = try folder.write(PcapWriter.pcapng(elsewhere), to: "b.pcapng")
    let text = try String(contentsOfFile: Project.sampleConfiguration, encoding: .utf8)
    let configuration = try folder.write(text.replacing("sensor: gw1", with: "sensor: gw2"), to: "b.yaml")
    let error = #expect(throws: ReplayError.self) {
      try Project.replay([capture], into: store, configuration: configuration)
    }
    #expect(
      error?.description.contains("Where two sensors see the same traffic, use the recordings of one of them") == true)
  }

  /// Each frame twice, the second time 50 µs later.
  private func doubled(_ copy: (TimedFrame) -> TimedFrame = { $0 }) throws -> [TimedFrame] {
    try SampleFrames.all().flatMap { frame in
      var again = copy(frame)
      again.time = frame.time.advanced(by: TimeSpan(nanoseconds: 50_000))
      return [frame, again]
    }.sorted { $0.time < $1.time }
  }

  @Test("counts once if a mirror port delivers each packet twice")
  func mirrorPort() throws {
    let capture = try folder.write(PcapWriter.pcapng(try doubled()), to: "doubled.pcapng")
    try Project.replay([Project.sample], into: folder.path("one.sqlite"))
    try Project.replay([capture], into: folder.path("two.sqlite"))
    let (one, two) = (try Sums(folder.path("one.sqlite")), try Sums(folder.path("two.sqlite")))
    #expect(two.usage == one.usage && two.presence == one.presence && two.flows == one.flows)
    #expect(two.coverage.map(\.coverage.bytesOut) == one.coverage.map(\.coverage.bytesOut))
    #expect(two.coverage.map(\.coverage.packetsSeen) == one.coverage.map { $0.coverage.packetsSeen * 2 })
    #expect(two.coverage.allSatisfy { ($0.coverage.anomalies[.frameDuplicated] ?? 0) > 0 })
  }

  @Test("is not assessable, with the reason, if both sides of a router are mirrored in VLANs of their own")
  func bothSides() throws {
    let capture = try folder.write(
      PcapWriter.pcapng(
        try doubled { frame in
          var frame = frame
          // Another VLAN on the other side of the router.
          if frame.bytes[12] == 0x81 { frame.bytes[15] ^= 0x40 }
          return frame
        }), to: "routed.pcapng")
    let store = folder.path("a.sqlite")
    try Project.replay([capture], into: store)
    let summary = try AuditSummary.text(
      database: AuditDatabase(path: store, mode: .readExisting), language: .english)
    #expect(summary.contains("packets seen in two networks"))
    #expect(summary.contains("mirror one side of the router only, or filter the capture to one VLAN"))
  }

  @Test("counts once if both legs of a proxy are seen")
  func proxy() throws {
    let name = "v10.events.data.microsoft.com"
    let hello = ClientHelloBuilder(name).record
    var client = PacketBuilder(from: "10.0.0.5", to: "10.0.0.2")
    client.sourceHardware = HardwareAddress(bits: 0x0200_0000_0005)
    client.destinationHardware = HardwareAddress(bits: 0x0200_0000_0002)
    var inner = TCPConversation(client, serverPort: 3_128, start: Timestamp(seconds: 1_700_000_000))
    inner.open()
    inner.send(.client, Array("CONNECT \(name):443 HTTP/1.1\r\nHost: \(name):443\r\n\r\n".utf8))
    var proxy = PacketBuilder(from: "10.0.0.2", to: "203.0.113.9")
    proxy.sourceHardware = client.destinationHardware
    var outer = TCPConversation(proxy, clientPort: 40_000, clientSequence: 5, start: inner.time)
    outer.open()
    inner.time = outer.time
    inner.send(.server, Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
    inner.send(.client, hello)
    outer.time = inner.time
    outer.send(.client, hello)
    outer.send(.server, Array(repeating: 9, count: 300))
    inner.time = outer.time
    inner.send(.server, Array(repeating: 9, count: 300))
    inner.close()
    outer.time = inner.time
    outer.close()
    func replayed(_ frames: [TimedFrame], _ name: String) throws -> Sums {
      let capture = try folder.write(PcapWriter.pcapng(frames), to: name + ".pcapng")
      try Project.replay([capture], into: folder.path(name + ".sqlite"), configuration: nil)
      return try Sums(folder.path(name + ".sqlite"))
    }
    let alone = try replayed(inner.frames, "inner")
    let both = try replayed((inner.frames + outer.frames).sorted { $0.time < $1.time }, "both")
    #expect(alone.usage.count == 1 && both.usage == alone.usage)
    #expect(both.coverage.map(\.coverage.bytesOut) == alone.coverage.map(\.coverage.bytesOut))
    #expect(both.coverage.map { $0.coverage.anomalies[.proxyLegNotCounted] } == [1])
    // Seen alone, the proxy is the device.
    #expect(try replayed(outer.frames, "outer").usage.count == 1)
  }

  @Test("does not exist if captures only follow each other, split at any packet", arguments: [1, 2_779, 4_000])
  func rotation(at packet: Int) throws {
    let parts = try PcapngSplitter.split(Project.sample, after: [packet], into: folder.path(""))
    let store = folder.path("a.sqlite")
    for part in parts { try Project.replay([part], into: store) }
    #expect(try AuditDatabase(path: store, mode: .readExisting).sessions().map(\.isUnfinished) == [false, false])
  }
}
