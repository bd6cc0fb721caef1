import Foundation
import Testing

/// The allowed imports. The package manager does not refuse a transitive import; this table does, and gives the reason.
private let allowed: [String: [String: String]] = [
  "Model": [:],
  "Cryptography": ["COpenSSL": "the one place where libcrypto is seen"],
  "Wire": ["Model": "its values are the shared vocabulary"],
  "Streams": [
    "Model": "memory that is held", "Wire": "messages, once their pieces are in order",
    "Cryptography": "QUIC Initial packets are encrypted",
  ],
  "Capture": [
    "Model": "times and link types", "CPcap": "the one place where libpcap is seen",
    "CLinux": "calls that the Glibc module lacks", "Glibc": "files, clocks, waiting for packets",
  ],
  "Matching": [
    "Model": "addresses and prefixes", "CMemory": "a look-up asks for memory before it waits for it",
  ],
  "FlowTracking": [
    "CMemory": "large tables lie in huge pages", "Model": "it makes flow records", "Wire": "it reads packets",
    "Streams": "handshakes and requests in many pieces", "Matching": "names of resolvers and relays",
    "Synchronization": "structures that are passed by address",
  ],
  "Documents": [
    "Model": "texts in two languages", "Yams": "the one place where YAML is parsed", "Foundation": "reading files",
    "Glibc": "files that are checked before they are read",
  ],
  "Location": [
    "Model": "owners of addresses", "Cryptography": "hash of a database", "Documents": "how messages quote",
    "CMaxMind": "the one place where libmaxminddb is seen", "Foundation": "dates", "Glibc": "files read in place",
    "Synchronization": "one look-up at a time",
  ],
  "Rules": [
    "Model": "verdicts travel on", "Cryptography": "hash and signature of the rule set",
    "Documents": "rule files and their faults", "Matching": "which pattern or prefix fits",
    "Foundation": "folders, PEM files", "Glibc": "kinds of files, key files",
    "CPSL": "the one place where libpsl is seen",
  ],
  "ListImport": [
    "Model": "purposes and ranges", "Cryptography": "hash of a list", "Documents": "faults of a list",
    "Rules": "it writes rule files: patterns and vocabulary", "Foundation": "JSON, names of files",
  ],
  "Inspection": ["Model": "identifier classes", "Wire": "messages in clear text"],
  "Privacy": [
    "Model": "it turns records into pseudonymous ones", "Cryptography": "keyed pseudonyms",
    "Glibc": "key files with exact modes",
  ],
  "Store": [
    "Model": "it stores the shared values", "Privacy": "it accepts pseudonymous flows only",
    "Cryptography": "evidence chain", "GRDB": "SQLite", "GRDBSQLite": "texts with NUL, which GRDB cuts",
    "Foundation": "files, JSON, threads that wait", "Glibc": "file modes, locks",
    "Synchronization": "what threads share",
  ],
  "Archives": [
    "Model": "errors in both languages",
    "CArchive": "the one place where libarchive is seen", "Foundation": "files that are packed and unpacked",
  ],
  "Reporting": [
    "Archives": "files for a centre of many gateways", "Model": "it prints the shared values",
    "Documents": "names that are nearly the same",
    "Privacy": "tokens of an export", "Rules": "what rules document",
    "Store": "it reads what is stored", "Cryptography": "identifiers of rows", "Mustache": "HTML",
    "CXlsxWriter": "the one place where libxlsxwriter is seen",
    "Foundation": "time zones, JSON, files, other programs, threads",
    "Synchronization": "files under way, when the program ends early",
  ],
  "Report": [
    "Model": "dates and languages", "Reporting": "rows of the tables, and the texts", "Store": "the store of a report",
    "Foundation": "files, and the programs that print", "Glibc": "whether root runs it",
  ],
  "Enforcement": [
    "Model": "ranges and rule facts", "Reporting": "the table that people reviewed, and its words",
    "Documents": "reading and faults of a table", "Rules": "patterns of what was confirmed",
    "Store": "what was seen of late", "Privacy": "how many devices",
    "Cryptography": "names of lists, digest of a table", "Foundation": "JSON",
  ],
  "EvidencePackage": [
    "Model": "days", "Cryptography": "digests and signatures", "Privacy": "the signing key",
    "Store": "the store that is packed", "Reporting": "tables", "Report": "the report",
    "Archives": "the file of a package", "Foundation": "files, JSON",
    "Glibc": "what the machine runs",
  ],
  "Auditing": [
    "Model": "the pipeline's values", "Cryptography": "hashes", "Wire": "link types", "Capture": "frames",
    "Matching": "services that hide destinations", "FlowTracking": "flow records",
    "Documents": "the configuration file",
    "Location": "owners of addresses", "Rules": "verdicts", "Inspection": "tokens and classes",
    "Privacy": "pseudonyms", "Store": "it fills the store", "Foundation": "threads, JSON",
    "Dispatch": "hand-off between threads", "Synchronization": "locks",
    "Glibc": "paths, file systems, signals, the service manager's socket",
  ],
  "egressaudit": [
    "Model": "addresses as arguments", "Auditing": "verbs that audit",
    "Reporting": "verbs that report",
    "Report": "reports, their delivery, papers",
    "Rules": "the rules verb", "ListImport": "rules import", "Documents": "faults of files, in the language of the run",
    "Enforcement": "rules export, verdicts on samples",
    "EvidencePackage": "packages for auditors", "Location": "owners of an address",
    "Matching": "services that hide destinations", "Privacy": "key files, times of deletion",
    "Store": "opening what a verb names",
    "ArgumentParser": "the command line", "Glibc": "exit codes and terminals", "Foundation": "names of files",
    "Synchronization": "what an interruption may report",
  ],
]

@Suite("The import table")
struct ImportTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let sources = root.appending(path: "Sources")
  /// What the tool chain brings, which no package manifest names.
  private static let systemModules: Set<String> = ["Dispatch", "Foundation", "Glibc", "Synchronization"]

  @Test("each module imports what the table allows, and all of it", arguments: allowed.keys.sorted())
  func imports(module: String) throws {
    let table = try #require(allowed[module])
    let folder = Self.sources.appending(path: module)
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var imports: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for line in text.split(separator: "\n") where line.contains("import ") {
        let words = line.split(separator: " ").filter {
          !["public", "package", "internal", "private", "@_exported", "@testable", "@preconcurrency"].contains($0)
        }
        guard words.first == "import", let imported = words.last?.split(separator: ".").first.map(String.init) else {
          continue
        }
        imports.insert(imported)
        #expect(
          table[imported] != nil,
          "\(module)/\(file.lastPathComponent) imports \(imported); \(module) may import \(table.keys.sorted().joined(separator: ", "))"
        )
      }
    }
    #expect(imports == Set(table.keys), "the table allows \(module) imports that no file has")
  }

  @Test("every folder of sources is in the table, or is the module of a C library")
  func complete() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    for folder in folders where !folder.hasPrefix("C") || folder == "Cryptography" || folder == "Capture" {
      #expect(allowed[folder] != nil, "\(folder) has no line in the import table")
    }
  }

  @Test(
    "the package manifest gives each module the dependencies that the table allows", arguments: allowed.keys.sorted())
  func manifest(module: String) throws {
    let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
    let target = try #require(
      manifest.split(separator: "arget(").first { part in
        part.drop { $0.isWhitespace }.hasPrefix("name: \"\(module)\"")
      })
    let list = target.firstRange(of: "dependencies: [").map { target[$0.upperBound...] } ?? ""
    // A product's entry also names its package, in brackets of its own.
    let names = list.prefix { $0 != "]" }.matches(of: /(package: )?"([\w.-]+)"/).filter { $0.1 == nil }.map {
      String($0.2)
    }
    let expected = Set(try #require(allowed[module]).keys).subtracting(Self.systemModules)
    #expect(Set(names) == expected)
  }

  @Test("docs/architecture.md shows the modules of the table in both of its tables, with their imports")
  func document() throws {
    let text = try String(contentsOf: Self.root.appending(path: "docs/architecture.md"), encoding: .utf8)
    let rows = { (heading: String) -> [[String]] in
      guard let start = text.firstRange(of: heading)?.upperBound else { return [] }
      return text[start...].split(separator: "\n").dropFirst(1).prefix { $0.hasPrefix("|") }
        .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
    }
    let described = rows("| Room (`Sources/`) | What it does |").map { $0[0] }.filter { !$0.contains(",") }
    #expect(described.map { $0.trimmingCharacters(in: ["`"]) }.sorted() == allowed.keys.sorted())
    let imports = rows("| Room | May import |").map { cells in
      (
        cells[0].trimmingCharacters(in: ["`"]),
        cells[1].split(separator: ";").flatMap { reason in
          reason.prefix { $0 != ":" }.matches(of: /`(\w+)`/).map { String($0.1) }
        }
      )
    }
    #expect(imports.map(\.0).sorted() == allowed.keys.sorted())
    for (module, names) in imports {
      #expect(names.sorted() == allowed[module]?.keys.sorted(), "\(module) in docs/architecture.md")
    }
  }

  @Test("only Privacy makes a pseudonymous flow, and the store one of its own rows")
  func pseudonymousFlows() throws {
    let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
    var makers: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      guard text.contains("PseudonymousFlow(") else { continue }
      makers.insert(file.lastPathComponent)
      guard file.lastPathComponent == "StoredFlow.swift" else { continue }
      for made in text.split(separator: "PseudonymousFlow(").dropFirst() {
        #expect(made.trimmingCharacters(in: .whitespacesAndNewlines).hasPrefix("device: try row.device()"))
      }
    }
    #expect(makers == ["Pseudonymiser.swift", "StoredFlow.swift"])
  }

  @Test("exact values of flows are known to Privacy and Auditing alone, and only Privacy puts them into envelopes")
  func exactFlows() throws {
    let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
    var knowing: Set<String> = []
    var makers: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      if text.contains("ExactFlow") { knowing.insert(file.lastPathComponent) }
      if text.contains("EnvelopedBlock(") { makers.insert(file.lastPathComponent) }
    }
    #expect(knowing == ["SealedPart.swift", "ExactFlowBuffer.swift", "RecordWriter.swift", "WaitingFlows.swift"])
    #expect(makers == ["SealedPart.swift"])
  }

  @Test("each C library is imported by one module only")
  func sightsOfC() {
    for library in ["CArchive", "CPcap", "COpenSSL", "CMaxMind", "CPSL", "CXlsxWriter", "CLinux", "GRDB", "Mustache"] {
      #expect(allowed.values.count { $0[library] != nil } == 1, "\(library) is imported in more than one module")
    }
  }
}
