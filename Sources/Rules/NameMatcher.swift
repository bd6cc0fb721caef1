/// Finds the patterns that a host name fits.
///
/// A tree of labels from the right. Literal labels are looked up in one hash table for the whole tree, keyed by parent node and
/// label; labels with `*` are tried one after the other. Every node has one path to it and is visited at most once for a name,
/// so the work is bounded by the number of patterns with `*` and by the length of the name, whatever bytes the name holds.
///
/// ```
///  root ─ com ─ microsoft ─ data ─ events      below: *.events.data.microsoft.com
///                  │                  └─ v10   exact: v10.events.data.microsoft.com
///                  └─ (*) ─ watson             exact: watson.*.microsoft.com
/// ```
struct NameMatcher: Sendable {
  /// Ranges into `starEdges` and `ends`; no references, so that a walk counts none.
  private struct Node: Sendable {
    var withStar = 0..<0
    /// Patterns that end here, ascending.
    var exact = 0..<0
    /// Patterns that take every name below this node, ascending.
    var below = 0..<0
  }

  private struct StarEdge: Sendable {
    var label: LabelPattern
    var child: Int
  }

  private struct Edge: Sendable {
    var parent: Int
    var hash: UInt64
    var labelStart: Int
    var labelLength: Int
    var child: Int
  }

  private var nodes: [Node] = []
  private var starEdges: [StarEdge] = []
  private var ends: [Int] = []
  private var edges: [Edge] = []
  private var labels: [UInt8] = []
  /// Open addressing over `edges`: index plus one, 0 where empty; a power of two, at most half full.
  private var slots: [Int] = []

  /// `patterns` in order of rank: the answers are indices into it.
  init(_ patterns: [NamePattern]) {
    struct EdgeKey: Hashable {
      var parent: Int
      var label: LabelPattern
    }
    struct Growing {
      var withStar: [StarEdge] = []
      var exact: [Int] = []
      var below: [Int] = []
    }
    var growing = [Growing()]
    var children: [EdgeKey: Int] = [:]
    for (index, pattern) in patterns.enumerated() {
      var node = 0
      for label in pattern.labels.reversed() {
        let key = EdgeKey(parent: node, label: label)
        if let child = children[key] {
          node = child
          continue
        }
        let child = growing.count
        growing.append(Growing())
        children[key] = child
        if label.isLiteral {
          let hash = NameMatcher.hash(label.bytes.span, from: 0, to: label.bytes.count, parent: node)
          edges.append(
            Edge(
              parent: node, hash: hash, labelStart: labels.count, labelLength: label.bytes.count, child: child))
          labels += label.bytes
        } else {
          growing[node].withStar.append(StarEdge(label: label, child: child))
        }
        node = child
      }
      if pattern.kind == .suffix { growing[node].below.append(index) } else { growing[node].exact.append(index) }
    }
    for node in growing {
      nodes.append(
        Node(
          withStar: starEdges.count..<starEdges.count + node.withStar.count,
          exact: ends.count..<ends.count + node.exact.count,
          below: ends.count + node.exact.count..<ends.count + node.exact.count + node.below.count))
      starEdges += node.withStar
      ends += node.exact + node.below
    }
    var capacity = 4
    while capacity < edges.count * 2 { capacity *= 2 }
    slots = Array(repeating: 0, count: capacity)
    for (index, edge) in edges.enumerated() {
      var slot = Int(truncatingIfNeeded: edge.hash) & (capacity - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
      slots[slot] = index + 1
    }
  }

  /// Calls `body` with the index of each pattern that fits, in no particular order.
  ///
  /// Letters match in either case, one trailing dot is ignored, and a name with an empty label fits nothing.
  func forEachMatch(_ name: String, _ body: (Int) -> Void) {
    let utf8 = name.utf8Span
    let bytes = utf8.span
    let length = bytes.count > 1 && bytes[bytes.count - 1] == dot ? bytes.count - 1 : bytes.count
    var previous = dot
    for index in 0..<length {
      if bytes[index] == dot && previous == dot { return }
      previous = bytes[index]
    }
    guard previous != dot else { return }
    walk(bytes, end: length, node: 0, body)
  }

  /// `end`: how many bytes of the name, counted from its start, are still to be matched.
  private func walk(_ name: Span<UInt8>, end: Int, node: Int, _ body: (Int) -> Void) {
    var end = end
    var node = node
    while end > 0 {
      for end in nodes[node].below { body(ends[end]) }
      var start = end
      while start > 0 && name[start - 1] != dot { start -= 1 }
      let rest = max(start - 1, 0)
      for edge in nodes[node].withStar where starEdges[edge].label.matches(name, from: start, to: end) {
        walk(name, end: rest, node: starEdges[edge].child, body)
      }
      guard let child = literalChild(of: node, name, from: start, to: end) else { return }
      node = child
      end = rest
    }
    for end in nodes[node].exact { body(ends[end]) }
  }

  private func literalChild(of parent: Int, _ name: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    let hash = NameMatcher.hash(name, from: start, to: end, parent: parent)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let edge = edges[slots[slot] - 1]
      if edge.hash == hash, edge.parent == parent, edge.labelLength == end - start, isLabel(of: edge, name, at: start) {
        return edge.child
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func isLabel(of edge: Edge, _ name: Span<UInt8>, at start: Int) -> Bool {
    for offset in 0..<edge.labelLength
    where labels[edge.labelStart + offset] != foldedToLowerCase(name[start + offset]) {
      return false
    }
    return true
  }

  /// FNV-1a over parent and label; the same in every run. The table is fixed, so a hostile name can at worst reach its longest cluster.
  private static func hash(_ name: Span<UInt8>, from start: Int, to end: Int, parent: Int) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(truncatingIfNeeded: parent) &* 0x9e37_79b9_7f4a_7c15
    for index in start..<end {
      hash = (hash ^ UInt64(foldedToLowerCase(name[index]))) &* 0x100_0000_01b3
    }
    hash ^= hash >> 29
    hash &*= 0x9e37_79b9_7f4a_7c15
    return hash ^ hash >> 32
  }
}
