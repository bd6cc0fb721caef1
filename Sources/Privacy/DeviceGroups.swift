public import Model

/// Devices that are reported together, defined in the configuration.
public struct DeviceGroup: Sendable, Hashable {
  public var name: String
  public var networks: [IPPrefix]
  /// VLAN identifiers, 1 to 4094.
  public var vlans: Set<UInt16>
  /// Data under special secrecy: health, social, youth, staff, works council.
  public var isSecrecyZone: Bool

  public init(name: String, networks: [IPPrefix] = [], vlans: Set<UInt16> = [], isSecrecyZone: Bool = false) {
    self.name = name
    self.networks = networks
    self.vlans = vlans
    self.isSecrecyZone = isSecrecyZone
  }
}

/// Assigns each device to exactly one group.
public struct DeviceGroups: Sendable {
  /// Name of the group of all devices outside the definitions; reports translate it.
  public static let ungrouped = "ungrouped"

  /// Names that tables use for other groups, in lower case.
  public static let reservedNames: Set<String> = [
    ungrouped, "no group", "ohne gruppe", "collecting_group", "collecting group", "sammelgruppe",
  ]

  /// In the given order.
  public let definitions: [DeviceGroup]
  /// The definitions in the form that results store, in the given order.
  public let settings: [GroupSettings]

  private let byNetwork: [IPPrefix: String]
  private let byVLAN: [UInt16: String]
  /// Prefix lengths that occur, longest first.
  private let lengthsIPv4: [Int]
  private let lengthsIPv6: [Int]

  /// Throws if the definitions assign a device to more than one group.
  public init(_ groups: [DeviceGroup]) throws(DeviceGroupsError) {
    var names: Set<String> = []
    var byNetwork: [IPPrefix: String] = [:]
    var byVLAN: [UInt16: String] = [:]
    for group in groups {
      guard !Self.reservedNames.contains(group.name.lowercased()) else { throw .reservedName(group.name) }
      guard names.insert(group.name).inserted else { throw .nameTwice(group.name) }
      for network in group.networks {
        if let other = byNetwork.updateValue(group.name, forKey: network), other != group.name {
          throw .networkTwice(network, first: other, second: group.name)
        }
      }
      for vlan in group.vlans.sorted() {
        if let other = byVLAN.updateValue(group.name, forKey: vlan) {
          throw .vlanTwice(vlan, first: other, second: group.name)
        }
      }
    }
    self.byNetwork = byNetwork
    self.byVLAN = byVLAN
    definitions = groups
    settings = groups.map { GroupSettings(name: $0.name, isSecrecyZone: $0.isSecrecyZone) }
    let lengths = { (isIPv4: Bool) in
      Set(byNetwork.keys.filter { $0.address.isIPv4 == isIPv4 }.map(\.length)).sorted(by: >)
    }
    lengthsIPv4 = lengths(true)
    lengthsIPv6 = lengths(false)
  }

  /// Group of the device that has `address` in `vlan`: by the most specific network, else by VLAN, else `ungrouped`.
  public func group(of address: IPAddress, vlan: UInt16?) -> String {
    for length in address.isIPv4 ? lengthsIPv4 : lengthsIPv6 {
      if let network = IPPrefix(address: address, length: length), let name = byNetwork[network] { return name }
    }
    return vlan.flatMap { byVLAN[$0] } ?? Self.ungrouped
  }
}

/// Group definitions that contradict each other.
public enum DeviceGroupsError: BilingualError, Equatable {
  /// The name is used for devices without a group, or for groups with few devices.
  case reservedName(String)
  case nameTwice(String)
  case networkTwice(IPPrefix, first: String, second: String)
  case vlanTwice(UInt16, first: String, second: String)
}
