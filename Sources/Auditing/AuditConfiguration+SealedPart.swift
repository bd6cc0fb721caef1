import Cryptography
import Documents
import Foundation
import Model
import Privacy

extension AuditConfiguration {
  /// Largest certificate file in bytes; certificates have some kilobytes.
  private static let certificateLimit = 1 << 16

  /// Reads who can open the sealed part. Each certificate is read, and tested by an encryption.
  mutating func readSealedPart(_ fields: Fields) {
    let keys = Self.keys.first { $0.key == "sealed_part" }?.value ?? []
    guard
      let part = fields.fields(
        "sealed_part", what: ConfigurationTexts.section("sealed_part"), keys: keys, required: false)
    else { return }
    // The environment may name one of them.
    let isNew = sealedPart == nil
    let faultsBefore = part.faults.faults.count
    let dpo = certificate("dpo_certificate", of: .dataProtectionOfficer, required: isNew, in: part)
    let council = certificate("works_council_certificate", of: .worksCouncil, required: isNew, in: part)
    let emergency = certificate(
      "emergency_certificate", of: .emergencies, required: false, in: part)
    guard part.faults.faults.count == faultsBefore, let dpo = dpo ?? sealedPart?.dataProtectionOfficer,
      let council = council ?? sealedPart?.worksCouncil
    else { return }
    let recipients = SealedPartRecipients(
      dataProtectionOfficer: dpo, worksCouncil: council, emergency: emergency ?? sealedPart?.emergency)
    let digests = [dpo.keyDigest, council.keyDigest] + (recipients.emergency.map { [$0.keyDigest] } ?? [])
    guard Set(digests).count == digests.count else {
      part.faults.add(
        part.place.fault(
          ConfigurationTexts.sameCertificateKey, expected: ConfigurationTexts.ownCertificateKey,
          next: ConfigurationTexts.makeCertificateKeys))
      return
    }
    sealedPart = recipients
    settings.sealedPart = recipients.keys
  }

  /// Nil if none is named, or if there is a fault.
  private func certificate(_ key: String, of holder: ConfigurationTexts.Holder, required: Bool, in part: Fields)
    -> EnvelopeCertificate?
  {
    let expected = ConfigurationTexts.certificate(of: holder)
    guard let file = part.text(key, expected: expected, required: required) else { return nil }
    let path = URL(
      fileURLWithPath: file.value,
      relativeTo: URL(fileURLWithPath: part.place.file).deletingLastPathComponent()
    ).path
    func fault(_ problem: LocalizedText, _ expected: LocalizedText, _ next: LocalizedText) {
      part.faults.add(file.place.fault(FileTexts.at(path, problem), expected: expected, next: next))
    }
    guard let opened = try? RegularFile(path: path), opened.size <= Self.certificateLimit,
      let pem = try? opened.contents()
    else {
      fault(ConfigurationTexts.certificateUnreadable, expected, ConfigurationTexts.nameReadableCertificate)
      return nil
    }
    do throws(EnvelopeCertificate.Fault) {
      let certificate = try EnvelopeCertificate(pem: pem)
      let now = Today.now.seconds
      guard now <= certificate.validity.upperBound, now >= certificate.validity.lowerBound else {
        let isOver = now > certificate.validity.upperBound
        fault(
          isOver
            ? ConfigurationTexts.certificateExpired(LocalDate(day: certificate.validity.upperBound / 86_400))
            : ConfigurationTexts.certificateBegins(LocalDate(day: certificate.validity.lowerBound / 86_400)),
          ConfigurationTexts.validCertificate,
          isOver ? ConfigurationTexts.renewCertificate : ConfigurationTexts.checkClockOrCertificate)
        return nil
      }
      return certificate
    } catch {
      switch error {
      case .noCertificate: fault(ConfigurationTexts.noCertificate, expected, ConfigurationTexts.nameCertificate)
      case .holdsPrivateKey:
        fault(
          ConfigurationTexts.privateKeyInCertificate, ConfigurationTexts.certificateAlone,
          ConfigurationTexts.takePrivateKeyOff)
      case .otherKey:
        fault(ConfigurationTexts.otherCertificateKey, expected, ConfigurationTexts.anotherPair)
      case .shortKey(let bits, let least):
        fault(
          ConfigurationTexts.shortCertificateKey(bits), ConfigurationTexts.leastCertificateKey(least),
          ConfigurationTexts.anotherPair)
      case .otherUsage:
        fault(
          ConfigurationTexts.otherCertificateUsage, ConfigurationTexts.certificateUsage,
          ConfigurationTexts.nameEncryptionCertificate)
      case .unusable:
        fault(
          ConfigurationTexts.certificateUnusable, ConfigurationTexts.usableCertificateKey, ConfigurationTexts.tryOpenSSL
        )
      }
      return nil
    }
  }
}
