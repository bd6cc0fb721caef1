/// A decimal number of fixed places, made by integer arithmetic so that every machine writes the same digits.
package struct FixedDecimal: Sendable, Equatable {
  /// Value times ten to the power of `places`.
  package let units: UInt64
  package let places: Int

  package init(units: UInt64, places: Int) {
    self.units = units
    self.places = places
  }

  /// The quotient, rounded half up; nil for a zero divisor or a value beyond 64 bits.
  package init?(_ dividend: UInt64, dividedBy divisor: UInt64, places: Int) {
    guard divisor > 0 else { return nil }
    let scaled = dividend.multipliedFullWidth(by: Self.power(places))
    let (low, carry) = scaled.low.addingReportingOverflow(divisor / 2)
    let high = scaled.high + (carry ? 1 : 0)
    guard high < divisor else { return nil }
    self.init(units: divisor.dividingFullWidth((high, low)).quotient, places: places)
  }

  package func text(decimalMark: String) -> String {
    guard places > 0 else { return String(units) }
    let scale = Self.power(places)
    let fraction = String(units % scale)
    return String(units / scale) + decimalMark + String(repeating: "0", count: places - fraction.count) + fraction
  }

  private static func power(_ places: Int) -> UInt64 { (0..<places).reduce(1) { value, _ in value * 10 } }
}
