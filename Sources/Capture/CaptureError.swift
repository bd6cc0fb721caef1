/// Why frames could not be read, in words for people: which file, what is wrong, what to do.
public struct CaptureError: Error, Equatable, CustomStringConvertible {
  public enum Cause: Equatable, Sendable {
    case cannotOpen(String)
    case isDirectory
    case namedTwice
    case empty
    case compressed
    case notACapture(String)
    /// The file ends in the middle of a packet, or breaks off in nonsense, after so many readable packets.
    case cutShort(afterPackets: UInt64, String)
    case unsupportedLinkType(name: String, number: Int32)
    /// So many of its packets are also in other files of the run.
    case repeatsOthers(packets: UInt64, of: UInt64)

    /// Part of what was named was not read, so that the result lacks it.
    public var isLoss: Bool {
      switch self {
      case .cannotOpen, .isDirectory, .empty, .compressed, .notACapture, .cutShort: true
      case .namedTwice, .unsupportedLinkType, .repeatsOthers: false
      }
    }
  }

  /// As the user gave it; `-` for standard input.
  public var file: String
  public var cause: Cause

  public init(file: String, cause: Cause) {
    self.file = file
    self.cause = cause
  }

  public var description: String {
    let name = file == "-" ? "standard input" : file
    switch cause {
    case .cannotOpen(let reason): return "\(name): cannot be opened (\(reason)). Check the path and your rights."
    case .isDirectory: return "\(name): is a folder. Name capture files, for example \(file)/*.pcap."
    case .namedTwice:
      return "\(name): is named twice. It was read once; a second time would count everything twice."
    case .empty:
      return "\(name): is empty. A capture file has at least a header of 24 bytes; was the recording stopped?"
    case .compressed: return "\(name): is compressed. Unpack it first, for example: gunzip -c \(file) | egressaudit … -"
    case .notACapture(let reason):
      return "\(name): is not a pcap or pcapng file that can be read (\(reason))."
    case .repeatsOthers(let packets, let all):
      return
        "\(name): \(packets) of its \(all) packets are also in another of the files. They were counted once."
    case .cutShort(let packets, let reason):
      return
        "\(name): ends early after \(packets) packets (\(reason)). What was readable was read; the rest is missing from the result."
    case .unsupportedLinkType(let linkName, let number):
      return
        "\(name): has frames of link type \(linkName) (\(number)), which is not read. They were counted, but no flow was seen in them."
    }
  }
}
