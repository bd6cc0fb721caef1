import Foundation
import TestSupport
import Testing

@Suite("Real clients in network namespaces")
struct NetlabTests {
  @Test(
    "what curl, openssl, Chromium, ngtcp2 and others do stands in the tables as they did it, and each fault is told",
    .enabled(if: NetworkNamespace.isPermitted, Comment(rawValue: NetworkNamespace.requirement)))
  func scenarios() throws {
    let run = try Tool.run(Project.root.appending(path: "scripts/netlab").path, ["test", "--binary", Program.path])
    #expect(run.code == 0 && run.text.hasSuffix("\nall as expected\n"), "\(run.text)")
  }
}
