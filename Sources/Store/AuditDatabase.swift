public import Model
import Privacy

/// The store of one gateway: hourly aggregates, rounded evidence, coverage, and the chain that ties them.
public final class AuditDatabase: Sendable {
  public enum OpenMode: Sendable {
    /// Makes the file where it is missing, and brings an older schema up to date.
    case createOrUpgrade
    /// Refuses where the file is missing or its schema is not this program's.
    case readExisting
  }

  public init(path: String, mode: OpenMode) throws { fatalError() }

  // Writing (one writer).
  /// `exportSalt`: secret from which exports derive their device tokens; one-way from the pseudonym key. Refuses a salt that differs from the stored one (another key was used before).
  public func beginSession(
    sensor: String, captureMode: String, interface: String, toolVersion: String, ruleSet: RuleSetStamp,
    rules: [RuleFacts], settings: AuditSettings, exportSalt: [UInt8]
  ) throws -> Int64 { fatalError() }
  public func append(_ batch: AuditBatch, to session: Int64) throws { fatalError() }
  public func endSession(_ session: Int64, packets: UInt64) throws { fatalError() }

  // Reading. All results are in a defined order.
  public func sessions() throws -> [CaptureSession] { fatalError() }
  /// First stored hour to the hour after the last; nil for an empty store.
  public func period() throws -> Range<Hour>? { fatalError() }
  public func coverage(in period: Range<Hour>) throws -> [SensorHour] { fatalError() }
  public func presence(in period: Range<Hour>) throws -> [DevicePresence] { fatalError() }
  /// Rule facts by rule set hash, then by rule id.
  public func ruleFacts() throws -> [String: [String: RuleFacts]] { fatalError() }
  public func exportSalt() throws -> [UInt8] { fatalError() }
  public func forEachUsage(in period: Range<Hour>, _ body: (RuleUsage) throws -> Void) throws { fatalError() }
  public func forEachEvidence(in period: Range<Hour>, _ body: (FlowEvidence) throws -> Void) throws { fatalError() }
}
