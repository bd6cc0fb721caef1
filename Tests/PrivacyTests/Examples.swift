import Model
import Privacy

/// A key that everyone knows, so that expected pseudonyms can be written down.
let exampleKey = PseudonymKey.fixed(bytes: Array(0..<32))

let exampleDevice = DeviceIdentity.hardware(HardwareAddress(bits: 0x02_00_5e_10_00_01))

func exampleRecord(
  part: UInt32 = 0, seconds: ClosedRange<Int64> = 3_600_000...3_600_012, outcome: FlowOutcome = .established,
  name: NameEvidence? = NameEvidence(name: "V10.Events.Example", method: .sni, namingClass: .a)
) -> FlowRecord {
  FlowRecord(
    flowNumber: 7, part: part, device: exampleDevice, originator: IPAddress(v4: 0x0a01_0203),
    responder: IPAddress(v4: 0xc633_6407), originatorPort: 50_123, responderPort: 443, transport: .tcp, vlan: 12,
    start: Timestamp(seconds: seconds.lowerBound), end: Timestamp(seconds: seconds.upperBound),
    traffic: Traffic(bytesUp: 1_000, bytesDown: 200, packetsUp: 9, packetsDown: 8, missedBytes: 3), outcome: outcome,
    completeness: .endMissing, originatorInferred: true, encryption: .tls13, applicationProtocol: "h2", name: name,
    reach: .outbound, history: "ShADd")
}

func exampleVerdict(basis: Verdict.Basis = .name) -> Verdict {
  Verdict(
    facts: RuleFacts(
      id: "example-events", revision: 3, service: "example", serviceTitle: LocalizedText(en: "Example", de: "Beispiel"),
      recipient: Recipient(
        id: "example", legalEntity: "Example Inc.", seat: nil, parent: nil, parentSeat: nil, roleAssumed: "unknown",
        source: SourceReference(document: "example", date: "2026")),
      purpose: .telemetry, kind: "diagnostics", dataLevel: nil, categories: [], sources: [], disputes: [],
      isShared: false, isEssential: false, blockingEffect: nil),
    matchedPattern: "*.events.example", basis: basis, personalLabel: nil)
}
