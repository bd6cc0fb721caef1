public import Cryptography
public import Model

/// What the sealed part keeps of a flow that has a row of evidence: exact times, the device's addresses, and the name
/// as it was sent.
///
/// It is made from a captured flow, lives in the memory of the writer, and leaves it inside envelopes alone.
public struct ExactFlow: Sendable, Equatable {
  public let start: Timestamp
  public let end: Timestamp
  public let device: DeviceIdentity
  public let originator: IPAddress
  public let originatorPort: UInt16
  public let responder: IPAddress
  public let responderPort: UInt16
  public let transport: TransportProtocol
  /// Each byte of the wire is one scalar U+0000 to U+00FF; nil if the flow has no name.
  public let name: String?

  public init(of record: FlowRecord) {
    start = record.start
    end = record.end
    device = record.device
    originator = record.originator
    originatorPort = record.originatorPort
    responder = record.responder
    responderPort = record.responderPort
    transport = record.transport
    name = record.name?.name
  }
}

/// Who can open the sealed part: both the data protection officer and the works council, one after the other; in an
/// emergency also the holder of a third key.
public struct SealedPartRecipients: Sendable, Equatable {
  public var dataProtectionOfficer: EnvelopeCertificate
  public var worksCouncil: EnvelopeCertificate
  public var emergency: EnvelopeCertificate?

  public init(
    dataProtectionOfficer: EnvelopeCertificate, worksCouncil: EnvelopeCertificate, emergency: EnvelopeCertificate?
  ) {
    self.dataProtectionOfficer = dataProtectionOfficer
    self.worksCouncil = worksCouncil
    self.emergency = emergency
  }

  public var keys: SealedPartKeys {
    SealedPartKeys(
      dataProtectionOfficer: hexadecimal(dataProtectionOfficer.keyDigest),
      worksCouncil: hexadecimal(worksCouncil.keyDigest), emergency: emergency.map { hexadecimal($0.keyDigest) })
  }

  /// Seals the flows of one day (UTC, since 1970), each with its place in the evidence chain; nil if libcrypto refuses.
  public func seal(_ flows: [(place: Int64, flow: ExactFlow)], day: Int64) -> EnvelopedBlock? {
    let text = SealedPartText.text(of: flows)
    guard let inner = Envelope.seal(Array(text.utf8), to: [worksCouncil] + (emergency.map { [$0] } ?? [])),
      let outer = Envelope.seal(inner, to: [dataProtectionOfficer] + (emergency.map { [$0] } ?? []))
    else { return nil }
    return EnvelopedBlock(day: day, keys: keys, content: outer)
  }
}

/// Exact flows of one day in two envelopes, one inside the other.
public struct EnvelopedBlock: Sendable, Equatable {
  /// In UTC since 1970.
  public let day: Int64
  public let keys: SealedPartKeys
  /// CMS in DER: for the data protection officer, and in it for the works council.
  public let content: [UInt8]

  package init(day: Int64, keys: SealedPartKeys, content: [UInt8]) {
    self.day = day
    self.keys = keys
    self.content = content
  }
}

/// The text inside the envelopes: lines of values that are separated by tabs, so that whoever opens them by `openssl`
/// can read them.
public enum SealedPartText {
  public static let title = "egressaudit sealed part v1"
  /// `flow` is the place of the flow's entry in the evidence chain; times are in UTC.
  public static let columns = [
    "flow", "start", "end", "device", "client", "client_port", "server", "server_port", "transport", "name",
  ]

  static func text(of flows: [(place: Int64, flow: ExactFlow)]) -> String {
    var text = title + "\n" + columns.joined(separator: "\t") + "\n"
    for (place, flow) in flows {
      let device =
        switch flow.device {
        case .hardware(let address): address.description
        case .address(let address): address.description
        }
      let cells: [String] = [
        String(place), exact(flow.start), exact(flow.end), device, flow.originator.description,
        String(flow.originatorPort), flow.responder.description, String(flow.responderPort),
        flow.transport.description, flow.name.map(escaped) ?? "",
      ]
      text += cells.joined(separator: "\t") + "\n"
    }
    return text
  }

  /// A flow in the text.
  public struct Row: Sendable, Equatable {
    /// Place of its entry in the evidence chain.
    public var place: Int64
    /// In the order of `columns`, the place included.
    public var cells: [String]
  }

  /// The rows of a text; nil for a text of another form.
  public static func rows(of text: [UInt8]) -> [Row]? {
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, lines[0] == title, lines[1] == columns.joined(separator: "\t"), lines.last == "" else {
      return nil
    }
    var rows: [Row] = []
    for line in lines.dropFirst(2).dropLast() {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == columns.count, let place = Int64(cells[0]), place > 0 else { return nil }
      rows.append(Row(place: place, cells: cells))
    }
    return rows
  }

  private static func exact(_ time: Timestamp) -> String {
    let fraction = String(time.nanoseconds - time.seconds * 1_000_000_000)
    return time.isoText.dropLast() + "." + String(repeating: "0", count: 9 - fraction.utf8.count) + fraction + "Z"
  }

  /// The name with blanks, `%` and bytes that are not printable ASCII as `%` and two hexadecimal digits.
  private static func escaped(_ name: String) -> String {
    name.unicodeScalars.reduce(into: "") { text, scalar in
      if (0x21...0x7e).contains(scalar.value), scalar != "%" {
        text.unicodeScalars.append(scalar)
      } else {
        for byte in scalar.value < 0x100 ? [UInt8(scalar.value)] : Array(String(scalar).utf8) {
          text += "%" + hexadecimal([byte])
        }
      }
    }
  }
}

/// A private key of the sealed part, read from a file.
public final class SealedPartKey {
  private let key: EnvelopeKey
  /// As in `SealedPartKeys`.
  public var digest: String { hexadecimal(key.publicKeyDigest) }

  /// - Parameters:
  ///   - path: a PEM file that its owner alone may read.
  ///   - passphrase: called only if the key is encrypted; returns nil if there is none.
  public init(path: String, passphrase: () throws -> [UInt8]?) throws {
    let pem = try KeyFile.contents(path: path, of: .sealedPart)
    let secret = EnvelopeKey.isEncrypted(pem: pem) ? try passphrase() : nil
    do throws(EnvelopeKey.Fault) {
      key = try EnvelopeKey(pem: pem, passphrase: secret)
    } catch {
      throw SealedPartKeyFault(path: path, fault: error)
    }
  }

  /// The first line of a file that its owner alone may read. Throws `KeyFileError`.
  public static func passphrase(inFile path: String) throws(KeyFileError) -> [UInt8] {
    Array(try KeyFile.contents(path: path, of: .passphrase).prefix { $0 != 0x0a && $0 != 0x0d })
  }

  /// The content of an envelope; nil if it was changed, or is addressed to other keys.
  public func open(_ envelope: [UInt8]) -> [UInt8]? { key.open(envelope) }
}

/// Why a file contains no usable private key of the sealed part.
public struct SealedPartKeyFault: BilingualError, Equatable {
  public var path: String
  public var fault: EnvelopeKey.Fault
}
