import Model
import Store
import Testing

@testable import Reporting

@Suite struct DeviceCountsTests {
  private func groups(_ sizes: [String: UInt8], zones: Set<String> = [], minimum: Int = 5) -> ReportedGroups {
    var counts = DeviceCounts()
    var number: UInt8 = 0
    for (name, size) in sizes.sorted(by: { $0.key < $1.key }) {
      for _ in 0..<size {
        number += 1
        counts.note(Example.device(number), group: name, day: 1)
        counts.note(Example.device(number), group: name, day: 2)
      }
    }
    return counts.reportedGroups(
      minimum: minimum, settings: sizes.keys.map { GroupSettings(name: $0, isSecrecyZone: zones.contains($0)) })
  }

  @Test("Groups of at least the smallest number stand alone")
  func large() {
    let groups = groups(["Bauamt": 5, "Kasse": 8], zones: ["Kasse"])
    #expect(groups.collected == [])
    #expect(groups.groups["Bauamt"] == ReportedGroups.Group(devices: 5, deviceDays: 10, secrecyZone: .none))
    #expect(groups.groups["Kasse"] == ReportedGroups.Group(devices: 8, deviceDays: 16, secrecyZone: .whole))
    #expect(!groups.isSiteTooSmall)
  }

  @Test("Small groups fall together, devices without a group too")
  func small() {
    let groups = groups(["Bauamt": 4, "Kasse": 8, "ungrouped": 2])
    #expect(groups.collected == ["Bauamt", "ungrouped"])
    #expect(groups.groups["collecting_group"]?.devices == 6)
    #expect(groups.name(for: "Bauamt") == "collecting_group")
    #expect(groups.name(for: "Kasse") == "Kasse")
  }

  @Test("The smallest remaining groups join a collecting group that is still too small, by name where sizes are equal")
  func join() {
    let groups = groups(["A": 1, "B": 6, "C": 6, "D": 7], zones: ["B"])
    #expect(groups.collected == ["A", "B"])
    #expect(
      groups.groups["collecting_group"] == ReportedGroups.Group(devices: 7, deviceDays: 14, secrecyZone: .contained))
    #expect(groups.groups["C"]?.devices == 6)
  }

  @Test("A whole site below the smallest number shows no figure about devices")
  func tooSmall() throws {
    #expect(groups(["A": 2, "B": 2]).isSiteTooSmall)
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

  @Test("Two exports of other periods name no device alike")
  func tokens() throws {
    var source = Example.smallMorning()
    let tokens = Set(try table(.flows, source).compactMap { $0["device_token"] })
    #expect(tokens.count == 2)
    #expect(tokens.allSatisfy { $0.wholeMatch(of: /D-[0-9a-f]{12}/) != nil })
    source.rows.append(Example.sensorHour(Example.hour("2026-05-11", 7)))
    #expect(tokens.isDisjoint(with: try table(.flows, source).compactMap { $0["device_token"] }))
  }

  @Test("A day of presence counts where at least half of it is observed")
  func presence() {
    let entries = [
      DevicePresence(day: 9, group: "A", device: Example.device(1)),
      DevicePresence(day: 10, group: "A", device: Example.device(2)),
    ]
    var counts = DeviceCounts()
    counts.note(entries, in: Hour(sinceEpoch: 10 * 24 - 2)..<Hour(sinceEpoch: 11 * 24 - 2))
    #expect(counts.reportedGroups(minimum: 1, settings: []).site.devices == 1)
    counts = DeviceCounts()
    counts.note(entries, in: Hour(sinceEpoch: 10 * 24 - 1)..<Hour(sinceEpoch: 10 * 24 + 1))
    #expect(counts.reportedGroups(minimum: 1, settings: []).site.devices == 2)
  }
}
