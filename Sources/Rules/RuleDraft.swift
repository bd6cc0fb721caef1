import Foundation
import Model

/// The rule file of a service that no rule describes yet, for a person to fill in.
///
/// What only a person can find out is written as `?`; `rules lint` refuses the file as long as there is any.
public enum RuleDraft {
  /// Text of a rule file.
  ///
  /// - Parameters:
  ///   - name: a host name; its registered domain and the names below become patterns, and it becomes the example.
  ///   - today: ISO 8601 date.
  /// - Returns: the name of the file, and its text; nil if `name` is no host name with a registered domain.
  public static func file(for name: String, today: String) -> (name: String, text: String)? {
    guard let pattern = try? NamePattern(name.lowercased()), pattern.kind == .exact,
      let domain = PublicSuffixList.installed.registrableDomain(of: pattern.text)
    else { return nil }
    let service = domain.replacing(".", with: "-")
    let example = pattern.text == domain ? "host.\(domain)" : pattern.text
    return (
      service + ".yaml",
      """
      # What stands as "?" must be found out; 'egressaudit rules lint' refuses the file until then. See docs/rule-format.md.
      format: 1
      service: \(service)
      title: { en: "?", de: "?" }
      vendor: "?"
      recipient: "?" # an id of registers/recipients.yaml: which company receives the data?
      rules:
        - id: \(service).contact
          revision: 1
          purpose: "?" # telemetry, config_fetch, required_service, update_security, licence, user_function, advertising, unknown
          kind: "?" # the table in docs/rule-format.md says which kind goes with which purpose
          patterns:
            - "*.\(domain)"
            - \(domain)
          personal_label: "?" # none, tenant, user, device: who chooses what is in front of the domain?
          data_categories: []
          sources:
            - document: "?" # which document says so?
              place: "?" # heading, table row or line in it
              kind: "?" # vendor, authority, research, list, blocklist
              date: "?" # date of its content
              patterns: ["*.\(domain)", \(domain)]
          compared: "\(today)"
          blocking:
            essential: false
          examples:
            match: [\(domain), \(example)]
            differ: [not-\(domain)]

      """
    )
  }
}
