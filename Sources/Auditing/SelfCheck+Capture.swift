import Capture
import FlowTracking
import Foundation
import Model

// Points about capturing: the library, the clock, the interfaces and their rings.
extension SelfCheck {
  func capturePoint() -> Point {
    Point(name: "capture library", status: .ok, message: SelfCheck.asTold(CaptureLibrary.version), remedy: nil)
  }

  func clockPoint() -> Point {
    let state = MachineClock.state
    return switch state.clock {
    case .synchronised:
      Point(
        name: "clock", status: .ok,
        message: LocalizedText(
          en: "kept right by a time service"
            + (state.offsetMilliseconds.map { ", off by \($0.magnitude) ms" } ?? ""),
          de: "wird von einem Zeitdienst gestellt"
            + (state.offsetMilliseconds.map { ", Abweichung \($0.magnitude) ms" } ?? "")),
        remedy: nil)
    case .notSynchronised:
      Point(
        name: "clock", status: .warning,
        message: LocalizedText(
          en: "no time service keeps it right; the coverage will say so",
          de: "kein Zeitdienst stellt sie; die Abdeckung wird es vermerken"),
        remedy: LocalizedText(
          en: "install and start one, such as chrony or systemd-timesyncd",
          de: "einen installieren und starten, etwa chrony oder systemd-timesyncd"))
    case .unknown:
      Point(
        name: "clock", status: .warning,
        message: LocalizedText(
          en: "the system does not say whether a time service keeps it right",
          de: "das System gibt nicht an, ob ein Zeitdienst sie stellt"),
        remedy: LocalizedText(en: "look with 'timedatectl'", de: "mit 'timedatectl' nachsehen"))
    }
  }

  /// What a service would capture; no point if no interface is named.
  func interfacePoints(_ configuration: AuditConfiguration) -> [Point] {
    let settings = configuration.capture
    let interfaces = CaptureInterfaces(settings)
    let changes = interfaces.survey()
    interfaces.close()
    return changes.map { change in
      let number = change.linkType.map { "\($0.rawValue)" } ?? "unknown"
      return switch (change.state, change.linkType?.isSupported ?? true) {
      case (.capturing, true) where change.isFilteredByProgram:
        Point(
          name: "interface", status: .warning,
          message:
            LocalizedText(
              en:
                "\(change.interface): the kernel has no room for the filter, so that the program looks at each packet",
              de:
                "\(change.interface): Der Kern hat keinen Platz für den Filter, daher sieht das Programm jedes Paket an"
            ),
          remedy: LocalizedText(
            en: "shorten capture.filter, or raise net.core.optmem_max",
            de: "capture.filter kürzen oder net.core.optmem_max erhöhen"))
      case (.capturing, true):
        Point(
          name: "interface", status: .ok,
          message: LocalizedText(
            en: "\(change.interface): can be captured, link type \(number)",
            de: "\(change.interface): lässt sich erfassen, Verbindungstyp \(number)"),
          remedy: nil)
      case (.capturing, false):
        Point(
          name: "interface", status: .failed,
          message: LocalizedText(
            en: "\(change.interface): frames of link type \(number) are not read",
            de: "\(change.interface): Rahmen vom Verbindungstyp \(number) werden nicht gelesen"),
          remedy: LocalizedText(
            en: "capture another interface of this gateway",
            de: "eine andere Schnittstelle dieses Gateways angeben"))
      case (.down, _):
        Point(
          name: "interface", status: .warning,
          message: LocalizedText(
            en: "\(change.interface): is switched off or has no link",
            de: "\(change.interface): ist ausgeschaltet oder hat keine Verbindung"),
          remedy: LocalizedText(
            en: "switch it on or look at its cable; until then nothing is captured, which is a gap",
            de: "einschalten oder das Kabel prüfen; bis dahin wird nichts erfasst, das ist eine Lücke"))
      case (.missing, _):
        Point(
          name: "interface", status: .failed,
          message: LocalizedText(
            en: "\(change.interface): there is no such interface",
            de: "\(change.interface): Diese Schnittstelle gibt es nicht"),
          remedy: LocalizedText(
            en: "name one that 'ip link' lists under capture.interfaces",
            de: "unter capture.interfaces eine nennen, die 'ip link' auflistet"))
      case (.refused(let error), _):
        Point(
          name: "interface", status: .failed, message: LocalizedText(of: error),
          remedy: error.cause == .notPermitted
            ? LocalizedText(
              en: "try it with the right of the service: \(SelfCheck.asService)",
              de: "mit dem Recht des Dienstes versuchen: \(SelfCheck.asService)")
            : LocalizedText(en: "correct it as the message says", de: "beheben, wie die Meldung angibt"))
      }
    } + (settings.interfaces.isEmpty ? [] : ringPoints(settings))
      + (changes.contains { $0.state == .capturing } ? trafficPoints(configuration) : [])
  }

  private static let asService =
    "sudo setpriv --reuid egressaudit --regid egressaudit --clear-groups --inh-caps +net_raw --ambient-caps +net_raw egressaudit check …"

  private func ringPoints(_ settings: CaptureSettings) -> [Point] {
    let needed = settings.ringMegabytes * settings.interfaces.count
    guard let free = availableMegabytes() else { return [] }
    let count = settings.interfaces.count
    let message = LocalizedText(
      en: "\(needed) MB for \(count == 1 ? "1 interface" : "\(count) interfaces"), \(free) MB of memory are free",
      de:
        "\(needed) MB für \(count == 1 ? "1 Schnittstelle" : "\(count) Schnittstellen"), \(free) MB Arbeitsspeicher sind frei"
    )
    return [
      needed * 2 > free
        ? Point(
          name: "ring", status: .warning, message: message,
          remedy: LocalizedText(
            en: "lower capture.ring_megabytes, or give the machine more memory",
            de: "capture.ring_megabytes verringern oder dem Rechner mehr Arbeitsspeicher geben"))
        : Point(name: "ring", status: .ok, message: message, remedy: nil)
    ]
  }

  /// Memory that the kernel estimates to be available without swapping, in MB.
  private func availableMegabytes() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") })
    else { return nil }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 / 1_000 }
  }

  private func trafficPoints(_ configuration: AuditConfiguration) -> [Point] {
    guard listening.nanoseconds > 0 else { return [] }
    let sample = TrafficSample(
      configuration.capture, inside: configuration.tracker.insideNetworks, lasting: listening)
    return sample.points(snapLength: configuration.capture.snapLength)
  }
}
