import ArgumentParser
import Glibc
import Model
import Reporting
import Rules
import Store

/// Messages for people go to standard error, data to standard output.
///
/// In both, control characters are escaped, since texts may come from a store or a file that others wrote.
enum Terminal {
  static func say(_ text: String) { write(text + "\n") }

  static func say(_ notices: [OverrideNotice]) {
    for notice in notices {
      say("egressaudit: \(HelpTexts.Rules.noticeWord(isWarning: notice.state == .expired).said): \(notice.text.said)")
    }
  }

  /// Names the unfinished audits; every verb that reads sessions calls it.
  static func sayUnfinished(in sessions: [CaptureSession]) {
    for sentence in UnfinishedAudits.sentences(sessions, language: Language.current) { say("egressaudit: \(sentence)") }
  }

  static func write(_ text: String) { draw(printable(text, keepingLines: true)) }

  /// Writes the program's own text, which may move the cursor; never text from outside.
  static func draw(_ text: String) { put(text, to: STDERR_FILENO) }

  /// Writes data as text, completely.
  static func output(_ text: String) { put(printable(text, keepingLines: true), to: STDOUT_FILENO) }

  /// Writes a piece of data, for output that is too long for memory. Throws if the reader has closed the pipe.
  static func output(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw ExitCode(3) }
      rest = rest.dropFirst(written)
    }
  }

  /// A line that is typed at the terminal without being shown; nil if there is no terminal.
  static func secret(_ prompt: String) -> [UInt8]? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var earlier = termios()
    guard tcgetattr(terminal, &earlier) == 0 else { return nil }
    var silent = earlier
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer {
      tcsetattr(terminal, TCSAFLUSH, &earlier)
      put("\n", to: terminal)
    }
    put(prompt, to: terminal)
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n"), line.count < 4_096 { line.append(byte) }
    return line
  }

  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

  private static func put(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var offset = 0
      while offset < bytes.count {
        let written = Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
        if written < 0 && errno != EINTR { return }
        offset += max(written, 0)
      }
    }
  }
}
