import Model
import Privacy
import ReportTestSupport
import Store
import Testing

@testable import Reporting

@Suite struct DeviceCountsTests {
  /// Groups with the given numbers of devices, on one day.
  private func standing(_ sizes: [String: UInt8], minimum: Int = 5, collectsForOthers: Bool = false) -> Set<String> {
    var number: UInt8 = 0
    var groups: [String: Set<DevicePseudonym>] = [:]
    for (name, size) in sizes.sorted(by: { $0.key < $1.key }) {
      for _ in 0..<size {
        number += 1
        groups[name, default: []].insert(Example.device(number))
      }
    }
    return ReportingDays.standing(groups, minimum: minimum, collectsForOthers: collectsForOthers)
  }

  @Test(
    "Groups of at least the smallest number are reported alone, small ones are combined, with devices without a group")
  func sizes() {
    #expect(standing(["Bauamt": 5, "Kasse": 8]) == ["Bauamt", "Kasse"])
    #expect(standing(["Bauamt": 4, "Kasse": 8, "ungrouped": 2]) == ["Kasse"])
    #expect(standing([:]) == [])
  }

  @Test("The smallest remaining groups join a collecting group that is still too small, by name if sizes are equal")
  func join() {
    #expect(standing(["A": 1, "B": 6, "C": 6, "D": 7]) == ["C", "D"])
    #expect(standing(["B": 6, "C": 6, "D": 7], collectsForOthers: true) == ["C", "D"])
    #expect(standing(["A": 2, "B": 2]) == [])
  }

  @Test(
    "Devices and device-days are counted by reported group, and a collecting group has the secrecy zone of its members")
  func counts() throws {
    var office = Office()
    office.add(Office.day(0), ["Bauamt": [1, 2, 3, 4, 5], "Kasse": [11, 12, 13, 14, 15, 16]])
    office.add(Office.day(1), ["Bauamt": [1, 2, 3, 4], "Kasse": [11, 12, 13, 14, 15, 17]])
    office.add(Office.day(2), ["Bauamt": [1, 2, 3, 4, 6], "Kasse": [11, 12, 13, 14, 15]])
    office.source.storedSessions[0].settings.groups = [GroupSettings(name: "Bauamt", isSecrecyZone: true)]
    let groups = try AuditPeriod(source: office.source, from: nil, to: nil).groups
    #expect(groups.collected == ["Bauamt", "Kasse"])
    #expect(groups.groups["Bauamt"] == ReportedGroups.Group(devices: 6, deviceDays: 10, secrecyZone: .whole))
    #expect(groups.groups["Kasse"] == ReportedGroups.Group(devices: 6, deviceDays: 11, secrecyZone: .none))
    // On the second day Bauamt was too small, and Kasse the only one to join it.
    #expect(
      groups.groups["collecting_group"] == ReportedGroups.Group(devices: 10, deviceDays: 10, secrecyZone: .contained))
    #expect(groups.site.devices == 13)
    #expect(!groups.isSiteTooSmall)
  }

  @Test("A whole site below the smallest number shows no figure about devices")
  func tooSmall() throws {
    var source = Example.smallMorning()
    source.present = []
    let finding = try table(.findings, source)[0]
    #expect(finding["group"] == "collecting_group")
    #expect(finding["devices_seen"] == "unknown")
    #expect(finding["devices_observed"] == "unknown")
    #expect(finding["up_per_device_day"] == "unknown")
    #expect(finding["priority"] == "not_assessable")
    #expect(finding["reason"]?.contains("fewer than 5 devices at the site") == true)
    #expect(try table(.transfers, source)[0]["devices_seen"] == "unknown")
    #expect(try table(.flows, source).map { $0["device_token"] } == ["unknown", "unknown"])
    #expect(try table(.flows, source, .officeGerman).map { $0["group"] } == ["Sammelgruppe", "Sammelgruppe"])
  }

  @Test("Two exports of different periods never give a device the same name")
  func tokens() throws {
    var source = Example.smallMorning()
    let tokens = Set(try table(.flows, source).compactMap { $0["device_token"] })
    #expect(tokens.count == 2)
    #expect(tokens.allSatisfy { $0.wholeMatch(of: /D-[0-9a-f]{12}/) != nil })
    source.rows.append(Example.sensorHour(Example.hour("2026-05-11", 7)))
    #expect(tokens.isDisjoint(with: try table(.flows, source).compactMap { $0["device_token"] }))
  }

  @Test("A day of presence in UTC counts to the local day of which most was observed")
  func presence() throws {
    func reporting(_ hours: Range<Hour>) throws -> ReportingDays {
      try ReportingDays(
        MemorySource(), sessions: [Example.session(Example.settings())], stored: hours, kept: nil,
        clock: SiteClock(zone: "Europe/Berlin")!)
    }
    let day = LocalDate("2026-05-11")!
    let noon = try reporting(Hour(sinceEpoch: day.day * 24 - 2)..<Hour(sinceEpoch: day.day * 24 + 22))
    #expect(noon.date(ofPresence: day.day) == day)
    // An hour after local midnight, which is the day before in UTC.
    let night = try reporting(Hour(sinceEpoch: day.day * 24 - 2)..<Hour(sinceEpoch: day.day * 24 - 1))
    #expect(night.date(ofPresence: day.day - 1) == day)
  }
}
