import Model
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite("The greatest possible counts")
struct GreatestCountsTests {
  /// The worked example with the greatest numbers in every count.
  private var source: MemorySource {
    var source = Example.workedExample()
    for index in source.rows.indices {
      source.rows[index].coverage.packetsSeen = .max
      source.rows[index].coverage.packetsDroppedKernel = .max
      source.rows[index].coverage.tcpBytes = .max
      source.rows[index].coverage.tcpMissedBytes = .max
      source.rows[index].coverage.bytesOutByClass = [.a: .max, .b: .max, .c: .max, .d: .max]
      source.rows[index].coverage.outboundFlows = .max
      source.rows[index].coverage.recordsLost = .max
      source.rows[index].coverage.canariesExpected = .max
      source.rows[index].coverage.canariesSeen = .max
      source.rows[index].coverage.gaps = [.stopped: .max, .suspended: .max]
      source.rows[index].coverage.anomalies = [.timeWentBack: .max, .frameTruncated: .max]
    }
    for index in source.usage.indices {
      source.usage[index].sessions = .max
      source.usage[index].blockedAttempts = .max
      source.usage[index].echFlows = .max
      source.usage[index].traffic = Traffic(bytesUp: .max, bytesDown: .max, packetsUp: .max, packetsDown: .max)
    }
    return source
  }

  @Test("saturate at the greatest number in each table, and no sum traps")
  func tables() throws {
    let findings = try table(.findings, source)
    #expect(findings.allSatisfy { $0["bytes_up"] == "18446744073709551615" })
    #expect(findings.allSatisfy { $0["upload_ratio"] == "1.0000" })
    let transfers = try table(.transfers, source)
    #expect(transfers.allSatisfy { $0["sessions"] == "18446744073709551615" })
    let coverage = try table(.coverage, source)
    #expect(coverage.allSatisfy { $0["bytes_out"] == "18446744073709551615" && $0["loss_estimate"] == "1.000000" })
  }

  @Test("are in the summary in both languages", arguments: [Language.german, .english])
  func summary(language: Language) throws {
    let text = try AuditSummary.text(source: source, language: language, from: nil, to: nil)
    #expect(text.contains("18446744073709551615"))
  }

  @Test("of bytes give the confidence of the fixed table to the byte, however great they are")
  func confidence() {
    #expect(Confidence(bytes: [.a: 90, .e: 10], isShared: false, isDoubted: false, isAssessable: true) == .high)
    #expect(Confidence(bytes: [.a: 899, .e: 101], isShared: false, isDoubted: false, isAssessable: true) == .medium)
    #expect(
      Confidence(bytes: [.a: 70, .c: 10, .e: 20], isShared: false, isDoubted: false, isAssessable: true) == .medium)
    #expect(Confidence(bytes: [.a: 70, .c: 9, .e: 21], isShared: false, isDoubted: false, isAssessable: true) == .low)
    #expect(Confidence(bytes: [.a: .max, .e: .max], isShared: false, isDoubted: false, isAssessable: true) == .high)
  }
}
