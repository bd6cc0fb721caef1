import Model
import Privacy
import Testing

@Suite("Destinations without a rule")
struct UndescribedDestinationsTests {
  private static let day: Int64 = 20_000

  private func contact(
    _ device: UInt64, _ name: String = "telemetry-vendor.example", at second: Int64 = 36_000, day: Int64 = day,
    opensFlow: Bool = true, outside: Bool? = false, up: UInt64 = 100, down: UInt64 = 300,
    namingClass: NamingClass = .b, system: UInt32? = 64_500
  ) -> UndescribedDestinations.Contact {
    UndescribedDestinations.Contact(
      identity: .domain(name), device: DevicePseudonym(high: device, low: 0),
      start: Timestamp(seconds: day * 86_400 + second), opensFlow: opensFlow, isOutsideHours: outside, bytesUp: up,
      bytesDown: down, namingClass: namingClass,
      owner: NetworkOwner(systemNumber: system, systemName: system.map { "Network \($0)" }))
  }

  @Test("of four devices nothing is given out; with the fifth the whole day is, that of the first four included")
  func threshold() {
    var list = UndescribedDestinations(minimum: 5)
    for device in 1...4 as ClosedRange<UInt64> {
      list.note(contact(device))
      list.note(contact(device))
    }
    #expect(list.takeChanged() == [])
    list.note(contact(5, outside: true, namingClass: .a))
    let given = list.takeChanged()
    #expect(given.count == 1)
    #expect(given[0].identity == .domain("telemetry-vendor.example"))
    #expect(given[0].day == Self.day && given[0].devices == 5 && given[0].flows == 9)
    #expect(given[0].flowsOutsideHours == 1 && given[0].bytesUp == 900 && given[0].bytesDown == 2_700)
    #expect(given[0].namingClass == .a && given[0].systemNumber == 64_500 && given[0].systemName == "Network 64500")
    #expect(list.takeChanged() == [])
  }

  @Test("one person's visits leave no trace, however many and to however many domains")
  func onePerson() {
    var list = UndescribedDestinations(minimum: 2)
    for number in 0..<1_000 {
      for _ in 0..<50 { list.note(contact(7, "site-\(number % 20).example")) }
    }
    #expect(list.takeChanged() == [])
  }

  @Test("four devices on each of ten days stay below five: days are not added up")
  func days() {
    var list = UndescribedDestinations(minimum: 5)
    for day in Self.day..<Self.day + 10 {
      for device in 0..<4 as Range<UInt64> { list.note(contact(UInt64(day) * 4 + device, day: day)) }
    }
    #expect(list.takeChanged() == [])
  }

  @Test("what was given out is given again with its greater sums, and days apart are rows of their own")
  func changes() {
    var list = UndescribedDestinations(minimum: 1)
    list.note(contact(1))
    list.note(contact(1, day: Self.day + 1))
    #expect(list.takeChanged().map(\.day) == [Self.day, Self.day + 1])
    list.note(contact(2, day: Self.day + 1))
    let later = list.takeChanged()
    #expect(later.map(\.day) == [Self.day + 1] && later[0].devices == 2 && later[0].flows == 2)
  }

  @Test("parts of a flow add their bytes, and count no second flow")
  func parts() {
    var list = UndescribedDestinations(minimum: 1)
    list.note(contact(1))
    list.note(contact(1, opensFlow: false, up: 1_000))
    let given = list.takeChanged()
    #expect(given[0].flows == 1 && given[0].bytesUp == 1_100)
  }

  @Test("networks that differ are told as none, and hours that were not agreed as unknown")
  func unknowns() {
    var list = UndescribedDestinations(minimum: 1)
    list.note(contact(1, outside: nil))
    list.note(contact(1, outside: nil, system: 64_501))
    let given = list.takeChanged()
    #expect(given[0].systemNumber == nil && given[0].systemName == nil && given[0].flowsOutsideHours == nil)
  }

  @Test(
    "a beacon every 900 seconds with a jitter of 5 % is found, a person's clicks are not",
    arguments: [(true, 900 as UInt64?), (false, nil)])
  func rhythm(isBeacon: Bool, period: UInt64?) {
    var list = UndescribedDestinations(minimum: 2)
    for device in 1...3 as ClosedRange<UInt64> {
      var second: Int64 = 20_000 + Int64(device) * 11
      for step in 0..<19 as Range<Int64> {
        list.note(contact(device, at: second))
        // A second connection at the same time is the same contact.
        list.note(contact(device, at: second + 1))
        second += isBeacon ? 900 + (step % 3 - 1) * 45 : 30 + step * step * 17 % 1_700
      }
    }
    #expect(list.takeChanged().map(\.period) == [period])
  }

  @Test("a flood of domains by one machine drives out what few contacted, is counted, and leaves what many contacted")
  func flood() {
    var list = UndescribedDestinations(minimum: 3, entryLimit: 100)
    for device in 1...3 as ClosedRange<UInt64> { list.note(contact(device)) }
    for number in 0..<1_000 { list.note(contact(9, "random-\(number).example")) }
    let given = list.takeChanged()
    #expect(given.map(\.identity) == [.domain("telemetry-vendor.example")])
    #expect(list.takeDropped() == 901 && list.takeDropped() == 0)
  }

  @Test("where no device has room any more, contacts are counted as dropped, and known devices go on")
  func devices() {
    var list = UndescribedDestinations(minimum: 1, deviceLimit: 2)
    for device in 1...3 as ClosedRange<UInt64> { list.note(contact(device)) }
    list.note(contact(1))
    let given = list.takeChanged()
    #expect(given[0].devices == 2 && given[0].flows == 3)
    #expect(list.takeDropped() == 1)
  }

  @Test("days that are over make room")
  func finishedDays() {
    var list = UndescribedDestinations(minimum: 1, entryLimit: 4)
    for day in Self.day..<Self.day + 100 {
      for name in ["a.example", "b.example"] { list.note(contact(1, name, day: day)) }
      #expect(list.takeChanged().count == 2)
    }
    #expect(list.takeDropped() == 0)
  }
}
