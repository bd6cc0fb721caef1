/// A value that is kept apart from the structure it belongs to: for what few flows have, so that it takes eight bytes of the others.
@propertyWrapper
struct OnHeap<Value> {
  fileprivate indirect enum Storage {
    case value(Value)
  }

  private var storage: Storage?

  init(wrappedValue: Value?) { storage = wrappedValue.map { .value($0) } }

  var wrappedValue: Value? {
    get {
      guard case .value(let value) = storage else { return nil }
      return value
    }
    set { storage = newValue.map { .value($0) } }
  }

  /// Bytes that it takes apart, what its value refers to not counted.
  var allocatedBytes: Int { storage == nil ? 0 : MemoryLayout<Value>.stride + 16 }
}

extension OnHeap.Storage: Sendable where Value: Sendable {}
extension OnHeap: Sendable where Value: Sendable {}
