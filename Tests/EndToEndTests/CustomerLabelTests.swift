import Inspection
import Model
import Rules
import Testing

@Suite("Labels that customers chose are not in exported names")
struct CustomerLabelTests {
  @Test(
    "under the shipped rules",
    arguments: [
      ("mustermann.blob.core.windows.net", "{tenant}.blob.core.windows.net"),
      ("stadtkasse.queue.core.windows.net", "{tenant}.queue.core.windows.net"),
      ("stadtkasse.z6.web.core.windows.net", "{tenant}.web.core.windows.net"),
      ("rathaus.azureedge.net", "{tenant}.azureedge.net"),
      ("rathaus.trafficmanager.net", "{tenant}.trafficmanager.net"),
      ("sozialamt.servicebus.windows.net", "{tenant}.servicebus.windows.net"),
      ("erika-muster-pc.westeurope.cloudapp.azure.com", "{tenant}.cloudapp.azure.com"),
      ("musterstadt.teamviewer.com", "{tenant}.teamviewer.com"), ("o123456.ingest.sentry.io", "{tenant}.sentry.io"),
      ("musterstadt.sharepoint.com", "{tenant}.sharepoint.com"),
      ("musterstadt-my.sharepoint.com", "{tenant}.sharepoint.com"),
      ("musterstadt.slack.com", "{tenant}.slack.com"), ("musterstadt.webex.com", "{tenant}.webex.com"),
      ("musterstadt.atlassian.net", "{tenant}.atlassian.net"), ("musterstadt.demdex.net", "{tenant}.demdex.net"),
      ("musterstadt.onmicrosoft.com", "{tenant}.onmicrosoft.com"),
      ("musterstadt.eu2.portal.cloudappsecurity.com", "{tenant}.portal.cloudappsecurity.com"),
      ("erika-muster-pc.events.data.microsoft.com", "{id}.events.data.microsoft.com"),
      ("eu-v20.events.data.microsoft.com", "eu-v20.events.data.microsoft.com"),
      ("v10.events.data.microsoft.com", "v10.events.data.microsoft.com"),
      ("de.wikipedia.org", "de.wikipedia.org"),
    ])
  func shipped(name: String, expected: String) throws {
    let destination = Destination(name: name, address: nil, port: 443, transport: .tcp)
    let verdict = try #require(try Self.rules.get().verdict(for: destination))
    #expect(
      NameTokeniser.tokenise(name, pattern: verdict.matchedPattern, personalLabel: verdict.personalLabel) == expected)
  }

  private static let rules = Result { try Project.ruleSet.get() }

  @Test("an alias at a platform of many customers gives no row, but an alias of a described service does")
  func aliases() throws {
    func attribution(_ alias: String) throws -> Attribution? {
      try Self.rules.get().attribution(
        of: Destination(name: "telemetry.firstparty.example", address: nil, port: 443, transport: .tcp),
        aliases: [alias])
    }
    let match = try #require(try attribution("v10.events.data.microsoft.com"))
    #expect(match.basis == .alias)
    #expect(match.name == "v10.events.data.microsoft.com")
    #expect(match.verdict.facts.purpose == .telemetry)
    for alias in [
      "shop.blob.core.windows.net", "shop.azureedge.net", "shop.trafficmanager.net",
      "shop.westeurope.cloudapp.azure.com",
      "shop.z6.web.core.windows.net", "e123.wac.edgecastcdn.net", "tenant.fa.em2.oraclecloud.com",
    ] { #expect(try attribution(alias) == nil, "\(alias)") }
  }
}
