import Cryptography
import Foundation
import Glibc
import Model
import Reporting
import Store

/// How a package was made: program, machine without its name, audits, clock, heads. JSON with sorted keys.
struct AuditProtocol: Codable {
  struct Audit: Codable {
    var number: Int64
    /// `live` or `replay`.
    var mode: String
    var sensor: String
    var toolVersion: String
    var ruleSetVersion: String
    var ruleSetHash: String
    /// Public key of the rules, 64 hexadecimal digits; nil if they were not signed.
    var rulesKey: String?
    /// SHA-256 of the configuration file; nil if there was none.
    var configurationHash: String?
    var firstHour: String?
    var lastHour: String?
    var packets: UInt64
    var isFinished: Bool
  }

  struct Machine: Codable {
    var system: String
    var kernel: String
    var architecture: String
    var processors: Int
  }

  /// Version of this format.
  var format = 1
  var site: String
  var madeAt: String
  var firstDay: String?
  var lastDay: String?
  var toolVersion: String
  /// SHA-256 of the program file, the same for a build from the same sources, toolchain and dependencies.
  var programDigest: String?
  var machine: Machine
  var audits: [Audit]
  /// Hours of coverage by the state of the clock.
  var clockHours: [String: Int]
  /// Number of the last signed seal, 0 if there is none, and the hash of the chain's head.
  var lastSeal: Int64
  var headHash: String
  var evidenceHolds: Bool
  /// This version takes no header samples.
  var headerSamples = "none"

  init(
    of database: AuditDatabase, verification: StoreVerification, _ request: EvidencePackage.Request, time: Timestamp
  ) throws {
    let sessions = try database.sessions()
    site = sessions.last?.settings.site ?? ""
    madeAt = time.isoText
    firstDay = request.from?.description
    lastDay = request.to?.description
    toolVersion = request.toolVersion
    programDigest = (try? Checksums.digest(of: "/proc/self/exe")).map { hexadecimal($0) }
    machine = Self.machine
    audits = sessions.map { session in
      Audit(
        number: session.id, mode: session.captureMode, sensor: session.sensor, toolVersion: session.toolVersion,
        ruleSetVersion: session.ruleSet.version, ruleSetHash: session.ruleSet.hash,
        rulesKey: session.settings.rulesKey, configurationHash: session.settings.configurationHash,
        firstHour: session.firstHour?.start.isoText, lastHour: session.lastHour?.start.isoText,
        packets: session.packets, isFinished: session.isClosed && session.isWhole != false)
    }
    clockHours = [:]
    if let period = try database.period() {
      for hour in try database.coverage(in: period) { clockHours[hour.coverage.clock.rawValue, default: 0] += 1 }
    }
    lastSeal = verification.lastSigned?.seal ?? 0
    headHash = hexadecimal(verification.head.hash)
    evidenceHolds = verification.holds
  }

  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }

  /// The machine without its name and addresses.
  private static var machine: Machine {
    var name = utsname()
    uname(&name)
    func text<Tuple>(_ tuple: Tuple) -> String {
      withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    let system = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8))?.split(separator: "\n")
      .first { $0.hasPrefix("PRETTY_NAME=") }?.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""])
    return Machine(
      system: system ?? text(name.sysname), kernel: text(name.release), architecture: text(name.machine),
      processors: ProcessInfo.processInfo.processorCount)
  }
}
