import Foundation
import TestSupport
import Testing

/// A realistic faulty recording: with a part of the traffic missing, or recorded twice.
private enum Recording: String, CaseIterable, Sendable {
  case upstreamOnly = "the direction from outside is missing"
  case downstreamOnly = "the direction to outside is missing"
  case withoutPort443 = "recorded with the filter 'not port 443'"
  case withoutDay = "the tenth day is missing"
  case withoutMinutes = "five minutes of a busy hour are missing"
  case doubled = "each frame is there twice"

  /// The frames that are left, in their order.
  func frames(of whole: [PcapFrame]) -> [PcapFrame] {
    switch self {
    case .upstreamOnly: whole.filter(\.isFromInside)
    case .downstreamOnly: whole.filter { !$0.isFromInside }
    case .withoutPort443: whole.filter { !$0.ports.contains(443) }
    case .withoutDay: Recording.without(whole, from: 9 * 86_400, seconds: 86_400)
    case .withoutMinutes: Recording.without(whole, from: Recording.busiest(whole), seconds: 300)
    case .doubled: whole.flatMap { [$0, $0] }
    }
  }

  private static func without(_ whole: [PcapFrame], from: Int, seconds: Int) -> [PcapFrame] {
    let begin = whole[0].seconds / 3600 * 3600 + from
    return whole.filter { !(begin..<begin + seconds).contains($0.seconds) }
  }

  /// Seconds from the first hour to the five minutes of the second week that have most frames.
  private static func busiest(_ whole: [PcapFrame]) -> Int {
    let begin = whole[0].seconds / 3600 * 3600
    let counts = Dictionary(grouping: whole.lazy.map { ($0.seconds - begin) / 300 }.filter { $0 >= 7 * 288 }) { $0 }
    return 300 * (counts.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key ?? 0)
  }
}

/// A record of a classic pcap file whose frames have one VLAN tag.
private struct PcapFrame: Sendable {
  var seconds: Int
  /// Header and frame, as they stand in the file.
  var record: Data

  private static let gateway: [UInt8] = [0, 0, 0x5e, 0, 0x53, 0xfe]
  private static let recordHeader = 16

  private func byte(_ offset: Int) -> Int { Int(record[record.startIndex + PcapFrame.recordHeader + offset]) }

  var isFromInside: Bool { (0..<6).allSatisfy { byte($0) == Int(PcapFrame.gateway[$0]) } }

  /// Of TCP and UDP.
  var ports: [Int] {
    let isIPv4 = byte(16) == 8
    let transport = 18 + (isIPv4 ? (byte(18) & 15) * 4 : 40)
    guard [6, 17].contains(byte(isIPv4 ? 27 : 24)) else { return [] }
    return [0, 2].map { byte(transport + $0) << 8 | byte(transport + $0 + 1) }
  }

  static func read(_ path: String) throws -> (head: Data, frames: [PcapFrame]) {
    let file = try Data(contentsOf: URL(fileURLWithPath: path))
    func word(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) } }
    var frames: [PcapFrame] = []
    var offset = 24
    while offset < file.count {
      let end = offset + recordHeader + word(offset + 8)
      frames.append(PcapFrame(seconds: word(offset), record: file[offset..<end]))
      offset = end
    }
    return (file.prefix(24), frames)
  }
}

@Suite("The field case in incomplete recordings: no table claims more than was seen", .serialized)
struct FieldCaseAttackTests {
  private struct Audit {
    var run: Program.Run
    var findings: [FieldCase.Row]
    var coverage: [FieldCase.Row]
  }

  private static let first = Result { try FieldCase.with(seed: 1) }

  private func audit(_ recording: Recording) throws -> Audit {
    let field = try FieldCaseAttackTests.first.get()
    let (head, whole) = try PcapFrame.read(field.capture)
    let folder = try TemporaryDirectory()
    let capture = folder.path("capture.pcap")
    try recording.frames(of: whole).reduce(into: head) { $0 += $1.record }.write(to: URL(fileURLWithPath: capture))
    let store = folder.path("store.sqlite")
    let run = try Program.run([
      "replay", capture, "--config", field.configuration, "--store", store, "--rules", Project.rules,
    ])
    try #require(run.code == 0, "\(run.said)")
    let coverage = try FieldCase.table("coverage", of: store)
    return Audit(
      run: run,
      findings: try FieldCase.table(
        "findings", of: store, period: ["--from", field.site.measure_day, "--to", field.site.last_day]),
      coverage: coverage)
  }

  @Test(
    "what could not be seen is not called prevented",
    arguments: [Recording.upstreamOnly, .downstreamOnly, .withoutPort443])
  fileprivate func blind(recording: Recording) throws {
    let audit = try audit(recording)
    #expect(audit.findings.filter { $0["dsk_case"] == "1_prevented" }.map(\.finding) == [])
    #expect(audit.coverage.filter { $0["assessable"] == "yes" }.count == 0)
    #expect(audit.coverage.allSatisfy { !["", "none"].contains($0["why_not"]) })
    #expect(!audit.run.output.hasPrefix("No flow matched"))
    #expect(audit.run.output.contains("Not assessable"))
  }

  @Test(
    "a gap within one recording keeps all rows of coverage, and no service that got through is called prevented",
    arguments: [Recording.withoutDay, .withoutMinutes])
  fileprivate func missing(recording: Recording) throws {
    let audit = try audit(recording)
    #expect(audit.coverage.count == 336)
    let field = try FieldCaseAttackTests.first.get()
    let never = field.truth.filter { $0["period"] == "after" && $0.number("sessions") == 0 }.map(\.finding)
    let prevented = audit.findings.filter { $0["dsk_case"] == "1_prevented" }.map(\.finding)
    #expect(Set(prevented).isSubset(of: never))
  }

  @Test("if each frame is recorded twice, the figures are those of the traffic, or nothing is reported")
  func doubled() throws {
    let field = try FieldCaseAttackTests.first.get()
    let findings = try audit(.doubled).findings
    let truth = field.truth.filter { $0["period"] == "after" }
    #expect(findings.map(\.finding).count == truth.count)
    let found = Dictionary(findings.map { ($0.finding, $0) }) { first, _ in first }
    for column in ["sessions", "blocked_attempts", "bytes_up", "bytes_down"] {
      let differences = truth.filter { found[$0.finding]?[column] != $0[column] }
      #expect(differences.map(\.finding) == [], "\(column)")
    }
  }
}
