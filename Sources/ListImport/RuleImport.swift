import Cryptography
import Documents
import Foundation
public import Model
import Rules

/// A rule file made from a list that others maintain, with its origin, and the entries that could not be imported.
public struct RuleImport: Sendable {
  /// What the list does not state itself.
  public struct Labels: Sendable {
    /// Name of the rule file without `.yaml`.
    public var service: String
    /// Title or address of the list; nil for its file name.
    public var document: String?
    /// Date of the list: ISO 8601, of which the day, or day and month, may be missing.
    public var date: String
    public var vendor = "unknown"
    /// ID from the register of recipients.
    public var recipient = "unknown"
    /// Nil for the purpose that the format states, else unknown.
    public var purpose: PurposeClass?
    /// Nil for the kind that the format states, else other.
    public var kind: EndpointKind?
    /// Each name of a list of hosts or domains also stands for all names below it.
    public var includesSubdomains = false

    public init(service: String, date: String) {
      self.service = service
      self.date = date
    }
  }

  /// One file that was read.
  struct Origin: Sendable {
    /// File name; for files of a folder, the path below it.
    let name: String
    /// 64 hexadecimal digits.
    let sha256: String
    let lines: Int
  }

  /// Text of the rule file.
  public let text: String
  public let ruleCount: Int
  public let patternCount: Int
  public let rangeCount: Int
  /// Most frequent first.
  public let notCarried: [NotCarried]

  /// Longest list in bytes; longer ones are refused.
  static let longestList = 256 << 20
  /// The same for JSON, which needs many times its length in memory.
  static let longestJSON = 16 << 20

  /// Reads `path`, a file or, for `windowsSpyBlocker`, a folder. Throws if it cannot be read, is too long, or gives no
  /// rule at all.
  ///
  /// Complexity: O(n log n) for the sorting of its names.
  ///
  /// - Parameter known: names and ranges that these rules recognise already are left out.
  public init(_ format: ListFormat, path: String, labels: Labels, known: RuleSet? = nil) throws(FileLoadError) {
    let faults = FaultCollector()
    let fileName = URL(fileURLWithPath: path).lastPathComponent
    let document = labels.document ?? fileName
    var collector = ListCollector(
      rule: ImportedRule(name: "listed", purpose: labels.purpose ?? .unknown, kind: labels.kind ?? .other),
      known: known)
    var origins: [Origin] = []
    func origin(_ name: String, _ bytes: [UInt8], document: String) -> SourceReference {
      let sha256 = hexadecimal(SHA256Digest.hash(bytes))
      let ends = bytes.count { $0 == UInt8(ascii: "\n") }
      origins.append(
        Origin(name: name, sha256: sha256, lines: bytes.isEmpty || bytes.last == UInt8(ascii: "\n") ? ends : ends + 1))
      return SourceReference(
        document: document, place: format == .microsoft365 ? "endpoint sets" : "all lines", kind: format.sourceKind,
        date: labels.date, revision: "sha256:" + sha256)
    }
    if format == .windowsSpyBlocker {
      for list in WindowsSpyBlocker.lists {
        for file in WindowsSpyBlocker.files(of: list) {
          guard let bytes = Self.read(path + "/" + file, limit: Self.longestList, isRequired: false, faults) else {
            continue
          }
          collector.rule = ImportedRule(
            name: list.name, purpose: labels.purpose ?? list.purpose, kind: labels.kind ?? list.kind,
            sources: [origin(file, bytes, document: "\(document), \(file)")])
          collector.part = file
          collector.position = 0
          WindowsSpyBlocker.read(file, bytes, into: &collector)
        }
      }
      if origins.isEmpty, faults.faults.isEmpty {
        faults.add(
          Place.start(of: path).fault(
            ListTexts.noLists, expected: ListTexts.listFiles,
            next: ListTexts.nameDataFolder))
      }
    } else if let bytes = Self.read(
      path, limit: format == .microsoft365 ? Self.longestJSON : Self.longestList, isRequired: true, faults)
    {
      collector.rule.sources = [origin(fileName, bytes, document: document)]
      Self.read(format, bytes, file: path, includesSubdomains: labels.includesSubdomains, into: &collector, faults)
    }
    guard faults.faults.isEmpty else { throw FileLoadError(faults: faults.faults) }
    let (rules, notCarried) = collector.finish()
    guard !rules.isEmpty else {
      throw FileLoadError(faults: [
        Place.start(of: path).fault(
          ListTexts.nothingCarried(ListTexts.mostOften(notCarried.first)),
          expected: ListTexts.listOfFormat(format.rawValue),
          next: notCarried.first?.reason == .known
            ? ListTexts.noFileNeeded
            : ListTexts.tryOtherFormat(ListFormat.allCases.map(\.rawValue).joined(separator: ", "))
        )
      ])
    }
    ruleCount = rules.count
    patternCount = rules.reduce(0) { $0 + $1.patterns.count }
    rangeCount = rules.reduce(0) { $0 + $1.ranges.count }
    self.notCarried = notCarried
    text = ImportedRuleFile(
      format: format, labels: labels, document: document, origins: origins, notCarried: notCarried
    )
    .text(of: rules)
  }

  /// A name for a service, from the characters of a list's file name that an ID may contain.
  public static func service(fromFileName path: String) -> String {
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent.lowercased()
    let parts = name.utf8.split { !$0.isASCIILowercase && !$0.isASCIIDigit }
    return parts.isEmpty ? "list" : parts.map { String(decoding: Array($0), as: UTF8.self) }.joined(separator: "-")
  }

  /// Whether rules may be in a file of this name, without `.yaml`.
  public static func isServiceName(_ name: String) -> Bool { RuleFilesReader.isIdentifier(name) }

  private static func read(
    _ format: ListFormat, _ bytes: [UInt8], file: String, includesSubdomains: Bool, into collector: inout ListCollector,
    _ faults: FaultCollector
  ) {
    let reach = includesSubdomains ? ListCollector.Reach.hostAndBelow : .host
    func read(_ reader: some ListReader) {
      var reader = reader
      reader.readAll(bytes, into: &collector)
    }
    switch format {
    case .adblock: read(AdblockList())
    case .cidr: read(AddressList())
    case .dnsmasq: read(DnsmasqList())
    case .domains: read(DomainList(reach: reach))
    case .hosts: read(HostsList(reach: reach))
    case .microsoft365: Microsoft365Endpoints(bytes, file: file, faults: faults)?.fill(&collector)
    case .responsePolicyZone: read(ResponsePolicyZone())
    case .windowsSpyBlocker: break
    }
  }

  /// The whole file; nil with a fault if it cannot be read, without one if it is missing and need not exist.
  private static func read(_ path: String, limit: Int, isRequired: Bool, _ faults: FaultCollector) -> [UInt8]? {
    func fault(_ problem: LocalizedText, expected: LocalizedText, next: LocalizedText) -> [UInt8]? {
      faults.add(Place.start(of: path).fault(problem, expected: expected, next: next))
      return nil
    }
    let file: RegularFile
    do throws(RegularFile.Refusal) {
      file = try RegularFile(path: path)
    } catch {
      switch error {
      case .missing where !isRequired: return nil
      case .missing: return fault(ListTexts.listMissing, expected: FileTexts.readableFile, next: FileTexts.checkThePath)
      case .unreadable(let reason):
        return fault(
          ListTexts.listUnreadableBecause(reason), expected: FileTexts.readableFile,
          next: FileTexts.checkPathAndPermissions)
      case .notRegular, .link:
        return fault(ListTexts.listNotRegular, expected: FileTexts.regularFile, next: ListTexts.writeListToFile)
      }
    }
    guard file.size <= limit else {
      return fault(
        ListTexts.listTooLong(limit >> 20), expected: ListTexts.shorterList,
        next: FileTexts.divideFile)
    }
    let bytes: [UInt8]
    do throws(RegularFile.ReadFailure) {
      bytes = try file.contents()
    } catch {
      return error == .changed
        ? fault(
          ListTexts.listChanged, expected: FileTexts.completeFile,
          next: FileTexts.runAgainWhenWritten)
        : fault(ListTexts.listUnreadable, expected: FileTexts.readableFile, next: FileTexts.checkItsPermissions)
    }
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      return fault(ListTexts.listUTF16, expected: FileTexts.utf8, next: FileTexts.saveInUTF8)
    }
    return bytes
  }
}
