import Model
import Wire
import Streams

/// What some flows need beyond their entry: names, streams and handshakes that are being read, gaps.
struct FlowDetail {
  /// Those that collect a beginning.
  var readers = Sides(both: OnHeap<StreamReader>(wrappedValue: nil))
  var names = NameLedger()
  var gaps = SequenceGaps()
  var offeredVersion: TLSVersion?
  var settledVersion: TLSVersion?
  var applicationProtocol: String?
  /// Nothing but a hello can make the flow encrypted.
  var isCleartext = false
  /// The originator began HTTP/2 without TLS.
  var isHTTP2 = false
  /// The client showed a ticket, a pre-shared key or a session id of an earlier connection.
  var offersResumption = false
  /// Nil for flows that are no QUIC; emptied once the hello has been read.
  @OnHeap var quic: QUICClientHandshake?
  /// Messages of DTLS while they are being put together.
  @OnHeap var dtlsHello: DTLSHandshakeMessage?
  @OnHeap var dtlsCertificate: DTLSHandshakeMessage?
  var clearText: ClearText?
  /// Something was sent in clear text, in whichever record.
  var sentClearText = false
  var hiddenPath: HiddenPath?
  var account = Account()

  /// What the tracker has noted for the detail, and its place among those with beginnings.
  struct Account {
    var texts = 0
    var beginnings = 0
    /// The detail's flow, if there are beginnings.
    var slot: Int32 = -1
    var older: Int32 = -1
    var newer: Int32 = -1
  }

  /// The other side turned out to be the originator.
  mutating func exchangeEnds() {
    readers.exchange()
    gaps.exchange()
    names.forgetResolved()
    clearText = nil
  }

  /// How what the flow sends is protected, as far as its handshake was seen.
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

  /// `textBytes` and `beginningBytes`. It changes nothing; but what cannot change is copied, with all its texts.
  mutating func measure() -> (texts: Int, beginnings: Int) { (textBytes, beginningBytes) }

  /// What texts of its own take, and what it keeps apart.
  private var textBytes: Int {
    names.allocatedBytes + (applicationProtocol?.allocatedBytes ?? 0) + _quic.allocatedBytes
      + _dtlsHello.allocatedBytes + _dtlsCertificate.allocatedBytes
  }

  /// What is held of messages that are not whole, and for the next record.
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
