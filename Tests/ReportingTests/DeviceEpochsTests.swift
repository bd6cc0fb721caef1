import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite("Numbers of devices over a change of the pseudonym key")
struct DeviceEpochsTests {
  /// Ten days of a site; from the sixth on its devices have other pseudonyms.
  private func office(_ devices: ClosedRange<UInt8>, isChanged: Bool = true, isRecorded: Bool = true) -> Office {
    var office = Office()
    for day in 0..<10 {
      let others = isChanged && day >= 5
      office.add(Office.day(Int64(day)), ["Kasse": devices.map { others ? $0 + 100 : $0 }])
    }
    if isChanged && isRecorded { office.source.keyChanges = [Office.day(5)] }
    return office
  }

  @Test("count each device once: a finding has as many as if the key had not been changed")
  func once() throws {
    let plain = try office(1...7, isChanged: false).rows(.findings, nil, nil)
    let changed = try office(1...7).rows(.findings, nil, nil)
    for column in ["devices_seen", "devices_observed", "group", "sessions", "active_days", "likelihood_proposed"] {
      #expect(changed.map { $0[column] } == plain.map { $0[column] }, "\(column)")
    }
    #expect(changed.map { $0["devices_seen"] } == ["7"] && changed.map { $0["devices_observed"] } == ["7"])
    // The check can fail: without the record they count twice.
    #expect(try office(1...7, isRecorded: false).rows(.findings, nil, nil).map { $0["devices_seen"] } == ["14"])
    #expect(try office(1...7).rows(.transfers, nil, nil).map { $0["devices_seen"] } == ["7"])
  }

  @Test("do not make a site of three devices one of six, whose figures might be shown")
  func smallSite() throws {
    let rows = try office(1...3).rows(.findings, nil, nil)
    #expect(rows.map { $0["group"] } == ["collecting_group"])
    #expect(rows.map { $0["devices_seen"] } == ["unknown"])
    #expect(try office(1...3, isRecorded: false).rows(.findings, nil, nil).map { $0["devices_seen"] } == ["6"])
  }

  @Test("are those of one part alone if the period does not reach over the change")
  func onePart() throws {
    let rows = try office(1...7).rows(.findings, Office.day(5), nil)
    #expect(rows.map { $0["devices_seen"] } == ["7"])
  }

  @Test("are explained in the legend, in both languages, and only then")
  func legend() throws {
    func sentences(_ office: Office, _ language: Language, from: LocalDate? = nil) throws -> [String] {
      Texts.smallGroups(try AuditPeriod(source: office.source, from: from, to: nil), language)
    }
    #expect(
      try sentences(office(1...7), .english).first
        == "Another pseudonym key holds since: 2026-05-09 (0:00 UTC). Nobody can tell which devices before and after are the same. So each number of devices is the greatest of those of the parts of the period: there were at least so many, and no device counts twice."
    )
    #expect(
      try sentences(office(1...7), .german).first?.hasPrefix("Ein anderer Pseudonymschlüssel gilt seit: 09.05.2026")
        == true)
    #expect(try sentences(office(1...7), .english, from: Office.day(6)) == [])
    #expect(try sentences(office(1...7, isChanged: false), .english) == [])
  }

  @Test("are the greatest that one key made, and a pseudonym without presence stands alone")
  func counting() {
    let presence =
      (1...4).map { DevicePresence(day: 10, group: "a", device: Example.device($0)) }
      + (5...7).map { DevicePresence(day: 11, group: "a", device: Example.device($0)) }
    let epochs = DeviceEpochs(changes: [LocalDate("1970-01-12")!, LocalDate("2026-01-01")!], presence: presence)
    #expect(epochs.changes == [LocalDate("1970-01-12")!])
    #expect(epochs.count((1...7).map { Example.device($0) }) == 4)
    #expect(epochs.count((4...7).map { Example.device($0) }) == 3)
    #expect(epochs.count((7...9).map { Example.device($0) }) == 2)
    #expect(epochs.count([DevicePseudonym]()) == 0)
    #expect(epochs.changes(in: Hour(sinceEpoch: 263)..<Hour(sinceEpoch: 265)) == [LocalDate("1970-01-12")!])
    #expect(epochs.changes(in: Hour(sinceEpoch: 264)..<Hour(sinceEpoch: 270)) == [])
    #expect(epochs.changes(in: Hour(sinceEpoch: 0)..<Hour(sinceEpoch: 264)) == [])
  }
}
