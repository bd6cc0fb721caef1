import Model

/// The hours of a recording in which a canary was expected.
enum ExpectedCanaries {
  /// Longest time in seconds without a packet at the ends of an hour, or between two files, with which it counts as
  /// complete: packets do not arrive each second.
  private static let tolerance: Int64 = 120
  /// Most hours that are examined; a claim does not hold for hours in which no canary was expected.
  private static let limit = 10_000

  /// One canary in each hour that was captured completely, as for a service. `spans`: in the order of time.
  static func hours(in spans: [CaptureSpan]) -> [CoverageHour] {
    var expected: [CoverageHour] = []
    var joined: (first: Int64, last: Int64)?
    func end(_ span: (first: Int64, last: Int64)) {
      let first = Timestamp(seconds: span.first - 1 + 3_600 - tolerance).hour.sinceEpoch
      let last = Timestamp(seconds: span.last + 1 + tolerance).hour.sinceEpoch
      for hour in stride(from: first, to: last, by: 1) where expected.count < limit {
        var coverage = CoverageHour(hour: Hour(sinceEpoch: hour))
        coverage.canariesExpected = 1
        expected.append(coverage)
      }
    }
    for span in spans {
      if let open = joined, span.begins == .file, span.first - open.last <= tolerance {
        joined = (open.first, max(open.last, span.last))
        continue
      }
      if let joined { end(joined) }
      joined = (span.first, span.last)
    }
    if let joined { end(joined) }
    return expected
  }
}
