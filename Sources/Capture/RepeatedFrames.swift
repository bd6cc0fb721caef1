import Model

/// Finds frames that another file of the same run holds, too: equal in time, length and beginning.
///
/// Frames that one file holds twice are two frames, as those of a retransmission are: a frame is taken for a copy only of one that another
/// file gave, and of each only once for each file. So of frames that files hold in different numbers, the greatest number counts. Times are
/// compared in whole microseconds, since one of two formats may keep no more.
struct RepeatedFrames {
  private struct Entry {
    var key: UInt64 = 0
    /// A bit for each file that has given this frame; 0 for an empty place.
    var files: UInt64 = 0
  }

  /// Sets of `ways` places; the newest frame of a set stands first. Empty until two files overlap.
  private var entries: [Entry] = []
  private static let ways = 8
  private static let sets = 8_192
  /// Headers of all layers, but for long options; more than most recorders that cut frames leave.
  private static let bytesCompared = 96

  /// Notes a frame of a file.
  ///
  /// - Parameter file: number of the file within the run, from 0.
  /// - Returns: true where another file gave it before.
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
