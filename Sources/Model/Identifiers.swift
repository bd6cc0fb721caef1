/// Class of an identifier that was seen in clear text; the value itself is never kept.
public enum IdentifierClass: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case emailAddress = "email_address"
  case accountCredential = "account_credential"
  case cookie
  case deviceIdentifier = "device_identifier"
  case userAgent = "user_agent"

  public static func < (left: IdentifierClass, right: IdentifierClass) -> Bool { left.rawValue < right.rawValue }
}
