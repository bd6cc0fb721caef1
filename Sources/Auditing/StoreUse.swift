import Foundation
import Glibc
import Privacy
public import Model
public import Store

/// A use of a store by a person or a timer, recorded in the store itself: which role, when, what, and which files came
/// of it.
public struct StoreUse: Sendable {
  public enum Outcome: Sendable, Equatable {
    case recorded
    /// It is recorded, but no signed head could be kept for it; with the reason.
    case recordedWithoutHead(LocalizedText)
    /// The user may only read the store.
    case notRecorded
  }

  private let store: String
  private let action: AccessEntry.Action

  public init(of store: String, for action: AccessEntry.Action) {
    self.store = store
    self.action = action
  }

  /// Records the use and signs the head of the chain, if this user may write the store.
  ///
  /// Throws `StoreError`. A key or a file of heads that cannot be used is no reason to fail: the files of the use are
  /// there already.
  ///
  /// - Parameters:
  ///   - from: first day that was asked for; nil for the first stored one.
  ///   - to: last day that was asked for; nil for the last stored one.
  ///   - filesDigest: of the list of files that were written, 32 bytes; nil if none were.
  public func record(from: LocalDate?, to: LocalDate?, filesDigest: [UInt8]?) throws -> Outcome {
    guard access(store, W_OK) == 0 else { return .notRecorded }
    let database = try AuditDatabase(path: store, mode: .maintain)
    defer { database.close() }
    try database.record(
      AccessEntry(
        action: action, role: .current, time: Today.now, firstDay: from, lastDay: to, filesDigest: filesDigest,
        toolVersion: ToolVersion.current))
    do {
      try EvidenceSealer(database, store: store).seal()
      return .recorded
    } catch let problem as HeadFileProblem {
      return .recordedWithoutHead(problem.text)
    } catch let problem as KeyFileError {
      return .recordedWithoutHead(problem.text)
    }
  }
}

extension AccessEntry.Role {
  /// Groups of the package, by the role of their members.
  private static let groups: [(name: String, role: AccessEntry.Role)] = [
    ("egressaudit-council", .worksCouncil), ("egressaudit-auditor", .auditor),
    ("egressaudit-dpo", .dataProtectionOfficer), ("egressaudit", .administrator),
  ]

  /// Of the user who runs this program: the first of the package's groups that has them as a member, and that of an
  /// administrator for root.
  ///
  /// If somebody became another user with sudo, their own groups count first.
  public static var current: AccessEntry.Role {
    let own = ProcessInfo.processInfo.environment["SUDO_UID"].flatMap { uid_t($0) }.map(groupNumbers(of:)) ?? []
    for numbers in [own, processGroupNumbers] {
      for (name, role) in groups {
        if let group = getgrnam(name)?.pointee.gr_gid, numbers.contains(group) { return role }
      }
    }
    return geteuid() == 0 ? .administrator : .unknown
  }

  private static var processGroupNumbers: Set<gid_t> {
    let count = getgroups(0, nil)
    var numbers = [gid_t](repeating: 0, count: max(Int(count), 0))
    let found = getgroups(count, &numbers)
    return Set(numbers.prefix(max(Int(found), 0))).union([getegid()])
  }

  private static func groupNumbers(of user: uid_t) -> Set<gid_t> {
    guard let entry = getpwuid(user)?.pointee else { return [] }
    var count: Int32 = 256
    var numbers = [gid_t](repeating: 0, count: Int(count))
    getgrouplist(entry.pw_name, entry.pw_gid, &numbers, &count)
    return Set(numbers.prefix(max(Int(min(count, 256)), 0)))
  }
}
