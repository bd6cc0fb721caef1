import Model
import Reporting

extension NamePolicy {
  /// Lines of a hosts file (hosts(5)), which cannot include names below a name.
  func hostsFile(head: [String]) -> [String] {
    head.map { "# " + $0 }
      + blockedHosts.flatMap { name, entry in ["0.0.0.0", "::"].map { "\($0) \(name) # \(entry.origin.text)" } }
  }

  /// Lines for dnsmasq: an empty address answers NXDOMAIN, `#` asks the usual servers. `/name/` includes all names
  /// below, `/*.name/` means only those.
  func dnsmasq(head: [String]) -> [String] {
    var lines = head.map { "# " + $0 } + coveredLines("#")
    for (name, entry) in hosts.sorted(by: { $0.key < $1.key }) {
      lines.append("# \(comment(entry))")
      lines.append(entry.action == .block ? "address=/\(name)/" : "server=/\(name)/#")
      if below[name] == nil {
        let cover = cover(of: name).flatMap { below[$0]?.action }
        lines.append(cover == .block ? "address=/*.\(name)/" : "server=/*.\(name)/#")
      }
    }
    for (domain, entry) in below.sorted(by: { $0.key < $1.key }) {
      lines.append("# \(comment(entry))")
      lines.append(entry.action == .block ? "address=/*.\(domain)/" : "server=/*.\(domain)/#")
    }
    return lines
  }

  /// Lines for Unbound. `always_nxdomain` and `always_transparent` mean a name and all below it; `transparent` with
  /// data of its own means the name alone.
  func unbound(head: [String]) -> [String] {
    var lines = head.map { "# " + $0 } + coveredLines("#") + ["server:"]
    for name in Set(hosts.keys).union(below.keys).sorted() {
      let entry = below[name] ?? hosts[name]
      lines += [below[name], hosts[name]].compactMap(\.self).map { "  # \(comment($0))" }
      if entry?.action == .pass {
        lines.append("  local-zone: \"\(name).\" always_transparent")
      } else if below[name] != nil {
        lines.append("  local-zone: \"\(name).\" always_nxdomain")
      } else {
        lines += [
          "  local-zone: \"\(name).\" transparent", "  local-data: \"\(name). A 0.0.0.0\"",
          "  local-data: \"\(name). AAAA ::\"",
        ]
      }
    }
    return lines
  }

  private var blockedHosts: [(String, Entry)] {
    hosts.filter { $0.value.action == .block }.sorted { $0.key < $1.key }
  }

  fileprivate func comment(_ entry: Entry) -> String {
    entry.action == .block ? entry.origin.text : "stays reachable: \(entry.origin.text)"
  }

  fileprivate func coveredLines(_ mark: String) -> [String] {
    covered.map { "\(mark) \($0.what) is covered by \($0.by): \($0.origin.text)" }
  }
}

/// A zone whose records state what a resolver is to answer (draft-vixie-dnsop-dns-rpz): `CNAME .` is NXDOMAIN, `CNAME
/// rpz-passthru.` the true answer.
struct ResponsePolicyZone {
  let lines: [String]

  init(_ policy: NamePolicy, head: [String], date: LocalDate) {
    let day = date.civil
    let serial = "\(day.year)\(padded(day.month, 2))\(padded(day.dayOfMonth, 2))00"
    var records: [String: (action: NamePolicy.Action, comment: String)] = [:]
    for (name, entry) in policy.hosts { records[name] = (entry.action, policy.comment(entry)) }
    for (domain, entry) in policy.below { records["*." + domain] = (entry.action, policy.comment(entry)) }
    // A name in the zone, even an empty non-terminal, is not matched by a `*` above it, nor are names below it (RFC
    // 4592 §2.2.1). So it repeats the record of the `*`.
    for name in Set(policy.hosts.keys).union(policy.below.keys) {
      var next: String? = name
      while let node = next, let cover = policy.cover(of: node), let entry = policy.below[cover] {
        let comment = "as *.\(cover)"
        if records[node] == nil { records[node] = (entry.action, comment) }
        if records["*." + node] == nil { records["*." + node] = (entry.action, comment) }
        next = HostName.parent(node)
      }
    }
    lines =
      head.map { "; " + $0 } + policy.coveredLines(";")
      + [
        "$TTL 300", "@ IN SOA localhost. hostmaster.localhost. ( \(serial) 3600 600 86400 300 )",
        "@ IN NS localhost.",
      ]
      + records.sorted { $0.key < $1.key }.map { name, record in
        "\(name) IN CNAME \(record.action == .block ? "." : "rpz-passthru.") ; \(record.comment)"
      }
  }
}
