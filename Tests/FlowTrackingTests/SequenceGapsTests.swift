import Testing

@testable import FlowTracking

@Suite("Gaps in sequence numbers are counted until segments fill them")
struct SequenceGapsTests {
  private func fill(_ gaps: inout SequenceGaps, _ side: Direction, from start: UInt32, to end: UInt32) -> Bool {
    gaps.fill(side, from: start, to: end)
  }

  @Test("gaps that are filled in any pieces leave none; the other direction's segments fill nothing")
  func filled() {
    var gaps = SequenceGaps()
    gaps.add(.originator, from: 0xffff_ffe0, to: 0x20)
    #expect(gaps.missingBytes == 0x40)
    #expect(!fill(&gaps, .responder, from: 0xffff_ffe0, to: 0x20))
    #expect(!fill(&gaps, .originator, from: 0x20, to: 0x30))
    #expect(fill(&gaps, .originator, from: 0xffff_fff0, to: 0x10))
    #expect(gaps.count == 2)
    #expect(gaps.missingBytes == 0x20)
    #expect(fill(&gaps, .originator, from: 0xffff_ff00, to: 0xffff_fff8))
    #expect(gaps.missingBytes == 0x10)
    #expect(fill(&gaps, .originator, from: 0x8, to: 0x18))
    #expect(fill(&gaps, .originator, from: 0, to: 0x100))
    #expect(gaps.missingBytes == 0)
    #expect(gaps.count == 0)
  }

  @Test("as the ends are exchanged, gaps go with their direction")
  func exchanged() {
    var gaps = SequenceGaps()
    gaps.add(.originator, from: 10, to: 20)
    gaps.exchange()
    #expect(!fill(&gaps, .originator, from: 10, to: 20))
    #expect(fill(&gaps, .responder, from: 10, to: 20))
  }

  @Test("of many gaps the oldest are taken for lost, and their bytes stay counted")
  func many() {
    var gaps = SequenceGaps()
    for index in UInt32(0)..<100 { gaps.add(.originator, from: index * 10, to: index * 10 + 3) }
    #expect(gaps.count == SequenceGaps.limit)
    #expect(gaps.missingBytes == 300)
  }
}
