public import Model

/// Why an interface cannot be captured, for people: which one, what is wrong, what to do.
public struct InterfaceError: BilingualError, Equatable, Sendable {
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
}
