/// The sum of all records of one 5-tuple, for people who inspect their own capture.
public struct InspectedFlow: Sendable, Hashable {
  public var originator: IPAddress
  public var responder: IPAddress
  public var traffic: Traffic
  /// As in `NameEvidence`; empty if the flow has no name.
  public var name: String
  /// History of the first record, as in `FlowRecord`.
  public var history: String
  public var originatorPort: UInt16
  public var responderPort: UInt16
  public var transport: TransportProtocol
  public var outcome: FlowOutcome
  public var reach: FlowReach
  /// `none` if the flow has no name.
  public var method: NameMethod
  public var namingClass: NamingClass
  public var offersResumption: Bool
  public var isEncryptedDNS: Bool
  public var hiddenPath: HiddenPath?

  /// Begins with the first record.
  public init(_ record: FlowRecord) {
    originator = record.originator
    responder = record.responder
    traffic = record.traffic
    name = record.name?.name ?? ""
    history = record.history
    originatorPort = record.originatorPort
    responderPort = record.responderPort
    transport = record.transport
    outcome = record.outcome
    reach = record.reach
    method = record.name?.method ?? .none
    namingClass = record.name?.namingClass ?? .e
    offersResumption = record.offersResumption
    isEncryptedDNS = record.isEncryptedDNS
    hiddenPath = record.hiddenPath
  }

  /// Adds another record of the same 5-tuple.
  ///
  /// - Parameter isReversed: the record's originator is this flow's responder.
  public mutating func add(_ record: FlowRecord, isReversed: Bool) {
    var more = record.traffic
    if isReversed {
      swap(&more.bytesUp, &more.bytesDown)
      swap(&more.packetsUp, &more.packetsDown)
    }
    traffic += more
    if let other = record.name, method == .none || other.namingClass < namingClass {
      name = other.name
      method = other.method
      namingClass = other.namingClass
    }
    if record.outcome == .established { outcome = .established }
    if record.offersResumption { offersResumption = true }
    if record.isEncryptedDNS { isEncryptedDNS = true }
    hiddenPath = hiddenPath ?? record.hiddenPath
  }
}
