import Model
import Testing

@Suite("Enumerations that are hashed by their case")
struct HashedByCaseTests {
  private func numbers<Value: HashedByCase & CaseIterable>(of _: Value.Type) -> [Int] {
    Value.allCases.map(\.caseNumber)
  }

  @Test("the number of a case is its place among all cases")
  func numbers() {
    #expect(numbers(of: Anomaly.self) == Array(0..<Anomaly.allCases.count))
    #expect(numbers(of: NamingClass.self) == [0, 1, 2, 3, 4])
    #expect(numbers(of: IdentifierClass.self) == Array(0..<IdentifierClass.allCases.count))
    #expect(numbers(of: Encryption.self) == Array(0..<Encryption.allCases.count))
    #expect(numbers(of: FlowOutcome.self) == Array(0..<FlowOutcome.allCases.count))
    #expect(numbers(of: NameMethod.self) == Array(0..<NameMethod.allCases.count))
    #expect(numbers(of: MatchBasis.self) == Array(0..<MatchBasis.allCases.count))
    #expect(numbers(of: AnycastOrCDN.self) == Array(0..<AnycastOrCDN.allCases.count))
    #expect(numbers(of: NetworkTrait.self) == Array(0..<NetworkTrait.allCases.count))
    #expect(numbers(of: ControlPath.self) == Array(0..<ControlPath.allCases.count))
    #expect(numbers(of: GapCause.self) == Array(0..<GapCause.allCases.count))
    #expect(numbers(of: EncryptedClientHello.self) == Array(0..<EncryptedClientHello.allCases.count))
    #expect(numbers(of: HiddenPath.self) == Array(0..<HiddenPath.allCases.count))
    #expect(numbers(of: PurposeClass.self) == Array(0..<PurposeClass.allCases.count))
  }

  @Test("a dictionary finds each case, and no other")
  func dictionary() {
    let counts = Dictionary(uniqueKeysWithValues: Anomaly.allCases.enumerated().map { ($1, $0) })
    #expect(Anomaly.allCases.allSatisfy { counts[$0] == $0.caseNumber })
    #expect(Set(Anomaly.allCases).count == Anomaly.allCases.count)
  }
}
