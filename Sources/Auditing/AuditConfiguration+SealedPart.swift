import Cryptography
import Documents
import Foundation
import Model
import Privacy

extension AuditConfiguration {
  /// A certificate is some kilobytes.
  private static let certificateLimit = 1 << 16

  /// Who can open the sealed part. Each certificate is read, and tried.
  mutating func readSealedPart(_ fields: Fields) {
    let keys = Self.keys.first { $0.key == "sealed_part" }?.value ?? []
    guard let part = fields.fields("sealed_part", what: "'sealed_part'", keys: keys, required: false) else { return }
    // The environment may name one of them.
    let isNew = sealedPart == nil
    let faultsBefore = part.faults.faults.count
    let dpo = certificate("dpo_certificate", of: "the data protection officer", required: isNew, in: part)
    let council = certificate("works_council_certificate", of: "the works council", required: isNew, in: part)
    let emergency = certificate(
      "emergency_certificate", of: "whoever keeps the key for emergencies", required: false, in: part)
    guard part.faults.faults.count == faultsBefore, let dpo = dpo ?? sealedPart?.dataProtectionOfficer,
      let council = council ?? sealedPart?.worksCouncil
    else { return }
    let recipients = SealedPartRecipients(
      dataProtectionOfficer: dpo, worksCouncil: council, emergency: emergency ?? sealedPart?.emergency)
    let digests = [dpo.keyDigest, council.keyDigest] + (recipients.emergency.map { [$0.keyDigest] } ?? [])
    guard Set(digests).count == digests.count else {
      part.faults.add(
        part.place.fault(
          "two of the certificates of 'sealed_part' have the same key", expected: "a key of its own for each holder",
          next: "have each holder make a key, and name its certificate"))
      return
    }
    sealedPart = recipients
    settings.sealedPart = recipients.keys
  }

  /// Nil if none is named, or if there is a fault.
  private func certificate(_ key: String, of holder: String, required: Bool, in part: Fields) -> EnvelopeCertificate? {
    let expected = "the certificate (X.509, PEM) of \(holder)"
    guard let file = part.text(key, expected: expected, required: required) else { return nil }
    let path = URL(
      fileURLWithPath: file.value,
      relativeTo: URL(fileURLWithPath: part.place.file).deletingLastPathComponent()
    ).path
    func fault(_ problem: String, _ expected: String, _ next: String) {
      part.faults.add(file.place.fault("\(path): \(problem)", expected: expected, next: next))
    }
    guard let opened = try? RegularFile(path: path), opened.size <= Self.certificateLimit,
      let pem = try? opened.contents()
    else {
      fault("the file cannot be read", expected, "name a file that is there and that this user may read")
      return nil
    }
    do throws(EnvelopeCertificate.Fault) {
      let certificate = try EnvelopeCertificate(pem: pem)
      let now = Today.now.seconds
      guard now <= certificate.validity.upperBound, now >= certificate.validity.lowerBound else {
        let isOver = now > certificate.validity.upperBound
        fault(
          isOver
            ? "the certificate expired on \(LocalDate(day: certificate.validity.upperBound / 86_400))"
            : "the certificate begins on \(LocalDate(day: certificate.validity.lowerBound / 86_400))",
          "a certificate that is valid today",
          isOver ? "have it renewed; the key may stay the same" : "check the clock, or name the certificate in force")
        return nil
      }
      return certificate
    } catch {
      switch error {
      case .noCertificate: fault("the file holds no certificate", expected, "name the certificate file")
      case .holdsPrivateKey:
        fault(
          "the file holds a private key", "the certificate alone",
          "take the private key off this machine, and have its holder make a new pair: whoever read the file can open what is sealed to it"
        )
      case .otherKey:
        fault("the key is neither RSA nor of an elliptic curve", expected, "have the holder make another pair")
      case .shortKey(let bits, let least):
        fault("the key has \(bits) bits", "at least \(least) bits", "have the holder make another pair")
      case .otherUsage:
        fault(
          "the certificate is not for encryption",
          "key usage 'Key Encipherment' (RSA) or 'Key Agreement' (elliptic curve), or none",
          "name the holder's certificate for encryption")
      case .unusable:
        fault(
          "nothing can be sealed to this key here", "a key that libcrypto of this machine accepts",
          "try 'openssl cms -encrypt' with it, or have the holder make another pair")
      }
      return nil
    }
  }
}
