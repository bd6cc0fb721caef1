import Foundation
import Model
import Privacy
import Store

import Reporting

/// Rows in memory instead of a database.
package struct MemorySource: AuditSource {
  package var isUnverified: Bool { false }
  package var neverSealed = false
  package func isNeverSealed() -> Bool { neverSealed }
  package var storedSessions: [CaptureSession] = []
  package var rows: [SensorHour] = []
  package var present: [DevicePresence] = []
  package var facts: [String: [String: RuleFacts]] = [:]
  package var usage: [RuleUsage] = []
  package var networks: [RuleNetwork] = []
  package var evidence: [FlowEvidence] = []

  package var deleted: [Deletion] = []
  package var takenOut: [TakenOutAudit] = []
  package var keyChanges: [LocalDate] = []
  package var groups: [GroupHour] = []
  package var captured: [ObservedSpan] = []
  package var phased: [Phase] = []
  package var decided: [ReviewDecision] = []
  package var undescribed: [UndescribedDestination] = []
  package var storedBaselines: [StoredBaseline] = []
  package var documented: [StoredDocumentedList] = []
  /// Whoever reads the sums of usage gets `UsageWasRead`.
  package var refusesUsage = false
  /// Counts how often the sums of usage were read.
  package var usageReads: Counter?

  /// Used by one thread alone.
  package final class Counter: @unchecked Sendable {
    package var count = 0
    package init() {}
  }

  package struct UsageWasRead: Error {}

  package init() {}

  package func sessions() -> [CaptureSession] { storedSessions }
  package func undescribedDestinations(on days: ClosedRange<Int64>) -> [UndescribedDestination] {
    undescribed.filter { days.contains($0.day) }
  }
  package func firstDaysOfUndescribed(through day: Int64, devices: UInt64) -> [UndescribedDestination.Identity: Int64] {
    Dictionary(
      undescribed.filter { $0.day <= day && $0.devices >= devices }.map { ($0.identity, $0.day) }, uniquingKeysWith: min
    )
  }
  package func baselines() -> [StoredBaseline] { storedBaselines }
  package func phases() -> [Phase] { phased }
  package func reviewDecisions() -> [ReviewDecision] { decided }
  package func documentedLists() -> [StoredDocumentedList] { documented }
  package func deletions() -> [Deletion] { deleted }
  package func pseudonymChanges() -> [LocalDate] { keyChanges }
  package func takenOutAudits() -> [TakenOutAudit] { takenOut }
  package func period() -> Range<Hour>? {
    guard let first = rows.map(\.coverage.hour).min(), let last = rows.map(\.coverage.hour).max() else { return nil }
    return first..<last.next
  }
  package func coverage(in period: Range<Hour>) -> [SensorHour] { rows.filter { period.contains($0.coverage.hour) } }
  package func presence(in period: Range<Hour>) -> [DevicePresence] {
    present.filter { period.overlaps(Hour(sinceEpoch: $0.day * 24)..<Hour(sinceEpoch: $0.day * 24 + 24)) }
  }
  package func groupHours(in period: Range<Hour>) -> [GroupHour] { groups.filter { period.contains($0.hour) } }
  package func spans() -> [ObservedSpan] { captured }
  package func ruleFacts() -> [String: [String: RuleFacts]] { facts }
  package func exportSalt() -> [UInt8] { Array(repeating: 7, count: 32) }
  package func scanUsage(
    in period: Range<Hour>, _ body: (LabelledUsage, UsageNames) throws -> Void
  ) throws -> UsageNames {
    if refusesUsage { throw UsageWasRead() }
    usageReads?.count += 1
    return try UsageNames(scanning: usage.filter { period.contains($0.hour) }, body)
  }
  package func devicesWithUsage(in period: Range<Hour>) -> Set<DevicePseudonym> {
    Set(usage.lazy.filter { period.contains($0.hour) }.map(\.device))
  }
  package func networks(in period: Range<Hour>) -> [RuleNetwork] { networks }
  package func evidenceHours(in period: Range<Hour>) -> [Hour] {
    Set(evidence.map(\.flow.hour)).filter(period.contains).sorted()
  }
  package func forEachEvidence(in period: Range<Hour>, _ body: (FlowEvidence) throws -> Void) throws {
    for row in evidence where period.contains(row.flow.hour) { try body(row) }
  }
}

extension MemorySource {
  /// Every hour has flows of both directions to both ports, and each group reaches something in each hour of its usage.
  package mutating func showsSuccess() {
    for index in rows.indices {
      rows[index].coverage.sight?.twoSidedFlows = 20
      rows[index].coverage.sight?.webFlows = 15
      rows[index].coverage.sight?.quicFlows = 1
    }
    groups = Set(usage.map { GroupHour(hour: $0.hour, group: $0.group) }).map {
      var group = $0
      (group.sessions, group.outboundFlows, group.bytesOut) = (3, 5, 900)
      return group
    }
  }
}

package enum Example {
  package static let hash = "sha256:" + String(repeating: "ab", count: 32)
  package static let microsoft = Recipient(
    id: "microsoft-ireland", legalEntity: "Microsoft Ireland Operations Limited", seat: "IE",
    parent: "Microsoft Corporation", parentSeat: "US", roleAssumed: "processor",
    transferTools: [
      TransferToolEntry(
        tool: "eu-us-data-privacy-framework",
        title: LocalizedText(en: "EU-US Data Privacy Framework", de: "EU-US-Datenschutzrahmen"),
        entity: "Microsoft Corporation", status: .entered, asOf: "2026-04-01",
        source: SourceReference(document: "list", date: "2026-04-01"))
    ],
    source: SourceReference(document: "register", date: "2026-04-01"))
  package static let appUsage = DataCategory(
    id: "app-usage", title: LocalizedText(en: "Use of apps", de: "Nutzung von Anwendungen"), isPersonal: true)

  package static func hour(_ text: String, _ hourOfDay: Int64) -> Hour {
    Hour(sinceEpoch: LocalDate(text)!.day * 24 + hourOfDay)
  }

  package static func device(_ number: UInt8) -> DevicePseudonym {
    DevicePseudonym(bytes: Array(repeating: 0, count: 15) + [number])
  }

  package static func rule(
    id: String = "windows-diag", service: String = "windows-diagnostic-data", purpose: PurposeClass = .telemetry,
    kind: String = "telemetry", level: String? = nil, categories: [DataCategory] = [appUsage],
    sources: [SourceReference] = [SourceReference(document: "Microsoft", date: "2026-04-01", revision: "link")],
    disputes: [String] = [], isShared: Bool = false, recipient: Recipient = microsoft,
    title: LocalizedText = LocalizedText(en: "Windows diagnostic data", de: "Windows-Diagnosedaten (für Geräte)")
  ) -> RuleFacts {
    RuleFacts(
      id: id, revision: 1, service: service, serviceTitle: title, recipient: recipient, purpose: purpose, kind: kind,
      dataLevel: level, categories: categories, sources: sources, disputes: disputes, isShared: isShared,
      isEssential: false, blockingEffect: nil)
  }

  package static func settings(
    site: String = "rathaus-gw1", groups: [GroupSettings] = [GroupSettings(name: "Sozialamt", isSecrecyZone: true)]
  ) -> AuditSettings {
    var settings = AuditSettings()
    settings.site = site
    settings.sensor = "gw1"
    settings.groups = groups
    return settings
  }

  package static func session(_ settings: AuditSettings, id: Int64 = 1, date: String = "2026-04-01") -> CaptureSession {
    CaptureSession(
      id: id, sensor: "gw1", captureMode: "replay", toolVersion: "0.1.0",
      ruleSet: RuleSetStamp(version: "2026.4.1", hash: hash, date: date), settings: settings, firstHour: nil,
      lastHour: nil, packets: 0, isClosed: true)
  }

  package static func sensorHour(
    _ hour: Hour, sensor: String = "gw1", _ change: (inout CoverageHour) -> Void = { _ in }
  )
    -> SensorHour
  {
    var coverage = CoverageHour(hour: hour)
    coverage.packetsSeen = 10_000
    coverage.packetsDroppedKernel = 2
    coverage.tcpBytes = 1_000_000
    coverage.bytesOutByClass = [.a: 97, .c: 2, .e: 1]
    coverage.outboundFlows = 20
    coverage.echFlows = 1
    coverage.clock = .synchronised
    change(&coverage)
    return SensorHour(
      sensor: sensor, captureMode: "replay", toolVersion: "0.1.0", ruleSetHash: hash, coverage: coverage)
  }

  package static func use(
    _ hour: Hour, device number: UInt8, group: String = "Sozialamt", rule: String = "windows-diag",
    pattern: String = "*.events.data.microsoft.com", naming: NamingClass = .a, encryption: Encryption = .tls13,
    sessions: UInt64 = 1, blocked: UInt64 = 0, up: UInt64 = 1000, down: UInt64? = nil,
    identifiers: Set<IdentifierClass> = [], name: String? = "v10.events.data.microsoft.com"
  ) -> RuleUsage {
    RuleUsage(
      sensor: "gw1", hour: hour, group: group, device: device(number), ruleSetHash: hash, ruleID: rule,
      matchedPattern: pattern, namingClass: naming, encryption: encryption, sessions: sessions,
      blockedAttempts: blocked, echFlows: 0,
      traffic: Traffic(
        bytesUp: up, bytesDown: down ?? (sessions == 0 && blocked > 0 ? 0 : 500), packetsUp: 3, packetsDown: 2),
      cleartextIdentifierClasses: identifiers, exampleName: name)
  }

  package static func flow(
    _ hour: Hour, device number: UInt8, group: String = "Sozialamt", sequence: Int64,
    name: String? = "v10.events.data.microsoft.com", address: IPAddress? = IPAddress("20.42.65.92"),
    outcome: FlowOutcome = .established, dnsAge: Int64? = nil, alpn: String? = "h2", bytesUp: UInt64 = 1000
  ) -> FlowEvidence {
    FlowEvidence(
      session: 1, sensor: "gw1", interface: "file", ruleSetHash: hash, chainSequence: sequence,
      chainHash: Array(repeating: UInt8(truncatingIfNeeded: sequence), count: 32),
      flow: PseudonymousFlow(
        device: device(number), group: group, hour: hour, durationClass: 10, transport: .tcp, destinationPort: 443,
        destinationAddress: address, destinationName: name, nameMethod: .sni, namingClass: .a, dnsAge: dnsAge,
        ech: .none, encryption: .tls13, applicationProtocol: alpn,
        traffic: Traffic(bytesUp: bytesUp, bytesDown: 500, packetsUp: 3, packetsDown: 2), completeness: .yes,
        outcome: outcome, originatorInferred: false, opensFlow: true, isRetry: false, cleartextIdentifierClasses: [],
        ruleID: "windows-diag", ruleRevision: 1, matchedPattern: "*.events.data.microsoft.com"))
  }

  /// Five devices of one group, one hour of one morning: too short to be rated, small enough to check byte by byte.
  package static func smallMorning() -> MemorySource {
    let hour = hour("2026-05-11", 6)
    var source = MemorySource()
    source.storedSessions = [session(settings())]
    source.rows = [sensorHour(hour)]
    source.present = (1...5).map { DevicePresence(day: hour.dayUTC, group: "Sozialamt", device: device($0)) }
    source.facts = [hash: ["windows-diag": rule()]]
    source.usage = [use(hour, device: 1), use(hour, device: 2, up: 2000, down: 500)]
    source.evidence = [flow(hour, device: 1, sequence: 12), flow(hour, device: 2, sequence: 340)]
    return source
  }

  /// The worked example of the risk method: 38 of 40 devices, 13 of 14 days, 112 kB a day, 71 % idle, a measure on day
  /// 0.
  package static func workedExample() -> MemorySource {
    var settings = settings()
    settings.measureDate = "2026-05-01"
    settings.workingHours = WorkingHours(weekdays: Set(1...7), from: 8, to: 18)
    var source = MemorySource()
    source.storedSessions = [session(settings)]
    source.facts = [hash: ["windows-diag": rule()]]
    let first = LocalDate("2026-05-04")!.day
    for day in first..<first + 14 {
      for hourOfDay in 0..<24 {
        source.rows.append(
          sensorHour(Hour(sinceEpoch: day * 24 - 2 + Int64(hourOfDay))) {
            $0.canariesExpected = 1
            $0.canariesSeen = day == first && hourOfDay == 0 ? 0 : 1
          })
      }
      for number in UInt8(1)...40 {
        source.present.append(DevicePresence(day: day, group: "Sozialamt", device: device(number)))
      }
    }
    // 40 devices on 14 days make 560 device-days; 112 kB on each are 62,720,000 byte, of which 71 % at night.
    let total: UInt64 = 62_720_000
    let idle = total * 71 / 100
    let share = (38 * 13) as UInt64
    for day in first..<first + 13 {
      for number in UInt8(1)...38 {
        let isLast = day == first + 12 && number == 38
        let night = idle / share + (isLast ? idle % share : 0)
        let work = (total - idle) / share + (isLast ? (total - idle) % share : 0)
        source.usage.append(use(Hour(sinceEpoch: day * 24 + 1), device: number, up: night, down: 0))
        source.usage.append(use(Hour(sinceEpoch: day * 24 + 9), device: number, up: work, down: 0))
      }
    }
    source.usage[0].namingClass = .c
    source.usage[0].traffic.bytesDown = 1_850_000
    return source
  }
}
