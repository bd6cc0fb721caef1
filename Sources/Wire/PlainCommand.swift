import Model

/// What a client says with one line of FTP (RFC 959, 4217), SMTP (RFC 5321), POP3 (RFC 1939), IMAP (RFC 9051) or NNTP (RFC 4643, 5536).
public enum PlainCommand: Sendable, Equatable {
  /// Names a user; the line's second word.
  case userName
  case password
  /// Names a user and proves it, such as IMAP's `LOGIN`.
  case login
  /// Begins a proof whose parts may follow in lines of their own (SASL).
  case authentication
  /// Names the client's machine; the line's second word.
  case greeting
  /// Neither of these.
  case other

  private static let words: [String: PlainCommand] = {
    var words: [String: PlainCommand] = [
      "USER": .userName, "PASS": .password, "ACCT": .password, "APOP": .login, "EHLO": .greeting, "HELO": .greeting,
      "LHLO": .greeting,
    ]
    let others = [
      // FTP
      "ABOR ALLO APPE CCC CDUP CLNT CWD DELE EPRT EPSV FEAT HELP LANG LIST MDTM MFMT MKD MLSD MLST MODE NLST NOOP OPTS PASV",
      "PBSZ PORT PROT PWD QUIT REIN REST RETR RMD RNFR RNTO SITE SIZE SMNT STAT STOR STOU STRU SYST TYPE XCUP XCWD XMKD XPWD XRMD",
      // SMTP
      "BDAT DATA ETRN EXPN MAIL RCPT RSET STARTTLS TURN VRFY XCLIENT XFORWARD",
      // POP3
      "CAPA DELE RETR STLS TOP UIDL UTF8",
      // NNTP
      "ARTICLE BODY CAPABILITIES DATE GROUP HDR HEAD IHAVE LAST LISTGROUP NEWGROUPS NEWNEWS NEXT OVER POST XHDR XOVER",
    ]
    for word in others.flatMap({ $0.split(separator: " ") }) { words[String(word)] = .other }
    return words
  }()

  /// Behind the tag of an IMAP command (RFC 9051 §2.2.1).
  private static let taggedWords: [String: PlainCommand] = {
    var words: [String: PlainCommand] = ["LOGIN": .login, "AUTHENTICATE": .authentication]
    let others =
      "APPEND CAPABILITY CHECK CLOSE COPY CREATE DELETE ENABLE EXAMINE EXPUNGE FETCH ID IDLE LIST LOGOUT LSUB MOVE NAMESPACE NOOP RENAME SEARCH SELECT STARTTLS STATUS STORE SUBSCRIBE UID UNSELECT UNSUBSCRIBE XLIST"
    for word in others.split(separator: " ") { words[String(word)] = .other }
    return words
  }()

  /// Longest command and longest tag; others are none.
  private static let longestWord = 16

  /// Nil for a line that begins no command of these protocols. O(1): at most three short words are looked at.
  public init?(line: RawSpan) {
    var place = 0
    guard let first = PlainCommand.word(line, &place) else { return nil }
    let second = PlainCommand.word(line, &place)
    switch (first, second) {
    // RFC 4217 §4: a change to TLS, not a proof.
    case ("AUTH", "TLS"?), ("AUTH", "SSL"?), ("AUTH", "TLS-C"?), ("AUTH", "TLS-P"?): self = .other
    case ("AUTH", _): self = .authentication
    case ("AUTHINFO", "USER"?): self = .userName
    case ("AUTHINFO", _): self = .password
    default:
      if let command = PlainCommand.words[first] {
        self = command
      } else if let command = second.flatMap({ PlainCommand.taggedWords[$0] }) {
        self = command
      } else {
        return nil
      }
    }
  }

  /// The next word in capitals; nil where there is none, or none of a command's form.
  private static func word(_ line: RawSpan, _ place: inout Int) -> String? {
    while place < line.byteCount, line.byte(place) == UInt8(ascii: " ") { place += 1 }
    var word = ""
    while place < line.byteCount, !" \r\n".utf8.contains(line.byte(place)) {
      let byte = line.byte(place)
      guard (UInt8(ascii: "!")...UInt8(ascii: "~")).contains(byte), word.utf8.count < longestWord else { return nil }
      word.unicodeScalars.append(Unicode.Scalar(byte.isASCIILowercase ? byte & 0xdf : byte))
      place += 1
    }
    return word.isEmpty ? nil : word
  }
}
