/// The events of a flow as letters, in the order in which each first occurred: upper case for the originator, lower
/// case for the responder.
///
/// The letters are those of Zeek's `history` column, with `K` for a keep-alive.
struct FlowHistory {
  enum Event: UInt8 {
    case syn = 0x53  // S
    case synAck = 0x48  // H
    case ack = 0x41  // A
    case data = 0x44  // D
    case fin = 0x46  // F
    case reset = 0x52  // R
    case gap = 0x47  // G
    case retransmission = 0x54  // T
    case zeroWindow = 0x57  // W
    case keepAlive = 0x4b  // K

    /// A different bit for each event.
    var mark: UInt16 {
      switch self {
      case .syn: 1 << 0
      case .synAck: 1 << 1
      case .ack: 1 << 2
      case .data: 1 << 3
      case .fin: 1 << 4
      case .reset: 1 << 5
      case .gap: 1 << 6
      case .retransmission: 1 << 7
      case .zeroWindow: 1 << 8
      case .keepAlive: 1 << 9
      }
    }
  }

  /// Most letters of a flow; later ones are left out.
  static let limit = 16
  /// Upper and lower case of a letter differ in this bit.
  private static let lowerCase: UInt8 = 0x20

  /// Eight letters in each half, the first in the lowest byte; unused bytes are zero.
  private var letters = SIMD2<UInt64>()

  private var count: Int {
    let half = letters[1] != 0 ? 1 : 0
    return 8 * (half + 1) - letters[half].leadingZeroBitCount / 8
  }

  mutating func append(_ event: Event, from direction: Direction) {
    let count = count
    guard count < FlowHistory.limit else { return }
    let letter = event.rawValue | (direction == .originator ? 0 : FlowHistory.lowerCase)
    letters[count / 8] |= UInt64(letter) << UInt64(8 * (count % 8))
  }

  private func letter(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: letters[index / 8] >> UInt64(8 * (index % 8)))
  }

  /// Exchanges the case of all letters, after the other side turned out to be the originator.
  mutating func exchange() {
    for index in 0..<count { letters[index / 8] ^= UInt64(FlowHistory.lowerCase) << UInt64(8 * (index % 8)) }
  }

  var text: String {
    let count = count
    return String(unsafeUninitializedCapacity: count) { buffer in
      for index in 0..<count { buffer.initializeElement(at: index, to: letter(index)) }
      return count
    }
  }
}
