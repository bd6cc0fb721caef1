public import Model

/// Why frames could not be read, for people: which file, what is wrong, what to do.
public struct CaptureError: BilingualError, Equatable {
  public enum Cause: Equatable, Sendable {
    case cannotOpen(String)
    case isDirectory
    case namedTwice
    case empty
    case compressed
    case notACapture(LocalizedText)
    /// The file ends in the middle of a packet, or becomes unreadable, after so many readable packets.
    case cutShort(afterPackets: UInt64, LocalizedText)
    case unsupportedLinkType(name: String, number: Int32)
    /// So many of its packets are also in other files of the run.
    case repeatsOthers(packets: UInt64, of: UInt64)

    /// Part of the input was not read, so that the result lacks it.
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
}
