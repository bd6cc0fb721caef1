import Cryptography
public import Model

/// Names of devices in one export: the same export made again names them the same, exports of other periods share no name.
public struct ExportTokens: Sendable {
  private let key: [UInt8]

  /// `exportSalt` as the store keeps it; see `PseudonymKey.exportSalt`.
  public init(exportSalt: [UInt8], site: String, period: Range<Hour>) {
    let info = "egressaudit export token v1|\(site)|\(period.lowerBound.sinceEpoch)|\(period.upperBound.sinceEpoch)"
    key = HKDFSHA256.derive(from: exportSalt, info: Array(info.utf8))
  }

  /// `D-` and 12 hexadecimal digits.
  public func token(for device: DevicePseudonym) -> String {
    "D-" + hexadecimal(HMACSHA256.code(of: device.bytes, key: key).prefix(6))
  }
}
