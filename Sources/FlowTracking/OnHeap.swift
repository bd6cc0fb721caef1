/// An optional value on the heap, for what few flows have: it takes only eight bytes of the enclosing structure.
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

  /// Bytes on the heap, without memory to which the value refers.
  var allocatedBytes: Int { storage == nil ? 0 : MemoryLayout<Value>.stride + 16 }
}

extension OnHeap.Storage: Sendable where Value: Sendable {}
extension OnHeap: Sendable where Value: Sendable {}
