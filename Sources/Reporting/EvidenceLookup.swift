import Cryptography
import Model
import Privacy
public import Store

/// Position of the evidence of an exported row in the evidence chain.
public enum EvidencePlace: Sendable, Equatable {
  /// One flow: its place, from 1, and the hash of its entry.
  case flow(sequence: Int64, hash: String)
  /// The flows of a finding: how many, and the places of the first and the last.
  case finding(id: String, flows: UInt64, first: Int64, last: Int64)
  /// No row of such an export has this name.
  case unknown
}

/// Leads names of an export back to the evidence chain; only the store can.
public enum EvidenceLookup {
  /// Whether a text is the name of a flow or of a finding's evidence: `L-` or `E-` and 16 hexadecimal digits in lower
  /// case.
  public static func isReference(_ text: String) -> Bool { text.wholeMatch(of: /[LE]-[0-9a-f]{16}/) != nil }

  /// The position of each of `references`, in their order. O(flows of the period).
  ///
  /// `from`, `to`, `reclassification`: those of the export, since its names are valid for its period alone. Throws
  /// `ReportingError`, or what the database throws.
  public static func places(
    of references: [String], database: AuditDatabase, from: LocalDate? = nil, to: LocalDate? = nil,
    reclassification: Reclassification? = nil
  ) throws -> [EvidencePlace] {
    guard let reclassification else { return try places(of: references, source: database, from: from, to: to) }
    return try places(of: references, source: ReclassifiedSource(database, reclassification), from: from, to: to)
  }

  /// A stored flow that a reference means.
  public struct Flow: Sendable, Equatable {
    /// Place of its entry in the evidence chain, from 1.
    public var place: Int64
    public var hour: Hour
  }

  /// Whether a text names rows of an export: a flow, the evidence of a finding, or a device of one week (`D-` and 12
  /// hexadecimal digits).
  public static func isRowReference(_ text: String) -> Bool {
    isReference(text) || text.wholeMatch(of: /D-[0-9a-f]{12}/) != nil
  }

  /// The flows that each of `references` means; empty for one that belongs to no row of such an export. O(flows of the
  /// period).
  ///
  /// - Parameters:
  ///   - hours: those of devices. A device of a day that no export shows is not found.
  ///   - from: first day of the export; its names are valid for its period alone.
  ///   - to: last day of the export.
  public static func flows(
    of references: [String], in hours: Set<Hour>, database: AuditDatabase, from: LocalDate?, to: LocalDate?
  ) throws -> [String: [Flow]] {
    let period = try AuditPeriod(source: database, from: from, to: to, sumsUsage: false, baseline: .none)
    let tokens = try ExportTokens(database, period)
    let asked = Set(references)
    var found: [String: [Flow]] = [:]
    let hasFlows = asked.contains { $0.hasPrefix("L-") }
    let hasDevices = asked.contains { $0.hasPrefix("D-") } && !period.groups.isSiteTooSmall
    var places = FindingPlaces(period: period)
    var findings: [(digest: EvidenceDigest, flows: [Flow])] = []
    let hasFindings = asked.contains { $0.hasPrefix("E-") }
    try database.forEachEvidence(in: period.hours) { evidence in
      let flow = Flow(place: evidence.chainSequence, hour: evidence.flow.hour)
      if hasFlows, case let name = tokens.flow(chainHash: evidence.chainHash), asked.contains(name) {
        found[name, default: []].append(flow)
      }
      if hasDevices, hours.contains(flow.hour), !period.reporting.isHeldBack(flow.hour) {
        let name = tokens.token(for: evidence.flow.device, week: period.clock.date(of: flow.hour).week)
        if asked.contains(name) { found[name, default: []].append(flow) }
      }
      if hasFindings {
        let place = try places.place(of: evidence)
        if place == findings.count { findings.append((EvidenceDigest(), [])) }
        findings[place].digest.add(chainHash: evidence.chainHash)
        findings[place].flows.append(flow)
      }
    }
    for (key, finding) in zip(places.keys, findings) {
      let name = tokens.evidence(finding.digest, finding: period.identifier(of: key))
      if asked.contains(name) { found[name] = finding.flows }
    }
    return found
  }

  static func places(
    of references: [String], source: some AuditSource, from: LocalDate?, to: LocalDate?
  ) throws -> [EvidencePlace] {
    let period = try AuditPeriod(source: source, from: from, to: to, sumsUsage: false, baseline: .none)
    let tokens = try ExportTokens(source, period)
    var found: [String: EvidencePlace] = [:]
    let asked = Set(references)
    if asked.contains(where: { $0.hasPrefix("L-") }) {
      try source.forEachEvidence(in: period.hours) { evidence in
        let name = tokens.flow(chainHash: evidence.chainHash)
        guard asked.contains(name) else { return }
        found[name] = .flow(sequence: evidence.chainSequence, hash: "sha256:" + hexadecimal(evidence.chainHash))
      }
    }
    if asked.contains(where: { $0.hasPrefix("E-") }) {
      for (key, range) in try EvidenceOfFindings(source, period).ranges {
        let id = period.identifier(of: key)
        found[tokens.evidence(range.digest, finding: id)] =
          .finding(id: id, flows: range.flows, first: range.first, last: range.last)
      }
    }
    return references.map { found[$0] ?? .unknown }
  }
}

/// The flows of each finding of a period: as the evidence chain has them, and what they show beside the finding's sums.
struct EvidenceOfFindings {
  struct Range {
    var digest = EvidenceDigest()
    var flows: UInt64 = 0
    var first: Int64
    var last: Int64
  }

  /// Empty if retention deleted the single flows.
  var ranges: [AuditPeriod.FindingKey: Range] { byFinding(\.range) }
  var flows: [AuditPeriod.FindingKey: FindingFlows] { byFinding(\.flows) }

  private struct Entry {
    let key: AuditPeriod.FindingKey
    var range: Range
    var flows = FindingFlows()
  }

  private var entries: [Entry] = []

  /// O(flows).
  init(_ source: some AuditSource, _ period: AuditPeriod) throws {
    var places = FindingPlaces(period: period)
    try source.forEachEvidence(in: period.hours) { evidence in
      let place = try places.place(of: evidence)
      if place == entries.count {
        let sequence = evidence.chainSequence
        entries.append(
          Entry(key: places.keys[place], range: Range(first: sequence, last: sequence)))
      }
      entries[place].range.add(evidence)
      entries[place].flows.add(evidence)
    }
  }

  private func byFinding<Value>(_ value: (Entry) -> Value) -> [AuditPeriod.FindingKey: Value] {
    Dictionary(uniqueKeysWithValues: entries.map { ($0.key, value($0)) })
  }
}

/// Numbers the findings of a period in the order in which their flows are met.
struct FindingPlaces {
  /// What flows of one rule and group have in common in an hour.
  private struct Group: Hashable {
    let hour: Hour
    let ruleID: String
    let group: String
    let ruleSetHash: String
  }

  /// So many groups are known at once; of an hour there are far fewer.
  private static let limit = 16_384

  let period: AuditPeriod
  private(set) var keys: [AuditPeriod.FindingKey] = []
  private var places: [AuditPeriod.FindingKey: Int] = [:]
  private var known: [Group: Int] = [:]
  private var last: (group: Group, place: Int)?

  init(period: AuditPeriod) { self.period = period }

  mutating func place(of evidence: FlowEvidence) throws -> Int {
    let group = Group(
      hour: evidence.flow.hour, ruleID: evidence.flow.ruleID, group: evidence.flow.group,
      ruleSetHash: evidence.ruleSetHash)
    if let last, last.group == group { return last.place }
    if known.count == Self.limit { known.removeAll() }
    let place = try known[group] ?? place(of: period.findingKey(of: evidence))
    known[group] = place
    last = (group, place)
    return place
  }

  private mutating func place(of key: AuditPeriod.FindingKey) -> Int {
    if let known = places[key] { return known }
    places[key] = keys.count
    keys.append(key)
    return keys.count - 1
  }
}

extension EvidenceOfFindings.Range {
  fileprivate mutating func add(_ evidence: FlowEvidence) {
    digest.add(chainHash: evidence.chainHash)
    flows += 1
    first = min(first, evidence.chainSequence)
    last = max(last, evidence.chainSequence)
  }
}

extension ExportTokens {
  init(_ source: some AuditSource, _ period: AuditPeriod) throws {
    self.init(exportSalt: try source.exportSalt(), site: period.settings.site, period: period.hours)
  }
}
