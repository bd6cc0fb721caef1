/// A side of a flow; also the direction of a packet, named after its sender.
enum Direction: UInt8 {
  /// The side that opened the flow.
  case originator
  case responder

  var other: Direction { self == .originator ? .responder : .originator }
}

/// One value for each side of a flow.
struct Sides<Value> {
  var originator: Value
  var responder: Value

  init(originator: Value, responder: Value) {
    self.originator = originator
    self.responder = responder
  }

  init(both value: Value) {
    originator = value
    responder = value
  }

  @inline(__always)
  subscript(direction: Direction) -> Value {
    get { direction == .originator ? originator : responder }
    _modify {
      if direction == .originator { yield &originator } else { yield &responder }
    }
  }

  /// Swaps the values, after the other side turned out to be the originator.
  mutating func exchange() { swap(&originator, &responder) }

  @inline(__always)
  func allSatisfy(_ predicate: (Value) -> Bool) -> Bool { predicate(originator) && predicate(responder) }
  @inline(__always)
  func contains(where predicate: (Value) -> Bool) -> Bool { predicate(originator) || predicate(responder) }
}

extension Sides: Sendable where Value: Sendable {}
