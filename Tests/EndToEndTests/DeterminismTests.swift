import Foundation
import Model
import Privacy
import Reporting
import Store
import TestSupport
import Testing

@Suite("The same capture, rules, configuration and key give the same bytes")
struct DeterminismTests {
  @Test(
    "two audits of the sample export byte-identical files, and neither has more than its fourteen plus one files a profile"
  )
  func twice() throws {
    let folder = try TemporaryDirectory()
    try Project.replay([Project.sample], into: folder.path("one.sqlite"))
    try Project.replay([Project.sample], into: folder.path("two.sqlite"))
    let one = try Project.exports(of: folder.path("one.sqlite"), folder: folder.path("one"))
    let two = try Project.exports(of: folder.path("two.sqlite"), folder: folder.path("two"))
    #expect(one.count == 34)
    #expect(one == two)
  }

  @Test(
    "the sample split at any packets, and named in any order, exports the same as the whole",
    arguments: [[1], [2_779], [5_558], [0], [17, 1_000, 1, 3_333]])
  func split(after counts: [Int]) throws {
    let folder = try TemporaryDirectory()
    let parts = try PcapngSplitter.split(Project.sample, after: counts, into: folder.path(""))
    #expect(parts.count == counts.count + 1)
    try Project.replay([Project.sample], into: folder.path("whole.sqlite"))
    try Project.replay(parts.reversed(), into: folder.path("parts.sqlite"))
    let whole = try Project.exports(of: folder.path("whole.sqlite"), folder: folder.path("whole"))
    #expect(try Project.exports(of: folder.path("parts.sqlite"), folder: folder.path("parts")) == whole)
  }

  @Test("another key changes device tokens and nothing else of the flows, and no token occurs in both exports")
  func otherKey() throws {
    let folder = try TemporaryDirectory()
    let otherKey = PseudonymKey.fixed(bytes: Array(repeating: 9, count: PseudonymKey.length))
    try Project.replay([Project.sample], into: folder.path("one.sqlite"))
    try Project.replay([Project.sample], into: folder.path("two.sqlite"), key: otherKey)
    let name = "flows_rathaus-musterstadt_2026-05-11_2026-05-11_rfc4180.csv"
    let one = try #require(try Project.exports(of: folder.path("one.sqlite"), folder: folder.path("one"))[name])
    let two = try #require(try Project.exports(of: folder.path("two.sqlite"), folder: folder.path("two"))[name])
    let token = /"D-[0-9a-f]{12}"/
    let texts = [one, two].map { String(decoding: $0, as: UTF8.self) }
    let tokens = texts.map { text in Set(text.matches(of: token).map { String($0.output) }) }
    #expect(tokens.map(\.count) == [8, 8])
    #expect(tokens[0].isDisjoint(with: tokens[1]))
    // The chain binds the pseudonyms, so what is named after its hashes differs too, and with it the order within an
    // hour.
    let lines = texts.map { text in
      text.replacing(token, with: "D").replacing(/"L-[0-9a-f]{16}"/, with: "L").split(separator: "\r\n").sorted()
    }
    #expect(zip(lines[0], lines[1]).filter { $0 != $1 }.map(\.0) == [])
    #expect(lines[0].count == lines[1].count)
  }

  @Test("two periods of one store share no device token")
  func periods() throws {
    let folder = try TemporaryDirectory()
    try Project.replay([Project.sample], into: folder.path("one.sqlite"))
    let database = try AuditDatabase(path: folder.path("one.sqlite"), mode: .readExisting)
    let salt = try database.exportSalt()
    let hours = try #require(try database.period())
    let shorter = hours.lowerBound..<hours.lowerBound.next
    for device in Set(try database.presence(in: hours).map(\.device)) {
      let whole = ExportTokens(exportSalt: salt, site: "rathaus-musterstadt", period: hours).token(for: device, week: 0)
      #expect(
        whole
          != ExportTokens(exportSalt: salt, site: "rathaus-musterstadt", period: shorter).token(for: device, week: 0))
    }
  }
}
