import Model

/// Finer class of an endpoint, as sources use it.
public enum EndpointKind: String, CaseIterable, Sendable {
  case advertising
  case appStore = "app-store"
  case authentication
  case certificateCheck = "certificate-check"
  case cloudStorage = "cloud-storage"
  case collaboration
  case connectedExperience = "connected-experience"
  case connectivityProbe = "connectivity-probe"
  case contentDelivery = "content-delivery"
  case diagnosticsCrash = "diagnostics-crash"
  case experimentationConfig = "experimentation-config"
  case licensing
  case location
  case other
  case searchSuggest = "search-suggest"
  case securityReputation = "security-reputation"
  case speechInking = "speech-inking"
  case sync
  case telemetry
  case time
  case update
}

/// Level at which a source places a transmission.
enum DataLevel: String, CaseIterable, Sendable {
  case connectedExperience = "connected-experience"
  case optional
  case required
  case requiredDiagnostic = "required-diagnostic"
  case requiredService = "required-service"
  case security
}

/// Part that a recipient claims to play under data protection law.
enum RecipientRole: String, CaseIterable, Sendable {
  case controller
  case processor
  case subProcessor = "sub_processor"
  case unknown
}

/// Who assigns the part of a name under `*`.
enum PersonalLabel: String, CaseIterable, Sendable {
  case device
  /// Nobody but the vendor, for regions, shards and the like: nothing personal.
  case vendor = "none"
  case tenant
  case user
}

package enum RuleTransport: String, CaseIterable, Sendable {
  case tcp
  case udp

  var transport: TransportProtocol { self == .tcp ? .tcp : .udp }
}

/// Where the rules of a service file come from, if they were not written by hand.
package enum ServiceOrigin: String, CaseIterable {
  /// `rules import` made them from a list.
  case imported = "import"
}
