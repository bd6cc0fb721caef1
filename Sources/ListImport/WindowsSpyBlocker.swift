import Model
import Rules

/// The folder `data` of WindowsSpyBlocker: three lists, each as names to block (`hosts`) and as addresses (`firewall`).
///
/// Its other folders contain the same lists for other programs, and are not read.
enum WindowsSpyBlocker {
  struct List {
    let name: String
    /// The purpose that the project states for the list.
    let purpose: PurposeClass
    let kind: EndpointKind
  }

  static let lists = [
    List(name: "extra", purpose: .unknown, kind: .other),
    List(name: "spy", purpose: .telemetry, kind: .telemetry),
    List(name: "update", purpose: .updateSecurity, kind: .update),
  ]

  /// Paths below the folder, for one list.
  static func files(of list: List) -> [String] {
    ["hosts", "firewall"].flatMap { folder in ["", "_v6"].map { "\(folder)/\(list.name)\($0).txt" } }
  }

  static func read(_ file: String, _ bytes: [UInt8], into collector: inout ListCollector) {
    if file.hasPrefix("hosts/") {
      var reader = HostsList(reach: .host)
      reader.readAll(bytes, into: &collector)
    } else {
      var reader = AddressList()
      reader.readAll(bytes, into: &collector)
    }
  }
}
