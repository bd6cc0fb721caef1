import Foundation

/// One-sided exact bounds of a probability by the binomial distribution (C. J. Clopper, E. S. Pearson, Biometrika 26
/// (1934) 404-413).
///
/// They hold for every probability; approximations such as 3/n and the normal distribution do not for few trials.
package enum BinomialBounds {
  /// Halvings of the interval; after these the ends differ by less than the precision of a number.
  private static let steps = 100

  /// Most terms of a sum; hours of more than ten years.
  private static let longest = 100_000

  /// The greatest probability at which `seen` or fewer of `trials` are still as probable as `error`; 1 without trials.
  ///
  /// O(seen).
  package static func upper(_ seen: Int, of trials: Int, error: Double) -> Double {
    guard trials > 0, seen < trials, seen <= longest else { return 1 }
    // (1 - p)^n = error.
    if seen == 0 { return -expm1(log(error) / Double(trials)) }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<steps {
      let middle = (low + high) / 2
      if logOfAtMost(seen, of: trials, probability: middle) > log(error) { low = middle } else { high = middle }
    }
    return high
  }

  /// The least probability at which `seen` or more of `trials` are still as probable as `error`; 0 without trials.
  ///
  /// O(trials - seen).
  package static func lower(_ seen: Int, of trials: Int, error: Double) -> Double {
    // A store that somebody changed may name any number: with so many missed, nothing was seen.
    trials > 0 && seen > 0 && trials - min(seen, trials) <= longest
      ? 1 - upper(trials - min(seen, trials), of: trials, error: error) : 0
  }

  /// Logarithm of the probability of at most `seen` of `trials`; `probability` between 0 and 1, exclusive.
  private static func logOfAtMost(_ seen: Int, of trials: Int, probability: Double) -> Double {
    let odds = log(probability) - log1p(-probability)
    var term = Double(trials) * log1p(-probability)
    var sum = term
    for count in 1...seen {
      term += log(Double(trials - count + 1)) - log(Double(count)) + odds
      let greater = max(sum, term)
      sum = greater + log1p(exp(min(sum, term) - greater))
    }
    return sum
  }
}
