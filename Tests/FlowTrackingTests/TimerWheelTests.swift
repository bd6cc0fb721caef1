import TestSupport
import Testing

@testable import FlowTracking

@Suite("The timer wheel hands out every slot once its second has passed")
struct TimerWheelTests {
  private func due(_ wheel: inout TimerWheel, _ second: Int64) -> [Int] {
    wheel.turn(to: second)
    var slots: [Int] = []
    while let slot = wheel.nextDue() { slots.append(slot) }
    return slots
  }

  @Test("slots come when their second has passed, sooner ones first")
  func wheel() {
    var chance = SeededGenerator(seed: 23)
    var wheel = TimerWheel()
    var model: [Int: Int64] = [:]
    var now: Int64 = 1_000_000
    #expect(due(&wheel, now).isEmpty)
    var free: [Int] = []
    for _ in 0..<3_000 {
      while model.count < 300 {
        let slot = free.popLast() ?? model.count
        let second = now + Int64.random(in: 1...2_000, using: &chance)
        wheel.schedule(slot, at: second)
        model[slot] = second
      }
      if let (slot, _) = model.randomElement(using: &chance) {
        let second = now + Int64.random(in: 1...2_000, using: &chance)
        wheel.schedule(slot, at: second)
        model[slot] = second
      }
      let soonest = wheel.soonest()
      #expect(soonest.map { model[$0] } == model.values.min())
      now += Int64.random(in: 0...20, using: &chance)
      let due = due(&wheel, now)
      let expected = model.filter { $0.value <= now }
      #expect(Set(due) == Set(expected.keys))
      #expect(due.compactMap { expected[$0] } == expected.values.sorted())
      for slot in due {
        free.append(slot)
        model[slot] = nil
      }
    }
  }

  @Test("slots of one second come in the order in which they were put there")
  func wheelOrder() {
    var wheel = TimerWheel()
    _ = due(&wheel, 0)
    let slots = [3, 1, 9, 0, 7]
    for slot in slots { wheel.schedule(slot, at: 5) }
    let soonest = wheel.soonest()
    #expect(soonest == slots[0])
    #expect(due(&wheel, 5) == slots)
    #expect(due(&wheel, 5_000_000).isEmpty)
  }

  @Test("a deadline beyond the wheel comes round early, a jump in time passes every slot once")
  func wheelReach() {
    var wheel = TimerWheel()
    _ = due(&wheel, 100)
    let far = 1
    wheel.schedule(far, at: 100_000)
    let near = 2
    wheel.schedule(near, at: 101)
    #expect(due(&wheel, 101) == [near])
    #expect(due(&wheel, 100 + 2_046).isEmpty)
    #expect(due(&wheel, 100 + 2_047) == [far])
    wheel.schedule(far, at: 100_000)
    wheel.schedule(near, at: 2_200)
    #expect(Set(due(&wheel, 90_000_000)) == [near, far])
    let soonest = wheel.soonest()
    #expect(soonest == nil)
  }
}
