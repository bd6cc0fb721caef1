import Capture
import Model
import Testing

@Suite("Network interfaces")
struct CaptureInterfacesTests {
  @Test(
    "a name is a possible interface name, and not that of all interfaces at once",
    arguments: [
      ("eth1", true), ("br-lan", true), ("eth0.10", true), ("wg0@x", true), ("fifteen-letters", true),
      ("sixteen-letters-", false), ("any", false), ("", false), (".", false), ("..", false), ("a/b", false),
      ("a b", false), ("eth0:1", false), ("büro", false), ("a\u{0}", false),
    ])
  func names(name: String, isLegal: Bool) {
    #expect(CaptureSettings.isInterfaceName(name) == isLegal)
  }

  @Test("a missing interface is reported once, read as quiet, and needs no privilege")
  func missing() {
    var settings = CaptureSettings()
    settings.interfaces = ["nowhere0", "nowhere1"]
    let interfaces = CaptureInterfaces(settings)
    let changes = interfaces.survey()
    #expect(changes.map(\.interface) == ["nowhere0", "nowhere1"])
    #expect(changes.map(\.state) == [.missing, .missing])
    #expect(interfaces.survey() == [])
    #expect(!interfaces.areCapturing && interfaces.refusal == nil)
    let before = MachineClock.now
    let reading = interfaces.read(limit: 10, waiting: 1) { _ in Issue.record("a frame from nowhere") }
    #expect(reading.frames == 0)
    #expect(reading.emptyAt.map { $0 >= before && $0 <= MachineClock.now } == true)
    #expect(interfaces.drain(limit: 10) { _ in Issue.record("a frame from nowhere") } == 0)
    #expect(interfaces.takeDrops() == 0)
  }

  @Test("the clocks advance together, and the one that includes suspend is never behind")
  func clocks() {
    let first = (MachineClock.running, MachineClock.sinceBoot)
    let second = (MachineClock.running, MachineClock.sinceBoot)
    #expect(second.0 >= first.0 && second.1 >= first.1)
    #expect(first.1 >= first.0)
    #expect(MachineClock.now > Timestamp(seconds: 1_700_000_000))
  }
}
