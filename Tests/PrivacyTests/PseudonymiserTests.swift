import Cryptography
import Model
import Privacy
import Testing

@Suite("The pseudonymiser")
struct PseudonymiserTests {
  let pseudonymiser = Pseudonymiser(key: exampleKey)

  func pseudonymise(_ record: FlowRecord, basis: Verdict.Basis = .name, name: String? = "v10.events.example")
    -> PseudonymousFlow
  {
    pseudonymiser.pseudonymise(
      record: record, device: pseudonymiser.pseudonym(of: record.device), verdict: exampleVerdict(basis: basis),
      group: "office", tokenisedName: name,
      cleartextIdentifierClasses: [.cookie], isRetry: false)
  }

  @Test("names devices by 16 bytes of a keyed hash that another program computes too")
  func known() {
    // Python: hmac.new(bytes(range(32)), b"egressaudit device pseudonym v1\0" + …, "sha256").hexdigest()[:32]
    #expect(hexadecimal(pseudonymiser.pseudonym(of: exampleDevice).bytes) == "2ffa75e27bda3032547d7fb4bbf5aac4")
    #expect(
      hexadecimal(pseudonymiser.pseudonym(of: .address(IPAddress(v4: 0x0a01_0203))).bytes)
        == "3750aceaf1a49d29f9eeb6c750dc49b3")
    #expect(
      hexadecimal(pseudonymiser.pseudonym(of: .address(IPAddress(high: 0x2001_0db8_0000_0000, low: 1))).bytes)
        == "d827eeb9730cccba152325c76c89a396")
  }

  @Test("gives other devices and other keys other pseudonyms")
  func distinct() {
    let other = Pseudonymiser(key: .fixed(bytes: Array(1...32)))
    let all: [DevicePseudonym] = [
      pseudonymiser.pseudonym(of: exampleDevice),
      other.pseudonym(of: exampleDevice),
      pseudonymiser.pseudonym(of: .hardware(HardwareAddress(bits: 0x02_00_5e_10_00_02))),
      pseudonymiser.pseudonym(of: .address(IPAddress(high: 0, low: 0x02_00_5e_10_00_01))),
    ]
    #expect(Set(all).count == 4)
  }

  @Test("keeps the values that results need and no time finer than the hour")
  func fields() {
    let flow = pseudonymise(exampleRecord())
    #expect(flow.device == pseudonymiser.pseudonym(of: exampleDevice))
    #expect(flow.group == "office")
    #expect(flow.hour == Hour(sinceEpoch: 1_000))
    #expect(flow.durationClass == 10)
    #expect(flow.transport == .tcp)
    #expect(flow.destinationPort == 443)
    #expect(flow.destinationAddress == IPAddress(v4: 0xc633_6407))
    #expect(flow.destinationName == "v10.events.example")
    #expect(flow.nameMethod == .sni)
    #expect(flow.namingClass == .a)
    #expect(flow.dnsAge == nil)
    #expect(flow.ech == .none)
    #expect(flow.encryption == .tls13)
    #expect(flow.applicationProtocol == "h2")
    #expect(flow.traffic == Traffic(bytesUp: 1_000, bytesDown: 200, packetsUp: 9, packetsDown: 8, missedBytes: 3))
    #expect(flow.completeness == .endMissing)
    #expect(flow.outcome == .established)
    #expect(flow.originatorInferred)
    #expect(flow.opensFlow)
    #expect(!flow.isRetry)
    #expect(flow.cleartextIdentifierClasses == [.cookie])
    #expect(flow.ruleID == "example-events")
    #expect(flow.ruleRevision == 3)
    #expect(flow.matchedPattern == "*.events.example")
  }

  @Test(
    "rounds durations down to their class",
    arguments: [(0, 0), (1, 1), (9, 1), (10, 10), (59, 10), (60, 60), (599, 60), (600, 600), (3599, 600), (3600, 3600)]
      as [(Int64, Int)])
  func durations(seconds: Int64, expected: Int) {
    #expect(pseudonymise(exampleRecord(seconds: 3_600_000...(3_600_000 + seconds))).durationClass == expected)
  }

  @Test("counts a part that lasted less than a second as 0, and rounds the hour down, before 1970 too")
  func edges() {
    var record = exampleRecord()
    record.start = Timestamp(nanoseconds: -1)
    record.end = Timestamp(nanoseconds: 999_999_998)
    #expect(pseudonymise(record).durationClass == 0)
    #expect(pseudonymise(record).hour == Hour(sinceEpoch: -1))
    record.end = Timestamp(nanoseconds: -5_000_000_000)
    #expect(pseudonymise(record).durationClass == 0)
  }

  @Test("opens a flow with its first record only")
  func parts() {
    #expect(!pseudonymise(exampleRecord(part: 1)).opensFlow)
  }

  @Test("keeps no address if the attempt ended at the name, whatever its outcome", arguments: FlowOutcome.allCases)
  func endedAtName(outcome: FlowOutcome) {
    var record = exampleRecord(outcome: outcome)
    #expect(pseudonymise(record).destinationAddress == record.responder)
    record.responder = IPAddress(high: 0, low: 0)
    #expect(pseudonymise(record).destinationAddress == nil)
  }

  @Test("calls a flow without name, matched by its address, class D by range")
  func byRange() {
    let flow = pseudonymise(exampleRecord(name: nil), basis: .addressRange, name: nil)
    #expect(flow.destinationName == nil)
    #expect(flow.nameMethod == .range)
    #expect(flow.namingClass == .d)
  }

  @Test("trusts a named flow that matched only by its address no more than class D")
  func namedByRange() {
    let flow = pseudonymise(exampleRecord(), basis: .addressRange, name: nil)
    #expect(flow.destinationName == nil)
    #expect(flow.nameMethod == .sni)
    #expect(flow.namingClass == .d)
  }

  @Test("carries the name's evidence")
  func evidence() {
    let name = NameEvidence(
      name: "events.example", method: .dns, namingClass: .c, ech: .offered, dnsAge: 17, candidates: 1)
    let flow = pseudonymise(exampleRecord(name: name), name: nil)
    #expect(flow.destinationName == nil)
    #expect(flow.nameMethod == .dns)
    #expect(flow.namingClass == .c)
    #expect(flow.dnsAge == 17)
    #expect(flow.ech == .offered)
  }

  @Test("writes names in lower case and leaves other bytes unchanged")
  func lowerCase() {
    #expect(
      pseudonymise(exampleRecord(), name: "{tenant}.Events\0\u{c4}Z").destinationName == "{tenant}.events\0\u{c4}z")
  }
}

@Suite("Export tokens")
struct ExportTokenTests {
  let device = Pseudonymiser(key: exampleKey).pseudonym(of: exampleDevice)
  let may = Hour(sinceEpoch: 1_000)..<Hour(sinceEpoch: 1_744)

  @Test("come from the key by HKDF and HMAC as another program computes them")
  func known() {
    #expect(hexadecimal(exampleKey.exportSalt) == "c7a86ee98a218b3f58384724eca6f3e92ed966ea261214f3adfbf54ea2099937")
    let tokens = ExportTokens(exportSalt: exampleKey.exportSalt, site: "rathaus-gw1", period: may)
    #expect(tokens.token(for: device, week: 2) == "D-d9a93db8d390")
    let hash = [UInt8](repeating: 1, count: 32)
    #expect(tokens.flow(chainHash: hash) == "L-933d28af42ef8c76")
    var digest = EvidenceDigest()
    digest.add(chainHash: hash)
    #expect(tokens.evidence(digest, finding: "F-000000000001") == "E-28d2d7e44f451398")
  }

  @Test("are the same for the same export, and different for another site, period or week")
  func separate() {
    let salt = exampleKey.exportSalt
    let token = { (site: String, period: Range<Hour>) in
      ExportTokens(exportSalt: salt, site: site, period: period).token(for: device, week: 2)
    }
    #expect(token("a", may) == token("a", may))
    let all = [
      token("a", may), token("b", may), token("a", Hour(sinceEpoch: 1_001)..<may.upperBound),
      token("a", may.lowerBound..<Hour(sinceEpoch: 1_745)),
    ]
    #expect(Set(all).count == 4)
    #expect(token("a", may) != ExportTokens(exportSalt: salt, site: "a", period: may).token(for: device, week: 3))
  }
}
