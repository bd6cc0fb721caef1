import Documents
import Foundation
import Glibc
import Model
import RuleTestSupport
import Rules
import TestSupport
import Testing

@Suite("Files of a rule directory")
struct RuleFolderTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func link(_ directory: RuleDirectory, _ name: String, to target: String) throws {
    let path = directory.path + "/" + name
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
  }

  @Test(
    "a symbolic link out of the directory is not followed, and nothing of the file behind it is shown",
    arguments: ["example-updates.yaml", "ruleset.yaml", "registers/recipients.yaml", "left-out.yaml", "extra.yaml"])
  func linkOut(name: String) throws {
    let directory = try RuleDirectory()
    try link(directory, name, to: folder.write("secret: [value, \u{1}", to: "shadow"))
    let message =
      "\(name):1:1: a symbolic link leads out of the rule directory, and is not followed; expected a file in the directory; copy the file into the directory"
    let told = directory.lint().map(\.description)
    #expect(told.contains(message))
    #expect(!told.joined().contains("secret") && !told.joined().contains("shadow"))
    if name != "left-out.yaml" {
      let error = #expect(throws: FileLoadError.self) { try directory.load() }
      #expect(error?.faults.map(\.description).contains(message) == true)
    }
    _ = try RulePublishing.makeKey(path: folder.path("rules.key"))
    let packed = #expect(throws: FileLoadError.self) {
      try RulePublishing.pack(directory: directory.path, key: folder.path("rules.key"))
    }
    #expect(packed?.faults.map(\.description).contains(message) == true)
  }

  @Test("a linked folder of registers that lies elsewhere is not followed")
  func linkedFolder() throws {
    let directory = try RuleDirectory()
    try FileManager.default.copyItem(atPath: goodDirectory + "/registers", toPath: folder.path("registers"))
    try link(directory, "registers", to: folder.path("registers"))
    let files = Set(directory.lint().map(\.file))
    #expect(files.isSuperset(of: ["registers/recipients.yaml", "registers/data-categories.yaml"]))
    #expect(directory.lint().allSatisfy { $0.problem.en.hasPrefix("a symbolic link leads out of the rule directory") })
  }

  @Test("a neighbouring directory whose name begins alike is outside")
  func neighbour() throws {
    let directory = try RuleDirectory()
    let other = directory.path + "-other"
    try FileManager.default.copyItem(atPath: goodDirectory, toPath: other)
    defer { try? FileManager.default.removeItem(atPath: other) }
    try link(directory, "example-updates.yaml", to: other + "/example-updates.yaml")
    #expect(directory.lint().map(\.file) == ["example-updates.yaml"])
  }

  @Test("links within the directory, and a link to the directory itself, are followed")
  func linkInside() throws {
    let directory = try RuleDirectory()
    let hash = try directory.load().stamp.hash
    let files = FileManager.default
    try files.createDirectory(atPath: directory.path + "/.data", withIntermediateDirectories: false)
    try files.moveItem(
      atPath: directory.path + "/example-updates.yaml", toPath: directory.path + "/.data/example-updates.yaml")
    try link(directory, "example-updates.yaml", to: ".data/example-updates.yaml")
    #expect(try directory.load().stamp.hash == hash)
    try files.createSymbolicLink(atPath: folder.path("rules"), withDestinationPath: directory.path)
    #expect(try RuleSet(directory: folder.path("rules")).stamp.hash == hash)
  }

  @Test("a file of more than 64 MiB is refused before it is read")
  func tooLarge() throws {
    let directory = try RuleDirectory()
    let file = directory.path + "/example-updates.yaml"
    #expect(truncate(file, 64 << 20 | 1) == 0)
    #expect(
      directory.lint().map(\.description) == [
        "example-updates.yaml:1:1: the file has 67108865 bytes; expected at most 67108864 bytes; divide it into several files"
      ])
    #expect(throws: FileLoadError.self) { try directory.load() }
  }

  @Test("a directory of more than 256 MiB is refused at the file that exceeds it")
  func directoryTooLarge() throws {
    let directory = try RuleDirectory()
    for number in 1...5 {
      let file = directory.path + "/s\(number).yaml"
      try directory.write([], to: "s\(number).yaml")
      #expect(truncate(file, 60 << 20) == 0)
    }
    #expect(
      directory.lint().map(\.description).last
        == "s5.yaml:1:1: with this file, the rule directory is too large; expected at most 268435456 bytes in all files together; split the rules into several sets"
    )
  }

  @Test("a file that no permission helps to read is named")
  func unreadable() throws {
    let directory = try RuleDirectory()
    try link(directory, "example-updates.yaml", to: "example-updates.yaml")
    #expect(
      directory.lint().map(\.description) == [
        "example-updates.yaml:1:1: the file cannot be read; expected a readable YAML file that begins with 'format: 1'; check its permissions"
      ])
  }

  @Test("a pipe in place of a file is refused, and nobody waits for its writer")
  func pipe() throws {
    let directory = try RuleDirectory()
    let file = directory.path + "/example-updates.yaml"
    try FileManager.default.removeItem(atPath: file)
    #expect(mkfifo(file, 0o600) == 0)
    #expect(
      directory.lint().map(\.description) == [
        "example-updates.yaml:1:1: this is a folder, a device or a pipe; expected a regular file; remove it, or write a file instead"
      ])
  }

  @Test("a file that grows or shrinks after it was opened is refused, not cut")
  func changing() throws {
    let path = try folder.write("format: 1\n", to: "growing.yaml")
    let file = try RegularFile(path: path)
    #expect(try file.contents() == Array("format: 1\n".utf8))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("more: 2\n".utf8))
    #expect(throws: RegularFile.ReadFailure.changed) { try file.contents() }
    try handle.truncate(atOffset: 3)
    #expect(throws: RegularFile.ReadFailure.changed) { try file.contents() }
  }

  @Test("a bundle larger than 256 MiB is refused before it is read")
  func largeBundle() throws {
    let key = folder.path("rules.key")
    _ = try RulePublishing.makeKey(path: key)
    let bundle = try folder.write("egressaudit rule bundle 1\n", to: "rules.bundle")
    #expect(truncate(bundle, 256 << 20 | 1) == 0)
    let error = #expect(throws: FileLoadError.self) { try RuleSet(RuleSource(bundle, publicKey: key + ".pub")) }
    #expect(
      error?.description
        == "\(bundle):1:1: the rule bundle has 268435457 bytes; expected at most 268435456 bytes; name another file")
  }
}
