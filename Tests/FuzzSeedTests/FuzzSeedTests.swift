import Foundation
import FuzzProperties
import TestSupport
import Testing

/// The fuzzer's properties on its seeds, in the ordinary test run. Each finding becomes a seed, and so a test.
@Suite("Fuzz seeds keep the properties of their target")
struct FuzzSeedTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "seeds/fuzz")

  private static func seeds(_ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    let files = try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: target.name), includingPropertiesForKeys: nil)
    return try files.map { ($0.lastPathComponent, [UInt8](try Data(contentsOf: $0))) }.sorted { $0.name < $1.name }
  }

  private static func expectHolds(_ target: FuzzTarget, _ bytes: [UInt8], _ what: @autoclosure () -> String) {
    do throws(BrokenProperty) {
      try target.check(bytes)
    } catch {
      Issue.record("\(target.name), \(what()): \(error). Input: \(Data(bytes).base64EncodedString())")
    }
  }

  @Test("each target has a folder of seeds, and each folder a target")
  func complete() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(folders == FuzzTarget.all.map(\.name).sorted())
  }

  @Test("unchanged", arguments: FuzzTarget.all)
  func whole(target: FuzzTarget) throws {
    let seeds = try Self.seeds(target)
    #expect(seeds.count >= 10)
    for seed in seeds { Self.expectHolds(target, seed.bytes, seed.name) }
  }

  @Test("truncated at every length", arguments: FuzzTarget.all)
  func truncated(target: FuzzTarget) throws {
    for seed in try Self.seeds(target) {
      for length in 0..<seed.bytes.count {
        Self.expectHolds(target, Array(seed.bytes.prefix(length)), "\(seed.name) cut to \(length) bytes")
      }
    }
  }

  @Test("with thousands of mutations", arguments: FuzzTarget.all)
  func mutated(target: FuzzTarget) throws {
    var chance = SeededGenerator(seed: 71)
    let seeds = try Self.seeds(target)
    for round in 0..<3_000 {
      let seed = seeds[round % seeds.count]
      var bytes = chance.mutation(of: seed.bytes)
      // Sometimes the end of another seed after the beginning of this one.
      if round % 8 == 0, let other = seeds.randomElement(using: &chance) {
        bytes =
          bytes.prefix(Int.random(in: 0...bytes.count, using: &chance))
          + other.bytes.suffix(Int.random(in: 0...other.bytes.count, using: &chance))
      }
      Self.expectHolds(target, bytes, "mutation \(round) of \(seed.name)")
    }
  }
}

extension FuzzTarget: CustomTestStringConvertible {
  public var testDescription: String { name }
}
