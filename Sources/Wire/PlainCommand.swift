import Model

/// The meaning of a client's command line in FTP (RFC 959, 4217), SMTP (RFC 5321), POP3 (RFC 1939), IMAP (RFC 9051) or
/// NNTP (RFC 3977, 4643), as far as it identifies somebody.
public enum PlainCommand: Sendable, Equatable {
  /// Names a user; the line's second word.
  case userName
  case password
  /// Names a user and authenticates, such as `LOGIN` of IMAP.
  case login
  /// Begins an authentication whose parts may follow in lines of their own (SASL).
  case authentication
  /// Names the client's machine; the line's second word.
  case greeting
  /// A command that identifies nobody.
  case other

  /// A word of at most 16 bytes, in capitals: the first eight in `head`, the first of them in the highest byte; unused
  /// bytes are zero.
  private struct Word: Comparable {
    var head: UInt64 = 0
    var tail: UInt64 = 0
    var count = 0

    init() {}

    init(_ text: some StringProtocol) { for byte in text.utf8 { append(byte) } }

    /// Longest command and longest tag of IMAP, in bytes.
    static let longest = 16

    mutating func append(_ byte: UInt8) {
      if count < 8 {
        head |= UInt64(byte) << UInt64(56 - 8 * count)
      } else {
        tail |= UInt64(byte) << UInt64(120 - 8 * count)
      }
      count += 1
    }

    static func < (left: Word, right: Word) -> Bool { (left.head, left.tail) < (right.head, right.tail) }
  }

  /// Commands by their words, sorted: found without hashing, since a packet can hold hundreds of lines.
  private struct Words {
    private let entries: [(word: Word, command: PlainCommand)]

    init(_ named: [String: PlainCommand], others: [String]) {
      var entries = named.map { (word: Word($0.key), command: $0.value) }
      for word in others.flatMap({ $0.split(separator: " ") }) { entries.append((Word(word), .other)) }
      self.entries = entries.sorted { $0.word < $1.word }
    }

    subscript(word: Word) -> PlainCommand? {
      var (low, high) = (0, entries.count)
      while low < high {
        let middle = (low + high) / 2
        if entries[middle].word < word { low = middle + 1 } else { high = middle }
      }
      return low < entries.count && entries[low].word == word ? entries[low].command : nil
    }
  }

  private static let words = Words(
    [
      "USER": .userName, "PASS": .password, "ACCT": .password, "APOP": .login, "EHLO": .greeting, "HELO": .greeting,
      "LHLO": .greeting,
    ],
    others: [
      // FTP
      "ABOR ALLO APPE CCC CDUP CLNT CWD DELE EPRT EPSV FEAT HELP LANG LIST MDTM MFMT MKD MLSD MLST MODE NLST NOOP OPTS PASV",
      "PBSZ PORT PROT PWD QUIT REIN REST RETR RMD RNFR RNTO SITE SIZE SMNT STAT STOR STOU STRU SYST TYPE XCUP XCWD XMKD XPWD XRMD",
      // SMTP
      "BDAT DATA ETRN EXPN MAIL RCPT RSET STARTTLS TURN VRFY XCLIENT XFORWARD",
      // POP3
      "CAPA STLS TOP UIDL UTF8",
      // NNTP
      "ARTICLE BODY CAPABILITIES DATE GROUP HDR HEAD IHAVE LAST LISTGROUP NEWGROUPS NEWNEWS NEXT OVER POST XHDR XOVER",
    ])

  /// Commands of IMAP, which follow a tag (RFC 9051 §2.2.1).
  private static let taggedWords = Words(
    ["LOGIN": .login, "AUTHENTICATE": .authentication],
    others: [
      "APPEND CAPABILITY CHECK CLOSE COPY CREATE DELETE ENABLE EXAMINE EXPUNGE FETCH ID IDLE LIST LOGOUT LSUB MOVE NAMESPACE NOOP RENAME",
      "SEARCH SELECT STARTTLS STATUS STORE SUBSCRIBE UID UNSELECT UNSUBSCRIBE XLIST",
    ])

  private static let auth = Word("AUTH")
  /// Arguments of `AUTH` in FTP that begin TLS and do not authenticate (RFC 4217 §4).
  private static let changesToTLS = ["TLS", "SSL", "TLS-C", "TLS-P"].map { Word($0) }
  private static let authInfo = Word("AUTHINFO")
  private static let user = Word("USER")

  /// Nil for a line that begins with no command of these protocols. O(1): at most two short words are read.
  public init?(line: RawSpan) {
    var place = 0
    guard let first = PlainCommand.word(line, &place) else { return nil }
    let second = PlainCommand.word(line, &place)
    if first == PlainCommand.auth {
      self = second.map { PlainCommand.changesToTLS.contains($0) } == true ? .other : .authentication
    } else if first == PlainCommand.authInfo {
      self = second == PlainCommand.user ? .userName : .password
    } else if let command = PlainCommand.words[first] {
      self = command
    } else if let command = second.flatMap({ PlainCommand.taggedWords[$0] }) {
      self = command
    } else {
      return nil
    }
  }

  /// The next word, in capitals; nil if there is none, or if it cannot be a command.
  private static func word(_ line: RawSpan, _ place: inout Int) -> Word? {
    while place < line.byteCount, line.byte(place) == UInt8(ascii: " ") { place += 1 }
    var word = Word()
    while place < line.byteCount {
      let byte = line.byte(place)
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") { break }
      guard (UInt8(ascii: "!")...UInt8(ascii: "~")).contains(byte), word.count < Word.longest else { return nil }
      word.append(byte.isASCIILowercase ? byte & 0xdf : byte)
      place += 1
    }
    return word.count == 0 ? nil : word
  }
}
