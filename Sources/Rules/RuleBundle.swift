import Cryptography
import Documents
import Foundation
import Model

/// All files of a rule directory in one signed file: a list of the files, the signature of that list, the files.
///
/// ```
/// egressaudit rule bundle 1
/// signer 64 hexadecimal digits: the public key
/// file LENGTH 64 hexadecimal digits: SHA-256, PATH      one line for each file, by path
/// signature 128 hexadecimal digits: Ed25519 over all lines above
/// the bytes of all files, in the order of their lines
/// ```
///
/// The signature covers the list, the list covers each byte of the files, and nothing may follow: a bundle that is cut
/// or changed anywhere is refused. Nothing of it is ever written to disk, so paths are names and no more.
struct RuleBundle {
  /// As the user named it.
  let file: String
  /// By path below the root of the rules.
  let files: [String: ArraySlice<UInt8>]
  /// `sha256:` and 64 hexadecimal digits over the lines of the files; the signer does not change it.
  let contentHash: String
  /// The public key, 64 hexadecimal digits.
  let signer: String

  /// Largest bundle in bytes; one million patterns take some 30 MB.
  static let sizeLimit = 256 << 20
  private static let fileLimit = 10_000
  private static let lineLimit = 400
  private static let pathLimit = 200
  private static let firstLine = "egressaudit rule bundle 1"

  /// `file` names the bundle in messages. Throws one fault, the first that is found.
  init(_ bytes: [UInt8], file: String, key: Ed25519.PublicKey) throws(FileLoadError) {
    var reader = BundleReader(bytes: bytes, file: file)
    guard reader.line() == Self.firstLine else {
      throw reader.refusal(
        RuleTexts.noBundle, expected: RuleTexts.firstLineExpected(Self.firstLine),
        next: RuleTexts.nameRulesOrBundle)
    }
    let signer = try reader.word("signer", bytes: Ed25519.keyLength)
    guard signer == key.bytes else {
      throw reader.refusal(
        RuleTexts.signedWith(shortened(signer)), expected: RuleTexts.theKey(shortened(key.bytes)),
        next: RuleTexts.getOtherBundleOrKey)
    }
    let listStart = reader.offset
    var entries: [(path: String, length: Int, digest: [UInt8])] = []
    while let fields = try reader.fileFields() {
      guard entries.count < Self.fileLimit, entries.last.map({ $0.path < fields.path }) ?? true else {
        throw reader.refusal(
          RuleTexts.filesUnsorted, expected: RuleTexts.filesByPath(Self.fileLimit),
          next: RuleTexts.packAgain)
      }
      entries.append(fields)
    }
    let signed = Array(bytes[..<reader.offset])
    contentHash = "sha256:" + hexadecimal(SHA256Digest.hash(bytes[listStart..<reader.offset]))
    let signature = try reader.word("signature", bytes: Ed25519.signatureLength)
    guard key.isSignature(signature, of: signed) else {
      throw reader.refusal(
        RuleTexts.signatureWrong, expected: RuleTexts.listAsSigned,
        next: RuleTexts.fetchAgain)
    }
    var files: [String: ArraySlice<UInt8>] = [:]
    for entry in entries {
      guard let contents = reader.contents(entry.length), SHA256Digest.hash(contents) == entry.digest else {
        throw reader.refusal(
          RuleTexts.contentsDiffer(quoted(entry.path)),
          expected: RuleTexts.wholeContents,
          next: RuleTexts.fetchAgain)
      }
      files[entry.path] = contents
    }
    guard reader.offset == bytes.count else {
      throw reader.refusal(
        RuleTexts.bytesBehindEnd, expected: RuleTexts.theEnd, next: RuleTexts.fetchAgain)
    }
    self.file = file
    self.files = files
    self.signer = hexadecimal(signer)
  }

  /// The stamp that a store remembers. `version`: the version that the rules state.
  func stamp(version: String) throws(FileLoadError) -> RuleBundleStamp {
    guard let version = RuleSetVersion(version) else {
      throw FileLoadError(
        Place.start(of: RuleFiles.headerFile).fault(
          RuleTexts.versionNotComparable(quoted(version)),
          expected: RuleTexts.versionNumbers, next: RuleTexts.correctVersion))
    }
    return RuleBundleStamp(version: version, contentHash: contentHash, signer: signer)
  }

  /// The bundle of these files; the same files and key give the same bytes. Paths must be legal.
  fileprivate static func pack(_ files: [String: [UInt8]], key: Ed25519.PrivateKey) -> [UInt8] {
    let paths = files.keys.sorted()
    var list = "\(firstLine)\nsigner \(hexadecimal(key.publicKey.bytes))\n"
    for path in paths {
      let contents = files[path] ?? []
      list += "file \(contents.count) \(hexadecimal(SHA256Digest.hash(contents))) \(path)\n"
    }
    let signed = Array(list.utf8)
    var bytes = signed + Array("signature \(hexadecimal(key.signature(of: signed)))\n".utf8)
    for path in paths { bytes += files[path] ?? [] }
    return bytes
  }

  /// `name.yaml`, also below one folder, in lower-case letters, digits and `-`.
  fileprivate static func isPath(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), text.utf8.count <= pathLimit, text.hasSuffix(".yaml") else { return false }
    let names = parts.dropLast() + [parts[parts.count - 1].dropLast(".yaml".count)]
    return names.allSatisfy { name in
      !name.isEmpty
        && name.utf8.allSatisfy { $0.isASCIILowercase || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
    }
  }

  /// Reads a bundle from its start; `line` counts for messages.
  private struct BundleReader {
    let bytes: [UInt8]
    let file: String
    private(set) var offset = 0
    private var lineNumber = 0

    init(bytes: [UInt8], file: String) {
      self.bytes = bytes
      self.file = file
    }

    func refusal(_ problem: LocalizedText, expected: LocalizedText, next: LocalizedText) -> FileLoadError {
      FileLoadError(
        Place(file: file, line: max(lineNumber, 1), column: 1).fault(problem, expected: expected, next: next))
    }

    /// The next line without its end; nil if it is too long, does not end or is not ASCII.
    mutating func line() -> String? {
      let window = bytes[offset..<min(offset + RuleBundle.lineLimit, bytes.count)]
      lineNumber += 1
      guard let end = window.firstIndex(of: UInt8(ascii: "\n")), window[..<end].allSatisfy({ $0.isASCIIPrintable })
      else {
        return nil
      }
      defer { offset = end + 1 }
      return String(decoding: window[..<end], as: UTF8.self)
    }

    /// A line of a word and hexadecimal digits for `count` bytes.
    mutating func word(_ word: String, bytes count: Int) throws(FileLoadError) -> [UInt8] {
      guard let line = line(), line.hasPrefix(word + " "), let value = lowerHexadecimal(line.dropFirst(word.count + 1)),
        value.count == count
      else {
        throw refusal(
          RuleTexts.lineDamaged(word),
          expected: RuleTexts.wordAndDigits(word, 2 * count),
          next: RuleTexts.fetchAgain)
      }
      return value
    }

    /// The next line of a file; nil at the first line of another kind, which is not read.
    mutating func fileFields() throws(FileLoadError) -> (path: String, length: Int, digest: [UInt8])? {
      guard bytes[offset...].starts(with: "file ".utf8) else { return nil }
      let parts = line()?.split(separator: " ", omittingEmptySubsequences: false)
      guard let parts, parts.count == 4, let length = Int(parts[1]), (0...RuleBundle.sizeLimit).contains(length),
        String(length) == parts[1], let digest = lowerHexadecimal(parts[2]), digest.count == SHA256Digest.length,
        RuleBundle.isPath(String(parts[3]))
      else {
        throw refusal(
          RuleTexts.fileLineDamaged, expected: RuleTexts.fileLineExpected,
          next: RuleTexts.fetchAgain)
      }
      return (String(parts[3]), length, digest)
    }

    /// The next `length` bytes; nil if the bundle ends before that.
    mutating func contents(_ length: Int) -> ArraySlice<UInt8>? {
      guard length <= bytes.count - offset else { return nil }
      defer { offset += length }
      return bytes[offset..<offset + length]
    }
  }
}

/// Bytes of hexadecimal digits in lower case, two for each; nil for any other text.
private func lowerHexadecimal(_ text: Substring) -> [UInt8]? {
  guard text.utf8.count.isMultiple(of: 2) else { return nil }
  let digits = text.utf8.compactMap { byte -> UInt8? in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
  guard digits.count == text.utf8.count else { return nil }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Enough of a public key to tell it from others.
private func shortened(_ key: [UInt8]) -> String { hexadecimal(key.prefix(8)) + "…" }

/// Operations of a publisher of rules.
public enum RulePublishing {
  /// The signed bundle of a rule directory, and the stamp of its rules; the same files and key give the same bytes.
  ///
  /// `key`: path of the private key. Throws where the directory does not load, or has a version that cannot be
  /// compared.
  public static func pack(directory: String, key: String) throws(FileLoadError) -> (bytes: [UInt8], ruleSet: RuleSet) {
    let privateKey = try RuleKeyFile.privateKey(path: key)
    let tree = RuleFileTree.directory(RuleFolder(directory))
    let ruleSet = try RuleSet(RuleSource(directory))
    let registers = (tree.listing("registers") ?? []).map { "registers/" + $0 }
    let paths = ((tree.listing() ?? []) + registers).filter { path in
      path.hasSuffix(".yaml") && !path.hasPrefix(".") && !path.hasPrefix("registers/.")
    }
    var files: [String: [UInt8]] = [:]
    for path in paths {
      let place = Place.start(of: path)
      guard RuleBundle.isPath(path) else {
        throw FileLoadError(
          place.fault(
            RuleTexts.fileNameIllegal, expected: RuleTexts.fileNameExpected,
            next: RuleTexts.renameIt))
      }
      do throws(RuleFileRefusal) {
        files[path] = try tree.contents(path)
      } catch {
        throw FileLoadError(error.fault(in: path))
      }
    }
    let bytes = RuleBundle.pack(files, key: privateKey)
    guard bytes.count <= RuleBundle.sizeLimit else {
      throw FileLoadError(
        Place.start(of: directory).fault(
          RuleTexts.bundleSize(bytes.count), expected: FileTexts.atMostBytes(RuleBundle.sizeLimit),
          next: RuleTexts.splitRules))
    }
    // The bundle is read back, so that what is published is what a reader gets.
    let bundle = try RuleBundle(bytes, file: directory, key: privateKey.publicKey)
    let packed = try RuleSet(RuleFileTree.bundle(bundle), of: RuleSource(directory))
    guard packed.stamp == ruleSet.stamp else {
      throw FileLoadError(
        Place.start(of: directory).fault(
          RuleTexts.rulesChanged, expected: RuleTexts.restingFiles, next: RuleTexts.runAgain))
    }
    return (bytes, packed)
  }

  /// Makes a key pair: `path`, mode 0400, and `path.pub`. Never overwrites a file.
  ///
  /// - Returns: the public key in hexadecimal digits.
  public static func makeKey(path: String) throws(FileLoadError) -> String { try RuleKeyFile.create(path: path) }
}
