@testable import Auditing
@testable import Capture
import Foundation
import Model
import Privacy
import TestSupport
import Testing

@Suite("what a first configuration proposes from the networks of a machine")
struct StarterConfigurationTests {
  private static func interface(_ name: String, isRunning: Bool = true, _ addresses: String...) -> MachineInterface {
    MachineInterface(
      name: name, isRunning: isRunning, isLoopback: name == "lo",
      addresses: addresses.map { text in
        let network = IPPrefix(text)!
        let address = IPPrefix(String(text.prefix { $0 != "/" }))!.address
        return MachineInterface.Address(address: address, network: network)
      })
  }

  /// A PC whose bridge for containers comes before the network card.
  private static let interfaces = [
    interface("lo", "127.0.0.1/8"), interface("docker0", "172.17.0.1/16"),
    interface(
      "enp3s0", "10.20.1.11/24", "10.20.1.11/32", "2001:db8:20:1::11/64", "fe80::11/64", "169.254.3.4/16"),
  ]

  @Test(
    "a trial on a PC observes the addresses of the interface with the default route, each once, none of the link only")
  func singlePC() {
    let machine = StarterConfiguration.Machine(interfaces: Self.interfaces, outward: ["enp3s0"])
    #expect(machine.ownInterfaceName == "enp3s0")
    #expect(machine.ownAddresses.map(\.description) == ["10.20.1.11/32", "2001:db8:20:1::11/128"])
    // A gateway has its devices behind the other interface.
    #expect(machine.firstInsideInterface == "docker0")
  }

  @Test("without a default route, a trial observes the first interface that is running")
  func noRoute() {
    let off = Self.interface("wlan0", isRunning: false, "10.9.0.1/24")
    let machine = StarterConfiguration.Machine(interfaces: [off] + Self.interfaces, outward: ["wlan0"])
    #expect(machine.ownInterfaceName == "docker0")
    #expect(machine.ownAddresses.map(\.description) == ["172.17.0.1/32"])
  }

  /// As Linux 6 lists it: header, default route, on-link route.
  private static let routes = """
    Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
    enp3s0\t00000000\t0101140A\t0003\t0\t0\t100\t00000000\t0\t0\t0
    enp3s0\t0001140A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0

    """

  private static func routeIPv6(_ network: String, _ length: String, flags: String, _ name: String) -> String {
    let zeros = String(repeating: "0", count: 32)
    return "\(network) \(length) \(zeros) 00 \(zeros) 00000064 00000001 00000000 \(flags) \(name)\n"
  }

  @Test("the way out is that of the default route of IPv4 or IPv6, and none that refuses")
  func wayOut() {
    let zeros = String(repeating: "0", count: 32)
    let outward = StarterConfiguration.Machine.outward
    #expect(outward(Self.routes, "") == ["enp3s0"])
    let way = Self.routeIPv6(zeros, "00", flags: "00450003", "wan6")
    let refusal = Self.routeIPv6(zeros, "00", flags: "00200200", "lo")
    let onLink = Self.routeIPv6("20010db8002000010000000000000000", "40", flags: "00000001", "lan0")
    let half = Self.routeIPv6(zeros, "01", flags: "00000003", "tun0")
    #expect(outward("", onLink + half + refusal) == [])
    #expect(outward("", onLink + way + refusal) == ["wan6"])
    #expect(outward(Self.routes, way) == ["enp3s0", "wan6"])
    #expect(outward("enp3s0\t00000000\n", String(way.dropLast(8)) + "\n0000") == [])
  }

  @Test("a gateway whose only default route is of IPv6 has its devices behind the other interface")
  func wayOutOfIPv6() {
    let way = Self.routeIPv6(String(repeating: "0", count: 32), "00", flags: "00450003", "enp3s0")
    let machine = StarterConfiguration.Machine(
      interfaces: [
        Self.interface("enp3s0", "2001:db8:ffff::2/64"), Self.interface("lan0", "10.20.1.1/24", "2001:db8:20:1::1/64"),
      ], outward: StarterConfiguration.Machine.outward(routes: "", routesIPv6: way))
    #expect(machine.insideNetworks.map(\.description) == ["10.20.1.0/24", "2001:db8:20:1::/64"])
    #expect(
      machine.lines(.german) == [
        "enp3s0: 2001:db8:ffff::2/64 (Standardroute)", "lan0: 10.20.1.1/24, 2001:db8:20:1::1/64",
      ])
  }

  @Test("of an interface with many addresses, a trial proposes as many as it may observe")
  func manyAddresses() {
    let many = MachineInterface(
      name: "eth0", isRunning: true, isLoopback: false,
      addresses: (1...20).flatMap { Self.interface("x", "10.0.0.\($0)/24").addresses })
    let machine = StarterConfiguration.Machine(interfaces: [many], outward: [])
    #expect(machine.ownAddresses.map(\.description) == (1...8).map { "10.0.0.\($0)/32" })
  }

  @Test(
    "the configuration of the package and that of init delete after the proposed times, one without times deletes nothing"
  )
  func retention() throws {
    let folder = try TemporaryDirectory()
    let proposal: [DataClass: Int] = [.evidence: 30, .usage: 90, .coverage: 400, .undescribed: 90]
    #expect(RetentionPolicy.proposal.days == proposal)
    // It keeps to the order that is demanded of every policy.
    #expect(RetentionPolicy(days: proposal) == .proposal)
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "scripts/packaging/egressaudit.yaml").path
    #expect(try AuditConfiguration(path: package).retention == .proposal)
    var starter = StarterConfiguration()
    starter.insideNetworks = [IPPrefix("10.0.0.0/8")!]
    starter.hasPackagedRules = false
    #expect(try AuditConfiguration(path: folder.write(starter.text, to: "new.yaml")).retention == .proposal)
    let old = try folder.write("site: { name: rathaus }\n", to: "old.yaml")
    #expect(try AuditConfiguration(path: old).retention == .keepAll)
  }
}
