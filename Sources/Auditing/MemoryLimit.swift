import Foundation
import Model

/// How much memory the service may take, by its unit or by the machine.
struct MemoryLimit: Equatable {
  enum Source: Equatable {
    /// `MemoryMax=` in this file.
    case unit(file: String)
    case machine
  }

  var bytes: Int
  var source: Source

  /// Memory of the service beyond its budget: program, rules, the store's cache. Measured at some 120 MB; a million
  /// further names take as much again.
  static let besideBudget = 256 << 20

  private static let unit = "egressaudit.service"
  /// Folders of units and their drop-ins, in the order of precedence (systemd.unit(5)).
  private static let folders = [
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
    "/lib/systemd/system",
  ]

  /// The limit for the service on this machine.
  ///
  /// - Parameter root: prefix of all paths.
  static func current(
    root: String = "", physicalMemory: Int = Int(clamping: ProcessInfo.processInfo.physicalMemory)
  ) -> MemoryLimit {
    let unitFile = folders.map { "\(root)\($0)/\(unit)" }.first { FileManager.default.fileExists(atPath: $0) }
    // Drop-ins apply in the order of their names; of several with one name, that of the folder with precedence.
    var additions: [String: String] = [:]
    for folder in folders.reversed() {
      let path = "\(root)\(folder)/\(unit).d"
      for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name.hasSuffix(".conf") {
        additions[name] = "\(path)/\(name)"
      }
    }
    var limit = MemoryLimit(bytes: physicalMemory, source: .machine)
    for file in [unitFile].compactMap({ $0 }) + additions.sorted(by: { $0.key < $1.key }).map(\.value) {
      for value in values(inUnit: file) {
        if let bytes = bytes(value, of: physicalMemory) {
          limit = MemoryLimit(bytes: bytes, source: .unit(file: file))
        } else if value.isEmpty || value == "infinity" {
          limit = MemoryLimit(bytes: physicalMemory, source: .machine)
        }
      }
    }
    return limit.bytes > physicalMemory ? MemoryLimit(bytes: physicalMemory, source: .machine) : limit
  }

  private static func values(inUnit file: String) -> [String] {
    let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == "MemoryMax" else { return nil }
      return parts[1].trimmingCharacters(in: .whitespaces)
    }
  }

  /// systemd.resource-control(5): bytes, with K, M, G or T to the base of 1,024, or a share of the machine's memory.
  private static func bytes(_ text: String, of physicalMemory: Int) -> Int? {
    let units: [Character: Double] = ["K": 0x1p10, "M": 0x1p20, "G": 0x1p30, "T": 0x1p40]
    let factor = text.last == "%" ? Double(physicalMemory) / 100 : text.last.flatMap { units[$0] }
    guard let number = Double(factor == nil ? text : String(text.dropLast())), number > 0, number.isFinite else {
      return nil
    }
    let bytes = number * (factor ?? 1)
    return bytes < 0x1p62 ? Int(bytes) : Int.max
  }
}

extension SelfCheck {
  /// Whether the memory budget, which a flood may fill, fits into the limit of the service.
  static func memoryPoint(budget: Int, limit: MemoryLimit) -> Point {
    func megabytes(_ bytes: Int) -> String { "\(bytes >> 20) MB" }
    let most: LocalizedText
    let remedy: LocalizedText
    switch limit.source {
    case .unit(let file):
      most = LocalizedText(
        en: "the \(megabytes(limit.bytes)) that \(file) allows (MemoryMax)",
        de: "die \(megabytes(limit.bytes)), die \(file) erlaubt (MemoryMax)")
      let room = max(limit.bytes - MemoryLimit.besideBudget, 0) >> 20
      remedy = LocalizedText(
        en:
          "lower memory.budget_megabytes to \(room), or raise MemoryMax= with 'systemctl edit egressaudit.service'",
        de:
          "memory.budget_megabytes auf \(room) verringern oder MemoryMax= mit 'systemctl edit egressaudit.service' erhöhen"
      )
    case .machine:
      most = LocalizedText(
        en: "the \(megabytes(limit.bytes)) of this machine", de: "die \(megabytes(limit.bytes)) dieses Rechners")
      remedy = LocalizedText(en: "lower memory.budget_megabytes", de: "memory.budget_megabytes verringern")
    }
    guard limit.bytes - min(budget, limit.bytes) < MemoryLimit.besideBudget else {
      return Point(
        name: "memory", status: .ok,
        message: LocalizedText(
          en: "memory.budget_megabytes is \(budget >> 20), which has room in \(most.en)",
          de: "memory.budget_megabytes ist \(budget >> 20) und passt in \(most.de)"), remedy: nil)
    }
    return Point(
      name: "memory", status: .failed,
      message: LocalizedText(
        en: "memory.budget_megabytes is \(budget >> 20); with some \(megabytes(MemoryLimit.besideBudget)) beside it "
          + "that is more than \(most.en): a flood of packets would end the service",
        de: "memory.budget_megabytes ist \(budget >> 20); mit rund \(megabytes(MemoryLimit.besideBudget)) daneben ist "
          + "das mehr als \(most.de): Eine Flut von Paketen würde den Dienst beenden"),
      remedy: remedy)
  }
}
