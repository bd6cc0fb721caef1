import Model
import Wire
import Streams

/// What only some flows need beyond their entry: names, streams and handshakes that are being read, gaps.
struct FlowDetail {
  /// Readers that are collecting the beginning of a stream.
  var readers = Sides(both: OnHeap<StreamReader>(wrappedValue: nil))
  var names = NameLedger()
  var gaps = SequenceGaps()
  var offeredVersion: TLSVersion?
  var settledVersion: TLSVersion?
  var applicationProtocol: String?
  /// The flow began in clear text, so it is encrypted only if a ClientHello follows.
  var isCleartext = false
  /// The originator began HTTP/2 without TLS.
  var isHTTP2 = false
  /// The ClientHello contained a ticket, a pre-shared key or a session ID of an earlier connection.
  var offersResumption = false
  /// Nil for flows that are not QUIC; its buffers are released once the ClientHello has been read.
  @OnHeap var quic: QUICClientHandshake?
  /// Handshake messages of DTLS that are being reassembled.
  @OnHeap var dtlsHello: DTLSHandshakeMessage?
  @OnHeap var dtlsCertificate: DTLSHandshakeMessage?
  var clearText: ClearText?
  /// The originator sent something in clear text, in this record or an earlier one.
  var sentClearText = false
  var hiddenPath: HiddenPath?
  var account = Account()

  /// The memory that `FlowDetails` has counted for the detail, and its place in the queue of details with beginnings.
  struct Account {
    var texts = 0
    var beginnings = 0
    /// Slot of the detail's flow, if there are beginnings.
    var slot: Int32 = -1
    var older: Int32 = -1
    var newer: Int32 = -1
  }

  /// Exchanges the sides, after the other side turned out to be the originator.
  mutating func exchangeEnds() {
    readers.exchange()
    gaps.exchange()
    names.forgetResolved()
    clearText = nil
  }

  /// How the flow is encrypted, as far as its handshake was captured.
  var encryption: Encryption {
    if let settledVersion {
      return switch settledVersion {
      case .tls10: .tls10
      case .tls11: .tls11
      case .tls12: .tls12
      case .tls13: .tls13
      default: .other
      }
    }
    if quic != nil { return .quic }
    if offeredVersion != nil { return .other }
    return isCleartext ? .none : .unknown
  }

  // MARK: Memory

  /// `textBytes` and `beginningBytes`. It changes nothing, but is mutating, because the compiler would copy an
  /// immutable value with all its strings.
  mutating func measure() -> (texts: Int, beginnings: Int) { (textBytes, beginningBytes) }

  /// Bytes of its own strings, and of values on the heap.
  private var textBytes: Int {
    names.allocatedBytes + (applicationProtocol?.allocatedBytes ?? 0) + _quic.allocatedBytes
      + _dtlsHello.allocatedBytes + _dtlsCertificate.allocatedBytes
  }

  /// Bytes of unfinished messages, and of clear text for the next record.
  private var beginningBytes: Int {
    FlowDetail.beginningBytes(readers.originator) + FlowDetail.beginningBytes(readers.responder)
      + (quic?.allocatedBytes ?? 0) + (dtlsHello?.allocatedBytes ?? 0) + (dtlsCertificate?.allocatedBytes ?? 0)
      + (clearText?.allocatedBytes ?? 0)
  }

  private static func beginningBytes(_ reader: OnHeap<StreamReader>) -> Int {
    reader.wrappedValue.map { $0.allocatedBytes + reader.allocatedBytes } ?? 0
  }

  mutating func dropBeginnings() {
    readers = Sides(both: OnHeap(wrappedValue: nil))
    quic?.giveUp()
    dtlsHello = nil
    dtlsCertificate = nil
    clearText = nil
  }
}
