/// Class of an identifier that was seen in clear text; the value itself is never kept.
public enum IdentifierClass: String, Sendable, HashedByCase, Codable, CaseIterable, Comparable {
  case emailAddress = "email_address"
  case accountCredential = "account_credential"
  case cookie
  /// Number, key or name of a device.
  case deviceIdentifier = "device_identifier"
  case userAgent = "user_agent"
  /// Name or number of an account or of a person.
  case userName = "user_name"
  /// Not an identifier: there was clear text that was not inspected, so the absence of other classes is uncertain.
  case notInspected = "not_inspected"

  public static func < (left: IdentifierClass, right: IdentifierClass) -> Bool { left.rawValue < right.rawValue }
}
