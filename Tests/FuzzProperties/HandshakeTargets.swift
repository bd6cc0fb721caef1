import TestSupport
import Wire
import Streams

extension FuzzTarget {
  /// Cuts, a server's stream; it is read as a certificate in DER too.
  @Sendable
  static func certificate(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let (stream, cuts) = input.messageWithCuts()
    let whole = TLSCertificateReading(stream.span.bytes)
    try checkNames(whole, stream)
    var wanted = 0
    for cut in cuts + [stream.count] {
      let reading = TLSCertificateReading(stream.span.bytes.extracting(0..<cut))
      if case .certificate = reading { try require(cut >= wanted, "no certificate comes before the bytes asked for") }
      if case .needsMore(let needed) = reading {
        try require(needed > cut, "what is asked for is new")
        try require(needed <= TLSCertificateReading.maximumFlight, "no more is waited for than a flight may have")
        wanted = max(wanted, needed)
      } else {
        try require(reading == whole, "what has been decided stays, however much follows")
      }
    }
    let final = TLSCertificateReading(stream.span.bytes, isComplete: true)
    if case .needsMore = final { throw BrokenProperty("nothing is waited for when no more will come") }
    if case .needsMore = whole {} else { try require(final == whole, "the end of a stream changes no decision") }
    if case .certificate = whole {
      let again = recordsAnew(stream, cuts)
      try require(
        TLSCertificateReading(again.span.bytes) == whole, "other records around the same flight change nothing")
    }
    try certificateAlone(stream, cuts)
  }

  private static func certificateAlone(_ bytes: [UInt8], _ cuts: [Int]) throws(BrokenProperty) {
    let whole = try? ServerCertificate(bytes.span.bytes)
    for cut in cuts {
      guard let early = try? ServerCertificate(bytes.span.bytes.extracting(0..<cut)) else { continue }
      try require(early == whole, "what follows a certificate changes nothing in it")
    }
    if let whole { try checkNames(.certificate(whole), bytes) }
  }

  private static func checkNames(_ reading: TLSCertificateReading, _ stream: [UInt8]) throws(BrokenProperty) {
    guard case .certificate(let certificate) = reading else { return }
    let lengths = certificate.dnsNames.map(\.unicodeScalars.count)
    try require(lengths.count <= 256, "the names of a certificate are bounded")
    try require(!lengths.contains(0), "no name is empty")
    try require(lengths.reduce(0, +) <= stream.count, "no name is made from nothing")
    try require(
      certificate.commonName?.unicodeScalars.count ?? 0 <= stream.count, "no common name is made from nothing")
    try require(certificate.hostName?.isEmpty != true, "no host's name is empty")
  }

  /// Choices (bit 0: the certificate instead of the hello; bit 1: one message in fragments; bit 2: these in reverse order),
  /// then datagrams, each preceded by its length in two bytes, or cuts and the body of a message.
  @Sendable
  static func dtls(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    let choices = input.byte()
    let kind: DTLSHandshakeMessage.Kind = choices & 1 == 0 ? .clientHello : .certificate
    if choices & 2 != 0 {
      let (body, cuts) = input.messageWithCuts()
      try fragmented(kind, body, cuts, isBackwards: choices & 4 != 0)
      return
    }
    var once = DTLSHandshakeMessage(kind)
    while !input.isAtEnd {
      let datagram = input.part16()
      if DTLSDatagram.isClientHello(datagram.span.bytes) {
        try require(DTLSDatagram.isHandshake(datagram.span.bytes), "a hello is a handshake")
      }
      try? once.take(datagram.span.bytes)
      var twice = once
      try? twice.take(datagram.span.bytes)
      try require(DTLSReading(twice) == DTLSReading(once), "a datagram that comes again changes nothing")
    }
    let name = DTLSReading(once).hello?.serverName
    try require(name?.unicodeScalars.count ?? 0 <= bytes.count, "no name is made from nothing")
  }

  private static func fragmented(
    _ kind: DTLSHandshakeMessage.Kind, _ body: [UInt8], _ cuts: [Int], isBackwards: Bool
  ) throws(BrokenProperty) {
    guard !body.isEmpty else { return }
    var whole = DTLSHandshakeMessage(kind)
    let record = Handshake.datagramRecord(kind.rawValue, body, 0..<body.count)
    let takesWhole = (try? whole.take(record.span.bytes)) != nil
    var ranges = zip([0] + cuts, cuts + [body.count]).map { $0..<$1 }
    if isBackwards { ranges.reverse() }
    var parts = DTLSHandshakeMessage(kind)
    for range in ranges {
      let record = Handshake.datagramRecord(kind.rawValue, body, range)
      let takesPart = (try? parts.take(record.span.bytes)) != nil
      try require(takesPart == takesWhole, "a fragment is taken in where the whole message is")
    }
    try require(DTLSReading(parts) == DTLSReading(whole), "a message says the same in any fragments")
  }

  /// The result of a message now, and its result if no more bytes come.
  private struct DTLSReading: Equatable {
    var hello: ClientHello?
    var finalHello: ClientHello?
    var certificate: ServerCertificate?

    init(_ message: DTLSHandshakeMessage) {
      hello = try? message.clientHello()
      finalHello = try? message.clientHello(isComplete: true)
      certificate = try? message.certificate()
    }
  }
}
