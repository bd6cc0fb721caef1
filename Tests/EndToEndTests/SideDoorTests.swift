import Auditing
import Cryptography
import Foundation
import Model
import Privacy
import Store
import TestSupport
import Testing

/// Everything that an audit leaves behind, beside the cells of its tables, searched by somebody who wants to know about one
/// person.
@Suite("Side doors")
struct SideDoorTests {
  // MARK: - What is looked for

  /// A value of one person, and the forms in which it could be found.
  struct Trace {
    var name: String
    var forms: [String: Data]

    init(_ name: String, text: String, also bytes: [[UInt8]] = []) {
      self.name = name
      forms = [:]
      for variant in Set([text, text.lowercased(), text.uppercased()]) {
        add("text", Array(variant.utf8))
        forms["UTF-16LE of \(variant)"] = variant.data(using: .utf16LittleEndian)
        forms["UTF-16BE of \(variant)"] = variant.data(using: .utf16BigEndian)
      }
      for value in bytes {
        add("bytes", value)
        add("bytes, last first", value.reversed())
      }
    }

    /// As they are, in hexadecimal, in base64 at each of the three places, and as an unkeyed digest.
    private mutating func add(_ kind: String, _ bytes: [UInt8]) {
      let key = "\(kind) \(bytes.map { String($0, radix: 16) }.joined(separator: "."))"
      forms[key] = Data(bytes)
      let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      forms["hexadecimal of " + key] = Data(hexadecimal.utf8)
      forms["capital hexadecimal of " + key] = Data(hexadecimal.uppercased().utf8)
      let digest = SHA256Digest.hash(bytes)
      forms["SHA-256 of " + key] = Data(digest.prefix(12))
      forms["SHA-256 in text of " + key] = Data(
        digest.prefix(12).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().utf8)
      // Fewer letters are found by chance.
      guard bytes.count >= 6 else { return }
      for shift in 0..<3 {
        let encoded = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
        // Of the first letters, some depend on what stands before, and of the last on what follows.
        let own = encoded.dropFirst(shift == 0 ? 0 : shift + 1).prefix { $0 != "=" }.dropLast()
        forms["base64 \(shift) of " + key] = Data(own.utf8)
      }
    }

    func found(in data: Data) -> [String] {
      forms.filter { data.range(of: $0.value) != nil }.map { "\(name): \($0.key)" }
    }
  }

  private static func bigEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  private static let hardware = HardwareAddress(bits: 0x025e_c1a7_9b3d)
  private static let address = "10.20.77.199"
  private static let address6 = "fd00:20::a7c3:9b3d:77e1"
  private static let userName = "erika.mustermann-4711"
  private static let hostName = "geheime-beratung.musterverein.example"
  private static let personalHost = "pc-erika-4711.events.data.microsoft.com"
  private static let sequence: UInt32 = 0x5ec1_a79b
  /// 2026-05-11T09:17:43.123456Z
  private static let moment = Timestamp(nanoseconds: 1_778_491_063_123_456_000)

  private static let traces: [Trace] = {
    let client = IPAddress(address)!
    let client6 = IPAddress(address6)!
    let hardwareBytes = Array(bigEndian(hardware.bits).suffix(6))
    let pairs = hardwareBytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let seconds = moment.seconds
    var traces = [
      Trace("hardware address", text: pairs.joined(separator: ":"), also: [hardwareBytes]),
      Trace("hardware address", text: pairs.joined(separator: "-")),
      Trace("hardware address", text: "025e.c1a7.9b3d"),
      Trace("address", text: address, also: [bigEndian(client.v4)]),
      Trace("address as a number", text: String(client.v4)),
      Trace(
        "IPv6 address", text: address6,
        also: [bigEndian(client6.high) + bigEndian(client6.low), bigEndian(client6.low)]),
      Trace("IPv6 address", text: "fd00:0020:0000:0000:0000:a7c3:9b3d:77e1"),
      Trace("user name", text: userName), Trace("user name", text: "erika%2emustermann%2d4711"),
      Trace("host name of no rule", text: hostName), Trace("its first label", text: "geheime-beratung"),
      Trace("personal label of a described host", text: "pc-erika-4711"),
      Trace("cookie", text: "sid-3f9c27e1b84d"),
      Trace("sequence number", text: String(sequence), also: [bigEndian(sequence)]),
      Trace("time of day", text: "09:17:43"), Trace("local time of day", text: "11:17:43"),
    ]
    for (unit, value) in [
      ("seconds", seconds), ("milliseconds", moment.nanoseconds / 1_000_000), ("microseconds", moment.microseconds),
      ("nanoseconds", moment.nanoseconds),
    ] {
      // SQLite stores integers in 4, 6 or 8 bytes, highest first.
      let bytes = bigEndian(value)
      traces.append(Trace("time in \(unit)", text: String(value), also: [Array(bytes.drop { $0 == 0 })]))
    }
    return traces
  }()

  // MARK: - The audit

  let folder: TemporaryDirectory
  let configuration: String

  init() throws {
    folder = try TemporaryDirectory()
    for name in ["state", "output", "temporary"] {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: false)
    }
    configuration = try folder.write(
      """
      site: { name: musterstadt, sensor: gw1, time_zone: Europe/Berlin }
      inside_networks: [10.0.0.0/8, "fd00::/8"]
      groups: [{ name: Bürgeramt, networks: [10.20.77.0/24, "fd00:20::/64"] }]
      gate: { minimum_device_days: 1 }
      claims:
        - { id: none, says: "Nothing leaves.", purpose: telemetry }
      location: none

      """, to: "site.yaml")
  }

  private func conversation(
    _ builder: PacketBuilder, port: UInt16, to serverPort: UInt16 = 443, at time: Timestamp, sequence: UInt32 = 77,
    _ payload: [UInt8]
  ) -> [TimedFrame] {
    var conversation = TCPConversation(
      builder, clientPort: port, serverPort: serverPort, clientSequence: sequence, start: time)
    conversation.open()
    conversation.send(.client, payload)
    conversation.send(.server, [UInt8](repeating: 7, count: 400))
    conversation.close()
    return conversation.frames
  }

  private static func client(_ number: Int) -> PacketBuilder {
    var builder = PacketBuilder(from: "10.20.77.\(10 + number)", to: "198.51.100.7")
    builder.sourceHardware = HardwareAddress(bits: 0x0200_0000_0a00 + UInt64(number))
    return builder
  }

  /// Eight PCs that send telemetry every ten seconds for an hour, and one person's PC that does so once, at the moment, and is
  /// then used by the person.
  private func capture(withPerson: Bool = true) throws -> String {
    let start = Timestamp(seconds: Self.moment.seconds / 3_600 * 3_600 + 60)
    var frames: [TimedFrame] = []
    for step in 0..<340 {
      frames += conversation(
        Self.client(step % 8), port: UInt16(20_000 + step), at: start.advanced(by: .seconds(Int64(step) * 10)),
        ClientHelloBuilder("v10.events.data.microsoft.com").record)
    }
    if withPerson {
      var person = PacketBuilder(from: Self.address, to: "198.51.100.9")
      person.sourceHardware = Self.hardware
      var person6 = PacketBuilder(from: Self.address6, to: "2001:db8:9::9")
      person6.sourceHardware = Self.hardware
      let request =
        "GET /profile?user=\(Self.userName)&mail=\(Self.userName)%40musterstadt.example HTTP/1.1\r\n"
        + "Host: v10.events.data.microsoft.com\r\nCookie: session=sid-3f9c27e1b84d\r\n"
        + "User-Agent: \(Self.userName)\r\n\r\n"
      let payloads: [(PacketBuilder, UInt16, [UInt8])] = [
        (person, 443, ClientHelloBuilder(Self.hostName).record), (person, 80, Array(request.utf8)),
        (person, 443, ClientHelloBuilder(Self.personalHost).record),
        (person6, 443, ClientHelloBuilder("v20.events.data.microsoft.com").record),
        (person6, 80, Array(request.replacing("v10.events.data.microsoft.com", with: Self.hostName).utf8)),
      ]
      var resolver = person
      resolver.destination = IPAddress("10.20.0.53")!
      frames.append(
        TimedFrame(
          time: Self.moment, bytes: resolver.udp(from: 40_001, to: 53, payload: DNSBuilder.query(Self.hostName).message)
        ))
      for (index, (builder, port, payload)) in payloads.enumerated() {
        frames += conversation(
          builder, port: UInt16(50_000 + index), to: port, at: Self.moment, sequence: Self.sequence, payload)
      }
    }
    frames.sort { $0.time < $1.time }
    return try folder.write(PcapWriter.pcap(frames), to: withPerson ? "person.pcap" : "others.pcap")
  }

  private var store: String { folder.path("state/audit.sqlite") }

  @discardableResult
  private func run(_ arguments: [String], _ said: inout Data) throws -> Int32 {
    let run = try Program.run(
      arguments, environment: ["TMPDIR": folder.path("temporary"), "SQLITE_TMPDIR": folder.path("temporary")],
      folder: folder.path("output"))
    said += Data((run.output + run.said).utf8)
    return run.code
  }

  /// Names and contents of all files below a folder; workbooks unpacked, too.
  private func left(in name: String) throws -> Data {
    var data = Data()
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path(name)).sorted()
    for path in paths {
      data += Data((path + "\n").utf8)
      let file = folder.path(name + "/" + path)
      guard let content = FileManager.default.contents(atPath: file) else { continue }
      data += content
      if content.starts(with: Array("PK".utf8)) {
        let unpacked = try Tool.run("/usr/bin/unzip", ["-p", file])
        #expect(unpacked.code == 0)
        data += Data(unpacked.text.utf8)
      }
    }
    return data
  }

  // MARK: - Tests

  @Test("the search finds each of the values where it is: in the capture")
  func control() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: capture()))
    // Forms that no packet has.
    let absent = [
      "address as a number", "time of day", "local time of day", "time in milliseconds", "time in microseconds",
      "time in nanoseconds",
    ]
    let found = Set(Self.traces.filter { !$0.found(in: bytes).isEmpty }.map(\.name))
    #expect(Set(Self.traces.map(\.name)).subtracting(absent).subtracting(found) == [])
    let trace = Trace("a", text: "Muster.Name")
    for text in [
      "Muster.Name", "muster.name", "MUSTER.NAME", "4d75737465722e4e616d65",
      Data("xMuster.Name!".utf8).base64EncodedString(),
      Data("xyMuster.Name".utf8).base64EncodedString(), Data("Muster.Name of".utf8).base64EncodedString(),
    ] { #expect(trace.found(in: Data(text.utf8)) != [], "\(text)") }
  }

  @Test(
    "no address, user name, cookie, unmatched name or exact time of a person is in any file or output, in any encoding")
  func everythingLeft() throws {
    let file = try capture()
    var said = Data()
    let site = ["--config", configuration, "--rules", Project.rules]
    #expect(try run(["replay", file, "--store", store] + site, &said) == 0)
    let rows = try AuditDatabase(path: store, mode: .readExisting).rowCount(
      of: .evidence, before: Hour(sinceEpoch: 1_000_000))
    #expect(rows == 343)
    try run(["check", "--store", store, "--listen", "0"] + site, &said)
    for language in ["de", "en"] {
      #expect(try run(["report", "--store", store, "--language", language, "--markdown", "--output", "."], &said) == 0)
    }
    for profile in ["rfc4180", "office-de"] {
      for table in ["all", "flows", "dpia"] {
        #expect(try run(["export", table, "--store", store, "--profile", profile, "--output", "."], &said) == 0)
      }
    }
    #expect(try run(["export", "all", "--store", store, "--format", "xlsx", "--output", "."], &said) == 0)
    try run(["claims", "--store", store], &said)
    #expect(try run(["unknown", "--store", store], &said) == 0)
    #expect(try run(["phase", "start", "one", "--setting", "before", "--store", store], &said) == 0)
    #expect(try run(["phase", "list", "--store", store], &said) == 0)
    #expect(try run(["baseline", "set", "spring", "--store", store], &said) <= 3)
    #expect(try run(["papers", "--config", configuration, "--store", store, "--output", "."], &said) == 0)
    #expect(try run(["deliver", "--config", configuration, "--store", store, "--output", "delivered"], &said) <= 3)
    #expect(try run(["retention", "list", "--store", store], &said) == 0)
    #expect(try run(["verify", "--store", store], &said) <= 3)
    let flows = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("output")).first {
        $0.hasPrefix("flows_") && $0.hasSuffix(".csv")
      })
    let name = try #require(
      try String(contentsOfFile: folder.path("output/" + flows), encoding: .utf8).firstMatch(of: /L-[0-9a-f]{16}/))
    try run(["evidence", String(name.output), "--store", store], &said)
    try run(["replay", file, "--store", store] + site, &said)
    #expect(try run(["replay", file, "--store", store, "--again"] + site, &said) == 0)
    // A finding shows that the search looks at the right files.
    for (place, data) in [
      ("output of the verbs", said), ("state", try left(in: "state")), ("output", try left(in: "output")),
    ] {
      #expect(data.count > 1_000)
      #expect(Self.traces.flatMap { $0.found(in: data) } == [], "\(place)")
    }
    #expect(try left(in: "output").range(of: Data("{id}.events.data.microsoft.com".utf8)) != nil)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path("temporary")) == [])
    let state = try FileManager.default.contentsOfDirectory(atPath: folder.path("state")).sorted()
    #expect(state.allSatisfy { $0.hasPrefix("audit.sqlite") }, "\(state)")
  }

  @Test(
    "LibreOffice and Chromium leave nothing of a report or a workbook in home or among the temporary files",
    .enabled(if: Tool.find("/usr/bin/soffice") != nil && Tool.find("/usr/bin/chromium") != nil))
  func helpers() throws {
    let file = try capture()
    var said = Data()
    #expect(
      try run(["replay", file, "--store", store, "--config", configuration, "--rules", Project.rules], &said) == 0)
    // Chromium makes a socket among its temporary files, whose path must be short.
    let short = "/tmp/ea-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: short) }
    for name in ["temporary", "home"] {
      try FileManager.default.createDirectory(atPath: short + "/" + name, withIntermediateDirectories: true)
    }
    for arguments in [
      ["report", "--pdf", "--odt", "--output", ".", "--language", "en"],
      ["export", "findings", "--format", "ods", "--output", "."],
    ] {
      let run = try Program.run(
        arguments + ["--store", store], environment: ["TMPDIR": short + "/temporary", "HOME": short + "/home"],
        folder: folder.path("output"))
      #expect(run.code == 0, "\(run.said)")
    }
    let made = try FileManager.default.contentsOfDirectory(atPath: folder.path("output"))
    #expect(Set(made.compactMap { $0.split(separator: ".").last }).isSuperset(of: ["pdf", "odt", "ods"]))
    #expect(try FileManager.default.subpathsOfDirectory(atPath: short).sorted() == ["home", "temporary"])
  }

  @Test("nor in the write-ahead log and its index, while somebody reads the store")
  func sideFiles() throws {
    var said = Data()
    let site = ["--config", configuration, "--rules", Project.rules]
    let others = try capture(withPerson: false)
    #expect(try run(["replay", others, "--store", store] + site, &said) == 0)
    let later = PcapWriter.shifted(try capture(), by: 86_400)
    let reader = try AuditDatabase(path: store, mode: .readExisting)
    let person = try folder.write(later, to: "later.pcap")
    #expect(try run(["replay", person, "--store", store] + site, &said) == 0)
    let log = try #require(FileManager.default.contents(atPath: store + "-wal"))
    let index = try #require(FileManager.default.contents(atPath: store + "-shm"))
    #expect(log.count > 50_000 && index.count > 1_000)
    #expect(log.range(of: Data("Bürgeramt".utf8)) != nil)
    let timeless = Self.traces.filter { !$0.name.contains("time") }
    #expect(timeless.flatMap { $0.found(in: log + index) } == [])
    _ = try reader.sessions()
  }

  @Test(
    "the order of rows in a store shows nothing finer than the hour, though somebody knows the time of his own flow")
  func order() throws {
    let file = try capture(withPerson: false)
    let heads = try ["one", "two"].map { name in
      try Project.replay([file], into: folder.path(name), configuration: configuration)
      return try AuditDatabase(path: folder.path(name), mode: .readExisting).lastFlowHash()
    }
    #expect(heads[0] == heads[1])
    let key = PseudonymKey.fixed(bytes: Array(repeating: 9, count: PseudonymKey.length))
    try Project.replay([file], into: folder.path("other"), configuration: configuration, key: key)
    // Eight PCs took turns: a device's place in the order modulo eight would be its number.
    for name in ["one", "other"] {
      let database = try AuditDatabase(path: folder.path(name), mode: .readExisting)
      var devices: [DevicePseudonym] = []
      try database.forEachEvidence(in: try #require(try database.period())) { devices.append($0.flow.device) }
      #expect(devices.count == 340)
      let turns = zip(devices, devices.dropFirst(8)).count { $0 == $1 }
      // In order of time all 332 are equal; by chance an eighth.
      #expect((20...65).contains(turns), "\(turns)")
      #expect(try database.verifyChain() == .intact(head: database.chainHead()))
    }
  }

  @Test("the output of check does not depend on what anybody does: with and without a person's evening it is the same")
  func check() throws {
    let texts = try [true, false].map { withPerson in
      let place = folder.path(withPerson ? "with" : "without")
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
      try Project.replay(
        [try capture(withPerson: withPerson)], into: place + "/audit.sqlite", configuration: configuration)
      let run = try Program.run(
        [
          "check", "--store", "audit.sqlite", "--config", configuration, "--rules", Project.rules, "--listen", "0",
          "--json",
        ], folder: place)
      let points = try JSONDecoder().decode([[String: String]].self, from: Data(run.output.utf8))
      // Disk, memory and clock are those of the machine, which other programs use meanwhile.
      let own = points.filter { !["disk", "memory", "clock"].contains($0["name"]) }
      #expect(own.count == points.count - 3)
      return own.map { point in point.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } } + [["\(run.code)"]]
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0].joined().contains { $0.hasSuffix("all rows hold what they may") })
  }

  @Test("a program that reads packets leaves no core, and no other process of its user reads its memory or environment")
  func memory() throws {
    let script = """
      ulimit -c unlimited 2>/dev/null || ulimit -c $(ulimit -H -c)
      cd "$1"; mkfifo "$2.pipe"; chmod 666 "$2.pipe"; shift
      name=$1; shift
      setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@" "$name.pipe" >/dev/null &
      process=$!
      exec 3>"$name.pipe"
      echo "limit: $(grep 'Max core file size' /proc/$process/limits | tr -s ' ')"
      setpriv --reuid 65534 --regid 65534 --clear-groups -- cat /proc/$process/environ >/dev/null 2>&1 && echo environment
      setpriv --reuid 65534 --regid 65534 --clear-groups -- cat /proc/$process/maps >/dev/null 2>&1 && echo memory
      kill -SEGV $process
      wait $process
      echo "status $?"
      ls | grep -c '^core' | sed 's/^/cores /'
      """
    func tried(_ name: String, _ command: [String]) throws -> [String] {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: false)
      chmod(folder.path(name), 0o777)
      return try Tool.run("/usr/bin/bash", ["-c", script, "bash", folder.path(name), name] + command)
        .text.split(separator: "\n").map(String.init)
    }
    chmod(folder.path(""), 0o755)
    let control = try tried("control", ["cat"])
    #expect(control.contains("environment") && control.contains("memory"), "\(control)")
    let program = try tried("program", [Program.path, "inspect"])
    #expect(program.contains("limit: Max core file size 1 1 bytes "), "\(program)")
    #expect(!program.contains("environment") && !program.contains("memory"), "\(program)")
    #expect(program.contains("status 139") && program.contains("cores 0"), "\(program)")
    #expect(!program.contains { $0.contains("core dumped") }, "\(program)")
  }
}

extension PcapWriter {
  /// A capture in this writer's form with all times moved on by whole seconds.
  fileprivate static func shifted(_ path: String, by seconds: UInt32) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    var bytes = [UInt8](data)
    func word(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) } }
    var offset = 24
    while offset < bytes.count {
      let time = word(offset) + seconds
      for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: time >> (8 * UInt32(index))) }
      offset += 16 + Int(word(offset + 8))
    }
    return bytes
  }
}
