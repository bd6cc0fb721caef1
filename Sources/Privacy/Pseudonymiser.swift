import Cryptography
public import Model

/// Turns flows of devices into flows of pseudonyms; the only maker of `PseudonymousFlow`.
public struct Pseudonymiser: Sendable {
  /// A secret, and the first day for which it makes pseudonyms.
  private struct Epoch: Sendable {
    let firstDay: Int64
    let key: HMACSHA256Key
  }

  /// In the order of time.
  private let epochs: [Epoch]
  private let connectionKey: HMACSHA256Key
  private let placeKey: HMACSHA256Key

  public init(key: PseudonymKey) {
    epochs = key.epochs.map { Epoch(firstDay: $0.firstDay ?? .min, key: HMACSHA256Key($0.secret)) }
    connectionKey = HMACSHA256Key(key.lasting.connections)
    let latest = key.epochs[key.epochs.count - 1].secret
    placeKey = HMACSHA256Key(HKDFSHA256.derive(from: latest, info: Array("egressaudit place of a row v1".utf8)))
  }

  /// Number of the secret that makes the pseudonyms of a day (since 1970 in UTC), from 0: that of the day, or the
  /// earliest that is left.
  public func epoch(of day: Int64) -> Int { epochs.lastIndex { $0.firstDay <= day } ?? 0 }

  /// The order in which flows of a batch are stored: the same for the same flow and key, and unrelated to the times of
  /// flows. Without the key, nobody can recognise where a batch begins.
  ///
  /// First 8 bytes of HMAC-SHA-256 over both addresses and ports, the transport, and the time of the first packet.
  public func place(of record: FlowRecord) -> UInt64 {
    var message: [UInt8] = []
    message.reserveCapacity(45)
    for address in [record.originator, record.responder] {
      message.appendBigEndian(address.high, bytes: 8)
      message.appendBigEndian(address.low, bytes: 8)
    }
    message.appendBigEndian(UInt64(record.originatorPort), bytes: 2)
    message.appendBigEndian(UInt64(record.responderPort), bytes: 2)
    message.append(record.transport.rawValue)
    message.appendBigEndian(UInt64(bitPattern: record.start.nanoseconds), bytes: 8)
    return placeKey.code(of: message).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Digest of a connection: the same wherever the connection was captured, also if the client's address was
  /// translated. It reveals nothing.
  ///
  /// First 53 bits of HMAC-SHA-256 over the responder's address, its port, and both initial sequence numbers.
  ///
  /// - Returns: nil if the connection was not answered, or if its beginning was not seen.
  public func connectionDigest(of record: FlowRecord) -> Int64? {
    guard let numbers = record.initialSequences else { return nil }
    var message: [UInt8] = []
    message.appendBigEndian(record.responder.high, bytes: 8)
    message.appendBigEndian(record.responder.low, bytes: 8)
    message.appendBigEndian(UInt64(record.responderPort), bytes: 2)
    message.appendBigEndian(numbers, bytes: 8)
    return connectionKey.code(of: message).prefix(7).reduce(0) { $0 << 8 | Int64($1) } >> 3
  }

  /// Pseudonym of a device, the same for the same device and secret. A hardware and an IP address never give the same
  /// one.
  ///
  /// First 16 bytes of HMAC-SHA-256 over the text below, a byte for the kind, and the address in network order.
  ///
  /// - Parameter epoch: number of the secret; see `epoch(of:)`.
  public func pseudonym(of device: DeviceIdentity, epoch: Int = 0) -> DevicePseudonym {
    var message = Array("egressaudit device pseudonym v1\0".utf8)
    switch device {
    case .hardware(let address):
      message.append(1)
      message.appendBigEndian(address.bits, bytes: 6)
    case .address(let address):
      message.append(2)
      message.appendBigEndian(address.high, bytes: 8)
      message.appendBigEndian(address.low, bytes: 8)
    }
    return DevicePseudonym(bytes: Array(epochs[epoch].key.code(of: message).prefix(16)))
  }

  /// The storable form of a flow that matched a rule, without device, exact time, or any name except `tokenisedName`.
  ///
  /// - Parameters:
  ///   - device: the pseudonym under which the flow is stored.
  ///   - matchedBy: the evidence by which the rule was found.
  ///   - isContradicted: DNS had led the device to the address by the name of another service.
  ///   - tokenisedName: the name on which the verdict is based, with its personal parts replaced; nil if none is to be
  ///     stored.
  ///   - destinationNetwork: operator of the responder's network; unknown if that address is not the destination's.
  ///   - isRetry: the answer of `RetryCollapse`; false for everything except blocked attempts.
  public func pseudonymise(
    record: FlowRecord, device: DevicePseudonym, verdict: Verdict, group: String, matchedBy: MatchBasis = .name,
    isContradicted: Bool = false, tokenisedName: String?, destinationNetwork: DestinationNetwork = .unknown,
    cleartextIdentifierClasses: Set<IdentifierClass>, isRetry: Bool
  ) -> PseudonymousFlow {
    // A name that did not decide makes the finding no more certain: a match by range, alias or answer is class D.
    let isByRange = verdict.basis == .addressRange
    let isByAnswer = matchedBy == .alias || matchedBy == .answer
    return PseudonymousFlow(
      device: device,
      group: group,
      hour: record.start.hour,
      durationClass: Self.durationClass(of: record.end.since(record.start)),
      transport: record.transport,
      destinationPort: record.responderPort,
      destinationAddress: record.responder.isUnspecified ? nil : record.responder,
      destinationNetwork: destinationNetwork,
      destinationName: tokenisedName.map(lowercasedASCII),
      nameMethod: isByAnswer ? .dns : record.name?.method ?? (isByRange ? .range : .none),
      namingClass: isByRange || isByAnswer ? .d : record.name?.namingClass ?? .e,
      dnsAge: record.name?.dnsAge,
      ech: record.name?.ech ?? .none,
      encryption: record.encryption,
      applicationProtocol: record.applicationProtocol,
      traffic: record.traffic,
      completeness: record.completeness,
      outcome: record.outcome,
      originatorInferred: record.originatorInferred,
      opensFlow: record.part == 0,
      isRetry: isRetry,
      cleartextIdentifierClasses: cleartextIdentifierClasses,
      ruleID: verdict.ruleID,
      ruleRevision: verdict.ruleRevision,
      matchedPattern: verdict.matchedPattern,
      matchedBy: isByRange ? .range : matchedBy,
      isContradicted: isContradicted)
  }

  private static func durationClass(of span: TimeSpan) -> Int {
    PseudonymousFlow.durationClasses.last { span.seconds >= Int64($0) } ?? 0
  }
}

/// The text with A to Z in lower case, as host names are compared (RFC 4343); all other bytes are unchanged.
private func lowercasedASCII(_ text: String) -> String {
  let hasUppercase = text.utf8.withContiguousStorageIfAvailable { $0.contains { $0.isASCIIUppercase } }
  guard hasUppercase ?? true else { return text }
  return String(decoding: text.utf8.map { $0.asciiLowercased }, as: UTF8.self)
}

extension [UInt8] {
  /// The lowest `bytes` bytes of `value`, highest first.
  fileprivate mutating func appendBigEndian(_ value: UInt64, bytes: Int) {
    for index in (0..<bytes).reversed() { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }
}
