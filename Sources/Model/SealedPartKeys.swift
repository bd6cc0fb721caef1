/// The public keys to which the sealed part is addressed, each as the SHA-256 of its SubjectPublicKeyInfo in 64
/// hexadecimal digits.
public struct SealedPartKeys: Sendable, Hashable, Codable {
  /// Opens the outer envelope.
  public var dataProtectionOfficer: String
  /// Opens the inner envelope.
  public var worksCouncil: String
  /// Opens both, for an emergency; nil if the site agreed on none.
  public var emergency: String?

  public init(dataProtectionOfficer: String, worksCouncil: String, emergency: String?) {
    self.dataProtectionOfficer = dataProtectionOfficer
    self.worksCouncil = worksCouncil
    self.emergency = emergency
  }
}
