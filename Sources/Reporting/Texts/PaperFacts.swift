public import Model
public import Privacy

/// What the papers about the tool state as facts: the configuration that is in force, and what a store shows of its
/// use.
public struct PaperFacts: Sendable {
  /// A group of devices as the configuration defines it.
  public struct Group: Sendable, Equatable {
    public var name: String
    /// In CIDR notation.
    public var networks: [String]
    public var vlans: [Int]
    public var isSecrecyZone: Bool

    public init(name: String, networks: [String], vlans: [Int], isSecrecyZone: Bool) {
      self.name = name
      self.networks = networks
      self.vlans = vlans
      self.isSecrecyZone = isSecrecyZone
    }
  }

  /// What a store shows of its use.
  public struct Stored: Sendable, Equatable {
    /// Local days of the stored hours; nil if there are none.
    public var days: ClosedRange<LocalDate>?
    public var ruleSetVersion: String?
    /// Records of deletions by retention.
    public var deletions: Int
    /// The configuration is the one of the latest audit.
    public var isConfiguredAlike: Bool

    public init(days: ClosedRange<LocalDate>?, ruleSetVersion: String?, deletions: Int, isConfiguredAlike: Bool) {
      self.days = days
      self.ruleSetVersion = ruleSetVersion
      self.deletions = deletions
      self.isConfiguredAlike = isConfiguredAlike
    }
  }

  public var toolVersion: String
  /// Site, groups' names, limits, claims and measures, with a hash of the file.
  public var settings: AuditSettings
  public var groups: [Group]
  public var excludedHardwareAddresses: Int
  public var excludedNetworks: Int
  /// Days that each class of data is kept; nil if it is kept without end.
  public var evidenceDays: Int?
  public var usageDays: Int?
  public var coverageDays: Int?
  public var undescribedDays: Int?
  /// Of the sealed part, if there is one.
  public var sealedDays: Int?
  public var listsUndescribed: Bool
  /// Empty if only capture files are read.
  public var interfaces: [String]
  public var isPromiscuous: Bool
  /// In the language of pcap-filter(7); nil for none.
  public var filter: String?
  /// Host that controls are sent to; nil for none.
  public var canarySink: String?
  public var writesMetrics: Bool
  /// Only rules that are signed with a known key are accepted.
  public var requiresSignedRules: Bool
  public var pseudonymKeyFile: String
  /// How long a pseudonym key holds; nil if it is never changed.
  public var keyInterval: KeyInterval?
  /// File with local overrides of the rules; nil for none.
  public var ruleOverrides: String?
  /// Reports of each month cover the days about each second Tuesday on their own, too.
  public var reportsPatchDays: Bool
  /// Languages of these reports.
  public var reportLanguages: [Language]
  /// Addresses to which the site's resolver leads blocked names, in CIDR notation.
  public var sinkholes: [String]
  /// Files that tell owners and countries of addresses.
  public var locationDatabases: [String]
  public var stored: Stored?

  public init(
    toolVersion: String, settings: AuditSettings, groups: [Group], excludedHardwareAddresses: Int,
    excludedNetworks: Int,
    evidenceDays: Int?, usageDays: Int?, coverageDays: Int?, undescribedDays: Int?, listsUndescribed: Bool,
    interfaces: [String], isPromiscuous: Bool, filter: String?, canarySink: String?, writesMetrics: Bool,
    requiresSignedRules: Bool, pseudonymKeyFile: String, keyInterval: KeyInterval? = nil, ruleOverrides: String?,
    reportsPatchDays: Bool, reportLanguages: [Language], sinkholes: [String], locationDatabases: [String],
    stored: Stored? = nil
  ) {
    self.toolVersion = toolVersion
    self.settings = settings
    self.groups = groups
    self.excludedHardwareAddresses = excludedHardwareAddresses
    self.excludedNetworks = excludedNetworks
    self.evidenceDays = evidenceDays
    self.usageDays = usageDays
    self.coverageDays = coverageDays
    self.undescribedDays = undescribedDays
    self.listsUndescribed = listsUndescribed
    self.interfaces = interfaces
    self.isPromiscuous = isPromiscuous
    self.filter = filter
    self.canarySink = canarySink
    self.writesMetrics = writesMetrics
    self.requiresSignedRules = requiresSignedRules
    self.pseudonymKeyFile = pseudonymKeyFile
    self.keyInterval = keyInterval
    self.ruleOverrides = ruleOverrides
    self.reportsPatchDays = reportsPatchDays
    self.reportLanguages = reportLanguages
    self.sinkholes = sinkholes
    self.locationDatabases = locationDatabases
    self.stored = stored
  }
}

/// The papers that an office needs about the tool itself.
public enum PaperKind: String, Sendable, CaseIterable {
  /// Entry of the record of processing activities (Art. 30 GDPR).
  case record = "record-of-processing"
  /// Draft of an impact assessment (Art. 35 GDPR).
  case assessment = "impact-assessment"
  /// Draft of an agreement with the works council.
  case agreement = "works-agreement"
  /// Notice to employees (Art. 13 and 14 GDPR).
  case notice
  /// Measures by protection goal of the Standard Data Protection Model.
  case measures
}

/// A paper about the tool, in one language.
package struct Paper: Sendable, Equatable {
  package let kind: PaperKind
  package let title: String
  package let sections: [Section]

  package struct Section: Sendable, Equatable {
    package let heading: String
    package let blocks: [Block]
  }

  package enum Block: Sendable, Equatable {
    case line(Line)
    case list([Line])
    /// The first cell of each row is its heading.
    case table(caption: String, headings: [String], rows: [[Line]])
  }

  /// A statement, or a place that people must fill or decide. Only these two are left open, and each is marked as such.
  package enum Line: Sendable, Equatable {
    case fact(String)
    case fill(String)
    /// A question of law.
    case open(String)
  }
}
