import Foundation
import TestSupport
import Model
import Testing

@testable import Auditing

@Suite("The memory that a flood may fill is compared with the service's limit")
struct MemoryLimitTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private let machine = 8 << 30

  private func limit() -> MemoryLimit { .current(root: folder.path("root"), physicalMemory: machine) }

  private func write(_ text: String, to path: String) throws -> String {
    let file = folder.path("root" + path)
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  @Test("without a unit, the machine's memory is the limit")
  func machineOnly() { #expect(limit() == MemoryLimit(bytes: machine, source: .machine)) }

  @Test(
    "the unit's limit is used, whatever its unit of measure",
    arguments: [
      ("2G", 2_048), ("1536M", 1_536), ("1048576K", 1_024), ("1073741824", 1_024), ("1.5G", 1_536), ("25%", 2_048),
      ("infinity", 8_192), ("16G", 8_192), ("", 8_192), ("nonsense", 8_192), ("-1", 8_192),
    ] as [(String, Int)])
  func measures(text: String, megabytes: Int) throws {
    _ = try write("[Service]\nMemoryMax=\(text)\n", to: "/usr/lib/systemd/system/egressaudit.service")
    #expect(limit().bytes == megabytes << 20)
  }

  @Test("a drop-in of the administrator overrides the package's unit, and the last by name overrides all")
  func additions() throws {
    _ = try write("[Service]\nMemoryMax=2G\n", to: "/usr/lib/systemd/system/egressaudit.service")
    _ = try write("[Service]\nMemoryMax=4G\n", to: "/etc/systemd/system/egressaudit.service.d/90-more.conf")
    let last = try write(
      "[Service]\n MemoryMax = 1G\n", to: "/etc/systemd/system/egressaudit.service.d/95-less.conf")
    _ = try write("[Service]\nMemoryMax=3G\n", to: "/run/systemd/system/egressaudit.service.d/95-less.conf")
    _ = try write("[Service]\nMemoryMax=6G\n", to: "/etc/systemd/system/egressaudit.service.d/99.txt")
    #expect(limit() == MemoryLimit(bytes: 1 << 30, source: .unit(file: last)))
  }

  @Test("a budget that leaves the program no memory is a failed point that says what to do")
  func point() {
    let unit = MemoryLimit(bytes: 2 << 30, source: .unit(file: "/usr/lib/x.service"))
    #expect(SelfCheck.memoryPoint(budget: 512 << 20, limit: unit).status == .ok)
    #expect(SelfCheck.memoryPoint(budget: 1_792 << 20, limit: unit).status == .ok)
    let failed = SelfCheck.memoryPoint(budget: 1_793 << 20, limit: unit)
    #expect(failed.status == .failed)
    #expect(
      failed.message.en
        == "memory.budget_megabytes is 1793; with some 256 MB beside it that is more than the 2048 MB that "
        + "/usr/lib/x.service allows (MemoryMax): a flood of packets would end the service")
    #expect(
      failed.remedy?.en
        == "lower memory.budget_megabytes to 1792, or raise MemoryMax= with 'systemctl edit egressaudit.service'")
    let small = SelfCheck.memoryPoint(budget: 512 << 20, limit: MemoryLimit(bytes: 700 << 20, source: .machine))
    #expect(small.status == .failed)
    #expect(small.remedy?.en == "lower memory.budget_megabytes")
  }
}
