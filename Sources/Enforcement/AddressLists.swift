import Cryptography
import Foundation
import Model
import Reporting

extension AddressPolicy {
  /// Two sets for `nft -f`, emptied and filled in one transaction, so that loading a new list removes the old one and
  /// keeps rules that use the sets.
  func nftables(head: [String]) -> [String] {
    let table = "inet egressaudit"
    var lines = head.map { "# " + $0 }
    lines.append("table \(table) {")
    for family in Family.allCases {
      lines.append("  set \(family.set) { type \(family.type); flags interval; }")
    }
    lines.append("}")
    for family in Family.allCases { lines.append("flush set \(table) \(family.set)") }
    for family in Family.allCases {
      let elements = ranges.filter { $0.key.address.isIPv4 == (family == .four) }.sorted { $0.key < $1.key }
      if elements.isEmpty { continue }
      lines.append("add element \(table) \(family.set) {")
      lines += elements.map { "  \(Self.text($0.key)), # \($0.value.text)" }
      lines.append("}")
    }
    return lines
  }

  /// One alias of networks for each rule, and one that contains them all: OPNsense cannot store a comment with an
  /// address.
  func openSenseAliases(head: [String]) throws -> [String] {
    var byRule: [String: (findings: Set<String>, ranges: [IPPrefix])] = [:]
    for (range, origin) in ranges {
      for (rule, findings) in origin.findings {
        byRule[rule, default: ([], [])].findings.formUnion(findings)
        byRule[rule]?.ranges.append(range)
      }
    }
    var aliases: [String: Alias] = [:]
    for (rule, part) in byRule {
      let description = ([rule] + part.findings.sorted()).joined(separator: " ")
      let digest = hexadecimal(SHA256Digest.hash(rule.utf8).prefix(6))
      aliases[Self.identifier(rule)] = Alias(
        name: "egressaudit_\(digest)", type: "network",
        content: part.ranges.sorted().map(Self.text).joined(separator: "\n"), description: description)
    }
    let all = "egressaudit"
    aliases[Self.identifier(all)] = Alias(
      name: all, type: "networkgroup", content: aliases.values.map(\.name).sorted().joined(separator: "\n"),
      description: "All confirmed destinations of egressaudit")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let file = AliasFile(egressaudit: head, aliases: AliasFile.Aliases(alias: aliases))
    return [String(decoding: try encoder.encode(file), as: UTF8.self)]
  }

  private enum Family: CaseIterable {
    case four
    case six

    var set: String { self == .four ? "blocked_ipv4" : "blocked_ipv6" }
    var type: String { self == .four ? "ipv4_addr" : "ipv6_addr" }
  }

  static func text(_ range: IPPrefix) -> String {
    range.isOneAddress ? range.address.description : range.description
  }

  /// A UUID of version 8 (RFC 9562 §5.8) that is always the same for one name.
  private static func identifier(_ name: String) -> String {
    var bytes = Array(SHA256Digest.hash(name.utf8).prefix(16))
    bytes[6] = bytes[6] & 0x0f | 0x80
    bytes[8] = bytes[8] & 0x3f | 0x80
    let digits = hexadecimal(bytes[...])
    var parts: [Substring] = []
    var rest = digits[...]
    for length in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return parts.joined(separator: "-")
  }
}

/// What OPNsense imports under Firewall: Aliases; it ignores members other than `aliases`.
private struct AliasFile: Encodable {
  struct Aliases: Encodable {
    var alias: [String: Alias]
  }

  /// The text that other formats have as comment lines.
  var egressaudit: [String]
  var aliases: Aliases
}

private struct Alias: Encodable {
  var enabled = "1"
  /// At most 31 letters, digits and `_`.
  var name: String
  var type: String
  /// Parts separated by line feeds.
  var content: String
  /// 1 to 255 letters, digits, points, commas, `-` and spaces.
  var description: String

  init(name: String, type: String, content: String, description: String) {
    self.name = name
    self.type = type
    self.content = content
    self.description = String(description.prefix(255))
  }
}
