import Model

/// Finds which classes of identifiers a clear-text request head carries; the values are looked at, never kept.
public enum IdentifierInspector {
  /// - Parameter head: request line and fields of an HTTP/1 request, possibly cut.
  /// - Complexity: linear in the length of `head`.
  public static func classes(inRequestHead head: [UInt8]) -> Set<IdentifierClass> {
    var classes: Set<IdentifierClass> = []
    var isRequestLine = true
    for rawLine in head.split(separator: 0x0a, omittingEmptySubsequences: false) {
      let line = rawLine.last == 0x0d ? rawLine.dropLast() : rawLine
      if isRequestLine {
        isRequestLine = false
        classes.formUnion(classesOfValue(line))
        continue
      }
      guard let colon = line.firstIndex(of: 0x3a) else { continue }
      let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
      let value = line[line.index(after: colon)...]
      guard value.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
      switch name {
      case "cookie": classes.insert(.cookie)
      case "user-agent": classes.insert(.userAgent)
      case "authorization", "proxy-authorization": classes.insert(.accountCredential)
      case _ where credentialFields.contains(name): classes.insert(.accountCredential)
      case _ where deviceFields.contains(name): classes.insert(.deviceIdentifier)
      default: classes.formUnion(classesOfValue(value))
      }
    }
    return classes
  }

  /// Ticket fields of the vendor's own upload protocol.
  private static let credentialFields: Set<String> = [
    "authmsadeviceticket", "authxtoken", "aad-token", "aad-jwt-token", "aaddevicetoken", "tickets",
  ]
  private static let deviceFields: Set<String> = [
    "x-device-id", "x-deviceid", "device-id", "deviceid", "x-machine-id", "machineid", "x-client-id", "ms-cv-device",
    "x-ms-deviceid", "msa-deviceticket",
  ]

  private static func classesOfValue(_ value: ArraySlice<UInt8>) -> Set<IdentifierClass> {
    var classes: Set<IdentifierClass> = []
    if holdsEmailAddress(value) { classes.insert(.emailAddress) }
    if holdsGUID(value) { classes.insert(.deviceIdentifier) }
    return classes
  }

  /// `local@domain.tld`, the `@` also as `%40`.
  private static func holdsEmailAddress(_ value: ArraySlice<UInt8>) -> Bool {
    var index = value.startIndex
    while index < value.endIndex {
      var after: Int?
      if value[index] == 0x40 {
        after = index + 1
      } else if index + 2 < value.endIndex, value[index] == 0x25, value[index + 1] == 0x34, value[index + 2] == 0x30 {
        after = index + 3
      }
      if let after, index > value.startIndex, isWordByte(value[index - 1]) {
        var end = after
        var dots = 0
        while end < value.endIndex, isWordByte(value[end]) {
          if value[end] == 0x2e { dots += 1 }
          end += 1
        }
        // Two letters at least behind the last dot.
        if dots > 0, end - after >= 4, let dot = value[after..<end].lastIndex(of: 0x2e), end - dot > 2 { return true }
        index = max(end, index + 1)
      } else {
        index += 1
      }
    }
    return false
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == 0x2e || byte == 0x2d || byte == 0x5f
  }

  private static func holdsGUID(_ value: ArraySlice<UInt8>) -> Bool {
    var group = 0
    var digits = 0
    let lengths = [8, 4, 4, 4, 12]
    for byte in value {
      let isHexadecimal = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
      if isHexadecimal {
        digits += 1
        if group == 4 && digits == 12 { return true }
      } else if byte == 0x2d {
        // Only the last eight digits before the first dash count: text may stand before them.
        let fits = group == 0 ? digits >= 8 : digits == lengths[group]
        group = fits ? group + 1 : (digits >= 8 ? 1 : 0)
        if group > 4 { group = digits >= 8 ? 1 : 0 }
        digits = 0
      } else {
        group = 0
        digits = 0
      }
    }
    return false
  }
}
