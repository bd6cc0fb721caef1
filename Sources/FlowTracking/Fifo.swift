/// A queue, first in, first out; each operation takes amortised constant time.
struct Fifo<Element> {
  private var items: [Element] = []
  private var head = 0

  var first: Element? { head < items.count ? items[head] : nil }
  var count: Int { items.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) { items.append(element) }

  mutating func removeFirst() {
    head += 1
    if head > 1_024 && head * 2 > items.count {
      items.removeFirst(head)
      head = 0
    }
  }

  mutating func popFirst() -> Element? {
    guard let element = first else { return nil }
    removeFirst()
    return element
  }

  /// Removes the elements that `isKept` rejects. Linear in the length.
  mutating func keep(where isKept: (Element) -> Bool) {
    items = items[head...].filter(isKept)
    head = 0
  }
}
