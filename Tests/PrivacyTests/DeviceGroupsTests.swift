import Model
import Privacy
import Testing

@Suite("Device groups")
struct DeviceGroupsTests {
  static let groups = [
    DeviceGroup(name: "house", networks: [IPPrefix("10.0.0.0/8")!, IPPrefix("2001:db8::/32")!]),
    DeviceGroup(name: "social", networks: [IPPrefix("10.1.0.0/16")!], vlans: [20], isSecrecyZone: true),
    DeviceGroup(name: "council", networks: [IPPrefix("10.1.7.0/24")!, IPPrefix("2001:db8:7::/48")!], vlans: [21, 22]),
  ]

  @Test(
    "take the most specific network, then the VLAN, else none",
    arguments: [
      ("10.2.3.4", nil, "house"), ("10.1.3.4", nil, "social"), ("10.1.7.4", nil, "council"),
      ("10.1.3.4", 21, "social"), ("192.168.1.1", 20, "social"), ("192.168.1.1", 22, "council"),
      ("192.168.1.1", 23, "ungrouped"), ("192.168.1.1", nil, "ungrouped"), ("2001:db8::1", nil, "house"),
      ("2001:db8:7::1", nil, "council"), ("2001:db9::1", nil, "ungrouped"), ("::a01:304", nil, "ungrouped"),
    ] as [(String, UInt16?, String)])
  func group(address: String, vlan: UInt16?, expected: String) throws {
    let groups = try DeviceGroups(Self.groups)
    #expect(groups.group(of: try #require(IPAddress(address)), vlan: vlan) == expected)
  }

  @Test("leave every device ungrouped if none are defined")
  func none() throws {
    #expect(try DeviceGroups([]).group(of: IPAddress(v4: 1), vlan: 1) == DeviceGroups.ungrouped)
  }

  @Test("give their settings in the given order")
  func settings() throws {
    #expect(
      try DeviceGroups(Self.groups).settings == [
        GroupSettings(name: "house", isSecrecyZone: false), GroupSettings(name: "social", isSecrecyZone: true),
        GroupSettings(name: "council", isSecrecyZone: false),
      ])
  }

  @Test("refuse definitions that contradict each other, and say where")
  func contradictions() {
    let network = IPPrefix("10.0.0.0/8")!
    #expect(throws: DeviceGroupsError.nameTwice("a")) {
      try DeviceGroups([DeviceGroup(name: "a"), DeviceGroup(name: "a")])
    }
    for name in ["ungrouped", "Sammelgruppe", "collecting group", "Collecting Group", "ohne Gruppe"] {
      #expect(throws: DeviceGroupsError.reservedName(name)) { try DeviceGroups([DeviceGroup(name: name)]) }
    }
    #expect(throws: DeviceGroupsError.networkTwice(network, first: "a", second: "b")) {
      try DeviceGroups([DeviceGroup(name: "a", networks: [network]), DeviceGroup(name: "b", networks: [network])])
    }
    #expect(throws: DeviceGroupsError.vlanTwice(9, first: "a", second: "b")) {
      try DeviceGroups([DeviceGroup(name: "a", vlans: [9]), DeviceGroup(name: "b", vlans: [9])])
    }
    #expect(
      DeviceGroupsError.networkTwice(network, first: "a", second: "b").description
        == "network 10.0.0.0/8 is in groups 'a' and 'b'; leave it in one of them")
  }
}
