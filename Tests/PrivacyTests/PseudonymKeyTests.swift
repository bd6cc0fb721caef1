import Model
import Foundation
import Privacy
import Testing

@Suite("The pseudonym key file")
struct PseudonymKeyTests {
  /// A folder of the test's own, removed at its end.
  final class Folder {
    let path: String

    init() throws {
      path = NSTemporaryDirectory() + "egressaudit-key-" + UUID().uuidString
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, mode: Int = 0o400, name: String = "key") throws -> String {
      let file = path + "/" + name
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
      return file
    }
  }

  static let digits = String(repeating: "0123456789abcdef", count: 4)

  @Test("is created on first use, for its owner alone, and read again afterwards")
  func created() throws {
    let folder = try Folder()
    let path = folder.path + "/key"
    let first = try PseudonymKey.loadOrCreate(path: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o400)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3)
    #expect(lines[0] == "# egressaudit pseudonym key: keep it secret and apart from the store")
    #expect(lines[1].count == 64 && lines[1].allSatisfy(\.isHexDigit))
    #expect(lines[2].isEmpty)
    #expect(try PseudonymKey.loadOrCreate(path: path).exportSalt == first.exportSalt)
    #expect(try PseudonymKey.load(path: path).exportSalt == first.exportSalt)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["key"])
  }

  @Test("is different each time it is created")
  func differs() throws {
    let folder = try Folder()
    let first = try PseudonymKey.loadOrCreate(path: folder.path + "/a")
    #expect(try PseudonymKey.loadOrCreate(path: folder.path + "/b").exportSalt != first.exportSalt)
  }

  @Test("is the same for programs that start at once")
  func race() async throws {
    let folder = try Folder()
    let path = folder.path + "/key"
    let salts = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<16 { group.addTask { try PseudonymKey.loadOrCreate(path: path).exportSalt } }
      return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
    }
    #expect(salts.count == 1)
  }

  @Test("gives the salt of its digits, in upper or lower case")
  func known() throws {
    let folder = try Folder()
    let bytes = (0..<32).map { [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef][$0 % 8] as UInt8 }
    let expected = PseudonymKey.fixed(bytes: bytes).exportSalt
    #expect(try PseudonymKey.load(path: folder.write(Self.digits + "\n")).exportSalt == expected)
    #expect(
      try PseudonymKey.load(path: folder.write("# note\n\n" + Self.digits.uppercased(), name: "upper")).exportSalt
        == expected)
  }

  @Test(
    "is refused if others may use it, with the mode and the command to fix it",
    arguments: [0o440, 0o404, 0o420, 0o644])
  func openToOthers(mode: Int) throws {
    let folder = try Folder()
    let path = try folder.write(Self.digits + "\n", mode: mode)
    let error = #expect(throws: KeyFileError.self) { try PseudonymKey.load(path: path) }
    #expect(error == KeyFileError(.pseudonyms, .openToOthers(mode: UInt16(mode)), path: path))
    #expect(
      error?.description
        == "\(path): others than the owner may use this pseudonym key file (mode 0\(String(mode, radix: 8))), expected 0400; run: chmod 0400 '\(path)'"
    )
    #expect(throws: KeyFileError.self) { try PseudonymKey.loadOrCreate(path: path) }
  }

  @Test("is refused as a symbolic link, even to a good key")
  func symbolicLink() throws {
    let folder = try Folder()
    let path = folder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.write(Self.digits + "\n"))
    #expect(throws: KeyFileError(.pseudonyms, .symbolicLink, path: path)) { try PseudonymKey.load(path: path) }
    #expect(throws: KeyFileError(.pseudonyms, .symbolicLink, path: path)) { try PseudonymKey.loadOrCreate(path: path) }
  }

  @Test("is not created through a dangling symbolic link")
  func danglingLink() throws {
    let folder = try Folder()
    let path = folder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder.path + "/elsewhere")
    #expect(throws: KeyFileError(.pseudonyms, .symbolicLink, path: path)) { try PseudonymKey.loadOrCreate(path: path) }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"))
  }

  @Test(
    "is refused in another format, with the line number and never its content",
    arguments: [
      ("", 1, 0), ("# only a comment\n", 2, 0), (String(digits.dropLast()) + "\n", 1, 63), (digits + "0\n", 1, 65),
      (digits + "\r\n", 1, 65), ("# two\n" + digits + "\n" + digits + "\n", 3, 64),
      (String(digits.dropLast()) + "g\n", 1, 64), (" " + digits, 1, 65),
    ])
  func malformed(text: String, line: Int, length: Int) throws {
    let folder = try Folder()
    let path = try folder.write(text)
    let error = #expect(throws: KeyFileError.self) { try PseudonymKey.load(path: path) }
    #expect(error == KeyFileError(.pseudonyms, .malformed(line: line, length: length), path: path))
    #expect(error?.description.contains("0123456789abcdef") == false)
  }

  @Test("is named if it is missing, and a folder is not a key")
  func missing() throws {
    let folder = try Folder()
    let path = folder.path + "/none"
    #expect(throws: KeyFileError(.pseudonyms, .missing, path: path)) { try PseudonymKey.load(path: path) }
    #expect(throws: KeyFileError(.pseudonyms, .notAFile, path: folder.path)) {
      try PseudonymKey.load(path: folder.path)
    }
    #expect(throws: KeyFileError(.pseudonyms, .notCreatable(reason: "No such file or directory"), path: path + "/key"))
    {
      try PseudonymKey.loadOrCreate(path: path + "/key")
    }
  }

  @Test("shows nothing of the key when printed, dumped or interpolated")
  func silent() {
    let key = PseudonymKey.fixed(bytes: Array(repeating: 0xa5, count: 32))
    var dumped = ""
    dump(key, to: &dumped)
    #expect("\(key)" == "PseudonymKey(secret)")
    #expect(String(reflecting: key) == "PseudonymKey(secret)")
    #expect(!dumped.contains("165"))
  }
}
