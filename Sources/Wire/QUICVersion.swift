/// A QUIC version number (RFC 9000 §15), including those of Google QUIC.
public struct QUICVersion: RawRepresentable, Sendable, Hashable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let negotiation = QUICVersion(rawValue: 0)
  public static let version1 = QUICVersion(rawValue: 1)
  /// RFC 9369 §3.1.
  public static let version2 = QUICVersion(rawValue: 0x6b33_43cf)
  /// draft-ietf-quic-v2-01 and later drafts of version 2.
  package static let version2Draft = QUICVersion(rawValue: 0x709a_50c4)
  /// draft-ietf-quic-v2-00.
  package static let version2FirstDraft = QUICVersion(rawValue: 0xff02_0000)
  /// Google QUIC with the handshake in the clear.
  static let googleQ046 = QUICVersion(rawValue: 0x5130_3436)
  static let googleQ050 = QUICVersion(rawValue: 0x5130_3530)
  static let googleT050 = QUICVersion(rawValue: 0x5430_3530)
  static let googleT051 = QUICVersion(rawValue: 0x5430_3531)

  /// Number of the IETF draft: NN of 0xff0000NN.
  private var draft: UInt32? { rawValue >> 8 == 0xff_0000 ? rawValue & 0xff : nil }

  /// 0x?a?a?a?a, reserved to exercise version negotiation (RFC 9000 §15).
  var isReserved: Bool { rawValue & 0x0f0f_0f0f == 0x0a0a_0a0a }

  /// Initial packets of this version can be decrypted.
  var isReadable: Bool { !initialSalts.isEmpty }

  /// Salts of the Initial keys, the most likely first; empty if none is known.
  package var initialSalts: [QUICInitialSalt] {
    switch self {
    case .version1: return [.version1]
    case .version2: return [.version2]
    case .version2Draft, .version2FirstDraft: return [.version2Draft]
    case .googleQ050: return [.googleQ050]
    case .googleT050: return [.googleT050]
    case .googleT051: return [.googleT051]
    // Facebook's mvfst took over the salts of the drafts of its time.
    case QUICVersion(rawValue: 0xface_b001): return [.draft21]
    case QUICVersion(rawValue: 0xface_b002), QUICVersion(rawValue: 0xface_b00e): return [.draft23]
    default: break
    }
    // A client that forces version negotiation encrypts its packet as in the version that it will use next, which the
    // packet does not state.
    if isReserved { return [.version1, .draft29, .draft23] }
    switch draft {
    case .some(21...22): return [.draft21]
    case .some(23...28): return [.draft23]
    case .some(29...32): return [.draft29]
    case .some(33...34): return [.version1]
    default: return []
    }
  }

  /// The version has CRYPTO frames, but other frame types than RFC 9000: Google QUIC with TLS or QUIC Crypto.
  package var hasGoogleFrames: Bool { self == .googleQ050 || self == .googleT050 || self == .googleT051 }

  /// The packet types of the long header are numbered otherwise than in version 1 (RFC 9369 §3.2).
  var hasTurnedHeaders: Bool { self == .version2 || self == .version2Draft }
}

/// The salt from which a version derives the keys of its Initial packets (RFC 9001 §5.2).
package enum QUICInitialSalt: Int, CaseIterable, Sendable {
  /// RFC 9001 §5.2.
  case version1
  /// RFC 9369 §3.3.1.
  case version2
  /// draft-ietf-quic-v2-01 §3.3.1.
  case version2Draft
  /// draft-ietf-quic-tls-21 §5.2.
  case draft21
  /// draft-ietf-quic-tls-23 §5.2.
  case draft23
  /// draft-ietf-quic-tls-29 §5.2.
  case draft29
  /// Google's published sources.
  case googleQ050
  /// Google's published sources.
  case googleT050
  /// Google's published sources.
  case googleT051

  /// 20 bytes.
  package var bytes: [UInt8] {
    switch self {
    case .version1:
      return [
        0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb,
        0x7f, 0x0a,
      ]
    case .version2:
      return [
        0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd,
        0x2e, 0xd9,
      ]
    case .version2Draft:
      return [
        0xa7, 0x07, 0xc2, 0x03, 0xa5, 0x9b, 0x47, 0x18, 0x4a, 0x1d, 0x62, 0xca, 0x57, 0x04, 0x06, 0xea, 0x7a, 0xe3,
        0xe5, 0xd3,
      ]
    case .draft21:
      return [
        0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02,
        0x64, 0x4a,
      ]
    case .draft23:
      return [
        0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9,
        0xf5, 0x02,
      ]
    case .draft29:
      return [
        0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90,
        0xa8, 0x99,
      ]
    case .googleQ050:
      return [
        0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94, 0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5,
        0x6b, 0x45,
      ]
    case .googleT050:
      return [
        0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48,
        0x83, 0x10,
      ]
    case .googleT051:
      return [
        0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e,
        0x03, 0x3d,
      ]
    }
  }
}
