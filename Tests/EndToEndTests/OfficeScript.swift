import Foundation
import TestSupport

extension TemporaryDirectory {
  /// A file that begins like a workbook, and an environment whose LibreOffice is a script; `$outdir` is where it puts sheets.
  func workbook(_ script: String) throws -> (file: String, environment: [String: String]) {
    for name in ["bin", "tmp"] {
      try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: false)
    }
    try Data([0x50, 0x4b, 0x03, 0x04]).write(to: URL(fileURLWithPath: path("book.ods")))
    let office = path("bin/soffice")
    let text = """
      #!/bin/sh
      while [ "$1" != --outdir ]; do shift; done
      outdir=$2
      \(script)

      """
    try text.write(toFile: office, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: office)
    return (
      path("book.ods"), ["PATH": path("bin") + ":/usr/bin:/bin", "TMPDIR": path("tmp")]
    )
  }
}
