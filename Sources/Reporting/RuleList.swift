import Foundation
import Model
public import Rules

/// Every pattern and address range of a rule set, with the statements of its rule and their sources, for other programs
/// (docs/rules-list.md).
public struct RuleList {
  public enum Format: String, CaseIterable, Sendable {
    case csv
    case json
  }

  private let stamp: RuleSetStamp
  private let rows: [Row]

  /// `day`: the day on which local overrides have to be valid, since 1970-01-01 in UTC.
  public init(_ rules: RuleSet, day: Int64) {
    stamp = rules.stamp
    rows = rules.endpoints(day: day).map(Row.init)
  }

  public var count: Int { rows.count }

  /// The whole file; the same rules give the same bytes. Throws what `JSONEncoder` throws. O(patterns).
  public func bytes(_ format: Format) throws -> [UInt8] {
    switch format {
    case .csv:
      let format = CSVFormat(profile: .rfc4180, clock: .utc)
      return rows.reduce(into: format.row(Row.columns.map { .text($0) })) { $0 += format.row($1.cells(stamp)) }
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      var text = "{\"rule_set\":" + String(decoding: try encoder.encode(stamp), as: UTF8.self) + ",\"patterns\":[\n"
      for (index, row) in rows.enumerated() {
        text += String(decoding: try encoder.encode(row), as: UTF8.self) + (index + 1 < rows.count ? ",\n" : "\n")
      }
      return Array((text + "]}\n").utf8)
    }
  }
}

/// One pattern or address range; the names of its members are those of docs/rules-list.md.
private struct Row: Encodable {
  private let endpoint: RuleEndpoint

  init(_ endpoint: RuleEndpoint) { self.endpoint = endpoint }

  private var match: String {
    switch endpoint.target {
    case .host: "host"
    case .below: "below"
    case .wildcard: "wildcard"
    case .range: "address_range"
    }
  }

  private var sources: [SourceReference] { endpoint.facts.sources(of: [endpoint.pattern]) }

  /// Those whose statements differ from those for the names.
  private var furtherSources: [SourceReference] {
    endpoint.facts.sources.filter { $0.patterns == nil && $0.supports != nil }
  }

  // MARK: CSV

  static let columns = [
    "pattern", "match", "vendor", "service", "service_title", "purpose", "kind", "level", "recipient", "recipient_seat",
    "shared", "personal_label", "ports", "transport", "products", "data_categories", "essential", "source_documents",
    "source_places", "source_kinds", "source_dates", "source_revisions", "further_sources", "compared", "disputes",
    "purpose_reason", "local_overrides", "rule_id", "rule_revision", "recipient_id", "ruleset_version", "ruleset_hash",
  ]

  func cells(_ stamp: RuleSetStamp) -> [Cell] {
    let facts = endpoint.facts
    let optional = { (text: String?) in text.map { Cell.text($0) } ?? .empty }
    return [
      .text(endpoint.pattern), .text(match), .text(endpoint.vendor), .text(facts.service),
      .text(facts.serviceTitle.en), .text(facts.purpose.rawValue), .text(facts.kind), optional(facts.dataLevel),
      .text(facts.recipient.legalEntity), optional(facts.recipient.seat), .text(facts.isShared ? "yes" : "no"),
      optional(endpoint.personalLabel), .list(endpoint.ports.map { String($0) }),
      optional(endpoint.transport?.description), .list(facts.products ?? []), .list(facts.categories.map(\.id)),
      .text(facts.isEssential ? "yes" : "no"), .list(sources.map(\.document)), .list(sources.map { $0.place ?? "" }),
      .list(sources.map { $0.kind?.rawValue ?? "" }), .list(sources.map(\.date)),
      .list(sources.map { $0.revision ?? "" }),
      .list(furtherSources.map(Self.text)), optional(facts.compared), .list(facts.disputes),
      optional(facts.purposeReason), .list(facts.localOverrides.map(\.id)), .text(facts.id),
      .integer(UInt64(facts.revision)), .text(facts.recipient.id), .text(stamp.version), .text(stamp.hash),
    ]
  }

  private static func text(_ source: SourceReference) -> String {
    let parts = [source.place, source.kind?.rawValue, source.date, source.revision].compactMap(\.self)
    return source.document + ", " + parts.joined(separator: ", ")
      + ((source.supports ?? []).isEmpty ? "" : ": " + (source.supports ?? []).map(\.rawValue).joined(separator: ", "))
  }

  // MARK: JSON

  private enum Key: String, CodingKey {
    case pattern, match, vendor, service, purpose, kind, level, recipient, shared, ports, transport, products, essential
    case sources, compared, disputes
    case serviceTitle = "service_title"
    case personalLabel = "personal_label"
    case dataCategories = "data_categories"
    case blockingEffect = "blocking_effect"
    case purposeReason = "purpose_reason"
    case localOverrides = "local_overrides"
    case ruleID = "rule_id"
    case ruleRevision = "rule_revision"
  }

  private struct Party: Encodable {
    var id: String
    var legal_entity: String
    var seat: String?
    var parent: String?
    var parent_seat: String?
  }

  private struct Source: Encodable {
    var document: String
    var place: String?
    var kind: SourceKind?
    var date: String
    var revision: String?
    /// It names this pattern.
    var names_pattern: Bool
    var supports: [SourceReference.Statement]

    init(_ source: SourceReference, namesPattern: Bool) {
      document = source.document
      place = source.place
      kind = source.kind
      date = source.date
      revision = source.revision
      names_pattern = namesPattern
      supports = source.supports ?? []
    }
  }

  func encode(to encoder: any Encoder) throws {
    let facts = endpoint.facts
    var row = encoder.container(keyedBy: Key.self)
    try row.encode(endpoint.pattern, forKey: .pattern)
    try row.encode(match, forKey: .match)
    try row.encode(endpoint.vendor, forKey: .vendor)
    try row.encode(facts.service, forKey: .service)
    try row.encode(facts.serviceTitle, forKey: .serviceTitle)
    try row.encode(facts.purpose, forKey: .purpose)
    try row.encodeIfPresent(facts.purposeReason, forKey: .purposeReason)
    try row.encode(facts.kind, forKey: .kind)
    try row.encodeIfPresent(facts.dataLevel, forKey: .level)
    let recipient = facts.recipient
    try row.encode(
      Party(
        id: recipient.id, legal_entity: recipient.legalEntity, seat: recipient.seat, parent: recipient.parent,
        parent_seat: recipient.parentSeat), forKey: .recipient)
    try row.encode(facts.isShared, forKey: .shared)
    try row.encodeIfPresent(endpoint.personalLabel, forKey: .personalLabel)
    try row.encode(endpoint.ports, forKey: .ports)
    try row.encodeIfPresent(endpoint.transport?.description, forKey: .transport)
    try row.encode(facts.products ?? [], forKey: .products)
    try row.encode(facts.categories.map(\.id), forKey: .dataCategories)
    try row.encode(facts.isEssential, forKey: .essential)
    try row.encodeIfPresent(facts.blockingEffect, forKey: .blockingEffect)
    try row.encode(
      sources.map { Source($0, namesPattern: true) } + furtherSources.map { Source($0, namesPattern: false) },
      forKey: .sources)
    try row.encodeIfPresent(facts.compared, forKey: .compared)
    try row.encode(facts.disputes, forKey: .disputes)
    try row.encode(facts.localOverrides.map(\.id), forKey: .localOverrides)
    try row.encode(facts.id, forKey: .ruleID)
    try row.encode(facts.revision, forKey: .ruleRevision)
  }
}
