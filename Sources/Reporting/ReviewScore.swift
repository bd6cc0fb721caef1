import Model

/// Points that order the rows of a class: each part is measured or documented, none is a judgement.
struct ReviewScore: Sendable, Equatable {
  enum Part: String, Sendable, CaseIterable {
    case throughBlock = "through_block"
    case afterMeasure = "after_measure"
    case cleartextIdentifier = "cleartext_identifier"
    case documentedCategories = "documented_categories"
    case outsideHours = "outside_hours"
    case recurring
    case volume
    case newSinceBaseline = "new_since_baseline"
    case fewDevices = "few_devices"
    case secrecyZone = "secrecy_zone"

    /// Most points that it can give.
    var maximum: Int {
      switch self {
      case .throughBlock: 40
      case .afterMeasure: 30
      case .cleartextIdentifier: 20
      case .documentedCategories: 12
      case .outsideHours, .recurring, .volume, .newSinceBaseline: 10
      case .fewDevices, .secrecyZone: 8
      }
    }
  }

  /// Points for a measure without effect: most devices still contact the service that it was meant to stop.
  static let measureWithoutEffect = 20
  /// Points for documented categories: content or derived from it, use by a person, other personal data.
  static let categoryPoints = (content: Part.documentedCategories.maximum, usage: 8, personal: 4)
  /// Least kB (1000 byte) up per device and day with contact, and the points for it.
  static let volumeSteps: [(kilobytes: UInt64, points: Int)] = [(1, 2), (10, 4), (100, 7), (1000, 10)]

  /// Parts that give none are left out.
  let points: [Part: Int]

  var total: Int { points.values.reduce(0, +) }

  struct Inputs {
    var likelihood: LikelihoodInputs
    var throughBlock: BlockEffect?
    var measure: MeasureEffect?
    var hasCleartextIdentifier: Bool
    var categories: [DataCategory]
    /// The secrecy zone lifted the severity.
    var isLiftedByZone: Bool
    /// New, or back after a silence; nil without a baseline, or if that is not known.
    var isNewSinceBaseline: Bool?
  }

  /// Nothing but blocked attempts gives no points at all.
  init(_ inputs: Inputs) {
    let contact = inputs.likelihood
    guard contact.devicesSeen > 0 else {
      points = [:]
      return
    }
    var points: [Part: Int] = [:]
    if inputs.throughBlock != nil { points[.throughBlock] = Part.throughBlock.maximum }
    if let measure = inputs.measure, measure.devicesAfter > 0 {
      points[.afterMeasure] =
        measure.isEndedButForFew ? Part.afterMeasure.maximum : Self.measureWithoutEffect
    }
    if inputs.hasCleartextIdentifier { points[.cleartextIdentifier] = Part.cleartextIdentifier.maximum }
    let ids = Set(inputs.categories.map(\.id))
    if !ids.isDisjoint(with: Severity.contentCategories) {
      points[.documentedCategories] = Self.categoryPoints.content
    } else if !ids.isDisjoint(with: Severity.usageCategories) {
      points[.documentedCategories] = Self.categoryPoints.usage
    } else if inputs.categories.contains(where: {
      $0.isPersonal && !Severity.unavoidableCategories.contains($0.id)
    }) {
      points[.documentedCategories] = Self.categoryPoints.personal
    }
    if let idle = contact.bytesUpIdle, contact.bytesUp > 0 {
      points[.outsideHours] = Self.rounded(Double(idle) / Double(contact.bytesUp), of: .outsideHours)
    }
    points[.recurring] = Self.rounded(contact.persistence, of: .recurring)
    let days = UInt64(contact.devicesSeen).multipliedReportingOverflow(by: UInt64(max(contact.activeDays, 1)))
    let perDay = days.overflow ? 0 : contact.bytesUp / days.partialValue
    points[.volume] = Self.volumeSteps.last { perDay >= $0.kilobytes * 1000 }?.points
    if inputs.isNewSinceBaseline == true { points[.newSinceBaseline] = Part.newSinceBaseline.maximum }
    if contact.activeDays > 1, isFew(contact.devicesSeen, of: contact.devicesObserved) {
      points[.fewDevices] = Part.fewDevices.maximum
    }
    if inputs.isLiftedByZone { points[.secrecyZone] = Part.secrecyZone.maximum }
    self.points = points.filter { $0.value > 0 }
  }

  private static func rounded(_ share: Double, of part: Part) -> Int {
    Int((min(max(share, 0), 1) * Double(part.maximum)).rounded())
  }
}
