// Heap size of values, for tables with a memory bound. The allocator rounds up to 16 bytes and adds another 16.
extension Array {
  /// Header of the buffer and capacity for elements, without heap memory that the elements own.
  package var allocatedBytes: Int { capacity == 0 ? 0 : 48 + capacity * MemoryLayout<Element>.stride }
}

extension String {
  /// Strings of up to 15 bytes are stored in the value itself.
  package var allocatedBytes: Int { utf8.count <= 15 ? 0 : 48 + utf8.count }
}
