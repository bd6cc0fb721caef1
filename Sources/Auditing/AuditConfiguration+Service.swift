import Capture
import Documents
import Foundation
import Model

// What a service captures, and what it writes in addition to the store.
extension AuditConfiguration {
  mutating func readCapture(_ fields: Fields) {
    guard
      let part = fields.fields(
        "capture", what: ConfigurationTexts.section("capture"), keys: keys(of: "capture"), required: false)
    else {
      return
    }
    if part.has("interfaces") {
      let name = ConfigurationTexts.interface
      var names: [String] = []
      for text in part.texts("interfaces", of: ConfigurationTexts.interfaces, required: true) {
        guard let value = parsed(text, name, part.faults, { CaptureSettings.isInterfaceName($0) ? $0 : nil }) else {
          continue
        }
        guard !names.contains(value) else {
          part.faults.add(
            text.place.fault(
              ConfigurationTexts.interfaceTwice, expected: ConfigurationTexts.eachOnce,
              next: ConfigurationTexts.removeInterface))
          continue
        }
        names.append(value)
      }
      capture.interfaces = names
    }
    if let value = part.parsed(
      "snap_length", expected: ConfigurationTexts.snapLength, required: false,
      { wholeNumber($0, CaptureSettings.snapLengths) })
    {
      capture.snapLength = value.value
    }
    if let value = part.parsed(
      "ring_megabytes", expected: FileTexts.wholeNumber(from: 1, to: 2_047), required: false,
      { wholeNumber($0, CaptureSettings.ringSizes) })
    {
      capture.ringMegabytes = value.value
    }
    if let value = part.parsed(
      "threads", expected: FileTexts.wholeNumber(from: 1, to: 16), required: false,
      { wholeNumber($0, CaptureSettings.threadCounts) })
    {
      capture.threads = value.value
    }
    if let value = part.flag("promiscuous", required: false) { capture.isPromiscuous = value.value }
    guard let filter = part.text("filter", expected: ConfigurationTexts.filter, required: false)
    else {
      return
    }
    do throws(PacketFilterError) {
      capture.filter = try PacketFilter(filter.value)
    } catch {
      part.faults.add(filter.place.fault(error.problem, expected: error.expected, next: error.nextStep))
    }
  }

  mutating func readMetrics(_ fields: Fields) {
    guard
      let part = fields.fields(
        "metrics", what: ConfigurationTexts.section("metrics"), keys: keys(of: "metrics"), required: false),
      let file = part.text("file", expected: ConfigurationTexts.metricsFile)
    else { return }
    guard file.value.hasSuffix(".prom") else {
      part.faults.add(
        file.place.fault(
          ConfigurationTexts.metricsEnding,
          expected: ConfigurationTexts.metricsFile,
          next: ConfigurationTexts.correctMetricsFile))
      return
    }
    metricsFile = MetricsFile(path: path(file, namedIn: part))
  }

  mutating func readCanary(_ fields: Fields) {
    guard
      let part = fields.fields(
        "canary", what: ConfigurationTexts.section("canary"), keys: keys(of: "canary"), required: false)
    else {
      return
    }
    let port = part.parsed("port", expected: ConfigurationTexts.port, required: false) { wholeNumber($0, 1...65_535) }
    if let sink = part.parsed(
      "sink", expected: ConfigurationTexts.sinkName,
      required: canary == nil,
      { CanarySink(name: $0) })
    {
      canary = sink.value
      sinkPlace = sink.place
    }
    if let port { canary?.port = UInt16(port.value) }
    if let port = part.parsed(
      "http_port", expected: ConfigurationTexts.port, required: false, { wholeNumber($0, 1...65_535) })
    {
      canary?.httpPort = UInt16(port.value)
    }
    if let address = part.parsed(
      "address", expected: ConfigurationTexts.sinkAddress, required: false,
      { IPAddress($0) })
    {
      canary?.address = address.value
    }
    if let proxy = part.parsed(
      "proxy", expected: ConfigurationTexts.proxy, required: false,
      { HostAndPort($0) })
    {
      canary?.proxy = proxy.value
    }
    if part.has("paths") {
      let ways = ControlPath.allCases.map(\.rawValue).joined(separator: ", ")
      let paths = part.texts("paths", of: FileTexts.words(ways)).compactMap {
        parsed($0, FileTexts.oneOf(ways), part.faults) { ControlPath(rawValue: $0) }
      }
      canary?.paths = ControlPath.allCases.filter(paths.contains)
    }
    for (path, isMissing, key) in [
      (ControlPath.tlsWithoutDNS, canary?.address == nil, "address"), (.proxy, canary?.proxy == nil, "proxy"),
    ] where isMissing && canary?.paths.contains(path) == true {
      part.faults.add(
        part.place.fault(
          ConfigurationTexts.pathWithoutKey(path.rawValue, key), expected: ConfigurationTexts.both,
          next: FileTexts.addKey(key))
      )
    }
    settings.controlPaths = canary?.paths ?? []
  }
}
