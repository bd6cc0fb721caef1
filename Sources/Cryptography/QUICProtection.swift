internal import COpenSSL

/// Keys that protect one direction's QUIC Initial packets (RFC 9001 §5.1): anyone who sees the first packet can derive
/// them.
public struct QUICInitialKeys: Sendable, Equatable {
  /// Labels of the key derivation, which differ by version (RFC 9001 §5.1, RFC 9369 §3.3.2).
  public enum Labels: Sendable {
    case version1
    case version2

    fileprivate var expansions: Expansions { self == .version1 ? .version1 : .version2 }
  }

  /// The input of HKDF-Expand-Label for each key (RFC 8446 §7.1), made once, since it is the same for every connection.
  fileprivate struct Expansions {
    var key: [UInt8]
    var initialisationVector: [UInt8]
    var headerProtection: [UInt8]

    private init(_ prefix: String) {
      key = Expansions.information(prefix + "key", length: 16)
      initialisationVector = Expansions.information(prefix + "iv", length: 12)
      headerProtection = Expansions.information(prefix + "hp", length: 16)
    }

    static let version1 = Expansions("quic ")
    static let version2 = Expansions("quicv2 ")
    static let client = information("client in", length: 32)

    /// Length, label, empty context, and the number of the only block needed, 1.
    private static func information(_ label: String, length: UInt8) -> [UInt8] {
      let label = Array("tls13 \(label)".utf8)
      return [0, length, UInt8(label.count)] + label + [0, 1]
    }
  }

  let key: SIMD16<UInt8>
  /// The first 12 bytes.
  let initialisationVector: SIMD16<UInt8>
  let headerProtection: SIMD16<UInt8>

  /// Keys of the client's packets.
  ///
  /// - Parameters:
  ///   - salt: the 20 bytes that the version defines (RFC 9001 §5.2), as a key.
  ///   - connectionID: Destination Connection ID of the client's first Initial packet, 0 to 20 bytes.
  public init(salt: HMACSHA256Key, connectionID: RawSpan, labels: Labels) {
    let initialSecret = HMACSHA256Key(salt.code(of: connectionID))
    let client = HMACSHA256Key(initialSecret.code(of: Expansions.client.span.bytes))
    let expansions = labels.expansions
    key = client.code(of: expansions.key.span.bytes).lowHalf
    initialisationVector = client.code(of: expansions.initialisationVector.span.bytes).lowHalf
    headerProtection = client.code(of: expansions.headerProtection.span.bytes).lowHalf
  }
}

/// Decrypts QUIC packets that are protected with AES-128-GCM (RFC 9001 §5.3, §5.4).
///
/// It reuses libcrypto's contexts and the buffer for the decrypted packet: creating these for each packet would cost
/// more than decrypting it. An opener belongs to one thread.
public struct QUICPacketOpener: ~Copyable {
  /// AES-128-ECB of the header protection.
  private let headerContext: OpaquePointer
  /// AES-128-GCM of the payload.
  private let payloadContext: OpaquePointer
  /// Header and frames of the last decrypted packet.
  private var room = UnsafeMutableRawBufferPointer.allocate(byteCount: 2_048, alignment: 16)
  private var framesStart = 0
  private var framesEnd = 0

  private static let tagLength = 16

  public init() {
    headerContext = QUICPacketOpener.context("AES-128-ECB", isEncrypting: true)
    payloadContext = QUICPacketOpener.context("AES-128-GCM", isEncrypting: false)
  }

  deinit {
    EVP_CIPHER_CTX_free(headerContext)
    EVP_CIPHER_CTX_free(payloadContext)
    room.deallocate()
  }

  /// The frames of the last decrypted packet, valid until the next call of `open`.
  public var frames: RawSpan {
    @_lifetime(borrow self)
    get {
      // Safe: `framesStart` and `framesEnd` are within `room`, which lives as long as the opener and changes only with
      // `open`.
      let span = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: room[framesStart..<framesEnd]))
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Removes the header protection and decrypts the payload.
  ///
  /// - Parameters:
  ///   - packet: a packet with a long header, from its first byte to the last of its tag.
  ///   - packetNumberOffset: offset of the protected packet number in `packet`.
  ///   - checksReservedBits: the version requires that two bits of the first byte are zero (RFC 9000 §17.2). With wrong
  ///     keys, this refuses three packets of four before the payload is decrypted.
  /// - Returns: false if the keys do not fit; `frames` is empty then.
  /// - Complexity: linear in the length of `packet`.
  public mutating func open(
    _ packet: RawSpan, packetNumberOffset: Int, checksReservedBits: Bool, with keys: QUICInitialKeys
  ) -> Bool {
    framesStart = 0
    framesEnd = 0
    // RFC 9001 §5.4.2: the sample begins as if the packet number had four bytes.
    let sampleStart = packetNumberOffset + 4
    guard packetNumberOffset > 0, packet.byteCount >= sampleStart + 16 else { return false }
    let mask = headerMask(sample: packet.extracting(sampleStart..<sampleStart + 16), with: keys)
    let first = packet.unsafeLoad(as: UInt8.self) ^ mask[0] & 0x0f
    guard !checksReservedBits || first & 0x0c == 0 else { return false }
    let headerLength = packetNumberOffset + Int(first & 0x03) + 1
    let length = packet.byteCount - headerLength - QUICPacketOpener.tagLength
    guard length >= 0 else { return false }
    makeRoom(for: packet.byteCount)
    packet.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<headerLength])) }
    room[0] = first
    var number: UInt64 = 0
    for index in packetNumberOffset..<headerLength {
      room[index] ^= mask[1 + index - packetNumberOffset]
      number = number << 8 | UInt64(room[index])
    }
    guard decrypt(packet, headerLength: headerLength, length: length, number: number, with: keys) else { return false }
    framesStart = headerLength
    framesEnd = headerLength + length
    return true
  }

  /// The mask that hides the first byte and the packet number (RFC 9001 §5.4.3): AES-ECB of a sample of 16 bytes.
  private func headerMask(sample: RawSpan, with keys: QUICInitialKeys) -> SIMD16<UInt8> {
    // Room for one block more than is written, as EVP_EncryptUpdate requires.
    var output = SIMD32<UInt8>()
    var written: Int32 = 0
    let isDone = withUnsafeBytes(of: keys.headerProtection) { key in
      sample.withUnsafeBytes { sample in
        withUnsafeMutableBytes(of: &output) { output in
          EVP_EncryptInit_ex(headerContext, nil, nil, QUICPacketOpener.bytes(key), nil) == 1
            && EVP_EncryptUpdate(
              headerContext, QUICPacketOpener.bytes(output), &written, QUICPacketOpener.bytes(sample), 16) == 1
        }
      }
    }
    guard isDone, written == 16 else {
      fatalError("libcrypto failed to encrypt a block; check the installed OpenSSL and its configuration")
    }
    return output.lowHalf
  }

  /// Decrypts the payload into `room`, behind the header, which is authenticated too.
  private func decrypt(
    _ packet: RawSpan, headerLength: Int, length: Int, number: UInt64, with keys: QUICInitialKeys
  ) -> Bool {
    var nonce = keys.initialisationVector
    for index in 0..<8 { nonce[11 - index] ^= UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
    let header = QUICPacketOpener.bytes(UnsafeMutableRawBufferPointer(rebasing: room[..<headerLength]))
    let frames = QUICPacketOpener.bytes(UnsafeMutableRawBufferPointer(rebasing: room[headerLength...]))
    var written: Int32 = 0
    return withUnsafeBytes(of: keys.key) { key in
      withUnsafeBytes(of: nonce) { nonce in
        packet.withUnsafeBytes { packet in
          let sealed = QUICPacketOpener.bytes(UnsafeRawBufferPointer(rebasing: packet[headerLength...]))
          // libcrypto only reads the tag, although it takes a mutable pointer.
          let tag = UnsafeMutableRawPointer(mutating: packet.baseAddress! + headerLength + length)
          return EVP_DecryptInit_ex(
            payloadContext, nil, nil, QUICPacketOpener.bytes(key), QUICPacketOpener.bytes(nonce)) == 1
            && EVP_DecryptUpdate(payloadContext, nil, &written, header, Int32(headerLength)) == 1
            && EVP_DecryptUpdate(payloadContext, frames, &written, sealed, Int32(length)) == 1
            && EVP_CIPHER_CTX_ctrl(
              payloadContext, EVP_CTRL_AEAD_SET_TAG, Int32(QUICPacketOpener.tagLength), tag) == 1
            && EVP_DecryptFinal_ex(payloadContext, frames.map { $0 + length }, &written) == 1
        }
      }
    }
  }

  /// A packet is in one datagram, so `room` has at most 65,535 bytes.
  private mutating func makeRoom(for count: Int) {
    guard count > room.count else { return }
    room.deallocate()
    room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
  }

  /// A context with its cipher: looking the cipher up costs as much as decrypting a packet.
  private static func context(_ name: String, isEncrypting: Bool) -> OpaquePointer {
    guard let cipher = EVP_CIPHER_fetch(nil, name, nil) else {
      fatalError("libcrypto offers no \(name); check the installed OpenSSL and its configuration")
    }
    defer { EVP_CIPHER_free(cipher) }
    guard let context = EVP_CIPHER_CTX_new(),
      EVP_CipherInit_ex(context, cipher, nil, nil, nil, isEncrypting ? 1 : 0) == 1
    else { fatalError("libcrypto has no memory for \(name)") }
    return context
  }

  private static func bytes(_ buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
    buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
  }

  private static func bytes(_ buffer: UnsafeMutableRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
    buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
  }
}
