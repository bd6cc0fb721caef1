import Glibc
import Model

/// A recorder's statement in a recording that it dropped packets.
public struct DropStatement: Sendable, Equatable {
  public var time: Timestamp
  /// Dropped packets since the last statement, or since the recording began.
  public var packets: UInt64

  public init(time: Timestamp, packets: UInt64) {
    self.time = time
    self.packets = packets
  }
}

/// Reads many capture files as one, in the order of their packets' times.
///
/// Files are sorted by their first packet and merged if they overlap, so that a capture that was split at any packet
/// reads like the whole. Equal times keep the order of the files. A file is opened only when its time comes. A packet
/// that several files contain is delivered once.
public struct CaptureFiles {
  private struct Waiting {
    var path: String
    var first: Timestamp
    var firstFrame: [UInt8]
    /// Kept open only if the file cannot be opened twice (standard input, a pipe).
    var open: CaptureFile?
  }

  private var waiting: [Waiting]
  /// Errors so far, in order of occurrence; the rest is read nevertheless.
  public private(set) var problems: [CaptureError]
  /// Notes for people about files that were read to their end.
  public private(set) var notes: [CaptureError] = []
  /// Sum of the sizes of all regular files, in bytes.
  public let totalBytes: Int

  /// Reads the first packet of each file. Files that cannot be opened are reported in `problems`.
  public init(paths: [String]) {
    waiting = []
    problems = []
    var total = 0
    var seen: Set<FileIdentity> = []
    for path in paths {
      do throws(CaptureError) {
        if let identity = FileIdentity(path), !seen.insert(identity).inserted {
          throw CaptureError(file: path, cause: .namedTwice)
        }
        let file = try CaptureFile(path: path)
        let size = CaptureFiles.regularSize(path)
        total += size ?? 0
        guard try file.advance() else { continue }
        var frame: [UInt8] = []
        file.withFrame { frame = $0.bytes.withUnsafeBytes { Array($0) } }
        waiting.append(
          Waiting(path: path, first: file.timestamp, firstFrame: frame, open: size == nil ? file : nil))
      } catch {
        problems.append(error)
      }
    }
    totalBytes = total
    // A stable sort: equal first times keep the order given.
    waiting = waiting.enumerated()
      .sorted { $0.element.first != $1.element.first ? $0.element.first < $1.element.first : $0.offset < $1.offset }
      .map(\.element)
  }

  /// Time of the earliest file's first packet; nil if no packet can be read.
  public var firstTimestamp: Timestamp? { waiting.first?.first }

  /// Captured bytes of the earliest file's first packet, which together with its time identify the capture.
  public var firstFrame: [UInt8] { waiting.first?.firstFrame ?? [] }

  /// Calls `body` with every frame of all files, in the order of time.
  ///
  /// - Parameters:
  ///   - progress: called every 65,536 frames with the bytes read so far; returns false to stop.
  ///   - repeated: called instead of `body` with the time of a frame that another file delivered before.
  ///   - betweenFiles: called before a frame if no file covers the time between it and the previous frame.
  ///   - drops: called with the statement of a recording about dropped packets, if no other file overlaps with it.
  public mutating func forEachFrame(
    progress: (Int) -> Bool = { _ in true }, repeated: (Timestamp) -> Void = { _ in }, betweenFiles: () -> Void = {},
    drops: (DropStatement) -> Void = { _ in },
    _ body: (borrowing CapturedFrame) -> Void
  ) {
    var active: [CaptureFile] = []
    var frames = RepeatedFrames()
    // Frames up to this time are compared with those of other files; it advances while files overlap.
    var comparedUntil = Timestamp(nanoseconds: .min)
    var next = 0
    var finishedBytes = 0
    var untilProgress = 0
    // Only one file has been open since the last time at which none was.
    var isAlone = true
    while true {
      if active.isEmpty, next > 0, next < waiting.count {
        betweenFiles()
        isAlone = true
      }
      while next < waiting.count {
        // In whole microseconds: another file may have the same packet with no finer time.
        if let soonest = active.map(\.timestamp).min(), waiting[next].first.microseconds > soonest.microseconds {
          break
        }
        if let file = open(next) { active.append(file) }
        next += 1
      }
      guard !active.isEmpty else { return }
      var current = 0
      for index in 1..<max(active.count, 1) where active[index].timestamp < active[current].timestamp {
        current = index
      }
      let file = active[current]
      if active.count > 1 { isAlone = false }
      // With one file open, its frames are delivered until the next file's time comes.
      let runsAlone = active.count == 1
      let limit = next < waiting.count ? waiting[next].first.microseconds : .max
      if !runsAlone { comparedUntil = max(comparedUntil, file.timestamp.advanced(by: CaptureFiles.disorder)) }
      var isAlive = true
      repeat {
        if file.timestamp <= comparedUntil {
          file.withFrame { frame in
            if frames.isRepeated(frame, file: file.number) {
              file.repeatedPackets += 1
              repeated(frame.timestamp)
            } else {
              body(frame)
            }
          }
        } else {
          file.withFrame(body)
        }
        untilProgress += 1
        if untilProgress >= 65_536 {
          untilProgress = 0
          guard progress(finishedBytes + active.reduce(0) { $0 + $1.bytesRead }) else {
            problems += active.flatMap(\.unsupportedLinks)
            notes += active.flatMap(\.repeats)
            return
          }
        }
        isAlive = advance(file)
        if let stated = file.takeDrops(), isAlone { drops(stated) }
      } while isAlive && runsAlone && file.timestamp.microseconds < limit
      if !isAlive {
        problems += file.unsupportedLinks
        notes += file.repeats
        finishedBytes += file.bytesRead
        active.remove(at: current)
      }
    }
  }

  /// How far the packets of one file may be out of order.
  private static let disorder = TimeSpan.seconds(1)

  private mutating func open(_ index: Int) -> CaptureFile? {
    if let file = waiting[index].open {
      waiting[index].open = nil
      file.number = index
      return file
    }
    do throws(CaptureError) {
      let file = try CaptureFile(path: waiting[index].path)
      file.number = index
      return try file.advance() ? file : nil
    } catch {
      problems.append(error)
      return nil
    }
  }

  private mutating func advance(_ file: CaptureFile) -> Bool {
    do throws(CaptureError) {
      return try file.advance()
    } catch {
      problems.append(error)
      return false
    }
  }

  /// Identifies a regular file, whatever its path.
  private struct FileIdentity: Hashable {
    var device: UInt
    var number: UInt

    init?(_ path: String) {
      var status = stat()
      guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      device = UInt(status.st_dev)
      number = UInt(status.st_ino)
    }
  }

  private static func regularSize(_ path: String) -> Int? {
    var status = stat()
    guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }
}
