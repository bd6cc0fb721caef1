import Cryptography
public import Model

/// Names of devices, flows and evidence in one export. Repeating an export gives the same names; exports of other
/// periods share no name.
///
/// Each table has a key of its own, so that no name is in two tables, and only the store can resolve a name
/// (docs/decisions/0043-keyed-references.md).
public struct ExportTokens: Sendable {
  private let deviceKey: HMACSHA256Key
  private let flowKey: HMACSHA256Key
  private let evidenceKey: HMACSHA256Key

  /// `exportSalt`: as stored; see `PseudonymKey.exportSalt`.
  public init(exportSalt: [UInt8], site: String, period: Range<Hour>) {
    func key(_ name: String) -> HMACSHA256Key {
      let info = "egressaudit export \(name) v2|\(site)|\(period.lowerBound.sinceEpoch)|\(period.upperBound.sinceEpoch)"
      return HMACSHA256Key(HKDFSHA256.derive(from: exportSalt, info: Array(info.utf8)))
    }
    deviceKey = key("token")
    flowKey = key("flow")
    evidenceKey = key("evidence")
  }

  /// `D-` and 12 hexadecimal digits, different for each `week`; any numbering of weeks will do.
  public func token(for device: DevicePseudonym, week: Int64) -> String {
    let number = withUnsafeBytes(of: week.bigEndian) { Array($0) }
    return "D-" + hexadecimal(deviceKey.code(of: device.bytes + number).prefix(6))
  }

  /// `L-` and 16 hexadecimal digits, for the flow whose entry in the evidence chain has this hash.
  public func flow(chainHash: [UInt8]) -> String { "L-" + hexadecimal(flowKey.code(of: chainHash).prefix(8)) }

  /// `E-` and 16 hexadecimal digits, for all evidence of a finding in the period.
  public func evidence(_ digest: EvidenceDigest, finding: String) -> String {
    "E-" + hexadecimal(evidenceKey.code(of: digest.bytes + Array(finding.utf8)).prefix(8))
  }
}

/// Digest of a series of entries of the evidence chain, in their order; 32 bytes.
public struct EvidenceDigest: Sendable, Equatable {
  public private(set) var bytes = [UInt8](repeating: 0, count: 32)

  public init() {}

  public mutating func add(chainHash: [UInt8]) { bytes = SHA256Digest.hash(bytes + chainHash) }
}
