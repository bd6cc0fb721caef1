import Auditing
import Foundation
import Location
import Model
import Privacy
import Reporting
import Rules
import Store
import TestSupport

/// The project's folder and the sample capture in it.
enum Project {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let rules = root.appending(path: "rules").path
  static let sample = root.appending(path: "seeds/captures/office-morning.pcapng").path
  static let sampleConfiguration = root.appending(path: "seeds/captures/office-morning.yaml").path

  static let fixedKey = PseudonymKey.fixed(bytes: Array(repeating: 7, count: PseudonymKey.length))

  /// The shipped rules, read once: a debug build takes two seconds for them.
  static let ruleSet = Result { try RuleSet(RuleSource(rules)) }

  /// Audits captures into a store in `folder`.
  @discardableResult
  static func replay(
    _ captures: [String], into store: String, configuration: String? = sampleConfiguration,
    key: PseudonymKey = fixedKey, rules source: RuleSource? = nil
  ) throws -> Replay.Result {
    var configuration = try configuration.map { try AuditConfiguration(path: $0) } ?? AuditConfiguration()
    // Results must not hang on what is installed where the tests run.
    if configuration.location == .standard { configuration.location = .none }
    return try Replay(
      captures: captures, store: store, rules: try source.map { try RuleSet($0) } ?? ruleSet.get(),
      configuration: configuration, pseudonymKey: { key }
    )
    .run()
  }

  /// Bytes of every file that an export of `store` writes in both profiles, by file name.
  static func exports(of store: String, folder: String) throws -> [String: Data] {
    let database = try AuditDatabase(path: store, mode: .readExisting)
    var files: [String: Data] = [:]
    for profile in ExportProfile.allCases {
      let request = ExportRequest(tables: ExportTable.allCases, profile: profile, outputDirectory: folder)
      for file in try Exporter.run(request, database: database) {
        files[URL(fileURLWithPath: file.path).lastPathComponent] = try Data(contentsOf: URL(fileURLWithPath: file.path))
      }
    }
    return files
  }
}

extension AuditDatabase {
  /// Hash of the chain at its last flow; seals behind it hold random salts.
  func lastFlowHash() throws -> [UInt8]? {
    var hash: [UInt8]?
    if let period = try period() { try forEachEvidence(in: period) { hash = $0.chainHash } }
    return hash
  }
}

/// Cuts a pcapng file with one section at its packets.
enum PcapngSplitter {
  /// - Parameter counts: packets of each part; the rest goes into a last one.
  static func split(_ file: String, after counts: [Int], into folder: String) throws -> [String] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    func word(_ offset: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    var head: [UInt8] = []
    var packets: [[UInt8]] = []
    var offset = 0
    while offset < bytes.count {
      let length = word(offset + 4)
      let block = Array(bytes[offset..<offset + length])
      // 6 is the Enhanced Packet Block.
      if word(offset) == 6 { packets.append(block) } else { head += block }
      offset += length
    }
    var parts: [String] = []
    var start = 0
    for (index, count) in (counts + [packets.count - counts.reduce(0, +)]).enumerated() {
      let part = folder + "/part-\(index).pcapng"
      try Data(head + packets[start..<start + count].joined()).write(to: URL(fileURLWithPath: part))
      parts.append(part)
      start += count
    }
    return parts
  }
}
