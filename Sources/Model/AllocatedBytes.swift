// What values take on the heap, for the accounts of whoever bounds them. The allocator rounds up to 16 bytes and adds as much.
extension Array {
  /// Header of the buffer and room for elements; what these own themselves is not in it.
  package var allocatedBytes: Int { capacity == 0 ? 0 : 48 + capacity * MemoryLayout<Element>.stride }
}

extension String {
  /// Texts of up to 15 bytes lie in the value itself.
  package var allocatedBytes: Int { utf8.count <= 15 ? 0 : 48 + utf8.count }
}
