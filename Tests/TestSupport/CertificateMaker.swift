import Foundation

/// Certificates with their private keys, made by the command line of OpenSSL as an office would.
public struct CertificateMaker: Sendable {
  public enum Kind: Sendable {
    case rsa(bits: Int)
    case ellipticCurve
    case ed25519
  }

  private let folder: TemporaryDirectory

  public init(_ folder: TemporaryDirectory) { self.folder = folder }

  /// Writes `NAME.key` (mode 0400) and `NAME.pem`, and gives the path of the second.
  ///
  /// - Parameters:
  ///   - passphrase: of the private key; nil for none.
  ///   - usage: key usage in the words of OpenSSL; nil for none.
  ///   - days: until the end; nil for a certificate that ended in 2021.
  @discardableResult
  public func make(
    _ name: String, _ kind: Kind = .ellipticCurve, passphrase: String? = nil, usage: String? = nil, days: Int? = 365
  ) throws -> String {
    let key = folder.path(name + ".key")
    let algorithm =
      switch kind {
      case .rsa(let bits): ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)"]
      case .ellipticCurve: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
      case .ed25519: ["-algorithm", "ED25519"]
      }
    let secret = passphrase.map { ["-aes-256-cbc", "-pass", "pass:\($0)"] } ?? []
    try openssl(["genpkey", "-quiet", "-out", key] + algorithm + secret)
    chmod(key, 0o400)
    var request = [
      "req", "-x509", "-key", key, "-out", folder.path(name + ".pem"), "-subj", "/CN=\(name)", "-days",
      String(days ?? 1),
    ]
    if let passphrase { request += ["-passin", "pass:\(passphrase)"] }
    if let usage { request += ["-addext", "keyUsage=\(usage)"] }
    try openssl(request)
    if days == nil { try age(name) }
    return folder.path(name + ".pem")
  }

  /// Signs the certificate again, for a time that is over; only the verb for authorities can say so.
  private func age(_ name: String) throws {
    let (key, certificate) = (folder.path(name + ".key"), folder.path(name + ".pem"))
    let (asked, index) = (folder.path(name + ".csr"), try folder.write("", to: name + ".index"))
    let serial = try folder.write("01\n", to: name + ".serial")
    let configuration = try folder.write(
      """
      [ca]
      default_ca = old
      [old]
      database = \(index)
      serial = \(serial)
      new_certs_dir = \(folder.path(""))
      default_md = sha256
      policy = any
      [any]
      commonName = supplied

      """, to: name + ".conf")
    try openssl(["x509", "-x509toreq", "-in", certificate, "-signkey", key, "-out", asked])
    try openssl([
      "ca", "-batch", "-selfsign", "-notext", "-config", configuration, "-keyfile", key, "-in", asked,
      "-out", certificate, "-startdate", "20200101000000Z", "-enddate", "20210101000000Z",
    ])
  }

  /// Runs `openssl`; throws if it fails.
  @discardableResult
  public func openssl(_ arguments: [String]) throws -> String {
    let run = try Tool.run("/usr/bin/openssl", arguments)
    guard run.code == 0 else { throw OpenSSLFailure(text: run.text) }
    return run.text
  }
}

public struct OpenSSLFailure: Error {
  public let text: String
}
