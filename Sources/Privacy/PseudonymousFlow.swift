public import Model

/// Keyed pseudonym of a device; it cannot be traced back without the key, and another key gives another pseudonym.
public struct DevicePseudonym: Sendable, Hashable, Comparable {
  /// The first eight bytes, highest first.
  package let high: UInt64
  /// The last eight bytes, highest first.
  package let low: UInt64

  /// - Parameter bytes: 16; another number traps.
  package init(bytes: [UInt8]) {
    precondition(bytes.count == 16, "a pseudonym has 16 bytes")
    let half = { (part: ArraySlice<UInt8>) in part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    self.init(high: half(bytes[..<8]), low: half(bytes[8...]))
  }

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// 16 bytes.
  public var bytes: [UInt8] {
    withUnsafeBytes(of: high.bigEndian, Array.init) + withUnsafeBytes(of: low.bigEndian, Array.init)
  }

  public static func < (left: DevicePseudonym, right: DevicePseudonym) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

/// A flow record without device and exact time, the only form in which flows reach the store.
///
/// `Pseudonymiser` makes one from a captured flow; the store accepts nothing else, so the compiler checks that
/// pseudonyms come before the first write. Only the store also calls the initialiser, to read its own rows back, which
/// `ArchitectureTests` checks.
public struct PseudonymousFlow: Sendable, Equatable {
  /// In seconds, ascending.
  package static let durationClasses = [0, 1, 10, 60, 600, 3600]

  public let device: DevicePseudonym
  public let group: String
  /// Hour of the record's first packet.
  public let hour: Hour
  /// Seconds, rounded down to one of `durationClasses`.
  public let durationClass: Int
  public let transport: TransportProtocol
  public let destinationPort: UInt16
  /// Nil if the attempt ended at the name, which DNS refused or did not answer.
  public let destinationAddress: IPAddress?
  /// What was known about that address when the flow was seen.
  public let destinationNetwork: DestinationNetwork
  /// Lower case, personal parts replaced by tokens such as `{tenant}`; nil if the flow has no name.
  public private(set) var destinationName: String?
  public let nameMethod: NameMethod
  public let namingClass: NamingClass
  public let dnsAge: Int64?
  public let ech: EncryptedClientHello
  public let encryption: Encryption
  public let applicationProtocol: String?
  public let traffic: Traffic
  public let completeness: FlowCompleteness
  public let outcome: FlowOutcome
  public let originatorInferred: Bool
  /// First record of its flow, which counts as a session or an attempt; later records only add bytes.
  public let opensFlow: Bool
  /// Attempt within 60 s of an earlier one by the same device for the same rule; not counted again.
  public let isRetry: Bool
  public private(set) var cleartextIdentifierClasses: Set<IdentifierClass>
  /// The evidence by which the rule was found; nil for a flow stored by a version that knew only names and ranges.
  public let matchedBy: MatchBasis?
  /// DNS had led the device to the address by the name of another service; nil for a flow stored by a version that did
  /// not check this.
  public let isContradicted: Bool?
  public private(set) var ruleID: String
  public private(set) var ruleRevision: Int
  public private(set) var matchedPattern: String

  package init(
    device: DevicePseudonym, group: String, hour: Hour, durationClass: Int, transport: TransportProtocol,
    destinationPort: UInt16, destinationAddress: IPAddress?,
    destinationNetwork: DestinationNetwork = .unknown, destinationName: String?, nameMethod: NameMethod,
    namingClass: NamingClass, dnsAge: Int64?, ech: EncryptedClientHello, encryption: Encryption,
    applicationProtocol: String?, traffic: Traffic, completeness: FlowCompleteness, outcome: FlowOutcome,
    originatorInferred: Bool, opensFlow: Bool, isRetry: Bool, cleartextIdentifierClasses: Set<IdentifierClass>,
    ruleID: String, ruleRevision: Int, matchedPattern: String, matchedBy: MatchBasis? = .name,
    isContradicted: Bool? = false
  ) {
    self.device = device
    self.group = group
    self.hour = hour
    self.durationClass = durationClass
    self.transport = transport
    self.destinationPort = destinationPort
    self.destinationAddress = destinationAddress
    self.destinationNetwork = destinationNetwork
    self.destinationName = destinationName
    self.nameMethod = nameMethod
    self.namingClass = namingClass
    self.dnsAge = dnsAge
    self.ech = ech
    self.encryption = encryption
    self.applicationProtocol = applicationProtocol
    self.traffic = traffic
    self.completeness = completeness
    self.outcome = outcome
    self.originatorInferred = originatorInferred
    self.opensFlow = opensFlow
    self.isRetry = isRetry
    self.cleartextIdentifierClasses = cleartextIdentifierClasses
    self.ruleID = ruleID
    self.ruleRevision = ruleRevision
    self.matchedPattern = matchedPattern
    self.matchedBy = matchedBy
    self.isContradicted = isContradicted
  }

  /// The same flow marked `notInspected`, for flows stored by a version that inspected only the heads of requests.
  package var withHonestClearText: PseudonymousFlow {
    guard matchedBy == nil, encryption == .none || encryption == .unknown, !outcome.isBlockedAttempt else {
      return self
    }
    var flow = self
    flow.cleartextIdentifierClasses.insert(.notInspected)
    return flow
  }

  /// The same flow classified by another rule set. `destinationName`: tokenised as that rule requires; nil keeps the
  /// name.
  package func judged(ruleID: String, ruleRevision: Int, matchedPattern: String, destinationName: String?)
    -> PseudonymousFlow
  {
    var flow = self
    flow.ruleID = ruleID
    flow.ruleRevision = ruleRevision
    flow.matchedPattern = matchedPattern
    if let destinationName { flow.destinationName = destinationName }
    return flow
  }
}
