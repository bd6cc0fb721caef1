import Capture
import Foundation
public import Model
import Privacy

/// The first configuration of a site: what must be decided before the first audit, each with a comment; everything else
/// has its default.
public struct StarterConfiguration: Sendable {
  /// A group of devices in reports.
  public struct Group: Sendable, Equatable {
    public var name: String
    public var networks: [IPPrefix]
    public var isSecrecyZone: Bool

    public init(name: String, networks: [IPPrefix], isSecrecyZone: Bool = false) {
      self.name = name
      self.networks = networks
      self.isSecrecyZone = isSecrecyZone
    }
  }

  public var site = "site"
  public var timeZone = "Europe/Berlin"
  /// Nil if none were agreed.
  public var workingHours: WorkingHours?
  public var insideNetworks: [IPPrefix] = []
  public var groups: [Group] = []
  /// Claims of the site.
  public var claims: [Claim] = []
  /// Interfaces that the service captures; empty for a site that only replays capture files.
  public var interfaces: [String] = []
  /// Nobody works at the observed devices.
  public var isTrial = false
  /// The signed rules of the package are installed.
  public var hasPackagedRules = FileManager.default.fileExists(atPath: packagedRules)

  private static let packagedRules = "/usr/share/egressaudit/rules.bundle"

  public init() {}

  /// The file, in YAML; it is a valid configuration for every value of the properties. O(bytes).
  public var text: String {
    var text =
      "# Configuration of egressaudit, made by 'egressaudit init'. All keys: docs/usage.md, \"Configuration\".\n"
    if isTrial {
      text += """

        # TRIAL ON A TEST PC. With this key you declare that nobody works at the devices below. Every report says so on its first page. Only in a trial
        # may one device be reported alone; remove the key, the two lines that follow it, and the store before you observe devices of people.
        trial: true
        privacy: { group_minimum: 1 }
        gate: { minimum_device_days: 1 }

        """
    }
    text += """

      # A store belongs to one site. Local days and times are those of the time zone.
      site:
        name: \(quoted(site))
        sensor: gateway
        time_zone: \(quoted(timeZone))

      """
    if let workingHours {
      let days = workingHours.weekdays.map { Self.weekdays[$0 - 1] }.joined(separator: ", ")
      text += "  working_hours: { days: [\(days)], from: \(workingHours.from), to: \(workingHours.to) }\n"
    } else {
      text += "  # Agreed working hours; without them the share of data sent while nobody worked stays unknown.\n"
      text += "  #working_hours: { days: [mon, tue, wed, thu, fri], from: 7, to: 18 }\n"
    }
    text += "\n# Your own networks, public IPv6 ranges too. Flows from them to elsewhere are audited.\n"
    text += "inside_networks: \(list(insideNetworks))\n"
    if !isTrial || !groups.isEmpty {
      text +=
        "\n# Offices in reports, never persons. Special secrecy (health, social, youth, staff, works council) raises the proposed severity.\n"
    }
    if groups.isEmpty {
      text += isTrial ? "" : "#groups:\n#  - { name: Bürgeramt, networks: [10.20.1.0/24] }\n"
    } else {
      text += "groups:\n"
      for group in groups {
        text += "  - { name: \(quoted(group.name)), networks: \(list(group.networks))"
        text += group.isSecrecyZone ? ", secrecy_zone: true }\n" : " }\n"
      }
    }
    text += """

      # Devices that leave no row, such as those of the works council. Devices behind a router are excluded by network.
      #exclusions:
      #  hardware_addresses: ["00:00:5e:00:53:01"]
      #  networks: [10.20.9.0/28]

      """
    if !isTrial {
      text += """

        # The smallest number of devices that is reported as a group, as agreed with the works council.
        privacy: { group_minimum: 5 }

        """
    }
    text += """

      # Days after which rows are deleted. Agree on them with the data protection officer and the works council.
      retention: { \(retention) }

      """
    if !claims.isEmpty {
      text +=
        "\n# What is not to leave the site. Each report says whether it held; none can be shown to hold without a canary. At first all are 'not assessable':\n# docs/claims.md, \"The first month\", says why, and for how long.\nclaims:\n"
      for claim in claims {
        let says = "{ en: \(quoted(claim.says.en)), de: \(quoted(claim.says.de)) }"
        text += "  - { id: \(claim.id), says: \(says)"
        text += (claim.purpose.map { ", purpose: \($0.rawValue)" } ?? "") + " }\n"
      }
    }
    text += "\n# Inside interfaces that 'egressaudit run' captures. Mirror ports and taps need 'promiscuous: true'.\n"
    text +=
      interfaces.isEmpty
      ? "#capture: { interfaces: [eth1] }\n"
      : "capture: { interfaces: [\(interfaces.map { quoted($0) }.joined(separator: ", "))] }\n"
    if hasPackagedRules {
      text += """

        # The signed rules of the package, and the public key of their signature.
        rules:
          path: \(Self.packagedRules)
          public_key: /usr/share/egressaudit/rules.pub

        """
    }
    return text
  }

  private var retention: String {
    DataClass.allCases.compactMap { dataClass in
      RetentionPolicy.proposal.days[dataClass].map { "\(dataClass.rawValue)_days: \($0)" }
    }.joined(separator: ", ")
  }

  private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  private func list(_ prefixes: [IPPrefix]) -> String {
    "[" + prefixes.map { quoted($0.description) }.joined(separator: ", ") + "]"
  }

  /// A scalar in double quotes (YAML 1.2 §7.3.1), in which nothing of the text has a meaning.
  private func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\" + String(scalar)
      case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value):
        out += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

extension StarterConfiguration {
  /// The networks of a machine, from which a configuration can be proposed.
  public struct Machine: Sendable {
    public var interfaces: [MachineInterface]
    /// Interfaces of the default routes: usually the outside of a gateway.
    public var outward: Set<String>

    public init(interfaces: [MachineInterface], outward: Set<String>) {
      self.interfaces = interfaces
      self.outward = outward
    }

    public static var current: Machine {
      let table = { (name: String) in (try? String(contentsOfFile: "/proc/net/" + name, encoding: .utf8)) ?? "" }
      return Machine(
        interfaces: MachineInterface.all,
        outward: outward(routes: table("route"), routesIPv6: table("ipv6_route")))
    }

    /// Interfaces of the default routes in the kernel's tables `/proc/net/route` and `/proc/net/ipv6_route`
    /// (proc_net(5)).
    static func outward(routes: String, routesIPv6: String) -> Set<String> {
      var names: Set<String> = []
      for line in routes.split(separator: "\n") {
        let fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
        if fields.count > 7, fields[1] == "00000000", fields[7] == "00000000" { names.insert(fields[0]) }
      }
      // Without a way out, the kernel lists a default route that refuses packets (RTF_REJECT).
      let refuses: UInt32 = 0x200
      for line in routesIPv6.split(separator: "\n") {
        let fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard fields.count == 10, fields[0].allSatisfy({ $0 == "0" }), fields[1] == "00",
          let flags = UInt32(fields[8], radix: 16), flags & refuses == 0
        else { continue }
        names.insert(fields[9])
      }
      return names
    }

    /// One line for each interface with an address: name, addresses, and what it seems to be.
    public func lines(_ language: Language) -> [String] {
      candidates.map { interface in
        let addresses = interface.addresses.map { "\($0.address)/\($0.network.length)" }.joined(separator: ", ")
        let notes =
          (interface.isRunning ? [] : [MachineTexts.off])
          + (outward.contains(interface.name) ? [MachineTexts.outward] : [])
        return "\(interface.name): \(addresses)"
          + (notes.isEmpty ? "" : " (\(notes.map { $0[language] }.joined(separator: ", ")))")
      }
    }

    /// Interfaces that can have devices behind them: running, with an address, and not the way out, if there is
    /// another.
    public var insideInterfaces: [MachineInterface] {
      let running = candidates.filter(\.isRunning)
      let inner = running.filter { !outward.contains($0.name) }
      return inner.isEmpty ? running : inner
    }

    /// Name of the first of them; nil if there is none.
    public var firstInsideInterface: String? { insideInterfaces.first?.name }

    /// Networks of these interfaces, without those that exist only on the link.
    public var insideNetworks: [IPPrefix] {
      var seen: Set<IPPrefix> = []
      return insideInterfaces.flatMap(\.addresses).filter { !$0.address.isLinkLocal }.map(\.network)
        .filter { seen.insert($0).inserted }
    }

    /// The interface by which this machine itself reaches the Internet: that of the default route, else the first that
    /// is running; nil if there is none.
    private var ownInterface: MachineInterface? {
      let running = candidates.filter(\.isRunning)
      return running.first { outward.contains($0.name) } ?? running.first
    }

    /// Its name.
    public var ownInterfaceName: String? { ownInterface?.name }

    /// This machine's own addresses on that interface as host prefixes, as many as a trial observes, without those that
    /// exist only on the link.
    public var ownAddresses: [IPPrefix] {
      var seen: Set<IPPrefix> = []
      let addresses = ownInterface?.addresses.filter { !$0.address.isLinkLocal } ?? []
      return Array(
        addresses.compactMap { IPPrefix(address: $0.address, length: $0.address.isIPv4 ? 32 : 128) }
          .filter { seen.insert($0).inserted }.prefix(AuditConfiguration.trialAddresses))
    }

    private var candidates: [MachineInterface] { interfaces.filter { !$0.isLoopback && !$0.addresses.isEmpty } }
  }
}
