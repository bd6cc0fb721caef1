import Foundation
import Glibc
import Privacy
import Model
public import Store

/// Opens exact values of flows with both keys, after recording the opening in the evidence chain.
public struct SealedPartOpening {
  /// The given keys.
  public enum Keys {
    /// Both, one for each envelope.
    case both(dataProtectionOfficer: SealedPartKey, worksCouncil: SealedPartKey)
    /// The third one, which opens both envelopes.
    case emergency(SealedPartKey)
  }

  /// Most flows of one opening.
  public static let flowLimit = 1_000

  /// What became of each flow that was asked for.
  public struct Opened: Sendable {
    /// In the order of the chain.
    public var rows: [SealedPartText.Row] = []
    /// Flows whose exact values were never sealed, such as those of groups with special secrecy.
    public var notKept = 0
    /// Flows whose block was deleted or withheld.
    public var deleted = 0
  }

  private let store: String
  private let keys: Keys
  private let purpose: Reidentification.Purpose
  private let fileReference: String

  public init(store: String, keys: Keys, purpose: Reidentification.Purpose, fileReference: String) {
    self.store = store
    self.keys = keys
    self.purpose = purpose
    self.fileReference = fileReference
  }

  private var isEmergency: Bool {
    if case .emergency = keys { true } else { false }
  }

  /// Opens the flows with these places in the evidence chain.
  ///
  /// First checks that the keys belong to the blocks, then records the opening and seals the store, and only then opens
  /// anything, so that no opening is without an entry. Throws `StoreError`, `SealedPartProblem`, and errors of sealing.
  ///
  /// - Parameter flows: at least one, at most `flowLimit`; with their days in UTC since 1970.
  public func open(_ flows: [(place: Int64, day: Int64)]) throws -> Opened {
    guard let firstDay = flows.map(\.day).min(), let lastDay = flows.map(\.day).max() else {
      throw SealedPartProblem(store: store, .nothingAsked)
    }
    guard flows.count <= Self.flowLimit else { throw SealedPartProblem(store: store, .tooMany(flows.count)) }
    guard access(store, W_OK) == 0 else { throw SealedPartProblem(store: store, .notRecordable) }
    let database = try AuditDatabase(path: store, mode: .maintain)
    defer { database.close() }
    var opened = Opened()
    var blocks: [Int64: StoredBlock] = [:]
    var places: [Int64: Set<Int64>] = [:]
    for (place, _) in flows.sorted(by: { $0.place < $1.place }) {
      guard let block = try database.block(ofFlow: place) else {
        opened.notKept += 1
        continue
      }
      guard block.content != nil else {
        opened.deleted += 1
        continue
      }
      if blocks.updateValue(block, forKey: block.id) == nil { try check(keysOf: block) }
      places[block.id, default: []].insert(place)
    }
    guard !blocks.isEmpty else {
      throw SealedPartProblem(store: store, .nothingSealed(deleted: opened.deleted, notKept: opened.notKept))
    }
    try database.record(
      Reidentification(
        role: .current, time: Today.now, purpose: purpose, fileReference: fileReference, flows: UInt64(flows.count),
        days: firstDay...lastDay, isEmergency: isEmergency, toolVersion: ToolVersion.current))
    try EvidenceSealer(database, store: store).seal()
    for (id, block) in blocks.sorted(by: { $0.key < $1.key }) {
      let asked = places[id] ?? []
      let rows = try rows(of: block).filter { asked.contains($0.place) }
      opened.rows += rows
      opened.notKept += asked.count - rows.count
    }
    opened.rows.sort { $0.place < $1.place }
    return opened
  }

  private func check(keysOf block: StoredBlock) throws {
    switch keys {
    case .emergency(let key):
      guard let emergency = block.keys.emergency else { throw SealedPartProblem(store: store, .noEmergencyKey) }
      guard key.digest == emergency else {
        throw SealedPartProblem(store: store, .otherEmergencyKey(found: key.digest, expected: emergency))
      }
    case .both(let dpo, let council):
      let expected = block.keys
      if dpo.digest == expected.worksCouncil, council.digest == expected.dataProtectionOfficer {
        throw SealedPartProblem(store: store, .exchanged)
      }
      guard dpo.digest == expected.dataProtectionOfficer else {
        throw SealedPartProblem(
          store: store, .otherKey(.dataProtectionOfficer, found: dpo.digest, expected: expected.dataProtectionOfficer))
      }
      guard council.digest == expected.worksCouncil else {
        throw SealedPartProblem(
          store: store, .otherKey(.worksCouncil, found: council.digest, expected: expected.worksCouncil))
      }
    }
  }

  private func rows(of block: StoredBlock) throws -> [SealedPartText.Row] {
    let (outer, inner) =
      switch keys {
      case .both(let dpo, let council): (dpo, council)
      case .emergency(let key): (key, key)
      }
    guard let text = block.content.flatMap({ outer.open($0) }).flatMap({ inner.open($0) }),
      let rows = SealedPartText.rows(of: text)
    else { throw SealedPartProblem(store: store, .damaged(block: block.id)) }
    return rows
  }
}

/// Why the sealed part was not opened.
public struct SealedPartProblem: Error, Equatable {
  public enum Problem: Sendable, Equatable {
    case nothingAsked
    case tooMany(Int)
    /// The user cannot write the entry about the opening.
    case notRecordable
    /// None of the flows has exact values that are still there.
    case nothingSealed(deleted: Int, notKept: Int)
    /// The two keys were exchanged.
    case exchanged
    /// Digests of the key that was given and of the one that is needed.
    case otherKey(AccessEntry.Role, found: String, expected: String)
    case noEmergencyKey
    case otherEmergencyKey(found: String, expected: String)
    /// An envelope does not open with the key that it is addressed to.
    case damaged(block: Int64)
  }

  public let store: String
  public let problem: Problem

  init(store: String, _ problem: Problem) {
    self.store = store
    self.problem = problem
  }
}
