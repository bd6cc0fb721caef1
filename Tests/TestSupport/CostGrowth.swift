import Glibc

/// Whether work grows in proportion to its input.
///
/// Measured is the processor time of this thread for an input and one four times as large. Linear work grows by 4,
/// quadratic by 16.
package enum CostGrowth {
  /// What linear work stays below on a machine that does other things too.
  package static let allowed = 8.0

  /// How many times as long `work` takes on four times the input.
  package static func measure<Input>(of size: Int, _ input: (Int) -> Input, _ work: (Input) -> Void) -> Double {
    let small = seconds(input(size), work)
    return seconds(input(4 * size), work) / max(small, 1e-6)
  }

  /// The shortest of three runs.
  private static func seconds<Input>(_ input: Input, _ work: (Input) -> Void) -> Double {
    (0..<3).reduce(Double.infinity) { best, _ in
      let start = now()
      work(input)
      return min(best, now() - start)
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
