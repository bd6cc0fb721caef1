// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Targets that declare values which may not outlive the bytes they look at.
let lifetimes: [SwiftSetting] = house + [.enableExperimentalFeature("Lifetimes")]

/// Only `scripts/fuzz` asks for it: the target does not link without the fuzzer.
let fuzzing: [Target] =
  Context.environment["EGRESSAUDIT_FUZZ"] == nil
  ? []
  : [.executableTarget(name: "Fuzz", dependencies: ["FuzzProperties"], path: "Tests/Fuzz", swiftSettings: lifetimes)]

/// Only `scripts/bench` asks for it: who builds the program does not pay for it.
let benchmarks: [Target] =
  Context.environment["EGRESSAUDIT_BENCHMARKS"] == nil
  ? []
  : [
    .executableTarget(
      name: "MatcherBenchmark", dependencies: ["Matching", "Model", "Rules"], path: "Tests/Benchmarks/Matcher",
      swiftSettings: house
    ),
    .executableTarget(
      name: "AttackBenchmark", dependencies: ["FlowTracking", "Model"], path: "Tests/Benchmarks/Attacks",
      swiftSettings: lifetimes),
  ]

let package = Package(
  name: "egressaudit",
  products: [
    .executable(name: "egressaudit", targets: ["egressaudit"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CMaxMind", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
    .systemLibrary(name: "CXlsxWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CPSL", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),
    .target(name: "CLinux"),
    .target(name: "CMemory"),

    .target(name: "Model", swiftSettings: lifetimes),
    .target(name: "Cryptography", dependencies: ["COpenSSL"], swiftSettings: lifetimes),
    .target(name: "Wire", dependencies: ["Model"], swiftSettings: lifetimes),
    .target(name: "Streams", dependencies: ["Model", "Wire", "Cryptography"], swiftSettings: lifetimes),
    .target(name: "Capture", dependencies: ["Model", "CPcap", "CLinux"], swiftSettings: lifetimes),
    .target(name: "Matching", dependencies: ["Model", "CMemory"], swiftSettings: lifetimes),
    .target(
      name: "FlowTracking", dependencies: ["CMemory", "Model", "Wire", "Streams", "Matching"],
      swiftSettings: lifetimes),
    .target(
      name: "Documents", dependencies: ["Model", .product(name: "Yams", package: "Yams")], swiftSettings: house),
    .target(name: "Location", dependencies: ["Model", "Cryptography", "Documents", "CMaxMind"], swiftSettings: house),
    .target(
      name: "Rules",
      dependencies: [
        "Model", "Cryptography", "Documents", "Matching", "CPSL",
      ],
      swiftSettings: house),
    .target(
      name: "ListImport", dependencies: ["Model", "Cryptography", "Documents", "Rules"], swiftSettings: house),
    .target(name: "Inspection", dependencies: ["Model", "Wire"], swiftSettings: lifetimes),
    .target(name: "Privacy", dependencies: ["Model", "Cryptography"], swiftSettings: house),
    .target(
      name: "Store",
      dependencies: [
        "Model", "Privacy", "Cryptography", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: house),
    .target(name: "Archives", dependencies: ["Model", "CArchive"], swiftSettings: house),
    .target(
      name: "Reporting",
      dependencies: [
        "Archives", "CXlsxWriter", "Model", "Cryptography", "Documents", "Privacy", "Rules", "Store",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      swiftSettings: house),
    .target(name: "Report", dependencies: ["Model", "Reporting", "Store"], swiftSettings: house),
    .target(
      name: "EvidencePackage",
      dependencies: ["Archives", "Model", "Cryptography", "Privacy", "Reporting", "Report", "Store"],
      swiftSettings: house),
    .target(
      name: "Enforcement",
      dependencies: ["Model", "Cryptography", "Documents", "Privacy", "Reporting", "Rules", "Store"],
      swiftSettings: house),
    .target(
      name: "Auditing",
      dependencies: [
        "Model", "Cryptography", "Wire", "Capture", "Matching", "FlowTracking", "Documents", "Location", "Rules",
        "Inspection", "Privacy", "Store",
      ],
      swiftSettings: lifetimes),
    .executableTarget(
      name: "egressaudit",
      dependencies: [
        "Model", "Auditing", "Documents", "Enforcement", "EvidencePackage", "ListImport", "Location", "Matching",
        "Privacy",
        "Report",
        "Reporting",
        "Rules", "Store",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house),

    .target(
      name: "TestSupport", dependencies: ["Model", "Wire", "Cryptography"], path: "Tests/TestSupport",
      swiftSettings: lifetimes),
    .target(
      name: "FuzzProperties", dependencies: ["Capture", "FlowTracking", "Model", "Streams", "TestSupport", "Wire"],
      path: "Tests/FuzzProperties", swiftSettings: lifetimes),
    .testTarget(
      name: "FuzzSeedTests", dependencies: ["FlowTracking", "FuzzProperties", "Streams", "TestSupport", "Wire"],
      swiftSettings: lifetimes),
    .testTarget(name: "ArchitectureTests", swiftSettings: house),
    .testTarget(name: "ModelTests", dependencies: ["Model", "TestSupport"], swiftSettings: lifetimes),
    .testTarget(name: "CryptographyTests", dependencies: ["Cryptography", "TestSupport"], swiftSettings: house),
    .testTarget(name: "WireTests", dependencies: ["Wire", "TestSupport"], swiftSettings: lifetimes),
    .testTarget(name: "StreamsTests", dependencies: ["Streams", "TestSupport"], swiftSettings: lifetimes),
    .testTarget(name: "CaptureTests", dependencies: ["Capture", "TestSupport"], swiftSettings: lifetimes),
    .testTarget(name: "MatchingTests", dependencies: ["Matching", "Model", "TestSupport"], swiftSettings: lifetimes),
    .testTarget(
      name: "FlowTrackingTests", dependencies: ["FlowTracking", "Matching", "TestSupport"], swiftSettings: lifetimes),
    .testTarget(name: "LocationTests", dependencies: ["Location", "TestSupport"], swiftSettings: house),
    .target(
      name: "RuleTestSupport", dependencies: ["Documents", "Model", "Rules"], path: "Tests/RuleTestSupport",
      swiftSettings: house),
    .testTarget(
      name: "RulesTests", dependencies: ["Documents", "Matching", "Rules", "RuleTestSupport", "TestSupport"],
      exclude: ["Files"], swiftSettings: house),
    .testTarget(
      name: "ListImportTests", dependencies: ["Documents", "ListImport", "RuleTestSupport", "TestSupport"],
      swiftSettings: house),
    .testTarget(name: "InspectionTests", dependencies: ["Inspection", "TestSupport"], swiftSettings: house),
    .testTarget(name: "PrivacyTests", dependencies: ["Privacy", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: house),
    .target(
      name: "ReportTestSupport", dependencies: ["Model", "Privacy", "Reporting", "Store"],
      path: "Tests/ReportTestSupport", swiftSettings: house),
    .testTarget(
      name: "ReportingTests",
      dependencies: ["Reporting", "ReportTestSupport", "RuleTestSupport", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "ReportTests",
      dependencies: ["Privacy", "Report", "Reporting", "ReportTestSupport", "TestSupport"], swiftSettings: house),
    .testTarget(
      name: "EnforcementTests", dependencies: ["Documents", "Enforcement", "ReportTestSupport", "TestSupport"],
      swiftSettings: house),
    .testTarget(
      name: "AuditingTests",
      dependencies: [
        "Auditing", "Capture", "Documents", "FlowTracking", "Location", "Matching", "Model", "Privacy", "Rules",
        "Store",
        "TestSupport",
      ],
      swiftSettings: house),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "egressaudit", "Auditing", "Cryptography", "Documents", "Enforcement", "FlowTracking", "Location", "Matching",
        "Privacy",
        "Report", "Reporting", "Rules", "Store", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Files"], swiftSettings: house),
  ] + fuzzing + benchmarks,
  swiftLanguageModes: [.v6]
)
