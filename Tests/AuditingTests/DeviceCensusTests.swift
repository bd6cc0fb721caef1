import Model
import Testing

@testable import Auditing

@Suite("Senders count as devices once they were answered or show a hardware address")
struct DeviceCensusTests {
  private let address = IPAddress(v4: 0x0a00_0005)

  private func record(
    _ device: DeviceIdentity, answered: Bool, outcome: FlowOutcome = .noAnswer, day: Int64 = 20_000
  ) -> FlowRecord {
    let start = Timestamp(seconds: day * 86_400 + 40_000)
    return FlowRecord(
      flowNumber: 0, part: 0, device: device, originator: address, responder: IPAddress(v4: 0xc633_6407),
      originatorPort: 50_000, responderPort: 443, transport: .tcp, vlan: nil, start: start, end: start,
      traffic: Traffic(bytesUp: 60, bytesDown: answered ? 60 : 0, packetsUp: 1, packetsDown: answered ? 1 : 0),
      outcome: outcome, completeness: .yes, originatorInferred: false, encryption: .unknown, applicationProtocol: nil,
      name: nil, reach: .outbound, history: "S")
  }

  @Test("a source address that was never answered is not a device; from the first answer on it is one")
  func addresses() {
    var census = DeviceCensus()
    let device = DeviceIdentity.address(address)
    var onlyAnswer = record(device, answered: true, outcome: .established)
    (onlyAnswer.traffic.packetsUp, onlyAnswer.traffic.bytesUp) = (0, 0)
    let records = [
      record(device, answered: false), record(device, answered: false, outcome: .refused),
      record(device, answered: false, outcome: .established), onlyAnswer,
      record(device, answered: true, outcome: .established), record(device, answered: false),
    ]
    let counted = records.map { census.counts($0) }
    #expect(counted == [false, false, false, false, true, true])
  }

  @Test("a resolver that blocks a name has answered")
  func blocked() {
    var census = DeviceCensus()
    let counted = census.counts(record(.address(address), answered: false, outcome: .dnsBlocked))
    #expect(counted)
  }

  @Test(
    "a hardware address counts at once, but only a limited number of unanswered ones a day; an answered one always counts"
  )
  func hardware() {
    var census = DeviceCensus()
    func device(_ number: Int) -> DeviceIdentity { .hardware(HardwareAddress(bits: 0x0200_0000_0000 | UInt64(number))) }
    let limit = DeviceCensus.silentLimit
    let counted = (0..<limit + 100).count { census.counts(record(device($0), answered: false)) }
    #expect(counted == limit)
    let later = [
      record(device(5), answered: false), record(device(limit + 5), answered: false),
      record(device(limit + 5), answered: true), record(device(limit + 5), answered: false),
      // The next day has a number of its own.
      record(device(limit + 7), answered: false, day: 20_001),
    ]
    let countedLater = later.map { census.counts($0) }
    #expect(countedLater == [true, false, true, true, true])
  }

  @Test("the number of devices of a day is limited, even if they are answered; the next day starts again")
  func days() {
    var census = DeviceCensus()
    func count(_ numbers: Range<Int>, day: Int64) -> Int {
      numbers.count {
        let device = DeviceIdentity.address(IPAddress(v4: 0x0a80_0000 | UInt32($0)))
        return census.counts(record(device, answered: true, outcome: .established, day: day))
      }
    }
    let limit = DeviceCensus.answeredLimit
    #expect(count(0..<limit + 100, day: 20_000) == limit)
    #expect(count(limit..<limit + 100, day: 20_001) == 100)
  }
}
