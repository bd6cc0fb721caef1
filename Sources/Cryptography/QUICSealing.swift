internal import COpenSSL

extension QUICInitialKeys {
  /// Encrypts an Initial packet of the client (RFC 9001 §5.3, §5.4).
  ///
  /// - Parameters:
  ///   - header: the unprotected header, up to and including a packet number of 4 bytes.
  ///   - frames: the frames, at least 4 bytes, padded by the caller.
  ///   - number: the packet number, as in `header`.
  /// - Complexity: linear in the length of `frames`.
  public func sealed(header: [UInt8], frames: [UInt8], number: UInt32) -> [UInt8] {
    var nonce = initialisationVector
    for index in 0..<4 { nonce[11 - index] ^= UInt8(truncatingIfNeeded: number >> UInt32(8 * index)) }
    let payload = encrypted("AES-128-GCM", key: key, nonce: nonce, authenticating: header, frames, tagLength: 16)
    let start = header.count - 4
    // RFC 9001 §5.4.2: after a packet number of 4 bytes, the sample begins with the payload.
    let mask = encrypted(
      "AES-128-ECB", key: headerProtection, nonce: nil, authenticating: [], Array(payload[..<16]), tagLength: 0)
    var packet = header + payload
    packet[0] ^= mask[0] & 0x0f
    for index in 0..<4 { packet[start + index] ^= mask[1 + index] }
    return packet
  }

  private func encrypted(
    _ name: String, key: SIMD16<UInt8>, nonce: SIMD16<UInt8>?, authenticating header: [UInt8], _ text: [UInt8],
    tagLength: Int
  ) -> [UInt8] {
    guard let cipher = EVP_CIPHER_fetch(nil, name, nil), let context = EVP_CIPHER_CTX_new() else {
      fatalError("libcrypto offers no \(name); check the installed OpenSSL and its configuration")
    }
    defer {
      EVP_CIPHER_free(cipher)
      EVP_CIPHER_CTX_free(context)
    }
    let keyBytes = (0..<16).map { key[$0] }
    let nonceBytes = nonce.map { nonce in (0..<12).map { nonce[$0] } }
    // Room for one block more than is written, as EVP_EncryptUpdate requires.
    var output = [UInt8](repeating: 0, count: text.count + 16)
    var tag = [UInt8](repeating: 0, count: tagLength)
    var written: Int32 = 0
    var isDone =
      EVP_EncryptInit_ex(context, cipher, nil, keyBytes, nonceBytes) == 1
      && EVP_CIPHER_CTX_set_padding(context, 0) == 1
    if !header.isEmpty {
      isDone = isDone && EVP_EncryptUpdate(context, nil, &written, header, Int32(header.count)) == 1
    }
    isDone = isDone && EVP_EncryptUpdate(context, &output, &written, text, Int32(text.count)) == 1
    let length = Int(written)
    var rest = [UInt8](repeating: 0, count: 32)
    isDone = isDone && EVP_EncryptFinal_ex(context, &rest, &written) == 1
    if tagLength > 0 {
      isDone = isDone && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag) == 1
    }
    guard isDone, length == text.count else {
      fatalError("libcrypto failed to encrypt; check the installed OpenSSL and its configuration")
    }
    return output[..<length] + tag
  }
}
