/// Why an interface cannot be captured, in words for people: which one, what is wrong, what to do.
public struct InterfaceError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Cause: Equatable, Sendable {
    case missing
    case down
    case notPermitted
    case filterRefused(PacketFilterError)
    case refused(String)
  }

  public var interface: String
  public var cause: Cause

  public init(interface: String, cause: Cause) {
    self.interface = interface
    self.cause = cause
  }

  public var description: String {
    switch cause {
    case .missing: "\(interface): there is no such interface; expected one that 'ip link' lists"
    case .down: "\(interface): is switched off; run: ip link set \(interface) up"
    case .notPermitted:
      "\(interface): this user may not capture; give the service CAP_NET_RAW, or run as root"
    case .filterRefused(let error):
      "\(interface): \(error.problem) for this kind of link; expected \(error.expected); \(error.nextStep)"
    case .refused(let reason): "\(interface): cannot be captured (\(reason))"
    }
  }
}
