/// A picture with a title, a description with its figures, and a caption. Each is 350 units wide, so that its letters
/// of 11 units have 9 pixels on a screen 320 pixels wide.
struct Chart {
  /// Distinguishes the pictures of a page.
  let id: String
  let title: String
  /// What the picture shows, for those who cannot see it.
  let description: String
  let height: Double
  let content: [Markup]

  static let width = 350.0

  /// - Parameter note: sentences below the picture.
  func markup(note: [String] = []) -> Markup {
    .element(
      .figure, [],
      [
        .element(.figcaption, .text(title)),
        .element(
          .svg,
          [
            .init("viewBox", "0 0 \(decimal(Self.width)) \(decimal(height))"), .init("role", "img"),
            .init("aria-labelledby", "\(id)-title \(id)-description"),
          ],
          [
            .element(.title, [.id("\(id)-title")], [.text(title)]),
            .element(.desc, [.id("\(id)-description")], [.text(description)]),
            .element(.defs, [], [Self.lines(id), Self.dots(id)]),
          ] + content),
      ] + (note.isEmpty ? [] : [.paragraph(note.joined(separator: " "))]))
  }

  private static func lines(_ id: String) -> Markup {
    .element(
      .pattern,
      [
        .id("\(id)-lines"), .init("width", 5), .init("height", 5), .init("patternUnits", "userSpaceOnUse"),
        .init("patternTransform", "rotate(45)"),
      ],
      [
        .element(.line, [.init("x1", 0), .init("y1", 0), .init("x2", 0), .init("y2", 5), .kind("pattern-line")], [])
      ])
  }

  private static func dots(_ id: String) -> Markup {
    .element(
      .pattern,
      [.id("\(id)-dots"), .init("width", 5), .init("height", 5), .init("patternUnits", "userSpaceOnUse")],
      [
        .element(
          .rect, [.init("x", 1), .init("y", 1), .init("width", 1.4), .init("height", 1.4), .kind("pattern-dot")], [])
      ])
  }

  // MARK: Parts

  enum Anchor {
    case start, middle, end
  }

  static func text(_ text: String, x: Double, y: Double, _ anchor: Anchor = .start) -> Markup {
    let place: [Markup.Attribute] = [.init("x", x), .init("y", y)]
    return switch anchor {
    case .start: .element(.text, place, [.text(text)])
    case .middle: .element(.text, place + [.kind("middle")], [.text(text)])
    case .end: .element(.text, place + [.kind("end")], [.text(text)])
    }
  }

  static func rectangle(x: Double, y: Double, width: Double, height: Double, _ kind: StaticString) -> Markup {
    .element(
      .rect,
      [.init("x", x), .init("y", y), .init("width", max(width, 0)), .init("height", max(height, 0)), .kind(kind)], [])
  }

  static func line(x1: Double, y1: Double, x2: Double, y2: Double, _ kind: StaticString) -> Markup {
    .element(.line, [.init("x1", x1), .init("y1", y1), .init("x2", x2), .init("y2", y2), .kind(kind)], [])
  }

  /// An area of one of five kinds, which differ in lightness, and two of them by a pattern as well.
  static func area(_ area: Area, of id: String, x: Double, y: Double, width: Double, height: Double) -> [Markup] {
    let place: [Markup.Attribute] = [
      .init("x", x), .init("y", y), .init("width", max(width, 0)), .init("height", max(height, 0)),
    ]
    let pattern: String? =
      switch area {
      case .second: "url(#\(id)-lines)"
      case .fourth: "url(#\(id)-dots)"
      case .first, .third, .fifth: nil
      }
    return [.element(.rect, place + [.kind(area.name)], [])]
      + (pattern.map { [.element(.rect, place + [.init("fill", $0)], [])] } ?? [])
      + [.element(.rect, place + [.init("fill", "none"), .kind("edge")], [])]
  }

  enum Area: Int, CaseIterable {
    case first, second, third, fourth, fifth

    fileprivate var name: StaticString {
      switch self {
      case .first: "area-1"
      case .second: "area-2"
      case .third: "area-3"
      case .fourth: "area-4"
      case .fifth: "area-5"
      }
    }
  }

  /// A square of 11 units at a place, with its meaning.
  typealias KeyEntry = (text: String, square: (_ x: Double, _ y: Double) -> [Markup])

  /// Squares with their meaning, in lines of at most the width of a picture; also returns the height.
  static func key(_ entries: [KeyEntry], y: Double) -> (content: [Markup], height: Double) {
    var content: [Markup] = []
    var (x, line) = (0.0, y)
    for entry in entries {
      let width = 28 + textWidth(entry.text)
      if x > 0, x + width > Self.width { (x, line) = (0, line + 16) }
      content += entry.square(x + 1, line)
      content.append(text(entry.text, x: x + 17, y: line + 10))
      x += width
    }
    return (content, line + 16 - y)
  }

  private static func keyEntries(_ entries: [(area: Area, text: String)], of id: String) -> [KeyEntry] {
    entries.map { entry in
      (entry.text, { x, y in area(entry.area, of: id, x: x, y: y, width: 11, height: 11) })
    }
  }

  /// The square for unknown values.
  private static func hollow(_ text: String) -> KeyEntry {
    (text, { x, y in [rectangle(x: x, y: y, width: 11, height: 11, "hollow")] })
  }
}

// MARK: Kinds of pictures

extension Chart {
  /// Horizontal bars, each with its name above it and its total beside it.
  struct Bar {
    let name: String
    let parts: [(area: Area, value: Double)]
    let label: String

    var total: Double { parts.reduce(0) { $0 + $1.value } }
  }

  static func bars(
    id: String, title: String, description: String, _ bars: [Bar], key entries: [(area: Area, text: String)]
  ) -> Chart {
    let greatest = max(bars.map(\.total).max() ?? 0, .leastNonzeroMagnitude)
    let length = width - 10 - (bars.map { textWidth($0.label) }.max() ?? 0)
    var content: [Markup] = []
    var y = 0.0
    if !entries.isEmpty {
      let key = key(keyEntries(entries, of: id), y: 2)
      content += key.content
      y = key.height + 6
    }
    for bar in bars {
      // A bar without a name belongs to the one above it.
      if bar.name.isEmpty {
        y -= 18
      } else {
        content.append(text(shortened(bar.name, to: 55), x: 0, y: y + 10))
      }
      var x = 0.0
      for part in bar.parts where part.value > 0 {
        let width = part.value / greatest * length
        content += area(part.area, of: id, x: x + 0.5, y: y + 14, width: width, height: 13)
        x += width
      }
      content.append(text(bar.label, x: x + 6, y: y + 25))
      y += 34
    }
    return Chart(id: id, title: title, description: description, height: y, content: content)
  }

  /// A value and marks for each day, in columns from left to right.
  struct Day {
    let name: String
    /// From the ground up; nil if nothing can be shown.
    let parts: [(area: Area, value: Double)]?
    /// A letter above a line through the day.
    var mark: String?
  }

  static func days(
    id: String, title: String, description: String, _ days: [Day], greatest: Double, unit: String,
    key entries: [(area: Area, text: String)], unknown: String
  ) -> Chart {
    let squares = keyEntries(entries, of: id) + (days.contains { $0.parts == nil } ? [hollow(unknown)] : [])
    let key = key(squares, y: 2)
    var content = squares.isEmpty ? [] : key.content
    // The letters of marks have a line of their own below the unit.
    let top = (squares.isEmpty ? 0 : key.height) + (days.contains { $0.mark != nil } ? 36 : 22)
    let (left, height) = (12.0, 90.0)
    let step = (width - left) / Double(max(days.count, 1))
    let bottom = top + height
    content.append(line(x1: left, y1: bottom, x2: width, y2: bottom, "axis"))
    content.append(line(x1: left, y1: top, x2: width, y2: top, "axis"))
    content.append(text(unit, x: 0, y: (squares.isEmpty ? 0 : key.height) + 12))
    content.append(text("0", x: 0, y: bottom))
    for (index, day) in days.enumerated() {
      let x = left + Double(index) * step
      let gap = min(step * 0.15, 2)
      if let parts = day.parts {
        var y = bottom
        for part in parts where part.value > 0 {
          let part = (area: part.area, height: part.value / max(greatest, .leastNonzeroMagnitude) * height)
          y -= part.height
          content += area(part.area, of: id, x: x + gap / 2, y: y, width: step - gap, height: part.height)
        }
      } else {
        content.append(rectangle(x: x + gap / 2, y: top, width: step - gap, height: height, "hollow"))
      }
      if let mark = day.mark {
        content.append(line(x1: x + step / 2, y1: top - 4, x2: x + step / 2, y2: bottom, "mark"))
        content.append(text(mark, x: min(max(x + step / 2, left + 5), width - 5), y: top - 7, .middle))
      }
    }
    if let first = days.first { content.append(text(first.name, x: left, y: bottom + 14)) }
    if days.count > 1, let last = days.last { content.append(text(last.name, x: width, y: bottom + 14, .end)) }
    return Chart(id: id, title: title, description: description, height: bottom + 20, content: content)
  }

  /// The hours of a week: one square for each weekday and hour, darker the more there was.
  ///
  /// - Parameters:
  ///   - steps: 0 to 5 for each of 24 hours of each of 7 weekdays; nil if nothing is known.
  ///   - unknown: what the square of nil means.
  ///   - agreed: weekdays, 0 for Monday, and hours, 0 to 23, that are framed.
  static func week(
    id: String, title: String, description: String, steps: [[Int?]], weekdays: [String],
    agreed: (weekdays: [Int], hours: Range<Int>)?, key entries: [String], unknown: String
  ) -> Chart {
    let (left, top) = (25.0, 16.0)
    let cell = (width - left) / 24
    let kinds: [StaticString] = ["heat-0", "heat-1", "heat-2", "heat-3", "heat-4", "heat-5"]
    var content: [Markup] = []
    for hour in stride(from: 0, through: 24, by: 6) {
      content.append(
        text("\(hour)", x: left + Double(hour) * cell, y: 11, hour == 0 ? .start : hour == 24 ? .end : .middle))
    }
    for (day, row) in steps.enumerated() {
      let y = top + Double(day) * cell
      content.append(text(weekdays[day], x: 0, y: y + 11))
      for (hour, step) in row.enumerated() {
        let x = left + Double(hour) * cell
        content.append(
          rectangle(
            x: x, y: y, width: cell - 1, height: cell - 1,
            step.map { kinds[min(max($0, 0), kinds.count - 1)] } ?? "hollow"))
      }
    }
    if let agreed {
      for day in agreed.weekdays {
        content.append(
          rectangle(
            x: left + Double(agreed.hours.lowerBound) * cell - 0.5, y: top + Double(day) * cell - 0.5,
            width: Double(agreed.hours.count) * cell, height: cell, "frame"))
      }
    }
    let squares: [KeyEntry] = entries.enumerated().map { step, text in
      let kind = kinds[min(step, kinds.count - 1)]
      return (
        text,
        { x, y in
          [
            rectangle(x: x, y: y, width: 11, height: 11, kind),
            rectangle(x: x, y: y, width: 11, height: 11, "frame"),
          ]
        }
      )
    }
    let isAllKnown = steps.allSatisfy { $0.allSatisfy { $0 != nil } }
    let y = top + 7 * cell + 8
    let key = key(squares + (isAllKnown ? [] : [hollow(unknown)]), y: y)
    content += key.content
    return Chart(id: id, title: title, description: description, height: y + key.height + 2, content: content)
  }

  /// Greatest width of a text in the font of the pictures, in units.
  static func textWidth(_ text: String) -> Double { Double(text.unicodeScalars.count) * 6.3 }

  private static func shortened(_ text: String, to limit: Int) -> String {
    text.count > limit ? text.prefix(limit - 1) + "…" : text
  }
}
