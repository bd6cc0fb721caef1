import Model

/// Finds values by the names before them: `user=…`, `"deviceId": …`, `<Password>…`, `name="login"`.
enum NamedValues {
  /// O(bytes of `text`).
  static func inspect(_ text: ArraySlice<UInt8>, _ found: inout Set<IdentifierClass>) {
    var index = text.startIndex
    while index < text.endIndex {
      guard isNameByte(text[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < text.endIndex, isNameByte(text[index]) { index += 1 }
      guard index - start <= longestName else { continue }
      var end = index
      let sign = nextSign(text, &end)
      guard sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") || sign == UInt8(ascii: ">") else { continue }
      let name = text[start..<index]
      guard let identifier = identifier(named: name) else { continue }
      if let identifier, isValue(text, from: end) { found.insert(identifier) }
      // `name="login"` of a multipart form: the quoted word is the name, and the value follows.
      if identifier == nil { noteFormPart(text, from: end, &found) }
    }
  }

  /// Class of a value with this name; nil if the name is not known, `.some(nil)` for the word `name` itself.
  private static func identifier(named name: ArraySlice<UInt8>) -> IdentifierClass?? {
    let plain = plainName(name)
    if plain == "name" { return .some(nil) }
    return classes[plain].map { .some($0) }
  }

  /// The class of a header field or another value by its name; nil for names without a class.
  static func identifierClass(named name: ArraySlice<UInt8>) -> IdentifierClass? {
    name.count <= longestName ? classes[plainName(name)] : nil
  }

  /// Lower case, without punctuation between words.
  private static func plainName(_ name: ArraySlice<UInt8>) -> String {
    String(
      decoding: name.lazy.filter { $0.isASCIIAlphanumeric }.map { $0.asciiLowercased },
      as: UTF8.self)
  }

  private static let longestName = 32

  /// The character that ends a name, and the index after it and the blanks around it.
  private static func nextSign(_ text: ArraySlice<UInt8>, _ index: inout Int) -> UInt8? {
    // A quotation mark, escaped if JSON is within a JSON string, or `%22`.
    var blanks = 0
    while index < text.endIndex, blanks < 4, " \"'\\".utf8.contains(text[index]) {
      index += 1
      blanks += 1
    }
    guard index < text.endIndex else { return nil }
    let sign = text[index]
    index += 1
    return sign
  }

  /// Whether a value that can belong to a person begins here: not the bracket of a structure, nor a word such as
  /// `null`.
  private static func isValue(_ text: ArraySlice<UInt8>, from start: Int) -> Bool {
    var index = start
    var blanks = 0
    while index < text.endIndex, blanks < 4, " \"'\\".utf8.contains(text[index]) {
      index += 1
      blanks += 1
    }
    let begin = index
    while index < text.endIndex, index - begin < 12, !isEndOfValue(text[index]) { index += 1 }
    guard index > begin, !"{[(".utf8.contains(text[begin]) else { return false }
    return !nothings.contains(String(decoding: text[begin..<index], as: UTF8.self).lowercased())
  }

  private static func isEndOfValue(_ byte: UInt8) -> Bool {
    byte < UInt8(ascii: "!") || "\"&',;<\\]}".utf8.contains(byte)
  }

  private static func noteFormPart(_ text: ArraySlice<UInt8>, from start: Int, _ found: inout Set<IdentifierClass>) {
    guard start < text.endIndex, text[start] == UInt8(ascii: "\"") else { return }
    var end = start + 1
    while end < text.endIndex, isNameByte(text[end]), end - start <= longestName { end += 1 }
    guard end < text.endIndex, text[end] == UInt8(ascii: "\""),
      let identifier = classes[plainName(text[start + 1..<end])]
    else {
      return
    }
    // RFC 7578 §4.2: the empty line, then the value.
    var value = end + 1
    while value < text.endIndex, value - end <= 5,
      text[value] == UInt8(ascii: "\r") || text[value] == UInt8(ascii: "\n")
    { value += 1 }
    if value > end + 2, isValue(text, from: value) { found.insert(identifier) }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isASCIIAlphanumeric || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  private static let nothings: Set<String> = [
    "", "-", "0", "false", "guest", "n/a", "nil", "no", "none", "null", "true", "undefined", "unknown", "yes",
  ]

  /// By names in lower case without punctuation.
  private static let classes: [String: IdentifierClass] = {
    let names: [(IdentifierClass, String)] = [
      (
        .userName,
        "user username userid uid login loginname loginid logonname account accountname accountid upn userprincipalname samaccountname firstname lastname surname givenname fullname displayname realname nickname employeeid personid windowsuser"
      ),
      (
        .deviceIdentifier,
        "adid advertisingid androidid computerid computername devicename deviceid deviceserial deviceserialnumber fqdn gaid hardwareid hostid hostname hwid idfa idfv imei imsi installationid installid machineguid machineid machinename macaddress msisdn nodename pcname serialnumber terminalid udid workstation xdeviceid xmachineid xclientid clientid msdeviceid mscvdevice xmsdeviceid msadeviceticket"
      ),
      (
        .accountCredential,
        "password passwd passwort pwd passphrase accesstoken apikey apitoken authtoken bearertoken clientsecret idtoken privatekey refreshtoken secret sessionid sessionkey sessiontoken sid token authmsadeviceticket authxtoken aadtoken aadjwttoken aaddevicetoken tickets xapikey xauthtoken"
      ),
    ]
    var classes: [String: IdentifierClass] = [:]
    for (identifier, words) in names {
      for word in words.split(separator: " ") { classes[String(word)] = identifier }
    }
    return classes
  }()
}
