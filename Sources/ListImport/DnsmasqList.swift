import Rules

/// Options of dnsmasq that name domains: `address=/name/…/`, each for the name and all below it.
struct DnsmasqList: ListReader {
  mutating func read(_ line: ArraySlice<UInt8>, into collector: inout ListCollector) {
    let option = line.beforeComment(UInt8(ascii: "#"))
    if option.isEmpty { return }
    guard let equals = option.firstIndex(of: UInt8(ascii: "=")) else { return collector.reject(.setting) }
    let key = option[..<equals].trimmed.text
    guard ["address", "ipset", "local", "nftset", "server"].contains(key) else { return collector.reject(.setting) }
    let fields = option[(equals + 1)...].trimmed.split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard fields.count >= 3, fields[0].isEmpty, let target = fields.last else { return collector.reject(.setting) }
    for name in fields[1..<(fields.count - 1)] {
      if key == "server", target.isText("#") {
        collector.except(name: withoutLeadingDot(name), .hostAndBelow)
      } else if !refuses(key, target) {
        collector.reject(.answer)
      } else if name.isEmpty {
        collector.reject(.ownName)
      } else if name.isText("#") {
        collector.reject(.everything)
      } else if name.contains(star) {
        collector.reject(.star)
      } else {
        collector.add(name: withoutLeadingDot(name), .hostAndBelow)
      }
    }
  }

  private func withoutLeadingDot(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    name.first == dot ? name.dropFirst() : name
  }

  private func refuses(_ key: String, _ target: ArraySlice<UInt8>) -> Bool {
    switch key {
    case "address": target.isEmpty || target.isText("#") || leadsNowhere(target) == true
    case "local", "server": target.isEmpty
    // `ipset` and `nftset` fill sets for a firewall, so they state only that a domain is in the list.
    default: true
    }
  }
}
