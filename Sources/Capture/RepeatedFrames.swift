import Model

/// Finds frames that another file of the same run also contains: equal in time, length and beginning.
///
/// Equal frames in one file, such as retransmissions, are different frames: a frame counts as a copy only of one from
/// another file, and each file has at most one copy of it. So if files contain a frame in different numbers, the
/// largest number counts. Times are compared in whole microseconds, since one of the formats may be no finer.
struct RepeatedFrames {
  private struct Entry {
    var key: UInt64 = 0
    /// A bit for each file that has delivered this frame; 0 for an empty place.
    var files: UInt64 = 0
  }

  /// Sets of `ways` places; the newest frame of a set is first. Empty until two files overlap.
  private var entries: [Entry] = []
  private static let ways = 8
  private static let sets = 8_192
  /// Enough for the headers of all layers except long options, and more than most recorders keep that cut frames.
  private static let bytesCompared = 96

  /// Records a frame of a file.
  ///
  /// - Parameter file: number of the file within the run, from 0.
  /// - Returns: true if another file delivered it before.
  mutating func isRepeated(_ frame: borrowing CapturedFrame, file: Int) -> Bool {
    if entries.isEmpty {
      entries = Array(repeating: Entry(), count: RepeatedFrames.ways * RepeatedFrames.sets)
    }
    let key = RepeatedFrames.key(frame)
    let bit = UInt64(1) << UInt64(file & 63)
    let start = Int(truncatingIfNeeded: key & UInt64(RepeatedFrames.sets - 1)) * RepeatedFrames.ways
    for place in start..<start + RepeatedFrames.ways
    where entries[place].key == key && entries[place].files != 0 && entries[place].files & bit == 0 {
      entries[place].files |= bit
      return true
    }
    for place in (start + 1..<start + RepeatedFrames.ways).reversed() { entries[place] = entries[place - 1] }
    entries[start] = Entry(key: key, files: bit)
    return false
  }

  private static func key(_ frame: borrowing CapturedFrame) -> UInt64 {
    let count = min(frame.bytes.byteCount, bytesCompared)
    var key = UInt64(bitPattern: frame.timestamp.microseconds) ^ UInt64(frame.originalLength) << 48
    key = mixed(key)
    var offset = 0
    while offset + 8 <= count {
      key = mixed(key ^ frame.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    while offset < count {
      key = mixed(key ^ UInt64(frame.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)))
      offset += 1
    }
    return key
  }

  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low
  }
}
