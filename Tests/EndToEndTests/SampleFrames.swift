import Foundation
import Model
import TestSupport

/// Frames of the sample capture.
enum SampleFrames {
  static func all() throws -> [TimedFrame] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Project.sample)))
    func word(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
    var frames: [TimedFrame] = []
    var offset = 0
    while offset < bytes.count {
      // 6 is the Enhanced Packet Block.
      if word(offset) == 6 {
        let time = Timestamp(nanoseconds: Int64(word(offset + 12)) << 32 | Int64(word(offset + 16)))
        frames.append(TimedFrame(time: time, bytes: Array(bytes[offset + 28..<offset + 28 + word(offset + 20)])))
      }
      offset += word(offset + 4)
    }
    return frames
  }
}

extension [TimedFrame] {
  /// In the same order, a tenth of a millisecond apart.
  func moved(to start: Timestamp) -> [TimedFrame] {
    enumerated().map { index, frame in
      var frame = frame
      frame.time = start.advanced(by: TimeSpan(nanoseconds: Int64(index) * 100_000))
      return frame
    }
  }
}
