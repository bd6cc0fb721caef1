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

  private func entry(_ number: Int, hash: UInt32) -> FlowEntry {
    FlowEntry(key: key(number), hash: hash, number: UInt64(number), at: Timestamp(nanoseconds: 0))
  }

  @Test("what a packet of a known flow touches lies in two lines of cache, all of a flow in three")
  func layout() {
    #expect(MemoryLayout<FlowEntry>.offset(of: \.history) == 128)
    #expect(MemoryLayout<FlowEntry>.stride == 192)
  }

  @Test("thousands of random insertions and removals agree with a dictionary")
  func model() {
    var chance = SeededGenerator(seed: 21)
    var table = FlowTable(limit: 1_000)
    var model: [Int: Int] = [:]
    for _ in 0..<20_000 {
      let number = Int.random(in: 0..<3_000, using: &chance)
      if let slot = model[number] {
        if Bool.random(using: &chance) {
          table.remove(slot)
          model[number] = nil
        } else {
          table[slot].part += 1
        }
      } else if !table.isFull {
        let slot = table.insert(entry(number, hash: table.hash(key(number))))
        #expect(model.values.allSatisfy { $0 != slot })
        model[number] = slot
        table.timers.schedule(slot, at: Int64(number))
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
        model[number] = table.insert(entry(number, hash: UInt32(number % 2) &- 1))
      }
      for probe in [number, (number + 1) % 80] {
        let found = table.find(key(probe), hash: UInt32(probe % 2) &- 1)
        #expect(found == model[probe])
      }
    }
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
