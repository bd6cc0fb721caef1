import Model

/// Service bindings (RFC 9460) and the configurations of Encrypted ClientHello in them.
extension DNSMessage {
  /// Keys of the parameters of a service binding (RFC 9460 §14.3.2).
  private enum ServiceParameter {
    /// `ipv4hint`.
    static let ipv4Hint = 4
    /// `ech` (RFC 9848 §3).
    static let encryptedClientHello = 5
    /// `ipv6hint`.
    static let ipv6Hint = 6
  }

  /// RFC 9460 §2.2: priority 2, target name, then parameters (key 2, length 2, value) in rising order of keys.
  ///
  /// - Returns: the target in AliasMode, from which the answers go on as from a CNAME; nil in ServiceMode.
  mutating func readServiceBinding(
    at start: Int, _ length: Int, _ timeToLive: UInt32, in message: RawSpan, _ pointers: inout Int
  ) throws(WireError) -> Name? {
    var reader = ByteReader(message.extracting(0..<start + length))
    try reader.skip(start, .dnsRecord)
    let priority = try reader.readUInt16(.dnsRecord)
    let target = try readName(&reader, in: message, &pointers)
    guard priority > 0 else {
      guard target.length > 0 else { return nil }
      guard aliasNames.count < DNSMessage.maximumAliases else { throw .tooMany(.dnsRecord) }
      aliasNames.append(target)
      return target
    }
    drop(target)
    var previous = -1
    while !reader.isAtEnd {
      let key = Int(try reader.readUInt16(.dnsRecord))
      guard key > previous else { throw .badValue(.dnsRecord) }
      previous = key
      let value = try reader.readBytes(Int(try reader.readUInt16(.dnsRecord)), .dnsRecord)
      switch key {
      case ServiceParameter.ipv4Hint:
        guard value.byteCount > 0, value.byteCount % 4 == 0 else { throw .badLength(.dnsRecord) }
        for offset in stride(from: 0, to: value.byteCount, by: 4) {
          try append(hint: IPAddress(v4: value.uint32(offset)), timeToLive)
        }
      case ServiceParameter.encryptedClientHello:
        let names = DNSMessage.publicNames(value)
        let known = ech?.publicNames ?? []
        let fresh = names.prefix(DNSMessage.maximumPublicNames - min(known.count, DNSMessage.maximumPublicNames))
        ech = EncryptedHelloConfigurations(publicNames: known + fresh, timeToLive: timeToLive)
      case ServiceParameter.ipv6Hint:
        guard value.byteCount > 0, value.byteCount % 16 == 0 else { throw .badLength(.dnsRecord) }
        for offset in stride(from: 0, to: value.byteCount, by: 16) {
          try append(hint: value.address(offset), timeToLive)
        }
      default: continue
      }
    }
    return nil
  }

  private mutating func append(hint: IPAddress, _ timeToLive: UInt32) throws(WireError) {
    guard addresses.count < DNSMessage.maximumRecords else { throw .tooMany(.dnsRecord) }
    addresses.append(Address(address: hint, timeToLive: timeToLive))
  }

  /// Most configurations that are read from one list; servers publish one or two.
  private static let maximumConfigurations = 8

  /// The public names of an ECHConfigList (RFC 9849 §4), as far as it is well-formed; configurations of other versions
  /// are skipped.
  private static func publicNames(_ list: RawSpan) -> [String] {
    var names: [String] = []
    var reader = ByteReader(list)
    do throws(WireError) {
      guard Int(try reader.readUInt16(.dnsRecord)) == reader.remaining else { return [] }
      while names.count < maximumConfigurations, !reader.isAtEnd {
        let version = try reader.readUInt16(.dnsRecord)
        var part = try reader.readPart(Int(try reader.readUInt16(.dnsRecord)), .dnsRecord)
        if version == 0xfe0d { names.append(try publicName(&part)) }
      }
    } catch {
      return names
    }
    return names
  }

  /// ECHConfigContents (RFC 9849 §4): key configuration (identifier 1, KEM 2, public key, cipher suites), maximum name
  /// length 1, public name.
  private static func publicName(_ reader: inout ByteReader) throws(WireError) -> String {
    try reader.skip(3, .dnsRecord)
    try reader.skip(Int(try reader.readUInt16(.dnsRecord)), .dnsRecord)
    try reader.skip(Int(try reader.readUInt16(.dnsRecord)), .dnsRecord)
    try reader.skip(1, .dnsRecord)
    let name = try reader.readBytes(Int(try reader.readUInt8(.dnsRecord)), .dnsRecord)
    guard name.byteCount > 0 else { throw .badLength(.dnsRecord) }
    return name.latin1Text()
  }
}
