import Capture
import Glibc
import Model

/// Lines for the journal on standard error: the priority as `<N>` (sd-daemon(3)), the event, then `key=value`.
///
/// No line contains an address, a name from the network or anything else that was captured.
enum ServiceLog {
  enum Priority: Int {
    case error = 3
    case warning = 4
    case notice = 5
    case information = 6
  }

  static func write(
    _ priority: Priority, _ event: String, _ fields: KeyValuePairs<String, any CustomStringConvertible> = [:]
  ) {
    var line = line(priority, event, fields)
    // One call for each line, so that lines of several threads do not mix.
    line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  static func line(
    _ priority: Priority, _ event: String, _ fields: KeyValuePairs<String, any CustomStringConvertible>
  ) -> String {
    fields.reduce("<\(priority.rawValue)>event=\(event)") { "\($0) \($1.key)=\(value($1.value.description))" } + "\n"
  }

  /// In quotes unless it is one plain word; a line break would begin another entry.
  private static func value(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" && $0 != "\\" && !$0.isHidden }
    guard !isPlain else { return text }
    let escaped = text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "; "
      case let other where other.isHidden: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return "\"\(escaped)\""
  }

  /// Logs changes of interfaces.
  static func write(_ changes: [CaptureInterfaces.Change]) {
    for change in changes {
      let name = change.interface
      switch change.state {
      case .capturing:
        let number = change.linkType?.rawValue ?? -1
        write(.notice, "interface_capturing", ["interface": name, "link_type": number])
        if change.linkType?.isSupported == false {
          write(
            .error, "link_type_not_read", ["interface": name, "link_type": number, "next": "capture another interface"])
        }
        if change.isFilteredByProgram {
          write(
            .warning, "filter_not_in_kernel", ["interface": name, "next": "shorten it, or raise net.core.optmem_max"])
        }
      case .down: write(.warning, "interface_down", ["interface": name])
      case .missing: write(.warning, "interface_missing", ["interface": name])
      case .refused(let error): write(.error, "interface_refused", ["interface": name, "reason": error])
      }
    }
  }
}
