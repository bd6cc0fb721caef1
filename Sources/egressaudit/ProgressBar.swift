import Model

/// One line on a terminal that shows the progress of long work; silent if standard error is not a terminal.
struct ProgressBar {
  private let isShown = Terminal.isInteractive
  private var width = 0

  mutating func show(share: Double?, _ text: String) {
    guard isShown else { return }
    var line = text
    if let share {
      let filled = Int(share * 24)
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled)
      line = "[\(bar)] \(Int(share * 100)) %  \(text)"
    }
    let padding = String(repeating: " ", count: max(width - line.count, 0))
    width = line.count
    Terminal.draw("\r" + line + padding)
  }

  mutating func clear() {
    guard isShown, width > 0 else { return }
    Terminal.draw("\r" + String(repeating: " ", count: width) + "\r")
    width = 0
  }

  /// 1234567 as `1,234,567`, and in German as `1.234.567`.
  static func grouped(_ number: UInt64) -> String {
    let digits = Array(String(number))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text.append(Language.current == .german ? "." : ",") }
      text.append(digit)
    }
    return text
  }
}
