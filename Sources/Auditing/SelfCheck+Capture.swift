import Capture
import FlowTracking
import Foundation
import Model

// Points about what captures: the library, the clock, the interfaces and their rings.
extension SelfCheck {
  func capturePoint() -> Point {
    Point(name: "capture library", status: .ok, message: CaptureLibrary.version, remedy: nil)
  }

  func clockPoint() -> Point {
    let state = MachineClock.state
    return switch state.clock {
    case .synchronised:
      Point(
        name: "clock", status: .ok,
        message: "kept right by a time service\(state.offsetMilliseconds.map { ", off by \($0.magnitude) ms" } ?? "")",
        remedy: nil)
    case .notSynchronised:
      Point(
        name: "clock", status: .warning, message: "no time service keeps it right; the coverage will say so",
        remedy: "install and start one, such as chrony or systemd-timesyncd")
    case .unknown:
      Point(
        name: "clock", status: .warning, message: "the system does not say whether a time service keeps it right",
        remedy: "look with 'timedatectl'")
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
            "\(change.interface): the kernel has no room for the filter, so that the program looks at each packet",
          remedy: "shorten capture.filter, or raise net.core.optmem_max")
      case (.capturing, true):
        Point(
          name: "interface", status: .ok, message: "\(change.interface): can be captured, link type \(number)",
          remedy: nil)
      case (.capturing, false):
        Point(
          name: "interface", status: .failed,
          message: "\(change.interface): frames of link type \(number) are not read",
          remedy: "capture another interface of this gateway")
      case (.down, _):
        Point(
          name: "interface", status: .warning, message: "\(change.interface): is switched off or has no link",
          remedy: "switch it on or look at its cable; until then nothing is captured, which is a gap")
      case (.missing, _):
        Point(
          name: "interface", status: .failed, message: "\(change.interface): there is no such interface",
          remedy: "name one that 'ip link' lists under capture.interfaces")
      case (.refused(let error), _):
        Point(
          name: "interface", status: .failed, message: "\(error)",
          remedy: error.cause == .notPermitted
            ? "try it with the right of the service: sudo setpriv --reuid egressaudit --regid egressaudit --clear-groups "
              + "--inh-caps +net_raw --ambient-caps +net_raw egressaudit check …"
            : "correct it as the message says")
      }
    } + (settings.interfaces.isEmpty ? [] : ringPoints(settings))
      + (changes.contains { $0.state == .capturing } ? trafficPoints(configuration) : [])
  }

  private func ringPoints(_ settings: CaptureSettings) -> [Point] {
    let needed = settings.ringMegabytes * settings.interfaces.count
    guard let free = availableMegabytes() else { return [] }
    let message =
      "\(needed) MB for \(settings.interfaces.count == 1 ? "1 interface" : "\(settings.interfaces.count) interfaces"), "
      + "\(free) MB of memory are free"
    return [
      needed * 2 > free
        ? Point(
          name: "ring", status: .warning, message: message,
          remedy: "lower capture.ring_megabytes, or give the machine more memory")
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
