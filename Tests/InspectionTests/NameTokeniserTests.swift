import Inspection
import Testing

@Suite("Personal parts of host names become tokens")
struct NameTokeniserTests {
  @Test(
    "labels under a personal star become one token",
    arguments: [
      ("contoso-my.sharepoint.com", "*.sharepoint.com", "{tenant}.sharepoint.com"),
      ("a.b.SharePoint.com", "*.sharepoint.com", "{tenant}.sharepoint.com"),
      ("eu.contoso.example.net", "eu.*.example.net", "eu.{tenant}.example.net"),
      ("contoso-auth.example.net", "*-auth.example.net", "{tenant}.example.net"),
    ])
  func personal(name: String, pattern: String, expected: String) {
    #expect(NameTokeniser.tokenise(name, pattern: pattern, personalLabel: "tenant") == expected)
  }

  @Test(
    "labels that resemble an identifier become {id}; others are kept",
    arguments: [
      ("V10.events.data.microsoft.com", "*.events.data.microsoft.com", "v10.events.data.microsoft.com"),
      ("deadbeef0123456789.example.net", "*.example.net", "{id}.example.net"),
      ("6f9619ff-8b86-d011-b42d-00cf4fc964ff.example.net", "*.example.net", "{id}.example.net"),
      ("pc1234567.example.net", "*.example.net", "{id}.example.net"),
      ("erika-muster-pc.example.net", "*.example.net", "{id}.example.net"),
      ("DESKTOP-7F3K2A1.example.net", "*.example.net", "{id}.example.net"),
      ("pc.example.net", "*.example.net", "pc.example.net"),
      ("eu-pcs.example.net", "*.example.net", "eu-pcs.example.net"),
      ("feed.cafe.example.net", "*.example.net", "feed.cafe.example.net"),
      ("deadbeef0123456789.example.net", "deadbeef0123456789.example.net", "deadbeef0123456789.example.net"),
      ("deadbeef0123456789.example.net", "192.0.2.0/24", "{id}.example.net"),
    ])
  func identifiers(name: String, pattern: String, expected: String) {
    #expect(NameTokeniser.tokenise(name, pattern: pattern, personalLabel: nil) == expected)
  }

  @Test("odd names neither trap nor lose their odd bytes")
  func oddNames() {
    #expect(NameTokeniser.tokenise("", pattern: "*.example.net", personalLabel: nil) == "")
    #expect(NameTokeniser.tokenise("..", pattern: "*", personalLabel: nil) == "..")
    #expect(NameTokeniser.tokenise("\u{e9}\0.net", pattern: "*.net", personalLabel: nil) == "\u{e9}\0.net")
  }
}
