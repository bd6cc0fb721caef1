/// Devices about which nothing is kept, such as those of the works council or the company doctor.
public struct ExcludedDevices: Sendable, Hashable {
  public var hardwareAddresses: Set<HardwareAddress>
  public var networks: [IPPrefix]

  public init(hardwareAddresses: Set<HardwareAddress> = [], networks: [IPPrefix] = []) {
    self.hardwareAddresses = hardwareAddresses
    self.networks = networks
  }
}
