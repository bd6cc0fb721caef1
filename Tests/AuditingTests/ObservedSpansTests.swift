import Model
import Testing

@testable import Auditing

@Suite("Silence in a capture is a break only where its packets say so")
struct ObservedSpansTests {
  private func spans(_ times: some Sequence<Int64>, edges: Set<Int64> = []) -> [CaptureSpan] {
    var spans = ObservedSpans()
    for time in times {
      if edges.contains(time) { spans.noteFileEdge() }
      spans.note(Timestamp(seconds: time))
    }
    return spans.finish()
  }

  /// A packet every `step` seconds.
  private func steady(_ from: Int64, _ to: Int64, every step: Int64 = 5) -> [Int64] {
    Array(stride(from: from, to: to, by: Int64.Stride(step)))
  }

  private func breaks(_ spans: [CaptureSpan]) -> [[Int64]] { spans.map { [$0.first, $0.last] } }

  @Test("five minutes out of steady traffic are a break, two are the shortest, and both sides have to be steady")
  func cut() {
    #expect(breaks(spans(steady(0, 1_800) + steady(2_100, 3_600))) == [[0, 1_795], [2_100, 3_595]])
    #expect(spans(steady(0, 1_800) + steady(2_100, 3_600)).map(\.begins) == [.file, .silence])
    #expect(spans(steady(0, 1_800) + steady(1_910, 3_600)).count == 1)
    #expect(spans(steady(0, 1_800) + steady(1_920, 3_600)).count == 2)
    #expect(spans(steady(0, 1_800, every: 50) + steady(2_200, 4_000, every: 50)).count == 2)
    // Undecidable in a network whose traffic was declining, or rises slowly.
    #expect(spans(steady(0, 1_800) + [2_100, 2_500] + steady(2_900, 4_000)).count == 1)
    #expect(spans(steady(0, 1_800) + steady(2_100, 2_140)).count == 1)
  }

  @Test("a silence shorter than five times the usual is not a break, nor is any silence among few packets")
  func usual() {
    #expect(spans(steady(0, 2_400, every: 60) + steady(2_635, 4_800, every: 60)).count == 1)
    #expect(spans(steady(0, 2_400, every: 60) + steady(2_640, 4_800, every: 60)).count == 2)
    // Less than a packet a minute: the network has few, and pauses of any length.
    #expect(spans(steady(0, 2_400, every: 70) + steady(3_600, 6_000, every: 70)).count == 1)
  }

  @Test("an office is quiet for a night or a long weekend; a week without one packet is a break")
  func sleep() {
    for length: Int64 in [1_900, 43_200, 4 * 86_400] {
      #expect(spans(steady(0, 1_800) + steady(1_795 + length, 1_795 + length + 1_800)).count == 1, "\(length)")
    }
    #expect(spans(steady(0, 1_800) + steady(7 * 86_400, 7 * 86_400 + 1_800)).count == 2)
  }

  @Test("each file that does not reach the next one is recorded with the silences at its edges")
  func files() {
    let told = spans(steady(0, 1_800, every: 20) + steady(1_830, 3_600), edges: [1_830])
    #expect(
      told == [
        CaptureSpan(first: 0, last: 1_780, begins: .file, edgeSilence: 20),
        CaptureSpan(first: 1_830, last: 3_595, begins: .file, edgeSilence: 5),
      ])
  }

  @Test("one packet, packets out of order, and times at the edges of the range do not trap")
  func edges() {
    #expect(spans([]) == [])
    #expect(breaks(spans([7])) == [[7, 7]])
    #expect(breaks(spans([7, 3, 9, 8])) == [[7, 9]])
    var spans = ObservedSpans()
    for time in [Timestamp(nanoseconds: .min), Timestamp(nanoseconds: 0), Timestamp(nanoseconds: .max)] {
      spans.note(time)
    }
    #expect(spans.finish().count == 3)
  }
}
