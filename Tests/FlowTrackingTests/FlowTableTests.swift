import Model
import TestSupport
import Testing

@testable import FlowTracking

@Suite("The flow table keeps every flow until it is removed")
struct FlowTableTests {
  private func key(_ number: Int) -> FlowKey {
    FlowKey(
      firstAddress: IPAddress(v4: UInt32(number / 7)), secondAddress: IPAddress(v4: 0xc000_0201),
      ports: UInt32(number % 7), transport: 6, vlan: 0, scope: 0)
  }

  private func entry(_ number: Int, _ table: borrowing FlowTable) -> FlowEntry {
    let key = key(number)
    var entry = FlowEntry(key: key, number: UInt64(number), flowStart: 0, recordStart: 0, last: 0)
    entry.hash = table.hash(key)
    return entry
  }

  private func due(_ table: inout FlowTable, _ second: Int64) -> [Int] {
    table.turn(to: second)
    var slots: [Int] = []
    while let slot = table.nextDue() { slots.append(slot) }
    return slots
  }

  @Test("thousands of random insertions and removals agree with a dictionary")
  func model() {
    var chance = SeededGenerator(seed: 21)
    var table = FlowTable(limit: 1_000)
    var model: [Int: Int] = [:]
    for round in 0..<60_000 {
      let number = Int.random(in: 0..<3_000, using: &chance)
      if let slot = model[number] {
        if Bool.random(using: &chance) {
          table.remove(slot)
          model[number] = nil
        } else {
          table[slot].part += 1
        }
      } else if !table.isFull {
        let slot = table.insert(entry(number, table))
        #expect(!model.values.contains(slot) || round % 100 != 0)
        model[number] = slot
        table.schedule(slot, at: Int64(number))
      } else {
        #expect(model.count == 1_000)
      }
      let probe = Int.random(in: 0..<3_000, using: &chance)
      let found = table.find(key(probe), hash: table.hash(key(probe)))
      #expect(found == model[probe])
      let count = table.count
      #expect(count == model.count)
    }
    for number in 0..<3_000 {
      let found = table.find(key(number), hash: table.hash(key(number)))
      #expect(found == model[number])
      guard let found else { continue }
      let entry = table[found]
      #expect(entry.number == UInt64(number))
    }
    let all = table.all()
    #expect(all.map { UInt64($0) }.count == model.count)
    let numbers = model.keys.sorted()
    #expect(all == numbers.compactMap { model[$0] })
  }

  @Test("keys that all fall into one bucket are found across removed entries")
  func collisions() {
    var chance = SeededGenerator(seed: 22)
    var table = FlowTable(limit: 64)
    var model: [Int: Int] = [:]
    for _ in 0..<20_000 {
      let number = Int.random(in: 0..<80, using: &chance)
      if let slot = model.removeValue(forKey: number) {
        table.remove(slot)
      } else if !table.isFull {
        var entry = entry(number, table)
        entry.hash = UInt32(number % 2) &- 1
        model[number] = table.insert(entry)
      }
      for probe in [number, (number + 1) % 80] {
        let found = table.find(key(probe), hash: UInt32(probe % 2) &- 1)
        #expect(found == model[probe])
      }
    }
  }

  @Test("the timer wheel returns each flow in its second, earlier ones first")
  func wheel() {
    var chance = SeededGenerator(seed: 23)
    var table = FlowTable(limit: 500)
    var model: [Int: Int64] = [:]
    var now: Int64 = 1_000_000
    #expect(due(&table, now).isEmpty)
    var number = 0
    for _ in 0..<3_000 {
      while model.count < 300 {
        let slot = table.insert(entry(number, table))
        number += 1
        let second = now + Int64.random(in: 1...2_000, using: &chance)
        table.schedule(slot, at: second)
        model[slot] = second
      }
      if let (slot, _) = model.randomElement(using: &chance) {
        let second = now + Int64.random(in: 1...2_000, using: &chance)
        table.schedule(slot, at: second)
        model[slot] = second
      }
      let soonest = table.soonest()
      #expect(soonest.map { model[$0] } == model.values.min())
      now += Int64.random(in: 0...20, using: &chance)
      let due = due(&table, now)
      let expected = model.filter { $0.value <= now }
      #expect(Set(due) == Set(expected.keys))
      #expect(due.compactMap { expected[$0] } == expected.values.sorted())
      for slot in due {
        table.remove(slot)
        model[slot] = nil
      }
    }
  }

  @Test("flows of one second come in the order in which they were added")
  func wheelOrder() {
    var table = FlowTable(limit: 100)
    _ = due(&table, 0)
    let slots = (0..<10).map { number in
      let slot = table.insert(entry(number, table))
      table.schedule(slot, at: 5)
      return slot
    }
    let soonest = table.soonest()
    #expect(soonest == slots[0])
    #expect(due(&table, 5) == slots)
    #expect(due(&table, 5_000_000).isEmpty)
  }

  @Test("a deadline beyond the timer wheel comes round early, and a jump in time visits every flow once")
  func wheelReach() {
    var table = FlowTable(limit: 100)
    _ = due(&table, 100)
    let far = table.insert(entry(1, table))
    table.schedule(far, at: 100_000)
    let near = table.insert(entry(2, table))
    table.schedule(near, at: 101)
    #expect(due(&table, 101) == [near])
    #expect(due(&table, 100 + 2_046).isEmpty)
    #expect(due(&table, 100 + 2_047) == [far])
    table.schedule(far, at: 100_000)
    table.schedule(near, at: 2_200)
    #expect(Set(due(&table, 90_000_000)) == [near, far])
    let soonest = table.soonest()
    #expect(soonest == nil)
  }

  @Test(
    "both directions of a flow have one key",
    arguments: [("10.0.0.1", "192.0.2.1"), ("10.0.0.1", "10.0.0.1"), ("fd00::1", "2001:db8::1")])
  func keys(first: String, second: String) throws {
    let first = try #require(IPAddress(first))
    let second = try #require(IPAddress(second))
    let there = FlowKey.of(first, 50_000, second, 443, 6, vlan: 5, scope: 9)
    let back = FlowKey.of(second, 443, first, 50_000, 6, vlan: 5, scope: 9)
    #expect(there.key == back.key)
    #expect(there.fromFirst != back.fromFirst)
    #expect(there.key.hash(seed: 1) == back.key.hash(seed: 1))
    #expect(there.key != FlowKey.of(first, 50_000, second, 443, 6, vlan: 6, scope: 9).key)
    #expect(there.key != FlowKey.of(first, 50_000, second, 443, 6, vlan: 5, scope: 8).key)
    #expect(there.key != FlowKey.of(first, 50_000, second, 443, 17, vlan: 5, scope: 9).key)
  }
}
