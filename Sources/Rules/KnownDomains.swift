import Documents

/// Domains that rule files name often; a domain at edit distance 1 from one of these may be a misspelling of it.
let oftenNamedDomains: Set<String> = [
  "adobe.com", "akamai.net", "amazonaws.com", "apple.com", "azure.com", "azure.net", "azureedge.net", "bing.com",
  "digicert.com", "doubleclick.net", "dropbox.com", "facebook.com", "firefox.com", "github.com",
  "google-analytics.com", "google.com", "googleapis.com", "icloud.com", "jetbrains.com", "kaspersky.com", "lenovo.com",
  "linkedin.com", "live.com", "live.net", "microsoft.com", "microsoftonline.com", "mozilla.com", "mozilla.net",
  "mozilla.org", "msedge.net", "msftconnecttest.com", "msftncsi.com", "msn.com", "nvidia.com", "office.com",
  "office.net", "office365.com", "onedrive.com", "onenote.com", "oracle.com", "outlook.com", "sharepoint.com",
  "skype.com", "slack.com", "teamviewer.com", "thunderbird.net", "visualstudio.com", "windows.com", "windows.net",
  "windowsupdate.com", "xboxlive.com", "zoom.us",
]

/// Domains of other owners at edit distance 1 from an often named one.
let genuineNeighbours: Set<String> = ["cloud.com", "googleanalytics.com", "king.com", "slackb.com"]

/// The often named domain that `domain` was most likely meant to be; nil if it is one itself, or similar to none.
///
/// Complexity: O(n) for each often named domain.
func oftenNamedDomain(meantBy domain: String) -> String? {
  guard !oftenNamedDomains.contains(domain), !genuineNeighbours.contains(domain) else { return nil }
  let bytes = Array(domain.utf8)
  return oftenNamedDomainBytes.first { isOneSlip(bytes, $0) }.map { String(decoding: $0, as: UTF8.self) }
}

private let oftenNamedDomainBytes = oftenNamedDomains.sorted().map { Array($0.utf8) }

/// The often named domain that `domain` is one slip away from, or whose first label it contains in its own; nil if
/// there is none. Labels of fewer than six letters are in too many words.
///
/// Complexity: O(n) for each often named domain.
package func domainResembled(by domain: String) -> String? {
  if let meant = oftenNamedDomain(meantBy: domain) { return meant }
  guard !oftenNamedDomains.contains(domain), let label = domain.split(separator: ".").first else { return nil }
  return oftenNamedDomains.sorted().first { often in
    guard let known = often.split(separator: ".").first, known.count >= 6 else { return false }
    return label.contains(known)
  }
}
