import Foundation
import Model
import Privacy
import Store
import TestSupport
import Testing

@Suite("Destinations without a rule, from packets to the list")
struct UnknownTests {
  /// A Tuesday at 10:00 in Berlin.
  private static let start = Timestamp(seconds: 1_700_557_200)
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func visit(_ name: String, from device: Int, second: Int64) -> [TimedFrame] {
    var conversation = TCPConversation(
      PacketBuilder(from: "10.0.0.\(device)", to: "203.0.113.9"),
      start: UnknownTests.start.advanced(by: .seconds(second)))
    conversation.open()
    conversation.send(.client, ClientHelloBuilder(name).record)
    conversation.send(.server, Array(repeating: 0x17, count: 100))
    conversation.close()
    return conversation.frames
  }

  private func replay(_ frames: [TimedFrame], configuration: String = "site: { name: rathaus }\n") throws
    -> AuditDatabase
  {
    let sorted = frames.sorted { $0.time < $1.time }
    let capture = try folder.write(PcapWriter.pcap(sorted), to: "capture.pcap")
    let site = try folder.write(configuration, to: "site.yaml")
    try Project.replay([capture], into: folder.path("store.sqlite"), configuration: site)
    return try AuditDatabase(path: folder.path("store.sqlite"), mode: .readExisting)
  }

  private static let day = start.hour.dayUTC

  @Test("five devices make a domain visible, four leave no byte of its name in the store, and hosts are one domain")
  func threshold() throws {
    var frames: [TimedFrame] = []
    for device in 11...15 {
      frames += visit("v\(device).telemetry.many-contact.example", from: device, second: Int64(device))
    }
    for device in 11...14 { frames += visit("www.few-contact.example", from: device, second: Int64(device) + 60) }
    let database = try replay(frames, configuration: "site: { working_hours: { days: [tue], from: 8, to: 18 } }\n")
    let rows = try database.undescribedDestinations(on: UnknownTests.day...UnknownTests.day)
    #expect(rows.map(\.identity) == [.domain("many-contact.example")])
    #expect(rows[0].devices == 5 && rows[0].flows == 5 && rows[0].flowsOutsideHours == 0 && rows[0].namingClass == .a)
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path(""))
    where file.hasPrefix("store.sqlite") {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path(file)))
      #expect(bytes.firstRange(of: Data("few-contact".utf8)) == nil, "\(file)")
    }
    let list = try Program.run(["unknown", "--store", folder.path("store.sqlite")])
    #expect(list.code == 0)
    #expect(list.output.hasPrefix("1. many-contact.example: 5 devices, 1 day, first on 2023-11-21, "), "\(list.output)")
    #expect(!list.output.contains("few-contact"))
  }

  @Test("the switch turns the list off, and groups with special secrecy take no part")
  func switches() throws {
    var frames: [TimedFrame] = []
    for device in 11...16 { frames += visit("many-contact.example", from: device, second: Int64(device)) }
    let off = try replay(frames, configuration: "undescribed_destinations: false\n")
    #expect(try off.undescribedDestinations(on: 0...UnknownTests.day) == [])
    try FileManager.default.removeItem(atPath: folder.path("store.sqlite"))
    let secret = try replay(
      frames,
      configuration: "groups: [{ name: Personalrat, networks: [10.0.0.12/31], secrecy_zone: true }]\n")
    // Four of six devices are left.
    #expect(try secret.undescribedDestinations(on: 0...UnknownTests.day) == [])
  }

  @Test("what a rule describes is not in the list")
  func described() throws {
    var frames: [TimedFrame] = []
    for device in 11...15 {
      frames += visit("v10.events.data.microsoft.com", from: device, second: Int64(device))
      frames += visit("many-contact.example", from: device, second: Int64(device) + 300)
    }
    let first = try replay(frames)
    #expect(try first.undescribedDestinations(on: 0...UnknownTests.day).map(\.flows) == [5])
  }

  @Test("rules draft writes a file that lint refuses until it is filled in, and refuses names without a domain")
  func draft() throws {
    let rules = folder.path("rules")
    try FileManager.default.copyItem(atPath: Project.rules, toPath: rules)
    let draft = try Program.run(["rules", "draft", "telemetry.many-contact.co.uk", "--output", rules])
    #expect(draft.code == 0 && draft.output.hasSuffix("/many-contact-co-uk.yaml\n"))
    let lint = try Program.run(["rules", "lint", rules])
    #expect(lint.code == 1)
    #expect(lint.output.contains("many-contact-co-uk.yaml"), "\(lint.output)")
    let again = try Program.run(["rules", "draft", "telemetry.many-contact.co.uk", "--output", rules])
    #expect(again.code == 3 && again.said.contains("the draft was not written"))
    for name in ["co.uk", "*.example.com", "192.0.2.1", "x y"] {
      #expect(try Program.run(["rules", "draft", name]).code == 2, "\(name)")
    }
  }
}
