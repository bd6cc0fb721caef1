import Auditing
import Foundation
import Glibc
import Model
import Privacy
import Store
import TestSupport
import Testing

/// The sealed part in the service; an extension, since it needs the machine for itself as the service does.
extension LiveTests {
  @Test("killed, it loses the exact values that waited, and no row; stopped, it seals them first")
  func sealedPart() throws {
    let maker = CertificateMaker(folder)
    for name in ["dpo", "council"] { try maker.make(name) }
    let site =
      configuration(["in0"]) + "sealed_part: { dpo_certificate: dpo.pem, works_council_certificate: council.pem }\n"
    let network = try NetworkNamespace()
    let capture = try sampleCapture()
    func read() throws -> AuditDatabase { try AuditDatabase(path: store, mode: .readExisting) }

    let killed = try Service(in: network, folder: folder, configuration: site)
    try network.send(capture)
    let stop = Date().addingTimeInterval(90)
    while Date() < stop, (try? stored(store)) ?? 0 < 300 { Thread.sleep(forTimeInterval: 0.5) }
    killed.signal(SIGKILL)
    killed.process.waitUntilExit()
    let kept = try stored(store)
    #expect(kept >= 300)
    #expect(try read().blocks().isEmpty, "a block is made each hour, and here there was no full hour")
    #expect(try Program.run(["verify", store]).code == 0)

    let stopped = try Service(in: network, folder: folder, configuration: site)
    let start = Int64(Date().timeIntervalSince1970)
    try network.send(capture)
    #expect(stopped.stop().code == 0, "log: \(stopped.log)")
    let end = Int64(Date().timeIntervalSince1970)
    let last = try #require(try read().sessions().last).id
    #expect(Set(try read().blocks().map(\.session)) == [last])
    var flows: [(place: Int64, day: Int64)] = []
    var exact: Set<Int64> = []
    try read().forEachEvidence(in: try #require(try read().period())) {
      flows.append((place: $0.chainSequence, day: $0.flow.hour.dayUTC))
      if $0.session == last, $0.flow.group != "Sozialamt" { exact.insert($0.chainSequence) }
    }
    #expect(flows.count == kept + 360 && exact.count > 150)
    // No table shows a day that is not over, so the verb would find none of its rows.
    let key = { (name: String) in try SealedPartKey(path: folder.path(name + ".key")) { nil } }
    let opening = SealedPartOpening(
      store: store, keys: .both(dataProtectionOfficer: try key("dpo"), worksCouncil: try key("council")),
      purpose: .test, fileReference: "2026-1")
    let opened = try opening.open(flows)
    #expect(Set(opened.rows.map(\.place)) == exact)
    #expect(opened.notKept == flows.count - exact.count && opened.deleted == 0)
    let starts = opened.rows.compactMap { Timestamp(isoText: $0.cells[1].prefix(19) + "Z")?.seconds }
    #expect(starts.count == exact.count && starts.allSatisfy { (start - 1...end + 1).contains($0) })
    #expect(try Program.run(["verify", store]).code == 0)
    let second = try Tool.run(
      "/usr/bin/python3", [Project.root.appending(path: "docs/evidence-verifier.py").path, store])
    #expect(second.code == 0 && second.text.contains("holds"), "\(second.text)")
  }
}
