import Foundation
import TestSupport
import Testing

@Suite("Claims of whole sites, compared with what was really sent")
struct FieldTestTests {
  @Test("of twelve sites no claim holds wrongly, none fails wrongly, and all true claims of covered sites hold")
  func quick() throws {
    let run = try Tool.run(
      Project.root.appending(path: "scripts/field-test").path, ["--quick", "--binary", Program.path])
    #expect(run.code == 0, "\(run.text)")
    #expect(run.text.contains("seed 1, 12 sites, "), "\(run.text)")
    #expect(run.text.contains("; of 24 true claims of covered sites 0 not assessable"), "\(run.text)")
  }
}
