import Cryptography
import Foundation
import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

/// Day files for the centre of many gateways.
@Suite("Day files of a fleet")
struct FleetTests {
  private let key = Ed25519.PrivateKey(bytes: [UInt8](repeating: 7, count: 32))!
  private let office = Office.oneSaturday()

  /// A file as the centre reads it.
  private struct Read {
    let name: String
    let members: [String: [UInt8]]

    var manifest: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(members["manifest.json"] ?? []))) as? [String: Any] ?? [:]
    }

    func rows(_ table: String) -> [[String: String]] {
      let lines = String(decoding: members[table + ".csv"] ?? [], as: UTF8.self).split(separator: "\n")
      let cells = lines.map { line -> [String] in
        line.split(separator: ",", omittingEmptySubsequences: false).map { String($0).replacing("\"", with: "") }
      }
      guard let titles = cells.first else { return [] }
      return cells.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(titles, $0)) }
    }
  }

  private func folder() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("fleet-" + UUID().uuidString).path
  }

  /// Paths by the program, and the cursor that it returns.
  private func export(
    _ source: MemorySource, since: FleetCursor? = nil, to folder: String
  ) throws -> (paths: [String], cursor: FleetCursor) {
    var paths: [String] = []
    let cursor = try FleetExport(gateway: nil, key: key, source: source).write(
      from: source, chainHash: { [UInt8](repeating: UInt8(truncatingIfNeeded: $0.lowerBound.sinceEpoch), count: 32) },
      since: since, to: folder, toolVersion: "0.2.0", now: Example.hour("2026-11-30", 12),
      output: { path, _ in paths.append(path) })
    return (paths, cursor)
  }

  private func read(_ path: String) throws -> Read {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var members: [String: [UInt8]] = [:]
    var place = 0
    while bytes[place] != 0 {
      let name = String(decoding: bytes[place..<place + 100].prefix { $0 != 0 }, as: UTF8.self)
      let length = try #require(Int(String(decoding: bytes[place + 124..<place + 135], as: UTF8.self), radix: 8))
      members[name] = Array(bytes[place + 512..<place + 512 + length])
      place += 512 + (length + 511) / 512 * 512
    }
    #expect(bytes.count == place + 1024)
    return Read(name: URL(fileURLWithPath: path).lastPathComponent, members: members)
  }

  private func files(_ source: MemorySource) throws -> [Read] {
    let folder = folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try export(source, to: folder).paths.map(read)
  }

  @Test(
    "each told day has one file; a Saturday with one person is in Monday's, in which its figures cannot be told apart")
  func days() throws {
    let files = try files(office.source)
    let site = try #require(files.first?.manifest["site"] as? String)
    #expect(
      files.map(\.name) == [
        "\(site)_2026-05-04_000001.tar", "\(site)_2026-05-05_000002.tar", "\(site)_2026-05-06_000003.tar",
        "\(site)_2026-05-07_000004.tar", "\(site)_2026-05-08_000005.tar", "\(site)_2026-05-11_000006.tar",
      ])
    #expect(files.map { $0.manifest["first_day"] as? String }.suffix(2) == ["2026-05-08", "2026-05-09"])
    #expect(files[5].rows("services").map { $0["group_class"] } == ["collecting", "office"])
    #expect(files[5].rows("services").map { $0["sessions"] } == ["7", "6"])
    #expect(files[5].rows("services").map { $0["device_days"] } == ["7", "6"])
    #expect(files[5].rows("services").map { $0["devices"] } == ["7", "6"])
  }

  @Test("what two files have in common and their difference are sums of cells that the findings of the same days show")
  func subtracted() throws {
    for file in try files(office.source) {
      let day = try #require((file.manifest["day"] as? String).flatMap { LocalDate($0) })
      let findings = try office.rows(.findings, day, day)
      for column in ["sessions", "blocked_attempts", "bytes_up", "bytes_down"] {
        let told = try Dictionary(grouping: findings) { $0["group"] == "collecting_group" ? "collecting" : "office" }
          .mapValues { rows in try rows.reduce(0) { $0 + (try #require(Int($1[column] ?? ""))) } }
        let sent = Dictionary(grouping: file.rows("services")) { $0["group_class"] ?? "" }
          .mapValues { $0.reduce(0) { $0 + (Int($1[column] ?? "") ?? -1) } }
        #expect(sent == told, "\(day) \(column)")
      }
      for row in file.rows("services") + file.rows("coverage") + file.rows("claims") {
        for column in ["devices", "devices_observed", "device_days"] {
          let count = row[column].flatMap { Int($0) } ?? 0
          #expect(count == 0 || count >= 5, "\(day) \(column)")
        }
      }
    }
  }

  @Test("no file holds a pseudonym, an hour, a name that was seen, a group, a sensor, or a destination without a rule")
  func withheld() throws {
    var source = office.source
    source.undescribed = [
      UndescribedDestination(
        identity: UndescribedDestination.Identity(text: "unknown.example"), day: Office.day(1).day, devices: 9,
        flows: 9,
        flowsOutsideHours: 0, bytesUp: 9, bytesDown: 9, namingClass: .a, systemNumber: 64_500,
        systemName: "Beispielnetz", period: nil)
    ]
    let texts = try files(source).map {
      $0.members.filter { $0.key != "manifest.sig" }.values.map { String(decoding: $0, as: UTF8.self) }.joined()
    }
    let devices = Set(source.present.map(\.device)).map { hexadecimal($0.bytes) }
    let sensor = try #require(source.rows.first?.sensor)
    let name = try #require(source.usage.first?.exampleName)
    for text in texts {
      for secret in devices + ["Bauamt", "Kasse", "\"\(sensor)\"", name, "unknown.example", "64500"] {
        #expect(!text.contains(secret), "\(secret)")
      }
      #expect(text.firstMatch(of: /\d\d:\d\d/) == nil)
      #expect(text.firstMatch(of: /T\d\d/) == nil)
    }
  }

  @Test("one device of a group that contacts a service is no number: devices are told from k on")
  func fewDevices() throws {
    var office = Office.oneSaturday()
    let kept = Set([Example.device(1), Example.device(2), Example.device(3), Example.device(4)])
    office.source.usage.removeAll { !kept.contains($0.device) }
    let rows = try #require(try files(office.source).first).rows("services")
    #expect(rows.map { $0["devices"] } == ["\\N"])
    #expect(rows.map { $0["devices_observed"] } == ["12"])
    #expect(rows.map { $0["sessions"] } == ["4"])
  }

  @Test("a claim is judged for the day and for the four weeks up to it; what got through is named by service")
  func claims() throws {
    var office = Office.oneSaturday()
    office.source.storedSessions[0].settings.claims = [
      Claim(
        id: "no-telemetry", says: LocalizedText(en: "No telemetry leaves.", de: "Keine Telemetrie."),
        purpose: .telemetry, services: [], groups: ["Kasse"], from: nil)
    ]
    let rows = try files(office.source).map { $0.rows("claims") }
    #expect(rows.map { $0.map { $0["scope"] } } == Array(repeating: ["day", "four_weeks"], count: 6))
    #expect(
      rows.map { $0.map { $0["days"] } } == [
        ["1", "1"], ["1", "2"], ["1", "3"], ["1", "4"], ["1", "5"], ["3", "8"],
      ])
    for row in rows.joined() {
      #expect(row["wording"] == "1")
      #expect(row["verdict"] == "not_held")
      #expect(row["got_through"] == Example.rule().service)
      #expect(row["bound"] == "\\N")
    }
  }

  @Test("a site that never has k devices has no file, and a day under observation has none yet")
  func untold() throws {
    var small = Office()
    for day in Int64(0)..<5 { small.add(Office.day(day), ["Bauamt": [1, 2, 3]]) }
    #expect(try files(small.source).isEmpty)
    var observed = office.source
    observed.storedSessions[0].captureMode = "live"
    observed.storedSessions[0].isClosed = false
    #expect(try files(observed).count == 5)
  }

  @Test("the files are a chain: each manifest holds the hash of the one before it, those of the tables, and is signed")
  func chain() throws {
    let files = try files(office.source)
    var previous: String?
    for (number, file) in files.enumerated() {
      let manifest = try #require(file.members["manifest.json"])
      #expect(file.manifest["previous"] as? String == previous)
      #expect(file.manifest["sequence"] as? Int == number + 1)
      #expect((file.manifest["chain_head"] as? String)?.utf8.count == 64)
      #expect(key.publicKey.isSignature(try #require(file.members["manifest.sig"]), of: manifest))
      let tables = try #require(file.manifest["files"] as? [String: [String: Any]])
      #expect(tables.keys.sorted() == ["claims.csv", "coverage.csv", "services.csv"])
      for (name, entry) in tables {
        #expect(entry["sha256"] as? String == hexadecimal(SHA256Digest.hash(file.members[name] ?? [])))
      }
      previous = hexadecimal(SHA256Digest.hash(manifest))
    }
  }

  @Test("the same store gives the same bytes, at once or in two runs, and nothing is written twice")
  func repeated() throws {
    let (first, second, third) = (folder(), folder(), folder())
    defer { for folder in [first, second, third] { try? FileManager.default.removeItem(atPath: folder) } }
    let whole = try export(office.source, to: first)
    let again = try export(office.source, since: .start, to: first)
    #expect(again.paths == whole.paths && again.cursor == whole.cursor)
    #expect(try export(office.source, to: first).paths.isEmpty)

    var earlier = office.source
    let tuesday = SiteClock(zone: "Europe/Berlin")!.firstHour(of: Office.day(2))
    earlier.rows.removeAll { $0.coverage.hour >= tuesday }
    earlier.usage.removeAll { $0.hour >= tuesday }
    earlier.present.removeAll { $0.day >= Office.day(2).day }
    let part = try export(earlier, to: second)
    #expect(part.paths.count == 2)
    let rest = try export(office.source, to: second)
    #expect(rest.cursor == whole.cursor)
    let since = try export(office.source, since: part.cursor, to: third)
    for (path, expected) in zip(part.paths + rest.paths, whole.paths) {
      #expect(FileManager.default.contentsEqual(atPath: path, andPath: expected))
    }
    for (path, expected) in zip(since.paths, whole.paths.dropFirst(2)) {
      #expect(FileManager.default.contentsEqual(atPath: path, andPath: expected))
    }
    #expect(since.paths.count == 4)
  }

  @Test("a file with other content is never replaced, and a damaged cursor is refused")
  func refused() throws {
    let folder = folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let paths = try export(office.source, to: folder).paths
    try Data("other".utf8).write(to: URL(fileURLWithPath: paths[2]))
    #expect(throws: FleetError.otherFile(paths[2])) { _ = try export(office.source, since: .start, to: folder) }
    try Data("7:2026-05-11:ab\n".utf8).write(to: URL(fileURLWithPath: folder + "/cursor"))
    #expect(throws: FleetError.cursor(folder + "/cursor")) { _ = try export(office.source, to: folder) }
    for text in [
      "", "0:2026-05-11:" + String(repeating: "a", count: 64), "1:2026-05-11:" + String(repeating: "A", count: 64),
    ] {
      #expect(FleetCursor(text) == nil)
    }
    for name in ["", "-a", "a/b", "ä", String(repeating: "a", count: 65)] {
      #expect(throws: FleetError.gatewayName) { _ = try FleetExport(gateway: name, key: key, source: office.source) }
    }
  }
}
